//! A hunt as a process of its own: started, watched by what it says of its progress, stopped with the server.
//!
//! A process, not a thread: a hunt takes gigabytes and every core, and must neither slow the server's reads nor take it
//! down. What does not live here: which hunt is next, and what becomes of its result.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use vigie_cases::HuntConfig;
use vigie_model::Micros;

/// Lines of what went wrong that are kept, and characters of each.
const LINES_KEPT: usize = 20;
const LINE_CHARS_MAX: usize = 500;
/// Exit codes of `vigie hunt` that mean that its output is whole: nothing found, campaigns found, and an input that could
/// not be read to its end.
const WHOLE: [i32; 3] = [0, 1, 3];
/// Name of the configuration in the hunt's output directory.
const CONFIG: &str = "vigie.toml";
/// Niceness: who clicks goes first.
const NICE: &str = "10";

/// What to hunt.
#[derive(Clone, Debug)]
pub struct Order {
    /// The `vigie` program.
    pub program: PathBuf,
    /// Logs.
    pub inputs: Vec<String>,
    /// First moment that no longer counts.
    pub until: Option<Micros>,
    /// How to hunt; as always where there is none.
    pub config: Option<HuntConfig>,
    /// Where to write.
    pub out: PathBuf,
    /// Threads; 0 for one per core.
    pub threads: usize,
}

/// A line of progress, as `vigie hunt` writes it when `VIGIE_PROGRESS=json` is set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Step {
    /// Name of the stage.
    pub stage: String,
    /// Units done.
    pub done: u64,
    /// Units in all; 0 when unknown.
    pub total: u64,
}

/// Runs the hunt to its end and tells each step. The process dies with the future.
///
/// # Errors
/// What the process said when it failed, or why it could not be started.
pub async fn run(order: &Order, mut tell: impl FnMut(Step)) -> Result<(), String> {
    let mut command = nice(&order.program);
    command.arg("hunt").args(&order.inputs).arg("--out").arg(&order.out).arg("--json");
    command.arg("--threads").arg(order.threads.to_string());
    if let Some(until) = order.until {
        command.arg("--until").arg(until.to_rfc3339());
    }
    if let Some(config) = &order.config {
        command.arg("--config").arg(write_config(config, &order.out)?);
    }
    command.env("VIGIE_PROGRESS", "json");
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child =
        child.spawn().map_err(|error| format!("`{}` cannot be started: {error}", order.program.display()))?;
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match serde_json::from_str::<Step>(&line) {
                Ok(step) => tell(step),
                Err(_) => keep(&mut said, &line),
            }
        }
    }
    let status = child.wait().await.map_err(|error| error.to_string())?;
    judged(status, &order.out, &said)
}

/// Writes the configuration beside what the hunt will write, and says where.
fn write_config(config: &HuntConfig, out: &Path) -> Result<PathBuf, String> {
    let file = out.join(CONFIG);
    let text = config.to_toml().map_err(|error| error.to_string())?;
    std::fs::write(&file, text)
        .map_err(|error| format!("`{}` cannot be written: {error}", file.display()))?;
    Ok(file)
}

/// Under `nice` where there is one.
fn nice(program: &Path) -> Command {
    let nice = Path::new("/usr/bin/nice");
    if !nice.is_file() {
        return Command::new(program);
    }
    let mut command = Command::new(nice);
    command.arg("-n").arg(NICE).arg(program);
    command
}

fn keep(said: &mut Vec<String>, line: &str) {
    if said.len() == LINES_KEPT {
        said.remove(0);
    }
    said.push(line.chars().take(LINE_CHARS_MAX).collect());
}

fn judged(status: ExitStatus, out: &Path, said: &[String]) -> Result<(), String> {
    match status.code() {
        Some(code) if WHOLE.contains(&code) && out.join("summary.json").is_file() => Ok(()),
        Some(code) => Err(format!("the hunt ended with exit code {code}: {}", said.join("\n"))),
        None => Err(format!("the hunt was killed ({status}); was there enough memory?")),
    }
}

/// The inputs as paths that lie below one of the allowed folders. Globs are not taken: what a pattern reaches cannot be
/// told before it is read.
///
/// # Errors
/// Which input is not allowed or not there.
pub fn allowed(inputs: &[String], roots: &[PathBuf]) -> Result<Vec<PathBuf>, (usize, String)> {
    let roots: Vec<PathBuf> = roots.iter().filter_map(|root| std::fs::canonicalize(root).ok()).collect();
    let check = |(i, input): (usize, &String)| -> Result<PathBuf, (usize, String)> {
        let outside = || {
            let named: Vec<String> = roots.iter().map(|root| root.display().to_string()).collect();
            let may = match named.as_slice() {
                [] => "none: start the server with --inputs DIR".to_owned(),
                some => some.join(", "),
            };
            (i, format!("`{input}` is not in a folder that this server may read ({may})"))
        };
        // The same answer whether it is there or not: the API must not be a way to look around the disk.
        let candidates = [PathBuf::from(input)].into_iter().chain(roots.iter().map(|root| root.join(input)));
        candidates
            .filter_map(|path| std::fs::canonicalize(path).ok())
            .find(|path| roots.iter().any(|root| path.starts_with(root)))
            .ok_or_else(outside)
    };
    inputs.iter().enumerate().map(check).collect()
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn only_what_lies_in_an_allowed_folder_is_read() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("logs")).unwrap();
        std::fs::create_dir(dir.path().join("other")).unwrap();
        let roots = [dir.path().join("logs")];
        let named = |input: &str| allowed(&[input.to_owned()], &roots);
        assert!(named(dir.path().join("logs").to_str().unwrap()).is_ok());
        assert!(named(".").is_ok(), "relative to an allowed folder");
        assert!(named("../other").is_err());
        assert!(named(dir.path().join("other").to_str().unwrap()).is_err());
        assert!(named("/etc/passwd").is_err());
        assert!(allowed(&["x".to_owned()], &[]).unwrap_err().1.contains("--inputs"));
    }
}
