//! Real data with and without labels, hunted from objects alone.
//!
//! The files are read where they lie (a directory that the plan names); nothing of them is kept. A directory that
//! lacks one of them gives a section that says so.

mod flash;
mod hop;
mod shares;

use std::fs::File;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vigie_hunt::{Quiet, Settings, Window, hunt_objects};
use vigie_model::{HuntReport, ObjectTouch};

pub use flash::{FlashCrowd, flash_crowd};
pub use hop::{Components, Hop, HopObjects, HopRun, hop, hop_touches};
pub use shares::{Shares, coordinated_shares, operation_tweets};

use crate::error::BenchError;

/// Rows of one file, at most.
const ROWS_MAX: usize = 10_000_000;

/// Figures on real data; each is absent when its file is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RealData {
    /// Airdrop hunters, with labels.
    pub hop: Option<Hop>,
    /// Honest people in the same hour.
    pub flash_crowd: Option<FlashCrowd>,
    /// Sharing of links and hashtags around an election, without labels.
    pub election: Option<Shares>,
    /// Tweets of one influence operation, without honest ones beside them.
    pub operation: Option<Shares>,
}

/// Every real data set that is there.
///
/// # Errors
/// [`BenchError::Data`] naming a file that is there but cannot be read.
pub fn real_data(dir: &Path) -> Result<RealData, BenchError> {
    let networks = dir.join("account_networks");
    let there = |name: &str| Some(networks.join(name)).filter(|path| path.exists());
    let hop = match (there("hop_accounts.csv.gz"), there("hop_edges.csv.gz")) {
        (Some(accounts), Some(edges)) => Some(hop(&accounts, &edges)?),
        _ => None,
    };
    Ok(RealData {
        hop,
        flash_crowd: there("organic_flash_crowd.csv.gz").map(|path| flash_crowd(&path)).transpose()?,
        election: there("coortweet_german_elections.csv.gz")
            .map(|path| coordinated_shares(&path))
            .transpose()?,
        operation: there("ira_tweets.csv.gz").map(|path| operation_tweets(&path)).transpose()?,
    })
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, BenchError> {
    let bad = |problem: String| BenchError::Data { path: path.to_owned(), problem };
    let file = File::open(path).map_err(|e| bad(e.to_string()))?;
    let mut reader = csv::Reader::from_reader(MultiGzDecoder::new(file));
    let mut rows = Vec::new();
    for row in reader.deserialize() {
        rows.push(row.map_err(|e| bad(e.to_string()))?);
        if rows.len() > ROWS_MAX {
            return Err(bad(format!("has more than {ROWS_MAX} rows")));
        }
    }
    Ok(rows)
}

fn hunt(touches: Vec<ObjectTouch>) -> HuntReport {
    hunt_objects(&mut touches.into_iter(), Window::default(), &Settings::default(), &Quiet)
}

/// Campaigns that accuse.
fn accusing(report: &HuntReport) -> usize {
    report.campaigns.iter().filter(|c| c.accuses()).count()
}
