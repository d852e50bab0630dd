//! Detection lag: how much of a campaign was served before a hunt over the log so far names it.
//!
//! A network is *named* at a time when an accusing campaign has a Jaccard similarity of at least
//! [`RECOVERED_JACCARD`] with the network's accounts that were active for it so far. Lag is measured at checkpoints
//! of the network's own volume. A hunt at any time answers for all networks at once, and naming is nearly monotone
//! (a longer log only adds evidence), so each network's first naming is found by bisection over its checkpoints:
//! far fewer hunts than checkpoints × networks. Where a later hunt contradicts an earlier one, the earlier naming
//! stands and the contradiction is counted.

use std::path::Path;

use arrow_array::Array;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use vigie_model::{HuntReport, Micros};

use super::error::ScoreError;
use super::found::Found;
use super::input::each_batch;
use super::networks::{RECOVERED_JACCARD, best_jaccards};
use super::truth::Truth;

/// Shares of a network's volume at which naming is looked for.
pub const CHECKPOINTS: [f64; 12] = [0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.15, 0.20, 0.30, 0.50, 0.75, 1.0];

/// Hunts that one measurement may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LagLimits {
    /// At most so many hunts; networks not yet bracketed then keep the upper bound that is known.
    pub hunts_max: usize,
}

impl Default for LagLimits {
    fn default() -> Self {
        Self { hunts_max: 64 }
    }
}

/// Lag over all malicious networks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lag {
    /// One row a network.
    pub networks: Vec<NetworkLag>,
    /// Median share of volume served before naming; a network that is never named counts as 1. Absent without
    /// networks.
    pub median: Option<f64>,
    /// The same over networks that are named at all.
    pub median_of_named: Option<f64>,
    /// Networks never named.
    pub never: u64,
    /// Hunts that were run.
    pub hunts: u64,
    /// Networks that a hunt named and a later one did not.
    pub reversals: u64,
}

/// Lag of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkLag {
    /// Its id.
    pub network_id: String,
    /// Its pattern.
    pub archetype: String,
    /// Its accounts.
    pub accounts: u64,
    /// Its exchanges.
    pub volume: u64,
    /// Share of the volume served when it was first named; absent when it never was.
    pub share: Option<f64>,
    /// The largest share at which a hunt did not name it yet.
    pub share_unnamed: f64,
    /// Hours from its first exchange to the first naming.
    pub hours: Option<f64>,
}

/// When and from which accounts each malicious network sent, in order of time.
#[derive(Clone, Debug, Default)]
pub struct Timelines {
    networks: Vec<Timeline>,
}

#[derive(Clone, Debug)]
struct Timeline {
    network: usize,
    /// (time, account), ascending.
    events: Vec<(i64, u32)>,
}

impl Timelines {
    /// Reads the times of planted exchanges from a world's `exchanges.parquet`.
    ///
    /// # Errors
    /// [`ScoreError`] naming the file.
    pub fn read(world_dir: &Path, truth: &Truth) -> Result<Self, ScoreError> {
        let mut events: Vec<Vec<(i64, u32)>> = vec![Vec::new(); truth.networks().len()];
        let path = world_dir.join("exchanges.parquet");
        each_batch(&path, &["event_id", "timestamp", "account_id"], |table| {
            let (event, time, account) =
                (table.text("event_id")?, table.time("timestamp")?, table.text("account_id")?);
            for i in (0..table.rows()).filter(|&i| !time.is_null(i)) {
                if let Some(network) = truth.network_of_event(event.value(i))
                    && let Some(account) = truth.account(account.value(i))
                {
                    events[network as usize].push((time.value(i), account));
                }
            }
            Ok(())
        })?;
        Ok(Self::from_events(events))
    }

    fn from_events(events: Vec<Vec<(i64, u32)>>) -> Self {
        let sorted = |(network, mut events): (usize, Vec<(i64, u32)>)| {
            events.sort_unstable();
            Timeline { network, events }
        };
        let networks = events.into_iter().enumerate().filter(|(_, e)| !e.is_empty()).map(sorted).collect();
        Self { networks }
    }
}

impl Timeline {
    /// The first moment after the given share of the volume.
    fn time_at(&self, share: f64) -> i64 {
        let served = ((share * self.events.len() as f64).ceil() as usize).clamp(1, self.events.len());
        self.events[served - 1].0 + 1
    }

    fn served_before(&self, until: i64) -> usize {
        self.events.partition_point(|&(time, _)| time < until)
    }

