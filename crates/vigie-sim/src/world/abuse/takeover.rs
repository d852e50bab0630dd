//! Stolen keys: an honest history, silence, a few probes, then a burst from elsewhere.

use std::sync::Arc;

use vigie_model::Micros;

use super::fleet::Fleet;
use super::knobs::Knobs;
use super::resale::Passers;
use crate::world::clock::talk_times;
use crate::world::dice::Dice;
use crate::world::people::{Life, Segment, live, sketch, somewhere};
use crate::world::plan::{Cue, Plan, Role, Stream, Voice, Words};
use crate::world::text::Speaker;

/// Finds out what a key can do: tiny answers, one model after the other.
#[derive(Debug)]
struct Probe {
    /// How many models it tries.
    models: usize,
    tokens: i64,
}

impl Voice for Probe {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        cue.stage.grammar.say("ping", &crate::world::voices::mood(cue), dice, &mut words.prompt);
        words.answer_tokens = 6.0;
        words.max_tokens = Some(self.tokens);
        words.failure = if self.tokens < 1 { 0.95 } else { 0.25 };
        if self.models > 1 {
            words.model = Some(cue.item as usize % self.models.min(cue.stage.models.len()));
        }
    }
}

/// One operator takes over several victims' accounts.
pub(crate) fn takeover(plan: &mut Plan<'_>, knobs: &Knobs, dice: &mut Dice) {
    let network = plan.network(knobs.archetype.id(), true, knobs.record());
    let fleet = Fleet::draw(plan, knobs, network, dice);
    let probe: Arc<dyn Voice> =
        Arc::new(Probe { models: *dice.pick(&[1, 1, 2, 3, 8]), tokens: *dice.pick(&[-1, 1, 1, 2, 5, 16]) });
    let days = (knobs.window.1 - knobs.window.0) as f64 / Micros::DAY as f64;
    let customers = Arc::new(Passers::draw(6 + dice.below(60), somewhere(dice), dice));
    for _ in 0..knobs.accounts {
        let taken = dice.between(knobs.window.0, knobs.window.1);
        let (account, home) = victim(plan, network, taken, dice);
        let client = dice.pick(&fleet.clients).clone();
        let origin = fleet.origin(plan, home, dice);
        let add = |plan: &mut Plan<'_>, voice: Arc<dyn Voice>| {
            plan.stream(Stream {
                account,
                network: Some(network),
                speaker: Speaker { seed: 1, ..Speaker::default() },
                voice,
                origin: origin.clone(),
                client: client.clone(),
                params: fleet.params,
            })
        };
        let probing = add(plan, probe.clone());
        let end = plan.window().1;
        let tries = 1 + dice.below(6) as u32;
        plan.singles(probing, &talk_times(taken, tries, 3.0, end, dice), 0);
        let first = taken + (dice.log_range(0.05, 40.0) * Micros::HOUR as f64) as i64;
        let length = (dice.log_range(0.1, 3.0) * Micros::DAY as f64) as i64;
        let until = (first + length).min(end);
        if until - first < Micros::HOUR / 4 {
            continue;
        }
        // What a fleet member would ask over the whole campaign is asked in one burst here.
        let volume = dice.lognormal((knobs.rate * days).max(3.0), 0.7).min(20.0 * knobs.rate * days);
        let burst = add(plan, customers.clone());
        crate::world::people::schedule(
            plan,
            burst,
            Segment::Power,
            home,
            volume as usize,
            (first, until),
            dice,
        );
    }
}

/// Somebody whose key leaks: active for a while, then silent for days or months before `taken`.
fn victim(plan: &mut Plan<'_>, network: u32, taken: i64, dice: &mut Dice) -> (u32, usize) {
    let home = somewhere(dice);
    let mut account = sketch(plan, home, dice);
    let start = plan.window().0;
    let silent_since = taken - (dice.log_range(1.5, 90.0) * Micros::DAY as f64) as i64;
    if account.created_at.is_some_and(|t| t.0 > silent_since) {
        let before = dice.exponential(200.0) * Micros::DAY as f64;
        account.created_at = Some(Micros(silent_since.min(start) - before as i64));
    }
    let created = account.created_at.map_or(start, |t| t.0);
    let index = plan.account(account);
    plan.join(index, network, Role::Mixed);
    let window = (start.max(created), silent_since);
    if window.1 - window.0 > Micros::HOUR {
        let segment = *dice.pick(&[
            Segment::Developer,
            Segment::Tinkerer,
            Segment::Tinkerer,
            Segment::Application,
            Segment::Casual,
        ]);
        let volume = (segment.volume(dice) * 0.5).clamp(1.0, 400.0) as usize;
        live(plan, index, Life { segment, home, volume, window, origin: None, network: None }, dice);
    }
    (index, home)
}
