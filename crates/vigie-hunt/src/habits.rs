//! Habits: what tells a program, or one hand, from people – which client and model, how faithful to an address.
//! Statistics of a group are set beside those of matched groups like all others.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::FxHashMap;

use crate::manner::Manner;
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

    /// Its client with settings and its model.
    pub(crate) fn manner(&self) -> Manner {
        (self.settings, self.model)
    }

    /// What is told by name.
    fn named(&self) -> [u64; NAMED] {
        [self.client, self.settings, self.model]
    }
}

/// What is compared, in the order of [`Ways::measure`].
pub(crate) const MEASURES: usize = 4;

/// Habits of many accounts, their values numbered: whether two meet is then counted rather than sorted out, which
/// hundreds of matched groups need.
pub(crate) struct Ways {
    /// What each account's client with settings and model are.
    manners: Vec<Manner>,
    /// Numbers of client, settings and model of each account, 0 where unseen, and its loyalty.
    numbered: Vec<([u32; NAMED], f64)>,
    /// Number of each value.
    number_of: FxHashMap<u64, u32>,
    /// Accounts by number of their client, settings and model; 0, the number of what is unseen, among them.
    count: Vec<[u32; NAMED]>,
    /// Accounts whose client, settings and model are seen.
    seen: [u32; NAMED],
}

/// Habits that are told by name rather than by measure.
const NAMED: usize = 3;

impl Ways {
    /// Numbers the values. O(accounts).
    pub(crate) fn new(habits: &[Habits]) -> Self {
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        numbers.insert(0, 0);
        let mut number = |value: u64| {
            let next = numbers.len() as u32;
            *numbers.entry(value).or_insert(next)
        };
        let numbered: Vec<([u32; NAMED], f64)> =
            habits.iter().map(|h| (h.named().map(&mut number), h.loyalty)).collect();
        let mut count = vec![[0; NAMED]; numbers.len()];
        for (values, _) in &numbered {
            values.iter().enumerate().for_each(|(column, &value)| count[value as usize][column] += 1);
        }
        let seen = std::array::from_fn(|column| count.iter().skip(1).map(|of| of[column]).sum());
        let manners = habits.iter().map(Habits::manner).collect();
        Self { manners, numbered, number_of: numbers, count, seen }
    }

    /// The manner of each account that did anything.
    pub(crate) fn manners(&self) -> impl Iterator<Item = Manner> {
        self.manners.iter().copied().filter(|&manner| manner != (0, 0))
    }

    /// How faithful an account is to an address; NaN where that cannot be told.
    pub(crate) fn loyalty(&self, account: u32) -> f64 {
        self.numbered[account as usize].1
    }

    /// Accounts whose commonest client this is.
    pub(crate) fn run_by(&self, client: u64) -> u32 {
        self.number_of.get(&client).map_or(0, |&n| self.count[n as usize][0])
    }

    /// How much likelier each member's client, settings and model are among the other members than in the population,
    /// in nats: the predictive ratio when the population's shares are believed as much as one member. 0 where unseen.
    /// O(members).
    pub(crate) fn likelier(&self, members: &[Habits]) -> Vec<[f64; NAMED]> {
        let mut inside: FxHashMap<(usize, u64), u32> = FxHashMap::default();
        let mut seen = [0u32; NAMED];
        for habits in members {
            for (column, value) in habits.named().into_iter().enumerate().filter(|(_, value)| *value != 0) {
                *inside.entry((column, value)).or_default() += 1;
                seen[column] += 1;
            }
        }
        let ratio = |column: usize, value: u64| {
            if value == 0 {
                return 0.0;
            }
            let all = self.number_of.get(&value).map_or(0, |&n| self.count[n as usize][column]);
            let share = (f64::from(all) + 0.5) / (f64::from(self.seen[column]) + 0.5);
            let others = f64::from(inside[&(column, value)] - 1);
            ((others + share) / f64::from(seen[column]) / share).ln()
        };
        let of = |habits: &Habits| {
            let named = habits.named();
            std::array::from_fn(|column| ratio(column, named[column]))
        };
        members.iter().map(of).collect()
    }

