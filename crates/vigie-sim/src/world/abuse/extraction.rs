//! Fleets that share out an extraction job.

use std::sync::Arc;

use super::fleet::{Fleet, Recruit};
use super::job::Job;
use super::knobs::Knobs;
use crate::world::clock::{dispatch_times, talk_times};
use crate::world::dice::Dice;
use crate::world::plan::{Plan, Role};
use crate::world::text::Speaker;

/// A fleet works through a list; no account stands out.
pub(crate) fn split(plan: &mut Plan<'_>, knobs: &Knobs, first_item: usize, dice: &mut Dice) {
    let network = plan.network(knobs.archetype.id(), true, knobs.record());
    let fleet = Fleet::draw(plan, knobs, network, dice);
    let recruits = fleet.muster(plan, knobs, Role::Pure, dice);
    let job: Arc<Job> = Arc::new(Job::draw(plan, knobs, first_item, dice));
    let streams = streams(plan, &fleet, &recruits, &job);
    let mut work = Vec::new();
    for (recruit, stream) in recruits.iter().zip(streams) {
        let count = load(knobs, recruit, dice);
        work.extend(times(knobs, recruit, count, dice).into_iter().map(|at| (at, stream)));
        fleet.cover(plan, recruit, count as f64 * knobs.cover, dice);
    }
    share_out(plan, work, dice);
}

/// One stream of the job per account.
pub(crate) fn streams(plan: &mut Plan<'_>, fleet: &Fleet, recruits: &[Recruit], job: &Arc<Job>) -> Vec<u32> {
    recruits.iter().map(|r| fleet.stream(plan, r, Speaker::default(), job.clone(), |_| {})).collect()
}

/// Requests of one account over its time in the campaign.
pub(crate) fn load(knobs: &Knobs, recruit: &Recruit, dice: &mut Dice) -> usize {
    let days = (recruit.window.1 - recruit.window.0) as f64 / vigie_model::Micros::DAY as f64;
    dice.poisson((knobs.rate * recruit.pace * days).max(0.5)).max(1)
}

/// When one account works: by the dispatcher's clock or by its own hours.
pub(crate) fn times(knobs: &Knobs, recruit: &Recruit, count: usize, dice: &mut Dice) -> Vec<i64> {
    dispatch_times(count, recruit.window, &recruit.rhythm, knobs.jitter, dice)
}

/// Hands the items out in order of time, so that no two accounts get the same one; a few are tried again, and
/// a few answers are asked about further.
pub(crate) fn share_out(plan: &mut Plan<'_>, mut work: Vec<(i64, u32)>, dice: &mut Dice) {
    work.sort_unstable();
    let samples = if dice.chance(0.2) { 2 + dice.below(3) as u32 } else { 1 };
    let again = dice.range(0.0, 0.03);
    let deeper = if dice.chance(0.3) { dice.range(1.05, 1.8) } else { 1.0 };
    let end = plan.window().1;
    let mut item = 0_u32;
    for (i, (at, stream)) in work.into_iter().enumerate() {
        let current = if dice.chance(again) { item.saturating_sub(dice.below(30) as u32) } else { item };
        let turns = dice.turns(deeper);
        let times = talk_times(at, turns, 25.0, end, dice);
        plan.talk(stream, &times, current);
        if (i as u32 + 1).is_multiple_of(samples) {
            item += 1;
        }
    }
}
