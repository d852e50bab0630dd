//! In which manner accounts go about their work: the client with its settings, and the model. Whoever runs a fleet
//! chooses a few of each, and the fleet's pieces are mixed from these few in the same parts.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::classes::rising;
use crate::habits::{Habits, Ways};
use crate::rows::Rows;
use crate::slice::Slice;

/// Commonest client with settings and commonest model; 0 where unseen.
pub(crate) type Manner = (u64, u64);

/// How many accounts go about it in each manner.
pub(crate) type Manners = FxHashMap<Manner, u32>;

/// The manners of the members in the slice. O(rows of the slice).
pub(crate) fn of_slice(rows: &Rows, slice: &Slice) -> Manners {
    counts(slice.rows.iter().map(|own| Habits::of(rows, &own.iter().copied()).manner()))
}

/// Everybody's manners.
pub(crate) struct Usual {
    accounts: Manners,
    all: f64,
}

impl Usual {
    /// Counts the accounts. O(accounts).
    pub(crate) fn new(ways: &Ways) -> Self {
        let accounts = counts(ways.manners());
        let all = accounts.values().map(|&n| f64::from(n)).sum();
        Self { accounts, all }
    }

    /// How much likelier two groups draw their manners from one distribution than each from its own, in nats: the Bayes
    /// factor of the Dirichlet-multinomial (Good 1965) whose mean are everybody's manners, believed as much as one
    /// account. What hardly anybody does speaks most. O(manners of the two).
    pub(crate) fn of_one_hand(&self, one: &Manners, other: &Manners) -> f64 {
        let of = |manner: &Manner, groups: &Manners| f64::from(groups.get(manner).copied().unwrap_or(0));
        let mut nats = 0.0;
        for manner in one.keys().filter(|manner| other.contains_key(manner)) {
            let share = (of(manner, &self.accounts) + 0.5) / (self.all + 0.5);
            let (a, b) = (of(manner, one), of(manner, other));
            nats += rising(share, a + b) - rising(share, a) - rising(share, b);
        }
        let all = |groups: &Manners| groups.values().map(|&n| f64::from(n)).sum::<f64>();
        let (a, b) = (all(one), all(other));
        nats - rising(1.0, a + b) + rising(1.0, a) + rising(1.0, b)
    }
}

/// How often each comes.
fn counts<T: Hash + Eq>(of: impl Iterator<Item = T>) -> FxHashMap<T, u32> {
    let mut counts = FxHashMap::default();
    of.for_each(|value| *counts.entry(value).or_default() += 1);
    counts
}

#[cfg(test)]
mod tests {
    use super::{Manners, Usual};
    use crate::manner::of_slice;
    use crate::staged::{Staged, staged};

    fn manners(of: &[(u64, u32)]) -> Manners {
        of.iter().map(|&(client, accounts)| ((client, 1), accounts)).collect()
    }

    #[test]
    fn what_hardly_anybody_does_speaks_and_what_everybody_does_says_little() {
        let usual = Usual { accounts: manners(&[(1, 900), (2, 90), (3, 10)]), all: 1000.0 };
        let nats =
            |one: &[(u64, u32)], other: &[(u64, u32)]| usual.of_one_hand(&manners(one), &manners(other));
        let rare = nats(&[(3, 8)], &[(3, 6)]);
        // One in a hundred goes about it so, and the two groups might have met in other manners, too.
        assert!((rare - (100.0f64 * 8.0 * 6.0 / 14.0).ln()).abs() < 0.1, "{rare}");
        assert!(nats(&[(1, 8)], &[(1, 6)]) < 1.0, "a fashion");
        assert!(nats(&[(3, 8)], &[(2, 6)]) < 0.0, "others");
        assert!(nats(&[(2, 8)], &[(1, 3), (2, 3)]) < nats(&[(2, 8)], &[(2, 6)]), "mixed otherwise");
        assert!(nats(&[], &[(3, 6)]).abs() < 1e-12, "nothing is seen");
    }

    #[test]
    fn halves_of_a_campaign_are_one_hand_s_and_campaigns_of_two_networks_are_not() {
        staged(|Staged { bench, campaigns, networks, .. }| {
            let usual = Usual::new(&bench.population.ways);
            let of = |members: Vec<bool>, at: usize| {
                let half = bench.look(campaigns[at].cluster.clone().keep(&members));
                of_slice(&bench.index.view.lake.rows, &half.slice)
            };
            let (mut one_hand, mut pairs) = (0, 0);
            for (at, campaign) in campaigns.iter().enumerate() {
                let size = campaign.cluster.members.len();
                let half = |odd: usize| of((0..size).map(|i| i % 2 == odd).collect(), at);
                one_hand += usize::from(usual.of_one_hand(&half(0), &half(1)) > 4.0);
                for (beside, other) in campaigns.iter().enumerate().take(at) {
                    let theirs = |a: &u32| networks[*a as usize];
                    let alone = campaign.cluster.members.iter().filter_map(theirs);
                    if alone.clone().any(|n| other.cluster.members.iter().filter_map(theirs).any(|m| m == n))
                    {
                        continue;
                    }
                    let whole = |at: usize| of(vec![true; campaigns[at].cluster.members.len()], at);
                    pairs += 1;
                    let nats = usual.of_one_hand(&whole(at), &whole(beside));
                    assert!(nats < 4.0, "{nats}");
                }
            }
            assert!(pairs > 0 && one_hand * 2 > campaigns.len(), "{one_hand} of {}", campaigns.len());
        });
    }
}
