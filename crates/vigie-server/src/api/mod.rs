//! The operations of the API, one file per chapter. Each turns requests into calls of the records; rules live there.

mod accounts;
mod appeals;
mod audit;
mod cases;
mod decisions;
mod hunts;
mod lists;
mod overview;
mod people;
mod session;
mod settings;
mod takedowns;
mod webhooks;

use axum::Router;
use schemars::JsonSchema;
use serde::Deserialize;
use vigie_cases::{Decision, Role};

use crate::auth::Caller;
use crate::endpoint::Api;
use crate::events;
use crate::operation::{Operation, get};
use crate::state::App;

/// Why something is done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// In words, for the history.
    reason: String,
}

/// All operations, and the OpenAPI document.
pub fn routes() -> (Router<App>, serde_json::Value) {
    let mut api = Api::new();
    session::routes(&mut api);
    overview::routes(&mut api);
    cases::routes(&mut api);
    accounts::routes(&mut api);
    decisions::routes(&mut api);
    takedowns::routes(&mut api);
    appeals::routes(&mut api);
    hunts::routes(&mut api);
    audit::routes(&mut api);
    settings::routes(&mut api);
    people::routes(&mut api);
    webhooks::routes(&mut api);
    api.chapter("Events", "What happens, live.");
    api.add_raw(events_operation(), "text/event-stream", events::stream);
    api.finish()
}

/// `GET /events`, which looks after access itself.
pub fn events_operation() -> Operation {
    get(
        "/events",
        "streamEvents",
        "Server-sent events: case, decision, takedown, appeal, hunt; `all` after a gap",
    )
}

/// The link of an appeal lets its holder speak for the other side: who only reads does not get it.
fn veil(caller: Option<&Caller>, decision: &mut Decision) {
    if !caller.is_some_and(|caller| caller.actor.may(Role::Analyst)) {
        decision.appeal_token = None;
    }
}
