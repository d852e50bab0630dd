//! The fold of one text: words and slots in, features out, in one pass and without allocation.

use crate::chars::{Kind, boundary, kind};
use crate::embed::Accumulator;
use crate::features::{SystemFeatures, TextFeatures};
use crate::hash::{self, PADDING};
use crate::language::Evidence;
use crate::lexicon::{LEXICON, Walker};
use crate::scan::{Shape, Sink, Slot, scan};
use crate::sketch::{Tokens, least_phrases, sketch};
use crate::stopwords::{STOP_WORDS, StopWords};

/// Of a longer text only the first `HEAD_BYTES` and the last `TAIL_BYTES` are folded: one huge prompt must not
/// stall the others.
pub const TEXT_BYTES_MAX: usize = HEAD_BYTES + TAIL_BYTES;
const HEAD_BYTES: usize = 16 << 10;
const TAIL_BYTES: usize = 4 << 10;
/// Tokens of a system prompt's first block.
const BLOCK_TOKENS: usize = 64;

/// Folds texts; holds the scratch space that they share. Make one per thread.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// Head and tail of a long text.
    window: String,
    /// The text with ASCII in lower case, padded.
    lower: Vec<u8>,
    /// One folded word, padded; also the normal form for `exact`.
    word: Vec<u8>,
    tokens: Tokens,
    pool: Vec<u64>,
}

impl Folder {
    /// A folder with empty scratch space.
    pub fn new() -> Self {
        Self::default()
    }

    /// Features of one prompt. Pure: the same text gives the same features on every machine. O(bytes), at most
    /// [`TEXT_BYTES_MAX`] of them.
    pub fn prompt(&mut self, text: &str) -> TextFeatures {
        let mut features =
            TextFeatures { bytes: u32::try_from(text.len()).unwrap_or(u32::MAX), ..TextFeatures::default() };
        let is_long = text.len() > TEXT_BYTES_MAX;
        let window = std::mem::take(&mut self.window);
        let window = cut(text, window);
        let seen = if is_long { window.as_str() } else { text };
        self.lower(seen);
        features.exact = self.exact(seen, text.len());
        let pass = self.pass(seen);
        features.slots = u16::try_from(pass.slots).unwrap_or(u16::MAX);
        features.embedding = pass.embedding.finish();
        features.language = pass.evidence.decide(seen);
        features.marks = pass.walker.marks();
        features.words = u16::try_from(self.tokens.len()).unwrap_or(u16::MAX);
        sketch(&self.tokens, &mut self.pool, &mut features);
        self.window = window;
        features
    }

    /// Features of one system prompt, masked and limited like a prompt. O(bytes).
    pub fn system(&mut self, text: &str) -> SystemFeatures {
        let window = std::mem::take(&mut self.window);
        let window = cut(text, window);
        let seen = if text.len() > TEXT_BYTES_MAX { window.as_str() } else { text };
        self.lower(seen);
        let marks = self.pass(seen).walker.marks();
        let block = self.tokens.len().min(BLOCK_TOKENS);
        let features = SystemFeatures {
            whole: self.tokens.prefix(self.tokens.len()),
            first_block: self.tokens.prefix(block),
            phrases: least_phrases(&self.tokens, &mut self.pool),
            marks,
        };
        self.window = window;
        features
    }

    fn lower(&mut self, text: &str) {
        self.lower.clear();
        self.lower.extend_from_slice(text.as_bytes());
        self.lower.make_ascii_lowercase();
        self.lower.extend_from_slice(&[0; PADDING]);
    }

    /// Hash of the case-folded text with white space collapsed; `length` counts where the text was cut.
    fn exact(&mut self, text: &str, length: usize) -> u64 {
        let lower = self.lower[..text.len()].trim_ascii();
        let normal = match form(lower) {
            Form::Normal => lower,
            Form::Ascii => {
                collapse(lower, &mut self.word);
                &self.word
            }
            Form::Other => {
                self.word.clear();
                for part in text.split_whitespace() {
                    if !self.word.is_empty() {
                        self.word.push(b' ');
                    }
                    push_lower(part, &mut self.word);
                }
                &self.word
            }
        };
        if normal.is_empty() {
            return 0;
        }
        let hash = hash::bytes(normal);
        let cut = if length > TEXT_BYTES_MAX { length as u64 } else { 0 };
        if cut == 0 { hash.max(1) } else { hash::chain(hash, cut).max(1) }
    }

