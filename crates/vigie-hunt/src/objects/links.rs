//! Links between accounts from objects and time alone, as log-likelihood ratios against chance.
//!
//! **Coincidence.** Two accounts that hold the same object are as surprising as the object is rare, and more so when
//! they touched it close in time: closer than the population's own clock makes likely, so that a rush hour excuses
//! what a quiet night does not (action, object and time as in SynchroTrap, Cao et al., CCS 2014; rarity as in the
//! inverse frequencies of Pacheco et al., ICWSM 2021). What happened on one occasion counts once, whatever number of
//! objects it left behind; each further occasion counts less than the one before.
//!
//! **Contact.** Two accounts that touch each other are as surprising as both are seldom in touch with anybody: an
//! exchange or a shop is in touch with everybody and links nobody.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use vigie_graph::Edge;

use super::incidence::{Holding, Incidence};

/// All pairs of an object's holders are weighed up to this many holders.
const PAIRS_HOLDERS_MAX: usize = 48;
/// Neighbours in time that are weighed for every holder of an object with more.
const NEIGHBOURS: usize = 8;
/// Closer than this is the same moment: below it, what is close is how fast clients are, not who runs them.
const MOMENT_MICROS: i64 = 60_000_000;
/// Each further occasion counts this much of the one before: they are not independent.
const DECAY: f32 = 0.8;
/// Nats above ln(accounts) that make a link.
const MARGIN: f32 = 2.5;
/// Nats below 2·ln(accounts), the number of all pairs, that still make a contact a link.
const CONTACT_SLACK: f32 = 2.0;
/// Most candidate pairs that are held before duplicates are dropped.
const PAIRS_HELD_MAX: usize = 40_000_000;

/// Why two accounts coincide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Coincidence {
    pub(crate) a: u32,
    pub(crate) b: u32,
    /// In nats.
    pub(crate) weight: f32,
    /// Distinct occasions.
    pub(crate) occasions: u16,
    /// The object of the strongest occasion.
    pub(crate) object: u32,
}

/// Least weight of a link, in nats: among as many accounts, a given one has about e⁻²·⁵ such links by chance.
pub(crate) fn weight_min(accounts: usize) -> f32 {
    (accounts.max(2) as f32).ln() + MARGIN
}

/// Least weight of a contact that links, in nats: what one pair in all needs to stand out, less a little.
pub(crate) fn contact_min(accounts: usize) -> f32 {
    2.0 * (accounts.max(2) as f32).ln() - CONTACT_SLACK
}

/// Most holders of an object that links anybody.
pub(crate) fn holders_max(accounts: usize) -> usize {
    (accounts / 8).clamp(50, 20_000)
}

/// Contacts that are worth a link: so rare, and between accounts that appeared so close in time, that among all pairs of
/// accounts chance would hardly make one. O(contacts · log accounts).
pub(crate) fn contacts(incidence: &Incidence) -> Vec<Edge> {
    let accounts = incidence.accounts() as f32;
    let least = contact_min(incidence.accounts());
    let clock = Clock::new(&incidence.began);
    let rarity = |a: u32| (accounts / (incidence.degree[a as usize] + 1) as f32).ln();
    let weigh = |&(a, b): &(u32, u32)| {
        let together = clock.closeness((incidence.began[a as usize], incidence.began[b as usize]), 1);
        Edge { a, b, weight: rarity(a) + rarity(b) + together }
    };
    incidence.contacts.iter().map(weigh).filter(|e| e.weight >= least).collect()
}

/// When a population is awake: how likely two of its moments are close by chance.
struct Clock(Vec<i64>);

impl Clock {
    fn new(times: &[i64]) -> Self {
        let mut times = times.to_vec();
        times.sort_unstable();
        Self(times)
    }

    /// -ln of the chance that in one of `tries` the moments come as close.
    fn closeness(&self, at: (i64, i64), tries: usize) -> f32 {
        let gap = (at.0 - at.1).abs().max(MOMENT_MICROS);
        let middle = at.0.midpoint(at.1);
        let from = self.0.partition_point(|&t| t < middle - gap);
        let to = self.0.partition_point(|&t| t <= middle + gap);
        let chance = tries as f32 * (to - from) as f32 / self.0.len().max(1) as f32;
        -chance.clamp(f32::MIN_POSITIVE, 1.0).ln()
    }
}

/// Pairs that coincide often or closely enough, by account. O(candidates · holdings of both).
pub(crate) fn coincidences(incidence: &Incidence) -> Vec<Coincidence> {
    let weigher = Weigher::new(incidence);
    let pairs = candidates(incidence, holders_max(incidence.accounts()));
    pairs.into_par_iter().filter_map(|(a, b)| weigher.weigh(a, b)).collect()
}

