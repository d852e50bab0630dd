//! `cargo xtask gen`: pages that are made from the code, so that they cannot say something else.
//!
//! Checked in: `docs/reference/cli.md` (from the argument definitions) and `docs/reference/detectors.md` (from the
//! detectors' doc comments), `docs/reference/api.md` and `ui/openapi.json` (from the types of the API). Into the target folder: man pages and completions, for packagers.

mod api;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::out;
use crate::shell::{cargo, must, printed, program, root, target};

/// Write the pages, or only look whether they are as they would be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Write,
    Check,
}

const SHELLS: &[&str] = &["bash", "elvish", "fish", "powershell", "zsh"];
const MADE: &str = "<!-- Made by `cargo xtask gen`. Change the code, not this page. -->\n";

/// Writes or checks every generated page.
///
/// # Errors
/// When a page cannot be made, or is not as it would be written.
pub fn run(mode: Mode) -> Result<()> {
    must(&mut cargo(&["build", "--locked", "--quiet", "--package", "vigie"]))?;
    let vigie = target().join("debug").join("vigie").display().to_string();
    let mut stale = Vec::new();
    let pages = [
        ("docs/reference/cli.md", cli(&vigie)?),
        ("docs/reference/detectors.md", detectors()?),
        ("docs/reference/api.md", api::page(&vigie)?),
        ("ui/openapi.json", api::document(&vigie)?),
    ];
    for (name, page) in pages {
        let file = root().join(name);
        match mode {
            Mode::Write => write(&file, &page)?,
            Mode::Check if fs::read_to_string(&file).ok().as_deref() != Some(&page) => stale.push(name),
            Mode::Check => out::say(&format!("{name} is up to date")),
        }
    }
    if !stale.is_empty() {
        bail!("{} would be written differently; run `cargo xtask gen` and commit", stale.join(", "));
    }
    if mode == Mode::Write {
        for_packagers(&vigie)?;
    }
    Ok(())
}

fn write(file: &Path, page: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    fs::write(file, page).with_context(|| format!("{} cannot be written", file.display()))?;
    out::say(&file.display().to_string());
    Ok(())
}

/// The help of every command.
fn cli(vigie: &str) -> Result<String> {
    let mut page = format!("# Command line\n\n{MADE}");
    let top = help(vigie, &["--help"])?;
    let commands: Vec<String> = top
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|name| name != "help")
        .collect();
    let _ = write!(page, "\n## vigie\n\n```text\n{top}```\n");
    for command in commands {
        let text = help(vigie, &[&command, "--help"])?;
        let _ = write!(page, "\n## vigie {command}\n\n```text\n{text}```\n");
    }
    Ok(page)
}

/// Help text at a fixed width, with no blanks at the ends of lines.
fn help(vigie: &str, arguments: &[&str]) -> Result<String> {
    let text = printed(program(vigie, arguments).env("COLUMNS", "100").env("NO_COLOR", "1"))?;
    Ok(text.lines().map(|line| format!("{}\n", line.trim_end())).collect())
}

/// The doc comment of every detector is its page, in the order of the list.
fn detectors() -> Result<String> {
    let folder = root().join("crates").join("vigie-detectors").join("src");
    let list = folder.join("lib.rs");
    let listed = listed(&read(&list)?);
    let mut page = format!(
        "# Detectors\n\n{MADE}\nEach looks at groups of linked accounts, never at one account alone. A detector whose \
         fields the input lacks says that it is blind.\n"
    );
    for module in &listed {
        let text = read(&folder.join(module).join("mod.rs"))?;
        let _ = write!(page, "\n{}", section(&text));
    }
    let unlisted = fs::read_dir(&folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("mod.rs").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .find(|name| !listed.contains(name));
    match unlisted {
        Some(name) => bail!("{name} has a folder but is not in the list in {}", list.display()),
        None if listed.is_empty() => bail!("{} lists no detector", list.display()),
        None => Ok(page),
    }
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Modules of the detectors, from the lines `    module::DETECTOR,`.
fn listed(text: &str) -> Vec<String> {
    let module = |line: &str| line.trim().strip_suffix("::DETECTOR,").map(str::to_owned);
    text.lines().filter_map(module).collect()
}

/// One detector: its doc comment, a heading lower, and which fields it reads.
fn section(text: &str) -> String {
    let comment = text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .map(|line| line.trim_start_matches("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    let mut page = String::new();
    for line in comment {
        let _ = writeln!(page, "{}{line}", if line.starts_with('#') { "#" } else { "" });
    }
    let fields = |name: &str| -> Vec<String> {
        let rest = text.split_once(&format!("{name}: &[")).map_or("", |(_, rest)| rest);
        let inside = rest.split(']').next().unwrap_or("");
        inside.split(',').map(|f| f.trim().trim_matches('"')).filter(|f| !f.is_empty()).map(ticked).collect()
    };
    let (needs, wants) = (fields("needs"), fields("wants"));
    let _ = write!(page, "\n### Fields\nBlind without {}", needs.join(", "));
    if !wants.is_empty() {
        let _ = write!(page, "; sharper with {}", wants.join(", "));
    }
    page.push_str(".\n");
    page
}

fn ticked(name: &str) -> String {
    format!("`{name}`")
}

fn for_packagers(vigie: &str) -> Result<()> {
    let folder = target().join("xtask");
    must(program(vigie, &["man"]).arg(folder.join("man")))?;
    for shell in SHELLS {
        let script = printed(&mut program(vigie, &["completions", shell]))?;
        write(&folder.join("completions").join(format!("vigie.{shell}")), &script)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{listed, section};

    #[test]
    fn a_detector_is_a_section_with_its_fields() {
        let text = "//! # `a-b`\n//!\n//! ## What it catches\n//! It.\n\nuse x;\n    needs: &[\"t\"],\n    wants: &[\n        \"u\",\n    ],\n";
        let page =
            "## `a-b`\n\n### What it catches\nIt.\n\n### Fields\nBlind without `t`; sharper with `u`.\n";
        assert_eq!(section(text), page);
        assert_eq!(listed("pub mod a_b;\n    a_b::DETECTOR,\n    c::DETECTOR,\n];"), ["a_b", "c"]);
    }
}
