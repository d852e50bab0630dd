//! One pass over a text: words and slots, in order.
//!
//! A **slot** is a stretch that varies while the wrapper around it stays: numbers, quotations, code, addresses,
//! names of slots, payloads after labels, pasted data. What is done with words and slots is the sink's business.

use crate::chars::{CLASS, Kind, char_at, char_before, class, kind};
use crate::labels::{Reach, label_before};
use crate::spans::{self, Chunk};

/// Why a stretch of text was masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Number,
    Id,
    Quote,
    Code,
    Url,
    Email,
    Path,
    /// A name of a slot or a tag: `{{x}}`, `<x>`, `[X]`, `THE_NAME`.
    Name,
    /// The payload after a label such as `Input:`.
    Payload,
    /// Lines of a table, a JSON value.
    Data,
}

/// What a word looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// ASCII letters, digits and underscores only: folding case is all it needs.
    Plain,
    /// Has other letters, apostrophes or silent signs.
    Mixed,
    /// One character of a script that writes without blanks.
    Glyph,
}

/// Takes words and slots in the order of the text. Ranges are in bytes.
pub(crate) trait Sink {
    /// `text[start..end]` is a word.
    fn word(&mut self, start: usize, end: usize, shape: Shape);
    /// `text[start..end]` is masked.
    fn slot(&mut self, slot: Slot, start: usize, end: usize);
}

/// Letters after which a word is an opaque id rather than a word.
const WORD_BYTES_MAX: usize = 40;

/// How many ASCII letters stand from `at` on: eight bytes at a time, and 0 near the end of the text.
#[inline]
fn letters(bytes: &[u8], at: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let mut end = at;
    loop {
        let raw = crate::hash::load(bytes, end);
        // Lower case, then 'a'..='z' by two additions that set the high bit of each byte; bytes beyond ASCII drop out.
        let lower = (raw | (ONES * 0x20)) & !HIGH;
        let from_a = lower + ONES * (0x80 - b'a' as u64);
        let past_z = lower + ONES * (0x7f - b'z' as u64);
        let others = !(from_a & !past_z & !raw) & HIGH;
        if others != 0 {
            return end - at + (others.trailing_zeros() / 8) as usize;
        }
        end += 8;
    }
}

/// Scans `text` into `sink`. O(bytes): every look ahead has a limit.
pub(crate) fn scan<S: Sink>(text: &str, sink: &mut S) {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line_start: 0,
        chunk_seen: 0,
        json_fails: false,
        sink,
    };
    scanner.run();
}

struct Scanner<'t, S> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Where the current line starts.
    line_start: usize,
    /// Up to here chunks were looked at and are words.
    chunk_seen: usize,
    /// An unbalanced bracket was met: no further search for JSON.
    json_fails: bool,
    sink: &'t mut S,
}

