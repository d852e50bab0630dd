//! What a byte or character is to the scanner.

/// Classes of ASCII bytes. The word classes are bits, so that a word can gather what it is made of.
pub(crate) mod class {
    pub(crate) const LOWER: u8 = 1;
    pub(crate) const UPPER: u8 = 2;
    pub(crate) const DIGIT: u8 = 4;
    pub(crate) const UNDERSCORE: u8 = 8;
    /// Any byte that continues a word.
    pub(crate) const WORD: u8 = 15;
    /// Blanks and punctuation that mean nothing here.
    pub(crate) const SKIP: u8 = 16;
    pub(crate) const NEWLINE: u8 = 32;
    /// Punctuation that may open a slot or end a label.
    pub(crate) const SPECIAL: u8 = 64;
    /// Part of a character beyond ASCII.
    pub(crate) const HIGH: u8 = 128;
}

/// Class of every byte.
pub(crate) static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [class::SKIP; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = match i as u8 {
            b'a'..=b'z' => class::LOWER,
            b'A'..=b'Z' => class::UPPER,
            b'0'..=b'9' => class::DIGIT,
            b'_' => class::UNDERSCORE,
            b'\n' | b'\r' => class::NEWLINE,
            b'"' | b'\'' | b'`' | b'~' | b'<' | b'{' | b'[' | b'/' | b':' => class::SPECIAL,
            0x80..=0xff => class::HIGH,
            _ => class::SKIP,
        };
        i += 1;
    }
    table
}

/// What a character beyond ASCII is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Belongs to a word that blanks end.
    Letter,
    /// A word by itself: scripts that write without blanks.
    Glyph,
    /// A digit of some script.
    Digit,
    /// Stands inside words and is not written: joiners, soft hyphens, combining accents.
    Silent,
    /// Everything else: punctuation, blanks, emoji.
    Other,
}

/// What `c` is. `c` is not ASCII.
pub(crate) fn kind(c: char) -> Kind {
    match c as u32 {
        0xad | 0x300..=0x36f | 0x200b..=0x200f | 0x2060 | 0xfe00..=0xfe0f | 0xfeff => Kind::Silent,
        0xc0..=0xd6 | 0xd8..=0xf6 | 0xf8..=0x24f | 0x370..=0x373 | 0x400..=0x481 => Kind::Letter,
        0x600..=0x61f | 0x640 | 0x64b..=0x652 => arabic_mark(c),
        0x660..=0x669 | 0x6f0..=0x6f9 | 0x966..=0x96f | 0xff10..=0xff19 => Kind::Digit,
        0x964..=0x965 | 0x2000..=0x2bff | 0x3001..=0x3004 | 0x3008..=0x3020 => Kind::Other,
        // Thai, Lao, Myanmar, Khmer.
        0xe50..=0xe59 => Kind::Digit,
        0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff => Kind::Glyph,
        // Signs that join syllables in the scripts of India are not alphabetic to Unicode, but part of words.
        0x900..=0xdff => Kind::Letter,
        // Kana, Han and its extensions.
        0x30fb => Kind::Other,
        0x3005..=0x3007 | 0x3040..=0x312f | 0x31f0..=0x31ff | 0x3400..=0x9fff => Kind::Glyph,
        0xf900..=0xfaff | 0xff66..=0xff9f | 0x2_0000..=0x3_ffff => Kind::Glyph,
        0xac00..=0xd7a3 => Kind::Letter,
        _ if c.is_alphabetic() => Kind::Letter,
        _ if c.is_numeric() => Kind::Digit,
        _ => Kind::Other,
    }
}

/// Arabic signs: vowel marks and the stretching sign are not written by most, so they do not count.
fn arabic_mark(c: char) -> Kind {
    match c as u32 {
        0x640 | 0x64b..=0x652 | 0x610..=0x61a | 0x61c => Kind::Silent,
        _ if c.is_alphabetic() => Kind::Letter,
        _ => Kind::Other,
    }
}

/// The character that starts at byte `at`, which lies on a boundary.
#[inline]
pub(crate) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..).and_then(|rest| rest.chars().next())
}

/// The character that ends before byte `at`.
pub(crate) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at).and_then(|rest| rest.chars().next_back())
}

/// The last character boundary at or before byte `at`.
pub(crate) fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}