    fn pass<'a>(&'a mut self, text: &'a str) -> Passed<'static> {
        self.tokens.clear();
        let mut pass = Pass {
            text,
            lower: &self.lower,
            word: &mut self.word,
            tokens: &mut self.tokens,
            stop_words: &STOP_WORDS,
            previous: None,
            previous_slot: 0,
            passed: Passed {
                walker: Walker::new(LEXICON.as_ref()),
                embedding: Accumulator::new(),
                evidence: Evidence::new(),
                slots: 0,
            },
        };
        scan(text, &mut pass);
        pass.passed
    }
}

/// Head and tail of a long text, a blank line between them, in the buffer that was handed in.
fn cut(text: &str, mut window: String) -> String {
    if text.len() > TEXT_BYTES_MAX {
        window.clear();
        window.push_str(&text[..boundary(text, HEAD_BYTES)]);
        window.push_str("\n\n");
        window.push_str(&text[boundary(text, text.len() - TAIL_BYTES)..]);
    }
    window
}

/// What a text in lower case lacks of its normal form.
enum Form {
    /// Nothing: it is ASCII with single blanks only.
    Normal,
    /// It is ASCII, but may hold other white space.
    Ascii,
    Other,
}

fn form(trimmed: &[u8]) -> Form {
    let Some((&last, body)) = trimmed.split_last() else { return Form::Normal };
    let (mut any, mut odd) = (last, 0);
    // Bitwise, so that it compiles to vector code.
    for (&a, &b) in body.iter().zip(&trimmed[1..]) {
        any |= a;
        odd |= u8::from(a < b' ') | u8::from(a == b' ') & u8::from(b == b' ');
    }
    match (any.is_ascii(), odd) {
        (true, 0) => Form::Normal,
        (true, _) => Form::Ascii,
        (false, _) => Form::Other,
    }
}

/// Replaces each run of white space in trimmed ASCII by one blank: eight bytes at a time where there is nothing to
/// replace.
fn collapse(ascii: &[u8], out: &mut Vec<u8>) {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    out.clear();
    out.resize(ascii.len(), 0);
    let (mut length, mut after_space) = (0, true);
    // Always written, not always kept: where white space stands is what a branch could not foretell.
    let put = |byte: u8, out: &mut [u8], length: &mut usize, after_space: &mut bool| {
        let is_space = byte == b' ' || (b'\t'..=b'\r').contains(&byte);
        out[*length] = if is_space { b' ' } else { byte };
        *length += usize::from(!(is_space & *after_space));
        *after_space = is_space;
    };
    let mut chunks = ascii.chunks_exact(8);
    for chunk in &mut chunks {
        let eight = chunk.try_into().map_or(0, u64::from_le_bytes);
        // The high bit of each byte below a blank, and of each that is one; ASCII leaves those bits free.
        let control = !(eight + ONES * (0x80 - b' ' as u64)) & HIGH;
        let blanks = !((eight ^ (ONES * b' ' as u64)) + ONES * 0x7f) & HIGH;
        if control != 0 || blanks & (blanks << 8 | u64::from(after_space) << 7) != 0 {
            chunk.iter().for_each(|&byte| put(byte, out, &mut length, &mut after_space));
        } else {
            out[length..length + 8].copy_from_slice(chunk);
            length += 8;
            after_space = blanks >> 63 != 0;
        }
    }
    chunks.remainder().iter().for_each(|&byte| put(byte, out, &mut length, &mut after_space));
    out.truncate(length);
    // A vertical tab is white space, but trimming in ASCII leaves it.
    if out.last() == Some(&b' ') {
        out.pop();
    }
}

fn push_lower(part: &str, out: &mut Vec<u8>) {
    if part.is_ascii() {
        out.extend(part.bytes().map(|b| b.to_ascii_lowercase()));
        return;
    }
    let mut utf8 = [0; 4];
    for c in part.chars().flat_map(char::to_lowercase) {
        out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
    }
}

/// Appends a word in folded form: lower case, without apostrophes, accents that combine and silent signs,
/// full-width letters narrowed. `each` sees every letter beyond ASCII.
pub(crate) fn fold_word(word: &str, out: &mut Vec<u8>, mut each: impl FnMut(char)) {
    let mut utf8 = [0; 4];
    for c in word.chars() {
        match c {
            '\'' | '’' => {}
            _ if c.is_ascii() => out.push(c.to_ascii_lowercase() as u8),
            '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
                out.push((c as u32 - 0xfee0) as u8 | 0x20);
            }
            _ if kind(c) == Kind::Silent => {}
            _ => {
                each(c);
                for lower in c.to_lowercase() {
                    out.extend_from_slice(lower.encode_utf8(&mut utf8).as_bytes());
                }
            }
        }
    }
}

