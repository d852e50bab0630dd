//! Writes the made-up report as HTML to the file named as first argument; the browser test opens it.

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(file) = std::env::args_os().nth(1) else { return ExitCode::from(2) };
    let accounts = std::env::args().nth(2).and_then(|n| n.parse().ok());
    let report = match accounts {
        Some(accounts) => vigie_report::sample::report_with_members(accounts),
        None => vigie_report::sample::report(),
    };
    match std::fs::write(file, vigie_report::html(&report, &vigie_report::HtmlOptions::default())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(3),
    }
}
