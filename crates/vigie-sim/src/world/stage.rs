//! What all voices of a world share: grammar, popular templates, agent harnesses, the model calendar, real text.

use std::sync::Arc;

use vigie_model::{Micros, ModelRelease};

use super::WorldError;
use super::config::WorldConfig;
use super::corpus::Corpus;
use super::dice::{Dice, mix};
use super::text::{Grammar, Mood, Speaker, Template, coin};

/// A coding agent or another harness in one version: long boilerplate and a tool set.
#[derive(Debug)]
pub(crate) struct Harness {
    pub(crate) system: Arc<str>,
    pub(crate) tools: Arc<str>,
}

/// Shared by all voices.
pub(crate) struct Stage {
    pub(crate) grammar: Grammar,
    pub(crate) corpus: Option<Corpus>,
    /// Prompt templates that people pass on, most popular first.
    pub(crate) viral: Vec<Template>,
    /// System prompts that many programs copied, most popular first.
    pub(crate) systems: Vec<Arc<str>>,
    /// Harness versions, most popular first.
    pub(crate) harnesses: Vec<Harness>,
    /// Models by release, oldest first; the last one or two come out during the log.
    pub(crate) models: Vec<ModelRelease>,
}

impl Stage {
    /// Draws everything shared from the world's seed.
    ///
    /// # Errors
    /// [`WorldError`] when the corpus cannot be read.
    pub(crate) fn draw(config: &WorldConfig, dice: &mut Dice) -> Result<Self, WorldError> {
        let grammar = Grammar::load()?;
        let corpus =
            config.corpus.as_deref().map(|dir| Corpus::read(dir, &mut dice.fork("corpus"))).transpose()?;
        let mut own = dice.fork("viral");
        let viral =
            (0..40 + config.accounts / 5).map(|_| viral(&grammar, corpus.as_ref(), &mut own)).collect();
        let mut own = dice.fork("harness");
        let harnesses = (0..8 + config.accounts / 400).map(|_| harness(&grammar, &mut own)).collect();
        let mut own = dice.fork("systems");
        let systems = (0..12 + config.accounts / 300).map(|_| system(&grammar, &mut own)).collect();
        let models = calendar(config, &mut dice.fork("models"));
        Ok(Self { grammar, corpus, viral, systems, harnesses, models })
    }

    /// The newest model at a moment.
    pub(crate) fn newest(&self, at: i64) -> usize {
        self.models.iter().rposition(|m| m.released_at.0 <= at).unwrap_or(0)
    }

    /// Release of the last model of the calendar.
    pub(crate) fn last_release(&self) -> i64 {
        self.models.last().map_or(0, |m| m.released_at.0)
    }
}

fn viral(grammar: &Grammar, corpus: Option<&Corpus>, dice: &mut Dice) -> Template {
    if let Some(text) = corpus.filter(|_| dice.chance(0.6)).and_then(|c| c.act(dice)) {
        return Template::compile(&format!("{text} <ask>"));
    }
    let language = if dice.chance(0.8) { 0 } else { dice.below(6) as u8 };
    let speaker = Speaker::new(language, dice.next());
    Template::draw(grammar, "viral", &Mood::of(&speaker), dice)
}

/// A system prompt of the sort that tutorials print.
fn system(grammar: &Grammar, dice: &mut Dice) -> Arc<str> {
    let speaker = Speaker::new(0, dice.next());
    let mut text = grammar.said("expert", &Mood::of(&speaker), dice);
    for rule in ["reason", "format", "constraint"] {
        if dice.chance(0.4) {
            text.push(' ');
            grammar.say(rule, &Mood::of(&speaker), dice, &mut text);
        }
    }
    text.into()
}

fn harness(grammar: &Grammar, dice: &mut Dice) -> Harness {
    let speaker = Speaker::new(0, dice.next());
    let system = grammar.said("harness", &Mood::of(&speaker), dice);
    // What differs between users of a harness is kept out: boilerplate is shared verbatim.
    let system = system.replace("<path>", "/workspace").replace("<os>", "linux").replace("<day>", "today");
    let system = system.replace("<own>", "the project").replace("<t>", "main");
    const TOOLS: [(&str, &str, &str); 12] = [
        ("read_file", "Read a file", "path"),
        ("write_file", "Write a file", "path"),
        ("edit", "Replace text in a file", "path"),
        ("bash", "Run a command", "command"),
        ("grep", "Search file contents", "pattern"),
        ("glob", "Find files", "pattern"),
        ("web_fetch", "Fetch a page", "url"),
        ("todo", "Keep a list of tasks", "items"),
        ("ask_user", "Ask the user", "question"),
        ("apply_patch", "Apply a diff", "patch"),
        ("python", "Run Python", "code"),
        ("list_dir", "List a folder", "path"),
    ];
    let mut names = TOOLS;
    dice.shuffle(&mut names);
    let tools: Vec<String> = names[..4 + dice.below(7)]
        .iter()
        .map(|(name, text, arg)| {
            format!("{{\"name\":\"{name}\",\"description\":\"{text}\",\"input_schema\":{{\"type\":\"object\",\"properties\":{{\"{arg}\":{{\"type\":\"string\"}}}}}}}}")
        })
        .collect();
    Harness { system: system.into(), tools: format!("[{}]", tools.join(",")).into() }
}

/// Models: a few old ones, one release inside the log, sometimes a second.
fn calendar(config: &WorldConfig, dice: &mut Dice) -> Vec<ModelRelease> {
    let mut family = String::new();
    coin(&mut family, dice.next());
    let family = family.to_lowercase();
    let start = config.start.0;
    let log = f64::from(config.days);
    let mut days = vec![-420.0, -260.0, -120.0 - dice.range(0.0, 40.0), -30.0 - dice.range(0.0, 60.0)];
    if dice.chance(0.4) {
        days.push(log * dice.range(0.1, 0.3));
    }
    days.push(log * dice.range(0.35, 0.7));
    days.iter()
        .enumerate()
        .map(|(i, day)| {
            let size = ["large", "small", "medium"][(mix(i as u64, 5) % 3) as usize];
            // Releases come at working hours of some office.
            let at = start + (*day * Micros::DAY as f64) as i64;
            let at =
                at.div_euclid(Micros::DAY) * Micros::DAY + 16 * Micros::HOUR + dice.between(0, Micros::HOUR);
            ModelRelease { model: format!("{family}-{}-{size}", i + 1), released_at: Micros(at) }
        })
        .collect()
}
