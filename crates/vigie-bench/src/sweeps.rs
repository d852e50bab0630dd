//! Recall against the knobs of campaigns: where a hunt begins to fail.
//!
//! Each point is a few worlds of one size that differ in the seed; all campaigns of a world have the knob at the same
//! value and everything else drawn from the seed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vigie_sim::score::{Found, score_found};
use vigie_sim::world::config::{Archetype, CampaignSpec, ProxyKind, WorldConfig};

use crate::error::BenchError;
use crate::plan::Plan;
use crate::worlds::World;

/// Accounts of a campaign where the knob is another one.
const FLEET: usize = 40;

/// One knob.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    /// What is turned.
    pub knob: String,
    /// In what unit.
    pub unit: String,
    /// Its values, in order.
    pub points: Vec<SweepPoint>,
}

/// One value of a knob.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SweepPoint {
    /// The value.
    pub value: String,
    /// Malicious networks over all worlds.
    pub networks: u64,
    /// Those recovered.
    pub recovered: u64,
    /// Malicious accounts over all worlds.
    pub accounts: u64,
    /// Those accused.
    pub accused: u64,
    /// Honest accounts accused.
    pub false_accounts: u64,
    /// F1 of exchanges in mixed accounts over all worlds, where there are any.
    pub exchange_f1: Option<f64>,
    /// Recovered of planted, by archetype.
    pub by_archetype: Vec<(String, u64, u64)>,
}

type Turn = Box<dyn Fn(&mut CampaignSpec)>;

struct Knob {
    name: &'static str,
    unit: &'static str,
    archetypes: &'static [Archetype],
    values: Vec<(String, Turn)>,
}

const FLEETS: &[Archetype] = &[
    Archetype::SplitExtraction,
    Archetype::BalancedExtraction,
    Archetype::TraceCoercion,
    Archetype::ScriptedPersonas,
    Archetype::SharedPlaybook,
];

fn knobs(quick: bool) -> Vec<Knob> {
    let some = |values: &[f64]| -> Vec<f64> {
        if quick { vec![values[0], values[values.len() - 1]] } else { values.to_vec() }
    };
    let values = |values: &[f64], percent: bool, turn: fn(&mut CampaignSpec, f64)| -> Vec<(String, Turn)> {
        let name = |v: f64| if percent { format!("{:.0} %", v * 100.0) } else { v.to_string() };
        some(values)
            .into_iter()
            .map(|v| (name(v), Box::new(move |spec: &mut CampaignSpec| turn(spec, v)) as Turn))
            .collect()
    };
    let proxies = [
        ("own addresses", ProxyKind::None),
        ("data centre", ProxyKind::Datacentre),
        ("residential, rotating", ProxyKind::ResidentialRotating),
        ("shared with honest", ProxyKind::SharedWithHonest),
    ];
    vec![
        Knob {
            name: "ε",
            unit: "part of a mixed account's own traffic that is the campaign's",
            archetypes: &[Archetype::ResoldAccess, Archetype::ResoldAccess, Archetype::ResoldAccess],
            values: values(&[0.02, 0.05, 0.10, 0.25, 0.50], true, |spec, v| spec.share = Some(v)),
        },
        Knob {
            name: "fleet size",
            unit: "accounts of a campaign",
            archetypes: FLEETS,
            values: values(&[5.0, 10.0, 20.0, 40.0, 80.0], false, |spec, v| spec.accounts = Some(v as usize)),
        },
        Knob {
            name: "paraphrase strength",
            unit: "0 verbatim, 1 said anew each time",
            archetypes: FLEETS,
            values: values(&[0.0, 0.25, 0.5, 0.75, 1.0], false, |spec, v| spec.paraphrase = Some(v)),
        },
        Knob {
            name: "rotation",
            unit: "part of the accounts that are banned on the way and replaced",
            archetypes: FLEETS,
            values: values(&[0.0, 0.25, 0.5, 0.8], true, |spec, v| spec.rotation = Some(v)),
        },
        Knob {
            name: "proxy kind",
            unit: "where the traffic comes from",
            archetypes: FLEETS,
            values: proxies
                .into_iter()
                .take(if quick { 1 } else { proxies.len() })
                .map(|(name, proxy)| {
                    let turn = move |spec: &mut CampaignSpec| spec.proxy = Some(proxy);
                    (name.to_owned(), Box::new(turn) as Turn)
                })
                .collect(),
        },
    ]
}

/// Turns every knob.
pub fn sweeps(plan: &Plan, progress: &mut dyn FnMut(&str)) -> Result<Vec<Sweep>, BenchError> {
    let mut sweeps = Vec::new();
    for (offset, knob) in knobs(plan.quick).into_iter().enumerate() {
        let mut points = Vec::new();
        for (value, turn) in &knob.values {
            progress(&format!("sweep: {} at {value}", knob.name));
            points.push(point(plan, &knob, value, turn, 100 + 20 * offset as u64)?);
        }
        sweeps.push(Sweep { knob: knob.name.to_owned(), unit: knob.unit.to_owned(), points });
    }
    Ok(sweeps)
}

fn point(plan: &Plan, knob: &Knob, value: &str, turn: &Turn, seed: u64) -> Result<SweepPoint, BenchError> {
    let (seeds, exchanges, accounts) = if plan.quick { (1, 60_000, 2_000) } else { (3, 150_000, 4_000) };
    let mut point = SweepPoint { value: value.to_owned(), ..SweepPoint::default() };
    let mut by_archetype: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let (mut right, mut named) = (0, 0);
    for i in 0..seeds {
        let spec = |&archetype: &Archetype| {
            let mut spec = CampaignSpec { accounts: Some(FLEET), ..CampaignSpec::of(archetype) };
            turn(&mut spec);
            spec
        };
        let campaigns = Some(knob.archetypes.iter().map(spec).collect());
        let config = plan.config(exchanges, accounts, 14, seed + i);
        let world = World::open(plan, &WorldConfig { campaigns, ..config })?;
        let (report, _) = world.fold()?.hunt();
        let score = score_found(&world.truth, &Found::from_report(&report), Some(&world.dir))?;
        point.networks += score.recovered.networks;
        point.recovered += score.recovered.recovered;
        point.accounts += score.world.malicious;
        point.accused += score.accounts.hits.true_positives;
        point.false_accounts += score.accounts.hits.false_positives;
        for row in &score.archetypes {
            let entry = by_archetype.entry(row.archetype.clone()).or_default();
            entry.0 += row.recovered;
            entry.1 += row.networks;
        }
        if let Some(exchanges) = &score.exchanges {
            let mixed = &exchanges.mixed;
            right += 2 * mixed.true_positives;
            named += 2 * mixed.true_positives + mixed.false_positives + mixed.false_negatives;
        }
    }
    point.exchange_f1 = (named > 0).then(|| right as f64 / named as f64);
    point.by_archetype = by_archetype.into_iter().map(|(name, (part, of))| (name, part, of)).collect();
    Ok(point)
}
