//! What goes into the records and comes out, where it is not a noun of its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vigie_cases::{
    Actor, Appeal, AppealStatus, CaseId, CaseStatus, Decision, DecisionEvidence, DecisionId, DecisionStatus,
    Delivery, Disposition, HuntConfig, HuntId, HuntProgress, HuntStatus, Role, Scope, UserId, WebhookEvent,
};
use vigie_model::{Action, Campaign, Kind, Layer, Micros, Severity};

/// Most items on a page.
pub const LIMIT_MAX: usize = 500;

/// Most accounts whose traffic is kept of one hunt; of more, members of its campaigns and groups first, then the busiest.
pub const ACTIVITY_OF_A_HUNT_MAX: usize = 200_000;
/// Most accounts whose traffic is kept in all, members of cases aside; of more, those seen longest ago are forgotten.
pub const ACTIVITY_MAX: u64 = 1_000_000;

/// Who asks, when, and under which key: a mutation with a key that was used before gives the answer of then.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who.
    pub actor: Actor,
    /// When.
    pub now: Micros,
    /// `Idempotency-Key`, at most 200 characters.
    pub idempotency_key: Option<String>,
}

impl Ctx {
    /// Without an idempotency key.
    pub fn new(actor: Actor, now: Micros) -> Self {
        Self { actor, now, idempotency_key: None }
    }
}

/// Which part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Items on the page, 1–[`LIMIT_MAX`]; 0 means 50.
    pub limit: usize,
    /// Name of the sort, `-` before it for descending; each list documents its own.
    pub sort: Option<String>,
    /// Words to look for; each list documents where.
    pub q: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Items on all pages; counted on the first page only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// Which cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Where they stand.
    pub status: Option<CaseStatus>,
    /// The pattern.
    pub kind: Option<Kind>,
    /// How much harm.
    pub severity: Option<Severity>,
    /// Name of the assignee; the empty string for cases of nobody.
    pub assignee: Option<String>,
    /// What they turned out to be.
    pub disposition: Option<Disposition>,
}

/// A case opened by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// One line for lists.
    pub title: String,
    /// The pattern.
    pub kind: Kind,
    /// How much harm; `medium`, when absent.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Who is in it.
    pub accounts: Vec<String>,
    /// First note.
    #[serde(default)]
    pub note: Option<String>,
}

/// What a bulk change did to one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BulkResult {
    /// Which.
    pub case_id: CaseId,
    /// Whether it was changed (or was as wanted already).
    pub ok: bool,
    /// Its version now, where it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A campaign of a case; its stored examples are counted, and shown by `reveal_evidence` only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseCampaign {
    /// The campaign, without examples.
    #[serde(flatten)]
    pub campaign: Campaign,
    /// The hunt that found it last.
    pub hunt_id: HuntId,
    /// Stored examples by code of evidence.
    pub examples: std::collections::BTreeMap<String, u64>,
}

/// Examples that somebody asked to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revealed {
    /// The masked examples.
    pub examples: Vec<String>,
}

/// A member as the network picture shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseNode {
    /// Number that edges refer to.
    pub id: u32,
    /// Who.
    pub account_id: String,
    /// Membership score, 0–1.
    pub score: f64,
    /// Part of its own traffic in the campaign, 0–1.
    pub share: f64,
}

/// A link between two members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseEdge {
    /// One end.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Natural-log likelihood ratio.
    pub weight: f64,
    /// The strongest layer.
    pub layer: Layer,
    /// Since when, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Micros>,
}

/// The network picture of a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseNetwork {
    /// Members, at most [`NODES_MAX`].
    pub nodes: Vec<CaseNode>,
    /// Links among the members that the hunt kept for the picture.
    pub edges: Vec<CaseEdge>,
    /// Members in all.
    pub members: u64,
}

/// Most members in a network picture.
pub const NODES_MAX: usize = 25_000;

/// Which decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// Where they stand at the time of asking.
    pub status: Option<DecisionStatus>,
    /// About whom: the id of any type of entity.
    pub entity: Option<String>,
    /// Rung of the ladder.
    pub action: Option<Action>,
    /// Of which case.
    pub case_id: Option<CaseId>,
    /// Of which takedown.
    pub takedown_id: Option<vigie_cases::TakedownId>,
    /// In force now and over within so many days.
    pub expiring_within_days: Option<u32>,
}

/// What a decision touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Affected {
    /// All exchanges of the account in the hunt that looked furthest; where no hunt saw it, its even part of the cases that
    /// it is in (an estimate); absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanges: Option<u64>,
    /// Accounts; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<u64>,
}

/// What a decision would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionPreview {
    /// What it touches.
    pub affected: Affected,
    /// What holds now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_now: Option<Decision>,
    /// Whether a second person must approve.
    pub needs_approval: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_reason: Option<String>,
    /// What stands in its way or makes it idle, in words.
    pub conflicts: Vec<String>,
}

