//! Campaigns: one file per family of archetypes, on top of knobs, fleets and jobs.
//!
//! Texts of abusive archetypes stay abstract: they name steps and subjects, never working content.

mod extraction;
mod fleet;
mod job;
mod knobs;
mod playbook;
mod resale;
mod takeover;

use super::config::{Archetype, CampaignSpec};
use super::dice::Dice;
use super::plan::Plan;
pub(crate) use job::Job;
pub(crate) use knobs::Knobs;
pub(crate) use playbook::PersonaDesk;

/// Plants the campaigns that the configuration names, or one of each archetype and some more.
pub(crate) fn plant(plan: &mut Plan<'_>, dice: &mut Dice) {
    let specs = plan.config.campaigns.clone().unwrap_or_else(|| roster(plan.config.accounts, dice));
    let budget = plan.config.exchanges as f64 * plan.config.campaign_share_max / specs.len().max(1) as f64;
    let mut first_item = dice.below(60_000);
    let mut veterans = Vec::new();
    for spec in &specs {
        let mut own = dice.fork(spec.archetype.id());
        let knobs = Knobs::resolve(spec, plan, budget, &mut own);
        let from = plan.moments.len();
        match spec.archetype {
            Archetype::SplitExtraction | Archetype::TraceCoercion => {
                extraction::split(plan, &knobs, first_item, &mut veterans, &mut own);
            }
            Archetype::BalancedExtraction => extraction::balanced(plan, &knobs, first_item, &mut own),
            Archetype::ReleasePivot => extraction::pivot(plan, &knobs, first_item, &mut own),
            Archetype::ResoldAccess => resale::resold(plan, &knobs, first_item, &mut own),
            Archetype::KeyTakeover => takeover::takeover(plan, &knobs, &mut own),
            Archetype::SignupFarm => resale::farm(plan, &knobs, &mut own),
            Archetype::ScriptedPersonas => playbook::personas(plan, &knobs, &mut own),
            Archetype::SharedPlaybook => playbook::shared(plan, &knobs, &mut own),
        }
        // Jobs take disjoint parts of one large set of items.
        first_item += plan.moments.len() - from + 1;
    }
}

/// Which campaigns a world of this size holds when none are named.
fn roster(accounts: usize, dice: &mut Dice) -> Vec<CampaignSpec> {
    let mut kinds = Archetype::ALL.to_vec();
    dice.shuffle(&mut kinds);
    let n = ((accounts as f64 / 6_000.0).sqrt() * 10.0).round().clamp(3.0, 48.0) as usize;
    (0..n)
        .map(|i| {
            let kind = if i < kinds.len() { kinds[i] } else { *dice.pick(&Archetype::ALL) };
            CampaignSpec::of(kind)
        })
        .collect()
}
