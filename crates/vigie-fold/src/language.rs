//! Which language a text is in: by script where the script tells, by stop words where they do, by whichlang else.
//!
//! Language describes a campaign and never raises a score, so a cheap answer that is mostly right will do.

use whichlang::Lang;

use crate::chars::boundary;
use crate::stopwords::{LANES, Votes};

/// Language of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "each variant is the language that it is called after")]
pub enum Language {
    /// Fewer than 3 words, or none of those below.
    #[default]
    Unknown = 0,
    English = 1,
    Chinese = 2,
    Spanish = 3,
    French = 4,
    German = 5,
    Russian = 6,
    Japanese = 7,
    Korean = 8,
    Portuguese = 9,
    Arabic = 10,
    Hindi = 11,
    Italian = 12,
    Dutch = 13,
    Turkish = 14,
    Vietnamese = 15,
    Swedish = 16,
    Polish = 17,
    Indonesian = 18,
    Ukrainian = 19,
    Persian = 20,
    Thai = 21,
    Greek = 22,
    Hebrew = 23,
    Bengali = 24,
    Tamil = 25,
}

impl Language {
    /// All languages and their ISO 639-1 codes, in the order of their numbers; `und` is unknown.
    pub const CODED: [(Self, &'static str); 26] = [
        (Self::Unknown, "und"),
        (Self::English, "en"),
        (Self::Chinese, "zh"),
        (Self::Spanish, "es"),
        (Self::French, "fr"),
        (Self::German, "de"),
        (Self::Russian, "ru"),
        (Self::Japanese, "ja"),
        (Self::Korean, "ko"),
        (Self::Portuguese, "pt"),
        (Self::Arabic, "ar"),
        (Self::Hindi, "hi"),
        (Self::Italian, "it"),
        (Self::Dutch, "nl"),
        (Self::Turkish, "tr"),
        (Self::Vietnamese, "vi"),
        (Self::Swedish, "sv"),
        (Self::Polish, "pl"),
        (Self::Indonesian, "id"),
        (Self::Ukrainian, "uk"),
        (Self::Persian, "fa"),
        (Self::Thai, "th"),
        (Self::Greek, "el"),
        (Self::Hebrew, "he"),
        (Self::Bengali, "bn"),
        (Self::Tamil, "ta"),
    ];

    /// ISO 639-1 code; `und` for unknown.
    pub fn code(self) -> &'static str {
        Self::CODED[self as usize].1
    }

    /// The language with this number; unknown for numbers that are not in use.
    pub fn from_number(number: u8) -> Self {
        Self::CODED.get(usize::from(number)).map_or(Self::Unknown, |(language, _)| *language)
    }

    /// The language with this ISO 639-1 code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::CODED.iter().find(|(_, known)| *known == code).map(|(language, _)| *language)
    }
}

/// Fewest words that a language is told from.
const WORDS_MIN: u32 = 3;
/// Words that vote: as many as a byte can count.
const VOTERS_MAX: u32 = 255;
/// Bytes that whichlang may read: it costs most of all stages a byte.
const SAMPLE_BYTES_MAX: usize = 96;

/// Evidence gathered while words pass by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence {
    /// Characters beyond ASCII by script or telling letter, by [`Language`] number.
    letters: [u32; 32],
    /// Stop words among the first [`VOTERS_MAX`] words, by lane.
    votes: Votes,
    words: u32,
    latin_words: u32,
    /// Characters that told a script.
    scripted: u32,
}

impl Evidence {
    pub(crate) const fn new() -> Self {
        Self { letters: [0; 32], votes: 0, words: 0, latin_words: 0, scripted: 0 }
    }

    /// Counts a word in ASCII letters.
    #[inline]
    pub(crate) fn latin_word(&mut self) {
        self.words += 1;
        self.latin_words += 1;
    }

    /// Counts a word that starts with `first`.
    pub(crate) fn word(&mut self, first: char) {
        self.words += 1;
        self.latin_words += u32::from(first < '\u{370}');
    }

