//! Many accounts, one operation's scripts: each account takes steps of it with private templates.

use std::sync::Arc;

use super::extraction::{load, times};
use super::fleet::{Fleet, Recruit};
use super::knobs::Knobs;
use crate::world::clock::talk_times;
use crate::world::config::Flavour;
use crate::world::dice::Dice;
use crate::world::plan::{Cue, Plan, Role, Voice, Words};
use crate::world::text::{Mood, Paraphrase, Speaker, Template, restyle};

/// The scripts of an operation: private wording of steps that recur over accounts.
#[derive(Debug)]
struct Playbook {
    flavour: Flavour,
    operation: Speaker,
    templates: Vec<Template>,
    paraphrase: f64,
    steps: u32,
    rule: &'static str,
}

impl Voice for Playbook {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        let grammar = &cue.stage.grammar;
        let step = 1 + cue.item % self.steps;
        let mood = Mood { step: i64::from(step), week: 0, arg: "", speaker: &self.operation };
        words.refusal = match self.flavour {
            Flavour::ScamFunnel => 0.05,
            Flavour::StepList => 0.07,
            Flavour::Profiling => 0.03,
        };
        if cue.turn > 1 {
            grammar.say("follow", &mood, dice, &mut words.prompt);
            return;
        }
        if dice.chance(self.paraphrase) {
            grammar.say(self.rule, &mood, dice, &mut words.prompt);
        } else {
            let template = &self.templates[step as usize % self.templates.len()];
            template.fill(grammar, &mood, dice, &mut words.prompt);
        }
        if let Some(corpus) = cue.stage.corpus.as_ref().filter(|_| dice.chance(0.6)) {
            let at = (self.operation.seed % 4_096) as usize + dice.below(self.steps as usize * 3);
            let text = if self.flavour == Flavour::ScamFunnel { corpus.spam(at) } else { corpus.misuse(at) };
            if let Some(text) = text.filter(|_| self.flavour != Flavour::Profiling) {
                words.prompt.push(' ');
                words.prompt.push_str(text);
            }
        }
        restyle(&mut words.prompt, cue.speaker.seed, dice);
    }
}

/// Every account takes some of the steps, in its own hours.
pub(crate) fn shared(plan: &mut Plan<'_>, knobs: &Knobs, dice: &mut Dice) {
    let network = plan.network(knobs.archetype.id(), true, knobs.record());
    let fleet = Fleet::draw(plan, knobs, network, dice);
    let recruits = fleet.muster(plan, knobs, Role::Pure, dice);
    let operation = Speaker { language: 0, seed: dice.next(), focus: 0.8 };
    let rule = match knobs.flavour {
        Flavour::ScamFunnel => "play_scam",
        Flavour::StepList => "play_tool",
        Flavour::Profiling => "play_profile",
    };
    let steps = 5 + dice.below(20) as u32;
    let marks = "<n> <t> <t2> <name> <city>";
    let templates = (0..steps)
        .map(|_| {
            let text = plan.stage.grammar.said(rule, &Mood::of(&operation), dice);
            let mark = marks.split(' ').nth(dice.below(5)).unwrap_or("<n>");
            Template::compile(&format!("{text} ({mark}) <text>"))
        })
        .collect();
    let voice: Arc<dyn Voice> = Arc::new(Playbook {
        flavour: knobs.flavour,
        operation,
        templates,
        paraphrase: knobs.paraphrase,
        steps,
        rule,
    });
    for recruit in &recruits {
        let speaker = Speaker { language: 0, seed: dice.next(), focus: 0.5 };
        let stream = fleet.stream(plan, recruit, speaker, voice.clone(), |_| {});
        let count = load(knobs, recruit, dice);
        // Operators differ in the part of the script that they work on.
        let (first, own) = (dice.below(steps as usize) as u32, 1 + dice.below(steps as usize) as u32);
        let deeper = dice.range(1.0, 2.5);
        let end = plan.window().1;
        for (i, at) in times(knobs, recruit, count, dice).into_iter().enumerate() {
            let turns = dice.turns(deeper);
            let moments = talk_times(at, turns, 60.0, end, dice);
            plan.talk(stream, &moments, first + i as u32 % own);
        }
        fleet.cover(plan, recruit, count as f64 * knobs.cover, dice);
    }
}

