//! How far each member of a cluster looks like the others: what it is judged by when bystanders are let go.
//!
//! Content alone travels: honest people use the wording that a campaign uses, sit behind the proxy that it rents, sign
//! up in the same hour. A member is compared with the rest of its cluster in everything that the rest has in common.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_detectors::{Facts, Readings};
use vigie_graph::stats::{median, quantile};
use vigie_model::Micros;

use crate::cluster::{Cluster, Index};
use crate::facts::stopped;
use crate::habits::Habits;
use crate::population::Population;
use crate::profile::{STRETCHES, activity, stretch};
use crate::rows::DIMS;
use crate::slice::Slice;

mod near;
mod weights;

use near::SCALES;
pub(crate) use near::Spreads;

/// Ways in which members are tied behind the content.
const TIES: usize = 4;
/// Part of the members that have an owner from which on owners are what the cluster is made of.
const GUESTS: f64 = 0.3;

/// One member beside the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Likeness {
    /// Evidence of membership over the typical member's, at most 1.
    pub strength: f64,
    /// Sum over the ties that it has of the share of members that have them.
    pub tied: f64,
    /// The same over the ties that it lacks.
    pub untied: f64,
    /// Cosine of what it asks with what the others ask, over the typical member's, at most 1.
    pub alike: f64,
    /// How much likelier its client, its request settings and its model are among the others than in the population, in
    /// nats.
    #[serde(default)]
    pub ways: [f64; 3],
    /// Cosine of when it works with when the others do, over the typical member's, at most 1.
    #[serde(default)]
    pub in_step: f64,
    /// ln(1 + its exchanges in the slice).
    #[serde(default)]
    pub asked: f64,
    /// How much likelier the others began when it did, ended when it did, are as busy and as faithful to an address than
    /// the population, in nats.
    #[serde(default)]
    pub near: [f64; SCALES],
    /// Whether it signed up far from when the others did, 0 or 1.
    pub age_off: f64,
    /// Whether it has an owner where hardly a member has one, 0 or 1.
    pub own_house: f64,
    /// Whether it was stopped, 0 or 1.
    pub stopped: f64,
    /// Of its cluster: ln of the members; how clearly sign-ups, payments and addresses tie it; its part of the members'
    /// traffic.
    pub cluster: [f64; 5],
    /// Log-odds of the case against its cluster, in nats.
    #[serde(default)]
    pub case: f64,
}

/// Numbers that say how far a member belongs.
pub const MEASURES: usize = 18;
/// Whether a higher value of each can only raise the odds that a member belongs, only lower them, or neither.
pub const RAISES: [Option<bool>; MEASURES] = {
    let (up, down) = (Some(true), Some(false));
    [up, up, down, up, down, down, up, None, None, None, None, None, up, up, up, up, up, None]
};

/// What the four nats of [`Likeness::near`] count: they say one thing in four ways, and the trees know a part of it.
const NEAR_COUNTS: f64 = 0.25;

impl Likeness {
    /// All numbers, in the order of [`RAISES`].
    pub fn measures(&self) -> [f64; MEASURES] {
        let [size, series, payment, origin, share] = self.cluster;
        let [client, settings, model] = self.ways;
        [
            self.strength,
            self.tied,
            self.untied,
            self.alike,
            self.age_off,
            self.own_house,
            self.stopped,
            size,
            series,
            payment,
            origin,
            share,
            self.case,
            client,
            settings,
            model,
            self.in_step,
            self.asked,
        ]
    }

    /// Log-odds that an account of a suspected cluster is a campaign's, in nats: boosted trees over the members of such
    /// clusters in simulated worlds, directions fixed beforehand, and beside them, unlearned, where it lies among the others.
    pub(crate) fn log_odds(&self) -> f64 {
        self.log_odds_anywhere() + NEAR_COUNTS * self.near.iter().sum::<f64>()
    }

    /// The same without where it lies among the others: a core that is chosen by when it began would be judged by having
    /// begun together.
    pub(crate) fn log_odds_anywhere(&self) -> f64 {
        weights::FOREST.log_odds(&self.measures())
    }

    /// The same as a probability, 0–1.
    pub(crate) fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.log_odds()).exp())
    }
}

