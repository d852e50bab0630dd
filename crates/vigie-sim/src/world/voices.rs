//! How honest traffic sounds: people who chat, apps with templates of their own, coding agents, tinkerers, list
//! work. Abusive traffic uses the same grammar; its voices lie beside its archetypes.

use std::sync::Arc;

use super::dice::{Dice, mix};
use super::plan::{Cue, Voice, Words};
use super::text::{Mood, Speaker, Template, push_number, restyle};

/// Weeks since the start of the world, for drift of interests.
pub(crate) fn mood<'a>(cue: &Cue<'a>) -> Mood<'a> {
    Mood { speaker: cue.speaker, week: cue.day / 7, arg: "", step: i64::from(cue.item) + 1 }
}

/// A person who talks in sentences.
#[derive(Debug)]
pub(crate) struct Chat {
    /// Part of talks that start from a prompt that people pass on.
    pub(crate) popular: f64,
    /// Part of talks that start from a prompt that this person saved.
    pub(crate) saved: f64,
    /// A trade or a curiosity with a way of asking of its own, in part of the talks.
    habit: Option<(&'static str, f64)>,
    /// Part of talks that bring a text along, and its usual length in sentences.
    paste: (f64, f64),
}

/// Ways of asking that honest trades share with abuse: security learners, teachers who grade, annotators,
/// people who want to see the reasoning, novelists and coaches who assign roles.
const HABITS: [&str; 5] = ["learn_sec", "rubric", "label", "reason", "expert"];

impl Chat {
    /// Habits that follow from a seed.
    pub(crate) fn of(dice: &mut Dice) -> Self {
        let popular = if dice.chance(0.35) { dice.range(0.05, 0.5) } else { 0.02 };
        let saved = if dice.chance(0.15) { dice.range(0.2, 0.8) } else { 0.0 };
        let habit = dice.chance(0.2).then(|| (dice.word(&HABITS), dice.range(0.1, 0.8)));
        let often = if dice.chance(0.3) { dice.range(0.1, 0.7) } else { 0.04 };
        Self { popular, saved, habit, paste: (often, dice.log_range(3.0, 25.0)) }
    }
}

impl Voice for Chat {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        let grammar = &cue.stage.grammar;
        words.answer_tokens = answer(cue, false, 280.0, dice);
        words.refusal = 0.008;
        if cue.turn > 1 {
            grammar.say("follow", &mood(cue), dice, &mut words.prompt);
        } else if dice.chance(self.popular) {
            popular(cue, dice, &mut words.prompt);
            return;
        } else if dice.chance(self.saved) {
            let mut own = Dice::of(cue.speaker.seed, 0x5A7E + dice.below(2) as u64);
            let template = Template::draw(grammar, "viral", &Mood::of(cue.speaker), &mut own);
            template.fill(grammar, &mood(cue), dice, &mut words.prompt);
        } else if let Some((rule, _)) = self.habit.filter(|h| dice.chance(h.1)) {
            by_habit(cue, rule, dice, words);
        } else {
            question(cue, dice, &mut words.prompt);
        }
        if dice.chance(self.paste.0) {
            words.prompt.push_str("\n\n");
            paste(cue, self.paste.1, dice, &mut words.prompt);
        }
        restyle(&mut words.prompt, cue.speaker.seed, dice);
    }
}

/// Appends a text of some sentences: a mail, minutes, a chapter.
fn paste(cue: &Cue<'_>, median: f64, dice: &mut Dice, out: &mut String) {
    let sentences = dice.lognormal(median, 0.6).clamp(1.0, 60.0) as usize;
    for _ in 0..sentences {
        cue.stage.grammar.say("note", &mood(cue), dice, out);
        out.push(' ');
    }
    out.pop();
}

