//! `cargo xtask new-detector NAME`: a folder with the manual page to fill in, and the lines that make it known.
//!
//! The code of a new detector is that of one that is there, with other values, so that no template can fall behind; and a
//! test holds whatever else names that detector to what is changed here.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::out;
use crate::shell::root;

/// Starts a detector.
///
/// # Errors
/// When the name is not a pattern's name, is taken, or a list is not where it should be.
pub fn run(name: &str) -> Result<()> {
    for line in start(&root(), name)? {
        out::say(&line);
    }
    out::say(NEXT);
    Ok(())
}

const NEXT: &str = "\
It compiles, and names nothing before its weights are fitted. Next:
  the page at the top of mod.rs, its headline and response; the same two sentences and the name in ui/src/text, en and fr
  an archetype in crates/vigie-sim/src/world that behaves like it, and the honest group that looks most like it
  cargo run --release -p vigie-bench --bin fit -- help    fits the weights
  cargo xtask gen, then `npm run types` in ui             writes the pages and the console's types
  cargo xtask test";

/// A new detector by its three names.
struct New<'n> {
    /// `key-takeover`
    name: &'n str,
    /// `key_takeover`
    module: String,
    /// `KeyTakeover`
    variant: String,
}

impl<'n> New<'n> {
    fn try_from(name: &'n str) -> Result<Self> {
        let letters = |word: &str| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        if !name.split('-').all(letters) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            bail!("`{name}` is no id: write the pattern in lower case with hyphens, such as key-takeover");
        }
        Ok(Self { name, module: name.replace('-', "_"), variant: name.split('-').map(capitalised).collect() })
    }

    /// What comes into which file, before which mark.
    fn lines(&self) -> [(&'static str, &'static str, String); 11] {
        let Self { name, module, variant } = self;
        let title = capitalised(&name.replace('-', " "));
        let said = |what: &str, text: &str| format!("  \"said.{what}.{name}\": \"{text}\",\n");
        [
            (LIST, "];\n", format!("    {module}::DETECTOR,\n")),
            (
                KINDS,
                "    /// Accounts linked by objects alone",
                format!("    /// In one line: what {name} is.\n    {variant},\n"),
            ),
            (
                KINDS,
                "            Self::CoordinatedAccounts => \"",
                format!("            Self::{variant} => \"{name}\",\n"),
            ),
            (
                "crates/vigie-cases/src/matching.rs",
                "Kind::CoordinatedAccounts | Kind::InnocentGroup => Family::Any",
                format!("Kind::{variant} | "),
            ),
            ("ui/src/api/types.ts", "\"coordinated-accounts\"", format!("\"{name}\", ")),
            (
                "ui/src/text/en/words.ts",
                "  \"kind.coordinated-accounts\"",
                format!("  \"kind.{name}\": \"{title}\",\n"),
            ),
            (
                "ui/src/text/fr/words.ts",
                "  \"kind.coordinated-accounts\"",
                format!("  \"kind.{name}\": \"À traduire : {title}\",\n"),
            ),
            ("ui/src/text/en/said.ts", "  \"said.do.", said("head", HEADLINE)),
            ("ui/src/text/en/said.ts", "  \"said.do.nothing\"", said("do", RESPONSE)),
            ("ui/src/text/fr/said.ts", "  \"said.do.", said("head", &format!("à traduire : {HEADLINE}"))),
            (
                "ui/src/text/fr/said.ts",
                "  \"said.do.nothing\"",
                said("do", &format!("À traduire : {RESPONSE}")),
            ),
        ]
    }

    /// The detector's own file: the page to fill in, and the code of [`MODEL`] with other values.
    fn source(&self) -> Result<String> {
        let code = MODEL.find("\nuse ").context("the detector to start from imports nothing")?;
        let values = [
            ("kind", format!("Kind::{}", self.variant)),
            ("needs", "&[\"timestamp\"]".to_owned()),
            ("wants", "&[]".to_owned()),
            ("harm", "Severity::Low".to_owned()),
            ("action", "Action::Observe".to_owned()),
            ("scope", "\"accounts\"".to_owned()),
            ("headline", format!("\"{HEADLINE}\"")),
            ("response", format!("\"{RESPONSE}\"")),
        ];
        let mut text = PAGE.replace("NAME", self.name) + MODEL[code..].trim_start();
        for (field, value) in values {
            text = with(&text, field, &value)
                .with_context(|| format!("the detector to start from has no line for `{field}`"))?;
        }
        Ok(text)
    }
}

