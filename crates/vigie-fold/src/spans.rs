//! Where slots end: each function looks at one place of the text and says where the slot that starts there ends, or
//! that none does. Every search has a limit.

use crate::chars::{CLASS, char_at, class};
use crate::labels::{Reach, starts_section};

/// Longest quotation in bytes.
const QUOTE_BYTES_MAX: usize = 4096;
/// Longest quotation in single straight quotes, which apostrophes resemble.
const SINGLE_QUOTE_BYTES_MAX: usize = 240;
/// Longest inline code.
const INLINE_CODE_BYTES_MAX: usize = 1000;
/// Longest name of a slot, tag or bracketed remark.
const NAME_BYTES_MAX: usize = 64;
/// Longest block of JSON.
const JSON_BYTES_MAX: usize = 8192;
/// Longest chunk without blanks that is looked at as a whole.
const CHUNK_BYTES_MAX: usize = 512;

/// End of a fenced or inline code that starts with the backticks (or tildes) at `at`.
pub(crate) fn code(bytes: &[u8], at: usize) -> Option<usize> {
    let fence = bytes[at];
    let count = bytes[at..].iter().take_while(|&&b| b == fence).count();
    let inner = at + count;
    if count >= 3 {
        let end = find(&bytes[inner..], &bytes[at..at + 3]).map_or(bytes.len(), |i| inner + i + 3);
        return Some(end);
    }
    if fence != b'`' {
        return None;
    }
    let limit = bytes.len().min(inner + INLINE_CODE_BYTES_MAX);
    let end = bytes[inner..limit].iter().position(|&b| b == b'`' || b == b'\n')? + inner;
    let closes = bytes[end] == b'`' && end > inner;
    closes.then(|| end + bytes[end..].iter().take_while(|&&b| b == b'`').count().min(count))
}

/// End of a quotation that the double quote at `at` opens: the next one, or the next triple one after a triple.
pub(crate) fn double_quote(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes[at..].starts_with(b"\"\"\"") {
        return find(&bytes[at + 3..], b"\"\"\"").map(|i| at + 6 + i);
    }
    let limit = bytes.len().min(at + QUOTE_BYTES_MAX);
    let mut i = at + 1;
    while i < limit {
        match bytes[i] {
            b'"' => return Some(i + 1),
            b'\\' => i += 1,
            b'\n' if is_blank_line(bytes, i + 1) => return None,
            _ => {}
        }
        i += 1;
    }
    None
}

/// End of a quotation in single straight quotes, as opposed to an apostrophe: it opens before a letter and closes
/// before none, on the same line.
pub(crate) fn single_quote(bytes: &[u8], at: usize) -> Option<usize> {
    let is_word =
        |i: usize| bytes.get(i).is_some_and(|&b| b >= 0x80 || CLASS[usize::from(b)] & class::WORD != 0);
    if !is_word(at + 1) {
        return None;
    }
    let limit = bytes.len().min(at + SINGLE_QUOTE_BYTES_MAX);
    for i in at + 2..limit {
        match bytes[i] {
            b'\n' => return None,
            b'\'' if !is_word(i + 1) && bytes[i - 1] != b' ' => return Some(i + 1),
            _ => {}
        }
    }
    None
}

/// End of a quotation that the typographic quote `open` at `at` opens. Quotes do not nest.
pub(crate) fn typographic_quote(text: &str, at: usize, open: char) -> Option<usize> {
    let (closers, inner) = (closers(open)?, at + open.len_utf8());
    let mut blank = false;
    for (i, c) in text.get(inner..)?.char_indices() {
        if i > QUOTE_BYTES_MAX || c == open || (c == '\n' && blank) {
            return None;
        }
        if closers.contains(&c) {
            return Some(inner + i + c.len_utf8());
        }
        blank = c == '\n';
    }
    None
}

fn closers(open: char) -> Option<&'static [char]> {
    match open {
        '“' => Some(&['”', '"']),
        '„' => Some(&['“', '”', '"']),
        '«' => Some(&['»']),
        '»' => Some(&['«']),
        '「' => Some(&['」']),
        '『' => Some(&['』']),
        '《' => Some(&['》']),
        '‹' => Some(&['›']),
        '‘' => Some(&['’']),
        '‚' => Some(&['‘', '’']),
        _ => None,
    }
}

