//! `vigie explain`: one campaign in full.

use std::process::ExitCode;

use super::hunt::explained;
use crate::args::Explain;
use crate::failure::{Outcome, Reading as _};
use crate::out;

/// Runs the command.
pub fn run(args: &Explain) -> Outcome {
    let report = vigie_store::read_report(&args.dir).reading()?;
    out::result(&explained(&report, &args.campaign, &args.dir)?)?;
    Ok(ExitCode::SUCCESS)
}