impl<S: Sink> Scanner<'_, S> {
    fn run(&mut self) {
        if memchr::memchr(b'\n', self.bytes).is_some() {
            self.table();
        }
        while let Some(&byte) = self.bytes.get(self.at) {
            match CLASS[usize::from(byte)] {
                class::LOWER | class::UPPER | class::UNDERSCORE => self.word(),
                class::SKIP => self.at += 1,
                class::DIGIT => self.number(),
                class::NEWLINE => {
                    self.at += 1;
                    self.line_start = self.at;
                    self.table();
                }
                class::HIGH => self.beyond_ascii(),
                _ => self.special(byte),
            }
        }
    }

    fn slot(&mut self, slot: Slot, start: usize, end: usize) {
        self.sink.slot(slot, start, end);
        self.at = end;
    }

    /// A slot where `end` found one, a skipped byte where not.
    fn slot_or_skip(&mut self, slot: Slot, end: Option<usize>) {
        match end {
            Some(end) => self.slot(slot, self.at, end),
            None => self.at += 1,
        }
    }

    /// A run of letters, digits and underscores, and what may be glued to it.
    #[inline]
    fn word(&mut self) {
        let start = self.at;
        let mut end = start + letters(self.bytes, start);
        let is_blank = |at: usize| self.bytes.get(at) == Some(&b' ');
        let ends = match self.bytes.get(end) {
            Some(b' ' | b',') => true,
            Some(b'.' | b'?' | b'!' | b')') => is_blank(end + 1),
            _ => false,
        };
        if ends && (1..=WORD_BYTES_MAX).contains(&(end - start)) {
            // What nearly every word is; a second blank is skipped without a look at its class.
            let next = end + 1 + usize::from(is_blank(end + 1));
            self.sink.word(start, end, Shape::Plain);
            self.at = next;
            return;
        }
        let (mut made_of, mut next) = (0, class::SKIP);
        end = start;
        while let Some(&byte) = self.bytes.get(end) {
            next = CLASS[usize::from(byte)];
            if next & class::WORD == 0 {
                break;
            }
            made_of |= next;
            end += 1;
        }
        let glued = match self.bytes.get(end) {
            None | Some(b' ' | b',' | b'\n') => false,
            Some(_) => true,
        };
        if glued && self.glued_word(start, end, next) {
            return;
        }
        self.finish_word(start, end, made_of, Shape::Plain);
    }

    fn finish_word(&mut self, start: usize, end: usize, made_of: u8, shape: Shape) {
        let placeholder =
            made_of & (class::UNDERSCORE | class::UPPER | class::LOWER) == class::UNDERSCORE | class::UPPER;
        if made_of & class::DIGIT != 0 || end - start > WORD_BYTES_MAX && shape == Shape::Plain {
            self.slot(Slot::Id, start, end);
        } else if placeholder {
            self.slot(Slot::Name, start, end);
        } else {
            self.sink.word(start, end, shape);
            self.at = end;
        }
    }

    /// Handles a word that goes on after `end` in another way; false when it does not.
    #[cold]
    fn glued_word(&mut self, start: usize, end: usize, next: u8) -> bool {
        let byte = self.bytes[end];
        if next == class::HIGH {
            let goes_on = char_at(self.text, end).is_some_and(|c| match kind(c) {
                Kind::Letter | Kind::Silent => true,
                _ => c == '’' && spans::is_letter(self.text, end + c.len_utf8()),
            });
            if goes_on {
                self.mixed_word(start);
            }
            return goes_on;
        }
        if byte == b'\'' && spans::is_letter(self.text, end + 1) {
            self.mixed_word(start);
            return true;
        }
        let next = self.bytes.get(end + 1).copied().unwrap_or(b' ');
        let may_be_address = match byte {
            b'.' | b'-' | b'+' | b'@' | b'/' => CLASS[usize::from(next)] & class::WORD != 0,
            b':' => matches!(next, b'/' | b'\\'),
            b'\\' => true,
            _ => false,
        };
        may_be_address && self.chunk(start)
    }

    /// Masks the chunk that starts here when it is an address or an id.
    fn chunk(&mut self, start: usize) -> bool {
        if start < self.chunk_seen {
            return false;
        }
        let end = spans::chunk_end(self.bytes, start);
        self.chunk_seen = end;
        let slot = match spans::chunk_kind(&self.bytes[start..end]) {
            Some(Chunk::Url) => Slot::Url,
            Some(Chunk::Email) => Slot::Email,
            Some(Chunk::Path) => Slot::Path,
            Some(Chunk::Id) => Slot::Id,
            None => return false,
        };
        self.slot(slot, start, end);
        true
    }

    /// A word with letters beyond ASCII, apostrophes or silent signs, from `start` on.
    fn mixed_word(&mut self, start: usize) {
        let (mut end, mut made_of) = (start, 0);
        while let Some(c) = char_at(self.text, end) {
            let goes_on = match c {
                '\'' | '’' => spans::is_letter(self.text, end + c.len_utf8()),
                _ if c.is_ascii() => {
                    let ascii = CLASS[c as usize];
                    made_of |= ascii & class::WORD;
                    ascii & class::WORD != 0
                }
                _ => match kind(c) {
                    Kind::Letter => {
                        made_of |= class::LOWER;
                        true
                    }
                    Kind::Silent => true,
                    _ => false,
                },
            };
            if !goes_on {
                break;
            }
            end += c.len_utf8();
        }
        self.finish_word(start, end, made_of, Shape::Mixed);
    }

    /// Digits with what belongs to a number, date, time, version, unit or id.
    fn number(&mut self) {
        let start = self.at;
        let is_word = |i: usize| self.bytes.get(i).is_some_and(|&b| CLASS[usize::from(b)] & class::WORD != 0);
        let (mut end, mut letters) = (start, 0);
        while let Some(&byte) = self.bytes.get(end) {
            let joins = match byte {
                b'.' | b',' | b':' | b'/' | b'+' => self.bytes.get(end + 1).is_some_and(u8::is_ascii_digit),
                b'-' => self.digit_in_segment(end + 1),
                _ => is_word(end),
            };
            if !joins {
                break;
            }
            letters += usize::from(byte.is_ascii_alphabetic());
            end += 1;
        }
        let glued = matches!(self.bytes.get(end), Some(b'@' | b'-' | b'.'));
        if glued && self.chunk(start) {
            return;
        }
        self.slot(if letters > 3 { Slot::Id } else { Slot::Number }, start, end);
    }

    /// Whether the letters and digits from `at` on hold a digit.
    fn digit_in_segment(&self, at: usize) -> bool {
        let segment = self.bytes.get(at..).unwrap_or_default();
        segment.iter().take(WORD_BYTES_MAX).take_while(|b| b.is_ascii_alphanumeric()).any(u8::is_ascii_digit)
    }

    fn special(&mut self, byte: u8) {
        let (bytes, at) = (self.bytes, self.at);
        let after_word = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
        match byte {
            b'"' if !after_word => self.slot_or_skip(Slot::Quote, spans::double_quote(bytes, at)),
            b'\'' if !after_word => self.slot_or_skip(Slot::Quote, spans::single_quote(bytes, at)),
            b'`' | b'~' => self.slot_or_skip(Slot::Code, spans::code(bytes, at)),
            b'<' => self.slot_or_skip(Slot::Name, spans::name(bytes, at)),
            b'{' | b'[' => self.bracket(),
            b'/' if !after_word && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => {
                if !self.chunk(at) {
                    self.at += 1;
                }
            }
            b':' => self.label(1),
            _ => self.at += 1,
        }
    }

    fn bracket(&mut self) {
        if !self.json_fails && spans::opens_json(self.bytes, self.at) {
            match spans::json(self.bytes, self.at) {
                Some(end) => return self.slot(Slot::Data, self.at, end),
                None => self.json_fails = true,
            }
        }
        self.slot_or_skip(Slot::Name, spans::name(self.bytes, self.at));
    }

    /// After a colon of `width` bytes: masks the payload when a label stands before it.
    fn label(&mut self, width: usize) {
        let colon = self.at;
        self.at += width;
        let spaced = width > 1
            || self.bytes.get(self.at).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'*' | b'_'));
        let Some(reach) = label_before(self.text, self.line_start, colon).filter(|_| spaced) else { return };
        if reach == Reach::Nothing {
            return;
        }
        if let Some((start, end)) = spans::payload(self.text, self.at, reach) {
            self.slot(Slot::Payload, start, end);
            self.line_start = end;
        }
    }

    /// At the start of a line: masks the lines of a table.
    fn table(&mut self) {
        if let Some(end) = spans::table(self.text, self.at) {
            self.slot(Slot::Data, self.at, end);
            self.line_start = end;
        }
    }

    fn beyond_ascii(&mut self) {
        let Some(c) = char_at(self.text, self.at) else {
            self.at += 1;
            return;
        };
        let width = c.len_utf8();
        match kind(c) {
            Kind::Letter => self.mixed_word(self.at),
            Kind::Glyph => {
                self.sink.word(self.at, self.at + width, Shape::Glyph);
                self.at += width;
            }
            Kind::Digit => self.foreign_number(),
            Kind::Silent => self.at += width,
            Kind::Other if c == '：' => self.label(width),
            Kind::Other => {
                let is_apostrophe =
                    c == '‘' && char_before(self.text, self.at).is_some_and(char::is_alphanumeric);
                let end = if is_apostrophe { None } else { spans::typographic_quote(self.text, self.at, c) };
                match end {
                    Some(end) => self.slot(Slot::Quote, self.at, end),
                    None => self.at += width,
                }
            }
        }
    }

    /// Digits of other scripts.
    fn foreign_number(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_digit =
            |c: char| c.is_ascii_digit() || !c.is_ascii() && kind(c) == Kind::Digit || matches!(c, '.' | '٫');
        let end = rest.find(|c| !is_digit(c)).map_or(self.bytes.len(), |i| self.at + i);
        self.slot(Slot::Number, self.at, end.max(self.at + 1));
    }
}
