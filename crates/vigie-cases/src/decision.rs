//! Decisions: what was decided about whom, on what evidence, until when. What holds when
//! several meet is in `overlap`.
//!
//! **Invariant:** no decision without evidence, a reason, an expiry and a way back ([`NewDecision::validate`],
//! [`Decision::needs_way_back`]).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_model::{Action, Micros};

use crate::access::Actor;
use crate::case::TEXT_CHARS_MAX;
use crate::entity::{DecisionScope, Entity, EntityType};
use crate::eyes::second_person;
use crate::ids::{CaseId, DecisionId, TakedownId};
use crate::invalid::{FieldError, RuleError, check, says};

/// Longest time that a decision may hold, in days.
pub const EXPIRY_DAYS_MAX: i64 = 400;
/// Most pieces of evidence on one decision.
pub const EVIDENCE_MAX: usize = 100;

/// Why something was decided, as codes that go out to customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Taking the model's abilities out through its answers.
    Extraction,
    /// A key in hands it was not given to.
    KeyAbuse,
    /// Accounts made to deceive.
    FraudSignup,
    /// Harm to others.
    MaliciousUse,
    /// Deceiving the public.
    Influence,
    /// Another rule of the operator.
    PolicyOther,
    /// Putting a wrong decision right.
    FalsePositiveCorrection,
}

/// What a decision rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionEvidence {
    /// Machine name of the statistic or source.
    pub code: String,
    /// One sentence for a person.
    pub text: String,
    /// The measured value, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What honest groups show, where measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// Whether the other side may see it.
    #[serde(default)]
    pub disclosable: bool,
}

/// Where a decision comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OriginType {
    /// A hunt.
    Hunt,
    /// A person.
    Analyst,
    /// A takedown.
    Takedown,
    /// An appeal.
    Appeal,
    /// A program.
    Api,
}

/// Where a decision comes from, and which one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// Kind of source.
    #[serde(rename = "type")]
    pub kind: OriginType,
    /// Which.
    pub id: String,
}

/// Where a decision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionStatus {
    /// Waits for a second person; changes nothing yet.
    PendingApproval,
    /// Real and in force between its start and its expiry.
    Active,
    /// Recorded to see what it would do; never acts.
    Simulated,
    /// Its time is over.
    Expired,
    /// Taken back.
    Undone,
    /// Replaced by a milder one after an appeal.
    Superseded,
    /// The second person said no.
    Rejected,
}

impl DecisionStatus {
    /// The word that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::PendingApproval => "pending_approval",
            Self::Active => "active",
            Self::Simulated => "simulated",
            Self::Expired => "expired",
            Self::Undone => "undone",
            Self::Superseded => "superseded",
            Self::Rejected => "rejected",
        }
    }
}

/// What was decided about an entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// Id.
    pub decision_id: DecisionId,
    /// About whom.
    pub entity: Entity,
    /// Rung of the ladder.
    pub action: Action,
    /// Why, as a code.
    pub reason_code: ReasonCode,
    /// Why, in words.
    pub reason_text: String,
    /// On what it rests; never empty.
    pub evidence: Vec<DecisionEvidence>,
    /// Where it comes from.
    pub origin: Origin,
    /// The case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// The takedown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takedown_id: Option<TakedownId>,
    /// What traffic it touches.
    #[serde(default)]
    pub scope: DecisionScope,
    /// In force from here.
    pub starts_at: Micros,
    /// In force until here, exclusive.
    pub expires_at: Micros,
    /// Recorded, never acts.
    pub simulated: bool,
    /// Name of who decided.
    pub author: String,
    /// The person behind the author, for the rule of two pairs of eyes.
    pub author_id: String,
    /// Name of who approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
    /// The person behind the approver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver_id: Option<String>,
    /// Why a second person is needed, when one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_reason: Option<String>,
    /// Where it stands; `expired` is set by the clock.
    pub status: DecisionStatus,
    /// Who took it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Micros>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_reason: Option<String>,
    /// Left alone on purpose, to compare with.
    #[serde(default)]
    pub hold_out: bool,
    /// When it was made.
    pub created_at: Micros,
    /// Secret of the appeal link, where there is one; only in answers to whoever may read decisions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal_token: Option<String>,
    /// Counts changes; the ETag.
    pub version: u64,
}

