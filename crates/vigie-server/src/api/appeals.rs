//! Appeals: the reviewer's side, and the public side of who holds an appeal link.

use std::time::Instant;

use axum::http::StatusCode;
use vigie_cases::{
    Actor, Appeal, AppealDecision, AppealId, AppealStatus, CaseId, DecisionId, PublicAppeal, Role, Statement,
};
use vigie_store::records::{AppealFilter, AppealView, Ctx, Page};

use super::lists::list_query;
use super::veil;
use crate::endpoint::{Answer, Api, Ask, Nothing, Reply};
use crate::operation::{get, post};
use crate::problem::Problem;

list_query! {
    /// Which appeals.
    Appeals {
        /// Where they stand.
        status: AppealStatus,
        /// Unanswered and over their deadline.
        overdue: bool,
        /// On which decision.
        decision_id: DecisionId,
        /// Of which case.
        case_id: CaseId,
    }
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Appeals", "The other side's word, and the answer.");
    api.add(get("/appeals", "listAppeals", "Appeals, the most urgent first").list(), list);
    api.add(
        get("/appeals/{id}", "getAppeal", "One appeal with its decision; goes to the audit")
            .needs(Role::Analyst),
        show,
    );
    api.add(post("/appeals/{id}/claim", "claimAppeal", "Take it on; not for who decided").if_match(), claim);
    api.add(
        post("/appeals/{id}/decide", "decideAppeal", "Answer it; not for who decided").if_match(),
        decide,
    );
    api.add(
        get("/public/appeals/{token}", "getPublicAppeal", "What the holder of an appeal link may know")
            .open(),
        public,
    );
    api.add(post("/public/appeals/{token}", "fileAppeal", "Appeal").open().gives(StatusCode::CREATED), file);
}

fn id<Q, B>(ask: &Ask<Q, B>) -> Result<AppealId, Problem> {
    ask.id("id")
}

fn versioned(appeal: Appeal) -> Reply<Appeal> {
    let version = appeal.version;
    Reply::ok(appeal).version(version)
}

fn list(ask: &Ask<Appeals>) -> Answer<Page<Appeal>> {
    let query = &ask.query;
    let filter = AppealFilter {
        status: query.status,
        overdue: query.overdue.unwrap_or(false),
        decision_id: query.decision_id.clone(),
        case_id: query.case_id.clone(),
    };
    Ok(Reply::ok(ask.app.records.appeals(&filter, &query.list()?, ask.app.now())?))
}

fn show(ask: &Ask) -> Answer<AppealView> {
    let mut view = ask.app.records.appeal(&ask.ctx_once()?, &id(ask)?)?;
    veil(ask.caller.as_ref(), &mut view.decision);
    let version = view.appeal.version;
    Ok(Reply::ok(view).version(version))
}

fn claim(ask: &Ask) -> Answer<Appeal> {
    Ok(versioned(ask.app.records.claim_appeal(&ask.ctx()?, &id(ask)?, ask.expect)?))
}

fn decide(ask: &Ask<Nothing, AppealDecision>) -> Answer<Appeal> {
    Ok(versioned(ask.app.records.decide_appeal(&ask.ctx()?, &id(ask)?, &ask.body, ask.expect)?))
}

/// Links are secrets of 128 bits and more; this keeps anybody from trying many.
fn slow_down<Q, B>(ask: &Ask<Q, B>) -> Result<(), Problem> {
    let key = ask.from.map(|from| format!("address {from}")).unwrap_or_default();
    ask.app.appeals.take(&[key], Instant::now()).map_err(Problem::too_often)
}

fn public(ask: &Ask) -> Answer<PublicAppeal> {
    let shown = ask.app.records.public_appeal(ask.part("token")?, ask.app.now());
    if shown.is_err() {
        // Only false links cost an attempt: who holds a true one may look as often as they like.
        slow_down(ask)?;
    }
    Ok(Reply::ok(shown?))
}

fn file(ask: &Ask<Nothing, Statement>) -> Answer<PublicAppeal> {
    slow_down(ask)?;
    let ctx = Ctx { idempotency_key: ask.idempotency_key.clone(), ..Ctx::new(Actor::Public, ask.app.now()) };
    Ok(Reply::created(ask.app.records.file_appeal(&ctx, ask.part("token")?, &ask.body)?))
}
