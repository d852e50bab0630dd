//! `cargo xtask demo` and `bench`: the product as a user would run it.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::out;
use crate::shell::{cargo, must, program, root, status, target};

/// Exit code of a hunt that found campaigns.
const CAMPAIGNS_FOUND: i32 = 1;

/// Builds, makes a world, hunts it, scores the hunt and says where the report is.
///
/// # Errors
/// When a step fails.
pub fn run() -> Result<()> {
    out::heading("build");
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

    out::say(&format!("\nDone in {:.0} s after the build. Open the report:", began.elapsed().as_secs_f64()));
    out::say(&root().join(hunt).join("report.html").display().to_string());
    Ok(())
}

/// Runs `vigie bench` in release.
///
/// # Errors
/// When it fails.
pub fn bench(arguments: &[&str]) -> Result<()> {
    let run = ["run", "--locked", "--release", "--package", "vigie", "--", "bench"];
    must(cargo(&run).args(arguments))
}