/// A decision that somebody asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// About whom.
    pub entity: Entity,
    /// Rung of the ladder.
    pub action: Action,
    /// Why, as a code.
    pub reason_code: ReasonCode,
    /// Why, in words.
    pub reason_text: String,
    /// On what it rests.
    pub evidence: Vec<DecisionEvidence>,
    /// When it ends.
    pub expires_at: Micros,
    /// When it begins; now, when absent.
    #[serde(default)]
    pub starts_at: Option<Micros>,
    /// Record it, do not act.
    #[serde(default)]
    pub simulated: bool,
    /// What traffic it touches; all, when absent.
    #[serde(default)]
    pub scope: DecisionScope,
    /// The case it belongs to.
    #[serde(default)]
    pub case_id: Option<CaseId>,
}

impl NewDecision {
    /// Whether it may become a decision at `now`.
    ///
    /// # Errors
    /// [`RuleError::Invalid`] with every field that is wrong: evidence and reason are missing, the expiry is not after the
    /// start or more than [`EXPIRY_DAYS_MAX`] days later, the entity has no id.
    pub fn validate(&self, now: Micros) -> Result<(), RuleError> {
        let mut errors = Vec::new();
        let id_ok = says(&self.entity.id, 512) && !self.entity.id.chars().any(char::is_control);
        check(&mut errors, id_ok, "entity.id", "an id of at most 512 characters");
        check(&mut errors, says(&self.reason_text, TEXT_CHARS_MAX), "reason_text", "a reason in words");
        evidence_errors(&self.evidence, &mut errors);
        expiry_errors(self.starts_at.unwrap_or(now), self.expires_at, now, &mut errors);
        let scope = self.scope.models.iter().chain(&self.scope.endpoints);
        let scope_ok = self.scope.models.len() + self.scope.endpoints.len() <= 100
            && scope.into_iter().all(|s| says(s, 200));
        check(&mut errors, scope_ok, "scope", "at most 100 names of models and endpoints");
        if self.entity.kind == EntityType::Slice {
            let parts = self.entity.id.split_once('/').is_some_and(|(c, a)| !c.is_empty() && !a.is_empty());
            check(&mut errors, parts, "entity.id", "`campaign_id/account_id` or `campaign_id/*`");
        }
        if errors.is_empty() { Ok(()) } else { Err(RuleError::Invalid(errors)) }
    }

    /// The decision that comes of it: active, simulated, or waiting for a second person when `approval` says why.
    ///
    /// # Errors
    /// Those of [`NewDecision::validate`].
    pub fn decide(
        self,
        id: DecisionId,
        origin: Origin,
        author: &Actor,
        approval: Option<String>,
        now: Micros,
    ) -> Result<Decision, RuleError> {
        self.validate(now)?;
        let status = match (&approval, self.simulated) {
            (_, true) => DecisionStatus::Simulated,
            (Some(_), false) => DecisionStatus::PendingApproval,
            (None, false) => DecisionStatus::Active,
        };
        Ok(Decision {
            decision_id: id,
            entity: self.entity,
            action: self.action,
            reason_code: self.reason_code,
            reason_text: self.reason_text,
            evidence: self.evidence,
            origin,
            case_id: self.case_id,
            takedown_id: None,
            scope: self.scope,
            starts_at: self.starts_at.unwrap_or(now),
            expires_at: self.expires_at,
            simulated: self.simulated,
            author: author.name(),
            author_id: author.person(),
            approver: None,
            approver_id: None,
            approval_reason: approval.filter(|_| !self.simulated),
            status,
            undone_by: None,
            undone_at: None,
            undo_reason: None,
            hold_out: false,
            created_at: now,
            appeal_token: None,
            version: 1,
        })
    }
}

/// What is wrong with the evidence of a decision or takedown.
pub(crate) fn evidence_errors(evidence: &[DecisionEvidence], errors: &mut Vec<FieldError>) {
    let some = (1..=EVIDENCE_MAX).contains(&evidence.len());
    check(errors, some, "evidence", "1 to 100 pieces: nothing is decided without evidence");
    let texts = evidence.iter().all(|e| says(&e.code, 200) && says(&e.text, TEXT_CHARS_MAX));
    check(errors, texts, "evidence", "a code and a text in every piece");
    let finite = |x: Option<f64>| x.is_none_or(f64::is_finite);
    let numbers = evidence.iter().all(|e| finite(e.value) && finite(e.expected));
    check(errors, numbers, "evidence", "finite in every value");
}

