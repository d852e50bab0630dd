//! What a hunt says: campaigns, their evidence, their innocent explanations, their members.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::object::Layer;
use crate::time::Micros;

/// The pattern of a campaign. Names the pattern, never the remedy or a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A fleet shares out one extraction job; no account stands out.
    SplitExtraction,
    /// The same job in lockstep, load-balanced over accounts that share a payment.
    BalancedExtraction,
    /// A fleet turns to a new model right after its release.
    ReleasePivot,
    /// Asks for reasoning traces at scale.
    TraceCoercion,
    /// A slice of extraction inside ordinary users' traffic.
    ResoldAccess,
    /// Dormant keys, probed and then drained from a new network.
    KeyTakeover,
    /// Accounts made in series.
    SignupFarm,
    /// Comments, likes and posts scripted for many personas.
    ScriptedPersonas,
    /// Many accounts work from one operation's scripts.
    SharedPlaybook,
    /// Accounts linked by objects alone (`hunt --objects`): coordination is shown, its purpose is not.
    CoordinatedAccounts,
    /// A group that was found, tested and judged innocent, or whose purpose is not abusive.
    InnocentGroup,
}

impl Kind {
    /// The id that outputs carry.
    pub fn id(self) -> &'static str {
        match self {
            Self::SplitExtraction => "split-extraction",
            Self::BalancedExtraction => "balanced-extraction",
            Self::ReleasePivot => "release-pivot",
            Self::TraceCoercion => "trace-coercion",
            Self::ResoldAccess => "resold-access",
            Self::KeyTakeover => "key-takeover",
            Self::SignupFarm => "signup-farm",
            Self::ScriptedPersonas => "scripted-personas",
            Self::SharedPlaybook => "shared-playbook",
            Self::CoordinatedAccounts => "coordinated-accounts",
            Self::InnocentGroup => "innocent-group",
        }
    }
}

/// How much harm; everything above [`Severity::None`] accuses the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Found and judged innocent.
    None,
    /// Worth a look.
    Low,
    /// Worth a case.
    Medium,
    /// Worth acting on today.
    High,
    /// Worth waking somebody.
    Critical,
}

impl Severity {
    /// The word that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The ladder of actions, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Watch, change nothing.
    Observe,
    /// Remember for later hunts and the gate.
    Label,
    /// Slow down.
    Throttle,
    /// Ask who it is.
    StepUp,
    /// Deny log-probabilities or reasoning text; disclosed, never silent.
    Reduce,
    /// Refuse the campaign's slice of requests.
    Refuse,
    /// Stop for now.
    Suspend,
    /// Stop for good.
    Ban,
}

/// One piece of evidence, in plain words with the numbers behind them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Machine name of the statistic, such as `shared-phrases` or `complementarity`.
    pub code: String,
    /// The layer that it comes from.
    pub layer: Layer,
    /// One sentence for a person.
    pub text: String,
    /// The measured value, in the unit that `text` states.
    pub value: f64,
    /// What matched honest groups show, where they were measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// Strength as natural-log likelihood ratio against chance.
    pub weight: f64,
    /// Masked examples: only words that at least five accounts used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
}

/// Whether an innocent explanation accounts for the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Explained {
    /// Tried and contradicted by the evidence.
    No,
    /// Not contradicted, not enough to clear the group.
    Partly,
    /// Accounts for the group; severity becomes `none`.
    Yes,
}

/// An innocent explanation that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// Name of the explanation, such as `classroom` or `licensed-reseller`.
    pub name: String,
    /// The outcome.
    pub explained: Explained,
    /// What speaks for it.
    pub speaks_for: Vec<String>,
    /// What speaks against it.
    pub speaks_against: Vec<String>,
}

/// What a person is advised to decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecommendedDecision {
    /// Rung of the ladder.
    pub action: Action,
    /// On whom or what: `accounts`, `slice`, `keys`.
    pub scope: String,
    /// Why this rung.
    pub reason: String,
    /// Days until the decision should expire.
    pub expires_days: u32,
}

/// Traffic of a campaign in one stretch of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineBucket {
    /// Start of the stretch.
    pub start: Micros,
    /// The campaign's exchanges in it.
    pub exchanges: u64,
    /// Members' other exchanges in it.
    pub other_exchanges: u64,
    /// Members that were active in it.
    pub accounts: u64,
}

/// A member as the network picture shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkNode {
    /// The member.
    pub account_id: String,
    /// Membership score, 0–1.
    pub score: f64,
    /// Its first exchange of the campaign, where the hunt saw exchanges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Micros>,
}

/// Why two members are linked, as the network picture shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkEdge {
    /// Index of one end in `network_nodes`.
    pub a: u32,
    /// Index of the other end.
    pub b: u32,
    /// Natural-log likelihood ratio of the link.
    pub weight: f64,
    /// The strongest layer.
    pub layer: Layer,
}

/// A cluster with a purpose: one line of `campaigns.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Campaign {
    /// Stable for the same members and objects.
    pub campaign_id: String,
    /// The pattern.
    pub kind: Kind,
    /// How much harm; `none` for a group judged innocent.
    pub severity: Severity,
    /// False-discovery-adjusted p-value over all clusters of the hunt, 0–1.
    pub q_value: f64,
    /// First exchange of the campaign.
    pub first_seen: Micros,
    /// Last exchange of the campaign.
    pub last_seen: Micros,
    /// Number of members.
    pub accounts: u64,
    /// Number of exchanges that belong to the campaign.
    pub exchanges: u64,
    /// Tokens the campaign took in and out, where the source counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// One line of why, for tables.
    pub summary: String,
    /// Strongest first.
    pub evidence: Vec<Evidence>,
    /// Innocent explanations that were tried.
    pub alternatives: Vec<Alternative>,
    /// What a person is advised to decide.
    pub recommended_decision: RecommendedDecision,
    /// Traffic over time.
    pub timeline: Vec<TimelineBucket>,
    /// A sample of members for the picture, at most a few hundred.
    pub network_nodes: Vec<NetworkNode>,
    /// The strongest links among those.
    pub network_edges: Vec<NetworkEdge>,
}

impl Campaign {
    /// Whether it accuses its members.
    pub fn accuses(&self) -> bool {
        self.severity > Severity::None
    }
}

/// One row of `members.parquet`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// The campaign.
    pub campaign_id: String,
    /// The member.
    pub account_id: String,
    /// Comparable over the whole hunt. Meant as a probability (0.9 = nine in ten such members are rightly named); that
    /// calibration is not established yet.
    pub score: f64,
    /// The part of the account's own traffic that belongs to the campaign, 0–1.
    pub share: f64,
}

/// One row of `exchanges.parquet`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CampaignExchange {
    /// The campaign.
    pub campaign_id: String,
    /// The exchange.
    pub event_id: String,
}
