//! Rows of text, one at a time, never more than a row in memory: lines, and the objects of a JSON array.

use std::io::{self, BufRead};

use crate::format::UTF8_BOM;
use crate::input::Stream;

/// One row as bytes, or why there are none.
#[derive(Debug)]
pub(crate) enum Row<'a> {
    /// The row without its line end.
    Whole(&'a [u8]),
    /// The last line, which no line end closes: whole if it can be read, cut off if not.
    Unclosed(&'a [u8]),
    /// Longer than the limit; skipped without being held.
    TooLong,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Line, counted from 1.
    pub(crate) line: u64,
    /// Which of several rows it is, where lines do not tell.
    pub(crate) element: Option<Element>,
}

/// Which of several rows, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Element {
    /// Of a JSON array.
    OfArray(u64),
    /// Of JSON objects one after the other.
    OfFile(u64),
}

/// Reads rows: one a line, or the elements of a JSON array, or JSON objects that span lines.
pub(crate) enum TextRows {
    Lines(Lines),
    Elements(Elements),
}

impl TextRows {
    /// One row a line.
    pub(crate) fn lines(stream: Stream, row_bytes_max: usize) -> Self {
        Self::Lines(Lines::new(stream, row_bytes_max))
    }

    /// Tells by the first bytes how rows are laid out: `[` opens an array, `{` at the end of a line an object that
    /// spans lines, a second object on the first line objects one after the other (as some collectors store them, and
    /// what ends its lines with a carriage return alone), anything else is one row a line.
    pub(crate) fn json(stream: Stream, row_bytes_max: usize) -> Self {
        let head = stream.head();
        let text = head.strip_prefix(UTF8_BOM).unwrap_or(head).trim_ascii_start();
        let spans_lines = text.strip_prefix(b"{").is_some_and(|rest| {
            rest.iter().find(|b| !matches!(b, b' ' | b'\t')).is_some_and(|b| matches!(b, b'\n' | b'\r'))
        });
        if text.starts_with(b"[") || spans_lines || shares_a_line(text) {
            Self::Elements(Elements::new(stream, row_bytes_max))
        } else {
            Self::Lines(Lines::new(stream, row_bytes_max))
        }
    }

    /// The next row; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<(Place, Row<'_>)>> {
        match self {
            Self::Lines(lines) => Ok(lines.next()?.map(|(line, row)| (Place { line, element: None }, row))),
            Self::Elements(elements) => elements.next(),
        }
    }
}

/// Whether behind the first object of the first line another one follows.
fn shares_a_line(text: &[u8]) -> bool {
    let mut scan = Scan::default();
    let line = text.split(|b| *b == b'\n').next().unwrap_or(text);
    let (used, ended) = scan.advance(line, &mut 0);
    ended && line.starts_with(b"{") && line[used..].trim_ascii_start().starts_with(b"{")
}

/// Reads lines; blank ones are passed over.
pub(crate) struct Lines {
    stream: Stream,
    buffer: Vec<u8>,
    line: u64,
    row_bytes_max: usize,
}

impl Lines {
    pub(crate) fn new(stream: Stream, row_bytes_max: usize) -> Self {
        Self { stream, buffer: Vec::new(), line: 0, row_bytes_max }
    }

    /// The next line that is not blank, with its number.
    pub(crate) fn next(&mut self) -> io::Result<Option<(u64, Row<'_>)>> {
        loop {
            self.buffer.clear();
            // Two more than the limit: room for the line end.
            let limit = self.row_bytes_max as u64 + 2;
            let read = io::Read::take(&mut self.stream, limit).read_until(b'\n', &mut self.buffer)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let closed = self.buffer.last() == Some(&b'\n');
            let content = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
            let length = content.strip_suffix(b"\r").unwrap_or(content).len();
            if length > self.row_bytes_max {
                if !closed {
                    self.stream.skip_until(b'\n')?;
                }
                return Ok(Some((self.line, Row::TooLong)));
            }
            let from = if self.line == 1 && self.buffer.starts_with(UTF8_BOM) { UTF8_BOM.len() } else { 0 };
            if self.buffer[from..length.max(from)].iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let content = &self.buffer[from..length];
            let row = if closed { Row::Whole(content) } else { Row::Unclosed(content) };
            return Ok(Some((self.line, row)));
        }
    }
}

/// Reads the elements of a JSON array, or objects one after the other, by balancing brackets. One at a time: an
/// export of many gigabytes is often a single array.
pub(crate) struct Elements {
    stream: Stream,
    buffer: Vec<u8>,
    line: u64,
    element: u64,
    in_array: bool,
    row_bytes_max: usize,
}

/// How far the scan of one element is.
#[derive(Default)]
struct Scan {
    started: bool,
    depth: u32,
    in_string: bool,
    escaped: bool,
    too_long: bool,
}

impl Elements {
    fn new(stream: Stream, row_bytes_max: usize) -> Self {
        Self { stream, buffer: Vec::new(), line: 1, element: 0, in_array: false, row_bytes_max }
    }

    fn next(&mut self) -> io::Result<Option<(Place, Row<'_>)>> {
        if !self.seek_element()? {
            if self.in_array {
                return Err(cut("the JSON array is never closed"));
            }
            return Ok(None);
        }
        self.element += 1;
        let of = if self.in_array { Element::OfArray } else { Element::OfFile };
        let place = Place { line: self.line, element: Some(of(self.element)) };
        self.buffer.clear();
        let mut scan = Scan::default();
        loop {
            let available = self.stream.fill_buf()?;
            if available.is_empty() {
                if scan.depth == 0 && !scan.in_string && !self.in_array {
                    break;
                }
                return Err(cut("the last JSON object is never closed"));
            }
            let (used, ended) = scan.advance(available, &mut self.line);
            if self.buffer.len() + used > self.row_bytes_max {
                scan.too_long = true;
                self.buffer.clear();
            }
            if !scan.too_long {
                self.buffer.extend_from_slice(&available[..used]);
            }
            self.stream.consume(used);
            if ended {
                break;
            }
        }
        let row = if scan.too_long { Row::TooLong } else { Row::Whole(&self.buffer) };
        Ok(Some((place, row)))
    }

    /// Moves to the first byte of the next element; `false` at the end.
    fn seek_element(&mut self) -> io::Result<bool> {
        loop {
            let available = self.stream.fill_buf()?;
            if available.is_empty() {
                return Ok(false);
            }
            let mut used = 0;
            let mut found = false;
            for byte in available {
                match byte {
                    b'\n' => self.line += 1,
                    b'[' if !self.in_array => self.in_array = true,
                    // Another array may follow: batches that were appended to one file.
                    b']' if self.in_array => self.in_array = false,
                    b' ' | b'\t' | b'\r' | b',' | 0xef | 0xbb | 0xbf => {}
                    _ => {
                        found = true;
                        break;
                    }
                }
                used += 1;
            }
            self.stream.consume(used);
            if found {
                return Ok(true);
            }
        }
    }
}

impl Scan {
    /// Scans on; returns the bytes that belong to the element and whether it ended.
    fn advance(&mut self, bytes: &[u8], line: &mut u64) -> (usize, bool) {
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' {
                *line += 1;
            }
            let first = !std::mem::replace(&mut self.started, true);
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                // A stray bracket is an element of its own, so that the scan always moves on.
                b'}' | b']' if self.depth == 0 => return (at + usize::from(first), true),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                b',' if self.depth == 0 => return (at, true),
                _ => {}
            }
        }
        (bytes.len(), false)
    }
}

fn cut(detail: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, detail)
}