/// A new exception.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewException {
    /// Whom it protects.
    pub entity: vigie_cases::Entity,
    /// Why.
    pub reason: String,
    /// Until when; for good when absent.
    #[serde(default)]
    pub expires_at: Option<Micros>,
    /// The case it comes from.
    #[serde(default)]
    pub case_id: Option<CaseId>,
}

/// Which appeals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppealFilter {
    /// Where they stand.
    pub status: Option<AppealStatus>,
    /// Unanswered and over their deadline.
    pub overdue: bool,
    /// On which decision.
    pub decision_id: Option<DecisionId>,
    /// Of which case.
    pub case_id: Option<CaseId>,
}

/// An appeal with what a reviewer needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AppealView {
    /// The appeal.
    #[serde(flatten)]
    pub appeal: Appeal,
    /// The decision.
    pub decision: Decision,
    /// Evidence that the other side sees.
    pub evidence_disclosed: Vec<DecisionEvidence>,
    /// Evidence that it does not.
    pub evidence_withheld: Vec<DecisionEvidence>,
}

/// A hunt to be recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewHunt {
    /// What it reads.
    pub inputs: Vec<String>,
    /// End of its window.
    pub until: Option<Micros>,
    /// How it is set up.
    #[serde(default)]
    pub config: Option<HuntConfig>,
    /// Its output directory.
    pub out_dir: String,
    /// Where it stands at first.
    pub status: HuntStatus,
}

/// What changed about a hunt; absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HuntUpdate {
    /// Where it stands.
    pub status: Option<HuntStatus>,
    /// How far it is.
    pub progress: Option<HuntProgress>,
    /// Why it failed.
    pub error: Option<String>,
    /// Its output directory.
    pub out_dir: Option<String>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImportReport {
    /// Cases that came to be.
    pub opened: Vec<CaseId>,
    /// Cases that were found again.
    pub updated: Vec<CaseId>,
    /// Cases closed as false positive or benign-known that were found again and stay closed.
    pub remembered: Vec<CaseId>,
    /// Groups judged innocent, kept without a case.
    pub innocent: u64,
    /// Members of accusing campaigns that an exception protects.
    pub excepted: u64,
    /// Accounts whose traffic was kept.
    #[serde(default)]
    pub activity: u64,
}

/// A new user.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Sign-in name, unique.
    pub name: String,
    /// Where to write to.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Hash of the password in the PHC form; none for who signs in elsewhere.
    pub password_hash: Option<String>,
    /// `issuer subject` of who signs in elsewhere.
    pub subject: Option<String>,
}

/// What changes about a user; absent fields stay as they are.
#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    /// Where to write to; the empty string takes it away.
    pub email: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether sign-in is closed; closing it ends all sessions.
    pub disabled: Option<bool>,
    /// New hash of the password; ends all sessions.
    pub password_hash: Option<String>,
}

/// A sign-in that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's secret, hexadecimal.
    pub session_hash: String,
    /// Who.
    pub user_id: UserId,
    /// What `X-Vigie-Csrf` must say.
    pub csrf: String,
    /// Since when.
    pub created_at: Micros,
    /// Until when.
    pub expires_at: Micros,
}

/// A new API token.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it ends.
    pub expires_at: Option<Micros>,
    /// SHA-256 of its secret, hexadecimal.
    pub secret_hash: String,
}

/// A new webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWebhook {
    /// Address, http or https.
    pub url: String,
    /// What it is told.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told anything.
    pub enabled: bool,
    /// Secret for signatures.
    pub secret: String,
}

/// What changes about a webhook; absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookPatch {
    /// Address.
    pub url: Option<String>,
    /// What it is told.
    pub events: Option<Vec<WebhookEvent>>,
    /// Whether it is told anything.
    pub enabled: Option<bool>,
}

/// A delivery that is due, with what sending it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct DueDelivery {
    /// What and where it stands.
    pub delivery: Delivery,
    /// Address.
    pub url: String,
    /// Secret for signatures.
    pub secret: String,
}

/// Which audit entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Who, exactly.
    pub actor: Option<String>,
    /// What, exactly, or a prefix that ends in `.`, such as `decision.`.
    pub action: Option<String>,
    /// To what, exactly.
    pub target: Option<String>,
    /// Not before.
    pub since: Option<Micros>,
    /// Before.
    pub until: Option<Micros>,
}

/// What changed, for live updates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Counts up, with no gaps among those that are kept.
    pub seq: u64,
    /// `case`, `decision`, `takedown`, `appeal` or `hunt`.
    pub topic: String,
    /// Which.
    pub id: String,
    /// Its version after the change.
    pub version: u64,
}

/// What the clock did ([`Records::tick`](super::Records::tick)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticked {
    /// Decisions whose time was over.
    pub expired: u64,
    /// Old sessions, idempotency keys, changes and delivered deliveries that were dropped.
    pub dropped: u64,
}

/// Particulars of an audit entry that only the server knows, such as a failed sign-in.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditNote {
    /// What, such as `session.refused`.
    pub action: String,
    /// To what.
    pub target: String,
    /// Particulars; never a secret.
    pub detail: Value,
}