/// What one pass over a text leaves besides its tokens.
struct Passed<'l> {
    walker: Walker<'l>,
    embedding: Accumulator,
    evidence: Evidence,
    slots: u32,
}

struct Pass<'a, 'l> {
    text: &'a str,
    lower: &'a [u8],
    word: &'a mut Vec<u8>,
    tokens: &'a mut Tokens,
    stop_words: &'static StopWords,
    /// The word before, where nothing was masked in between.
    previous: Option<u64>,
    /// The slot before, where no word came since.
    previous_slot: u64,
    passed: Passed<'l>,
}

impl Pass<'_, '_> {
    #[inline(always)]
    fn token(&mut self, hash: u64) -> bool {
        let votes = self.stop_words.votes(hash);
        self.passed.evidence.vote(votes);
        let embedding = &mut self.passed.embedding;
        embedding.word(hash, votes != 0);
        if let Some(previous) = self.previous {
            embedding.pair(previous, hash);
        }
        self.previous = Some(hash);
        self.previous_slot = 0;
        self.tokens.push(hash);
        votes != 0
    }

    #[inline(always)]
    fn plain(&mut self, start: usize, end: usize) {
        self.passed.evidence.latin_word();
        let hash = hash::word(self.lower, start, end);
        let folded = &self.lower[start..end];
        self.passed.walker.word(folded, hash);
        let is_stop_word = self.token(hash);
        // Start, middle and end of a word hold its forms together as well as all its 4-grams do, without a loop.
        // Short and common words weigh nothing rather than branch.
        let last = (end - start).saturating_sub(4);
        let counts = !is_stop_word && last > 0;
        for at in [start, start + last / 2, start + last] {
            self.passed.embedding.gram(hash::load(self.lower, at) & 0xffff_ffff, counts);
        }
    }

    #[inline(never)]
    fn mixed(&mut self, start: usize, end: usize) {
        self.word.clear();
        let evidence = &mut self.passed.evidence;
        evidence.word(self.text[start..end].chars().next().unwrap_or_default());
        fold_word(&self.text[start..end], self.word, |c| evidence.letter(c));
        let length = self.word.len();
        self.word.extend_from_slice(&[0; PADDING]);
        let hash = hash::word(self.word, 0, length);
        self.passed.walker.word(&self.word[..length], hash);
        // Eight bytes are four letters of the scripts with two bytes a letter.
        if length > 8 {
            let starts = (0..=length - 8).filter(|&at| self.word[at] & 0xc0 != 0x80);
            for at in starts {
                self.passed.embedding.gram(hash::load(self.word, at), true);
            }
        }
        self.token(hash);
    }

    #[inline(never)]
    fn glyph(&mut self, start: usize, end: usize) {
        let c = self.text[start..end].chars().next().unwrap_or_default();
        self.passed.evidence.word(c);
        self.passed.evidence.letter(c);
        self.passed.walker.glyph(&self.lower[start..end]);
        self.token(hash::word(self.lower, start, end));
    }
}

impl Sink for Pass<'_, '_> {
    #[inline(always)]
    fn word(&mut self, start: usize, end: usize, shape: Shape) {
        match shape {
            Shape::Plain => self.plain(start, end),
            Shape::Mixed => self.mixed(start, end),
            Shape::Glyph => self.glyph(start, end),
        }
    }

    fn slot(&mut self, slot: Slot, start: usize, end: usize) {
        self.passed.slots += 1;
        self.passed.walker.slot(slot, &self.text.as_bytes()[start..end]);
        self.previous = None;
        // Slots in a row are one: lists differ in length. Numbers and ids are one kind: ids can look like either.
        let hash = match slot {
            Slot::Number | Slot::Id => 0x51,
            Slot::Quote => 0x52,
            Slot::Code => 0x53,
            Slot::Url => 0x54,
            Slot::Email => 0x55,
            Slot::Path => 0x56,
            Slot::Name => 0x57,
            Slot::Payload => 0x58,
            Slot::Data => 0x59,
        };
        let hash = hash::chain(0x5107, hash);
        if hash != self.previous_slot {
            self.tokens.push(hash);
            self.previous_slot = hash;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::collapse;

    proptest! {
        #[test]
        fn white_space_collapses_as_splitting_at_it_would(text in "[ -~\\t\\n\\x0b\\r\\x01]{0,4}([ \\n]{0,3}[a-z]{0,9}){0,6}") {
            let mut out = Vec::new();
            collapse(text.as_bytes(), &mut out);
            let expected = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