/// The detector whose code new ones start from.
const MODEL: &str = include_str!("../../crates/vigie-detectors/src/shared_playbook/mod.rs");
const PAGE: &str = include_str!("detector.txt");
/// In place of weights, until they are fitted.
const WEIGHTS: &str = "\
//! To be written by `cargo run --release -p vigie-bench --bin fit`.

use crate::trees::Forest;

pub(crate) static FOREST: Forest = Forest::UNFITTED;
";
const HEADLINE: &str = "the pattern in a few words";
const RESPONSE: &str = "What to do about it, mildest first.";

const LIST: &str = "crates/vigie-detectors/src/lib.rs";
const KINDS: &str = "crates/vigie-model/src/campaign.rs";

/// Does it in the workspace at `root`; tells what was changed.
fn start(root: &Path, name: &str) -> Result<Vec<String>> {
    let new = New::try_from(name)?;
    let folder = root.join("crates/vigie-detectors/src").join(&new.module);
    if folder.exists() {
        bail!("{} is there already", folder.display());
    }

    // Every edit is made in memory first: either all of them fit or nothing is changed.
    let list = read(&root.join(LIST))?;
    let list = insert_module(&list, &new.module).with_context(|| format!("{LIST}: no modules to add to"))?;
    let mut changed = vec![(LIST, list)];
    for (file, mark, lines) in new.lines() {
        let at = match changed.iter().position(|(name, _)| *name == file) {
            Some(at) => at,
            None => {
                changed.push((file, read(&root.join(file))?));
                changed.len() - 1
            }
        };
        changed[at].1 = before(&changed[at].1, mark, &lines)
            .with_context(|| format!("{file}: no `{}` to add to", mark.trim()))?;
    }
    let source = new.source()?;

    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut told = Vec::new();
    for (file, text) in [("mod.rs", source.as_str()), ("weights.rs", WEIGHTS)] {
        let file = folder.join(file);
        fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
        told.push(format!("new      {}", file.display()));
    }
    for (file, text) in changed {
        fs::write(root.join(file), text).with_context(|| format!("{file} cannot be written"))?;
        told.push(format!("changed  {file}"));
    }
    Ok(told)
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}

/// `pub mod` among the modules, in the order of names that rustfmt keeps, whether public or not.
fn insert_module(text: &str, module: &str) -> Option<String> {
    let name = |line: &str| -> Option<String> {
        let rest = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ")?;
        rest.strip_suffix(';').map(str::to_owned)
    };
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|line| name(line).is_some())?;
    let later = |line: &&str| name(line).is_some_and(|other| other.as_str() > module);
    let at = lines.iter().position(later).unwrap_or(last + 1);
    let new = format!("pub mod {module};");
    lines.insert(at, &new);
    Some(lines.join("\n") + "\n")
}

/// `lines` right before the first `mark`.
fn before(text: &str, mark: &str, lines: &str) -> Option<String> {
    let at = text.find(mark)?;
    Some(format!("{}{lines}{}", &text[..at], &text[at..]))
}

