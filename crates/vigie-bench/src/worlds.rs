//! Benchmark worlds on disk: made once per configuration, read as often as needed.

use std::fs;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use vigie_hunt::{Lake, Quiet, Settings, SideTables, Window, fold, hunt};
use vigie_ingest::{ReadOptions, Source, open_exchanges, read_accounts, read_models};
use vigie_model::{HuntReport, Micros};
use vigie_sim::score::Truth;
use vigie_sim::world::config::WorldConfig;
use vigie_sim::world::generate;

use crate::error::BenchError;
use crate::machine::{Cost, measure};
use crate::plan::Plan;

/// A world on disk; removed when dropped, unless the plan keeps worlds.
#[derive(Debug)]
pub struct World {
    /// Its directory.
    pub dir: PathBuf,
    /// Seed and size, for tables.
    pub name: String,
    /// What was planted.
    pub truth: Truth,
    keep: bool,
}

/// A folded world.
pub struct Folded {
    /// Exchanges without text.
    pub lake: Lake,
    /// Side tables.
    pub side: SideTables,
    /// Exchanges that were read.
    pub exchanges: u64,
    /// What reading and folding took.
    pub cost: Cost,
}

impl World {
    /// The world of a configuration, made when it is not there yet.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be made or its truth not be read.
    pub fn open(plan: &Plan, config: &WorldConfig) -> Result<Self, BenchError> {
        let settings = format!("{config:?}");
        let dir = directory(plan, config);
        let scratch = |source| BenchError::Scratch { path: dir.clone(), source };
        // Written last: a world without it was cut off.
        let done = dir.join("settings.txt");
        if !done.exists() {
            fs::create_dir_all(&dir).map_err(scratch)?;
            generate(config, &dir, &mut |_| ())?;
            fs::write(&done, settings).map_err(scratch)?;
        }
        let name = format!("{} exchanges, seed {}", thousands(config.exchanges), config.seed);
        let truth = Truth::read(&dir)?;
        Ok(Self { dir, name, truth, keep: plan.keep_worlds })
    }

    /// The same for worlds that several parts of a run read: they stay until they are removed.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn open_shared(plan: &Plan, config: &WorldConfig) -> Result<Self, BenchError> {
        let mut world = Self::open(plan, config)?;
        world.keep = true;
        Ok(world)
    }

    /// A world that lies somewhere already, and stays.
    ///
    /// # Errors
    /// [`BenchError`] when its truth cannot be read.
    pub fn at(dir: &Path) -> Result<Self, BenchError> {
        let name = dir.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        Ok(Self { dir: dir.to_owned(), name, truth: Truth::read(dir)?, keep: true })
    }

    /// Reads and folds the log.
    ///
    /// # Errors
    /// [`BenchError`] when it cannot be read.
    pub fn fold(&self) -> Result<Folded, BenchError> {
        let (lake, cost) = measure(|| self.lake());
        let (lake, exchanges) = lake?;
        Ok(Folded { lake, side: self.side()?, exchanges, cost })
    }

    fn lake(&self) -> Result<(Lake, u64), BenchError> {
        let (mut failed, mut exchanges) = (None, 0);
        let mut batches = self.batches()?.map_while(|batch| match batch {
            Ok(batch) => {
                exchanges += batch.num_rows() as u64;
                Some(batch)
            }
            Err(error) => {
                failed = Some(error);
                None
            }
        });
        let lake = fold(&mut batches, &Quiet);
        drop(batches);
        match failed {
            Some(error) => Err(error),
            None => Ok((lake?, exchanges)),
        }
    }

    /// The log, batch by batch.
    ///
    /// # Errors
    /// [`BenchError::Ingest`] when the file cannot be opened; the iterator's own errors say what is wrong later.
    pub fn batches(
        &self,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, BenchError>> + Send + use<>, BenchError> {
        let source = Source::File(self.dir.join("exchanges.parquet"));
        let reader = open_exchanges(&[source], &ReadOptions::default())?;
        Ok(reader.map(|portion| Ok(portion?.batch)))
    }

    /// The accounts and models tables.
    ///
    /// # Errors
    /// [`BenchError::Ingest`] when one cannot be read.
    pub fn side(&self) -> Result<SideTables, BenchError> {
        let (accounts, _) = read_accounts(&self.dir.join("accounts.parquet"))?;
        let (models, _) = read_models(&self.dir.join("models.parquet"))?;
        Ok(SideTables { accounts, models })
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !self.keep {
            remove_files(&self.dir);
        }
    }
}

/// Takes a shared world away, unless the plan keeps worlds.
pub fn remove(plan: &Plan, config: &WorldConfig) {
    if !plan.keep_worlds {
        remove_files(&directory(plan, config));
    }
}

fn directory(plan: &Plan, config: &WorldConfig) -> PathBuf {
    let settings = vigie_fold::hash_text(&format!("{config:?}"));
    plan.scratch.join(format!("world-{}-{}-{settings:016x}", config.seed, config.exchanges))
}

/// Only files that a world consists of are taken away; a directory with others in it stays.
fn remove_files(dir: &Path) {
    for name in WORLD_FILES {
        let _ = fs::remove_file(dir.join(name));
    }
    let _ = fs::remove_dir(dir);
}

const WORLD_FILES: [&str; 7] = [
    "exchanges.parquet",
    "accounts.parquet",
    "models.parquet",
    "truth_accounts.parquet",
    "truth_networks.jsonl",
    "truth_exchanges.parquet",
    "settings.txt",
];

impl Folded {
    /// Hunts the whole log, at the shipped settings.
    pub fn hunt(&self) -> (HuntReport, Cost) {
        measure(|| hunt(&self.lake, &self.side, Window::default(), &Settings::default(), &Quiet))
    }

    /// Hunts what happened before `until`.
    pub fn hunt_until(&self, until: Micros) -> HuntReport {
        let window = Window { since: None, until: Some(until) };
        hunt(&self.lake, &self.side, window, &Settings::default(), &Quiet)
    }
}

/// A number with its thousands apart.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(4_000_000), "4,000,000");
        assert_eq!(thousands(12_345), "12,345");
    }
}
