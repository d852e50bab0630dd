//! Decisions and exceptions.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_cases::{
    CaseId, Decision, DecisionId, DecisionStatus, Entity, EntityType, Exception, NewDecision, Role,
    TakedownId,
};
use vigie_model::Action;
use vigie_store::records::{DecisionFilter, DecisionPreview, NewException, Page};

use super::lists::{self, list_query};
use super::{Reason, veil};
use crate::endpoint::{Answer, Api, Ask, Nothing, Reply};
use crate::operation::{delete, get, post};
use crate::problem::Problem;

list_query! {
    /// Which decisions.
    Decisions {
        /// Where they stand now.
        status: DecisionStatus,
        /// Id of the entity.
        entity: String,
        /// Rung of the ladder.
        action: Action,
        /// Of which case.
        case_id: CaseId,
        /// Of which takedown.
        takedown_id: TakedownId,
        /// In force, and over within so many days.
        expiring_within_days: u32,
    }
}

/// About whom.
#[derive(Debug, Deserialize, JsonSchema)]
struct Whom {
    /// Type of entity.
    #[serde(rename = "type")]
    kind: EntityType,
    /// Its id.
    id: String,
}

/// What holds.
#[derive(Debug, Serialize, JsonSchema)]
struct Effective {
    /// For whom.
    entity: Entity,
    /// The decision that wins by the overlap rule; absent when nothing holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Decision>,
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Decisions", "What was decided about whom, until when, and how it is undone.");
    api.add(get("/decisions", "listDecisions", "Decisions").list(), list);
    api.add(post("/decisions", "createDecision", "Decide").gives(StatusCode::CREATED), create);
    api.add(post("/decisions/preview", "previewDecision", "What a decision would do"), preview);
    api.add(get("/decisions/effective", "getEffectiveDecision", "What holds for an entity now"), effective);
    api.add(get("/decisions/{id}", "getDecision", "One decision"), show);
    api.add(
        post("/decisions/{id}/approve", "approveDecision", "Approve, as a second person")
            .needs(Role::Approver)
            .if_match(),
        approve,
    );
    api.add(
        post("/decisions/{id}/reject", "rejectDecision", "Reject, or withdraw one's own").if_match(),
        reject,
    );
    api.add(
        post("/decisions/{id}/undo", "undoDecision", "Undo; what lay beneath holds again").if_match(),
        undo,
    );
    api.add(get("/exceptions", "listExceptions", "Whom nothing may touch").list(), exceptions);
    api.add(
        post("/exceptions", "createException", "Protect an entity from decisions, takedowns and later hunts")
            .gives(StatusCode::CREATED),
        except,
    );
    api.add(delete("/exceptions/{id}", "deleteException", "End an exception now"), end_exception);
}

fn shown<Q, B>(ask: &Ask<Q, B>, mut decision: Decision) -> Reply<Decision> {
    veil(ask.caller.as_ref(), &mut decision);
    let version = decision.version;
    Reply::ok(decision).version(version)
}

fn id<Q, B>(ask: &Ask<Q, B>) -> Result<DecisionId, Problem> {
    ask.id("id")
}

fn list(ask: &Ask<Decisions>) -> Answer<Page<Decision>> {
    let query = &ask.query;
    let filter = DecisionFilter {
        status: query.status,
        entity: query.entity.clone(),
        action: query.action,
        case_id: query.case_id.clone(),
        takedown_id: query.takedown_id.clone(),
        expiring_within_days: query.expiring_within_days,
    };
    let mut page = ask.app.records.decisions(&filter, &query.list()?, ask.app.now())?;
    page.items.iter_mut().for_each(|decision| veil(ask.caller.as_ref(), decision));
    Ok(Reply::ok(page))
}

fn create(ask: &Ask<Nothing, NewDecision>) -> Answer<Decision> {
    let decision = ask.app.records.create_decision(&ask.ctx()?, &ask.body)?;
    Ok(shown(ask, decision).status(StatusCode::CREATED))
}

fn preview(ask: &Ask<Nothing, NewDecision>) -> Answer<DecisionPreview> {
    Ok(Reply::ok(ask.app.records.preview_decision(&ask.ctx()?, &ask.body)?))
}

fn effective(ask: &Ask<Whom>) -> Answer<Effective> {
    let entity = Entity { kind: ask.query.kind, id: ask.query.id.clone() };
    let mut decision = ask.app.records.effective(&entity, ask.app.now())?;
    decision.iter_mut().for_each(|decision| veil(ask.caller.as_ref(), decision));
    Ok(Reply::ok(Effective { entity, decision }))
}

fn show(ask: &Ask) -> Answer<Decision> {
    let decision = ask.app.records.decision(&id(ask)?, ask.app.now())?;
    Ok(shown(ask, decision))
}

fn approve(ask: &Ask<Nothing, Reason>) -> Answer<Decision> {
    let done = ask.app.records.approve_decision(&ask.ctx()?, &id(ask)?, &ask.body.reason, ask.expect);
    Ok(shown(ask, done?))
}

fn reject(ask: &Ask<Nothing, Reason>) -> Answer<Decision> {
    let done = ask.app.records.reject_decision(&ask.ctx()?, &id(ask)?, &ask.body.reason, ask.expect);
    Ok(shown(ask, done?))
}

fn undo(ask: &Ask<Nothing, Reason>) -> Answer<Decision> {
    let done = ask.app.records.undo_decision(&ask.ctx()?, &id(ask)?, &ask.body.reason, ask.expect);
    Ok(shown(ask, done?))
}

fn exceptions(ask: &Ask<lists::Any>) -> Answer<Page<Exception>> {
    Ok(Reply::ok(ask.app.records.exceptions(&ask.query.list()?, ask.app.now())?))
}

fn except(ask: &Ask<Nothing, NewException>) -> Answer<Exception> {
    Ok(Reply::created(ask.app.records.create_exception(&ask.ctx()?, &ask.body)?))
}

fn end_exception(ask: &Ask) -> Answer<Nothing> {
    ask.app.records.delete_exception(&ask.ctx()?, &ask.id("id")?)?;
    Ok(Reply::nothing())
}
