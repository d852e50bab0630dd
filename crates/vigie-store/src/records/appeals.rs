//! Appeals: the public side by token, the reviewer's side, and what an answer does.

use serde_json::json;
use vigie_cases::{
    Appeal, AppealDecision, AppealId, AppealStatus, CaseId, Decision, DecisionId, DecisionStatus, EventKind,
    Exception, ExceptionId, NewDecision, Origin, OriginType, PublicAppeal, PublicAppealState, Statement,
    WebhookEvent, milder, read_appeal_token,
};
use vigie_model::Micros;

use super::cases::tell;
use super::decisions::{self, dressed, tell_webhooks};
use super::engine::Records;
use super::error::RecordsError;
use super::list::{Select, Sorts};
use super::sql::{Answer, params};
use super::tx::{Db, Tx, doc, fresh};
use super::types::{AppealFilter, AppealView, Ctx, ListQuery, Page};
use super::{exceptions, waves};

const SORTS: Sorts = &[("deadline_at", "deadline_at"), ("received_at", "received_at")];

fn get(db: &mut Db<'_>, id: &AppealId) -> Answer<Appeal> {
    db.doc("SELECT doc FROM appeals WHERE appeal_id = ?", params![id.as_str()])?
        .ok_or_else(|| RecordsError::missing("appeal", id))
}

/// The appeal on a decision, if there is one.
pub(super) fn on(db: &mut Db<'_>, decision: &DecisionId) -> Answer<Option<Appeal>> {
    db.doc("SELECT doc FROM appeals WHERE decision_id = ?", params![decision.as_str()])
}

fn save(tx: &mut Tx<'_>, a: &Appeal) -> Answer<()> {
    let sql = "INSERT INTO appeals (appeal_id, decision_id, case_id, status, received_at, deadline_at, doc) \
               VALUES (?, ?, ?, ?, ?, ?, ?) \
               ON CONFLICT (appeal_id) DO UPDATE SET status = excluded.status, doc = excluded.doc";
    let case = a.case_id.as_ref().map(CaseId::as_str);
    let (id, of, status) = (a.appeal_id.as_str(), a.decision_id.as_str(), a.status.name());
    tx.db.run(sql, params![id, of, case, status, a.received_at, a.deadline_at, doc(a)?])?;
    tx.changed("appeal", id, a.version)
}

/// What the holder of the link sees.
fn public(decision: &Decision, appeal: Option<&Appeal>, now: Micros) -> PublicAppeal {
    PublicAppeal {
        action: decision.action,
        reason_code: decision.reason_code,
        reason_text: decision.reason_text.clone(),
        since: decision.starts_at,
        expires_at: decision.expires_at,
        active: decision.acts(now),
        evidence: decision.evidence.iter().filter(|e| e.disclosable).cloned().collect(),
        appeal: appeal.map(|a| PublicAppealState {
            status: a.status,
            received_at: a.received_at,
            deadline_at: a.deadline_at,
            outcome_text: a.outcome_text.clone(),
        }),
    }
}

impl Records {
    fn decision_of(&self, token: &str) -> Answer<DecisionId> {
        let why = || RecordsError::NotFound("appeal link; check that it was copied whole".to_owned());
        read_appeal_token(self.key(), token).ok_or_else(why)
    }

    /// What the holder of an appeal link sees.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`] for a false token, or a decision that never came into force.
    pub fn public_appeal(&self, token: &str, now: Micros) -> Result<PublicAppeal, RecordsError> {
        let id = self.decision_of(token)?;
        self.read(|db| {
            let decision = decisions::get(db, &id)?;
            let hidden =
                matches!(decision.status, DecisionStatus::PendingApproval | DecisionStatus::Rejected);
            if hidden || decision.simulated {
                return Err(RecordsError::NotFound("decision in force under this link".to_owned()));
            }
            let appeal = on(db, &id)?;
            Ok(public(&decision, appeal.as_ref(), now))
        })
    }