/// Compares every member with the others; `case` is the log-odds of the case against the cluster. O(rows of the slice).
pub(crate) fn likeness(
    index: &Index<'_>,
    population: &Population,
    cluster: &Cluster,
    slice: &Slice,
    facts: &Facts,
    case: f64,
) -> Vec<Likeness> {
    let view = index.view;
    let known = |i: usize| view.known[cluster.members[i] as usize];
    let n = cluster.members.len();
    let rows = &view.lake.rows;
    let typical = |values: &[f64]| median(values).max(1e-6);
    let strengths: Vec<f64> = cluster.strength.iter().map(|&s| f64::from(s)).collect();
    let strength = typical(&strengths);
    let asked = |picked: &Vec<usize>| {
        let mut sum = [0.0f32; DIMS];
        for &row in picked {
            sum.iter_mut().zip(&rows.embedding[row]).for_each(|(s, &x)| *s += f32::from(x));
        }
        sum
    };
    let alike = to_the_rest(&slice.rows.iter().map(asked).collect::<Vec<_>>());
    let all_alike = typical(&alike);
    let owner = |i: usize| population.owners[cluster.members[i] as usize];
    let owned = (0..n).filter(|&i| owner(i) != 0).count() as f64 / n.max(1) as f64;
    // What the accounts of one owner have in common ties them to it and not to the others.
    let guest_of = |i: usize| if owned < GUESTS { owner(i) } else { 0 };
    let habits: Vec<Habits> =
        slice.rows.par_iter().map(|picked| Habits::of(rows, &picked.iter().copied())).collect();
    let ways = population.ways.likelier(&habits);
    let worked = |picked: &Vec<usize>| {
        let mut stretches = [0; STRETCHES];
        picked.iter().for_each(|&row| stretches[stretch(rows.time[row], view.span)] += 1);
        activity(&stretches)
    };
    let in_step = to_the_rest(&slice.rows.iter().map(worked).collect::<Vec<_>>());
    let all_in_step = typical(&in_step);
    let near = population.spreads.near(view, (&population.log_exchanges, &population.ways), cluster, slice);
    let ties = ties(index, population, cluster, slice, &guest_of);
    let holds: [f64; TIES] =
        std::array::from_fn(|t| ties.iter().filter(|has| has[t]).count() as f64 / n.max(1) as f64);
    let created: Vec<f64> = (0..n).filter_map(|i| Some(known(i)?.created_at?.0 as f64)).collect();
    let (q1, q3) = (quantile(&created, 0.25), quantile(&created, 0.75));
    let reach = 1.5 * (q3 - q1) + 2.0 * Micros::DAY as f64;
    let readings = Readings::from(facts);
    let whole = [
        (n.max(1) as f64).ln(),
        readings.serial_sign_up,
        readings.common_payment,
        readings.common_origin,
        facts.size.share,
    ];
    (0..n)
        .map(|i| {
            let sum = |has: bool| (0..TIES).filter(|&t| ties[i][t] == has).map(|t| holds[t]).sum();
            let at = known(i).and_then(|k| k.created_at).map(|t| t.0 as f64);
            Likeness {
                strength: (strengths[i] / strength).min(1.0),
                tied: sum(true),
                untied: sum(false),
                alike: (alike[i] / all_alike).clamp(0.0, 1.0),
                ways: ways[i],
                in_step: (in_step[i] / all_in_step).min(1.0),
                near: near[i],
                asked: (1.0 + slice.rows[i].len() as f64).ln(),
                age_off: f64::from(u8::from(at.is_some_and(|t| t < q1 - reach || t > q3 + reach))),
                own_house: f64::from(u8::from(guest_of(i) != 0)),
                stopped: f64::from(u8::from(known(i).is_some_and(stopped))),
                cluster: whole,
                case,
            }
        })
        .collect()
}

/// Cosine of each vector with the sum of the others.
fn to_the_rest<const N: usize>(vectors: &[[f32; N]]) -> Vec<f64> {
    let mut sum = [0.0f64; N];
    for v in vectors {
        sum.iter_mut().zip(v).for_each(|(s, &x)| *s += f64::from(x));
    }
    vectors
        .iter()
        .map(|v| {
            let (mut dot, mut mine, mut rest) = (0.0, 0.0, 0.0);
            for (&x, &s) in v.iter().zip(&sum) {
                let (x, others) = (f64::from(x), s - f64::from(x));
                dot += x * others;
                mine += x * x;
                rest += others * others;
            }
            if mine * rest > 0.0 { dot / (mine * rest).sqrt() } else { 0.0 }
        })
        .collect()
}

