//! Runs of the hunt as the records keep them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_model::{HuntSummary, Kind, Micros};

use crate::hunt_config::HuntConfig;
use crate::ids::HuntId;

/// Where a hunt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HuntStatus {
    /// Not begun.
    Queued,
    /// Under way.
    Running,
    /// Over, its campaigns are imported.
    Done,
    /// Over without campaigns.
    Failed,
}

impl HuntStatus {
    /// The word that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// How far a hunt is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HuntProgress {
    /// What it does.
    pub stage: String,
    /// Units done.
    pub done: u64,
    /// Units in all; 0 when unknown.
    pub total: u64,
}

/// One run of the hunt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hunt {
    /// Id.
    pub hunt_id: HuntId,
    /// When it was asked for.
    pub started_at: Micros,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Micros>,
    /// Where it stands.
    pub status: HuntStatus,
    /// How far it is, while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<HuntProgress>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it read.
    pub inputs: Vec<String>,
    /// End of its window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Micros>,
    /// How it was set up, where somebody asked for something else than what always holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<HuntConfig>,
    /// Exchanges that it used.
    pub exchanges: u64,
    /// Accounts that it saw.
    pub accounts: u64,
    /// Campaigns above severity `none`.
    pub campaigns: u64,
    /// Its output directory.
    pub out_dir: String,
    /// Rows that could not be read.
    pub rejects: u64,
    /// Detectors that could not see.
    pub blind: Vec<String>,
    /// Its counts, once done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<HuntSummary>,
    /// Who asked for it.
    pub author: String,
    /// Counts changes.
    pub version: u64,
}

/// A campaign that two hunts see differently. Campaigns are matched by the case they belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CampaignChange {
    /// Id in the later hunt, or in the earlier one when gone.
    pub campaign_id: String,
    /// The pattern.
    pub kind: Kind,
    /// The case, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<crate::ids::CaseId>,
    /// Accounts in the earlier hunt.
    pub accounts_before: u64,
    /// Accounts in the later hunt.
    pub accounts_after: u64,
}

/// What changed between two hunts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HuntDiff {
    /// Only in the later one.
    pub new: Vec<CampaignChange>,
    /// Only in the earlier one.
    pub gone: Vec<CampaignChange>,
    /// More accounts than before.
    pub grown: Vec<CampaignChange>,
    /// Fewer accounts than before.
    pub shrunk: Vec<CampaignChange>,
    /// As many as before.
    pub same: Vec<CampaignChange>,
}
