//! An extraction job: a long list of items, shared out over accounts without overlap, each item in a wrapper.

use std::sync::Arc;

use super::knobs::Knobs;
use crate::world::config::Archetype;
use crate::world::dice::{Dice, mix};
use crate::world::plan::{Cue, Plan, Voice, Words};
use crate::world::text::{Mood, Paraphrase, Speaker};
use crate::world::voices::answer;

/// What the items ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capability {
    /// Instructions of all sorts.
    Instructions,
    /// Code and tool use.
    Code,
    /// Judging answers.
    Grading,
    /// Labelling text.
    Labels,
}

/// The job of one operation.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) capability: Capability,
    /// One wrapper per speaker.
    wrappers: Vec<Paraphrase>,
    /// A popular harness to hide in: its boilerplate and tools go with each request.
    harness: Option<(Arc<str>, Arc<str>)>,
    /// Where the wrapper goes.
    in_system: bool,
    /// One client of the job per language that it works in.
    speakers: Vec<Speaker>,
    /// First item in the corpus.
    first_item: usize,
    seed: u64,
    /// The item comes before the wrapper.
    item_first: bool,
    answer_tokens: f64,
}

impl Job {
    /// Draws capability, wrapper and languages of a job.
    pub(crate) fn draw(plan: &Plan<'_>, knobs: &Knobs, first_item: usize, dice: &mut Dice) -> Self {
        let traces = knobs.archetype == Archetype::TraceCoercion;
        let capability = match (knobs.archetype, dice.unit()) {
            (Archetype::BalancedExtraction, u) if u < 0.6 => Capability::Grading,
            (_, u) if u < 0.55 => Capability::Instructions,
            (_, u) if u < 0.8 => Capability::Code,
            (_, u) if u < 0.9 => Capability::Grading,
            _ => Capability::Labels,
        };
        let languages: Vec<u8> = match (traces, dice.unit()) {
            (true, _) => (0..2 + dice.below(4)).map(|_| dice.below(6) as u8).collect(),
            (_, u) if u < 0.6 => vec![0],
            (_, u) if u < 0.8 => vec![5],
            _ => vec![0, 5],
        };
        let seed = dice.next();
        let speakers: Vec<Speaker> = languages
            .iter()
            .map(|l| Speaker { language: *l, seed, focus: dice.range(0.2, 0.8) as f32 })
            .collect();
        let mut rules: Vec<&'static str> = match capability {
            Capability::Grading => vec!["rubric"],
            Capability::Labels => vec!["label"],
            _ if dice.chance(0.7) => vec!["expert"],
            _ => vec!["duty"],
        };
        if traces || dice.chance(0.5) {
            rules.push("reason");
        }
        if traces && dice.chance(0.6) {
            rules.push("reason");
        }
        if dice.chance(0.6) {
            rules.push("format");
        }
        let wrappers = speakers
            .iter()
            .map(|s| Paraphrase::draw(&plan.stage.grammar, &rules, &Mood::of(s), knobs.paraphrase, dice))
            .collect();
        let harness = (capability == Capability::Code && dice.chance(0.4)).then(|| {
            let all = &plan.stage.harnesses;
            let one = &all[dice.zipf(all.len(), 1.2)];
            (one.system.clone(), one.tools.clone())
        });
        Self {
            capability,
            wrappers,
            in_system: harness.is_none() && dice.chance(0.35),
            harness,
            speakers,
            first_item,
            seed,
            item_first: dice.chance(0.25),
            answer_tokens: dice.log_range(120.0, 900.0),
        }
    }

    fn item(&self, cue: &Cue<'_>, speaker: &Speaker, words: &mut Words) {
        let index = self.first_item + cue.item as usize;
        let mut own = Dice::of(self.seed, 0x17E3 + u64::from(cue.item));
        if let Some(corpus) = &cue.stage.corpus {
            let text = match self.capability {
                Capability::Code => corpus.code(index),
                _ => corpus.instruction(index, speaker.language == 5),
            };
            if let Some(text) = text {
                words.prompt.push_str(text);
                return;
            }
        }
        let mood = Mood { speaker, week: cue.item / 40, arg: "", step: i64::from(cue.item) };
        let grammar = &cue.stage.grammar;
        match self.capability {
            Capability::Instructions => grammar.say("task", &mood, &mut own, &mut words.prompt),
            Capability::Code => grammar.say("dev", &mood, &mut own, &mut words.prompt),
            Capability::Grading => {
                grammar.say("task", &mood, &mut own, &mut words.prompt);
                words.prompt.push('\n');
                for _ in 0..2 + own.below(3) {
                    grammar.say("note", &mood, &mut own, &mut words.prompt);
                    words.prompt.push(' ');
                }
            }
            Capability::Labels => {
                for _ in 0..1 + own.below(4) {
                    grammar.say("note", &mood, &mut own, &mut words.prompt);
                    words.prompt.push(' ');
                }
            }
        }
    }
}

impl Voice for Job {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        let at = mix(self.seed, u64::from(cue.item)) % self.speakers.len() as u64;
        let speaker = &self.speakers[at as usize];
        let mood = Mood { week: cue.item / 40, ..Mood::of(speaker) };
        let grammar = &cue.stage.grammar;
        words.answer_tokens = answer(cue, false, self.answer_tokens, dice).max(self.answer_tokens * 0.5);
        words.refusal = 0.012;
        if let Some((system, tools)) = &self.harness {
            words.system = Some(system.clone());
            words.tools = Some(tools.clone());
        }
        if cue.turn > 1 {
            let rule = if dice.chance(0.5) { "reason" } else { "follow" };
            grammar.say(rule, &mood, dice, &mut words.prompt);
            return;
        }
        let mut wrap = String::new();
        self.wrappers[at as usize].say(grammar, &mood, dice, &mut wrap);
        if self.in_system {
            words.system = Some(Arc::from(wrap.as_str()));
            self.item(cue, speaker, words);
        } else if self.item_first {
            self.item(cue, speaker, words);
            words.prompt.push_str("\n\n");
            words.prompt.push_str(&wrap);
        } else {
            words.prompt.push_str(&wrap);
            words.prompt.push_str("\n\n");
            self.item(cue, speaker, words);
        }
    }
}
