//! Appeals: the other side's word on a decision, with a clock, and a reviewer who had no part in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_model::{Action, Micros};

use crate::access::{Actor, Role};
use crate::case::{TEXT_CHARS_MAX, text_field};
use crate::decision::{Decision, DecisionEvidence, ReasonCode};
use crate::ids::{AppealId, CaseId, DecisionId};
use crate::invalid::{FieldError, RuleError};

/// Where an appeal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppealStatus {
    /// Nobody reviews it yet.
    Received,
    /// Somebody does.
    InReview,
    /// The decision stands.
    Upheld,
    /// The decision is undone, and an exception keeps it so.
    Overturned,
    /// A milder decision replaces it.
    Partly,
}

impl AppealStatus {
    /// The word that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::InReview => "in_review",
            Self::Upheld => "upheld",
            Self::Overturned => "overturned",
            Self::Partly => "partly",
        }
    }

    /// Whether it is answered.
    pub fn decided(self) -> bool {
        !matches!(self, Self::Received | Self::InReview)
    }
}

/// How an appeal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppealOutcome {
    /// The decision stands.
    Upheld,
    /// It was wrong.
    Overturned,
    /// It was too harsh.
    Partly,
}

/// The other side's word on a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Appeal {
    /// Id.
    pub appeal_id: AppealId,
    /// On which decision.
    pub decision_id: DecisionId,
    /// The decision's case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// Where it stands.
    pub status: AppealStatus,
    /// When it came.
    pub received_at: Micros,
    /// When it must be answered.
    pub deadline_at: Micros,
    /// Whether that time is over without an answer.
    #[serde(default)]
    pub overdue: bool,
    /// What they say.
    pub statement: String,
    /// How to reach them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Name of who reviews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
    /// The person behind the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer_id: Option<String>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome_text: Option<String>,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Micros>,
    /// Evidence that the other side may see.
    pub disclosed: Vec<DecisionEvidence>,
    /// Counts changes; the ETag.
    pub version: u64,
}

/// The answer that a reviewer gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealDecision {
    /// How it ends.
    pub outcome: AppealOutcome,
    /// Why, for the other side to read.
    pub text: String,
    /// The milder action when `partly`; the next rung down when absent.
    #[serde(default)]
    pub action: Option<Action>,
}

/// What somebody with an appeal link may see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PublicAppeal {
    /// What was done.
    pub action: Action,
    /// Why, as a code.
    pub reason_code: ReasonCode,
    /// Why, in words.
    pub reason_text: String,
    /// Since when.
    pub since: Micros,
    /// Until when.
    pub expires_at: Micros,
    /// Whether it acts now.
    pub active: bool,
    /// Evidence that may be disclosed.
    pub evidence: Vec<DecisionEvidence>,
    /// Their appeal, once filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<PublicAppealState>,
}

/// Where somebody's appeal stands, for themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicAppealState {
    /// Where it stands.
    pub status: AppealStatus,
    /// When it came.
    pub received_at: Micros,
    /// When it must be answered.
    pub deadline_at: Micros,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome_text: Option<String>,
}

/// What somebody with an appeal link says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// What they say.
    pub statement: String,
    /// How to reach them.
    #[serde(default)]
    pub contact: Option<String>,
}

impl Appeal {
    /// The appeal that comes of `statement` on `decision`.
    ///
    /// # Errors
    /// [`RuleError::Invalid`] for a statement that is empty or too long; [`RuleError::Conflict`] for a decision that has
    /// no way back to offer: simulated, never in force, or undone already.
    pub fn file(
        id: AppealId,
        decision: &Decision,
        statement: Statement,
        deadline_days: u32,
        now: Micros,
    ) -> Result<Self, RuleError> {
        text_field("statement", &statement.statement, TEXT_CHARS_MAX)?;
        let contact = statement.contact.filter(|c| !c.trim().is_empty());
        if let Some(contact) = &contact {
            text_field("contact", contact, 200)?;
        }
        use crate::decision::DecisionStatus::{Active, Expired};
        if !decision.needs_way_back() || !matches!(decision.status_at(now), Active | Expired) {
            return Err(RuleError::Conflict(
                "this decision is not in force; there is nothing to appeal".to_owned(),
            ));
        }
        Ok(Self {
            appeal_id: id,
            decision_id: decision.decision_id.clone(),
            case_id: decision.case_id.clone(),
            status: AppealStatus::Received,
            received_at: now,
            deadline_at: Micros(now.0.saturating_add(i64::from(deadline_days) * Micros::DAY)),
            overdue: false,
            statement: statement.statement,
            contact,
            reviewer: None,
            reviewer_id: None,
            outcome_text: None,
            decided_at: None,
            disclosed: decision.evidence.iter().filter(|e| e.disclosable).cloned().collect(),
            version: 1,
        })
    }

