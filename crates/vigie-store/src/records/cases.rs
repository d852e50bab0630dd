//! Cases: the queue, opening by hand, changing, noting.

use serde_json::{Value as Json, json};
use vigie_cases::{
    ACCOUNTS_BY_HAND_MAX, Case, CaseEvent, CaseId, CasePatch, CaseStatus, Disposition, EventKind,
    TEXT_CHARS_MAX, TITLE_CHARS_MAX, WebhookEvent, text_field,
};
use vigie_model::{Micros, Severity};

use super::engine::Records;
use super::error::RecordsError;
use super::list::{Select, Sorts};
use super::sql::{Answer, Value, params};
use super::tx::{Db, Tx, doc, fresh};
use super::types::{BulkResult, CaseFilter, Ctx, ListQuery, NewCase, Page};
use super::waves;

const SORTS: Sorts = &[
    ("updated_at", "updated_at"),
    ("opened_at", "opened_at"),
    ("severity", "severity"),
    ("members", "members"),
    ("exchanges", "exchanges"),
];
/// Most cases in one bulk change.
const BULK_MAX: usize = 500;

/// Reads one case.
pub(super) fn get(db: &mut Db<'_>, id: &CaseId) -> Answer<Case> {
    db.doc("SELECT doc FROM cases WHERE case_id = ?", params![id.as_str()])?
        .ok_or_else(|| RecordsError::missing("case", id))
}

/// Writes one case, new or known.
pub(super) fn put(db: &mut Db<'_>, case: &Case) -> Answer<()> {
    let sql = "INSERT INTO cases (case_id, status, kind, severity, assignee, disposition, merged_into, opened_at, \
               updated_at, members, exchanges, search, doc, decided_at) \
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (case_id) DO UPDATE SET \
               status = excluded.status, kind = excluded.kind, severity = excluded.severity, \
               assignee = excluded.assignee, disposition = excluded.disposition, merged_into = excluded.merged_into, \
               updated_at = excluded.updated_at, members = excluded.members, exchanges = excluded.exchanges, \
               search = excluded.search, doc = excluded.doc";
    let search = format!("{} {} {}", case.title, case.case_id, case.kind.id()).to_lowercase();
    let values = params![
        case.case_id.as_str(),
        case.status.name(),
        case.kind.id(),
        case.severity as i64,
        case.assignee.as_deref().unwrap_or_default(),
        case.disposition.map_or("", Disposition::name),
        case.merged_into.as_ref().map(CaseId::as_str),
        case.opened_at,
        case.updated_at,
        case.members,
        case.exchanges,
        search,
        doc(case)?,
    ];
    db.run(sql, values).map(drop)
}

/// Writes a changed case and tells everybody.
pub(super) fn save(tx: &mut Tx<'_>, case: &Case) -> Answer<()> {
    put(&mut tx.db, case)?;
    tx.changed("case", case.case_id.as_str(), case.version)?;
    tx.emit(WebhookEvent::CaseUpdated, &json!({ "case": case }))
}

/// Counts a change of a case whose particulars lie elsewhere: a note, a decision, an appeal.
pub(super) fn touch(tx: &mut Tx<'_>, id: &CaseId, change: impl FnOnce(&mut Case)) -> Answer<Case> {
    let mut case = get(&mut tx.db, id)?;
    change(&mut case);
    case.updated_at = tx.ctx.now;
    case.version += 1;
    save(tx, &case)?;
    Ok(case)
}

/// Adds a line to the history of a case and counts the change; nothing without a case.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    id: Option<&CaseId>,
    what: EventKind,
    text: &str,
    data: Json,
) -> Answer<()> {
    if let Some(id) = id {
        tx.event(id, what, text, Some(data))?;
        touch(tx, id, |_| ())?;
    }
    Ok(())
}

/// An empty case of today.
pub(super) fn blank(tx: &Tx<'_>, title: String, kind: vigie_model::Kind, severity: Severity) -> Answer<Case> {
    let now = tx.ctx.now;
    Ok(Case {
        case_id: CaseId::mint(now, Tx::chance()?),
        title,
        kind,
        severity,
        status: CaseStatus::Open,
        disposition: None,
        opened_by: tx.ctx.actor.name(),
        assignee: None,
        campaigns: Vec::new(),
        members: 0,
        exchanges: 0,
        tokens: None,
        first_seen: None,
        last_seen: None,
        opened_at: now,
        updated_at: now,
        closed_at: None,
        merged_into: None,
        seen_again: 0,
        notes: 0,
        version: 1,
    })
}

