//! Accounts: precision and recall at the hunt's own cut-offs, recall at a fixed price in honest accounts, and
//! whether scores mean what they promise.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::found::Found;
use super::truth::Truth;

/// Hits, false alarms and misses, and what follows from them. A ratio without a denominator is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hits {
    /// Named and right.
    pub true_positives: u64,
    /// Named and wrong.
    pub false_positives: u64,
    /// Not named and should have been.
    pub false_negatives: u64,
    /// Right among the named.
    pub precision: Option<f64>,
    /// Named among those that should be.
    pub recall: Option<f64>,
    /// Harmonic mean of the two; 0 when nothing was named but something should have been.
    pub f1: Option<f64>,
}

impl Hits {
    /// From the three counts.
    pub fn new(true_positives: u64, false_positives: u64, false_negatives: u64) -> Self {
        let ratio = |of: u64| (of > 0).then(|| true_positives as f64 / of as f64);
        let all = 2 * true_positives + false_positives + false_negatives;
        Self {
            true_positives,
            false_positives,
            false_negatives,
            precision: ratio(true_positives + false_positives),
            recall: ratio(true_positives + false_negatives),
            f1: (all > 0).then(|| 2.0 * true_positives as f64 / all as f64),
        }
    }
}

/// Recall when at most so many honest accounts may be accused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecallAt {
    /// Allowed false accounts per million honest ones; absent when `allowed` was given as a number.
    pub per_million: Option<f64>,
    /// Allowed false accounts in this world: rate × honest accounts, rounded down.
    pub allowed: u64,
    /// Share of the malicious accounts that rank before one false account more.
    pub recall: f64,
    /// The lowest score that still counts; absent when none does.
    pub threshold: Option<f64>,
}

/// Accused accounts in order of suspicion, right or wrong.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    /// Score and whether the account should be accused, most suspicious first, at equal scores the false ones first.
    rows: Vec<(f64, bool)>,
    malicious: u64,
    honest: u64,
}

impl Ranking {
    /// Ranks the accounts that `found` accuses, or everybody that it ranks. Accounts that the truth does not know
    /// count as honest, idle ones not at all.
    pub fn new(truth: &Truth, found: &Found) -> Self {
        let row = |id: &str, score: f64| match truth.account(id) {
            Some(account) if truth.is_idle(account) => None,
            account => Some((score, account.is_some_and(|a| truth.is_malicious(a)))),
        };
        let mut rows: Vec<(f64, bool)> = match &found.ranking {
            Some(ranking) => ranking.iter().filter_map(|(id, score)| row(id, *score)).collect(),
            None => found.accused().into_iter().filter_map(|(id, score)| row(id, score)).collect(),
        };
        // Ties are read against the hunt: a score cannot tell the accounts that share it apart.
        rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Self { rows, malicious: truth.malicious_accounts().len() as u64, honest: truth.honest_len() as u64 }
    }

    /// Recall at `per_million` false accounts per million honest ones.
    pub fn recall_at_rate(&self, per_million: f64) -> RecallAt {
        let allowed = (per_million * self.honest as f64 / 1e6).floor() as u64;
        RecallAt { per_million: Some(per_million), ..self.recall_at(allowed) }
    }

    /// Recall at `allowed` false accounts.
    pub fn recall_at(&self, allowed: u64) -> RecallAt {
        let (mut wrong, mut right, mut threshold) = (0, 0_u64, None);
        for &(score, malicious) in &self.rows {
            if malicious {
                right += 1;
                threshold = Some(score);
            } else {
                wrong += 1;
            }
            if wrong > allowed {
                break;
            }
        }
        let recall = if self.malicious == 0 { 0.0 } else { right as f64 / self.malicious as f64 };
        RecallAt { per_million: None, allowed, recall, threshold }
    }
}

