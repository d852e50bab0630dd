//! Per-account volume and duplicate threshold: what a gateway's rate limit with a duplicate rule can see.
//!
//! Source: practice; counting near-duplicates per account is what SEAT (Zhang, Chen, Wagner, AISec'21) does with a
//! trained encoder. Faithful: an account is accused when both its volume and its share of repeated prompts are above
//! a threshold. Adapted: duplicates are equal hashes (of the text, or of the masked text), and both thresholds are
//! the same quantile over accounts, so that one number orders all accounts.

use rustc_hash::FxHashSet;
use vigie_model::Micros;

use super::Verdict;
use crate::digest::{Digest, Seen};

/// Accounts with fewer exchanges have no share of duplicates to speak of.
const EXCHANGES_MIN: usize = 10;

/// The cut-off: both figures above those of so large a part of all accounts.
const QUANTILE: f64 = 0.95;

/// What two equal prompts have in common.
type Key = fn(&Seen) -> u64;

/// Runs the rule with three notions of a duplicate.
pub fn run(digest: &Digest) -> Vec<Verdict> {
    let volume = ranks(digest, |rows| rows.len() as f64 / active_days(rows) as f64);
    let settings: [(&str, Option<Key>); 3] = [
        ("volume alone", None),
        ("volume and equal prompts", Some(|row| row.exact)),
        ("volume and equal templates", Some(|row| row.template)),
    ];
    settings
        .into_iter()
        .map(|(setting, key)| {
            let duplicates = key.map(|key| ranks(digest, |rows| duplicate_share(rows, key)));
            let score = |a: u32| {
                let volume = volume[a as usize];
                duplicates.as_ref().map_or(volume, |d| volume.min(d[a as usize]))
            };
            let scores = digest.indices().map(|a| (a, score(a))).collect();
            Verdict::per_account(setting.to_owned(), scores, QUANTILE)
        })
        .collect()
}

fn active_days(rows: &[Seen]) -> usize {
    rows.chunk_by(|a, b| Micros(a.time).day() == Micros(b.time).day()).count()
}

fn duplicate_share(rows: &[Seen], key: Key) -> f64 {
    if rows.len() < EXCHANGES_MIN {
        return 0.0;
    }
    let distinct: FxHashSet<u64> = rows.iter().map(key).collect();
    1.0 - distinct.len() as f64 / rows.len() as f64
}

/// For each account the share of accounts whose figure is strictly lower.
fn ranks(digest: &Digest, figure: impl Fn(&[Seen]) -> f64) -> Vec<f64> {
    let figures: Vec<f64> = digest.indices().map(|a| figure(digest.of(a))).collect();
    let mut sorted = figures.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let below = |f: f64| sorted.partition_point(|&x| x < f) as f64 / sorted.len() as f64;
    figures.into_iter().map(below).collect()
}

#[cfg(test)]
mod tests {
    use crate::digest::tests::digest;

    #[test]
    fn the_busy_repeater_ranks_first_and_the_busy_writer_does_not() {
        let letter = |i: usize| char::from(b'a' + (i % 26) as u8);
        let prompts: Vec<String> =
            (0..60).map(|i| format!("{}{}q only", letter(i), letter(i / 26))).collect();
        let mut rows: Vec<_> =
            prompts.iter().zip(0..).map(|(prompt, i)| ("writes", i, "x", prompt.as_str())).collect();
        rows.extend((0..40).map(|i| ("repeats", i, "x", "the same again")));
        rows.push(("rare", 0, "x", "the same again"));
        let digest = digest(&rows, &[]);
        let verdict = &super::run(&digest)[1];
        let best = verdict.scores.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        assert_eq!(digest.accounts[best.0 as usize], "repeats");
    }
}
