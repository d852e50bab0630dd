//! The case: what a person looks at, and the rules of its life.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vigie_model::{Kind, Micros, Severity};

use crate::ids::{AppealId, CaseId, DecisionId, ExceptionId};
use crate::invalid::{FieldError, RuleError, says};
use vigie_model::Action;

/// Most characters of a title.
pub const TITLE_CHARS_MAX: usize = 200;
/// Most characters of a note, a reason or a statement.
pub const TEXT_CHARS_MAX: usize = 10_000;
/// Most accounts that a case opened or split by hand may name.
pub const ACCOUNTS_BY_HAND_MAX: usize = 100_000;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// Nobody works on it.
    Open,
    /// Somebody does.
    InReview,
    /// It has a disposition.
    Closed,
}

impl CaseStatus {
    /// The word that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InReview => "in_review",
            Self::Closed => "closed",
        }
    }
}

/// What a case turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Abuse, as the hunt said.
    TruePositive,
    /// Wrongly accused.
    FalsePositive,
    /// What the hunt saw is there, and it is allowed: a licensed reseller, a classroom.
    BenignKnown,
    /// Nobody can tell.
    Inconclusive,
}

impl Disposition {
    /// The word that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::TruePositive => "true_positive",
            Self::FalsePositive => "false_positive",
            Self::BenignKnown => "benign_known",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Whether the case stays closed when a later hunt finds the same again.
    pub fn remembers(self) -> bool {
        matches!(self, Self::FalsePositive | Self::BenignKnown)
    }
}

/// Campaigns that a person looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Id.
    pub case_id: CaseId,
    /// One line for lists.
    pub title: String,
    /// The pattern.
    pub kind: Kind,
    /// How much harm.
    pub severity: Severity,
    /// Where it stands.
    pub status: CaseStatus,
    /// What it turned out to be; set when and only when closed and not merged away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// A hunt's id or a person's name.
    pub opened_by: String,
    /// Name of the person who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Campaigns of the latest hunt that found it, or none for a case by hand.
    pub campaigns: Vec<String>,
    /// Accounts in it.
    pub members: u64,
    /// Exchanges of its campaigns.
    pub exchanges: u64,
    /// Their tokens, where the source counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// First exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Micros>,
    /// Last exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Micros>,
    /// When it was opened.
    pub opened_at: Micros,
    /// Last change of any kind.
    pub updated_at: Micros,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Micros>,
    /// The case that took it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<CaseId>,
    /// How often a later hunt found it again after it was closed as false positive or benign-known.
    pub seen_again: u64,
    /// Notes written on it.
    pub notes: u64,
    /// Counts changes; the ETag.
    pub version: u64,
}

/// A change that a person asks for; absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CasePatch {
    /// New title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// New assignee's name; the empty string takes the case from everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// New status; closing needs a disposition, leaving `closed` forgets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CaseStatus>,
    /// What it turned out to be; closes the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition_note: Option<String>,
}

/// What happened to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// It came to be.
    Opened,
    /// A later hunt found it again.
    UpdatedByHunt,
    /// It went to somebody or away from them.
    Assigned,
    /// Somebody wrote a note.
    Noted,
    /// It took in another case or was taken in.
    Merged,
    /// Accounts left for a case of their own.
    Split,
    /// Its status or title changed.
    Status,
    /// It was closed with a disposition.
    Disposition,
    /// A decision was made, approved, rejected or undone.
    Decision,
    /// A takedown moved.
    Takedown,
    /// An appeal arrived or was decided.
    Appeal,
    /// It was opened again.
    Reopened,
    /// Somebody looked at stored text.
    ViewedText,
}

