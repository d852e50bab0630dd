//! Cases: the queue, one case, its members, its picture, its history.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use vigie_cases::{Case, CaseEvent, CaseId, CaseMember, CasePatch, CaseStatus, Disposition, Role};
use vigie_model::{Kind, Severity};
use vigie_store::records::{BulkResult, CaseCampaign, CaseFilter, CaseNetwork, NewCase, Page, Revealed};

use super::Reason;
use super::lists::{self, list_query};
use crate::endpoint::{Answer, Api, Ask, Nothing, Reply};
use crate::operation::{get, patch, post};
use crate::problem::Problem;

/// Cases that one bulk change may touch.
const BULK_MAX: usize = 500;

list_query! {
    /// Which cases.
    Cases {
        /// Where they stand.
        status: CaseStatus,
        /// The pattern.
        kind: Kind,
        /// How much harm.
        severity: Severity,
        /// Name of the assignee; empty for cases of nobody.
        assignee: String,
        /// What they turned out to be.
        disposition: Disposition,
    }
}

/// A note.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Note {
    /// What to remember.
    text: String,
}

/// Where a case goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Merge {
    /// The case that takes this one in.
    into: CaseId,
}

/// Who leaves.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Split {
    /// Accounts for a case of their own.
    accounts: Vec<String>,
    /// Its title.
    title: String,
}

/// The same change to many cases.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Bulk {
    /// Which, at most 500.
    ids: Vec<CaseId>,
    /// The change.
    patch: CasePatch,
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Cases", "What people look at, and what they found it to be.");
    api.add(get("/cases", "listCases", "The queue").list(), list);
    api.add(post("/cases", "openCase", "Open a case by hand").gives(StatusCode::CREATED), open);
    api.add(post("/cases/bulk", "patchCases", "Change many cases"), bulk);
    api.add(get("/cases/{id}", "getCase", "One case"), show);
    api.add(patch("/cases/{id}", "patchCase", "Change a case").if_match(), change);
    api.add(post("/cases/{id}/notes", "addNote", "Write a note").gives(StatusCode::CREATED), note);
    api.add(post("/cases/{id}/merge", "mergeCase", "Merge into another case").may_match(), merge);
    api.add(
        post("/cases/{id}/split", "splitCase", "Give accounts a case of their own")
            .gives(StatusCode::CREATED),
        split,
    );
    api.add(
        get("/cases/{id}/history", "listCaseHistory", "What happened to it, latest first").list(),
        history,
    );
    api.add(get("/cases/{id}/members", "listCaseMembers", "Who is in it").list(), members);
    api.add(
        get("/cases/{id}/campaigns", "listCaseCampaigns", "What hunts said, without examples").list(),
        campaigns,
    );
    api.add(get("/cases/{id}/network", "getCaseNetwork", "The picture of its links"), network);
    api.add(
        post(
            "/cases/{id}/evidence/{code}/reveal",
            "revealEvidence",
            "See stored examples; goes to the audit",
        )
        .needs(Role::Analyst),
        reveal,
    );
}

fn case<Q, B>(ask: &Ask<Q, B>) -> Result<CaseId, Problem> {
    ask.id("id")
}

fn versioned(case: Case) -> Reply<Case> {
    let version = case.version;
    Reply::ok(case).version(version)
}

fn list(ask: &Ask<Cases>) -> Answer<Page<Case>> {
    let query = &ask.query;
    let filter = CaseFilter {
        status: query.status,
        kind: query.kind,
        severity: query.severity,
        assignee: query.assignee.clone(),
        disposition: query.disposition,
    };
    Ok(Reply::ok(ask.app.records.cases(&filter, &query.list()?)?))
}

fn open(ask: &Ask<Nothing, NewCase>) -> Answer<Case> {
    let case = ask.app.records.open_case(&ask.ctx()?, &ask.body)?;
    let version = case.version;
    Ok(Reply::created(case).version(version))
}

fn bulk(ask: &Ask<Nothing, Bulk>) -> Answer<Page<BulkResult>> {
    if ask.body.ids.len() > BULK_MAX {
        return Err(Problem::field("ids", format!("at most {BULK_MAX} at once")));
    }
    Ok(Reply::ok(lists::whole(ask.app.records.bulk_patch(&ask.ctx()?, &ask.body.ids, &ask.body.patch)?)))
}

fn show(ask: &Ask) -> Answer<Case> {
    Ok(versioned(ask.app.records.case(&case(ask)?)?))
}

fn change(ask: &Ask<Nothing, CasePatch>) -> Answer<Case> {
    Ok(versioned(ask.app.records.patch_case(&ask.ctx()?, &case(ask)?, &ask.body, ask.expect)?))
}

fn note(ask: &Ask<Nothing, Note>) -> Answer<CaseEvent> {
    Ok(Reply::created(ask.app.records.add_note(&ask.ctx()?, &case(ask)?, &ask.body.text)?))
}

fn merge(ask: &Ask<Nothing, Merge>) -> Answer<Case> {
    Ok(versioned(ask.app.records.merge_cases(&ask.ctx()?, &case(ask)?, &ask.body.into)?))
}

fn split(ask: &Ask<Nothing, Split>) -> Answer<Case> {
    let Split { accounts, title } = &ask.body;
    let case = ask.app.records.split_case(&ask.ctx()?, &case(ask)?, accounts, title)?;
    let version = case.version;
    Ok(Reply::created(case).version(version))
}

fn history(ask: &Ask<lists::Any>) -> Answer<Page<CaseEvent>> {
    Ok(Reply::ok(ask.app.records.case_history(&case(ask)?, &ask.query.list()?)?))
}

fn members(ask: &Ask<lists::Any>) -> Answer<Page<CaseMember>> {
    Ok(Reply::ok(ask.app.records.case_members(&case(ask)?, &ask.query.list()?, ask.app.now())?))
}

fn campaigns(ask: &Ask<lists::Any>) -> Answer<Page<CaseCampaign>> {
    Ok(Reply::ok(lists::whole(ask.app.records.case_campaigns(&case(ask)?)?)))
}

fn network(ask: &Ask) -> Answer<CaseNetwork> {
    Ok(Reply::ok(ask.app.records.case_network(&case(ask)?)?))
}

fn reveal(ask: &Ask<Nothing, Reason>) -> Answer<Revealed> {
    // Never from the memory of an earlier answer: every look is an entry of its own.
    let ctx = ask.ctx_once()?;
    Ok(Reply::ok(ask.app.records.reveal_evidence(&ctx, &case(ask)?, ask.part("code")?, &ask.body.reason)?))
}
