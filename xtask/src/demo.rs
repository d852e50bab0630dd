//! `cargo xtask demo` and `bench`: the product as a user would run it.

use std::io::{self, IsTerminal as _};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::shell::{cargo, must, program, root, status, target};
use crate::{console, out};

/// Exit code of a hunt that found campaigns.
const CAMPAIGNS_FOUND: i32 = 1;

/// Builds, makes a world, hunts it, scores the hunt, and opens the console on it.
///
/// # Errors
/// When a step fails.
pub fn run() -> Result<()> {
    out::heading("build");
    if let Err(error) = console::build() {
        out::say(&format!("The console is left out of this build: {error:#}"));
    }
    must(&mut cargo(&["build", "--locked", "--release", "--package", "vigie"]))?;
    let vigie = target().join("release").join("vigie").display().to_string();
    // Relative to the workspace, where every program here is started.
    let (world, hunt) = ("out/demo/world", "out/demo/hunt");
    let began = Instant::now();

    out::heading("a world with hidden campaigns");
    must(&mut program(&vigie, &["sim", world, "--preset", "demo", "--seed", "1"]))?;

    out::heading("the hunt");
    let hunted = status(&mut program(&vigie, &["hunt", world, "--out", hunt]))?;
    if !hunted.success() && hunted.code() != Some(CAMPAIGNS_FOUND) {
        bail!("the hunt failed: {hunted}");
    }

    out::heading("the hunt against the planted truth");
    must(&mut program(&vigie, &["score", world, hunt]))?;

    out::say(&format!("\nDone in {:.0} s after the build. The report:", began.elapsed().as_secs_f64()));
    out::say(&root().join(hunt).join("report.html").display().to_string());
    open_console(&vigie, world, hunt)
}

/// Serves the console until it is stopped, where somebody is there to look at it; else says how.
fn open_console(vigie: &str, world: &str, hunt: &str) -> Result<()> {
    let arguments = ["serve", "--data", "out/demo/data", "--import", hunt, "--inputs", world];
    out::heading("the console");
    if !io::stdin().is_terminal() {
        out::say(&format!("Open it with: {vigie} {}", arguments.join(" ")));
        return Ok(());
    }
    out::say("The first time, open the set-up link below; Ctrl-C ends it.");
    must(&mut program(vigie, &arguments))
}

/// Runs `vigie bench` in release.
///
/// # Errors
/// When it fails.
pub fn bench(arguments: &[&str]) -> Result<()> {
    let run = ["run", "--locked", "--release", "--package", "vigie", "--", "bench"];
    must(cargo(&run).args(arguments))
}
