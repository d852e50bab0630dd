//! The report in a real browser: finds Node and Chromium, installs what it may, opens a made-up report.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::out;
use crate::shell::{cargo, find, heard, must, printed, program, root, target};
use crate::suite::{Count, Place, counted};

/// Names under which Chromium is found.
const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Opens the report in a browser and tries it, or says what is missing.
///
/// # Errors
/// When the report cannot be made or its dependencies cannot be installed though a browser is there.
pub fn test_report(place: Place) -> Result<Count> {
    let (Some(chromium), Some(_), Some(_)) =
        (chromium(place), installed("node", "nodejs", place), installed("npm", "npm", place))
    else {
        out::say("Skipped: the report's browser test needs Node.js, npm and Chromium.");
        out::say("On Debian or Ubuntu: apt-get install nodejs npm chromium");
        return Ok(Count::SKIPPED);
    };
    let tests = root().join("ui-tests");
    if !up_to_date(&tests) {
        let install = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
        if !heard(program("npm", &install).current_dir(&tests))?.0 {
            out::say(
                "Skipped: `npm ci` could not install playwright-core and axe-core; is the network there?",
            );
            return Ok(Count::SKIPPED);
        }
    }
    let folder = target().join("xtask");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let report = folder.join("report.html");
    let example = ["run", "--locked", "--quiet", "--package", "vigie-report", "--example", "sample", "--"];
    must(cargo(&example).arg(&report))?;
    counted(
        program("node", &["--test", "--test-reporter=tap", "report.mjs"])
            .current_dir(&tests)
            .env("REPORT", &report)
            .env("CHROMIUM", &chromium),
    )
}

/// Whether what is installed is what the lock file names.
pub fn up_to_date(tests: &std::path::Path) -> bool {
    let changed = |name: &str| fs::metadata(tests.join(name)).and_then(|m| m.modified()).ok();
    matches!(
        (changed("node_modules/.package-lock.json"), changed("package-lock.json")),
        (Some(installed), Some(locked)) if installed >= locked
    )
}

pub fn chromium(place: Place) -> Option<PathBuf> {
    let found = || CHROMIUM.iter().find_map(|name| find(name));
    found().or_else(|| {
        apt_install("chromium", place);
        found()
    })
}

/// A program, installed where that is allowed.
pub fn installed(name: &str, package: &str, place: Place) -> Option<PathBuf> {
    find(name).or_else(|| {
        apt_install(package, place);
        find(name)
    })
}

/// On CI and as root only: elsewhere the machine is not ours to change.
pub fn apt_install(package: &str, place: Place) {
    let root = printed(&mut program("id", &["-u"])).is_ok_and(|id| id.trim() == "0");
    if place != Place::Ci || !root || find("apt-get").is_none() {
        return;
    }
    for arguments in [&["update", "--quiet"][..], &["install", "--yes", "--no-install-recommends", package]] {
        let done = heard(program("apt-get", arguments).env("DEBIAN_FRONTEND", "noninteractive"));
        if !done.is_ok_and(|(passed, _)| passed) {
            out::say(&format!("apt-get could not install {package}"));
            return;
        }
    }
}
