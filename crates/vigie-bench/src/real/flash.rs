//! An organic flash crowd: thousands of honest people who do the same things in the same hour. No group of them may
//! be accused.

use std::path::Path;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use vigie_ingest::{ReadOptions, Source, open_objects};

use super::{accusing, hunt};
use crate::error::BenchError;

/// What a hunt makes of the crowd.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlashCrowd {
    /// Honest accounts.
    pub accounts: u64,
    /// Their touches of objects.
    pub touches: u64,
    /// Campaigns that accuse; 0 is right.
    pub campaigns: u64,
    /// Accounts accused; 0 is right.
    pub accused: u64,
    /// Groups found and judged innocent.
    pub judged_innocent: u64,
}

/// Hunts the crowd.
///
/// # Errors
/// [`BenchError::Ingest`] when the file cannot be read.
pub fn flash_crowd(path: &Path) -> Result<FlashCrowd, BenchError> {
    let mut touches = Vec::new();
    for portion in open_objects(&[Source::from(path)], &ReadOptions::default())? {
        touches.extend(portion?.touches);
    }
    let accounts: FxHashSet<&str> = touches.iter().map(|t| t.account_id.as_str()).collect();
    let (accounts, count) = (accounts.len() as u64, touches.len() as u64);
    let report = hunt(touches);
    let guilty: FxHashSet<&str> =
        report.campaigns.iter().filter(|c| c.accuses()).map(|c| c.campaign_id.as_str()).collect();
    let accused: FxHashSet<&str> = report
        .members
        .iter()
        .filter(|m| guilty.contains(m.campaign_id.as_str()))
        .map(|m| m.account_id.as_str())
        .collect();
    let campaigns = accusing(&report);
    Ok(FlashCrowd {
        accounts,
        touches: count,
        campaigns: campaigns as u64,
        accused: accused.len() as u64,
        judged_innocent: (report.campaigns.len() - campaigns) as u64,
    })
}