fn by_habit(cue: &Cue<'_>, rule: &'static str, dice: &mut Dice, words: &mut Words) {
    let grammar = &cue.stage.grammar;
    if rule == "learn_sec" {
        words.refusal = 0.05;
        let real = cue.stage.corpus.as_ref().filter(|_| dice.chance(0.4));
        let pick = (cue.speaker.seed % 600) as usize + dice.below(25);
        match real.and_then(|c| if dice.chance(0.15) { c.misuse(pick) } else { c.benign_cyber(pick) }) {
            Some(text) => words.prompt.push_str(text),
            None => grammar.say(rule, &mood(cue), dice, &mut words.prompt),
        }
        return;
    }
    // The person's own wording most of the time, another one now and then.
    let mut own = if dice.chance(0.6) { Dice::of(cue.speaker.seed, 0x4AB1) } else { dice.clone() };
    grammar.say(rule, &mood(cue), &mut own, &mut words.prompt);
    words.prompt.push(' ');
    let rest = if matches!(rule, "rubric" | "label") { "note" } else { "core" };
    grammar.say(rest, &mood(cue), dice, &mut words.prompt);
}

/// A template by popularity: everybody has a few favourites.
pub(crate) fn popular(cue: &Cue<'_>, dice: &mut Dice, out: &mut String) {
    let viral = &cue.stage.viral;
    let rank = Dice::of(cue.speaker.seed, 0x701 + dice.zipf(4, 1.0) as u64).zipf(viral.len(), 0.9);
    viral[rank].fill(&cue.stage.grammar, &mood(cue), dice, out);
}

/// A question of somebody's own: real text recombined where there is a corpus, else the grammar's.
pub(crate) fn question(cue: &Cue<'_>, dice: &mut Dice, out: &mut String) {
    let grammar = &cue.stage.grammar;
    let real = cue.stage.corpus.as_ref().filter(|_| dice.chance(0.75));
    let Some(text) = real.and_then(|c| c.question(cue.speaker.seed, dice)) else {
        grammar.say("ask", &mood(cue), dice, out);
        return;
    };
    if dice.chance(0.35) {
        grammar.say("opener", &mood(cue), dice, out);
    }
    if dice.chance(0.45) {
        grammar.say("context", &mood(cue), dice, out);
        out.push(' ');
    }
    out.push_str(cut(text, dice));
    if dice.chance(0.5) {
        out.push(' ');
        grammar.say(if dice.chance(0.5) { "context" } else { "constraint" }, &mood(cue), dice, out);
    }
    if dice.chance(0.15) {
        out.push(' ');
        grammar.say("core", &mood(cue), dice, out);
    }
}

/// The whole text, or only its first sentences.
fn cut<'t>(text: &'t str, dice: &mut Dice) -> &'t str {
    if dice.chance(0.6) {
        return text;
    }
    let ends: Vec<usize> = text.match_indices(['.', '?', '\n']).map(|(i, m)| i + m.len()).collect();
    if ends.is_empty() { text } else { &text[..*dice.pick(&ends)] }
}

/// Median length of an answer.
pub(crate) fn answer(cue: &Cue<'_>, code: bool, median: f64, dice: &mut Dice) -> f64 {
    let real = cue.stage.corpus.as_ref().and_then(|c| c.answer_tokens(code, dice));
    real.map_or(median, |t| t.max(3.0))
}

/// An application: a few templates of its own around its users' data.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) templates: Vec<Template>,
    /// Fixed instructions, sent as system prompt.
    pub(crate) system: Option<Arc<str>>,
    pub(crate) answer_tokens: f64,
    /// Customers of its own that it names; 0 = none named.
    pub(crate) end_users: usize,
    pub(crate) failure: f64,
    /// Usual length of the documents that go with a request, in sentences; 0 = the template is all.
    pub(crate) document: f64,
}

impl App {
    /// An application whose product is `speaker`.
    pub(crate) fn draw(stage: &super::stage::Stage, speaker: &Speaker, dice: &mut Dice) -> Self {
        let mood = Mood::of(speaker);
        let rule = if dice.chance(0.85) { "app" } else { "viral" };
        let n = 1 + dice.zipf(6, 1.0);
        let templates = (0..n).map(|_| Template::draw(&stage.grammar, rule, &mood, dice)).collect();
        let popular = dice.chance(0.15).then(|| stage.systems[dice.zipf(stage.systems.len(), 1.0)].clone());
        let own = dice.chance(0.55).then(|| {
            let mut text = String::new();
            for part in ["app_role", "expert", "reason", "format", "constraint"] {
                if part == "app_role" || dice.chance(0.4) {
                    stage.grammar.say(part, &mood, dice, &mut text);
                    text.push(' ');
                }
            }
            text.trim_end().into()
        });
        let system = popular.or(own);
        let end_users = if dice.chance(0.3) { 5 + dice.zipf(400, 1.0) } else { 0 };
        Self {
            templates,
            system,
            answer_tokens: dice.log_range(8.0, 1_400.0),
            end_users,
            failure: dice.range(0.0, 0.03),
            document: if dice.chance(0.45) { dice.log_range(2.0, 30.0) } else { 0.0 },
        }
    }
}