/// End of `<tag>`, `{slot}`, `{{slot}}` or `[SLOT]` that opens at `at`: short, on one line, not empty.
pub(crate) fn name(bytes: &[u8], at: usize) -> Option<usize> {
    let (open, close) = match bytes[at] {
        b'<' => (b'<', b'>'),
        b'{' => (b'{', b'}'),
        _ => (b'[', b']'),
    };
    if open == b'<' && !bytes.get(at + 1).is_some_and(|&b| b.is_ascii_alphabetic() || b == b'/' || b >= 0x80)
    {
        return None;
    }
    let inner = at + bytes[at..].iter().take_while(|&&b| b == open).count().min(2);
    let limit = bytes.len().min(inner + NAME_BYTES_MAX);
    let end = bytes[inner..limit].iter().position(|&b| b == close || b == open || b == b'\n')? + inner;
    let closes = bytes[end] == close && end > inner;
    closes.then(|| end + bytes[end..].iter().take_while(|&&b| b == close).count().min(inner - at))
}

/// Whether the bracket at `at` may open a JSON object or array.
pub(crate) fn opens_json(bytes: &[u8], at: usize) -> bool {
    let next = bytes[at + 1..].iter().take(NAME_BYTES_MAX).find(|b| !b.is_ascii_whitespace());
    match bytes[at] {
        b'{' => next == Some(&b'"'),
        _ => matches!(next, Some(b'"' | b'{' | b'[' | b'0'..=b'9' | b'-')),
    }
}

/// End of the JSON object or array that opens at `at`; brackets inside strings do not count.
pub(crate) fn json(bytes: &[u8], at: usize) -> Option<usize> {
    if !opens_json(bytes, at) {
        return None;
    }
    let (mut depth, mut in_string, mut i) = (0usize, false, at);
    let limit = bytes.len().min(at + JSON_BYTES_MAX);
    while i < limit {
        match bytes[i] {
            b'\\' if in_string => i += 1,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth -= 1,
            _ => {}
        }
        i += 1;
        if depth == 0 {
            return Some(i);
        }
    }
    None
}

/// End of a run of lines of a table (pipes, tabs or commas without blanks) that starts at `at`.
pub(crate) fn table(text: &str, at: usize) -> Option<usize> {
    let (bytes, mut end) = (text.as_bytes(), at);
    while end < bytes.len() {
        let line_end = line_end(bytes, end);
        // A labelled line belongs to its label, whatever the payload looks like.
        if !is_table_line(&bytes[end..line_end]) || text.get(end..line_end).is_none_or(starts_section) {
            break;
        }
        end = (line_end + 1).min(bytes.len());
    }
    (end > at).then_some(end)
}

fn is_table_line(line: &[u8]) -> bool {
    if count(line, b'|') >= 2 || count(line, b'\t') >= 2 {
        return true;
    }
    let commas = count(line, b',');
    if commas < 2 {
        return false;
    }
    let tight = line.iter().zip(&line[1..]).fold(0, |n: u32, (&a, &b)| n + u32::from(a == b',' && b != b' '));
    tight as usize + 1 >= commas + usize::from(line.last() != Some(&b','))
}

/// How often a byte occurs; in stretches that a byte can count, which compiles to vector code of bytes.
fn count(line: &[u8], byte: u8) -> usize {
    let in_stretch = |stretch: &[u8]| stretch.iter().fold(0, |n: u8, &b| n + u8::from(b == byte));
    line.chunks(usize::from(u8::MAX)).map(|stretch| usize::from(in_stretch(stretch))).sum()
}

/// What a chunk without blanks is, where it is not just words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    Url,
    Email,
    Path,
    Id,
}

