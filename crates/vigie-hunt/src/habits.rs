//! Habits: what tells a program, or one hand, from people – which client and model, how faithful to an address.
//! Statistics of a group are set beside those of matched groups like all others.

use rustc_hash::FxHashMap;

use crate::rows::Rows;

/// How one account, or its part of a cluster, works.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Habits {
    /// Its commonest client; 0 where unseen.
    client: u64,
    /// Its commonest client and request settings.
    settings: u64,
    /// Its commonest model.
    model: u64,
    /// Chance that two of its exchanges come from one address; NaN where that cannot be told.
    loyalty: f64,
}

impl Habits {
    /// Counts some rows of one account. O(rows).
    pub(crate) fn of(rows: &Rows, of: &(impl Iterator<Item = usize> + Clone)) -> Self {
        let count = |column: &[u64]| {
            of.clone().map(|row| column[row]).filter(|&v| v != 0).fold(
                FxHashMap::<u64, u32>::default(),
                |mut n, v| {
                    *n.entry(v).or_default() += 1;
                    n
                },
            )
        };
        let top = |counts: &FxHashMap<u64, u32>| {
            counts.iter().max_by_key(|&(v, n)| (*n, *v)).map_or(0, |(&v, _)| v)
        };
        let addresses = count(&rows.address);
        let seen: f64 = addresses.values().map(|&n| f64::from(n)).sum();
        let pairs: f64 = addresses.values().map(|&n| f64::from(n) * (f64::from(n) - 1.0)).sum();
        Self {
            client: top(&count(&rows.client)),
            settings: top(&count(&rows.settings)),
            model: top(&count(&rows.model)),
            loyalty: if seen >= 2.0 { pairs / (seen * (seen - 1.0)) } else { f64::NAN },
        }
    }
}

/// What is compared, in the order of [`measure`].
pub(crate) const MEASURES: usize = 4;

/// Of a group: chance that two members run one client, one setting, one model; mean loyalty to an address. O(members).
pub(crate) fn measure<'h>(group: impl Iterator<Item = &'h Habits> + Clone) -> [f64; MEASURES] {
    let loyal = group.clone().map(|h| h.loyalty).filter(|l| !l.is_nan());
    let (sum, n) = loyal.fold((0.0, 0usize), |(s, n), l| (s + l, n + 1));
    [
        meeting(group.clone().map(|h| h.client)),
        meeting(group.clone().map(|h| h.settings)),
        meeting(group.map(|h| h.model)),
        if n == 0 { f64::NAN } else { sum / n as f64 },
    ]
}

/// Chance that two of the values, 0 left out, are the same.
fn meeting(values: impl Iterator<Item = u64>) -> f64 {
    let mut values: Vec<u64> = values.filter(|&v| v != 0).collect();
    values.sort_unstable();
    let n = values.len() as f64;
    let pairs: f64 =
        values.chunk_by(|a, b| a == b).map(|same| same.len() as f64 * (same.len() as f64 - 1.0)).sum();
    if n < 2.0 { 0.0 } else { pairs / (n * (n - 1.0)) }
}

#[cfg(test)]
mod tests {
    use super::{Habits, MEASURES, measure, meeting};

    #[test]
    fn two_of_three_meet_in_a_third_of_the_pairs() {
        assert!((meeting([4, 4, 9, 0].into_iter()) - 1.0 / 3.0).abs() < 1e-12);
        assert!(meeting([7].into_iter()).abs() < 1e-12);
    }

    #[test]
    fn who_cannot_be_told_counts_for_nothing() {
        let loyal = Habits { loyalty: 1.0, ..Habits::default() };
        let unseen = Habits { loyalty: f64::NAN, ..Habits::default() };
        let measured: [f64; MEASURES] = measure([loyal, unseen].iter());
        assert!((measured[3] - 1.0).abs() < 1e-12);
    }
}
