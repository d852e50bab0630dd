//! Access sold on: a reseller's unknowing users with a slice of extraction in their traffic, and accounts made
//! in series for sale.

use std::sync::Arc;

use serde_json::Value;
use vigie_model::Micros;

use super::extraction::share_out;
use super::fleet::{Fleet, Recruit};
use super::job::Job;
use super::knobs::Knobs;
use crate::world::dice::Dice;
use crate::world::people::{Life, Segment, live, speaker};
use crate::world::plan::{Cue, Plan, Role, Voice, Words};
use crate::world::text::Speaker;
use crate::world::voices::{Chat, Check};

/// Real users buy accounts from a reseller, who slips requests of a job in between. The users are innocent.
pub(crate) fn resold(plan: &mut Plan<'_>, knobs: &Knobs, first_item: usize, dice: &mut Dice) {
    let mut record = knobs.record();
    let relayed = dice.chance(0.5);
    record.insert("users_behind_relay".to_owned(), Value::from(relayed));
    let network = plan.network(knobs.archetype.id(), true, record);
    let fleet = Fleet::draw(plan, knobs, network, dice);
    let recruits = fleet.muster(plan, knobs, Role::Mixed, dice);
    let job: Arc<Job> = Arc::new(Job::draw(plan, knobs, first_item, dice));
    let mut work = Vec::new();
    for recruit in &recruits {
        let days = (recruit.window.1 - recruit.window.0) as f64 / Micros::DAY as f64;
        let own =
            dice.lognormal(knobs.rate * days * recruit.pace, 0.7).clamp(1.0, 40.0 * knobs.rate * days + 1.0);
        let segments =
            [Segment::Casual, Segment::Power, Segment::Power, Segment::Developer, Segment::Tinkerer];
        let life = Life {
            segment: *dice.pick(&segments),
            home: recruit.home,
            volume: dice.round(own).max(1),
            window: recruit.window,
            origin: relayed.then(|| recruit.origin.clone()),
            network: None,
        };
        live(plan, recruit.account, life, dice);
        let slice = dice.poisson(own * knobs.share / (1.0 - knobs.share.min(0.95)));
        let stream = fleet.stream(plan, recruit, Speaker::default(), job.clone(), |_| {});
        for _ in 0..slice {
            work.push((recruit.rhythm.moment(recruit.window, dice), stream));
        }
    }
    share_out(plan, work, dice);
}

/// Whoever happens to use a sold account: other people in each talk.
#[derive(Debug)]
pub(crate) struct Passers {
    people: Vec<Speaker>,
    chat: Chat,
}

impl Passers {
    /// `n` people from anywhere.
    pub(crate) fn draw(n: usize, home: usize, dice: &mut Dice) -> Self {
        Self { people: (0..n.max(1)).map(|_| speaker(home, dice)).collect(), chat: Chat::of(dice) }
    }
}

impl Voice for Passers {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        let who = &self.people[(cue.talk % self.people.len() as u64) as usize];
        self.chat.speak(&Cue { speaker: who, ..*cue }, dice, words);
    }
}

/// Accounts made in runs, seconds or minutes apart; some are sold and used by people, the rest is kept in
/// reserve and only checked now and then.
pub(crate) fn farm(plan: &mut Plan<'_>, knobs: &Knobs, dice: &mut Dice) {
    let mut record = knobs.record();
    let reserve = dice.range(0.2, 0.7);
    record.insert("reserve".to_owned(), Value::from((reserve * 100.0).round() / 100.0));
    let network = plan.network(knobs.archetype.id(), true, record);
    let mut fleet = Fleet::draw(plan, knobs, network, dice);
    fleet.aged = 0.0;
    fleet.domain_share = *dice.pick(&[0.0, 0.5, 0.9, 1.0]);
    let mut recruits = fleet.muster(plan, knobs, Role::Pure, dice);
    serial_papers(plan, &fleet, knobs, &mut recruits, dice);
    let habit = dice.range(0.0, 0.6);
    for recruit in &recruits {
        let pings = dice.chance(habit);
        let days = (recruit.window.1 - recruit.window.0) as f64 / Micros::DAY as f64;
        // Some farms check with a ping, others with a question like anybody's.
        let voice: Arc<dyn Voice> =
            if pings { Arc::new(Check) } else { Arc::new(Passers::draw(1, recruit.home, dice)) };
        let check = fleet.stream(plan, recruit, Speaker::default(), voice, |_| {});
        let first = recruit.window.0 + (dice.exponential(2.0) * Micros::HOUR as f64) as i64;
        let mut checks = vec![first.min(recruit.window.1 - 1)];
        checks.extend((0..dice.below(3)).map(|_| recruit.rhythm.moment(recruit.window, dice)));
        plan.singles(check, &checks, 0);
        if dice.chance(reserve) {
            continue;
        }
        let voice = Arc::new(Passers::draw(1 + dice.below(6), recruit.home, dice));
        let stream = fleet.stream(plan, recruit, Speaker::default(), voice, |_| {});
        let volume = dice.lognormal((knobs.rate * days * recruit.pace).max(1.0), 0.8);
        let volume = dice.round(volume.min(60.0 * knobs.rate * days + 5.0));
        let segment = *dice.pick(&[Segment::Casual, Segment::Power]);
        crate::world::people::schedule(plan, stream, segment, recruit.home, volume, recruit.window, dice);
    }
}

/// Sign-up in runs with a machine's or a tired person's pace, and payments that fail more often.
fn serial_papers(
    plan: &mut Plan<'_>,
    fleet: &Fleet,
    knobs: &Knobs,
    recruits: &mut [Recruit],
    dice: &mut Dice,
) {
    let gap_s = dice.log_range(15.0, 900.0);
    let spread = dice.range(0.1, 0.8);
    let run = 8 + dice.below(80);
    let bad_cards = dice.range(0.1, 0.6);
    let mut at = *dice.pick(&fleet.waves);
    for (i, recruit) in recruits.iter_mut().enumerate() {
        if i % run == run - 1 {
            at = *dice.pick(&fleet.waves);
        }
        at += (dice.lognormal(gap_s, spread) * Micros::SECOND as f64) as i64;
        at = at.min(knobs.window.1 - Micros::HOUR);
        let account = &mut plan.accounts[recruit.account as usize];
        account.created_at = Some(Micros(at));
        if dice.chance(bad_cards) {
            account.failed_payments = Some(1 + dice.below(3) as i64);
        }
        recruit.window.0 = recruit.window.0.max(at).min(recruit.window.1 - Micros::HOUR / 4);
    }
}
