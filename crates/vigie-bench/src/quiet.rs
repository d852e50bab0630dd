//! Worlds without any campaign: how often a hunt reports one all the same.

use serde::{Deserialize, Serialize};
use vigie_hunt::Settings;
use vigie_sim::score::Found;
use vigie_sim::world::config::WorldConfig;

use crate::error::BenchError;
use crate::plan::Plan;
use crate::worlds::World;

/// Hunts over worlds of honest accounts and innocent look-alikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quiet {
    /// Worlds, each with a seed of its own.
    pub worlds: u64,
    /// Exchanges of one.
    pub exchanges: u64,
    /// Hunts that report any campaign.
    pub reporting: u64,
    /// Campaigns in all of them.
    pub campaigns: u64,
    /// Accounts accused in all of them.
    pub accused: u64,
    /// Accounts hunted in all of them.
    pub accounts: u64,
    /// The share of hunts that may report any, as promised.
    pub promised: f64,
    /// What was accused, by archetype of look-alike; `none` for accounts of no group.
    pub accused_by_archetype: Vec<(String, u64)>,
}

/// Hunts worlds of 50 seeds.
pub fn quiet(plan: &Plan, progress: &mut dyn FnMut(&str)) -> Result<Quiet, BenchError> {
    let (seeds, exchanges, accounts) = if plan.quick { (5, 30_000, 1_200) } else { (50, 100_000, 3_000) };
    let mut quiet = Quiet {
        worlds: seeds,
        exchanges,
        reporting: 0,
        campaigns: 0,
        accused: 0,
        accounts: 0,
        promised: Settings::default().alpha,
        accused_by_archetype: Vec::new(),
    };
    let mut by_archetype = std::collections::BTreeMap::new();
    for seed in 0..seeds {
        progress(&format!("quiet worlds: {} of {seeds}", seed + 1));
        let config = plan.config(exchanges as usize, accounts, 14, 500 + seed);
        let world = World::open(plan, &WorldConfig { campaigns: Some(Vec::new()), ..config })?;
        let (report, _) = world.fold()?.hunt();
        let found = Found::from_report(&report);
        let campaigns = found.accusing().count() as u64;
        quiet.campaigns += campaigns;
        quiet.reporting += u64::from(campaigns > 0);
        quiet.accounts += world.truth.accounts_len() as u64;
        for (id, _) in found.accused() {
            quiet.accused += 1;
            let networks = world.truth.account(id).map_or(&[][..], |a| world.truth.networks_of(a));
            let archetype =
                networks.first().map_or("none", |&n| &world.truth.networks()[n as usize].archetype);
            *by_archetype.entry(archetype.to_owned()).or_insert(0) += 1;
        }
    }
    quiet.accused_by_archetype = by_archetype.into_iter().collect();
    Ok(quiet)
}
