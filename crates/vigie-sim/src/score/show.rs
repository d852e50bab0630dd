//! Figures as words: what the table in the terminal and the pages of a benchmark say in the same way.

use std::fmt;

use super::accounts::{AccountFigures, Hits, ServedBucket};
use super::exchanges::{ExchangeFigures, ShareBucket};

/// A figure with so many decimals; a dash for one that is absent.
pub fn figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.decimals$}"))
}

/// `precision 0.800, recall 0.400, F1 0.533 (4 right, 1 wrong, 6 missed)`.
impl fmt::Display for Hits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "precision {}, recall {}, F1 {} ({} right, {} wrong, {} missed)",
            figure(self.precision, 3),
            figure(self.recall, 3),
            figure(self.f1, 3),
            self.true_positives,
            self.false_positives,
            self.false_negatives
        )
    }
}

impl ExchangeFigures {
    /// The buckets of ε that hold accounts, each with its range in words: `ε 5–10 %`.
    pub fn ranges(&self) -> impl Iterator<Item = (String, &ShareBucket)> {
        let ends = self.by_share.iter().skip(1).map(|bucket| bucket.from).chain([1.0]);
        self.by_share
            .iter()
            .zip(ends)
            .filter(|(bucket, _)| bucket.accounts > 0)
            .map(|(bucket, end)| (format!("ε {:.0}–{:.0} %", bucket.from * 100.0, end * 100.0), bucket))
    }
}

impl AccountFigures {
    /// The buckets of `by_served` that have accounts, each with its range in words.
    pub fn served_ranges(&self) -> impl Iterator<Item = (String, &ServedBucket)> {
        let to = |i: usize| self.by_served.get(i + 1).map(|next| next.from - 1);
        let range = move |(i, bucket): (usize, &ServedBucket)| match to(i) {
            Some(to) if to == bucket.from => to.to_string(),
            Some(to) => format!("{}–{to}", bucket.from),
            None => format!("{} or more", bucket.from),
        };
        let named = self.by_served.iter().enumerate().map(move |row| (range(row), row.1));
        named.filter(|(_, bucket)| bucket.accounts > 0)
    }
}