/// Writes a case that came to be, and tells everybody.
pub(super) fn born(tx: &mut Tx<'_>, case: &Case, text: &str) -> Answer<()> {
    put(&mut tx.db, case)?;
    tx.event(&case.case_id, EventKind::Opened, text, None)?;
    let detail = json!({ "title": case.title, "kind": case.kind, "members": case.members });
    tx.audit("case.opened", case.case_id.as_str(), detail)?;
    tx.changed("case", case.case_id.as_str(), case.version)?;
    tx.emit(WebhookEvent::CaseOpened, &json!({ "case": case }))
}

/// Distinct, sound account ids, in order.
pub(super) fn account_ids(field: &str, accounts: &[String], least: usize) -> Answer<Vec<String>> {
    let mut ids = accounts.to_vec();
    ids.sort();
    ids.dedup();
    let sound = |a: &String| (1..=512).contains(&a.len()) && !a.chars().any(char::is_control);
    if (least..=ACCOUNTS_BY_HAND_MAX).contains(&ids.len()) && ids.iter().all(sound) {
        return Ok(ids);
    }
    let must = format!("must be {least} to {ACCOUNTS_BY_HAND_MAX} account ids of 1 to 512 bytes");
    Err(RecordsError::invalid(field, must))
}

impl Records {
    /// The queue. Sorts: `updated_at` (default, descending), `opened_at`, `severity`, `members`, `exchanges`. `q` looks in
    /// title, id and kind. Cases that were merged away are left out.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong sort or cursor.
    pub fn cases(&self, filter: &CaseFilter, list: &ListQuery) -> Result<Page<Case>, RecordsError> {
        let mut select = Select::new("doc", "cases", "case_id", SORTS, true, list)?;
        select.only("merged_into IS NULL", &[]);
        select.only_if("status", filter.status.map(CaseStatus::name));
        select.only_if("kind", filter.kind.map(vigie_model::Kind::id));
        select.only_if("severity", filter.severity.map(|s| s as i64));
        select.only_if("assignee", filter.assignee.as_deref());
        select.only_if("disposition", filter.disposition.map(Disposition::name));
        select.search("search", list.q.as_deref(), true);
        self.read(|db| select.docs(db, list))
    }

