//! Masked examples for evidence, without keeping anybody's text.
//!
//! While folding, the masked opening of a bounded sample of exchanges is held in memory: the exchanges whose id
//! hashes lowest, so that the sample is the same whatever the order of the input. When folding ends, every word that
//! fewer than [`ACCOUNTS_MIN`] accounts of the sample used is struck out and the texts are dropped. What is left can
//! only show words that are common property.

use rustc_hash::{FxHashMap, FxHashSet};

/// A word is shown only when at least this many accounts used it.
pub(crate) const ACCOUNTS_MIN: usize = 5;
/// Exchanges in the sample.
const SAMPLE_MAX: usize = 300_000;
/// Bytes kept of each masked opening.
pub(crate) const EXAMPLE_BYTES: usize = 180;
/// Stands for a struck word.
const STRUCK: &str = "▒";

/// One sampled exchange while folding.
#[derive(Debug)]
pub(crate) struct Sampled {
    /// Hash of the event id: order of the sample.
    pub(crate) rank: u64,
    /// Hash of the account name.
    pub(crate) account: u64,
    /// Masked opening of the prompt.
    pub(crate) text: Box<str>,
}

/// Collects the sample.
#[derive(Debug)]
pub(crate) struct Sampler {
    kept: Vec<Sampled>,
    bar: u64,
}

impl Default for Sampler {
    fn default() -> Self {
        Self { kept: Vec::new(), bar: u64::MAX }
    }
}

impl Sampler {
    /// Whether an exchange of this rank can still be in the sample.
    pub(crate) fn wants(&self, rank: u64) -> bool {
        rank <= self.bar
    }

    pub(crate) fn push(&mut self, sampled: Sampled) {
        self.kept.push(sampled);
        if self.kept.len() >= 2 * SAMPLE_MAX {
            self.shrink();
        }
    }

    pub(crate) fn merge(&mut self, mut other: Self) {
        self.kept.append(&mut other.kept);
        self.bar = self.bar.min(other.bar);
        self.shrink();
    }

    fn shrink(&mut self) {
        self.kept.sort_unstable_by(|a, b| (a.rank, &a.text).cmp(&(b.rank, &b.text)));
        self.kept.dedup_by(|a, b| a.rank == b.rank);
        if self.kept.len() > SAMPLE_MAX {
            self.kept.truncate(SAMPLE_MAX);
            self.bar = self.kept.last().map_or(u64::MAX, |s| s.rank);
        }
    }

    /// Strikes rare words and drops the texts. O(words of the sample).
    pub(crate) fn finish(mut self) -> Examples {
        self.shrink();
        let mut users: FxHashMap<u64, FxHashSet<u64>> = FxHashMap::default();
        for sampled in &self.kept {
            for word in sampled.text.split_whitespace() {
                let seen = users.entry(vigie_fold::hash_text(word)).or_default();
                if seen.len() < ACCOUNTS_MIN {
                    seen.insert(sampled.account);
                }
            }
        }
        let common =
            |word: &str| users.get(&vigie_fold::hash_text(word)).is_some_and(|u| u.len() >= ACCOUNTS_MIN);
        let by_event = self.kept.iter().map(|s| (s.rank, strike(&s.text, common).into())).collect();
        Examples { by_event }
    }
}

fn strike(text: &str, common: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last_struck = false;
    for word in text.split_whitespace() {
        let shown = common(word);
        if !shown && last_struck {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(if shown { word } else { STRUCK });
        last_struck = !shown;
    }
    out
}

/// Struck examples by hash of the event id.
#[derive(Debug, Default)]
pub(crate) struct Examples {
    by_event: FxHashMap<u64, Box<str>>,
}

impl Examples {
    /// The example of one exchange, where it is in the sample and shows more than struck words.
    pub(crate) fn get(&self, event_id: &str) -> Option<&str> {
        let text = self.by_event.get(&vigie_fold::hash_text(event_id))?;
        text.chars().any(char::is_alphabetic).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Sampled, Sampler};

    #[test]
    fn a_word_of_few_accounts_is_never_shown() {
        let mut sampler = Sampler::default();
        for account in 0..6u64 {
            let secret = if account < 4 { " canary" } else { "" };
            let text = format!("summarise the report{secret}").into();
            sampler.push(Sampled { rank: vigie_fold::hash_text(&format!("e{account}")), account, text });
        }
        let examples = sampler.finish();
        assert_eq!(examples.get("e0"), Some("summarise the report ▒"));
        assert_eq!(examples.get("e5"), Some("summarise the report"));
    }
}