impl Voice for App {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        words.system.clone_from(&self.system);
        words.answer_tokens = self.answer_tokens;
        words.failure = self.failure;
        if self.end_users > 0 {
            let mut id = String::from("u");
            push_number(
                &mut id,
                (mix(cue.speaker.seed, dice.zipf(self.end_users, 0.8) as u64) % 1_000_000) as i64,
            );
            words.end_user = Some(id);
        }
        if cue.turn > 1 {
            cue.stage.grammar.say("follow", &mood(cue), dice, &mut words.prompt);
            return;
        }
        let template = &self.templates[dice.zipf(self.templates.len(), 1.0)];
        template.fill(&cue.stage.grammar, &mood(cue), dice, &mut words.prompt);
        if self.document > 0.0 || !template.has_marks() {
            words.prompt.push(' ');
            paste(cue, self.document.max(1.0), dice, &mut words.prompt);
        }
    }
}

/// A developer behind a coding agent.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) system: Arc<str>,
    pub(crate) tools: Arc<str>,
}

impl Agent {
    /// Somebody who uses harness number `harness` on a project of their own.
    pub(crate) fn draw(
        stage: &super::stage::Stage,
        harness: usize,
        speaker: &Speaker,
        dice: &mut Dice,
    ) -> Self {
        let harness = &stage.harnesses[harness % stage.harnesses.len()];
        let mut system = harness.system.to_string();
        if dice.chance(0.6) {
            system.push_str(" Project notes: ");
            for _ in 0..1 + dice.below(3) {
                let rule = if dice.chance(0.5) { "harness_rule" } else { "context" };
                stage.grammar.say(rule, &Mood::of(speaker), dice, &mut system);
                system.push(' ');
            }
        }
        Self { system: system.into(), tools: harness.tools.clone() }
    }
}

impl Voice for Agent {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        words.system = Some(self.system.clone());
        words.tools = Some(self.tools.clone());
        words.answer_tokens = answer(cue, true, 120.0, dice) * 2.0;
        let rule = if cue.turn == 1 { "dev" } else { "devfollow" };
        cue.stage.grammar.say(rule, &mood(cue), dice, &mut words.prompt);
        restyle(&mut words.prompt, cue.speaker.seed, dice);
    }
}

/// Somebody who tries the API out: pings, half-finished templates, errors.
#[derive(Debug)]
pub(crate) struct Tinker {
    pub(crate) app: App,
    /// Part of requests that go to any model of the calendar, to compare.
    pub(crate) sweeps: f64,
}

/// A first sign of life: is the account usable?
#[derive(Debug)]
pub(crate) struct Check;

impl Voice for Check {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        cue.stage.grammar.say("ping", &mood(cue), dice, &mut words.prompt);
        words.answer_tokens = 10.0;
        words.failure = 0.08;
        words.max_tokens = dice.chance(0.4).then_some(*dice.pick(&[1, 4, 8, 16, 32]));
    }
}

impl Voice for Tinker {
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words) {
        match dice.unit() {
            u if u < 0.12 => {
                cue.stage.grammar.say("ping", &mood(cue), dice, &mut words.prompt);
                words.answer_tokens = 12.0;
                words.max_tokens = dice.chance(0.3).then_some(*dice.pick(&[1, 5, 10, 16]));
            }
            u if u < 0.45 => cue.stage.grammar.say("dev", &mood(cue), dice, &mut words.prompt),
            u if u < 0.75 => self.app.speak(cue, dice, words),
            _ => question(cue, dice, &mut words.prompt),
        }
        words.failure = 0.05;
        if dice.chance(self.sweeps) {
            let out = cue.stage.models.iter().filter(|m| m.released_at.0 <= cue.at).count();
            words.model = Some(dice.below(out.max(1)));
        }
    }
}
