//! Exceptions: who must not be touched, whatever a hunt says.

use serde_json::json;
use vigie_cases::{EventKind, Exception, ExceptionId, TEXT_CHARS_MAX, text_field};
use vigie_model::Micros;

use super::cases::{get as get_case, tell};
use super::engine::Records;
use super::error::RecordsError;
use super::list::Select;
use super::sql::{Answer, params};
use super::tx::{Tx, doc};
use super::types::{Ctx, ListQuery, NewException, Page};

/// Writes a new exception with its audit entry and history.
pub(super) fn insert(tx: &mut Tx<'_>, e: &Exception) -> Answer<()> {
    let sql = "INSERT INTO exceptions (exception_id, entity_type, entity_id, created_at, expires_at, doc) \
               VALUES (?, ?, ?, ?, ?, ?)";
    let end = e.expires_at.map_or(i64::MAX, |t| t.0);
    let id = e.exception_id.as_str();
    tx.db.run(sql, params![id, e.entity.kind.name(), e.entity.id.as_str(), e.created_at, end, doc(e)?])?;
    tx.audit(
        "exception.created",
        id,
        json!({ "entity": e.entity, "reason": e.reason, "expires_at": e.expires_at }),
    )?;
    let text = format!("exception for {}: {}", e.entity.id, e.reason);
    tell(tx, e.case_id.as_ref(), EventKind::Decision, &text, json!({ "exception_id": e.exception_id }))
}

impl Records {
    /// Exceptions that hold, newest first. `q` looks in entity ids.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong cursor.
    pub fn exceptions(&self, list: &ListQuery, now: Micros) -> Result<Page<Exception>, RecordsError> {
        let sorts = &[("created_at", "created_at")];
        let mut select = Select::new("doc", "exceptions", "exception_id", sorts, true, list)?;
        select.only("expires_at > ?", params![now]);
        select.search("entity_id", list.q.as_deref(), false);
        self.read(|db| select.docs(db, list))
    }

    /// Protects an entity: no decision acts on it while the exception holds, and later takedowns leave it out.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] field by field, [`RecordsError::NotFound`] for its case.
    pub fn create_exception(&self, ctx: &Ctx, new: &NewException) -> Result<Exception, RecordsError> {
        text_field("reason", &new.reason, TEXT_CHARS_MAX)?;
        text_field("entity.id", &new.entity.id, 512)?;
        if new.expires_at.is_some_and(|end| end <= ctx.now) {
            return Err(RecordsError::invalid("expires_at", "must be after now"));
        }
        self.mutate(ctx, "create_exception", new, |tx| {
            if let Some(case) = &new.case_id {
                get_case(&mut tx.db, case)?;
            }
            let exception = Exception {
                exception_id: ExceptionId::mint(ctx.now, Tx::chance()?),
                entity: new.entity.clone(),
                reason: new.reason.clone(),
                author: ctx.actor.name(),
                created_at: ctx.now,
                expires_at: new.expires_at,
                case_id: new.case_id.clone(),
                appeal_id: None,
            };
            insert(tx, &exception)?;
            Ok(exception)
        })
    }

    /// Ends an exception now; the audit keeps that it was.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`] when there is none that holds.
    pub fn delete_exception(&self, ctx: &Ctx, id: &ExceptionId) -> Result<(), RecordsError> {
        self.mutate(ctx, "delete_exception", id, |tx| {
            let sql = "SELECT doc FROM exceptions WHERE exception_id = ? AND expires_at > ?";
            let found: Option<Exception> = tx.db.doc(sql, params![id.as_str(), ctx.now])?;
            let mut exception = found.ok_or_else(|| RecordsError::missing("exception", id))?;
            exception.expires_at = Some(ctx.now);
            let sql = "UPDATE exceptions SET expires_at = ?, doc = ? WHERE exception_id = ?";
            tx.db.run(sql, params![ctx.now, doc(&exception)?, id.as_str()])?;
            tx.audit("exception.ended", id.as_str(), json!({ "entity": exception.entity }))?;
            let text = format!("exception for {} ended", exception.entity.id);
            tell(tx, exception.case_id.as_ref(), EventKind::Decision, &text, json!({ "exception_id": id }))
        })
    }
}
