//! Runs parts of the benchmark: `bench SCRATCH DATA quick|full PART…`, page to stdout, progress to stderr.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a trial runner")]

use std::path::PathBuf;

use vigie_bench::{Plan, bench};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [scratch, data, size, parts @ ..] = arguments.as_slice() else {
        return Err("bench SCRATCH DATA quick|full PART…".into());
    };
    let mut plan = Plan::full(PathBuf::from(scratch), Some(PathBuf::from(data)));
    plan.quick = size == "quick";
    plan.parts = parts.iter().map(|p| p.parse()).collect::<Result<_, _>>()?;
    let report = bench(&plan, &mut |line| eprintln!("{line}"))?;
    println!("{}", report.to_markdown());
    Ok(())
}
