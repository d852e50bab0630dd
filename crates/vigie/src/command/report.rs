//! `vigie report`: renders report.html again.

use std::process::ExitCode;

use vigie_report::HtmlOptions;

use super::hunt::REPORT;
use crate::args::Report;
use crate::failure::{Outcome, Reading as _, Writing as _};
use crate::interrupt::clean_on_interrupt;
use crate::out;

/// Runs the command.
pub fn run(args: &Report) -> Outcome {
    let report = vigie_store::read_report(&args.dir).reading()?;
    clean_on_interrupt(&args.dir);
    let options = HtmlOptions { title: args.title.clone(), ..HtmlOptions::default() };
    let file =
        vigie_store::write_text(&args.dir, REPORT, &vigie_report::html(&report, &options)).writing()?;
    out::result(&format!("{}\n", file.display()))?;
    Ok(ExitCode::SUCCESS)
}
