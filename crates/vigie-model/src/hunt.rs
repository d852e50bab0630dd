//! The whole answer of one hunt: what goes to the output directory and into the report.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::activity::AccountActivity;
use crate::campaign::{Campaign, CampaignExchange, Kind, Member};
use crate::time::Micros;

/// Whether a detector could see what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// All its fields were there.
    Full,
    /// It worked without some optional fields.
    Partial,
    /// A field that it needs was never there: unseen is not clean.
    Blind,
}

/// What one detector could see and what it found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DetectorHealth {
    /// The pattern it looks for.
    pub kind: Kind,
    /// Whether it could see.
    pub sight: Sight,
    /// Columns it wants and the source lacks.
    pub missing: Vec<String>,
    /// Campaigns above severity `none`.
    pub campaigns: u64,
}

/// Counts over the whole hunt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HuntSummary {
    /// Exchanges that were read and used (after duplicates and the time window).
    pub exchanges: u64,
    /// Rows with an `event_id` (or `response_id`) seen before.
    pub duplicates: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows outside `--since/--until`.
    pub outside_window: u64,
    /// Accounts with at least one exchange.
    pub accounts: u64,
    /// First exchange, if any.
    pub first_seen: Option<Micros>,
    /// Last exchange, if any.
    pub last_seen: Option<Micros>,
    /// Distinct objects that at least two accounts share and that are rare enough to link.
    pub rare_objects: u64,
    /// Links between accounts.
    pub links: u64,
    /// Clusters that were tested.
    pub clusters: u64,
    /// Promised false-discovery rate.
    pub alpha: f64,
    /// Seed of the resampling tests.
    pub seed: u64,
    /// Version of the fold.
    pub fold_version: u16,
    /// What each detector could see.
    pub detectors: Vec<DetectorHealth>,
}

/// The answer of one hunt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HuntReport {
    /// Counts.
    pub summary: HuntSummary,
    /// Campaigns and groups judged innocent, most severe first.
    pub campaigns: Vec<Campaign>,
    /// Who belongs to them.
    pub members: Vec<Member>,
    /// Which exchanges belong to them.
    pub exchanges: Vec<CampaignExchange>,
    /// What every account did, campaign or not, by account id; empty where the hunt saw objects only.
    #[serde(default)]
    pub activity: Vec<AccountActivity>,
}
