//! What a benchmark run does.

use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vigie_sim::world::config::WorldConfig;

/// Seeds of benchmark worlds begin here; those below are for tuning, or were looked at while something was tuned.
pub const SEED_FIRST: u64 = 42_000;

/// One part of the benchmark; each can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Rows per second, wall, CPU, memory.
    Speed,
    /// Every figure of the scorer on large worlds.
    Accuracy,
    /// Detectors from the literature side by side.
    Baselines,
    /// The content test with and without pooling.
    Ablation,
    /// Recall against the knobs of campaigns.
    Sweeps,
    /// Worlds without any campaign.
    Quiet,
    /// Real data.
    Real,
}

impl Part {
    /// All parts, in the order in which they run.
    pub const ALL: [Self; 7] =
        [Self::Speed, Self::Accuracy, Self::Baselines, Self::Ablation, Self::Sweeps, Self::Quiet, Self::Real];

    /// The name that `--only` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Speed => "speed",
            Self::Accuracy => "accuracy",
            Self::Baselines => "baselines",
            Self::Ablation => "ablation",
            Self::Sweeps => "sweeps",
            Self::Quiet => "quiet",
            Self::Real => "real",
        }
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|p| p.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{name}` is no part of the benchmark; the parts are {names}")
        })
    }
}

/// What a benchmark run does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The parts to run; the order does not matter.
    pub parts: Vec<Part>,
    /// Small worlds and few seeds: shows that everything runs, in minutes. Its figures are no benchmark.
    pub quick: bool,
    /// Where worlds are kept while the run lasts.
    pub scratch: PathBuf,
    /// Whether worlds stay there for the next run.
    pub keep_worlds: bool,
    /// The directory with real prompts, arrivals and networks. Without it worlds speak the built-in grammar and the part
    /// `real` is left out.
    pub data: Option<PathBuf>,
}

impl Plan {
    /// Everything, with worlds in `scratch`.
    pub fn full(scratch: PathBuf, data: Option<PathBuf>) -> Self {
        Self { parts: Part::ALL.to_vec(), quick: false, scratch, keep_worlds: false, data }
    }

    pub(crate) fn runs(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// A world of the benchmark with its own seed, `offset` after [`SEED_FIRST`].
    pub(crate) fn config(&self, exchanges: usize, accounts: usize, days: u32, offset: u64) -> WorldConfig {
        WorldConfig {
            seed: SEED_FIRST + offset,
            exchanges,
            accounts,
            days,
            corpus: self.data.clone(),
            ..WorldConfig::default()
        }
    }

    /// The worlds of half a million exchanges.
    pub(crate) fn medium(&self) -> Vec<WorldConfig> {
        if self.quick {
            return vec![self.config(60_000, 2_000, 14, 1)];
        }
        (1..=3).map(|i| self.config(500_000, 12_000, 21, i)).collect()
    }

    /// The world of four million exchanges.
    pub(crate) fn large(&self) -> WorldConfig {
        if self.quick { self.config(120_000, 3_000, 14, 10) } else { self.config(4_000_000, 80_000, 28, 10) }
    }
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn names_of_parts_come_back_and_others_are_told() {
        for part in Part::ALL {
            assert_eq!(part.name().parse(), Ok(part));
        }
        assert!("speeed".parse::<Part>().unwrap_err().contains("the parts are speed, accuracy"));
    }
}
