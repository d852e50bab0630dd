//! What the overview and an account's page show: put together from many records, never stored.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_cases::{Appeal, CaseId, CaseStatus, Decision, Disposition, Exception, HuntId};
use vigie_model::{Kind, Layer, Micros, Severity};

/// A case as an account's page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountCase {
    /// Which.
    pub case_id: CaseId,
    /// One line.
    pub title: String,
    /// The pattern.
    pub kind: Kind,
    /// How much harm.
    pub severity: Severity,
    /// Where it stands.
    pub status: CaseStatus,
    /// What it turned out to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// Membership score, 0–1.
    pub score: f64,
    /// Part of the account's own traffic in it, 0–1.
    pub share: f64,
}

/// A campaign as an account's page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountCampaign {
    /// Which.
    pub campaign_id: String,
    /// The pattern.
    pub kind: Kind,
    /// Membership score, 0–1.
    pub score: f64,
    /// Part of the account's own traffic in it, 0–1.
    pub share: f64,
    /// Why its members belong together: the strongest evidence in words, at most three pieces.
    #[serde(default)]
    pub why: Vec<String>,
}

/// A link of an account as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountLink {
    /// To whom.
    pub account_id: String,
    /// Natural-log likelihood ratio.
    pub weight: f64,
    /// The strongest layer.
    pub layer: Layer,
}

/// Traffic of an account in one stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountBucket {
    /// Start of the stretch.
    pub start: Micros,
    /// All its exchanges.
    pub exchanges: u64,
    /// Those of campaigns that accuse.
    pub campaign_exchanges: u64,
    /// Those that the model refused.
    #[serde(default)]
    pub refused: u64,
    /// Tokens in and out; 0 where the source does not count them.
    #[serde(default)]
    pub tokens: u64,
}

/// When an account was seen, and what it sent, in the hunt that looked furthest among those that saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountSeen {
    /// First exchange.
    pub first: Micros,
    /// Last exchange.
    pub last: Micros,
    /// Exchanges.
    pub exchanges: u64,
    /// Those that the model refused.
    pub refused: u64,
    /// Tokens in and out, where the source counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Distinct networks (/24, /48), where the source tells addresses that can be believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub networks: Option<u64>,
    /// The hunt.
    pub hunt_id: HuntId,
}

/// All that the records know of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountView {
    /// Who.
    pub account_id: String,
    /// Cases that it is in.
    pub cases: Vec<AccountCase>,
    /// Campaigns that named it.
    pub campaigns: Vec<AccountCampaign>,
    /// Its links to other members of these campaigns, strongest first: those in their pictures, and its own five strongest.
    pub links: Vec<AccountLink>,
    /// Decisions on it and on its slices, latest first.
    pub decisions: Vec<Decision>,
    /// What holds for it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Decision>,
    /// Appeals on these decisions.
    pub appeals: Vec<Appeal>,
    /// Exceptions that protect it.
    pub exceptions: Vec<Exception>,
    /// Its traffic in the hunt of `seen`, in sixtieths of that hunt's span; empty where no hunt saw it.
    pub timeline: Vec<AccountBucket>,
    /// When it was seen, where a hunt saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<AccountSeen>,
}

/// Campaigns of one pattern, as the overview counts them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KindCount {
    /// The pattern.
    pub kind: Kind,
    /// Campaigns above severity `none`.
    pub campaigns: u64,
    /// Their accounts.
    pub accounts: u64,
    /// Their exchanges.
    pub exchanges: u64,
    /// The worst severity among them.
    pub severity: Severity,
}

/// Traffic of campaigns in the latest hunt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrafficAtRisk {
    /// Exchanges.
    pub exchanges: u64,
    /// Part of all exchanges of the hunt, 0–1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Tokens, where counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
}

/// How a detector fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DetectorState {
    /// It sees, and its cases hold.
    Ok,
    /// It could not see in the latest hunt.
    Blind,
    /// Most of its judged cases were wrong: at least five, precision below one half.
    Noisy,
}

/// How a detector fares, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DetectorStatus {
    /// Id of the kind.
    pub id: String,
    /// How it fares.
    pub state: DetectorState,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What the input lacks and what that costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlindSource {
    /// The detector that lacks something.
    pub source: String,
    /// Columns that it lacks.
    pub missing: Vec<String>,
    /// What that costs.
    pub effect: String,
}

/// Traffic in one stretch of time, for the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OverviewBucket {
    /// Start of the stretch.
    pub start: Micros,
    /// All exchanges of campaigns' members in it.
    pub exchanges: u64,
    /// Those of campaigns.
    pub at_risk: u64,
}

/// What somebody sees first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Overview {
    /// What “new” and “changed” are counted from.
    pub since: Micros,
    /// Cases opened since.
    pub new_cases: u64,
    /// Older cases changed since.
    pub changed_cases: u64,
    /// Cases that are not closed.
    pub open_cases: u64,
    /// The latest hunt's campaigns by pattern, worst first.
    pub campaigns_by_kind: Vec<KindCount>,
    /// Their traffic.
    pub traffic_at_risk: TrafficAtRisk,
    /// How detectors fare.
    pub detectors: Vec<DetectorStatus>,
    /// What could not be seen.
    pub blind_sources: Vec<BlindSource>,
    /// Appeals that wait and whose deadline is within two days or over.
    pub appeals_due: u64,
    /// Appeals that wait.
    pub appeals_open: u64,
    /// Decisions and takedowns that wait for a second person.
    pub approvals_waiting: u64,
    /// Real decisions that end within seven days.
    pub decisions_expiring: u64,
    /// The latest finished hunt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_hunt: Option<vigie_cases::Hunt>,
    /// Traffic of the latest hunt's campaigns.
    pub timeline: Vec<OverviewBucket>,
}
