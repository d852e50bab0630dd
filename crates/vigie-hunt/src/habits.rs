//! Habits: what tells a program, or one hand, from people – which client and model, how faithful to an address, when
//! in the day and the week. Statistics of a group are set beside those of matched groups like all others.

use rustc_hash::FxHashMap;
use vigie_model::Micros;

use crate::rows::Rows;

/// Hours of a working or school day.
const DAY_HOURS: usize = 10;

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
    hours: [u32; 24],
    weekdays: [u32; 7],
}

impl Habits {
    /// Counts some rows of one account. O(rows).
    pub(crate) fn of(rows: &Rows, of: impl Iterator<Item = usize> + Clone) -> Self {
        let mut habits = Self::default();
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
        habits.client = top(&count(&rows.client));
        habits.settings = top(&count(&rows.settings));
        habits.model = top(&count(&rows.model));
        let addresses = count(&rows.address);
        let seen: f64 = addresses.values().map(|&n| f64::from(n)).sum();
        let pairs: f64 = addresses.values().map(|&n| f64::from(n) * (f64::from(n) - 1.0)).sum();
        habits.loyalty = if seen >= 2.0 { pairs / (seen * (seen - 1.0)) } else { f64::NAN };
        for row in of {
            habits.hours[Micros(rows.time[row]).hour_of_day()] += 1;
            habits.weekdays[rows.time[row].div_euclid(Micros::DAY).rem_euclid(7) as usize] += 1;
        }
        habits
    }
}

/// What is compared, in the order of [`measure`].
pub(crate) const MEASURES: usize = 6;

/// Of a group: chance that two members run one client, one setting, one model; mean loyalty to an address; share of the
/// exchanges in the busiest ten hours of the day; share on the two quietest days of the week. O(members).
pub(crate) fn measure<'h>(group: impl Iterator<Item = &'h Habits> + Clone) -> [f64; MEASURES] {
    let loyal = group.clone().map(|h| h.loyalty).filter(|l| !l.is_nan());
    let (sum, n) = loyal.fold((0.0, 0usize), |(s, n), l| (s + l, n + 1));
    let (mut hours, mut weekdays) = ([0.0; 24], [0.0; 7]);
    for habits in group.clone() {
        // Every member counts alike: one busy account does not make the group's day.
        let all = f64::from(habits.hours.iter().sum::<u32>().max(1));
        hours.iter_mut().zip(habits.hours).for_each(|(h, n)| *h += f64::from(n) / all);
        weekdays.iter_mut().zip(habits.weekdays).for_each(|(d, n)| *d += f64::from(n) / all);
    }
    let all = hours.iter().sum::<f64>().max(1e-9);
    let stretch = |from: usize| (from..from + DAY_HOURS).map(|h| hours[h % 24]).sum::<f64>();
    let busiest = (0..24).map(stretch).fold(0.0, f64::max);
    weekdays.sort_unstable_by(f64::total_cmp);
    [
        meeting(group.clone().map(|h| h.client)),
        meeting(group.clone().map(|h| h.settings)),
        meeting(group.map(|h| h.model)),
        if n == 0 { f64::NAN } else { sum / n as f64 },
        busiest / all,
        (weekdays[0] + weekdays[1]) / all,
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
    fn members_count_alike_and_a_day_is_ten_hours() {
        let mut early = Habits { loyalty: 1.0, ..Habits::default() };
        early.hours[9] = 100;
        early.weekdays[0] = 100;
        let mut late = Habits { loyalty: f64::NAN, ..Habits::default() };
        late.hours[22] = 1;
        late.weekdays[3] = 1;
        let measured: [f64; MEASURES] = measure([early, late].iter());
        assert!((measured[3] - 1.0).abs() < 1e-12, "who cannot be told counts for nothing");
        assert!((measured[4] - 0.5).abs() < 1e-12);
        assert!(measured[5].abs() < 1e-12);
    }
}
