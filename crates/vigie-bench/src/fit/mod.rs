//! How the weights are fitted: clusters of worlds are collected as lessons, forests are fitted to them, the error is told
//! on what was left out, and the weights are given as source.
//!
//! What lives here: lessons, boosting, one file for each kind of forest. What does not: reading a forest and what it is
//! asked (vigie-detectors, vigie-hunt), arguments and output (`bin/fit.rs`).

pub mod boost;
mod case;
mod kinds;
mod lessons;
mod members;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use vigie_sim::score::{Found, score_found};

use crate::error::BenchError;
use crate::plan::Plan;
use crate::worlds::World;
use lessons::planted;
pub use lessons::{Lesson, Look, curriculum, lessons};

/// Parts into which worlds are dealt for the error on worlds that were left out.
const FOLDS: usize = 5;

/// A source file with weights.
#[derive(Clone, Debug)]
pub struct Weights {
    /// Its place below `crates`.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
}

/// A lesson and where it comes from.
struct Taught {
    lesson: Lesson,
    /// Number of its file.
    source: usize,
    /// Part that its world was dealt to, below [`FOLDS`].
    fold: usize,
}

impl Taught {
    /// Whether the cluster is a campaign.
    fn is_campaign(&self) -> bool {
        self.lesson.malicious >= 0.5
    }

    fn members(&self) -> f64 {
        self.lesson.members as f64
    }
}

/// Hunts worlds and writes their clusters to a file, one a line: the worlds in these directories, or, without any, the
/// [`curriculum`], made where it is not there yet. `progress` hears the name of each world.
///
/// # Errors
/// [`BenchError`] when a world cannot be made or read, or the file not be written.
pub fn collect(
    plan: &Plan,
    worlds: &[PathBuf],
    file: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<(), BenchError> {
    let failed =
        |error: std::io::Error| BenchError::Data { path: file.to_owned(), problem: error.to_string() };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut out = BufWriter::new(File::create(file).map_err(failed)?);
    let mut write = |world: &World, looks: &[Look]| -> Result<(), BenchError> {
        progress(&world.name);
        for lesson in lessons(world, looks)? {
            serde_json::to_writer(&mut out, &lesson).map_err(|e| failed(e.into()))?;
            out.write_all(b"\n").map_err(failed)?;
        }
        Ok(())
    };
    let whole = Look { accounts: true, part: 1.0 };
    for dir in worlds {
        write(&World::at(dir)?, &[whole, Look { accounts: false, ..whole }])?;
    }
    if worlds.is_empty() {
        for (config, looks) in curriculum(plan) {
            write(&World::open(plan, &config)?, &looks)?;
        }
    }
    out.flush().map_err(failed)
}

/// Tells, as one line of JSON a world, how a hunt at the shipped weights scores and whom its campaigns name; the worlds are
/// chosen as in [`collect`].
///
/// # Errors
/// [`BenchError`] when a world cannot be made, read or scored.
pub fn score(plan: &Plan, worlds: &[PathBuf], say: &mut dyn FnMut(&str)) -> Result<(), BenchError> {
    let mut look = |world: &World| -> Result<(), BenchError> {
        let (report, _) = world.fold()?.hunt();
        let found = Found::from_report(&report);
        let score = score_found(&world.truth, &found, None)?;
        let groups: Vec<_> = found
            .accusing()
            .map(|g| (&g.kind, planted(&world.truth, g.members.iter().map(|(id, _)| id.as_str()))))
            .collect();
        say(&serde_json::json!({"world": world.name, "score": score, "groups": groups}).to_string());
        Ok(())
    };
    for dir in worlds {
        look(&World::at(dir)?)?;
    }
    if worlds.is_empty() {
        for (config, _) in curriculum(plan) {
            look(&World::open(plan, &config)?)?;
        }
    }
    Ok(())
}

/// Fits all weights to the lessons in these files. `say` hears the errors on what was left out, a line at a time: a fifth
/// of the worlds, and, with several files, the worlds of each.
///
/// # Errors
/// [`BenchError::Data`] when a file cannot be read, a line is no lesson, or all lessons are of one sort.
pub fn fit(files: &[PathBuf], say: &mut dyn FnMut(&str)) -> Result<Vec<Weights>, BenchError> {
    let taught = read(files)?;
    let campaigns = taught.iter().filter(|t| t.is_campaign()).count();
    if campaigns == 0 || campaigns == taught.len() {
        let problem = format!("{campaigns} campaigns among {} lessons teach nothing", taught.len());
        return Err(BenchError::Data { path: files.first().cloned().unwrap_or_default(), problem });
    }
    let (of_case, odds) = case::fit(&taught, files.len(), say);
    let mut weights = vec![of_case];
    weights.extend(kinds::fit(&taught, say));
    weights.push(members::fit(&taught, &odds, say));
    Ok(weights)
}

/// The lessons that teach: who is vouched for is never judged by the trees.
fn read(files: &[PathBuf]) -> Result<Vec<Taught>, BenchError> {
    let mut taught = Vec::new();
    for (source, file) in files.iter().enumerate() {
        let failed = |problem: String| BenchError::Data { path: file.clone(), problem };
        let lines = BufReader::new(File::open(file).map_err(|e| failed(e.to_string()))?).lines();
        for (number, line) in lines.enumerate() {
            let line = line.map_err(|e| failed(e.to_string()))?;
            let lesson: Lesson = serde_json::from_str(&line)
                .map_err(|e| failed(format!("line {} is no lesson: {e}; collect it again", number + 1)))?;
            if !lesson.is_vouched_for() {
                taught.push(Taught { lesson, source, fold: 0 });
            }
        }
    }
    let mut worlds: Vec<String> = taught.iter().map(|t: &Taught| t.lesson.world_alone().to_owned()).collect();
    worlds.dedup();
    for t in &mut taught {
        t.fold = worlds.iter().position(|w| w == t.lesson.world_alone()).unwrap_or_default() % FOLDS;
    }
    Ok(taught)
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn what_teaches_nothing_is_told_with_its_place_and_fits_no_weights() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("lessons.jsonl");
        let told = |text: &str| {
            std::fs::write(&file, text).unwrap();
            fit(std::slice::from_ref(&file), &mut |_| ()).unwrap_err().to_string()
        };
        assert!(told("{}\n").contains("lessons.jsonl`: line 1 is no lesson"), "{}", told("{}\n"));
        assert!(told("").contains("0 campaigns among 0 lessons"), "{}", told(""));
    }
}
