//! Plain text for a terminal of a given width.
//!
//! What does not live here: colours and the terminal itself (the command line's), HTML.

mod explain;
mod table;

pub use explain::explain;
pub use table::table;

use crate::html::deceives;

/// Narrowest width that text is laid out for.
const WIDTH_MIN: usize = 60;
/// Widest; longer lines tire the eye.
const WIDTH_MAX: usize = 120;

fn usable(width: usize) -> usize {
    width.clamp(WIDTH_MIN, WIDTH_MAX)
}

/// A string of the input with everything that could steer the terminal replaced, on one line.
fn tame(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            c if deceives(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Words wrapped to `width`, each line after `indent` spaces. Words longer than a line stand alone.
fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let room = width.saturating_sub(indent).max(20);
    let mut lines: Vec<String> = Vec::new();
    let mut used = room + 1;
    for word in tame(text).split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if used + 1 + length <= room => {
                line.push(' ');
                line.push_str(word);
                used += 1 + length;
            }
            _ => {
                lines.push(word.to_owned());
                used = length;
            }
        }
    }
    let margin = " ".repeat(indent);
    lines.iter().map(|line| format!("{margin}{line}\n")).collect()
}

#[cfg(test)]
mod tests;