/// Accounts at the hunt's own cut-offs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountFigures {
    /// Accused against malicious.
    #[serde(flatten)]
    pub hits: Hits,
    /// Accused accounts that the truth does not know; they count as wrong.
    pub unknown: u64,
    /// False accounts per million honest ones.
    pub false_per_million: Option<f64>,
    /// Malicious accounts by how much they sent for their networks; empty where the world's exchanges are not there.
    #[serde(default)]
    pub by_served: Vec<ServedBucket>,
}

/// Lower ends of the buckets of exchanges that an account sent for its networks.
pub const SERVED_BUCKETS: [u32; 6] = [0, 1, 2, 3, 6, 21];

/// Malicious accounts that sent about as much for their networks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServedBucket {
    /// Least exchanges.
    pub from: u32,
    /// Malicious accounts in it.
    pub accounts: u64,
    /// Those of them that are accused.
    pub accused: u64,
}

pub fn account_figures(truth: &Truth, found: &Found) -> AccountFigures {
    let (mut right, mut wrong, mut unknown) = (FxHashSet::default(), 0, 0);
    for (id, _) in found.accused() {
        match truth.account(id) {
            Some(account) if truth.is_malicious(account) => {
                right.insert(account);
            }
            Some(_) => wrong += 1,
            None => {
                wrong += 1;
                unknown += 1;
            }
        }
    }
    let honest = truth.honest_len();
    let malicious = truth.malicious_accounts();
    AccountFigures {
        hits: Hits::new(right.len() as u64, wrong, (malicious.len() - right.len()) as u64),
        unknown,
        false_per_million: (honest > 0).then(|| wrong as f64 * 1e6 / honest as f64),
        by_served: by_served(truth, &malicious, &right),
    }
}

fn by_served(truth: &Truth, malicious: &FxHashSet<u32>, accused: &FxHashSet<u32>) -> Vec<ServedBucket> {
    let mut buckets = SERVED_BUCKETS.map(|from| ServedBucket { from, ..ServedBucket::default() });
    for account in malicious {
        let Some(served) = truth.served(*account) else { return Vec::new() };
        let bucket = &mut buckets[SERVED_BUCKETS.partition_point(|&from| from <= served) - 1];
        bucket.accounts += 1;
        bucket.accused += u64::from(accused.contains(account));
    }
    buckets.into()
}

/// Whether a score of 0.9 is right nine times in ten.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Mean squared distance between score and truth over accused accounts; 0 is best. Absent without any.
    pub brier: Option<f64>,
    /// Mean distance between score and observed share over the bins, weighted by accounts.
    pub expected_error: Option<f64>,
    /// Ten bins of score, those with accounts only.
    pub bins: Vec<ReliabilityBin>,
}

/// Accounts whose scores fall into one tenth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Lower end of the tenth.
    pub from: f64,
    /// Accounts in it.
    pub accounts: u64,
    /// Their mean score.
    pub score: f64,
    /// The share of them that is rightly accused.
    pub observed: f64,
}

pub fn calibration(truth: &Truth, found: &Found) -> Calibration {
    let mut bins = [(0_u64, 0.0, 0_u64); 10];
    let mut squares = 0.0;
    let accused = found.accused();
    for &(id, score) in &accused {
        let right = truth.account(id).is_some_and(|a| truth.is_malicious(a));
        let bin = &mut bins[((score * 10.0).floor().clamp(0.0, 9.0)) as usize];
        bin.0 += 1;
        bin.1 += score;
        bin.2 += u64::from(right);
        squares += (score - f64::from(u8::from(right))).powi(2);
    }
    let bins: Vec<ReliabilityBin> = bins
        .iter()
        .enumerate()
        .filter(|(_, bin)| bin.0 > 0)
        .map(|(i, &(accounts, score, right))| ReliabilityBin {
            from: i as f64 / 10.0,
            accounts,
            score: score / accounts as f64,
            observed: right as f64 / accounts as f64,
        })
        .collect();
    let mean = |sum: f64| (!accused.is_empty()).then(|| sum / accused.len() as f64);
    let error = bins.iter().map(|b| (b.score - b.observed).abs() * b.accounts as f64).sum();
    Calibration { brier: mean(squares), expected_error: mean(error), bins }
}