    /// One case.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn case(&self, id: &CaseId) -> Result<Case, RecordsError> {
        self.read(|db| get(db, id))
    }

    /// Opens a case by hand; its members have score and share 1, since a person names them. Its exchanges, tokens and times
    /// are those of the members that hunts saw, and later hunts count them anew.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] field by field.
    pub fn open_case(&self, ctx: &Ctx, new: &NewCase) -> Result<Case, RecordsError> {
        text_field("title", &new.title, TITLE_CHARS_MAX)?;
        let accounts = account_ids("accounts", &new.accounts, 0)?;
        let note = new.note.as_deref().filter(|n| !n.is_empty());
        if let Some(note) = note {
            text_field("note", note, TEXT_CHARS_MAX)?;
        }
        self.mutate(ctx, "open_case", new, |tx| {
            let severity = new.severity.unwrap_or(Severity::Medium);
            let mut case = blank(tx, new.title.clone(), new.kind, severity)?;
            case.members = accounts.len() as u64;
            case.notes = u64::from(note.is_some());
            let id = case.case_id.clone();
            let id = id.as_str();
            let row = |a: String| params![id, a, Value::Null, 1.0, 1.0, ctx.now].to_vec();
            let columns = ["case_id", "account_id", "campaign_id", "score", "share", "named_at"];
            tx.db.conn.bulk("members", &columns, &mut accounts.into_iter().map(row))?;
            super::activity::count(&mut tx.db, &mut case)?;
            born(tx, &case, "opened by hand")?;
            if let Some(note) = note {
                tx.event(&case.case_id, EventKind::Noted, note, None)?;
            }
            Ok(case)
        })
    }

    /// Changes a case. Closing it as false positive stops its takedowns.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Invalid`]; [`RecordsError::Conflict`] for a case
    /// that was merged away.
    pub fn patch_case(
        &self,
        ctx: &Ctx,
        id: &CaseId,
        patch: &CasePatch,
        expect: Option<u64>,
    ) -> Result<Case, RecordsError> {
        self.mutate(ctx, "patch_case", &(id, patch), |tx| patch_one(tx, id, patch, expect))
    }

    /// Changes many cases at once; each succeeds or fails by itself.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for more than 500 ids.
    pub fn bulk_patch(
        &self,
        ctx: &Ctx,
        ids: &[CaseId],
        patch: &CasePatch,
    ) -> Result<Vec<BulkResult>, RecordsError> {
        if ids.is_empty() || ids.len() > BULK_MAX {
            return Err(RecordsError::invalid("ids", format!("must be 1 to {BULK_MAX} cases")));
        }
        self.mutate(ctx, "bulk_patch", &(ids, patch), |tx| {
            ids.iter().map(|id| bulk_one(tx, id, patch)).collect()
        })
    }

    /// Writes a note on a case.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Invalid`] for a note that is empty or too long.
    pub fn add_note(&self, ctx: &Ctx, id: &CaseId, text: &str) -> Result<CaseEvent, RecordsError> {
        text_field("text", text, TEXT_CHARS_MAX)?;
        self.mutate(ctx, "add_note", &(id, text), |tx| {
            touch(tx, id, |case| case.notes += 1)?;
            tx.audit("case.noted", id.as_str(), json!({}))?;
            tx.event(id, EventKind::Noted, text, None)
        })
    }

    /// What happened to a case, newest first.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Invalid`] for a wrong cursor.
    pub fn case_history(&self, id: &CaseId, list: &ListQuery) -> Result<Page<CaseEvent>, RecordsError> {
        let mut select = Select::new("doc", "case_events", "seq", &[("at", "seq")], true, list)?;
        select.only("case_id = ?", params![id.as_str()]);
        self.read(|db| {
            get(db, id)?;
            select.docs(db, list)
        })
    }
}

fn bulk_one(tx: &mut Tx<'_>, id: &CaseId, patch: &CasePatch) -> Answer<BulkResult> {
    match patch_one(tx, id, patch, None) {
        Ok(case) => {
            Ok(BulkResult { case_id: case.case_id, ok: true, version: Some(case.version), error: None })
        }
        // The rules said no before anything was written; a store that fails ends it all.
        Err(RecordsError::Unavailable(why)) => Err(RecordsError::Unavailable(why)),
        Err(error) => {
            let version = get(&mut tx.db, id).ok().map(|case| case.version);
            Ok(BulkResult { case_id: id.clone(), ok: false, version, error: Some(error.to_string()) })
        }
    }
}

fn patch_one(tx: &mut Tx<'_>, id: &CaseId, patch: &CasePatch, expect: Option<u64>) -> Answer<Case> {
    let mut case = get(&mut tx.db, id)?;
    fresh(expect, case.version)?;
    if let Some(name) = patch.assignee.as_deref().filter(|n| !n.is_empty()) {
        let known =
            tx.db.number("SELECT COUNT(*) FROM users WHERE name = ? AND disabled = 0", params![name])?;
        if known == 0 {
            return Err(RecordsError::invalid("assignee", "must be the name of a user who may sign in"));
        }
    }
    let events = case.patch(patch, tx.ctx.now)?;
    if events.is_empty() {
        return Ok(case);
    }
    for (what, text) in &events {
        tx.event(id, *what, text, None)?;
    }
    let said: Vec<&str> = events.iter().map(|(_, text)| text.as_str()).collect();
    tx.audit("case.changed", id.as_str(), json!({ "changes": said, "version": case.version }))?;
    save(tx, &case)?;
    if case.disposition == Some(Disposition::FalsePositive) {
        waves::stop_all(tx, id, "the case was closed as false positive")?;
        return get(&mut tx.db, id);
    }
    Ok(case)
}

/// When the first real decision on the case was made, for the scorecard.
pub(super) fn decided(tx: &mut Tx<'_>, id: &CaseId, at: Micros) -> Answer<()> {
    let sql = "UPDATE cases SET decided_at = ? WHERE case_id = ? AND decided_at = 0";
    tx.db.run(sql, params![at, id.as_str()]).map(drop)
}
