//! Vigie and the baselines over the same log, at equal numbers of false accounts.

use serde::{Deserialize, Serialize};
use vigie_sim::score::{Found, RATES_PER_MILLION, Ranking, Score, Truth, score_found};

use crate::baselines::{BASELINES, Verdict};
use crate::digest::Digest;
use crate::error::BenchError;
use crate::machine::{Cost, measure};
use crate::plan::Plan;
use crate::worlds::World;

/// All methods over one world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Size and seed.
    pub world: String,
    /// False accounts at Vigie's own cut-offs.
    pub vigie_false: u64,
    /// False accounts that each rate of [`RATES_PER_MILLION`] allows here.
    pub allowed: Vec<u64>,
    /// Vigie first.
    pub methods: Vec<Method>,
}

/// One method at its best setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// Name.
    pub name: String,
    /// The best of its settings, chosen with the truth in hand.
    pub setting: String,
    /// Settings that were tried.
    pub settings: u64,
    /// Recall at each rate of [`RATES_PER_MILLION`].
    pub recall_at: Vec<f64>,
    /// Recall at as many false accounts as Vigie has at its own cut-offs.
    pub recall_at_vigie: f64,
    /// Precision of accounts at the method's own cut-off.
    pub precision: Option<f64>,
    /// Recall there.
    pub recall: Option<f64>,
    /// B-cubed F1 of its groups.
    pub b_cubed_f1: Option<f64>,
    /// Malicious networks recovered.
    pub recovered: u64,
    /// Of so many.
    pub networks: u64,
    /// Look-alikes with at least a fifth of their members accused.
    pub look_alikes: u64,
    /// What it took, reading and folding left out, over all settings.
    pub cost: Cost,
}

/// Compares on the first two medium worlds.
pub fn compare(plan: &Plan, progress: &mut dyn FnMut(&str)) -> Result<Vec<Comparison>, BenchError> {
    let worlds = plan.medium().into_iter().take(2);
    worlds.map(|config| one(&World::open_shared(plan, &config)?, progress)).collect()
}

fn one(world: &World, progress: &mut dyn FnMut(&str)) -> Result<Comparison, BenchError> {
    progress(&format!("baselines: Vigie on {}", world.name));
    let (report, cost) = world.fold()?.hunt();
    let found = Found::from_report(&report);
    let score = score_found(&world.truth, &found, None)?;
    let vigie_false = score.accounts.hits.false_positives;
    let ranking = Ranking::new(&world.truth, &found);
    let mut methods = vec![method("Vigie", "as shipped", 1, &score, &ranking, vigie_false, cost)];

    let digest = Digest::read(world.batches()?, &world.side()?.accounts)?;
    let honest = honest(&world.truth, &digest);
    for baseline in BASELINES {
        progress(&format!("baselines: {} on {}", baseline.name, world.name));
        let (verdicts, cost) = measure(|| (baseline.run)(&digest, &honest));
        methods.extend(best(world, &digest, baseline.name, &verdicts, vigie_false, cost)?);
    }
    let allowed = RATES_PER_MILLION.iter().map(|&rate| ranking.recall_at_rate(rate).allowed).collect();
    Ok(Comparison { world: world.name.clone(), vigie_false, allowed, methods })
}

/// The setting with the best recall at Vigie's number of false accounts, then at the widest rate.
fn best(
    world: &World,
    digest: &Digest,
    name: &str,
    verdicts: &[Verdict],
    vigie_false: u64,
    cost: Cost,
) -> Result<Option<Method>, BenchError> {
    let mut best: Option<Method> = None;
    for verdict in verdicts {
        let found = verdict.to_found(digest);
        let score = score_found(&world.truth, &found, None)?;
        let ranking = Ranking::new(&world.truth, &found);
        let next = method(name, &verdict.setting, verdicts.len() as u64, &score, &ranking, vigie_false, cost);
        let key = |m: &Method| (m.recall_at_vigie, m.recall_at.last().copied().unwrap_or(0.0));
        if best.as_ref().is_none_or(|b| key(&next) > key(b)) {
            best = Some(next);
        }
    }
    Ok(best)
}

fn method(
    name: &str,
    setting: &str,
    settings: u64,
    score: &Score,
    ranking: &Ranking,
    vigie_false: u64,
    cost: Cost,
) -> Method {
    Method {
        name: name.to_owned(),
        setting: setting.to_owned(),
        settings,
        recall_at: RATES_PER_MILLION.iter().map(|&rate| ranking.recall_at_rate(rate).recall).collect(),
        recall_at_vigie: ranking.recall_at(vigie_false).recall,
        precision: score.accounts.hits.precision,
        recall: score.accounts.hits.recall,
        b_cubed_f1: score.b_cubed.f1,
        recovered: score.recovered.recovered,
        networks: score.recovered.networks,
        look_alikes: score.innocents.look_alikes.iter().map(|l| l.fifth_accused).sum(),
        cost,
    }
}

/// Accounts of no network at all, as indices of the digest: what a paper may call known benign traffic.
pub fn honest(truth: &Truth, digest: &Digest) -> Vec<u32> {
    let in_no_network =
        |id: &String| truth.account(id).is_some_and(|a| truth.networks_of(a).is_empty() && !truth.is_idle(a));
    digest.indices().filter(|&a| in_no_network(&digest.accounts[a as usize])).collect()
}
