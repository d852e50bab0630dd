//! Accounts: all that is known of one.

use vigie_store::records::AccountView;

use super::veil;
use crate::endpoint::{Answer, Api, Ask, Reply};
use crate::operation::get;

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Accounts", "All that is known of an account.");
    api.add(get("/accounts/{id}", "getAccount", "Its cases, links, decisions, appeals and exceptions"), show);
}

fn show(ask: &Ask) -> Answer<AccountView> {
    let mut view = ask.app.records.account(ask.part("id")?, ask.app.now())?;
    for decision in view.decisions.iter_mut().chain(&mut view.effective) {
        veil(ask.caller.as_ref(), decision);
    }
    Ok(Reply::ok(view))
}
