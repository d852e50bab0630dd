//! The only place that prints.

use std::io::{self, Write as _};

/// A line to standard output. That nobody reads it is no reason to stop.
pub fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// A heading that can be found again in a long log.
pub fn heading(text: &str) {
    say(&format!("\n── {text} {}", "─".repeat(76_usize.saturating_sub(text.chars().count()))));
}