    /// Files the appeal of whoever holds the link; one for each decision. May stop the decision's takedown.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`] for a false token, [`RecordsError::Invalid`] without a statement,
    /// [`RecordsError::Conflict`] when one was filed before or the decision is not in force.
    pub fn file_appeal(
        &self,
        ctx: &Ctx,
        token: &str,
        statement: &Statement,
    ) -> Result<PublicAppeal, RecordsError> {
        let id = self.decision_of(token)?;
        self.mutate(ctx, "file_appeal", &(&id, statement), |tx| {
            let decision = decisions::get(&mut tx.db, &id)?;
            if on(&mut tx.db, &id)?.is_some() {
                return Err(RecordsError::Conflict("an appeal on this decision was filed before".to_owned()));
            }
            let days = tx.db.settings()?.appeal_deadline_days;
            let appeal_id = AppealId::mint(ctx.now, Tx::chance()?);
            let appeal = Appeal::file(appeal_id, &decision, statement.clone(), days, ctx.now)?;
            save(tx, &appeal)?;
            let detail = json!({ "decision_id": id, "deadline_at": appeal.deadline_at });
            tx.audit("appeal.received", appeal.appeal_id.as_str(), detail)?;
            let data = json!({
                "appeal_id": appeal.appeal_id, "decision_id": id, "case_id": appeal.case_id,
                "deadline_at": appeal.deadline_at,
            });
            let text = format!("appeal on the decision about {}", decision.entity.id);
            tell(tx, appeal.case_id.as_ref(), EventKind::Appeal, &text, data.clone())?;
            tx.emit(WebhookEvent::AppealReceived, &data)?;
            waves::outcome(tx, decision.takedown_id.as_ref(), |o| o.appeals += 1)?;
            Ok(public(&decision, Some(&appeal), ctx.now))
        })
    }

    /// Appeals. Sorts: `deadline_at` (default, the nearest first), `received_at`.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong sort or cursor.
    pub fn appeals(
        &self,
        filter: &AppealFilter,
        list: &ListQuery,
        now: Micros,
    ) -> Result<Page<Appeal>, RecordsError> {
        let mut select = Select::new("doc", "appeals", "appeal_id", SORTS, false, list)?;
        select.only_if("status", filter.status.map(AppealStatus::name));
        select.only_if("decision_id", filter.decision_id.as_ref().map(DecisionId::as_str));
        select.only_if("case_id", filter.case_id.as_ref().map(CaseId::as_str));
        if filter.overdue {
            select.only("status IN ('received', 'in_review') AND deadline_at < ?", params![now]);
        }
        self.read(|db| {
            let page: Page<Appeal> = select.docs(db, list)?;
            Ok(Page { items: page.items.into_iter().map(|a| a.at(now)).collect(), ..page })
        })
    }

    /// One appeal with its decision and evidence. Reading the statement is an audit entry.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn appeal(&self, ctx: &Ctx, id: &AppealId) -> Result<AppealView, RecordsError> {
        self.write(ctx, |tx| {
            let appeal = get(&mut tx.db, id)?;
            let decision = decisions::get(&mut tx.db, &appeal.decision_id)?;
            tx.audit("appeal.viewed", id.as_str(), json!({}))?;
            let (evidence_disclosed, evidence_withheld) =
                decision.evidence.iter().cloned().partition(|e| e.disclosable);
            let decision = dressed(decision, tx.key, ctx.now);
            Ok(AppealView { appeal: appeal.at(ctx.now), decision, evidence_disclosed, evidence_withheld })
        })
    }

    /// Takes an appeal as its reviewer.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Conflict`] when it is answered,
    /// [`RecordsError::Forbidden`] for who made or approved the decision.
    pub fn claim_appeal(
        &self,
        ctx: &Ctx,
        id: &AppealId,
        expect: Option<u64>,
    ) -> Result<Appeal, RecordsError> {
        self.mutate(ctx, "claim_appeal", id, |tx| {
            let mut appeal = get(&mut tx.db, id)?;
            fresh(expect, appeal.version)?;
            let decision = decisions::get(&mut tx.db, &appeal.decision_id)?;
            appeal.claim(&decision, &ctx.actor)?;
            save(tx, &appeal)?;
            tx.audit("appeal.claimed", id.as_str(), json!({}))?;
            Ok(appeal.at(ctx.now))
        })
    }

    /// Answers an appeal. Overturned: the decision is undone and an exception protects the entity from then on. Partly: a
    /// milder decision replaces it, until the same end.
    ///
    /// # Errors
    /// Those of [`Records::claim_appeal`]; [`RecordsError::Invalid`] without a text or with an action that is not milder.
    pub fn decide_appeal(
        &self,
        ctx: &Ctx,
        id: &AppealId,
        answer: &AppealDecision,
        expect: Option<u64>,
    ) -> Result<Appeal, RecordsError> {
        self.mutate(ctx, "decide_appeal", &(id, answer), |tx| {
            let mut appeal = get(&mut tx.db, id)?;
            fresh(expect, appeal.version)?;
            let decision = decisions::get(&mut tx.db, &appeal.decision_id)?;
            appeal.decide(&decision, answer, &ctx.actor, ctx.now)?;
            save(tx, &appeal)?;
            let detail =
                json!({ "decision_id": decision.decision_id, "status": appeal.status, "text": answer.text });
            tx.audit("appeal.decided", id.as_str(), detail)?;
            let data = json!({
                "appeal_id": id, "decision_id": decision.decision_id, "case_id": appeal.case_id,
                "status": appeal.status, "outcome_text": answer.text,
            });
            let text = format!("appeal of {} {}", decision.entity.id, appeal.status.name());
            tell(tx, appeal.case_id.as_ref(), EventKind::Appeal, &text, data.clone())?;
            tx.emit(WebhookEvent::AppealDecided, &data)?;
            match appeal.status {
                AppealStatus::Overturned => overturn(tx, decision, &appeal)?,
                AppealStatus::Partly => soften(tx, decision, &appeal, answer)?,
                _ => {}
            }
            Ok(appeal.at(ctx.now))
        })
    }
}

