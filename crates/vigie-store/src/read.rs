//! Reading a hunt's output directory back.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use vigie_model::{Campaign, CampaignExchange, HuntReport, HuntSummary, Member};

use crate::error::StoreError;
use crate::{files, tables};

/// The campaigns of `dir`, in the order of the file; blank lines are skipped.
///
/// # Errors
/// [`StoreError::Io`] when the file cannot be read, [`StoreError::Json`] with the line that is not a campaign.
pub fn read_campaigns(dir: &Path) -> Result<Vec<Campaign>, StoreError> {
    let path = dir.join(files::CAMPAIGNS);
    let file = File::open(&path).map_err(StoreError::io("read", &path))?;
    let mut campaigns = Vec::new();
    for (i, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(StoreError::io("read", &path))?;
        if !line.trim().is_empty() {
            campaigns.push(serde_json::from_str(&line).map_err(StoreError::json(&path, i + 1))?);
        }
    }
    Ok(campaigns)
}

/// The members of the campaigns of `dir`.
///
/// # Errors
/// [`StoreError::Io`], [`StoreError::Parquet`] or [`StoreError::Column`], each naming the file.
pub fn read_members(dir: &Path) -> Result<Vec<Member>, StoreError> {
    tables::members(&dir.join(files::MEMBERS))
}

/// The exchanges of the campaigns of `dir`.
///
/// # Errors
/// [`StoreError::Io`], [`StoreError::Parquet`] or [`StoreError::Column`], each naming the file.
pub fn read_exchanges(dir: &Path) -> Result<Vec<CampaignExchange>, StoreError> {
    tables::exchanges(&dir.join(files::EXCHANGES))
}

/// The counts of the hunt that wrote `dir`.
///
/// # Errors
/// [`StoreError::Io`] or [`StoreError::Json`], naming the file.
pub fn read_summary(dir: &Path) -> Result<HuntSummary, StoreError> {
    let path = dir.join(files::SUMMARY);
    let text = std::fs::read_to_string(&path).map_err(StoreError::io("read", &path))?;
    serde_json::from_str(&text).map_err(|e| StoreError::json(&path, e.line())(e))
}

/// Everything that [`write_report`](crate::write_report) wrote.
///
/// # Errors
/// Those of the four readers.
pub fn read_report(dir: &Path) -> Result<HuntReport, StoreError> {
    Ok(HuntReport {
        summary: read_summary(dir)?,
        campaigns: read_campaigns(dir)?,
        members: read_members(dir)?,
        exchanges: read_exchanges(dir)?,
    })
}
