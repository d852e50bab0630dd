//! Templates (text with marks that each request fills anew), wrappers that can be paraphrased, and the small
//! habits by which people's writing differs.

use super::{Grammar, Mood, Piece, Slot};
use crate::world::dice::Dice;

/// Text with marks: `<text>`, `<ask>`, `<t>`, `<n>` and the like are filled at each use.
#[derive(Clone, Debug)]
pub(crate) struct Template(Vec<Piece>);

impl Template {
    /// Draws a template out of `rule`; everything but the marks is then fixed.
    pub(crate) fn draw(grammar: &Grammar, rule: &str, mood: &Mood<'_>, dice: &mut Dice) -> Self {
        Self::compile(&grammar.said(rule, mood, dice))
    }

    /// Reads marks; unknown ones stay as they are.
    pub(crate) fn compile(text: &str) -> Self {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some(at) = rest.find('<') {
            let Some(end) = rest[at..].find('>') else { break };
            let name = &rest[at + 1..at + end];
            let piece = match name {
                "text" => Some(Piece::Named("note")),
                "ask" => Some(Piece::Named("core")),
                _ => super::slot(name).map(Piece::Slot),
            };
            let keep = if piece.is_some() { at } else { at + end + 1 };
            if keep > 0 {
                pieces.push(Piece::Text(rest[..keep].into()));
            }
            pieces.extend(piece);
            rest = &rest[at + end + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        Self(pieces)
    }

    /// Appends the template with every mark filled.
    pub(crate) fn fill(&self, grammar: &Grammar, mood: &Mood<'_>, dice: &mut Dice, out: &mut String) {
        grammar.fill(&self.0, mood, dice, out);
    }

    /// Whether two uses can differ.
    pub(crate) fn has_marks(&self) -> bool {
        self.0.iter().any(|p| !matches!(p, Piece::Text(_) | Piece::Slot(Slot::Os)))
    }
}

/// A wrapper around the items of a job: parts with a fixed wording each, and rules to say them otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Paraphrase {
    parts: Vec<(&'static str, String)>,
    /// 0 = the same words each time, 1 = said anew each time.
    strength: f64,
}

impl Paraphrase {
    /// Fixes one wording of each rule.
    pub(crate) fn draw(
        grammar: &Grammar,
        rules: &[&'static str],
        mood: &Mood<'_>,
        strength: f64,
        dice: &mut Dice,
    ) -> Self {
        let parts = rules.iter().map(|rule| (*rule, grammar.said(rule, mood, dice))).collect();
        Self { parts, strength }
    }

    /// Appends the parts, each said anew with the paraphrase's strength; strong paraphrase also changes words,
    /// drops parts and swaps their order.
    pub(crate) fn say(&self, grammar: &Grammar, mood: &Mood<'_>, dice: &mut Dice, out: &mut String) {
        let mut order: Vec<usize> = (0..self.parts.len()).collect();
        if dice.chance(self.strength * 0.5) {
            dice.shuffle(&mut order);
        }
        for i in order {
            let (rule, fixed) = &self.parts[i];
            if self.parts.len() > 1 && dice.chance(self.strength * 0.15) {
                continue;
            }
            let at = out.len();
            if dice.chance(self.strength) {
                grammar.say(rule, mood, dice, out);
            } else {
                out.push_str(fixed);
            }
            if dice.chance(self.strength) {
                swap_words(out, at, self.strength * 0.5, dice);
            }
            out.push(' ');
        }
        if out.ends_with(' ') {
            out.pop();
        }
    }
}

/// English words that can stand for each other where the grammar uses them.
const SYNONYMS: &[&[&str]] = &[
    &["answer", "reply", "response", "solution"],
    &["reasoning", "thinking", "deliberation", "rationale", "thought process"],
    &["final", "last", "concluding", "definitive"],
    &["complete", "full", "entire", "whole"],
    &["write", "put down", "note", "set down", "compose"],
    &["step", "stage", "move"],
    &["steps", "stages", "moves"],
    &["show", "present", "display", "give"],
    &["explain", "clarify", "lay out", "describe", "set out"],
    &["before", "ahead of", "prior to"],
    &["every", "each", "any"],
    &["below", "underneath", "that follows"],
    &["following", "next", "subsequent"],
    &["experienced", "seasoned", "skilled", "practised"],
    &["careful", "diligent", "thorough", "rigorous"],
    &["problem", "question", "exercise", "task"],
    &["detail", "depth", "full"],
    &["examples", "illustrations", "instances", "cases"],
    &["expert", "specialist", "authority", "professional"],
    &["return", "output", "provide", "give back"],
    &["only", "just", "nothing but"],
    &["use", "apply", "employ"],
    &["compare", "contrast", "weigh"],
    &["create", "produce", "make", "prepare"],
    &["internal", "inner", "underlying"],
    &["result", "outcome", "conclusion"],
];

/// Replaces words after byte `from` by synonyms, each with probability `rate`.
fn swap_words(out: &mut String, from: usize, rate: f64, dice: &mut Dice) {
    let tail = out.split_off(from);
    for word in tail.split_inclusive(' ') {
        let core = word.trim_end_matches([' ', '.', ',', ':', ';']);
        let lower = core.to_lowercase();
        let set = SYNONYMS.iter().find(|set| set.contains(&lower.as_str()));
        match set {
            Some(set) if dice.chance(rate) => {
                out.push_str(dice.word(set));
                out.push_str(&word[core.len()..]);
            }
            _ => out.push_str(word),
        }
    }
}

/// Rewrites a text in somebody's habits of writing, which follow from `seed`: no capitals, no final full stop,
/// slips of the finger, a greeting or a closing word.
pub(crate) fn restyle(text: &mut String, seed: u64, dice: &mut Dice) {
    let mut habits = Dice::of(seed, 0x57E1);
    if habits.chance(0.3) {
        *text = text.to_lowercase();
    }
    if habits.chance(0.35) && dice.chance(0.8) {
        while text.ends_with(['.', '。', ' ']) {
            text.pop();
        }
    }
    let slips = habits.range(0.0, 0.02);
    if habits.chance(0.4) && text.len() > 20 && dice.chance(0.6) {
        slip(text, slips, dice);
    }
    if habits.chance(0.12) && dice.chance(0.7) {
        const CLOSINGS: [&str; 7] = [" thx", " Thanks!", " please", "??", " :)", "...", " !!"];
        text.push_str(CLOSINGS[habits.below(CLOSINGS.len())]);
    }
}

/// Drops or doubles letters inside words, each with probability `rate`.
fn slip(text: &mut String, rate: f64, dice: &mut Dice) {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if c.is_ascii_lowercase() && dice.chance(rate) {
            if dice.chance(0.5) {
                out.push(c);
                out.push(c);
            }
        } else {
            out.push(c);
        }
    }
    *text = out;
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashSet;

    use super::super::{Grammar, Mood, Speaker};
    use super::{Paraphrase, Template};
    use crate::world::dice::Dice;

    fn wordings(strength: f64) -> usize {
        let grammar = Grammar::load().unwrap();
        let speaker = Speaker::new(0, 5);
        let mood = Mood::of(&speaker);
        let mut dice = Dice::new(1);
        let wrapper = Paraphrase::draw(&grammar, &["expert", "reason", "format"], &mood, strength, &mut dice);
        let mut texts = FxHashSet::default();
        for _ in 0..200 {
            let mut text = String::new();
            wrapper.say(&grammar, &mood, &mut dice, &mut text);
            texts.insert(text);
        }
        texts.len()
    }

    #[test]
    fn paraphrase_strength_goes_from_one_wording_to_many() {
        assert_eq!(wordings(0.0), 1);
        let half = wordings(0.3);
        assert!(half > 5 && half < 190, "{half}");
        assert!(wordings(1.0) > 190);
    }

    #[test]
    fn marks_are_filled_and_the_rest_stays() {
        let grammar = Grammar::load().unwrap();
        let speaker = Speaker::new(0, 5);
        let template = Template::compile("Sort <n> of <t> by <weight>.");
        assert!(template.has_marks());
        let mut text = String::new();
        template.fill(&grammar, &Mood::of(&speaker), &mut Dice::new(1), &mut text);
        assert!(text.starts_with("Sort ") && text.ends_with(" by <weight>."), "{text}");
    }
}
