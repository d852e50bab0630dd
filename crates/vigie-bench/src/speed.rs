//! How fast a log is read, folded and hunted, and what memory that takes.

use serde::{Deserialize, Serialize};
use vigie_fold::Folder;
use vigie_model::ExchangeView;

use crate::error::BenchError;
use crate::machine::{Cost, measure};
use crate::plan::Plan;
use crate::worlds::World;

/// Prompts that the fold alone is timed on.
const PROMPTS: usize = 200_000;

/// Speed over one log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    /// Size and seed.
    pub world: String,
    /// Exchanges.
    pub exchanges: u64,
    /// Reading Parquet and folding, all cores.
    pub fold: Cost,
    /// The hunt over folded exchanges, all cores.
    pub hunt: Cost,
    /// Prompts folded per second on one core, text already in memory.
    pub prompts_per_s: f64,
    /// Mean length of those prompts in bytes.
    pub prompt_bytes: f64,
    /// Campaigns that accuse: shows that the hunt did its work.
    pub campaigns: u64,
}

/// Times the large world.
pub fn speed(plan: &Plan, progress: &mut dyn FnMut(&str)) -> Result<Speed, BenchError> {
    progress("speed: making the world");
    let world = World::open_shared(plan, &plan.large())?;
    progress(&format!("speed: {}", world.name));
    let (prompts_per_s, prompt_bytes) = prompts_per_second(&world)?;
    let folded = world.fold()?;
    let (report, hunt) = folded.hunt();
    Ok(Speed {
        world: world.name.clone(),
        exchanges: folded.exchanges,
        fold: folded.cost,
        hunt,
        prompts_per_s,
        prompt_bytes,
        campaigns: report.campaigns.iter().filter(|c| c.accuses()).count() as u64,
    })
}

/// One core over prompts that are in memory already; the best of three rounds, since other work shares the machine.
fn prompts_per_second(world: &World) -> Result<(f64, f64), BenchError> {
    let mut prompts: Vec<String> = Vec::with_capacity(PROMPTS);
    for batch in world.batches()? {
        let batch = batch?;
        if let Some(column) = ExchangeView::try_new(&batch)?.prompt {
            prompts.extend(column.iter().flatten().take(PROMPTS - prompts.len()).map(str::to_owned));
        }
        if prompts.len() >= PROMPTS {
            break;
        }
    }
    let bytes: usize = prompts.iter().map(String::len).sum();
    let mut folder = Folder::new();
    let seconds = (0..3)
        .map(|_| {
            let (check, cost) =
                measure(|| prompts.iter().fold(0u64, |sum, text| sum ^ folder.prompt(text).template));
            // The result is looked at, so that the work cannot be left out.
            if check == 1 { f64::INFINITY } else { cost.wall_s }
        })
        .fold(f64::INFINITY, f64::min);
    let count = prompts.len().max(1) as f64;
    Ok((count / seconds, bytes as f64 / count))
}