/// Which ties each member has with others: payment, e-mail domain, address, sign-up. `guest_of` says whose guest a member
/// is, 0 for nobody's.
fn ties(
    index: &Index<'_>,
    population: &Population,
    cluster: &Cluster,
    slice: &Slice,
    guest_of: &dyn Fn(usize) -> u64,
) -> Vec<[bool; TIES]> {
    let view = index.view;
    let known = |i: usize| view.known[cluster.members[i] as usize];
    let n = cluster.members.len();
    let payments = counted((0..n).filter_map(|i| known(i)?.payment_fingerprint.as_deref()));
    let domains = counted((0..n).filter_map(|i| known(i)?.email_domain.as_deref()));
    let addresses = common_addresses(index, population, cluster, slice, guest_of);
    let day = busiest_day((0..n).filter_map(|i| known(i)?.created_at).map(|t| t.0).collect());
    (0..n)
        .map(|i| {
            let alone = guest_of(i) == 0;
            let pays = alone
                && known(i).and_then(|k| k.payment_fingerprint.as_deref()).is_some_and(|p| payments[p] > 1);
            let domain = alone
                && known(i).and_then(|k| k.email_domain.as_deref()).is_some_and(|d| {
                    let all = population.domains.get(d).copied().unwrap_or(0);
                    domains[d] >= 3 && f64::from(domains[d]) >= 0.5 * f64::from(all)
                });
            let at =
                slice.rows[i].iter().filter(|&&r| addresses.contains(&view.lake.rows.address[r])).count();
            let address = at * 4 >= slice.rows[i].len() && at > 0;
            let signed_up = known(i).and_then(|k| k.created_at).is_some_and(|t| day.contains(&t.0));
            [pays, domain, address, signed_up]
        })
        .collect()
}

fn counted<'a>(values: impl Iterator<Item = &'a str>) -> FxHashMap<&'a str, u32> {
    values.fold(FxHashMap::default(), |mut n, v| {
        *n.entry(v).or_default() += 1;
        n
    })
}

/// Addresses that several members use, other than one owner's, and at least half of whose users are members.
fn common_addresses(
    index: &Index<'_>,
    population: &Population,
    cluster: &Cluster,
    slice: &Slice,
    guest_of: &dyn Fn(usize) -> u64,
) -> FxHashSet<u64> {
    let member = |a: &u32| cluster.members.binary_search(a).ok();
    let used: FxHashSet<u64> =
        slice.rows.iter().flatten().map(|&r| index.view.lake.rows.address[r]).collect();
    used.into_iter()
        .filter(|a| {
            let users = population.address_users.get(a).map_or(&[][..], |u| u.as_slice());
            let inside: Vec<usize> = users.iter().filter_map(member).collect();
            let first = inside.first().map_or(0, |&i| guest_of(i));
            let several = inside.len() >= 2 && (first == 0 || inside.iter().any(|&i| guest_of(i) != first));
            several && inside.len() * 2 >= users.len()
        })
        .collect()
}

fn busiest_day(mut created: Vec<i64>) -> std::ops::RangeInclusive<i64> {
    created.sort_unstable();
    let (mut from, mut best) = (0, std::ops::RangeInclusive::new(0, -1));
    let mut most = 0;
    for to in 0..created.len() {
        while created[to] - created[from] > Micros::DAY {
            from += 1;
        }
        if to + 1 - from > most {
            most = to + 1 - from;
            best = created[from]..=created[to];
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashMap;

    use crate::cluster::gather;
    use crate::staged::{Staged, staged};

    #[test]
    fn a_customers_accounts_are_guests_beside_a_campaign_and_at_home_among_their_own() {
        staged(|Staged { bench, campaigns, options, guilty, .. }| {
            let (mut customers, exchanges) =
                (FxHashMap::<u64, Vec<u32>>::default(), &bench.index.view.exchanges);
            for (account, &owner) in bench.population.owners.iter().enumerate() {
                if owner != 0 && exchanges[account] > 0 && !guilty[account] {
                    customers.entry(owner).or_default().push(account as u32);
                }
            }
            let named = |account: u32| bench.index.view.organisation(account as usize) != 0;
            let customer =
                customers.values().filter(|c| !named(c[0])).max_by_key(|c| (c.len(), c[0])).unwrap();
            let guests = &customer[..customer.len().min(4)];
            let largest = &campaigns[0].cluster.members;
            let mut members = [&largest[..], guests].concat();
            members.sort_unstable();
            members.dedup();
            let mut beside = bench.look(gather(bench.index, members, options));
            bench.compare(&mut beside);
            for (account, like) in beside.cluster.members.iter().zip(&beside.likeness) {
                assert_eq!(like.own_house > 0.0, bench.population.owners[*account as usize] != 0);
                assert!(!guests.contains(account) || like.tied < 1.0, "{like:?}");
            }
            let mut among = bench.look(gather(bench.index, customer.clone(), options));
            bench.compare(&mut among);
            assert!(among.likeness.iter().all(|like| like.own_house == 0.0 && like.tied >= 1.0));
        });
    }
}
