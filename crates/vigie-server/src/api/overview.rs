//! What somebody sees first, and how detectors fare.

use schemars::JsonSchema;
use serde::Deserialize;
use vigie_cases::Scorecard;
use vigie_model::Micros;
use vigie_store::records::{Overview, Page};

use super::lists;
use crate::endpoint::{Answer, Api, Ask, Reply};
use crate::operation::get;

/// Since when.
#[derive(Debug, Deserialize, JsonSchema)]
struct Since {
    /// What “new” is counted from; a day ago when absent.
    since: Option<Micros>,
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Overview", "What changed, what is at risk, what cannot be seen.");
    api.add(get("/overview", "getOverview", "What somebody sees first"), overview);
    api.add(
        get("/scorecards", "listScorecards", "How detectors fare, by what people found").list(),
        scorecards,
    );
}

fn overview(ask: &Ask<Since>) -> Answer<Overview> {
    let now = ask.app.now();
    let since = ask.query.since.unwrap_or(Micros(now.0 - Micros::DAY));
    Ok(Reply::ok(ask.app.records.overview(since, now)?))
}

fn scorecards(ask: &Ask<lists::Any>) -> Answer<Page<Scorecard>> {
    Ok(Reply::ok(lists::whole(ask.app.records.scorecards(ask.app.now())?)))
}