#[cfg(test)]
mod tests {
    use super::{Hits, Ranking, calibration};
    use crate::score::found::{Found, FoundGroup};
    use crate::score::truth::{Truth, TruthAccount};

    /// 3 malicious accounts m0–m2 and 10 honest ones h0–h9.
    fn truth() -> Truth {
        let row = |id: String, network: Option<&str>| TruthAccount {
            account_id: id,
            network_id: network.map(str::to_owned),
            mixed: false,
        };
        let mut rows: Vec<_> = (0..3).map(|i| row(format!("m{i}"), Some("n"))).collect();
        rows.extend((0..10).map(|i| row(format!("h{i}"), None)));
        Truth::from_parts(&[("n", "signup-farm", true)], &rows)
    }

    fn ranked(rows: &[(&str, f64)]) -> Ranking {
        let members = rows.iter().map(|(id, score)| ((*id).to_owned(), *score)).collect();
        let group = FoundGroup { accuses: true, members, ..FoundGroup::default() };
        Ranking::new(&truth(), &Found { groups: vec![group], ..Found::default() })
    }

    #[test]
    fn recall_counts_those_before_the_first_false_account_too_many() {
        let ranking = ranked(&[("m0", 0.9), ("h0", 0.8), ("m1", 0.7), ("h1", 0.6), ("m2", 0.5)]);
        assert_eq!(ranking.recall_at(0).recall, 1.0 / 3.0);
        assert_eq!(ranking.recall_at(1).recall, 2.0 / 3.0);
        assert_eq!(ranking.recall_at(1).threshold, Some(0.7));
        assert_eq!(ranking.recall_at(2).recall, 1.0);
    }

    #[test]
    fn ties_are_read_against_the_hunt() {
        let ranking = ranked(&[("m0", 0.9), ("h0", 0.9), ("m1", 0.9)]);
        assert_eq!(ranking.recall_at(0).recall, 0.0);
        assert_eq!(ranking.recall_at(1).recall, 2.0 / 3.0);
    }

    #[test]
    fn rates_round_down_to_whole_accounts() {
        let ranking = ranked(&[("h0", 0.9), ("m0", 0.8)]);
        assert_eq!(ranking.recall_at_rate(99_999.0).allowed, 0);
        assert_eq!(ranking.recall_at_rate(100_000.0).allowed, 1);
        assert_eq!(ranking.recall_at_rate(100_000.0).recall, 1.0 / 3.0);
    }

    #[test]
    fn calibration_bins_tell_scores_that_promise_too_much() {
        let members = vec![("m0".to_owned(), 0.95), ("h0".to_owned(), 0.95), ("m1".to_owned(), 0.25)];
        let group = FoundGroup { accuses: true, members, ..FoundGroup::default() };
        let calibration = calibration(&truth(), &Found { groups: vec![group], ..Found::default() });
        let bins: Vec<_> = calibration.bins.iter().map(|b| (b.from, b.accounts, b.observed)).collect();
        assert_eq!(bins, [(0.2, 1, 1.0), (0.9, 2, 0.5)]);
        let brier = (0.05_f64.powi(2) + 0.95_f64.powi(2) + 0.75_f64.powi(2)) / 3.0;
        assert!((calibration.brier.unwrap() - brier).abs() < 1e-12);
    }

    #[test]
    fn ratios_without_a_denominator_are_absent() {
        assert_eq!(Hits::new(0, 0, 0).precision, None);
        assert_eq!(Hits::new(0, 0, 5).precision, None);
        assert_eq!(Hits::new(0, 0, 5).f1, Some(0.0));
        assert_eq!(Hits::new(3, 1, 1).f1, Some(0.75));
    }
}
