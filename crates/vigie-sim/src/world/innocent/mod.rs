//! Innocent groups that look like campaigns, one file per trade.

mod company;
mod crowd;
mod learning;
mod machines;
mod research;
mod trade;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::config::{Lookalike, LookalikeSpec};
use super::dice::Dice;
use super::plan::Plan;

/// What one innocent group gets.
pub(crate) struct Group {
    pub(crate) network: u32,
    pub(crate) accounts: usize,
    /// Exchanges aimed at.
    pub(crate) volume: f64,
}

/// Accounts at the size of the demo, as (low, high), and exchanges per account.
fn size(kind: Lookalike) -> ((f64, f64), f64) {
    match kind {
        Lookalike::LicensedReseller => ((5.0, 60.0), 120.0),
        Lookalike::UniversityBenchmark => ((5.0, 40.0), 90.0),
        Lookalike::BatchJob => ((1.0, 12.0), 500.0),
        Lookalike::Classroom => ((12.0, 120.0), 18.0),
        Lookalike::VerifiedRedTeam => ((3.0, 25.0), 70.0),
        Lookalike::CiFleet => ((6.0, 50.0), 80.0),
        Lookalike::CompanyRollout => ((15.0, 150.0), 25.0),
        Lookalike::ReleaseRush => ((20.0, 150.0), 9.0),
        Lookalike::AuthorisedDistillation => ((3.0, 30.0), 200.0),
        Lookalike::CreditFarmer => ((12.0, 90.0), 10.0),
        Lookalike::AgentHarness => ((8.0, 60.0), 50.0),
    }
}

/// Plants the groups that the configuration names, or one of each and some more.
pub(crate) fn plant(plan: &mut Plan<'_>, dice: &mut Dice) {
    let specs = plan.config.lookalikes.clone().unwrap_or_else(|| roster(plan.config.accounts, dice));
    let budget = plan.config.exchanges as f64 * 0.18 / specs.len().max(1) as f64;
    let scale = (plan.config.accounts as f64 / 6_000.0).sqrt();
    for spec in &specs {
        let mut own = dice.fork(spec.kind.id());
        let ((low, high), each) = size(spec.kind);
        let most = (plan.config.accounts as f64 * 0.05).max(5.0);
        let accounts =
            spec.accounts.unwrap_or((own.log_range(low, high) * scale).clamp(1.0, most) as usize).max(1);
        let volume = (accounts as f64 * each * own.log_range(0.5, 2.0)).min(budget * own.log_range(0.5, 2.0));
        let mut knobs = Map::new();
        knobs.insert("fleet".to_owned(), Value::from(accounts));
        let network = plan.network(spec.kind.id(), false, knobs);
        let group = Group { network, accounts, volume };
        match spec.kind {
            Lookalike::LicensedReseller => trade::reseller(plan, &group, &mut own),
            Lookalike::UniversityBenchmark => research::benchmark(plan, &group, &mut own),
            Lookalike::BatchJob => machines::batch(plan, &group, &mut own),
            Lookalike::Classroom => learning::classroom(plan, &group, &mut own),
            Lookalike::VerifiedRedTeam => research::red_team(plan, &group, &mut own),
            Lookalike::CiFleet => machines::ci(plan, &group, &mut own),
            Lookalike::CompanyRollout => trade::rollout(plan, &group, &mut own),
            Lookalike::ReleaseRush => crowd::rush(plan, &group, &mut own),
            Lookalike::AuthorisedDistillation => research::distillation(plan, &group, &mut own),
            Lookalike::CreditFarmer => crowd::farmer(plan, &group, &mut own),
            Lookalike::AgentHarness => crowd::harness(plan, &group, &mut own),
        }
    }
}

fn roster(accounts: usize, dice: &mut Dice) -> Vec<LookalikeSpec> {
    let n = ((accounts as f64 / 6_000.0).sqrt() * 14.0).round().clamp(6.0, 64.0) as usize;
    let mut kinds = Lookalike::ALL.to_vec();
    dice.shuffle(&mut kinds);
    (0..n)
        .map(|i| {
            let kind = if i < kinds.len() { kinds[i] } else { *dice.pick(&Lookalike::ALL) };
            LookalikeSpec { kind, accounts: None }
        })
        .collect()
}

/// Splits a volume over accounts, unevenly.
pub(crate) fn split(volume: f64, accounts: usize, spread: f64, dice: &mut Dice) -> Vec<usize> {
    let weights: Vec<f64> = (0..accounts).map(|_| dice.lognormal(1.0, spread)).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| dice.round(volume * w / sum).max(1)).collect()
}

/// Shorthand for shared voices.
pub(crate) fn shared<V: super::plan::Voice + 'static>(voice: V) -> Arc<dyn super::plan::Voice> {
    Arc::new(voice)
}
