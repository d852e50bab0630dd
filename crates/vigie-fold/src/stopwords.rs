//! The commonest words of the commonest languages: damped in the embedding, votes for the language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::hash::lone_word;
use crate::language::Language;

/// One line a language: its code, then its words, as the scanner folds them (lower case, no apostrophes).
const SOURCE: &str = include_str!("lexicon/stopwords.txt");
/// Slots of the table; a power of two, several times the words in use.
const SLOTS: usize = 2048;
/// Most evictions for one insertion; a test holds that no word is lost.
const EVICTIONS_MAX: usize = 500;

/// Stop words by hash: a cuckoo table (Pagh and Rodler 2004). A word is in one of two slots, so that a look-up needs
/// no branch, which half of all words would mispredict.
pub(crate) struct StopWords {
    keys: [u64; SLOTS],
    /// Which of `votes` a slot's word casts.
    sets: [u8; SLOTS],
    /// Distinct votes; the first is that of no stop word.
    votes: [Votes; 256],
}

/// Votes, one byte for each of [`LANES`].
pub(crate) type Votes = u128;
/// Languages that stop words tell apart. Those that the script tells share the first lane.
pub(crate) const LANES: [Language; 13] = [
    Language::Unknown,
    Language::English,
    Language::Spanish,
    Language::French,
    Language::German,
    Language::Portuguese,
    Language::Italian,
    Language::Dutch,
    Language::Swedish,
    Language::Turkish,
    Language::Vietnamese,
    Language::Polish,
    Language::Indonesian,
];

/// The table, built on first use.
pub(crate) static STOP_WORDS: LazyLock<StopWords> = LazyLock::new(StopWords::build);

impl StopWords {
    fn build() -> Self {
        let mut table = Self { keys: [0; SLOTS], sets: [0; SLOTS], votes: [0; 256] };
        for (hash, votes) in ballots() {
            let set = table.votes.iter().position(|&known| known == votes);
            let set = set.or_else(|| table.votes.iter().skip(1).position(|&known| known == 0).map(|i| i + 1));
            let Some(set) = set.filter(|&set| set != 0) else { continue };
            table.votes[set] = votes;
            table.insert(hash, set as u8);
        }
        table
    }

    fn insert(&mut self, mut hash: u64, mut set: u8) {
        let mut at = slots(hash).0;
        for _ in 0..EVICTIONS_MAX {
            std::mem::swap(&mut self.keys[at], &mut hash);
            std::mem::swap(&mut self.sets[at], &mut set);
            if hash == 0 {
                return;
            }
            let (first, second) = slots(hash);
            at = if at == first { second } else { first };
        }
    }

    /// The votes of the word with this hash: 0 when it is no stop word.
    #[inline]
    pub(crate) fn votes(&self, hash: u64) -> Votes {
        let (first, second) = slots(hash);
        let set_at = |slot: usize| u8::from(self.keys[slot] == hash) * self.sets[slot];
        let set = set_at(first) | set_at(second);
        self.votes[usize::from(set)]
    }
}

/// Every stop word by hash, with a vote for each of its languages.
fn ballots() -> BTreeMap<u64, Votes> {
    let mut ballots = BTreeMap::new();
    for line in SOURCE.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(language) = words.next().and_then(Language::from_code) else { continue };
        let lane = LANES.iter().position(|&lane| lane == language).unwrap_or(0);
        for word in words {
            *ballots.entry(lone_word(word.as_bytes())).or_default() |= 1 << (8 * lane);
        }
    }
    ballots
}

#[inline]
fn slots(hash: u64) -> (usize, usize) {
    ((hash >> 40) as usize % SLOTS, (hash >> 51) as usize % SLOTS)
}

#[cfg(test)]
mod tests {
    use super::{SLOTS, STOP_WORDS, ballots};
    use crate::hash::lone_word;

    #[test]
    fn words_are_found_with_all_their_languages() {
        let of = |word: &str| STOP_WORDS.votes(lone_word(word.as_bytes()));
        assert_eq!(of("the"), 1 << 8);
        assert_eq!(of("de") & (1 << 16 | 1 << 24), 1 << 16 | 1 << 24);
        assert_eq!(of("ransomware"), 0);
    }

    #[test]
    fn no_word_is_lost() {
        let ballots = ballots();
        assert!(ballots.len() > 400 && ballots.len() * 2 < SLOTS);
        for (hash, votes) in ballots {
            assert_eq!(STOP_WORDS.votes(hash), votes);
        }
    }
}
