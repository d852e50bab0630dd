//! A masked text for people: what a report may show of a prompt.

use crate::chars::boundary;
use crate::scan::{Shape, Sink, Slot, scan};

/// The masked form of a text, for reading: slots as `‹num›`, `‹quote›`, `‹url›`, `‹code›`, `‹email›`, `‹path›`, `‹id›`,
/// `‹slot›`, `‹text›`, `‹data›`, other text as it is with white space collapsed. At most `bytes_max` bytes, an ellipsis
/// included where it was cut. O(min(bytes, 8·`bytes_max`)): text beyond that is not looked at.
pub fn masked_example(text: &str, bytes_max: usize) -> String {
    let seen = &text[..boundary(text, bytes_max.saturating_mul(8).max(1 << 12))];
    let mut sink = ExampleSink { text: seen, copied: 0, out: String::new() };
    scan(seen, &mut sink);
    sink.copy_to(seen.len());
    let mut out = sink.out;
    out.truncate(out.trim_end().len());
    if out.len() > bytes_max || seen.len() < text.len() {
        const ELLIPSIS: char = '…';
        out.truncate(boundary(&out, bytes_max.saturating_sub(ELLIPSIS.len_utf8())));
        if bytes_max >= ELLIPSIS.len_utf8() {
            out.push(ELLIPSIS);
        }
    }
    out
}

struct ExampleSink<'t> {
    text: &'t str,
    /// Up to here the text is in `out`, as it is or masked.
    copied: usize,
    out: String,
}

impl ExampleSink<'_> {
    fn copy_to(&mut self, end: usize) {
        for c in self.text.get(self.copied..end).unwrap_or_default().chars() {
            if !c.is_whitespace() {
                self.out.push(c);
            } else if !self.out.is_empty() && !self.out.ends_with(' ') {
                self.out.push(' ');
            }
        }
        self.copied = end;
    }
}

impl Sink for ExampleSink<'_> {
    fn word(&mut self, _start: usize, _end: usize, _shape: Shape) {}

    fn slot(&mut self, slot: Slot, start: usize, end: usize) {
        self.copy_to(start);
        self.copied = end;
        let name = match slot {
            Slot::Number => "‹num›",
            Slot::Id => "‹id›",
            Slot::Quote => "‹quote›",
            Slot::Code => "‹code›",
            Slot::Url => "‹url›",
            Slot::Email => "‹email›",
            Slot::Path => "‹path›",
            Slot::Name => "‹slot›",
            Slot::Payload => "‹text›",
            Slot::Data => "‹data›",
        };
        self.out.push_str(name);
        if self.text[start..end].ends_with('\n') {
            self.out.push(' ');
        }
    }
}
