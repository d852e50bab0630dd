//! Masked examples for evidence, without keeping anybody's text.
//!
//! While folding, the masked opening of a bounded sample of exchanges is held in memory: the first few of each account
//! and client, so that a sample of the log until some moment is part of the sample of the whole. When folding ends, the
//! texts are dropped: what stays of an example is the numbers of its words that at least [`ACCOUNTS_MIN`] accounts of
//! the sample used, and of each word since when they had. What is left can only show words that are common property,
//! and a hunt until some moment shows only those that were by then.

use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashMap;

/// A word is shown only when at least this many accounts used it.
pub(crate) const ACCOUNTS_MIN: usize = 5;
/// Bytes kept of each masked opening.
pub(crate) const EXAMPLE_BYTES: usize = 180;
/// Exchanges sampled of an account and group of its clients.
const EACH: usize = 3;
/// Groups into which an account's clients fall: one account's many clients must not crowd out the rest.
const CLIENT_GROUPS: u64 = 4;
/// Accounts and groups sampled; beyond that every second account is left out, then every fourth, and so on. Only in
/// logs as large as that may later accounts change which examples are shown.
const KEYS_MAX: usize = 500_000;
/// Stands for a struck word.
const STRUCK: &str = "▒";

/// One sampled exchange while folding.
#[derive(Debug)]
pub(crate) struct Sampled {
    /// Microseconds since the epoch.
    pub(crate) time: i64,
    /// Hash of the event id.
    pub(crate) event: u64,
    /// Hash of the account name.
    pub(crate) account: u64,
    /// Masked opening of the prompt.
    pub(crate) text: Box<str>,
}

/// Collects the sample: the same whatever the order of the input.
#[derive(Debug, Default)]
pub(crate) struct Sampler {
    /// By account and group of clients; sorted by time.
    first: FxHashMap<(u64, u8), Vec<Sampled>>,
    /// Of 2^`thinned` accounts one is sampled.
    thinned: u32,
}

impl Sampler {
    /// Whether an exchange at this time and with this event hash can still be in the sample.
    pub(crate) fn wants(&self, account: u64, client: u64, at: (i64, u64)) -> bool {
        let Some(list) = self.first.get(&(account, group(client))) else { return self.samples(account) };
        list.len() < EACH || list.last().is_some_and(|last| at < (last.time, last.event))
    }

    /// Adds one exchange that is wanted.
    pub(crate) fn push(&mut self, client: u64, sampled: Sampled) {
        self.add(group(client), sampled);
        self.thin();
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.thinned = self.thinned.max(other.thinned);
        for ((_, group), list) in other.first {
            list.into_iter().for_each(|sampled| self.add(group, sampled));
        }
        self.drop_accounts();
        self.thin();
    }

    fn samples(&self, account: u64) -> bool {
        account.trailing_zeros() >= self.thinned
    }

    fn add(&mut self, group: u8, sampled: Sampled) {
        let list = self.first.entry((sampled.account, group)).or_default();
        let key = |s: &Sampled| (s.time, s.event);
        let at = list.partition_point(|s| (key(s), &s.text) < (key(&sampled), &sampled.text));
        let twin = |i: usize| list.get(i).is_some_and(|s| key(s) == key(&sampled));
        if at > 0 && twin(at - 1) {
            return;
        }
        if twin(at) {
            list[at] = sampled;
        } else {
            list.insert(at, sampled);
            list.truncate(EACH);
        }
    }

    fn thin(&mut self) {
        while self.first.len() > KEYS_MAX && self.thinned < u64::BITS {
            self.thinned += 1;
            self.drop_accounts();
        }
    }

    fn drop_accounts(&mut self) {
        let thinned = self.thinned;
        self.first.retain(|(account, _), _| account.trailing_zeros() >= thinned);
    }

    /// Numbers the common words and drops the texts. O(words of the sample).
    pub(crate) fn finish(self) -> Examples {
        let mut sampled: Vec<Sampled> = self.first.into_values().flatten().collect();
        sampled.par_sort_unstable_by(|a, b| {
            (a.time, a.event, a.account, &a.text).cmp(&(b.time, b.event, b.account, &b.text))
        });
        let users = users(&sampled);
        let mut examples = Examples { words: vec![(STRUCK.into(), i64::MIN)], ..Examples::default() };
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        for Sampled { time, event, account, text } in sampled {
            let from = examples.text.len() as u32;
            for word in text.split_whitespace() {
                let key = vigie_fold::hash_text(word);
                let number = match users.get(&key).and_then(Users::since) {
                    None => 0,
                    Some(since) => *numbers.entry(key).or_insert_with(|| {
                        examples.words.push((word.into(), since));
                        examples.words.len() as u32 - 1
                    }),
                };
                // Struck words in a row are one.
                if number != 0 || examples.text.len() as u32 == from || examples.text.last() != Some(&0) {
                    examples.text.push(number);
                }
            }
            examples.places.insert((time, event, account), (from, examples.text.len() as u32));
        }
        examples
    }
}