    fn active_before(&self, until: i64) -> Vec<u32> {
        let active: FxHashSet<u32> =
            self.events[..self.served_before(until)].iter().map(|&(_, account)| account).collect();
        active.into_iter().collect()
    }
}

/// What is known of one network: not named at checkpoint `low − 1`, named at checkpoint `high`.
struct Bracket {
    times: Vec<i64>,
    low: usize,
    high: usize,
    named_at: Option<i64>,
    unnamed_at: Option<i64>,
    reversed: bool,
}

impl Bracket {
    fn new(timeline: &Timeline) -> Self {
        let times: Vec<i64> = CHECKPOINTS.iter().map(|&share| timeline.time_at(share)).collect();
        Self { low: 0, high: times.len(), times, named_at: None, unnamed_at: None, reversed: false }
    }

    fn learn(&mut self, until: i64, named: bool) {
        if named {
            self.high = self.high.min(self.times.partition_point(|&t| t < until));
            self.named_at = Some(self.named_at.map_or(until, |t| t.min(until)));
        } else {
            self.low = self.low.max(self.times.partition_point(|&t| t <= until));
            self.unnamed_at = Some(self.unnamed_at.map_or(until, |t| t.max(until)));
        }
        self.reversed |= matches!((self.named_at, self.unnamed_at), (Some(n), Some(u)) if n < u);
    }

    fn open(&self) -> usize {
        self.high.saturating_sub(self.low)
    }
}

/// Measures lag: `hunt` is called with ever other ends of the log and must hunt everything before them.
/// At most `limits.hunts_max` hunts.
pub fn lag(
    truth: &Truth,
    timelines: &Timelines,
    limits: LagLimits,
    mut hunt: impl FnMut(Micros) -> HuntReport,
) -> Lag {
    let mut brackets: Vec<Bracket> = timelines.networks.iter().map(Bracket::new).collect();
    let mut hunts = 0;
    // The whole log first: it settles every network that is never named.
    let mut next = brackets.iter().filter_map(|b| b.times.last().copied()).max();
    while let Some(until) = next.filter(|_| hunts < limits.hunts_max) {
        hunts += 1;
        let found = Found::from_report(&hunt(Micros(until)));
        learn(truth, timelines, &mut brackets, &found, until);
        let widest = brackets.iter().filter(|b| b.open() > 0).max_by_key(|b| b.open());
        next = widest.map(|b| b.times[b.low + (b.open() - 1) / 2]);
    }
    sum_up(truth, timelines, &brackets, hunts)
}

fn learn(truth: &Truth, timelines: &Timelines, brackets: &mut [Bracket], found: &Found, until: i64) {
    let active: Vec<Vec<u32>> = timelines.networks.iter().map(|t| t.active_before(until)).collect();
    let similar = best_jaccards(truth, found, active.iter().map(Vec::as_slice));
    for (bracket, jaccard) in brackets.iter_mut().zip(similar) {
        bracket.learn(until, jaccard >= RECOVERED_JACCARD);
    }
}

fn sum_up(truth: &Truth, timelines: &Timelines, brackets: &[Bracket], hunts: usize) -> Lag {
    let networks: Vec<NetworkLag> = timelines
        .networks
        .iter()
        .zip(brackets)
        .map(|(timeline, bracket)| {
            let network = &truth.networks()[timeline.network];
            let served = |until: i64| timeline.served_before(until) as f64 / timeline.events.len() as f64;
            let named = bracket.named_at;
            let before = bracket.unnamed_at.filter(|&u| named.is_none_or(|n| u < n));
            NetworkLag {
                network_id: network.network_id.clone(),
                archetype: network.archetype.clone(),
                accounts: network.members.len() as u64,
                volume: timeline.events.len() as u64,
                share: named.map(served),
                share_unnamed: before.map_or(0.0, served),
                hours: named
                    .map(|t| t.min(timeline.events[timeline.events.len() - 1].0 + 1))
                    .map(|t| (t - timeline.events[0].0) as f64 / Micros::HOUR as f64),
            }
        })
        .collect();
    Lag {
        median: median(networks.iter().map(|n| n.share.unwrap_or(1.0)).collect()),
        median_of_named: median(networks.iter().filter_map(|n| n.share).collect()),
        never: networks.iter().filter(|n| n.share.is_none()).count() as u64,
        hunts: hunts as u64,
        reversals: brackets.iter().filter(|b| b.reversed).count() as u64,
        networks,
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}