fn overturn(tx: &mut Tx<'_>, mut decision: Decision, appeal: &Appeal) -> Answer<()> {
    let (now, by) = (tx.ctx.now, tx.ctx.actor.clone());
    let reason = format!("overturned on appeal {}", appeal.appeal_id);
    // One that is over or undone already needs no undoing, but the exception all the same.
    let undone = decision.undo(&by, &reason, now).is_ok();
    if undone {
        decisions::after(tx, &decision, "decision.undone", &reason)?;
        tell_webhooks(tx, WebhookEvent::DecisionUndone, std::slice::from_ref(&decision))?;
    }
    let exception = Exception {
        exception_id: ExceptionId::mint(now, Tx::chance()?),
        entity: decision.entity.clone(),
        reason,
        author: by.name(),
        created_at: now,
        expires_at: None,
        case_id: decision.case_id.clone(),
        appeal_id: Some(appeal.appeal_id.clone()),
    };
    exceptions::insert(tx, &exception)?;
    waves::outcome(tx, decision.takedown_id.as_ref(), |o| {
        o.undone += u64::from(undone);
        o.false_positives += 1;
    })
}

fn soften(tx: &mut Tx<'_>, mut decision: Decision, appeal: &Appeal, answer: &AppealDecision) -> Answer<()> {
    let (now, by) = (tx.ctx.now, tx.ctx.actor.clone());
    let reason = format!("softened on appeal {}", appeal.appeal_id);
    if decision.supersede(&by, &reason, now).is_err() {
        return Ok(());
    }
    decisions::after(tx, &decision, "decision.superseded", &reason)?;
    tell_webhooks(tx, WebhookEvent::DecisionUndone, std::slice::from_ref(&decision))?;
    let Some(action) = answer.action.or_else(|| milder(decision.action)) else { return Ok(()) };
    let new = NewDecision {
        entity: decision.entity,
        action,
        reason_code: decision.reason_code,
        reason_text: decision.reason_text,
        evidence: decision.evidence,
        expires_at: decision.expires_at,
        starts_at: Some(now),
        simulated: false,
        scope: decision.scope,
        case_id: decision.case_id,
    };
    let origin = Origin { kind: OriginType::Appeal, id: appeal.appeal_id.to_string() };
    // Two pairs of eyes saw the harsher one; a milder one needs no third.
    let made = new.decide(DecisionId::mint(now, Tx::chance()?), origin, &by, None, now)?;
    decisions::insert(tx, &made)?;
    waves::outcome(tx, decision.takedown_id.as_ref(), |o| o.undone += 1)
}