/// End of the chunk that starts at `at`: up to a blank, bracket, quote or comma, without trailing punctuation.
pub(crate) fn chunk_end(bytes: &[u8], at: usize) -> usize {
    let limit = bytes.len().min(at + CHUNK_BYTES_MAX);
    let ends = |b: &u8| {
        b.is_ascii_whitespace()
            || *b >= 0x80
            || matches!(b, b'"' | b'\'' | b'<' | b'>' | b')' | b']' | b'}' | b',' | b'`' | b'|' | b';')
    };
    let mut end = bytes[at..limit].iter().position(ends).map_or(limit, |i| at + i);
    while end > at && matches!(bytes[end - 1], b'.' | b'!' | b'?' | b':' | b'*') {
        end -= 1;
    }
    end
}

/// What the chunk is: an address of some kind, an opaque id, or (`None`) words with punctuation between them.
pub(crate) fn chunk_kind(chunk: &[u8]) -> Option<Chunk> {
    let has = |byte: u8| chunk.contains(&byte);
    let at_sign = chunk.iter().position(|&b| b == b'@');
    if find(chunk, b"://").is_some() || starts_with_ignore_case(chunk, b"www.") {
        Some(Chunk::Url)
    } else if at_sign.is_some_and(|i| i > 0 && chunk[i..].contains(&b'.')) {
        Some(Chunk::Email)
    } else if has(b'\\') || chunk.first() == Some(&b'/') && chunk[1..].contains(&b'/') {
        Some(Chunk::Path)
    } else if is_domain(chunk) {
        Some(Chunk::Url)
    } else if chunk.len() >= 24 && chunk.iter().any(u8::is_ascii_digit) && !has(b'.') && !has(b'/') {
        Some(Chunk::Id)
    } else {
        None
    }
}

/// Common endings of host names; others are left as words, since missing blanks after full stops look the same.
const DOMAIN_ENDINGS: &[&[u8]] =
    &[b"com", b"org", b"net", b"io", b"gov", b"edu", b"info", b"biz", b"xyz", b"dev", b"app", b"co", b"ai"];

fn is_domain(chunk: &[u8]) -> bool {
    let host = chunk.split(|&b| matches!(b, b'/' | b':' | b'?')).next().unwrap_or_default();
    let mut parts = host.rsplit(|&b| b == b'.');
    let ending = parts.next().unwrap_or_default();
    let named = parts.next().is_some_and(|part| !part.is_empty());
    named && DOMAIN_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Start and end of the payload after the colon that ends at `at`; `None` when there is none.
pub(crate) fn payload(text: &str, at: usize, reach: Reach) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut start = skip(bytes, at, |b| matches!(b, b' ' | b'\t' | b'*' | b'_'));
    if reach == Reach::Paragraph {
        start = skip(bytes, start, |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
    }
    let mut end = match bytes.get(start) {
        Some(b'`' | b'~') => code(bytes, start).unwrap_or(start),
        Some(b'"') => double_quote(bytes, start).unwrap_or(start),
        Some(b'{' | b'[') => json(bytes, start).unwrap_or(start),
        _ => start,
    };
    let opening = end;
    while end < bytes.len() {
        let next = line_end(bytes, end);
        let line = text.get(end..next).unwrap_or_default();
        if end != opening && (line.trim().is_empty() || starts_section(line)) {
            break;
        }
        if end == opening && opening == start && starts_section(line) && at_line_start(bytes, start) {
            break;
        }
        end = (next + 1).min(bytes.len());
        if reach == Reach::Line {
            break;
        }
    }
    (end > start).then_some((start, end))
}

fn at_line_start(bytes: &[u8], at: usize) -> bool {
    at == 0 || bytes[at - 1] == b'\n'
}

fn skip(bytes: &[u8], at: usize, is_skipped: impl Fn(u8) -> bool) -> usize {
    at + bytes[at..].iter().take_while(|&&b| is_skipped(b)).count()
}

/// Where the line of `at` ends, its line feed excluded.
pub(crate) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |i| at + i)
}

fn is_blank_line(bytes: &[u8], at: usize) -> bool {
    bytes[at..].iter().find(|b| !matches!(b, b' ' | b'\t' | b'\r')).is_none_or(|&b| b == b'\n')
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn starts_with_ignore_case(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// Whether the character at `at` continues a word after an apostrophe.
pub(crate) fn is_letter(text: &str, at: usize) -> bool {
    char_at(text, at).is_some_and(char::is_alphabetic)
}