/// What is wrong with the time of a decision or takedown.
pub(crate) fn expiry_errors(start: Micros, end: Micros, now: Micros, errors: &mut Vec<FieldError>) {
    check(errors, end > start && end > now, "expires_at", "after the start and after now");
    let days = end.0.saturating_sub(start.0);
    check(errors, days <= EXPIRY_DAYS_MAX * Micros::DAY, "expires_at", "at most 400 days after the start");
    let soon = start.0.saturating_sub(now.0) <= EXPIRY_DAYS_MAX * Micros::DAY;
    check(errors, soon, "starts_at", "at most 400 days from now");
    let past = now.0.saturating_sub(start.0) <= EXPIRY_DAYS_MAX * Micros::DAY;
    check(errors, past, "starts_at", "at most 400 days ago");
}

impl Decision {
    /// Where it stands at `now`: what is stored, but a running one whose time is over is expired.
    pub fn status_at(&self, now: Micros) -> DecisionStatus {
        let runs = matches!(
            self.status,
            DecisionStatus::Active | DecisionStatus::Simulated | DecisionStatus::PendingApproval
        );
        if runs && now >= self.expires_at { DecisionStatus::Expired } else { self.status }
    }

    /// Whether it acts at `now`: active, real, begun and not over.
    pub fn acts(&self, now: Micros) -> bool {
        self.status_at(now) == DecisionStatus::Active && !self.simulated && self.starts_at <= now
    }

    /// Whether whom it hits must be able to appeal: real, and `throttle` or above.
    pub fn needs_way_back(&self) -> bool {
        !self.simulated && self.action >= Action::Throttle
    }

    /// Puts it in force as `approver`.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] unless it waits for approval; [`RuleError::Forbidden`] for the author's own eyes or for
    /// somebody who may not approve.
    pub fn approve(&mut self, approver: &Actor, now: Micros) -> Result<(), RuleError> {
        self.must_wait(now)?;
        second_person(approver, &self.author_id)?;
        self.approver = Some(approver.name());
        self.approver_id = Some(approver.person());
        self.status = DecisionStatus::Active;
        self.starts_at = self.starts_at.max(now);
        self.version += 1;
        Ok(())
    }

    /// Turns it down. The author may do so, too.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] unless it waits for approval; [`RuleError::Forbidden`] for others who may not approve.
    pub fn reject(&mut self, by: &Actor, reason: &str, now: Micros) -> Result<(), RuleError> {
        self.must_wait(now)?;
        if by.person() != self.author_id {
            second_person(by, &self.author_id)?;
        }
        self.end(DecisionStatus::Rejected, by, reason, now);
        Ok(())
    }

    /// Takes it back; whatever lay beneath holds again.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] when it is over, undone or rejected already.
    pub fn undo(&mut self, by: &Actor, reason: &str, now: Micros) -> Result<(), RuleError> {
        match self.status_at(now) {
            DecisionStatus::Active | DecisionStatus::Simulated | DecisionStatus::PendingApproval => {
                self.end(DecisionStatus::Undone, by, reason, now);
                Ok(())
            }
            other => Err(RuleError::Conflict(format!(
                "this decision is {} already",
                other.name().replace('_', " ")
            ))),
        }
    }

    /// Replaces it by a milder one after an appeal.
    ///
    /// # Errors
    /// Those of [`Decision::undo`].
    pub fn supersede(&mut self, by: &Actor, reason: &str, now: Micros) -> Result<(), RuleError> {
        self.undo(by, reason, now)?;
        self.status = DecisionStatus::Superseded;
        Ok(())
    }

    fn end(&mut self, status: DecisionStatus, by: &Actor, reason: &str, now: Micros) {
        self.status = status;
        self.undone_by = Some(by.name());
        self.undone_at = Some(now);
        self.undo_reason = Some(reason.to_owned());
        self.version += 1;
    }

    fn must_wait(&self, now: Micros) -> Result<(), RuleError> {
        match self.status_at(now) {
            DecisionStatus::PendingApproval => Ok(()),
            other => Err(RuleError::Conflict(format!(
                "this decision does not wait for approval: it is {}",
                other.name()
            ))),
        }
    }
}
