//! What a hunt, or any other tool that writes the same files, says: groups, their members, their exchanges.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use vigie_model::HuntReport;

use super::error::ScoreError;
use super::input::{each_batch, json_lines};
use super::truth::Truth;

/// One group as a tool reports it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundGroup {
    /// The tool's id.
    pub campaign_id: String,
    /// The kind it assigned, empty when it assigns none.
    pub kind: String,
    /// Whether its severity accuses the members.
    pub accuses: bool,
    /// Members with their scores.
    pub members: Vec<(String, f64)>,
}

/// Everything that a tool said about a world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The groups.
    pub groups: Vec<FoundGroup>,
    /// Exchanges that it assigns to accusing groups; `None` when it names no exchanges at all.
    pub events: Option<FxHashSet<String>>,
    /// Suspicion of accounts beyond the groups, for tools that rank everybody. Where it is absent, accounts rank by
    /// their highest score over accusing groups.
    pub ranking: Option<Vec<(String, f64)>>,
}

#[derive(Deserialize)]
struct CampaignLine {
    campaign_id: String,
    #[serde(default)]
    kind: String,
    severity: String,
}

impl Found {
    /// Reads `campaigns.jsonl`, `members.parquet` and, where it is there, `exchanges.parquet`.
    ///
    /// # Errors
    /// [`ScoreError`] naming the file, and the row's campaign when no line defines it.
    pub fn read(hunt_dir: &Path) -> Result<Self, ScoreError> {
        let lines: Vec<CampaignLine> = json_lines(&hunt_dir.join("campaigns.jsonl"))?;
        let mut groups: Vec<FoundGroup> = lines
            .into_iter()
            .map(|line| FoundGroup {
                accuses: line.severity != "none",
                campaign_id: line.campaign_id,
                kind: line.kind,
                members: Vec::new(),
            })
            .collect();
        let index: FxHashMap<String, usize> =
            groups.iter().enumerate().map(|(i, g)| (g.campaign_id.clone(), i)).collect();
        let path = hunt_dir.join("members.parquet");
        each_batch(&path, &["campaign_id", "account_id", "score"], |table| {
            let (campaign, account, score) =
                (table.text("campaign_id")?, table.text("account_id")?, table.number("score")?);
            for i in 0..table.rows() {
                let group = look_up(&index, campaign.value(i), &path)?;
                groups[group].members.push((account.value(i).to_owned(), score.value(i)));
            }
            Ok(())
        })?;
        let events = read_events(&hunt_dir.join("exchanges.parquet"), &index, &groups)?;
        Ok(Self { groups, events, ranking: None })
    }

    /// The same from a report in memory.
    pub fn from_report(report: &HuntReport) -> Self {
        let mut groups: Vec<FoundGroup> = report
            .campaigns
            .iter()
            .map(|c| FoundGroup {
                campaign_id: c.campaign_id.clone(),
                kind: c.kind.id().to_owned(),
                accuses: c.accuses(),
                members: Vec::new(),
            })
            .collect();
        let index: FxHashMap<&str, usize> =
            report.campaigns.iter().enumerate().map(|(i, c)| (c.campaign_id.as_str(), i)).collect();
        for member in &report.members {
            if let Some(&group) = index.get(member.campaign_id.as_str()) {
                groups[group].members.push((member.account_id.clone(), member.score));
            }
        }
        let accuses = |id: &str| index.get(id).is_some_and(|&group| groups[group].accuses);
        let events = report.exchanges.iter().filter(|e| accuses(&e.campaign_id)).map(|e| e.event_id.clone());
        let events = Some(events.collect());
        Self { groups, events, ranking: None }
    }

    /// Groups and ranking without [idle](Truth::is_idle) accounts.
    pub(super) fn counted(&self, truth: &Truth) -> Self {
        let counts = |id: &str| !truth.account(id).is_some_and(|a| truth.is_idle(a));
        let keep = |rows: &[(String, f64)]| rows.iter().filter(|(id, _)| counts(id)).cloned().collect();
        let groups = self.groups.iter().map(|g| FoundGroup {
            campaign_id: g.campaign_id.clone(),
            kind: g.kind.clone(),
            accuses: g.accuses,
            members: keep(&g.members),
        });
        Self { groups: groups.collect(), events: None, ranking: self.ranking.as_deref().map(keep) }
    }

    /// The groups that accuse.
    pub fn accusing(&self) -> impl Iterator<Item = &FoundGroup> {
        self.groups.iter().filter(|g| g.accuses)
    }

    /// Every accused account with its highest score over accusing groups, in the order of the ids.
    pub fn accused(&self) -> Vec<(&str, f64)> {
        let mut best: FxHashMap<&str, f64> = FxHashMap::default();
        for (account, score) in self.accusing().flat_map(|g| &g.members) {
            let entry = best.entry(account).or_insert(f64::NEG_INFINITY);
            *entry = entry.max(*score);
        }
        let mut accused: Vec<_> = best.into_iter().collect();
        accused.sort_unstable_by_key(|(account, _)| *account);
        accused
    }
}

fn read_events(
    path: &Path,
    index: &FxHashMap<String, usize>,
    groups: &[FoundGroup],
) -> Result<Option<FxHashSet<String>>, ScoreError> {
    if !path.exists() {
        return Ok(None);
    }
    let mut events = FxHashSet::default();
    each_batch(path, &["campaign_id", "event_id"], |table| {
        let (campaign, event) = (table.text("campaign_id")?, table.text("event_id")?);
        for i in 0..table.rows() {
            if groups[look_up(index, campaign.value(i), path)?].accuses {
                events.insert(event.value(i).to_owned());
            }
        }
        Ok(())
    })?;
    Ok(Some(events))
}

fn look_up(index: &FxHashMap<String, usize>, id: &str, path: &Path) -> Result<usize, ScoreError> {
    index.get(id).copied().ok_or_else(|| ScoreError::Unknown {
        path: path.to_owned(),
        what: "campaign",
        id: id.to_owned(),
        companion: "campaigns.jsonl",
    })
}
