//! Every figure of the scorer on large worlds, lag included.

use serde::{Deserialize, Serialize};
use vigie_sim::score::{Found, LagLimits, Score, Timelines, lag, score_found};

use crate::error::BenchError;
use crate::machine::Cost;
use crate::plan::Plan;
use crate::worlds::World;

/// Hunts that lag may cost on one world.
const LAG_HUNTS_MAX: usize = 40;

/// One world and what a hunt made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorldResult {
    /// Size and seed.
    pub world: String,
    /// Exchanges.
    pub exchanges: u64,
    /// Every figure.
    pub score: Score,
    /// Reading and folding.
    pub fold: Cost,
    /// The hunt.
    pub hunt: Cost,
}

/// Hunts and scores every medium world, with lag, and the large one, without.
pub fn accuracy(plan: &Plan, progress: &mut dyn FnMut(&str)) -> Result<Vec<WorldResult>, BenchError> {
    let mut results = Vec::new();
    for config in plan.medium() {
        results.push(one(&World::open_shared(plan, &config)?, true, progress)?);
    }
    results.push(one(&World::open_shared(plan, &plan.large())?, false, progress)?);
    Ok(results)
}

fn one(world: &World, with_lag: bool, progress: &mut dyn FnMut(&str)) -> Result<WorldResult, BenchError> {
    progress(&format!("accuracy: {}", world.name));
    let folded = world.fold()?;
    let (report, cost) = folded.hunt();
    let mut score = score_found(&world.truth, &Found::from_report(&report), Some(&world.dir))?;
    if with_lag {
        progress(&format!("lag: {}", world.name));
        let timelines = Timelines::read(&world.dir, &world.truth)?;
        let limits = LagLimits { hunts_max: LAG_HUNTS_MAX };
        score.lag = Some(lag(&world.truth, &timelines, limits, |until| folded.hunt_until(until)));
    }
    Ok(WorldResult {
        world: world.name.clone(),
        exchanges: folded.exchanges,
        score,
        fold: folded.cost,
        hunt: cost,
    })
}
