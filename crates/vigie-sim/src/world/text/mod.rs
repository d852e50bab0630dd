//! Text: a small rewriting grammar in six languages, speakers with words of their own, templates, paraphrase.
//!
//! What lives here: how sentences come to be. What does not: who says what and when.

mod template;
mod words;

use std::cell::Cell;

use rustc_hash::FxHashMap;

pub(crate) use template::{Paraphrase, Template, restyle};
pub(crate) use words::{LANGUAGES, Speaker, coin, push_number};

use super::WorldError;
use super::dice::{Dice, mix};

/// Deepest nesting of rules; deeper ones expand to nothing.
const DEPTH_MAX: u8 = 7;

const SOURCES: [&str; 6] = [
    include_str!("../../../grammar/en.txt"),
    include_str!("../../../grammar/de.txt"),
    include_str!("../../../grammar/fr.txt"),
    include_str!("../../../grammar/es.txt"),
    include_str!("../../../grammar/pt.txt"),
    include_str!("../../../grammar/zh.txt"),
];

/// What a piece of a phrase stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A term of the speaker's current domain.
    Topic,
    /// Another term of the same domain.
    Topic2,
    /// A word coined by the speaker.
    Own,
    /// The same in lower case.
    OwnLow,
    /// A first name.
    Name,
    /// A number.
    Number,
    /// A city.
    City,
    /// A recent year.
    Year,
    /// A program identifier.
    Ident,
    /// A path in a repository.
    Path,
    /// A commit hash.
    Hex,
    /// Text handed in from outside.
    Arg,
    /// A number handed in from outside.
    Step,
    /// An operating system.
    Os,
    /// A day.
    Day,
}

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Text(Box<str>),
    Slot(Slot),
    Rule(u16),
    /// A rule that is looked up in the language of whoever fills a template.
    Named(&'static str),
}

type Phrase = Vec<Piece>;

/// What an expansion needs to know besides the grammar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mood<'a> {
    /// Who speaks.
    pub(crate) speaker: &'a Speaker,
    /// Weeks since the start of the world: interests drift.
    pub(crate) week: u32,
    /// What [`Slot::Arg`] stands for.
    pub(crate) arg: &'a str,
    /// What [`Slot::Step`] stands for.
    pub(crate) step: i64,
}

impl<'a> Mood<'a> {
    /// A speaker, nothing handed in.
    pub(crate) fn of(speaker: &'a Speaker) -> Self {
        Self { speaker, week: 0, arg: "", step: 1 }
    }
}

#[derive(Debug, Default)]
struct Tongue {
    rules: Vec<Vec<Phrase>>,
    names: FxHashMap<String, u16>,
    domains: Vec<Vec<String>>,
}

/// All rules of all languages.
#[derive(Debug)]
pub(crate) struct Grammar {
    tongues: Vec<Tongue>,
}

impl Grammar {
    /// Parses the built-in rules.
    ///
    /// # Errors
    /// [`WorldError::Grammar`] names the line that refers to a rule that does not exist.
    pub(crate) fn load() -> Result<Self, WorldError> {
        let tongues = SOURCES.iter().zip(LANGUAGES).map(|(text, code)| Tongue::parse(text, code));
        Ok(Self { tongues: tongues.collect::<Result<_, _>>()? })
    }

    /// Appends one expansion of `rule` in the speaker's language, or in English where that language lacks it.
    pub(crate) fn say(&self, rule: &str, mood: &Mood<'_>, dice: &mut Dice, out: &mut String) {
        let own = &self.tongues[usize::from(mood.speaker.language) % self.tongues.len()];
        let (tongue, id) = match own.names.get(rule) {
            Some(id) => (own, *id),
            None => match self.tongues[0].names.get(rule) {
                Some(id) => (&self.tongues[0], *id),
                None => return,
            },
        };
        let domain = &tongue.domains[mood.speaker.domain(dice, mood.week, tongue.domains.len())];
        Voice { tongue, domain, mood: *mood, last: Cell::new(usize::MAX) }.rule(id, dice, out, 0);
    }

    /// The same as an owned string.
    pub(crate) fn said(&self, rule: &str, mood: &Mood<'_>, dice: &mut Dice) -> String {
        let mut out = String::new();
        self.say(rule, mood, dice, &mut out);
        out
    }

    fn fill(&self, phrase: &[Piece], mood: &Mood<'_>, dice: &mut Dice, out: &mut String) {
        let tongue = &self.tongues[usize::from(mood.speaker.language) % self.tongues.len()];
        let domain = &tongue.domains[mood.speaker.domain(dice, mood.week, tongue.domains.len())];
        let voice = Voice { tongue, domain, mood: *mood, last: Cell::new(usize::MAX) };
        for piece in phrase {
            match piece {
                Piece::Named(rule) => self.say(rule, mood, dice, out),
                other => voice.phrase(std::slice::from_ref(other), dice, out, 0),
            }
        }
    }
}

