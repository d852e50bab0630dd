//! A last look at the members of an accused cluster: who shares its content but none of its ties is let go.
//!
//! Content alone travels: honest people use the wording that a campaign uses. Where a cluster's members are tied by
//! payment, domain, address, sign-up or a takeover, a member that has none of these ties and does not bear the content
//! as heavily as the tied ones is taken for a bystander.

use rustc_hash::{FxHashMap, FxHashSet};
use vigie_detectors::Readings;
use vigie_graph::stats::quantile;
use vigie_model::{Account, Micros, known_labels};

use crate::cluster::{Cluster, Index};
use crate::facts::stopped;
use crate::population::Population;
use crate::slice::Slice;

/// Reading from which a tie counts as one of the cluster's.
const TIE_HOLDS: f64 = 0.3;
/// Share of members that must have a tie for its absence to mean anything.
const TIED_MIN: f64 = 0.25;
/// Part of the tied members' typical evidence that an untied member needs.
const UNTIED_STRENGTH: f32 = 0.85;

/// Which members stay, in the order of the cluster's members. `victims` says that the cluster is an intruder's victims.
pub(crate) fn stays(
    index: &Index<'_>,
    population: &Population,
    cluster: &Cluster,
    slice: &Slice,
    readings: &Readings,
    victims: bool,
) -> Vec<bool> {
    let intruded: Vec<bool> =
        cluster.members.iter().map(|&a| population.takeovers[a as usize].is_some()).collect();
    // Who shows no intrusion among an intruder's victims shares the intruder's prompts and nothing else.
    let tied = if victims { intruded } else { tied(index, population, cluster, slice, readings) };
    let allowed = |i: usize| index.view.known[cluster.members[i] as usize].is_some_and(vouched);
    let count = tied.iter().filter(|&&t| t).count();
    if (count as f64) < TIED_MIN * tied.len() as f64 || count == tied.len() {
        return (0..tied.len()).map(|i| !allowed(i)).collect();
    }
    let share = |i: usize| {
        slice.rows[i].len() as f64 / f64::from(index.view.exchanges[cluster.members[i] as usize].max(1))
    };
    let shares: Vec<f64> = (0..tied.len()).filter(|&i| tied[i]).map(share).collect();
    let (low, high) = (quantile(&shares, 0.05), quantile(&shares, 0.95));
    let mut strengths: Vec<f32> = (0..tied.len()).filter(|&i| tied[i]).map(|i| cluster.strength[i]).collect();
    strengths.sort_unstable_by(f32::total_cmp);
    let typical = strengths[strengths.len() / 2];
    (0..tied.len())
        .map(|i| {
            let heavy = !victims
                && cluster.strength[i] >= UNTIED_STRENGTH * typical
                && (low..=high).contains(&share(i));
            !allowed(i) && (tied[i] || heavy)
        })
        .collect()
}

/// Whether the operator vouches for the account.
fn vouched(account: &Account) -> bool {
    [
        known_labels::LICENSED_RESELLER,
        known_labels::VERIFIED_RESEARCHER,
        known_labels::OWN_MODEL_DISTILLATION,
        known_labels::INTERNAL,
    ]
    .iter()
    .any(|label| account.has_label(label))
}

/// Whether each member has one of the ties that hold the cluster together.
fn tied(
    index: &Index<'_>,
    population: &Population,
    cluster: &Cluster,
    slice: &Slice,
    readings: &Readings,
) -> Vec<bool> {
    let view = index.view;
    let known = |&a: &u32| view.known[a as usize];
    let mut tied = vec![false; cluster.members.len()];
    let mut mark = |holds: f64, has: &dyn Fn(usize) -> bool| {
        if holds >= TIE_HOLDS {
            tied.iter_mut().enumerate().for_each(|(i, t)| *t |= has(i));
        }
    };
    let payments = counted(cluster.members.iter().filter_map(|a| known(a)?.payment_fingerprint.as_deref()));
    mark(readings.common_payment, &|i| {
        known(&cluster.members[i])
            .and_then(|k| k.payment_fingerprint.as_deref())
            .is_some_and(|p| payments[p] > 1)
    });
    let domains = counted(cluster.members.iter().filter_map(|a| known(a)?.email_domain.as_deref()));
    mark(readings.common_domain, &|i| {
        known(&cluster.members[i]).and_then(|k| k.email_domain.as_deref()).is_some_and(|d| {
            let all = population.domains.get(d).copied().unwrap_or(0);
            domains[d] >= 3 && f64::from(domains[d]) >= 0.5 * f64::from(all)
        })
    });
    let addresses = common_addresses(index, population, cluster, slice);
    mark(readings.common_origin, &|i| {
        let at = slice.rows[i].iter().filter(|&&r| addresses.contains(&view.lake.rows.address[r])).count();
        at * 4 >= slice.rows[i].len() && at > 0
    });
    let day = busiest_day(cluster.members.iter().filter_map(|a| known(a)?.created_at).map(|t| t.0).collect());
    mark(readings.serial_sign_up, &|i| {
        known(&cluster.members[i]).and_then(|k| k.created_at).is_some_and(|t| day.contains(&t.0))
    });
    mark(readings.replaced, &|i| known(&cluster.members[i]).is_some_and(stopped));
    tied
}

fn counted<'a>(values: impl Iterator<Item = &'a str>) -> FxHashMap<&'a str, u32> {
    values.fold(FxHashMap::default(), |mut n, v| {
        *n.entry(v).or_default() += 1;
        n
    })
}

/// Addresses that several members use and at least half of whose users are members.
fn common_addresses(
    index: &Index<'_>,
    population: &Population,
    cluster: &Cluster,
    slice: &Slice,
) -> FxHashSet<u64> {
    let members: FxHashSet<u32> = cluster.members.iter().copied().collect();
    let used: FxHashSet<u64> =
        slice.rows.iter().flatten().map(|&r| index.view.lake.rows.address[r]).collect();
    used.into_iter()
        .filter(|a| {
            let users = population.address_users.get(a).map_or(&[][..], |u| u.as_slice());
            let inside = users.iter().filter(|u| members.contains(u)).count();
            inside >= 2 && inside * 2 >= users.len()
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
