//! The console's own checks: its types and words, and the walk through a real server in a real browser.

use anyhow::Result;

use crate::shell::{cargo, heard, must, program, root, target};
use crate::suite::{Count, Place, counted};
use crate::{browser, console, out};

/// Checks the console, or says what is missing.
///
/// # Errors
/// When the console or the program cannot be built though Node.js and a browser are there.
pub fn test(place: Place) -> Result<Count> {
    let (Some(chromium), Some(_), Some(_)) = (
        browser::chromium(place),
        browser::installed("node", "nodejs", place),
        browser::installed("npm", "npm", place),
    ) else {
        out::say("Skipped: the console's checks need Node.js, npm and Chromium.");
        out::say("On Debian or Ubuntu: apt-get install nodejs npm chromium");
        return Ok(Count::SKIPPED);
    };
    console::build()?;
    let ui = root().join("ui");
    let (words, _) = heard(program("npm", &["test"]).current_dir(&ui).env("NO_COLOR", "1"))?;
    // Built after the console, so that the walk sees what was just built.
    must(&mut cargo(&["build", "--locked", "--quiet", "--package", "vigie"]))?;
    let walk = counted(
        program(
            "node",
            &["--test", "--test-concurrency=1", "--test-reporter=tap", "tests/walk.mjs", "tests/large.mjs"],
        )
        .current_dir(&ui)
        .env("VIGIE", target().join("debug/vigie"))
        .env("CHROMIUM", &chromium),
    )?;
    let own = if words { Count::PASSED } else { Count::FAILED };
    Ok(Count {
        passed: walk.passed + own.passed,
        failed: walk.failed + own.failed,
        skipped: walk.skipped + own.skipped,
    })
}

/// Runs the walk alone.
///
/// # Errors
/// When anything fails.
pub fn run() -> Result<()> {
    crate::suite::one(test)
}