/// One line of a case's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseEvent {
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: String,
    /// What kind of thing.
    pub what: EventKind,
    /// One sentence.
    pub text: String,
    /// Particulars for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl Case {
    /// Applies `patch` at `now` and says what happened, in order; nothing happens without a difference.
    ///
    /// # Errors
    /// [`RuleError::Invalid`] for a title or note that is empty or too long, or for closing without a disposition;
    /// [`RuleError::Conflict`] for a case that was merged away.
    pub fn patch(&mut self, patch: &CasePatch, now: Micros) -> Result<Vec<(EventKind, String)>, RuleError> {
        self.must_stand_alone()?;
        let mut next = self.clone();
        let mut events = Vec::new();
        if let Some(title) = patch.title.as_ref().filter(|t| **t != self.title) {
            text_field("title", title, TITLE_CHARS_MAX)?;
            next.title.clone_from(title);
            events.push((EventKind::Status, format!("titled “{title}”")));
        }
        if let Some(name) = &patch.assignee {
            let assignee = Some(name.clone()).filter(|n| !n.is_empty());
            if assignee != self.assignee {
                events.push((
                    EventKind::Assigned,
                    assignee
                        .as_ref()
                        .map_or_else(|| "assigned to nobody".to_owned(), |n| format!("assigned to {n}")),
                ));
                next.assignee = assignee;
            }
        }
        next.patch_status(patch, now, &mut events)?;
        if !events.is_empty() {
            next.updated_at = now;
            next.version += 1;
            *self = next;
        }
        Ok(events)
    }

    fn patch_status(
        &mut self,
        patch: &CasePatch,
        now: Micros,
        events: &mut Vec<(EventKind, String)>,
    ) -> Result<(), RuleError> {
        let wanted = patch.status.or(patch.disposition.map(|_| CaseStatus::Closed)).unwrap_or(self.status);
        if wanted == CaseStatus::Closed {
            let Some(disposition) = patch.disposition.or(self.disposition) else {
                let must = "must be given when a case is closed";
                return Err(RuleError::Invalid(vec![FieldError::new("disposition", must)]));
            };
            let note = patch.disposition_note.as_deref().unwrap_or_default();
            if !note.is_empty() {
                text_field("disposition_note", note, TEXT_CHARS_MAX)?;
            }
            if self.disposition != Some(disposition) || self.status != CaseStatus::Closed {
                let dash = if note.is_empty() { "" } else { ": " };
                events
                    .push((EventKind::Disposition, format!("closed as {}{dash}{note}", disposition.name())));
                self.closed_at = Some(now);
            }
            self.disposition = Some(disposition);
        } else {
            if patch.disposition.is_some() {
                let must = "must be left out unless the case is closed";
                return Err(RuleError::Invalid(vec![FieldError::new("disposition", must)]));
            }
            if self.status == CaseStatus::Closed {
                events.push((EventKind::Reopened, "opened again".to_owned()));
                self.disposition = None;
                self.closed_at = None;
            } else if wanted != self.status {
                events.push((EventKind::Status, format!("now {}", wanted.name().replace('_', " "))));
            }
        }
        self.status = wanted;
        Ok(())
    }

    /// What a later hunt does to the case that it found again: a case closed as false positive or benign-known stays
    /// closed and counts it; any other closed case opens again.
    pub fn found_again(&mut self, now: Micros) -> EventKind {
        self.updated_at = now;
        self.version += 1;
        match (self.status, self.disposition) {
            (CaseStatus::Closed, Some(d)) if d.remembers() => {
                self.seen_again += 1;
                EventKind::UpdatedByHunt
            }
            (CaseStatus::Closed, _) => {
                self.status = CaseStatus::Open;
                self.disposition = None;
                self.closed_at = None;
                EventKind::Reopened
            }
            _ => EventKind::UpdatedByHunt,
        }
    }

    /// A case that was merged away can no longer be worked on.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] with the case that took it in.
    pub fn must_stand_alone(&self) -> Result<(), RuleError> {
        match &self.merged_into {
            Some(into) => {
                Err(RuleError::Conflict(format!("this case was merged into {into}; work on that one")))
            }
            None => Ok(()),
        }
    }
}

/// Whether `text` may be stored as `field`.
///
/// # Errors
/// [`RuleError::Invalid`] when it is blank or longer than `chars_max`.
pub fn text_field(field: &str, text: &str, chars_max: usize) -> Result<(), RuleError> {
    if says(text, chars_max) {
        return Ok(());
    }
    let message = format!("must say something in at most {chars_max} characters");
    Err(RuleError::Invalid(vec![FieldError::new(field, message)]))
}

/// A member of a case as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseMember {
    /// Who.
    pub account_id: String,
    /// Membership score, 0–1.
    pub score: f64,
    /// Part of the account's own traffic that belongs to the campaign, 0–1.
    pub share: f64,
    /// The campaign that names it most strongly; none in a case by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<String>,
    /// Its exchanges in the case: `share` of those in the hunt that looked furthest; absent where no hunt saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanges: Option<u64>,
    /// Whether an exception protects it.
    pub excepted: bool,
    /// Whether it looks like a bystander.
    pub bystander: bool,
    /// The decision that holds for it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<MemberDecision>,
}

/// The decision that holds for a member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MemberDecision {
    /// Which.
    pub decision_id: DecisionId,
    /// Rung of the ladder.
    pub action: Action,
}

/// Score below which a member looks like a bystander.
pub const BYSTANDER_SCORE_BELOW: f64 = 0.5;
/// Share of own traffic below which a member looks like a bystander.
pub const BYSTANDER_SHARE_BELOW: f64 = 0.2;

/// Why a member may be a bystander, if it may: its score is weak, or most of its own traffic is its own.
pub fn bystander_reason(score: f64, share: f64) -> Option<String> {
    if score < BYSTANDER_SCORE_BELOW {
        Some(format!("membership score {score:.2} is below {BYSTANDER_SCORE_BELOW}"))
    } else if share < BYSTANDER_SHARE_BELOW {
        let own = (1.0 - share) * 100.0;
        Some(format!("{own:.0} % of its traffic lies outside the campaign"))
    } else {
        None
    }
}

/// What is kept for an account that must not be touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exception {
    /// Id.
    pub exception_id: ExceptionId,
    /// Whom it protects.
    pub entity: crate::entity::Entity,
    /// Why.
    pub reason: String,
    /// Who wrote it.
    pub author: String,
    /// Since when.
    pub created_at: Micros,
    /// Until when; for good when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Micros>,
    /// The case it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// The appeal it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal_id: Option<AppealId>,
}

impl Exception {
    /// Whether it holds at `now`.
    pub fn holds(&self, now: Micros) -> bool {
        self.created_at <= now && self.expires_at.is_none_or(|end| now < end)
    }
}
