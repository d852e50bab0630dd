//! People who do the same thing for honest reasons: a rush to a new model, a rare harness, a hobbyist with many
//! free accounts.

use std::sync::Arc;

use vigie_model::Micros;

use super::company::Company;
use super::{Group, shared, split};
use crate::world::client::{Client, Software};
use crate::world::dice::Dice;
use crate::world::net::Origin;
use crate::world::people::{
    Life, Segment, live, own_domain, params, schedule, sketch, somewhere, speaker, whereabouts,
};
use crate::world::plan::{Cue, Plan, Role, Stream, Voice, Words};
use crate::world::text::{Mood, Template, restyle};
use crate::world::voices::{Agent, Chat, mood, question};

/// The tests that everybody tries on a new model this week.
#[derive(Debug)]
struct Rush {
    tests: Vec<Template>,
}

impl Voice for Rush {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        if cue.turn > 1 || dice.chance(0.35) {
            question(cue, dice, &mut words.prompt);
        } else {
            self.tests[dice.zipf(self.tests.len(), 0.8)].fill(
                &cue.stage.grammar,
                &mood(cue),
                dice,
                &mut words.prompt,
            );
        }
        restyle(&mut words.prompt, cue.speaker.seed, dice);
        words.failure = 0.06;
    }
}

/// Strangers who try the new model in its first hours.
pub(crate) fn rush(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let author = speaker(0, dice);
    let tests = (0..5 + dice.below(12))
        .map(|_| Template::draw(&plan.stage.grammar, "rush", &Mood::of(&author), dice))
        .collect();
    let voice = shared(Rush { tests });
    let (start, end) = plan.window();
    let release = plan.stage.last_release();
    for volume in split(group.volume, group.accounts, 0.8, dice) {
        let home = somewhere(dice);
        let mut account = sketch(plan, home, dice);
        let comes =
            (release + (dice.exponential(0.4) * Micros::DAY as f64) as i64).min(end - 2 * Micros::HOUR);
        if dice.chance(0.3) || account.created_at.is_some_and(|t| t.0 > comes) {
            account.created_at = Some(Micros(comes - dice.between(0, Micros::HOUR)));
        }
        let created = account.created_at.map_or(start, |t| t.0.max(start));
        let account = plan.account(account);
        plan.join(account, group.network, Role::Mixed);
        let origin = whereabouts(plan, home, dice);
        if created < comes - 2 * Micros::DAY {
            let life = Life {
                segment: *dice.pick(&[Segment::Casual, Segment::Power]),
                home,
                volume: dice.round(volume as f64 * 1.5),
                window: (created, end),
                origin: Some(origin.clone()),
                network: None,
            };
            live(plan, account, life, dice);
        }
        let chat = dice.chance(0.7);
        let client = Client::draw(if chat { Software::Browser } else { Software::Library }, dice);
        let mut params = params(plan, chat, dice);
        params.adopts = release;
        let stream = plan.stream(Stream {
            account,
            network: Some(group.network),
            speaker: speaker(home, dice),
            voice: voice.clone(),
            origin,
            client,
            params,
        });
        let until = (comes + (dice.log_range(0.1, 2.0) * Micros::DAY as f64) as i64).min(end);
        schedule(plan, stream, Segment::Casual, home, volume, (comes, until), dice);
    }
}

/// Strangers who use the same rare harness for projects of their own.
pub(crate) fn harness(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let rare = plan.stage.harnesses.len() / 2;
    let which = rare + dice.below(plan.stage.harnesses.len() - rare);
    let client = Client::draw(Software::Agent, dice);
    let (start, end) = plan.window();
    for volume in split(group.volume, group.accounts, 1.0, dice) {
        let home = somewhere(dice);
        let account = sketch(plan, home, dice);
        let from = account.created_at.map_or(start, |t| t.0.max(start));
        let account = plan.account(account);
        plan.join(account, group.network, Role::Pure);
        let speaker = speaker(home, dice);
        let voice: Arc<dyn Voice> = Arc::new(Agent::draw(&plan.stage, which, &speaker, dice));
        let origin = whereabouts(plan, home, dice);
        let client = if dice.chance(0.8) { client.clone() } else { Client::draw(Software::Agent, dice) };
        let params = params(plan, false, dice);
        let network = Some(group.network);
        let stream = plan.stream(Stream { account, network, speaker, voice, origin, client, params });
        schedule(plan, stream, Segment::Developer, home, volume, (from, end), dice);
    }
}

/// One hobbyist with a series of free accounts and ordinary questions.
pub(crate) fn farmer(plan: &mut Plan<'_>, group: &Group, dice: &mut Dice) {
    let mut hobby = Company::draw("com", 0.0, dice);
    hobby.bill = None;
    let (start, end) = plan.window();
    let who = speaker(hobby.home, dice);
    let voice = shared(Chat::of(dice));
    let place = if dice.chance(0.7) { plan.infra.home(hobby.home, dice) } else { plan.infra.vpn(dice) };
    let client = Client::draw(if dice.chance(0.5) { Software::Browser } else { Software::Library }, dice);
    let run = 6 + dice.below(60);
    let shape = dice.next();
    for (i, volume) in split(group.volume, group.accounts, 0.6, dice).into_iter().enumerate() {
        if i % run == 0 {
            hobby.enrolled = Some(start + ((end - start) as f64 * dice.range(-1.0, 0.8)) as i64);
            hobby.enrol_gap_s = dice.log_range(20.0, 150.0);
            hobby.domain = own_domain(dice, "com");
        }
        let (account, window) = hobby.account(plan, group, dice);
        plan.accounts[account as usize].payment_fingerprint = None;
        plan.accounts[account as usize].plan = Some("free".to_owned());
        let origin = Origin::at(place.clone(), shape);
        let params = params(plan, false, dice);
        let network = Some(group.network);
        let (voice, client) = (voice.clone(), client.clone());
        let stream = plan.stream(Stream { account, network, speaker: who, voice, origin, client, params });
        schedule(plan, stream, Segment::Casual, hobby.home, volume, window, dice);
    }
}
