//! `cargo xtask gen`: pages that are made from the code, so that they cannot say something else.
//!
//! Checked in: `docs/reference/cli.md` (from the argument definitions) and `docs/reference/detectors.md` (from the
//! detectors' doc comments). Into the target folder: man pages and completions, for packagers.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

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
    for (name, page) in [("cli.md", cli(&vigie)?), ("detectors.md", detectors()?)] {
        let file = root().join("docs").join("reference").join(name);
        match mode {
            Mode::Write => write(&file, &page)?,
            Mode::Check if fs::read_to_string(&file).ok().as_deref() != Some(&page) => stale.push(name),
            Mode::Check => out::say(&format!("docs/reference/{name} is up to date")),
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

/// The doc comment of every detector is its page.
fn detectors() -> Result<String> {
    let folder = root().join("crates").join("vigie-detectors").join("src");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
        .filter_map(|entry| entry.ok().map(|e| e.path().join("mod.rs")))
        .filter(|file| file.is_file())
        .collect();
    files.sort();
    let mut page = format!(
        "# Detectors\n\n{MADE}\nEach looks at groups of linked accounts, never at one account alone. A detector whose \
         fields the input lacks says that it is blind.\n"
    );
    for file in files {
        let text = fs::read_to_string(&file)?;
        let comment: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .map(|line| line.trim_start_matches("//!"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        let name = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let body: String = comment
            .iter()
            .map(|line| if line.starts_with('#') { format!("##{line}\n") } else { format!("{line}\n") })
            .collect();
        let _ = write!(page, "\n## {}\n\n{}", name.replace('_', "-"), body.trim_start());
    }
    Ok(page)
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
