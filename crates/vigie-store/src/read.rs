//! Reading a hunt's output directory back.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use vigie_model::{AccountActivity, Campaign, CampaignExchange, HuntReport, HuntSummary, Member};

use crate::error::StoreError;
use crate::{activity, files, tables};

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

/// What every account did in the hunt that wrote `dir`; nothing where the hunt was of a Vigie that did not keep it.
///
/// # Errors
/// [`StoreError::Io`], [`StoreError::Parquet`] or [`StoreError::Column`], each naming the file.
pub fn read_activity(dir: &Path) -> Result<Vec<AccountActivity>, StoreError> {
    read_activity_of(dir, usize::MAX, &HashSet::new())
}

/// The same of at most `most` accounts: those in `first` before all, then those with most exchanges; in the order of their
/// ids. Never holds more than twice as many, however many there are.
///
/// # Errors
/// Those of [`read_activity`].
pub fn read_activity_of(
    dir: &Path,
    most: usize,
    first: &HashSet<&str>,
) -> Result<Vec<AccountActivity>, StoreError> {
    let path = dir.join(files::ACTIVITY);
    if path.exists() { activity::read(&path, most, first) } else { Ok(Vec::new()) }
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
/// Those of the other readers.
pub fn read_report(dir: &Path) -> Result<HuntReport, StoreError> {
    Ok(HuntReport {
        summary: read_summary(dir)?,
        campaigns: read_campaigns(dir)?,
        members: read_members(dir)?,
        exchanges: read_exchanges(dir)?,
        activity: read_activity(dir)?,
    })
}
