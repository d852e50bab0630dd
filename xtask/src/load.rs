//! `cargo xtask load`: how fast a real server answers analysts while it hunts; the figures go into the benchmark's page.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::out;
use crate::shell::{cargo, find, must, printed, program, status, target};

/// Exit code of a hunt that found campaigns.
const CAMPAIGNS_FOUND: i32 = 1;
/// A few networks fill up slower than aimed at: so many give 300,000 at least.
const EXCHANGES: &str = "320000";

/// How it is measured.
struct Plan {
    /// Built without optimisation, on a small world: shows that everything runs, and no more.
    quick: bool,
    seconds: u32,
    reads_per_s: u32,
}

/// Builds, makes and hunts a world, measures, and writes the page.
///
/// # Errors
/// When an argument is not understood, Node.js is missing, or a step fails.
pub fn run(arguments: &[&str]) -> Result<()> {
    let plan = plan(arguments)?;
    if find("node").is_none() {
        bail!("the reads are sent by Node.js; on Debian or Ubuntu: apt-get install nodejs");
    }
    let vigie = built(&plan)?;
    let folder = target().join("xtask").join(if plan.quick { "load-quick" } else { "load" });
    let hunt = hunted(&vigie, &folder, &plan)?;

    out::heading("reads beside hunts");
    let mut measure = program("node", &["tests/load/load.mjs"]);
    measure.args([plan.seconds.to_string(), plan.reads_per_s.to_string()]);
    let figures =
        printed(measure.env("VIGIE", &vigie).env("HUNT", &hunt).stderr(std::process::Stdio::inherit()))?;
    let file = folder.join("load.json");
    fs::write(&file, figures).with_context(|| format!("{} cannot be written", file.display()))?;
    out::say(&file.display().to_string());
    if plan.quick {
        out::say("A quick run: its figures are no benchmark and stay out of docs/benchmarks.md.");
        return Ok(());
    }
    let page = ["run", "--locked", "--release", "--quiet", "--package", "vigie-bench", "--bin", "page", "--"];
    must(cargo(&page).args(["docs/benchmarks.json", "docs/benchmarks.md"]).arg(&file))
}

fn plan(arguments: &[&str]) -> Result<Plan> {
    let mut plan = Plan { quick: false, seconds: 60, reads_per_s: 50 };
    let mut rest = arguments.iter();
    while let Some(&argument) = rest.next() {
        let mut number = || -> Result<u32> {
            let value = rest.next().with_context(|| format!("{argument} needs a number"))?;
            value.parse().ok().filter(|n| *n > 0).with_context(|| format!("`{value}` is no number above 0"))
        };
        match argument {
            "--quick" => (plan.quick, plan.seconds) = (true, 10),
            "--seconds" => plan.seconds = number()?,
            "--pace" => plan.reads_per_s = number()?,
            other => bail!("`{other}` is not known; --quick, --seconds N and --pace READS-A-SECOND are"),
        }
    }
    Ok(plan)
}

fn built(plan: &Plan) -> Result<PathBuf> {
    out::heading("build");
    let mut build = cargo(&["build", "--locked", "--package", "vigie"]);
    if !plan.quick {
        build.arg("--release");
    }
    must(&mut build)?;
    Ok(target().join(if plan.quick { "debug" } else { "release" }).join("vigie"))
}

/// A world and what a hunt says of it; kept for the next time.
fn hunted(vigie: &Path, folder: &Path, plan: &Plan) -> Result<PathBuf> {
    let (world, hunt) = (folder.join("world"), folder.join("hunt"));
    let vigie = vigie.display().to_string();
    if !world.join("truth_networks.jsonl").is_file() {
        out::heading("a world with hidden campaigns");
        let mut sim = program(&vigie, &["sim", "--seed", "1"]);
        if plan.quick {
            sim.args(["--preset", "small"]);
        } else {
            sim.args(["--preset", "demo", "--exchanges", EXCHANGES]);
        }
        must(sim.arg(&world))?;
    }
    out::heading("the hunt that the cases come from");
    let hunted = status(program(&vigie, &["hunt", "--quiet"]).arg(&world).arg("--out").arg(&hunt))?;
    if !hunted.success() && hunted.code() != Some(CAMPAIGNS_FOUND) {
        bail!("the hunt failed: {hunted}");
    }
    Ok(hunt)
}

#[cfg(test)]
mod tests {
    use super::plan;

    #[test]
    fn arguments_are_understood_or_told() {
        let of = |arguments: &[&str]| plan(arguments).map(|p| (p.quick, p.seconds, p.reads_per_s));
        assert_eq!(of(&[]).unwrap(), (false, 60, 50));
        assert_eq!(of(&["--quick"]).unwrap(), (true, 10, 50));
        assert_eq!(of(&["--seconds", "30", "--pace", "150"]).unwrap(), (false, 30, 150));
        assert!(of(&["--pace"]).unwrap_err().to_string().contains("needs a number"));
        assert!(of(&["--pace", "0"]).is_err());
        assert!(of(&["--fast"]).unwrap_err().to_string().contains("--fast"));
    }
}
