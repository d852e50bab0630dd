//! Seeded worlds: an honest population, campaigns hidden in it, innocent groups that look like them, and the
//! truth about all of them.
//!
//! The flow: [`config`] says what is wanted → `stage` draws what everybody shares → `abuse`, `innocent` and
//! `honest` add accounts, streams and moments to the `plan` → `write` renders the moments in order of time.
//! What does not live here: scoring a hunt against the truth.

mod abuse;
mod client;
mod clock;
pub mod config;
mod corpus;
mod dice;
mod honest;
mod innocent;
mod net;
mod people;
mod plan;
mod render;
mod stage;
mod text;
mod voices;
mod write;

use std::path::{Path, PathBuf};

use config::WorldConfig;
use dice::Dice;
use net::Infrastructure;
use plan::Plan;
use stage::Stage;

/// Least part of the exchanges that stays honest, however much was asked for in campaigns.
const HONEST_SHARE_MIN: f64 = 0.3;

/// Why a world could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A setting is out of range.
    #[error("world settings: {0}")]
    Config(String),
    /// The built-in grammar refers to a rule that does not exist.
    #[error("grammar `{language}`, line {line}: unknown rule or slot `{name}`")]
    Grammar {
        /// Language code.
        language: &'static str,
        /// Line of the grammar file.
        line: usize,
        /// What is not known.
        name: String,
    },
    /// The corpus cannot be read.
    #[error("corpus {}: {reason}", path.display())]
    Corpus {
        /// File or folder.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {reason}", path.display())]
    Write {
        /// File or folder.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A side table could not be put together.
    #[error("side table: {0}")]
    Table(String),
}

/// What a world holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct WorldSummary {
    /// Exchanges written.
    pub exchanges: u64,
    /// Accounts written.
    pub accounts: u64,
    /// Malicious networks.
    pub campaigns: u64,
    /// Innocent networks.
    pub lookalikes: u64,
    /// Accounts in malicious networks.
    pub campaign_accounts: u64,
    /// Exchanges of malicious networks.
    pub campaign_exchanges: u64,
}

/// Makes a world and writes it to the folder `out`: `exchanges.parquet`, `accounts.parquet`, `models.parquet`,
/// `truth_accounts.parquet`, `truth_networks.jsonl`, `truth_exchanges.parquet`. The same configuration gives the
/// same bytes. `progress` hears how many more exchanges were written. O(n log n) in the exchanges.
///
/// # Errors
/// [`WorldError`] says which setting, corpus file or output file is at fault.
pub fn generate(
    config: &WorldConfig,
    out: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<WorldSummary, WorldError> {
    write::write(&draw(config)?, out, progress)
}

/// Plans a world.
fn draw(config: &WorldConfig) -> Result<Plan<'_>, WorldError> {
    config.check()?;
    let mut dice = Dice::new(config.seed);
    let stage = Stage::draw(config, &mut dice.fork("stage"))?;
    let infra = Infrastructure::draw(config.accounts, &mut dice.fork("infrastructure"));
    let mut plan = Plan::new(config, stage, infra);
    abuse::plant(&mut plan, &mut dice.fork("abuse"));
    innocent::plant(&mut plan, &mut dice.fork("innocent"));
    let accounts = config.accounts.saturating_sub(plan.accounts.len()).max(config.accounts / 4);
    let least = (config.exchanges as f64 * HONEST_SHARE_MIN) as usize;
    let exchanges = config.exchanges.saturating_sub(plan.moments.len()).max(least);
    honest::populate(&mut plan, accounts, exchanges, &mut dice.fork("honest"));
    plan.moments.sort_unstable_by_key(|m| (m.at, m.stream, m.talk, m.turn));
    Ok(plan)
}

#[cfg(test)]
mod features;
#[cfg(test)]
mod tests;
