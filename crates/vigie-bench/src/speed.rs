//! How fast a log is read, folded and hunted, and what memory that takes.

use serde::{Deserialize, Serialize};
use vigie_fold::Folder;
use vigie_model::ExchangeView;

use crate::error::BenchError;
use crate::machine::{Cost, measure};
use crate::plan::Plan;
use crate::worlds::World;

/// Prompts that the fold alone is timed on, at most.
const PROMPTS: usize = 100_000;
/// Their length in bytes: around the 300 characters that the promise is about.
const PROMPT_BYTES: std::ops::RangeInclusive<usize> = 200..=400;
/// Rounds over them.
const ROUNDS: usize = 5;

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

/// One core over prompts that are in memory already; the best of the rounds, in time of the core, since other work
/// may share the machine.
fn prompts_per_second(world: &World) -> Result<(f64, f64), BenchError> {
    let mut prompts: Vec<String> = Vec::with_capacity(PROMPTS);
    for batch in world.batches()? {
        let batch = batch?;
        if let Some(column) = ExchangeView::try_new(&batch)?.prompt {
            let fitting = column.iter().flatten().filter(|text| PROMPT_BYTES.contains(&text.len()));
            prompts.extend(fitting.take(PROMPTS - prompts.len()).map(str::to_owned));
        }
        if prompts.len() >= PROMPTS {
            break;
        }
    }
    let bytes: usize = prompts.iter().map(String::len).sum();
    let mut folder = Folder::new();
    let mut fastest = f64::INFINITY;
    for _ in 0..ROUNDS {
        let (templates, cost) =
            measure(|| prompts.iter().fold(0u64, |sum, text| sum ^ folder.prompt(text).template));
        // The result is looked at, so that the work cannot be left out.
        std::hint::black_box(templates);
        fastest = fastest.min(cost.cpu_s.unwrap_or(cost.wall_s));
    }
    let count = prompts.len().max(1) as f64;
    Ok((count / fastest.max(1e-9), bytes as f64 / count))
}
