//! The only place that writes to standard output and standard error.
//!
//! Results go to standard output, everything about the run to standard error. A reader that closes the pipe early
//! (`vigie hunt … | head`) is not an error.

use std::io::{self, IsTerminal as _, Write as _};

use crate::failure::Failure;

/// Width of text where the terminal does not say.
const WIDTH: usize = 100;

/// Writes a result to standard output.
///
/// # Errors
/// When standard output cannot be written for another reason than a closed pipe.
pub fn result(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::usage(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a line about the run to standard error. That nobody reads it is no reason to stop.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Writes a fault to standard error.
pub fn error(message: &str) {
    note(&format!("vigie: {message}"));
}

/// Whether a person watches standard error.
pub fn watched() -> bool {
    io::stderr().is_terminal()
}

/// Columns to lay text out for.
pub fn width() -> usize {
    if !io::stdout().is_terminal() {
        return WIDTH;
    }
    // COLUMNS is for those who want another width than the terminal has.
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal =
        || terminal_size::terminal_size_of(io::stdout()).map(|(columns, _)| usize::from(columns.0));
    asked.or_else(terminal).unwrap_or(WIDTH)
}
