//! The commonest words of the commonest languages: damped in the embedding, votes for the language.

use std::sync::LazyLock;

use crate::hash::lone_word;
use crate::language::Language;

/// One line a language: its code, then its words, as the scanner folds them (lower case, no apostrophes).
const SOURCE: &str = include_str!("lexicon/stopwords.txt");
/// Slots of the open-addressed table; a power of two, four times the words in use.
const SLOTS: usize = 2048;

/// Stop words by hash.
pub(crate) struct StopWords {
    keys: Box<[u64; SLOTS]>,
    languages: Box<[u32; SLOTS]>,
}

/// The table, built on first use.
pub(crate) static STOP_WORDS: LazyLock<StopWords> = LazyLock::new(StopWords::build);

impl StopWords {
    fn build() -> Self {
        let mut table = Self { keys: Box::new([0; SLOTS]), languages: Box::new([0; SLOTS]) };
        for line in SOURCE.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            let Some(language) = words.next().and_then(Language::from_code) else { continue };
            words.for_each(|word| table.insert(lone_word(word.as_bytes()), 1 << language as u32));
        }
        table
    }

    fn insert(&mut self, hash: u64, set: u32) {
        let mut at = slot(hash);
        while self.keys[at] != 0 && self.keys[at] != hash {
            at = (at + 1) % SLOTS;
        }
        self.keys[at] = hash;
        self.languages[at] |= set;
    }

    /// Languages (bits by number) of which the word with this hash is a stop word; 0 when of none.
    #[inline]
    pub(crate) fn languages(&self, hash: u64) -> u32 {
        let mut at = slot(hash);
        loop {
            match self.keys[at] {
                0 => return 0,
                key if key == hash => return self.languages[at],
                _ => at = (at + 1) % SLOTS,
            }
        }
    }
}

#[inline]
fn slot(hash: u64) -> usize {
    (hash >> 40) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::{SLOTS, STOP_WORDS};
    use crate::hash::lone_word;
    use crate::language::Language;

    #[test]
    fn words_are_found_with_all_their_languages() {
        let of = |word: &str| STOP_WORDS.languages(lone_word(word.as_bytes()));
        assert_eq!(of("the"), 1 << Language::English as u32);
        assert_ne!(of("de") & (1 << Language::French as u32), 0);
        assert_ne!(of("de") & (1 << Language::Spanish as u32), 0);
        assert_eq!(of("ransomware"), 0);
    }

    #[test]
    fn table_is_at_most_half_full() {
        assert!(STOP_WORDS.keys.iter().filter(|&&key| key != 0).count() * 2 <= SLOTS);
    }
}
