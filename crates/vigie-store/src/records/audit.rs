//! The audit, live changes, settings, and what the clock does.

use serde_json::{Value as Json, json};
use vigie_cases::{AuditEntry, ChainCheck, Settings};
use vigie_model::Micros;

use super::engine::Records;
use super::error::RecordsError;
use super::list::Select;
use super::sql::{Answer, Row, params};
use super::tx::{Db, doc, fresh};
use super::types::{AuditFilter, AuditNote, Change, Ctx, ListQuery, Page, Ticked};

const COLUMNS: &str = "seq, at, actor, action, target, detail, prev_hash, hash";
/// Entries that verifying reads at once.
const VERIFY_AT_ONCE: usize = 10_000;
/// Changes that are kept for live updates.
const CHANGES_KEPT: u64 = 10_000;
/// How long answers are kept for idempotency keys.
const IDEMPOTENCY_KEPT: i64 = 2 * Micros::DAY;
/// How long delivered and dead deliveries are kept.
const DELIVERIES_KEPT: i64 = 30 * Micros::DAY;

fn entry(row: &Row) -> Answer<AuditEntry> {
    Ok(AuditEntry {
        seq: row.count(0),
        at: Micros(row.int(1)),
        actor: row.text(2).to_owned(),
        action: row.text(3).to_owned(),
        target: row.text(4).to_owned(),
        // A detail that was tampered with until it is no JSON must not stop the verifying: its hash will not fit.
        detail: serde_json::from_str(row.text(5)).unwrap_or_else(|_| Json::String(row.text(5).to_owned())),
        prev_hash: row.text(6).to_owned(),
        hash: row.text(7).to_owned(),
    })
}

fn after(db: &mut Db<'_>, seq: u64, limit: usize) -> Answer<Vec<AuditEntry>> {
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?");
    db.rows(&sql, params![seq, limit as u64])?.iter().map(entry).collect()
}

impl Records {
    /// Audit entries, newest first. `q` looks in targets.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong cursor.
    pub fn audit_page(
        &self,
        filter: &AuditFilter,
        list: &ListQuery,
    ) -> Result<Page<AuditEntry>, RecordsError> {
        let mut select = Select::new(COLUMNS, "audit", "seq", &[("at", "seq")], true, list)?;
        select.only_if("actor", filter.actor.as_deref());
        match filter.action.as_deref() {
            // `decision.` is everything from there up to, not including, `decision/`, the next character.
            Some(prefix) if prefix.ends_with('.') => {
                let end = format!("{}/", &prefix[..prefix.len() - 1]);
                select.only("action >= ? AND action < ?", params![prefix, end]);
            }
            action => select.only_if("action", action),
        }
        select.only_if("target", filter.target.as_deref());
        if let Some(since) = filter.since {
            select.only("at >= ?", params![since]);
        }
        if let Some(until) = filter.until {
            select.only("at < ?", params![until]);
        }
        select.search("target", list.q.as_deref(), false);
        self.read(|db| select.page(db, list, entry))
    }

    /// Entries after `after_seq`, oldest first, at most `limit` (10,000), for export.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn audit_after(&self, after_seq: u64, limit: usize) -> Result<Vec<AuditEntry>, RecordsError> {
        self.read(|db| after(db, after_seq, limit.min(VERIFY_AT_ONCE)))
    }

    /// Whether the whole chain is as it was written, up to the head that is kept apart. Linear in the entries.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn audit_verify(&self) -> Result<ChainCheck, RecordsError> {
        self.read(|db| {
            let mut check = ChainCheck::default();
            loop {
                let entries = after(db, check.entries, VERIFY_AT_ONCE)?;
                entries.iter().for_each(|e| check.take(e));
                if !check.ok || entries.len() < VERIFY_AT_ONCE {
                    break;
                }
            }
            let head = db.row("SELECT value FROM meta WHERE name = 'audit_head'", params![])?;
            let head = head.as_ref().and_then(|row| row.text(0).split_once(' '));
            let (count, hash) = head.unwrap_or(("0", vigie_cases::GENESIS));
            check.must_end_in(count.parse().unwrap_or(0), hash);
            Ok(check)
        })
    }

    /// Writes an audit entry about something that only the server knows, such as a failed sign-in.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn note(&self, ctx: &Ctx, note: &AuditNote) -> Result<AuditEntry, RecordsError> {
        self.write(ctx, |tx| tx.audit(&note.action, &note.target, note.detail.clone()))
    }

    /// Changes after `seq`, oldest first, for live updates; several servers see each other's. The last 10,000 are kept.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn changes_since(&self, seq: u64, limit: usize) -> Result<Vec<Change>, RecordsError> {
        let sql = "SELECT seq, topic, id, version FROM changes WHERE seq > ? ORDER BY seq LIMIT ?";
        let change = |row: &Row| Change {
            seq: row.count(0),
            topic: row.text(1).to_owned(),
            id: row.text(2).to_owned(),
            version: row.count(3),
        };
        let limit = limit.min(CHANGES_KEPT as usize) as u64;
        self.read(|db| Ok(db.rows(sql, params![seq, limit])?.iter().map(change).collect()))
    }

    /// The last change; 0 before the first.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn changes_head(&self) -> Result<u64, RecordsError> {
        self.read(|db| db.number("SELECT MAX(seq) FROM changes", params![]))
    }

    /// Sets the policy.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] field by field, [`RecordsError::Stale`] when `expect` is not the current version.
    pub fn put_settings(
        &self,
        ctx: &Ctx,
        settings: &Settings,
        expect: u64,
    ) -> Result<Settings, RecordsError> {
        settings.validate().map_err(RecordsError::Invalid)?;
        self.mutate(ctx, "put_settings", settings, |tx| {
            let before = tx.db.settings()?;
            fresh(Some(expect), before.version)?;
            let next = Settings { version: before.version + 1, ..settings.clone() };
            tx.db.set_meta("settings", &doc(&next)?)?;
            tx.audit("settings.changed", "settings", json!({ "before": before, "after": next }))?;
            Ok(next)
        })
    }

    /// What the clock does, to be called once a minute: decisions whose time is over are marked, with one audit entry; what
    /// may be forgotten is dropped.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn tick(&self, ctx: &Ctx) -> Result<Ticked, RecordsError> {
        self.write(ctx, |tx| {
            let now = ctx.now;
            let sql = "UPDATE decisions SET status = 'expired' \
                       WHERE status IN ('active', 'simulated', 'pending_approval') AND expires_at <= ?";
            let expired = tx.db.run(sql, params![now])?;
            if expired > 0 {
                tx.audit("decisions.expired", "decisions", json!({ "decisions": expired }))?;
            }
            let ago = |span: i64| now.0.saturating_sub(span);
            let head = tx.db.number("SELECT MAX(seq) FROM changes", params![])?;
            let mut dropped = tx.db.run("DELETE FROM sessions WHERE expires_at <= ?", params![now])?;
            dropped += tx.db.run("DELETE FROM idempotency WHERE at < ?", params![ago(IDEMPOTENCY_KEPT)])?;
            let kept = head.saturating_sub(CHANGES_KEPT);
            dropped += tx.db.run("DELETE FROM changes WHERE seq <= ?", params![kept])?;
            let sql = "DELETE FROM deliveries WHERE status IN ('delivered', 'dead') AND created_at < ?";
            dropped += tx.db.run(sql, params![ago(DELIVERIES_KEPT)])?;
            Ok(Ticked { expired, dropped })
        })
    }
}
