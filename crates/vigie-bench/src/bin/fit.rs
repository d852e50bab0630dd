//! Fits the weights of the verdict, for developers of Vigie; CONTRIBUTING.md tells when and on which seeds.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for developers: results and progress"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use vigie_bench::{BenchError, Plan, fit};

const USAGE: &str = "\
fit collect DIR [WORLD…]     hunts worlds and writes their clusters, with the truth beside, to DIR/lessons.jsonl
fit fit CRATES LESSONS…      fits all weights to these files and writes them below CRATES (`crates`)
fit score DIR [WORLD…]       hunts worlds at the built-in weights and prints how it went, a line of JSON a world

WORLD is a directory that `vigie sim` wrote. Without any, the worlds to learn from (seeds from 400 on) are made in
DIR/worlds and kept; that takes two gigabytes and, on 2 cores, half an hour.

VIGIE_DATA=DIR   real prompts and arrivals from which two in three of those worlds draw their text; without it all of
                 them speak the built-in grammar, and other weights come out

Exit codes: 0 done, 1 it failed, 2 wrong usage";

enum Task {
    Collect { dir: PathBuf, worlds: Vec<PathBuf> },
    Fit { crates: PathBuf, lessons: Vec<PathBuf> },
    Score { dir: PathBuf, worlds: Vec<PathBuf> },
}

/// `None` for what is no task.
fn task(arguments: &[String]) -> Option<Task> {
    let paths = |from: &[String]| from.iter().map(PathBuf::from).collect::<Vec<_>>();
    let [task, dir, rest @ ..] = arguments else { return None };
    let dir = PathBuf::from(dir);
    match task.as_str() {
        "collect" => Some(Task::Collect { dir, worlds: paths(rest) }),
        "score" => Some(Task::Score { dir, worlds: paths(rest) }),
        "fit" if !rest.is_empty() => Some(Task::Fit { crates: dir, lessons: paths(rest) }),
        _ => None,
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if matches!(arguments.first().map(String::as_str), Some("help" | "--help" | "-h")) {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let Some(task) = task(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fit: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), BenchError> {
    match task {
        Task::Collect { dir, worlds } => {
            fit::collect(&plan(&dir), &worlds, &dir.join("lessons.jsonl"), &mut |world| eprintln!("{world}"))
        }
        Task::Score { dir, worlds } => fit::score(&plan(&dir), &worlds, &mut |line| println!("{line}")),
        Task::Fit { crates, lessons } => {
            for weights in fit::fit(&lessons, &mut |line| println!("{line}"))? {
                let path = crates.join(weights.file);
                std::fs::write(&path, weights.text)
                    .map_err(|error| BenchError::Data { path, problem: error.to_string() })?;
            }
            Ok(())
        }
    }
}

fn plan(dir: &Path) -> Plan {
    let data = std::env::var_os("VIGIE_DATA").map(PathBuf::from);
    Plan { keep_worlds: true, ..Plan::full(dir.join("worlds"), data) }
}
