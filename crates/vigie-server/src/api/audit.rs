//! The audit: read, verified, exported.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use tokio::sync::mpsc;
use vigie_cases::{AuditEntry, ChainCheck};
use vigie_model::Micros;
use vigie_store::records::{AuditFilter, AuditNote, Ctx, Page};

use super::lists::list_query;
use crate::auth;
use crate::endpoint::{Answer, Api, Ask, Reply};
use crate::flow::Chunks;
use crate::operation::{Operation, get};
use crate::problem::Problem;
use crate::state::App;

/// Entries that are read at once for an export.
const AT_ONCE: usize = 1_000;

list_query! {
    /// Which entries.
    Entries {
        /// Who, exactly.
        actor: String,
        /// What, exactly, or a prefix that ends in `.`, such as `decision.`.
        action: String,
        /// To what, exactly.
        target: String,
        /// Not before.
        since: Micros,
        /// Before.
        until: Micros,
    }
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Audit", "What everybody did; each entry seals the one before.");
    api.add(get("/audit", "listAudit", "Entries, latest first").list(), list);
    api.add(get("/audit/verify", "verifyAudit", "Whether the chain is whole"), verify);
    api.add_raw(export_operation(), "application/x-ndjson", export);
}

fn export_operation() -> Operation {
    get("/audit/export", "exportAudit", "All entries, oldest first, one JSON object a line")
}

fn list(ask: &Ask<Entries>) -> Answer<Page<AuditEntry>> {
    let query = &ask.query;
    let filter = AuditFilter {
        actor: query.actor.clone(),
        action: query.action.clone(),
        target: query.target.clone(),
        since: query.since,
        until: query.until,
    };
    Ok(Reply::ok(ask.app.records.audit_page(&filter, &query.list()?)?))
}

fn verify(ask: &Ask) -> Answer<ChainCheck> {
    Ok(Reply::ok(ask.app.records.audit_verify()?))
}

/// Streams, however long the audit is.
async fn export(State(app): State<App>, headers: HeaderMap) -> Response {
    let (send, chunks) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    let begun = tokio::task::spawn_blocking(move || -> Result<(), Problem> {
        let caller = auth::admit(&app, &export_operation(), &headers)?;
        let actor = caller.ok_or_else(|| Problem::signed_out("sign in first"))?.actor;
        let note =
            AuditNote { action: "audit.exported".to_owned(), target: "audit".to_owned(), detail: json!({}) };
        app.records.note(&Ctx::new(actor, app.now()), &note)?;
        tokio::task::spawn_blocking(move || pour(&app, &send));
        Ok(())
    });
    match begun.await {
        Ok(Ok(())) => {}
        Ok(Err(problem)) => return problem.into_response(),
        Err(_) => return Problem::bug("the export broke off").into_response(),
    }
    let mut response = Body::from_stream(Chunks(chunks)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"audit.ndjson\""),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Reads and sends until the end, or until nobody listens.
fn pour(app: &App, send: &mpsc::Sender<Result<Bytes, std::io::Error>>) {
    let mut seq = 0;
    loop {
        let entries = match app.records.audit_after(seq, AT_ONCE) {
            Ok(entries) => entries,
            // The connection breaks off, so that nobody takes half an audit for the whole.
            Err(error) => return drop(send.blocking_send(Err(std::io::Error::other(error)))),
        };
        let Some(last) = entries.last() else { return };
        seq = last.seq;
        let mut chunk = Vec::new();
        for entry in &entries {
            if serde_json::to_writer(&mut chunk, entry).is_err() {
                return drop(send.blocking_send(Err(std::io::Error::other("an entry cannot be written"))));
            }
            chunk.push(b'\n');
        }
        if send.blocking_send(Ok(chunk.into())).is_err() {
            return;
        }
    }
}