fn group(client: u64) -> u8 {
    (client % CLIENT_GROUPS) as u8
}

/// Who used each word, by its hash.
fn users(sampled: &[Sampled]) -> FxHashMap<u64, Users> {
    let mut users: FxHashMap<u64, Users> = FxHashMap::default();
    for Sampled { time, account, text, .. } in sampled {
        for word in text.split_whitespace() {
            users.entry(vigie_fold::hash_text(word)).or_default().add(*account, *time);
        }
    }
    users
}

/// The first accounts that used a word, and when the last of them did.
#[derive(Default)]
struct Users {
    accounts: [u64; ACCOUNTS_MIN],
    known: u8,
    last: i64,
}

impl Users {
    /// Adds a use; uses come in the order of time.
    fn add(&mut self, account: u64, time: i64) {
        let known = usize::from(self.known);
        if known < ACCOUNTS_MIN && !self.accounts[..known].contains(&account) {
            self.accounts[known] = account;
            self.known += 1;
            self.last = time;
        }
    }

    /// When the word became common property.
    fn since(&self) -> Option<i64> {
        (usize::from(self.known) == ACCOUNTS_MIN).then_some(self.last)
    }
}

/// Examples as numbers of common words.
#[derive(Debug, Default)]
pub(crate) struct Examples {
    /// Where each example stands in `text`, by time, event and account: an event id alone may come again.
    places: FxHashMap<(i64, u64, u64), (u32, u32)>,
    text: Vec<u32>,
    /// Common words with the moment from which they are; the first stands for all others.
    words: Vec<(Box<str>, i64)>,
}

impl Examples {
    /// The example of the exchange with this time, event hash and account hash, where it is in the sample and shows more than struck words; of words that became
    /// common at `until` or later nothing is shown.
    pub(crate) fn get(&self, exchange: (i64, u64, u64), until: i64) -> Option<String> {
        let &(from, to) = self.places.get(&exchange)?;
        let mut out = String::new();
        let mut last_struck = false;
        for &number in &self.text[from as usize..to as usize] {
            let (word, since) = &self.words[number as usize];
            let shown = number != 0 && *since < until;
            if !shown && last_struck {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(if shown { word } else { STRUCK });
            last_struck = !shown;
        }
        out.chars().any(char::is_alphabetic).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::{Sampled, Sampler};

    fn sampled(account: u64, text: &str) -> Sampled {
        Sampled { time: account as i64, event: 9, account, text: text.into() }
    }

    #[test]
    fn a_word_of_few_accounts_is_never_shown() {
        let mut sampler = Sampler::default();
        for account in 0..6u64 {
            let secret = if account < 4 { " canary" } else { "" };
            sampler.push(7, sampled(account, &format!("summarise the report{secret}")));
        }
        let examples = sampler.finish();
        assert_eq!(examples.get((0, 9, 0), 10).unwrap(), "summarise the report ▒");
        assert_eq!(examples.get((5, 9, 5), 10).unwrap(), "summarise the report");
        assert!(!format!("{examples:?}").contains("canary"));
    }

    #[test]
    fn a_word_is_shown_once_it_is_common_and_not_before() {
        let mut sampler = Sampler::default();
        (0..6).for_each(|account| sampler.push(7, sampled(account, "translate this")));
        let examples = sampler.finish();
        assert_eq!(examples.get((0, 9, 0), 4), None, "the fifth account comes at 4");
        assert_eq!(examples.get((0, 9, 0), 5).unwrap(), "translate this");
    }

    #[test]
    fn the_sample_does_not_depend_on_the_order() {
        let all = || (0..40u64).map(|i| (i % 3, i * 17 % 40));
        let sample = |order: Vec<(u64, u64)>| {
            let mut parts = [Sampler::default(), Sampler::default()];
            for (account, time) in order {
                let part = &mut parts[(time % 2) as usize];
                if part.wants(account, time % 5, (time as i64, time)) {
                    let text = format!("text {time}").into();
                    part.push(time % 5, Sampled { time: time as i64, event: time, account, text });
                }
            }
            let [mut one, other] = parts;
            one.merge(other);
            let mut kept: Vec<(i64, u64)> =
                one.first.into_values().flatten().map(|s| (s.time, s.account)).collect();
            kept.sort_unstable();
            kept
        };
        assert_eq!(sample(all().collect()), sample(all().rev().collect()));
    }
}