impl Tongue {
    fn parse(text: &str, code: &'static str) -> Result<Self, WorldError> {
        let mut tongue = Self::default();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("# ") {
                let id = tongue.names.len() as u16;
                tongue.names.insert(name.to_owned(), id);
            }
        }
        tongue.rules = vec![Vec::new(); tongue.names.len()];
        let mut current = None;
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() {
                continue;
            } else if line == "[domains]" {
                current = None;
            } else if let Some(name) = line.strip_prefix("# ") {
                current = tongue.names.get(name).copied();
            } else if let Some(id) = current {
                let phrase = tongue.phrase(line, '{', '}').map_err(|name| WorldError::Grammar {
                    language: code,
                    line: number + 1,
                    name,
                })?;
                tongue.rules[usize::from(id)].push(phrase);
            } else if let Some((_, terms)) = line.split_once(": ") {
                tongue.domains.push(terms.split("; ").map(str::to_owned).collect());
            }
        }
        Ok(tongue)
    }

    fn phrase(&self, line: &str, open: char, close: char) -> Result<Phrase, String> {
        let (mut pieces, mut rest) = (Vec::new(), line);
        while let Some(at) = rest.find(open) {
            let Some(end) = rest[at..].find(close) else { break };
            let name = &rest[at + 1..at + end];
            let piece =
                slot(name).map(Piece::Slot).or_else(|| self.names.get(name).map(|id| Piece::Rule(*id)));
            let Some(piece) = piece else { return Err(name.to_owned()) };
            if at > 0 {
                pieces.push(Piece::Text(rest[..at].into()));
            }
            pieces.push(piece);
            rest = &rest[at + end + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        Ok(pieces)
    }
}

fn slot(name: &str) -> Option<Slot> {
    Some(match name {
        "t" => Slot::Topic,
        "t2" => Slot::Topic2,
        "own" => Slot::Own,
        "own_low" => Slot::OwnLow,
        "name" => Slot::Name,
        "n" => Slot::Number,
        "city" => Slot::City,
        "year" => Slot::Year,
        "ident" => Slot::Ident,
        "path" => Slot::Path,
        "hex" => Slot::Hex,
        "x" => Slot::Arg,
        "step" => Slot::Step,
        "os" => Slot::Os,
        "day" => Slot::Day,
        _ => return None,
    })
}

/// One expansion in progress.
struct Voice<'a> {
    tongue: &'a Tongue,
    domain: &'a [String],
    mood: Mood<'a>,
    /// The last term used: the next one differs.
    last: Cell<usize>,
}

impl Voice<'_> {
    fn rule(&self, id: u16, dice: &mut Dice, out: &mut String, depth: u8) {
        let phrases = &self.tongue.rules[usize::from(id)];
        if depth < DEPTH_MAX && !phrases.is_empty() {
            self.phrase(&phrases[dice.below(phrases.len())], dice, out, depth + 1);
        }
    }

    fn phrase(&self, phrase: &[Piece], dice: &mut Dice, out: &mut String, depth: u8) {
        for piece in phrase {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Rule(id) => self.rule(*id, dice, out, depth),
                Piece::Slot(slot) => self.slot(*slot, dice, out),
                // Only templates have these, and they are filled piece by piece.
                Piece::Named(_) => {}
            }
        }
    }

    fn slot(&self, slot: Slot, dice: &mut Dice, out: &mut String) {
        const SYSTEMS: [&str; 5] = ["linux", "darwin 24.1", "Ubuntu 24.04", "win32", "linux arm64"];
        let speaker = self.mood.speaker;
        match slot {
            Slot::Topic => self.term(0, dice, out),
            Slot::Topic2 => self.term(5, dice, out),
            Slot::Own => speaker.own(dice, out),
            Slot::OwnLow => {
                let at = out.len();
                speaker.own(dice, out);
                let lower = out[at..].to_lowercase();
                out.truncate(at);
                out.push_str(&lower);
            }
            Slot::Name => speaker.name(dice, out),
            Slot::Number => words::number(dice, out),
            Slot::City => speaker.city(dice, out),
            Slot::Year => push_number(out, 1990 + 36 - dice.zipf(36, 1.0) as i64),
            Slot::Ident => speaker.ident(dice, out),
            Slot::Path => speaker.path(dice, out),
            Slot::Hex => {
                let value = dice.next();
                out.extend(
                    (0..8).map(|i| char::from_digit((value >> (4 * i) & 15) as u32, 16).unwrap_or('0')),
                );
            }
            Slot::Arg => out.push_str(self.mood.arg),
            Slot::Step => push_number(out, self.mood.step),
            Slot::Os => out.push_str(dice.word(&SYSTEMS)),
            Slot::Day => push_number(out, 20_260_101 + i64::from(self.mood.week) * 7),
        }
    }

    /// A term of the domain; each speaker has favourites among them.
    fn term(&self, salt: u64, dice: &mut Dice, out: &mut String) {
        let n = self.domain.len();
        let rank = dice.zipf(n, 0.5) as u64;
        let mut at = (mix(self.mood.speaker.seed ^ salt, rank) % n.max(1) as u64) as usize;
        if at == self.last.get() {
            at = (at + 1) % n;
        }
        self.last.set(at);
        out.push_str(&self.domain[at]);
    }
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashSet;

    use super::{Grammar, LANGUAGES, Mood, Speaker};
    use crate::world::dice::Dice;

    #[test]
    fn every_language_parses_and_speaks() {
        let grammar = Grammar::load().unwrap();
        for language in 0..LANGUAGES.len() as u8 {
            let speaker = Speaker::new(language, 9);
            for rule in ["ask", "follow", "task", "expert", "reason", "format", "viral", "app"] {
                let text = grammar.said(rule, &Mood::of(&speaker), &mut Dice::new(4));
                assert!(text.len() > 5 && !text.contains('{'), "{rule}: {text}");
            }
        }
    }

    #[test]
    fn strangers_rarely_ask_the_same() {
        let grammar = Grammar::load().unwrap();
        let mut dice = Dice::new(2);
        let mut texts = FxHashSet::default();
        for i in 0..4_000_u64 {
            let speaker = Speaker::new(0, i);
            texts.insert(grammar.said("ask", &Mood::of(&speaker), &mut dice));
        }
        assert!(texts.len() > 3_960, "{}", texts.len());
    }
}
