//! Takedowns: a whole network at once, in waves, with a way back.

use axum::http::StatusCode;
use vigie_cases::{CaseId, NewTakedown, Role, Takedown, TakedownId, TakedownPreview, TakedownStatus};
use vigie_store::records::Page;

use super::Reason;
use super::lists::list_query;
use crate::endpoint::{Answer, Api, Ask, Nothing, Reply};
use crate::operation::{get, post};
use crate::problem::Problem;

list_query! {
    /// Which takedowns.
    Takedowns {
        /// Of which case.
        case_id: CaseId,
        /// Where they stand.
        status: TakedownStatus,
    }
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Takedowns", "A whole network at once: previewed, approved, in waves, reversible.");
    api.add(
        post("/cases/{id}/takedowns/preview", "previewTakedown", "Who would be hit, and who perhaps wrongly")
            .needs(Role::Viewer),
        preview,
    );
    api.add(
        post("/cases/{id}/takedowns", "createTakedown", "Plan a takedown").gives(StatusCode::CREATED),
        create,
    );
    api.add(get("/takedowns", "listTakedowns", "Takedowns").list(), list);
    api.add(get("/takedowns/{id}", "getTakedown", "One takedown"), show);
    api.add(
        post("/takedowns/{id}/approve", "approveTakedown", "Approve, as a second person")
            .needs(Role::Approver)
            .if_match(),
        approve,
    );
    api.add(
        post("/takedowns/{id}/reject", "rejectTakedown", "Reject, or withdraw one's own").if_match(),
        reject,
    );
    api.add(post("/takedowns/{id}/next_wave", "nextWave", "Apply the next wave").if_match(), next_wave);
    api.add(post("/takedowns/{id}/stop", "stopTakedown", "Apply no further wave").if_match(), stop);
    api.add(
        post("/takedowns/{id}/reverse", "reverseTakedown", "Undo every decision of every wave").if_match(),
        reverse,
    );
}

fn id<Q, B>(ask: &Ask<Q, B>) -> Result<TakedownId, Problem> {
    ask.id("id")
}

fn versioned(takedown: Takedown) -> Reply<Takedown> {
    let version = takedown.version;
    Reply::ok(takedown).version(version)
}

fn preview(ask: &Ask<Nothing, NewTakedown>) -> Answer<TakedownPreview> {
    let case: CaseId = ask.id("id")?;
    Ok(Reply::ok(ask.app.records.preview_takedown(&case, &ask.body, ask.app.now())?))
}

fn create(ask: &Ask<Nothing, NewTakedown>) -> Answer<Takedown> {
    let case: CaseId = ask.id("id")?;
    let takedown = ask.app.records.create_takedown(&ask.ctx()?, &case, &ask.body)?;
    Ok(versioned(takedown).status(StatusCode::CREATED))
}

fn list(ask: &Ask<Takedowns>) -> Answer<Page<Takedown>> {
    let query = &ask.query;
    Ok(Reply::ok(ask.app.records.takedowns(query.case_id.as_ref(), query.status, &query.list()?)?))
}

fn show(ask: &Ask) -> Answer<Takedown> {
    Ok(versioned(ask.app.records.takedown(&id(ask)?)?))
}

fn approve(ask: &Ask<Nothing, Reason>) -> Answer<Takedown> {
    let done = ask.app.records.approve_takedown(&ask.ctx()?, &id(ask)?, &ask.body.reason, ask.expect);
    Ok(versioned(done?))
}

fn reject(ask: &Ask<Nothing, Reason>) -> Answer<Takedown> {
    let done = ask.app.records.reject_takedown(&ask.ctx()?, &id(ask)?, &ask.body.reason, ask.expect);
    Ok(versioned(done?))
}

fn next_wave(ask: &Ask<Nothing, Reason>) -> Answer<Takedown> {
    Ok(versioned(ask.app.records.advance_takedown(&ask.ctx()?, &id(ask)?, ask.expect)?))
}

fn stop(ask: &Ask<Nothing, Reason>) -> Answer<Takedown> {
    let done = ask.app.records.stop_takedown(&ask.ctx()?, &id(ask)?, &ask.body.reason, ask.expect);
    Ok(versioned(done?))
}

fn reverse(ask: &Ask<Nothing, Reason>) -> Answer<Takedown> {
    let done = ask.app.records.reverse_takedown(&ask.ctx()?, &id(ask)?, &ask.body.reason, ask.expect);
    Ok(versioned(done?))
}
