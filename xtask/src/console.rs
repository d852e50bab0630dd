//! `cargo xtask ui`: the console, built into `ui/dist`, from where the next build of `vigie` embeds it.

use std::fs;

use anyhow::{Result, bail};

use crate::out;
use crate::shell::{find, heard, program, root};

/// Installs what the lock file names, and builds.
///
/// # Errors
/// When Node.js is missing, or a step fails.
pub fn build() -> Result<()> {
    let ui = root().join("ui");
    if find("node").is_none() || find("npm").is_none() {
        bail!("the console needs Node.js 20 and npm; on Debian or Ubuntu: apt-get install nodejs npm");
    }
    let changed = |name: &str| fs::metadata(ui.join(name)).and_then(|m| m.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_none() || installed < changed("package-lock.json") {
        step(&["ci", "--no-audit", "--no-fund"])?;
    }
    step(&["run", "build"])?;
    out::say(&format!("{} is ready; the next build of vigie embeds it.", ui.join("dist").display()));
    Ok(())
}

fn step(arguments: &[&str]) -> Result<()> {
    let (passed, _) = heard(program("npm", arguments).current_dir(root().join("ui")))?;
    if !passed {
        bail!("`npm {}` failed", arguments.join(" "));
    }
    Ok(())
}
