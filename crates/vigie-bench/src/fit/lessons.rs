//! Lessons: clusters of worlds whose seeds no benchmark uses, with the truth beside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vigie_detectors::Facts;
use vigie_hunt::{Candidate, Likeness, Settings, SideTables, Window, candidates};
use vigie_model::{Explained, Micros};
use vigie_sim::score::Truth;
use vigie_sim::world::config::WorldConfig;

use crate::error::BenchError;
use crate::plan::Plan;
use crate::worlds::World;

/// First seed of the worlds to learn from; they end before [`crate::SEED_FIRST`].
const SEED_FIRST: u64 = 400;

/// A look at a world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Whether the accounts table is joined.
    pub accounts: bool,
    /// Part of the log, from its start, that is hunted; 0–1.
    pub part: f64,
}

/// A cluster, what is known of it, and what it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lesson {
    /// World, and how it was looked at.
    pub world: String,
    /// Members.
    pub members: usize,
    /// Part of the members that belong to a campaign; the idle are not counted.
    pub malicious: f64,
    /// Members by archetype and number of the network that they were planted in.
    pub planted: BTreeMap<String, usize>,
    /// Explanations that clear it.
    pub cleared: Vec<String>,
    /// Kind and margin at the shipped weights.
    pub kind: String,
    /// See [`vigie_detectors::Judgement::margin`].
    pub margin: f64,
    /// What was counted.
    pub facts: Facts,
    /// Member by member, without the idle: how far it looks like the others, and whether it belongs to a campaign.
    pub likeness: Vec<(Likeness, bool)>,
}

impl Lesson {
    /// Whether the operator's own labels stand up for a good part of the members.
    pub(super) fn is_vouched_for(&self) -> bool {
        let labels = self.facts.identity.labels;
        labels.licensed_reseller
            + labels.verified_researcher
            + labels.own_model_distillation
            + labels.internal
            >= 0.5
    }

    /// The world, however it was looked at.
    pub(super) fn world_alone(&self) -> &str {
        self.world.split(LOOKED).next().unwrap_or_default()
    }
}

/// What parts a world's name from how it was looked at.
const LOOKED: &str = " accounts ";

/// The worlds to learn from and how to look at each: drawn campaigns, no campaign, with and without the accounts table,
/// whole logs and beginnings.
pub fn curriculum(plan: &Plan) -> Vec<(WorldConfig, Vec<Look>)> {
    let config = |seed: u64, exchanges: usize, accounts: usize, days: u32, corpus: bool| WorldConfig {
        seed: SEED_FIRST + seed,
        exchanges,
        accounts,
        days,
        corpus: plan.data.clone().filter(|_| corpus),
        ..WorldConfig::default()
    };
    let whole = Look { accounts: true, part: 1.0 };
    let begun = Look { part: 0.35, ..whole };
    let blind = Look { accounts: false, ..whole };
    let mut worlds = Vec::new();
    for i in 0..32 {
        let looks = match i % 4 {
            0 => vec![whole, blind],
            1 => vec![whole, begun],
            _ => vec![whole],
        };
        worlds.push((config(i, 200_000, 5_000, 18, i % 3 != 2), looks));
    }
    for i in 0..40 {
        let looks = if i % 5 == 0 { vec![whole, blind, begun] } else { vec![whole] };
        let quiet =
            WorldConfig { campaigns: Some(Vec::new()), ..config(100 + i, 100_000, 3_000, 14, i % 3 != 2) };
        worlds.push((quiet, looks));
    }
    for i in 0..4 {
        worlds.push((config(50 + i, 600_000, 14_000, 24, i % 2 == 0), vec![whole]));
    }
    worlds
}

/// The clusters of one look at a world.
///
/// # Errors
/// [`BenchError`] when the world cannot be made, read or folded.
pub fn lessons(world: &World, looks: &[Look]) -> Result<Vec<Lesson>, BenchError> {
    let folded = world.fold()?;
    let span = folded.lake.span();
    let mut found = Vec::new();
    for look in looks {
        let blind = SideTables { accounts: Vec::new(), models: folded.side.models.clone() };
        let side = if look.accounts { &folded.side } else { &blind };
        let until = span
            .filter(|_| look.part < 1.0)
            .map(|(first, last)| Micros(first.0 + ((last.0 - first.0) as f64 * look.part) as i64));
        let name = format!("{}{LOOKED}{} part {}", world.name, look.accounts, look.part);
        let window = Window { since: None, until };
        let clusters = candidates(&folded.lake, side, window, &Settings::default());
        found.extend(clusters.into_iter().map(|c| lesson(&name, &world.truth, c)));
    }
    Ok(found)
}

fn lesson(world: &str, truth: &Truth, candidate: Candidate) -> Lesson {
    let bad = |id: &String| truth.account(id).is_some_and(|a| truth.is_malicious(a));
    // What an idle account is nobody can learn.
    let counts = |id: &&String| !truth.account(id).is_some_and(|a| truth.is_idle(a));
    let counted = candidate.members.iter().filter(counts).count();
    let malicious = candidate.members.iter().filter(|id| bad(id)).count();
    let judgement = candidate.judgement;
    Lesson {
        world: world.to_owned(),
        members: candidate.members.len(),
        malicious: malicious as f64 / counted.max(1) as f64,
        planted: planted(truth, candidate.members.iter().map(String::as_str)),
        cleared: judgement
            .alternatives
            .into_iter()
            .filter(|a| a.explained == Explained::Yes)
            .map(|a| a.name)
            .collect(),
        kind: judgement.kind.id().to_owned(),
        margin: judgement.margin,
        facts: candidate.facts,
        likeness: candidate
            .likeness
            .into_iter()
            .zip(&candidate.members)
            .filter(|(_, id)| counts(id))
            .map(|(like, id)| (like, bad(id)))
            .collect(),
    }
}

/// Members by archetype and number of the network that they were planted in; of an account in several, a malicious one.
pub(super) fn planted<'i>(truth: &Truth, members: impl Iterator<Item = &'i str>) -> BTreeMap<String, usize> {
    let mut planted = BTreeMap::new();
    for id in members {
        let of = truth.account(id).and_then(|a| {
            truth.malicious_networks_of(a).next().or_else(|| truth.networks_of(a).first().copied())
        });
        let name = of.map_or_else(
            || "nobody".to_owned(),
            |n| format!("{} {n}", truth.networks()[n as usize].archetype),
        );
        *planted.entry(name).or_insert(0) += 1;
    }
    planted
}