    /// Sets `overdue` as of `now`.
    pub fn at(mut self, now: Micros) -> Self {
        self.overdue = !self.status.decided() && now > self.deadline_at;
        self
    }

    /// Takes it as `reviewer`; taking it from another reviewer is allowed while it is open.
    ///
    /// # Errors
    /// [`RuleError::Conflict`] when it is answered; [`RuleError::Forbidden`] by the rule of [`may_review`].
    pub fn claim(&mut self, decision: &Decision, reviewer: &Actor) -> Result<(), RuleError> {
        self.must_be_open()?;
        may_review(decision, reviewer)?;
        self.reviewer = Some(reviewer.name());
        self.reviewer_id = Some(reviewer.person());
        self.status = AppealStatus::InReview;
        self.version += 1;
        Ok(())
    }

    /// Answers it as `reviewer`, who need not have claimed it before.
    ///
    /// # Errors
    /// Those of [`Appeal::claim`]; [`RuleError::Invalid`] without a text; [`RuleError::Conflict`] when another claimed it.
    pub fn decide(
        &mut self,
        decision: &Decision,
        answer: &AppealDecision,
        reviewer: &Actor,
        now: Micros,
    ) -> Result<(), RuleError> {
        self.must_be_open()?;
        may_review(decision, reviewer)?;
        if self.reviewer_id.as_ref().is_some_and(|r| *r != reviewer.person()) {
            return Err(RuleError::Conflict(
                "another reviewer claimed this appeal; claim it first".to_owned(),
            ));
        }
        text_field("text", &answer.text, TEXT_CHARS_MAX)?;
        let milder = answer.action.is_none_or(|a| a < decision.action);
        if answer.outcome == AppealOutcome::Partly && !milder {
            let must = "must be milder than the action that is appealed";
            return Err(RuleError::Invalid(vec![FieldError::new("action", must)]));
        }
        self.reviewer = Some(reviewer.name());
        self.reviewer_id = Some(reviewer.person());
        self.status = match answer.outcome {
            AppealOutcome::Upheld => AppealStatus::Upheld,
            AppealOutcome::Overturned => AppealStatus::Overturned,
            AppealOutcome::Partly => AppealStatus::Partly,
        };
        self.outcome_text = Some(answer.text.clone());
        self.decided_at = Some(now);
        self.version += 1;
        Ok(())
    }

    fn must_be_open(&self) -> Result<(), RuleError> {
        if self.status.decided() {
            return Err(RuleError::Conflict(format!("this appeal is {} already", self.status.name())));
        }
        Ok(())
    }
}

/// Whether `reviewer` may judge an appeal on `decision`: a person who may decide and who neither wrote nor approved it.
///
/// # Errors
/// [`RuleError::Forbidden`] otherwise.
pub fn may_review(decision: &Decision, reviewer: &Actor) -> Result<(), RuleError> {
    if matches!(reviewer, Actor::System { .. } | Actor::Public) || !reviewer.may(Role::Analyst) {
        return Err(RuleError::Forbidden(
            "an appeal needs a person with the role analyst or above".to_owned(),
        ));
    }
    let person = reviewer.person();
    if person == decision.author_id || decision.approver_id.as_ref() == Some(&person) {
        return Err(RuleError::Forbidden(
            "an appeal needs a reviewer who neither made nor approved the decision".to_owned(),
        ));
    }
    Ok(())
}