fn candidates(incidence: &Incidence, holders_max: usize) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut ordered: Vec<(i64, u32)> = Vec::new();
    let mut full = PAIRS_HELD_MAX;
    for object in 0..incidence.objects() {
        let holders = incidence.holders(object);
        if !(2..=holders_max).contains(&holders.len()) {
            continue;
        }
        ordered.clear();
        let first = |a: u32| incidence.holding(a, object).map_or(0, |h| incidence.times(h)[0]);
        ordered.extend(holders.iter().map(|&a| (first(a), a)));
        ordered.sort_unstable();
        let reach = if ordered.len() <= PAIRS_HOLDERS_MAX { ordered.len() } else { NEIGHBOURS };
        for (i, &(_, a)) in ordered.iter().enumerate() {
            pairs.extend(ordered[i + 1..].iter().take(reach).map(|&(_, b)| (a.min(b), a.max(b))));
        }
        if pairs.len() > full {
            pairs.sort_unstable();
            pairs.dedup();
            full = PAIRS_HELD_MAX.max(2 * pairs.len());
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// One object that two accounts share, where their touches come closest.
#[derive(Clone, Copy)]
struct Shared {
    weight: f32,
    object: u32,
    at: (i64, i64),
}

/// Weighs pairs over everything that they share.
pub(crate) struct Weigher<'a> {
    incidence: &'a Incidence,
    clock: Clock,
    richness: Vec<f32>,
    holders_max: usize,
    weight_min: f32,
}

impl<'a> Weigher<'a> {
    pub(crate) fn new(incidence: &'a Incidence) -> Self {
        let accounts = incidence.accounts();
        let held: Vec<f32> = (0..accounts as u32).map(|a| incidence.of(a).len() as f32).collect();
        let active = held.iter().filter(|&&h| h > 0.0).count().max(1);
        let mean = (held.iter().sum::<f32>() / active as f32).max(1.0);
        Self {
            incidence,
            clock: Clock::new(incidence.all_times()),
            // Who touches ten times as much as others coincides ten times as often.
            richness: held.iter().map(|h| (h / mean).max(1.0).ln()).collect(),
            holders_max: holders_max(accounts),
            weight_min: weight_min(accounts),
        }
    }

    /// The coincidence, where it is strong enough.
    pub(crate) fn weigh(&self, a: u32, b: u32) -> Option<Coincidence> {
        let mut shared = self.shared(a, b);
        shared.sort_by(|x, y| y.weight.total_cmp(&x.weight).then(x.object.cmp(&y.object)));
        let object = shared.first()?.object;
        let mut taken: Vec<(i64, i64)> = Vec::new();
        let (mut weight, mut factor) = (0.0, 1.0);
        for one in shared {
            let same = |t: i64, u: i64| (t - u).abs() < MOMENT_MICROS;
            if taken.iter().any(|t| same(t.0, one.at.0) || same(t.1, one.at.1)) {
                continue;
            }
            taken.push(one.at);
            weight += factor * one.weight;
            factor *= DECAY;
            if factor < 0.05 {
                break;
            }
        }
        let occasions = taken.len() as u16;
        (weight >= self.weight_min).then_some(Coincidence { a, b, weight, occasions, object })
    }

    fn shared(&self, a: u32, b: u32) -> Vec<Shared> {
        let (mine, theirs) = (self.incidence.of(a), self.incidence.of(b));
        let accounts = self.incidence.accounts() as f32;
        let rich = 0.5 * (self.richness[a as usize] + self.richness[b as usize]);
        let mut shared: Vec<Shared> = Vec::new();
        let (mut i, mut j) = (0, 0);
        let mut known = (None, 0.0);
        while i < mine.len() && j < theirs.len() {
            match mine[i].object.cmp(&theirs[j].object) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    let holders = self.incidence.holders(mine[i].object).len();
                    let rarity = (accounts / holders as f32).ln() - rich;
                    if holders <= self.holders_max && rarity > 0.0 {
                        let (at, tries) = self.nearest(mine[i], theirs[j]);
                        // Objects of one occasion come closest at the same times.
                        if known.0 != Some((at, tries)) {
                            known = (Some((at, tries)), self.clock.closeness(at, tries));
                        }
                        shared.push(Shared { weight: rarity + known.1, object: mine[i].object, at });
                    }
                    i += 1;
                    j += 1;
                }
            }
        }
        shared
    }

    /// Where two accounts' touches of one object come closest, and in how many pairs of touches they might have.
    fn nearest(&self, mine: Holding, theirs: Holding) -> ((i64, i64), usize) {
        let (x, y) = (self.incidence.times(mine), self.incidence.times(theirs));
        let (mut i, mut j) = (0, 0);
        let mut at = (x[0], y[0]);
        while i < x.len() && j < y.len() {
            if (x[i] - y[j]).abs() < (at.0 - at.1).abs() {
                at = (x[i], y[j]);
            }
            if x[i] < y[j] { i += 1 } else { j += 1 }
        }
        (at, x.len() * y.len())
    }
}
