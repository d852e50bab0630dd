//! Writing a hunt's output directory.

use std::path::{Path, PathBuf};

use serde::Serialize;
use vigie_model::{Campaign, HuntReport};

use crate::atomic::{Staged, sync_dir};
use crate::error::StoreError;
use crate::{activity, files, tables};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The files, in the order in which they were put in their places.
    pub files: Vec<PathBuf>,
    /// Campaigns, those judged innocent among them.
    pub campaigns: usize,
    /// Rows of `members.parquet`.
    pub members: usize,
    /// Rows of `exchanges.parquet`.
    pub exchanges: usize,
    /// Rows of `activity.parquet`.
    pub activity: usize,
}

/// Writes `campaigns.jsonl`, `members.parquet`, `exchanges.parquet`, `activity.parquet` and `summary.json` into `dir`.
///
/// All are written and synced under temporary names first and renamed together, `summary.json` last: a crash
/// leaves the old files, and a directory whose `summary.json` is new holds the new files only. The same report
/// gives the same bytes. O(size of the report).
///
/// # Errors
/// [`StoreError::Io`] and [`StoreError::Parquet`] when the disk refuses, [`StoreError::NotFinite`] when a campaign
/// holds a number that JSON cannot carry. Nothing is replaced then, save what a crash between two renames leaves.
pub fn write_report(dir: &Path, report: &HuntReport) -> Result<Written, StoreError> {
    let mut staged = Vec::with_capacity(5);
    staged.push(stage_campaigns(dir, &report.campaigns)?);

    let members = Staged::create(dir, files::MEMBERS)?;
    tables::stage_members(&members, &report.members)?;
    staged.push(members);

    let exchanges = Staged::create(dir, files::EXCHANGES)?;
    tables::stage_exchanges(&exchanges, &report.exchanges)?;
    staged.push(exchanges);

    let accounts = Staged::create(dir, files::ACTIVITY)?;
    activity::stage(&accounts, &report.activity)?;
    staged.push(accounts);

    let mut summary = Staged::create(dir, files::SUMMARY)?;
    let mut text =
        serde_json::to_string_pretty(&report.summary).map_err(StoreError::json(summary.target(), 1))?;
    text.push('\n');
    summary.write(text.as_bytes())?;
    staged.push(summary);

    for file in &mut staged {
        file.seal()?;
    }
    let files = staged.into_iter().map(Staged::commit).collect::<Result<_, _>>()?;
    sync_dir(dir)?;
    Ok(Written {
        files,
        campaigns: report.campaigns.len(),
        members: report.members.len(),
        exchanges: report.exchanges.len(),
        activity: report.activity.len(),
    })
}

/// Writes `text` as `dir/name`, whole or not at all, and returns the path.
///
/// # Errors
/// [`StoreError::BadName`] when `name` is not a plain file name, [`StoreError::Io`] when the disk refuses.
pub fn write_text(dir: &Path, name: &str, text: &str) -> Result<PathBuf, StoreError> {
    let mut staged = Staged::create(dir, name)?;
    staged.write(text.as_bytes())?;
    let path = staged.commit()?;
    sync_dir(dir)?;
    Ok(path)
}

fn stage_campaigns(dir: &Path, campaigns: &[Campaign]) -> Result<Staged, StoreError> {
    let mut staged = Staged::create(dir, files::CAMPAIGNS)?;
    for (i, campaign) in campaigns.iter().enumerate() {
        check_finite(campaign)?;
        staged.write(&line(campaign).map_err(StoreError::json(staged.target(), i + 1))?)?;
    }
    Ok(staged)
}

pub(crate) fn line(row: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut line = serde_json::to_vec(row)?;
    line.push(b'\n');
    Ok(line)
}

/// JSON has no NaN: it would come out as `null` and be refused by every reader later.
fn check_finite(campaign: &Campaign) -> Result<(), StoreError> {
    let evidence = || campaign.evidence.iter();
    let bad = [
        ("a q-value", campaign.q_value.is_finite()),
        ("an evidence value", evidence().all(|e| e.value.is_finite())),
        ("an expected value", evidence().all(|e| e.expected.is_none_or(f64::is_finite))),
        ("an evidence weight", evidence().all(|e| e.weight.is_finite())),
        ("a node score", campaign.network_nodes.iter().all(|n| n.score.is_finite())),
        ("an edge weight", campaign.network_edges.iter().all(|e| e.weight.is_finite())),
    ];
    match bad.into_iter().find(|(_, finite)| !finite) {
        Some((field, _)) => Err(StoreError::NotFinite { campaign_id: campaign.campaign_id.clone(), field }),
        None => Ok(()),
    }
}
