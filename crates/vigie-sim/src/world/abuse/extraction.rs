//! Fleets that share out an extraction job.

use std::sync::Arc;

use super::fleet::{Fleet, Recruit};
use super::job::Job;
use super::knobs::Knobs;
use vigie_model::Micros;

use crate::world::clock::{dispatch_times, talk_times};
use crate::world::dice::Dice;
use crate::world::plan::{Plan, Role};
use crate::world::text::Speaker;

/// A fleet works through a list; no account stands out. Some fleets rent accounts from an earlier one, whose
/// `veterans` then serve two campaigns.
pub(crate) fn split(
    plan: &mut Plan<'_>,
    knobs: &Knobs,
    first_item: usize,
    veterans: &mut Vec<Recruit>,
    dice: &mut Dice,
) {
    let network = plan.network(knobs.archetype.id(), true, knobs.record());
    let fleet = Fleet::draw(plan, knobs, network, dice);
    let mut recruits = fleet.muster(plan, knobs, Role::Pure, dice);
    let rented = if dice.chance(0.3) { veterans.len().min(knobs.accounts / 4) } else { 0 };
    let own = recruits.clone();
    for mut veteran in veterans.drain(..rented) {
        veteran.window.0 = veteran.window.0.max(knobs.window.0);
        veteran.window.1 = veteran.window.1.min(knobs.window.1);
        if veteran.window.1 - veteran.window.0 > Micros::HOUR {
            plan.join(veteran.account, network, Role::Mixed);
            recruits.push(veteran);
        }
    }
    veterans.extend(own);
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
    let days = (recruit.window.1 - recruit.window.0) as f64 / Micros::DAY as f64;
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

/// The same in lockstep: a balancer hands out rounds of work, a few accounts at a time, within moments.
pub(crate) fn balanced(plan: &mut Plan<'_>, knobs: &Knobs, first_item: usize, dice: &mut Dice) {
    let network = plan.network(knobs.archetype.id(), true, knobs.record());
    let fleet = Fleet::draw(plan, knobs, network, dice);
    let recruits = fleet.muster(plan, knobs, Role::Pure, dice);
    let job = Arc::new(Job::draw(plan, knobs, first_item, dice));
    let streams = streams(plan, &fleet, &recruits, &job);
    let days = (knobs.window.1 - knobs.window.0) as f64 / Micros::DAY as f64;
    let total = knobs.accounts as f64 * knobs.rate * days;
    let width = (2 + dice.below(12)).min(recruits.len());
    let rounds = (total / width as f64).ceil().max(1.0) as usize;
    let blur = (0.5 + knobs.jitter * 120.0) * Micros::SECOND as f64;
    let lead = &recruits[0].rhythm;
    let (mut work, mut turn) = (Vec::new(), 0);
    for at in dispatch_times(rounds, knobs.window, lead, 0.3 + knobs.jitter * 0.5, dice) {
        let mut handed = 0;
        for _ in 0..recruits.len() {
            let i = turn % recruits.len();
            turn += 1;
            let when = at + (dice.exponential(1.0) * blur) as i64;
            if (recruits[i].window.0..recruits[i].window.1).contains(&when) {
                work.push((when, streams[i]));
                handed += 1;
            }
            if handed == width {
                break;
            }
        }
    }
    for recruit in &recruits {
        fleet.cover(plan, recruit, total / knobs.accounts as f64 * knobs.cover, dice);
    }
    share_out(plan, work, dice);
}

/// A fleet that works at some pace and, within a day of a release, turns about half of its traffic to the new
/// model and works faster.
pub(crate) fn pivot(plan: &mut Plan<'_>, knobs: &Knobs, first_item: usize, dice: &mut Dice) {
    let mut record = knobs.record();
    let release = plan.stage.last_release().clamp(knobs.window.0, knobs.window.1);
    let (turned, faster) = (dice.range(0.4, 0.8), dice.range(1.0, 3.0));
    record
        .insert("turned_to_new_model".to_owned(), serde_json::Value::from((turned * 100.0).round() / 100.0));
    let network = plan.network(knobs.archetype.id(), true, record);
    let fleet = Fleet::draw(plan, knobs, network, dice);
    let recruits = fleet.muster(plan, knobs, Role::Pure, dice);
    let job = Arc::new(Job::draw(plan, knobs, first_item, dice));
    let mut work = Vec::new();
    for recruit in &recruits {
        let when = release + (dice.range(0.02, 1.0) * Micros::DAY as f64) as i64;
        let end = plan.window().1;
        let late = dice.chance(0.5);
        let stay = fleet.stream(plan, recruit, Speaker::default(), job.clone(), |p| {
            p.adopts = if late { end } else { when + 2 * Micros::DAY };
        });
        let turn = fleet.stream(plan, recruit, Speaker::default(), job.clone(), |p| p.adopts = when);
        let count = load(knobs, recruit, dice);
        for at in times(knobs, recruit, count, dice) {
            work.push((at, if dice.chance(turned) { turn } else { stay }));
            if at > when && dice.chance(faster - 1.0) {
                let more = recruit.rhythm.moment((when.min(recruit.window.1 - 1), recruit.window.1), dice);
                work.push((more, if dice.chance(turned) { turn } else { stay }));
            }
        }
        fleet.cover(plan, recruit, count as f64 * knobs.cover, dice);
    }
    share_out(plan, work, dice);
}