    /// Of each group: chance that two members run one client, one setting, one model; mean loyalty to an address, NaN
    /// where nobody's can be told. O(members).
    pub(crate) fn measure(&self, groups: &[Vec<u32>]) -> Vec<[f64; MEASURES]> {
        let none_met = || vec![[0u32; NAMED]; self.count.len()];
        groups.par_iter().map_init(none_met, |met, group| self.measure_one(group, met)).collect()
    }

    /// `met` is all zeros before and after.
    fn measure_one(&self, group: &[u32], met: &mut [[u32; NAMED]]) -> [f64; MEASURES] {
        let (mut seen, mut pairs) = ([0u64; NAMED], [0u64; NAMED]);
        let (mut loyalty, mut loyal) = (0.0, 0usize);
        for &account in group {
            let (values, own) = &self.numbered[account as usize];
            for (column, &value) in values.iter().enumerate().filter(|(_, value)| **value != 0) {
                let before = &mut met[value as usize][column];
                seen[column] += 1;
                pairs[column] += 2 * u64::from(*before);
                *before += 1;
            }
            if !own.is_nan() {
                loyalty += own;
                loyal += 1;
            }
        }
        for &account in group {
            self.numbered[account as usize].0.iter().for_each(|&value| met[value as usize] = [0; NAMED]);
        }
        let chance = |column: usize| {
            let n = seen[column] as f64;
            if n < 2.0 { 0.0 } else { pairs[column] as f64 / (n * (n - 1.0)) }
        };
        let loyalty = if loyal == 0 { f64::NAN } else { loyalty / loyal as f64 };
        [chance(0), chance(1), chance(2), loyalty]
    }
}

#[cfg(test)]
mod tests {
    use super::{Habits, Ways};

    fn ways(habits: &[(u64, f64)]) -> Ways {
        let one = |&(client, loyalty): &(u64, f64)| Habits { client, loyalty, ..Habits::default() };
        Ways::new(&habits.iter().map(one).collect::<Vec<_>>())
    }

    #[test]
    fn two_of_three_meet_in_a_third_of_the_pairs() {
        let ways = ways(&[(4, 1.0), (4, 1.0), (9, 1.0), (0, 1.0)]);
        let measured = ways.measure(&[vec![0, 1, 2, 3], vec![2], vec![0, 0]]);
        let chances: Vec<f64> = measured.iter().map(|m| m[0]).collect();
        assert!((chances[0] - 1.0 / 3.0).abs() < 1e-12);
        assert!(chances[1].abs() < 1e-12);
        assert!((chances[2] - 1.0).abs() < 1e-12, "an account that is drawn twice meets itself");
    }

    #[test]
    fn what_only_the_cluster_runs_is_likelier_there_and_what_nobody_in_it_runs_is_not() {
        let run = |client: u64| Habits { client, ..Habits::default() };
        // One in ten runs 4, all others 9.
        let everybody: Vec<Habits> = (0..100).map(|i| run(if i % 10 == 0 { 4 } else { 9 })).collect();
        let members = [run(4), run(4), run(4), run(9), run(0)];
        let likelier = Ways::new(&everybody).likelier(&members);
        let client: Vec<f64> = likelier.iter().map(|l| l[0]).collect();
        // Two others of three, and one more that is the population.
        assert!((client[0] - ((2.0 + 0.1) / 4.0 / 0.1f64).ln()).abs() < 0.05, "{client:?}");
        assert!(client[3] < -1.0 && client[4].abs() < 1e-12, "{client:?}");
    }

    #[test]
    fn who_cannot_be_told_counts_for_nothing() {
        let ways = ways(&[(0, 1.0), (0, f64::NAN)]);
        let measured = ways.measure(&[vec![0, 1], vec![1]]);
        assert!((measured[0][3] - 1.0).abs() < 1e-12);
        assert!(measured[1][3].is_nan());
        assert!(measured[0][0].abs() < 1e-12);
    }
}