    /// Counts one character beyond ASCII.
    pub(crate) fn letter(&mut self, c: char) {
        let language = match c as u32 {
            0x370..=0x3ff => Language::Greek,
            0x404 | 0x406 | 0x407 | 0x454 | 0x456 | 0x457 | 0x490 | 0x491 => Language::Ukrainian,
            0x400..=0x52f => Language::Russian,
            0x590..=0x5ff => Language::Hebrew,
            0x67e | 0x686 | 0x698 | 0x6af | 0x6a9 | 0x6cc => Language::Persian,
            0x600..=0x6ff | 0x750..=0x77f => Language::Arabic,
            0x900..=0x97f => Language::Hindi,
            0x980..=0x9ff => Language::Bengali,
            0xb80..=0xbff => Language::Tamil,
            0xe00..=0xe7f => Language::Thai,
            0x3040..=0x30ff | 0x31f0..=0x31ff | 0xff66..=0xff9f => Language::Japanese,
            0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff => Language::Chinese,
            0xac00..=0xd7a3 | 0x1100..=0x11ff => Language::Korean,
            _ => return,
        };
        self.scripted += 1;
        self.letters[language as usize] += 1;
    }

    /// Counts the votes of the word that was counted last.
    #[inline]
    pub(crate) fn vote(&mut self, votes: Votes) {
        if self.words <= VOTERS_MAX {
            self.votes += votes;
        }
    }

    /// The answer; `text` is read only when scripts and stop words leave it open.
    pub(crate) fn decide(&self, text: &str) -> Language {
        if self.words < WORDS_MIN {
            return Language::Unknown;
        }
        self.by_script().or_else(|| self.by_votes()).unwrap_or_else(|| by_letters(text))
    }

    fn of(&self, language: Language) -> u32 {
        self.letters[language as usize]
    }

    fn by_script(&self) -> Option<Language> {
        if self.scripted == 0 {
            return None;
        }
        let (best, &count) = self.letters.iter().enumerate().max_by_key(|&(i, &n)| (n, 32 - i))?;
        // A glyph says as much as half a word.
        if count < 3 || count < self.latin_words {
            return None;
        }
        let best = Language::from_number(u8::try_from(best).ok()?);
        Some(match best {
            Language::Chinese | Language::Japanese if self.of(Language::Japanese) * 10 > count => {
                Language::Japanese
            }
            Language::Russian if self.of(Language::Ukrainian) * 30 > count => Language::Ukrainian,
            Language::Arabic if self.of(Language::Persian) * 12 > count => Language::Persian,
            other => other,
        })
    }

    fn by_votes(&self) -> Option<Language> {
        let (mut best, mut first, mut second) = (Language::Unknown, 0, 0);
        for (&language, votes) in LANES.iter().zip(self.votes.to_le_bytes()).skip(1) {
            let votes = u32::from(votes);
            if votes > first {
                (best, first, second) = (language, votes, first);
            } else {
                second = second.max(votes);
            }
        }
        let clear = first >= 2 && first > second + second / 4 && first * 12 >= self.words.min(VOTERS_MAX);
        clear.then_some(best)
    }
}

fn by_letters(text: &str) -> Language {
    let sample = &text[..boundary(text, SAMPLE_BYTES_MAX)];
    match whichlang::detect_language(sample) {
        Lang::Ara => Language::Arabic,
        Lang::Cmn => Language::Chinese,
        Lang::Deu => Language::German,
        Lang::Eng => Language::English,
        Lang::Fra => Language::French,
        Lang::Hin => Language::Hindi,
        Lang::Ita => Language::Italian,
        Lang::Jpn => Language::Japanese,
        Lang::Kor => Language::Korean,
        Lang::Nld => Language::Dutch,
        Lang::Por => Language::Portuguese,
        Lang::Rus => Language::Russian,
        Lang::Spa => Language::Spanish,
        Lang::Swe => Language::Swedish,
        Lang::Tur => Language::Turkish,
        Lang::Vie => Language::Vietnamese,
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn numbers_and_codes_agree() {
        for (number, (language, code)) in Language::CODED.iter().enumerate() {
            assert_eq!(*language as usize, number);
            assert_eq!(Language::from_number(number as u8), *language);
            assert_eq!(Language::from_code(code), Some(*language));
        }
        assert_eq!(Language::from_number(200), Language::Unknown);
    }
}
