//! The policy of the operator.

use vigie_cases::{Role, Settings};

use crate::endpoint::{Answer, Api, Ask, Nothing, Reply};
use crate::operation::{get, put};
use crate::problem::Problem;

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Settings", "The policy: when a second person must approve, when a takedown stops.");
    api.add(get("/settings", "getSettings", "The policy"), show);
    api.add(put("/settings", "putSettings", "Change the policy").needs(Role::Admin).if_match(), change);
}

fn versioned(settings: Settings) -> Reply<Settings> {
    let version = settings.version;
    Reply::ok(settings).version(version)
}

fn show(ask: &Ask) -> Answer<Settings> {
    Ok(versioned(ask.app.records.settings()?))
}

fn change(ask: &Ask<Nothing, Settings>) -> Answer<Settings> {
    let expect = ask.expect.ok_or_else(Problem::needs_if_match)?;
    Ok(versioned(ask.app.records.put_settings(&ask.ctx()?, &ask.body, expect)?))
}
