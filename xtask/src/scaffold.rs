//! `cargo xtask new-detector NAME`: a folder with the manual page to fill in, and the lines that make it known.

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
    out::say(
        "Next: fill in the page at the top of the new file, then `cargo xtask test` and `cargo xtask gen`.",
    );
    Ok(())
}

/// Does it in the workspace at `root`; tells what was changed.
fn start(root: &Path, name: &str) -> Result<Vec<String>> {
    let letters =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !name.split('-').all(letters) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        bail!("`{name}` is no id: write the pattern in lower case with hyphens, such as key-takeover");
    }
    let module = name.replace('-', "_");
    let variant: String = name.split('-').map(capitalised).collect();
    let sources = root.join("crates/vigie-detectors/src");
    let folder = sources.join(&module);
    if folder.exists() {
        bail!("{} is there already", folder.display());
    }

    // Every edit is made in memory first: either all of them fit or nothing is changed.
    let list = sources.join("lib.rs");
    let list_text = read(&list)?;
    let list_text = insert_module(&list_text, &module)
        .and_then(|text| insert_into_list(&text, &format!("    {module}::DETECTOR,")))
        .with_context(|| format!("{}: no list of detectors to add to", list.display()))?;
    let kinds = root.join("crates/vigie-model/src/campaign.rs");
    let kinds_text = read(&kinds)?;
    let kinds_text = before(
        &kinds_text,
        "    /// Accounts linked by objects alone",
        &format!("    /// In one line: what {name} is.\n    {variant},\n"),
    )
    .and_then(|text| {
        before(
            &text,
            "            Self::CoordinatedAccounts => \"",
            &format!("            Self::{variant} => \"{name}\",\n"),
        )
    })
    .with_context(|| format!("{}: no list of kinds to add to", kinds.display()))?;

    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let file = folder.join("mod.rs");
    fs::write(&file, TEMPLATE.replace("VARIANT", &variant).replace("NAME", name))?;
    fs::write(&list, list_text)?;
    fs::write(&kinds, kinds_text)?;
    Ok(vec![
        format!("new      {}", file.display()),
        format!("changed  {} (module and list)", list.display()),
        format!("changed  {} (kind)", kinds.display()),
    ])
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

/// `line` at the end of the list called `DETECTORS`.
fn insert_into_list(text: &str, line: &str) -> Option<String> {
    let start = text.find("DETECTORS: ")?;
    let end = start + text[start..].find("\n];")?;
    Some(format!("{}\n{line}{}", &text[..end], &text[end..]))
}

/// `lines` right before the line that begins with `mark`.
fn before(text: &str, mark: &str, lines: &str) -> Option<String> {
    let at = text.find(mark)?;
    Some(format!("{}{lines}{}", &text[..at], &text[at..]))
}

const TEMPLATE: &str = include_str!("detector.rs.txt");

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str = "mod facts;\npub mod key_takeover;\n\npub const DETECTORS: &[Detector] = &[\n    key_takeover::DETECTOR,\n];\n";
    const KINDS: &str = "enum Kind {\n    /// Accounts linked by objects alone.\n    CoordinatedAccounts,\n}\nmatch self {\n            Self::CoordinatedAccounts => \"coordinated-accounts\",\n}\n";

    fn workspace(name: &str) -> std::path::PathBuf {
        let root = std::env::temp_dir().join(format!("vigie-scaffold-{name}-{}", std::process::id()));
        for (file, text) in
            [("crates/vigie-detectors/src/lib.rs", LIB), ("crates/vigie-model/src/campaign.rs", KINDS)]
        {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        root
    }

    #[test]
    fn a_detector_is_one_folder_and_the_lines_that_name_it() {
        let root = workspace("new");
        assert_eq!(start(&root, "idle-fleet").unwrap().len(), 3);
        let list = fs::read_to_string(root.join("crates/vigie-detectors/src/lib.rs")).unwrap();
        assert!(list.contains("mod facts;\npub mod idle_fleet;\npub mod key_takeover;"), "{list}");
        assert!(list.contains("    key_takeover::DETECTOR,\n    idle_fleet::DETECTOR,\n];"), "{list}");
        let kinds = fs::read_to_string(root.join("crates/vigie-model/src/campaign.rs")).unwrap();
        assert!(kinds.contains("Self::IdleFleet => \"idle-fleet\","), "{kinds}");
        let page = fs::read_to_string(root.join("crates/vigie-detectors/src/idle_fleet/mod.rs")).unwrap();
        assert!(page.contains("kind: Kind::IdleFleet") && page.starts_with("//! # `idle-fleet`\n"));
        assert!(start(&root, "idle-fleet").is_err(), "it is there already");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_name_that_is_no_pattern_changes_nothing() {
        let root = workspace("bad");
        for name in ["", "Idle", "idle_fleet", "-idle", "idle--fleet", "9lives", "../x"] {
            assert!(start(&root, name).is_err(), "{name}");
        }
        assert_eq!(fs::read_to_string(root.join("crates/vigie-detectors/src/lib.rs")).unwrap(), LIB);
        fs::remove_dir_all(root).unwrap();
    }
}