/// The line of a field of [`MODEL`] with another value.
fn with(text: &str, field: &str, value: &str) -> Option<String> {
    let start = format!("    {field}: ");
    let from = text.find(&format!("\n{start}"))? + 1;
    let to = from + text[from..].find(",\n")?;
    Some(format!("{}{start}{value}{}", &text[..from], &text[to..]))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A copy of all that is changed, as it is today.
    fn workspace(name: &str) -> PathBuf {
        let copy = std::env::temp_dir().join(format!("vigie-scaffold-{name}-{}", std::process::id()));
        for (file, ..) in New::try_from("idle-fleet").unwrap().lines() {
            fs::create_dir_all(copy.join(file).parent().unwrap()).unwrap();
            fs::copy(root().join(file), copy.join(file)).unwrap();
        }
        copy
    }

    #[test]
    fn a_detector_is_one_folder_and_the_lines_that_name_it() {
        let copy = workspace("new");
        start(&copy, "idle-fleet").unwrap();
        let now = |file: &str| fs::read_to_string(copy.join(file)).unwrap();
        for (file, _, lines) in New::try_from("idle-fleet").unwrap().lines() {
            assert!(now(file).contains(&lines), "{file}: {lines}");
        }
        let list = now(LIST);
        assert!(list.contains("pub mod idle_fleet;\n"), "{list}");
        assert!(list.contains("::DETECTOR,\n    idle_fleet::DETECTOR,\n];"), "{list}");
        assert!(start(&copy, "idle-fleet").is_err(), "it is there already");
        fs::remove_dir_all(copy).unwrap();
    }

    #[test]
    fn its_code_is_that_of_the_model_with_nothing_of_the_model_left() {
        let text = New::try_from("idle-fleet").unwrap().source().unwrap();
        assert!(text.starts_with("//! # `idle-fleet`\n"), "{text}");
        assert!(
            text.contains("kind: Kind::IdleFleet,") && !text.to_lowercase().contains("playbook"),
            "{text}"
        );
        let code = |text: &str| text[text.find("\nuse ").unwrap()..].lines().count();
        assert_eq!(code(&text), code(MODEL));
        assert!(text.contains("&weights::FOREST"), "{text}");
        let trees = read(&root().join("crates/vigie-detectors/src/trees.rs")).unwrap();
        assert!(trees.contains("pub const UNFITTED: Self"), "what stands in for weights is there");
    }

    #[test]
    fn whatever_else_names_a_detector_can_do_without_a_new_one() {
        // Worlds, samples and baselines have archetypes of their own; reports fall back to the id; the rest is generated.
        let free = [
            "crates/vigie-sim/",
            "crates/vigie-bench/",
            "crates/vigie-report/",
            "crates/vigie-detectors/src/shared_playbook/",
            "ui/src/api/schema.ts",
            // Without an entry nothing is chosen beforehand.
            "ui/src/pages/case/Takedown.tsx",
            "xtask/src/scaffold.rs",
        ];
        let changed = New::try_from("idle-fleet").unwrap().lines().map(|(file, ..)| file);
        let mut folders = vec![root().join("crates"), root().join("ui/src"), root().join("xtask")];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let Ok(text) = fs::read_to_string(entry.path()) else { continue };
                let name = entry.path().strip_prefix(root()).unwrap().display().to_string();
                let named = ["SharedPlaybook", "shared_playbook", "shared-playbook"]
                    .iter()
                    .any(|word| text.contains(word));
                if named && !free.iter().any(|f| name.starts_with(f)) {
                    assert!(
                        changed.contains(&name.as_str()),
                        "{name} names every detector, but not a new one"
                    );
                    seen += 1;
                }
            }
        }
        let mut files = changed.to_vec();
        files.dedup();
        assert_eq!(seen, files.len());
    }

    #[test]
    fn a_name_that_is_no_pattern_changes_nothing() {
        let copy = workspace("bad");
        let before = read(&copy.join(LIST)).unwrap();
        for name in ["", "Idle", "idle_fleet", "-idle", "idle--fleet", "9lives", "../x"] {
            assert!(start(&copy, name).is_err(), "{name}");
        }
        assert_eq!(read(&copy.join(LIST)).unwrap(), before);
        fs::remove_dir_all(copy).unwrap();
    }
}
