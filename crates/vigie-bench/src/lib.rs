//! Baselines from the literature, whole-run benchmarks, and the fit of the verdict's weights.
//!
//! What lives here: detectors reimplemented from their papers, the parts of the benchmark, the page that is written of
//! them, and what learns from worlds. What does not: the hunt, the worlds, the scorer (each has its crate), arguments and
//! output.
//!
//! **Invariant:** benchmark worlds have seeds from [`SEED_FIRST`] on, which no tuning may use.

mod ablation;
mod accuracy;
pub mod baselines;
mod compare;
pub mod digest;
mod draw;
mod error;
pub mod fit;
mod load;
mod machine;
mod markdown;
mod plan;
mod quiet;
pub mod real;
mod report;
mod speed;
mod sweeps;
mod worlds;

pub use ablation::{Ablation, VolumeClass};
pub use accuracy::WorldResult;
pub use compare::{Comparison, Method};
pub use error::BenchError;
pub use load::{Endpoint, Load, Reads, StoreLoad};
pub use machine::{Cost, Machine};
pub use plan::{Part, Plan, SEED_FIRST};
pub use quiet::Quiet;
pub use report::BenchReport;
pub use speed::Speed;
pub use sweeps::{Sweep, SweepPoint};
pub use worlds::World;

/// Runs the parts of the plan; `progress` hears what is being done, a line at a time.
///
/// # Errors
/// [`BenchError`] when a world cannot be made, read or scored. Parts that finished before are lost then: run long parts
/// alone and [`BenchReport::merge`] them.
pub fn bench(plan: &Plan, progress: &mut dyn FnMut(&str)) -> Result<BenchReport, BenchError> {
    let mut report = BenchReport { machine: Machine::this(), quick: plan.quick, ..BenchReport::default() };
    // Speed comes first: memory that other parts held would count against it.
    if plan.runs(Part::Speed) {
        report.speed = Some(speed::speed(plan, progress)?);
    }
    if plan.runs(Part::Accuracy) {
        report.accuracy = accuracy::accuracy(plan, progress)?;
    }
    if plan.runs(Part::Baselines) {
        report.baselines = compare::compare(plan, progress)?;
    }
    if plan.runs(Part::Ablation) {
        report.ablation = ablation::ablation(plan, progress)?;
    }
    if plan.runs(Part::Sweeps) {
        report.sweeps = sweeps::sweeps(plan, progress)?;
    }
    if plan.runs(Part::Quiet) {
        report.quiet = Some(quiet::quiet(plan, progress)?);
    }
    if plan.runs(Part::Real)
        && let Some(data) = &plan.data
    {
        progress("real data");
        report.real = Some(real::real_data(data)?);
    }
    for config in plan.medium().iter().chain([&plan.large()]) {
        worlds::remove(plan, config);
    }
    Ok(report)
}