/// Comments, likes and posts for made-up people.
#[derive(Debug)]
pub(crate) struct PersonaDesk {
    campaign: Speaker,
    personas: Vec<String>,
    frame: Paraphrase,
    templates: Vec<Template>,
    paraphrase: f64,
}

impl PersonaDesk {
    /// `count` personas of one campaign.
    pub(crate) fn draw(plan: &Plan<'_>, count: usize, paraphrase: f64, dice: &mut Dice) -> Self {
        let campaign = Speaker { language: 0, seed: dice.next(), focus: 0.9 };
        let mood = Mood::of(&campaign);
        let grammar = &plan.stage.grammar;
        let personas = (0..count.max(1)).map(|_| grammar.said("persona", &mood, dice)).collect();
        let frame = Paraphrase::draw(grammar, &["script_frame", "constraint"], &mood, paraphrase, dice);
        let templates = (0..2 + dice.below(4))
            .map(|_| {
                let text = grammar.said("script_comment", &Mood { arg: "<x>", ..mood }, dice);
                Template::compile(&format!("{text} <text>"))
            })
            .collect();
        Self { campaign, personas, frame, templates, paraphrase }
    }
}

impl Voice for PersonaDesk {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        let grammar = &cue.stage.grammar;
        let persona = &self.personas[cue.item as usize % self.personas.len()];
        let mood = Mood { speaker: &self.campaign, week: 0, arg: persona, step: i64::from(cue.day) };
        words.answer_tokens = 120.0;
        words.refusal = 0.02;
        if dice.chance(self.paraphrase) {
            grammar.say("script_comment", &mood, dice, &mut words.prompt);
        } else {
            dice.pick(&self.templates).fill(grammar, &mood, dice, &mut words.prompt);
        }
        words.prompt.push(' ');
        self.frame.say(grammar, &mood, dice, &mut words.prompt);
    }
}

/// Operators with many personas: each account looks after some of them.
pub(crate) fn personas(plan: &mut Plan<'_>, knobs: &Knobs, dice: &mut Dice) {
    let mut record = knobs.record();
    let count = dice.log_range(20.0, 400.0) as usize;
    record.insert("personas".to_owned(), serde_json::Value::from(count));
    let network = plan.network(knobs.archetype.id(), true, record);
    let fleet = Fleet::draw(plan, knobs, network, dice);
    let recruits = fleet.muster(plan, knobs, Role::Pure, dice);
    let desk: Arc<dyn Voice> = Arc::new(PersonaDesk::draw(plan, count, knobs.paraphrase, dice));
    let batch = dice.chance(0.6);
    for recruit in &recruits {
        let stream = fleet.stream(plan, recruit, Speaker::default(), desk.clone(), |_| {});
        let (first, own) = (dice.below(count), 1 + dice.below(count.min(40)));
        let load = load(knobs, recruit, dice);
        let moments =
            if batch { rounds(knobs, recruit, load, dice) } else { times(knobs, recruit, load, dice) };
        for (i, at) in moments.into_iter().enumerate() {
            plan.talk(stream, &[at], (first + i % own) as u32);
        }
        fleet.cover(plan, recruit, load as f64 * knobs.cover, dice);
    }
}

/// Work in rounds: several personas one after the other.
fn rounds(knobs: &Knobs, recruit: &Recruit, load: usize, dice: &mut Dice) -> Vec<i64> {
    let size = 2 + dice.below(12);
    let starts = times(knobs, recruit, load.div_ceil(size), dice);
    let end = recruit.window.1;
    starts.into_iter().flat_map(|at| talk_times(at, size as u32, 20.0, end, dice)).take(load).collect()
}
