//! Writes the page of a benchmark anew from its figures, and takes figures in that another program measured. For developers
//! of Vigie: `cargo xtask load` calls it.
//!
//!     page FIGURES.json PAGE.md [LOAD.json]

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use vigie_bench::{BenchReport, Load};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (figures, page) = (args.next().ok_or(USAGE)?, args.next().ok_or(USAGE)?);
    let read =
        |file: &PathBuf| fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
    let mut report: BenchReport = serde_json::from_str(&read(&figures)?)?;
    if let Some(file) = args.next() {
        let load: Load = serde_json::from_str(&read(&file)?)?;
        report.load = Some(load);
        fs::write(&figures, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    fs::write(page, report.to_markdown())?;
    Ok(())
}

const USAGE: &str = "page FIGURES.json PAGE.md [LOAD.json]";
