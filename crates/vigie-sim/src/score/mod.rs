//! The scorer: what a hunt said against what a labelled world knows.
//!
//! What lives here: reading both, and every figure that benchmarks report. It scores any tool that writes the files of the
//! exchange schema. What does not: hunting, generating worlds, deciding what a good figure is.
//!
//! Accused is who belongs to a campaign whose severity is above `none`; positive is who belongs to a malicious
//! network, as a pure or a mixed account. Everybody else is honest, members of innocent look-alikes among them.

mod accounts;
mod bcubed;
mod error;
mod exchanges;
mod found;
mod input;
mod lag;
mod networks;
mod show;
mod table;
#[cfg(test)]
mod tests;
mod truth;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use accounts::{
    AccountFigures, Calibration, Hits, Ranking, RecallAt, ReliabilityBin, SERVED_BUCKETS, ServedBucket,
};
pub use bcubed::BCubed;
pub use error::ScoreError;
pub use exchanges::{ExchangeFigures, SHARE_BUCKETS, ShareBucket};
pub use found::{Found, FoundGroup};
pub use lag::{CHECKPOINTS, Lag, LagLimits, NetworkLag, Timelines, lag};
pub use networks::{
    ArchetypeRow, Innocents, LARGE_ACCOUNTS, LookAlikeRow, NetworkRow, Purity, RECOVERED_JACCARD,
    best_jaccard,
};
pub use show::figure;
pub use truth::{Truth, TruthAccount, TruthNetwork};

/// False accounts per million honest ones at which recall is reported.
pub const RATES_PER_MILLION: [f64; 3] = [10.0, 100.0, 1_000.0];

/// Every figure of one hunt over one world.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// What there was to find.
    pub world: WorldFigures,
    /// Accounts at the hunt's own cut-offs.
    pub accounts: AccountFigures,
    /// Recall at [`RATES_PER_MILLION`].
    pub recall_at: Vec<RecallAt>,
    /// Whether scores mean what they promise.
    pub calibration: Calibration,
    /// Groups against networks.
    pub b_cubed: BCubed,
    /// Networks recovered, of those that exist.
    pub recovered: Recovered,
    /// One row a malicious network.
    pub networks: Vec<NetworkRow>,
    /// The same by archetype.
    pub archetypes: Vec<ArchetypeRow>,
    /// How pure campaigns are.
    pub purity: Purity,
    /// Who was wrongly accused.
    pub innocents: Innocents,
    /// Slices of traffic; absent when the tool names no exchanges or the world's exchanges are not there.
    pub exchanges: Option<ExchangeFigures>,
    /// Detection lag, where it was measured.
    pub lag: Option<Lag>,
}

/// What there was to find.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldFigures {
    /// Accounts of the world.
    pub accounts: u64,
    /// Those in a malicious network.
    pub malicious: u64,
    /// Of those, accounts that are honest otherwise.
    pub mixed: u64,
    /// Accounts besides that were meant for a network and sent nothing for it; no figure of accounts or networks
    /// counts them.
    #[serde(default)]
    pub idle: u64,
    /// Malicious networks.
    pub networks: u64,
    /// Innocent look-alikes.
    pub look_alikes: u64,
}

/// Networks found again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Malicious networks.
    pub networks: u64,
    /// Those with a campaign of Jaccard ≥ [`RECOVERED_JACCARD`].
    pub recovered: u64,
    /// Malicious networks of at least [`LARGE_ACCOUNTS`] accounts.
    pub large: u64,
    /// Those of them that were recovered.
    pub large_recovered: u64,
}

/// Scores the output directory of a hunt against a labelled world, without lag (see [`lag`]).
///
/// # Errors
/// [`ScoreError`] naming the file that is missing, broken or of another shape.
pub fn score(world_dir: &Path, hunt_dir: &Path) -> Result<Score, ScoreError> {
    let truth = Truth::read(world_dir)?;
    let found = Found::read(hunt_dir)?;
    score_found(&truth, &found, Some(world_dir))
}

/// The same with both sides in memory. The world's exchanges are read from `world_dir` where it is given.
///
/// # Errors
/// [`ScoreError`] when `exchanges.parquet` is there but broken.
pub fn score_found(truth: &Truth, found: &Found, world_dir: Option<&Path>) -> Result<Score, ScoreError> {
    let exchanges = match world_dir {
        Some(dir) => exchanges::exchange_figures(truth, found, &dir.join("exchanges.parquet"))?,
        None => None,
    };
    let found = &found.counted(truth);
    let networks = networks::network_rows(truth, found);
    let ranking = Ranking::new(truth, found);
    Ok(Score {
        world: world_figures(truth),
        accounts: accounts::account_figures(truth, found),
        recall_at: RATES_PER_MILLION.iter().map(|&rate| ranking.recall_at_rate(rate)).collect(),
        calibration: accounts::calibration(truth, found),
        b_cubed: bcubed::b_cubed(truth, found),
        recovered: recovered(&networks),
        archetypes: networks::archetype_rows(&networks),
        networks,
        purity: networks::purity(truth, found),
        innocents: networks::innocents(truth, found),
        exchanges,
        lag: None,
    })
}

fn world_figures(truth: &Truth) -> WorldFigures {
    let all = 0..truth.accounts_len() as u32;
    let malicious_networks = truth.networks().iter().filter(|n| n.malicious).count();
    WorldFigures {
        accounts: truth.accounts_len() as u64,
        malicious: truth.malicious_accounts().len() as u64,
        mixed: all.filter(|&a| truth.is_mixed(a)).count() as u64,
        idle: truth.idle_len() as u64,
        networks: malicious_networks as u64,
        look_alikes: (truth.networks().len() - malicious_networks) as u64,
    }
}

fn recovered(networks: &[NetworkRow]) -> Recovered {
    let count = |of: &dyn Fn(&NetworkRow) -> bool| networks.iter().filter(|n| of(n)).count() as u64;
    let large = |n: &NetworkRow| n.accounts >= LARGE_ACCOUNTS;
    Recovered {
        networks: networks.len() as u64,
        recovered: count(&|n| n.recovered),
        large: count(&large),
        large_recovered: count(&|n| large(n) && n.recovered),
    }
}
