//! What every reading and every change share: documents, settings, the audit entry, history, outgoing events.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use vigie_cases::{
    AuditEntry, CaseEvent, CaseId, Delivery, DeliveryId, DeliveryStatus, EventKind, GENESIS, Settings,
    Webhook, WebhookEvent,
};

use super::error::RecordsError;
use super::sql::{Answer, Conn, Row, Value, params, unavailable};
use super::types::Ctx;

/// A connection inside a transaction.
pub(super) struct Db<'a> {
    pub(super) conn: &'a mut dyn Conn,
}

impl Db<'_> {
    pub(super) fn rows(&mut self, sql: &str, params: &[Value]) -> Answer<Vec<Row>> {
        self.conn.query(sql, params)
    }

    pub(super) fn row(&mut self, sql: &str, params: &[Value]) -> Answer<Option<Row>> {
        Ok(self.conn.query(sql, params)?.into_iter().next())
    }

    /// First column of the first row as a number; 0 without a row.
    pub(super) fn number(&mut self, sql: &str, params: &[Value]) -> Answer<u64> {
        Ok(self.row(sql, params)?.map_or(0, |row| row.count(0)))
    }

    pub(super) fn run(&mut self, sql: &str, params: &[Value]) -> Answer<u64> {
        self.conn.execute(sql, params)
    }

    /// The documents in the first column.
    pub(super) fn docs<T: DeserializeOwned>(&mut self, sql: &str, params: &[Value]) -> Answer<Vec<T>> {
        self.rows(sql, params)?.iter().map(|row| Ok(serde_json::from_str(row.text(0))?)).collect()
    }

    /// The document in the first column of the first row.
    pub(super) fn doc<T: DeserializeOwned>(&mut self, sql: &str, params: &[Value]) -> Answer<Option<T>> {
        Ok(self.docs(sql, params)?.into_iter().next())
    }

    pub(super) fn settings(&mut self) -> Answer<Settings> {
        let found = self.doc("SELECT value FROM meta WHERE name = 'settings'", params![])?;
        Ok(found.unwrap_or_default())
    }

    pub(super) fn set_meta(&mut self, name: &str, value: &str) -> Answer<()> {
        let sql = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.run(sql, params![name, value]).map(drop)
    }
}

/// A change under way. Audit entries are chained as they come; the head is written at the end.
pub(super) struct Tx<'a> {
    pub(super) db: Db<'a>,
    pub(super) ctx: &'a Ctx,
    pub(super) key: &'a [u8],
    head: Option<(u64, String)>,
    change: Option<u64>,
    webhooks: Option<Vec<Webhook>>,
}

/// A document as it is stored.
pub(super) fn doc(noun: &impl Serialize) -> Answer<String> {
    Ok(serde_json::to_string(noun)?)
}

/// Fails with the current version when the asker saw another one.
pub(super) fn fresh(expect: Option<u64>, current: u64) -> Answer<()> {
    match expect {
        Some(seen) if seen != current => Err(RecordsError::Stale { current }),
        _ => Ok(()),
    }
}

impl<'a> Tx<'a> {
    pub(super) fn new(db: Db<'a>, ctx: &'a Ctx, key: &'a [u8]) -> Self {
        Self { db, ctx, key, head: None, change: None, webhooks: None }
    }

    /// 64 bits of chance for ids.
    pub(super) fn chance() -> Answer<u64> {
        getrandom::u64().map_err(unavailable)
    }

    /// Adds an audit entry to the chain.
    pub(super) fn audit(&mut self, action: &str, target: &str, detail: Json) -> Answer<AuditEntry> {
        let (seq, prev) = match self.head.take() {
            Some(head) => head,
            None => self.stored_head()?,
        };
        let (at, actor) = (self.ctx.now, self.ctx.actor.name());
        let entry = AuditEntry::seal(seq + 1, at, actor, action.to_owned(), target.to_owned(), detail, prev);
        let sql = "INSERT INTO audit (seq, at, actor, action, target, detail, prev_hash, hash) \
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let detail = entry.detail.to_string();
        let e = &entry;
        self.db.run(
            sql,
            params![
                e.seq,
                e.at,
                e.actor.as_str(),
                action,
                target,
                detail,
                e.prev_hash.as_str(),
                e.hash.as_str()
            ],
        )?;
        self.head = Some((entry.seq, entry.hash.clone()));
        Ok(entry)
    }

    fn stored_head(&mut self) -> Answer<(u64, String)> {
        let row = self.db.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", params![])?;
        Ok(row.map_or((0, GENESIS.to_owned()), |row| (row.count(0), row.text(1).to_owned())))
    }

    /// Notes a change for live updates.
    pub(super) fn changed(&mut self, topic: &str, id: &str, version: u64) -> Answer<()> {
        let last = match self.change {
            Some(last) => last,
            None => self.db.number("SELECT MAX(seq) FROM changes", params![])?,
        };
        let sql = "INSERT INTO changes (seq, topic, id, version) VALUES (?, ?, ?, ?)";
        self.db.run(sql, params![last + 1, topic, id, version])?;
        self.change = Some(last + 1);
        Ok(())
    }

    /// Adds a line to a case's history.
    pub(super) fn event(
        &mut self,
        case: &CaseId,
        what: EventKind,
        text: &str,
        data: Option<Json>,
    ) -> Answer<CaseEvent> {
        let event =
            CaseEvent { at: self.ctx.now, actor: self.ctx.actor.name(), what, text: text.to_owned(), data };
        let seq =
            self.db.number("SELECT MAX(seq) FROM case_events WHERE case_id = ?", params![case.as_str()])? + 1;
        let sql = "INSERT INTO case_events (case_id, seq, at, doc) VALUES (?, ?, ?, ?)";
        self.db.run(sql, params![case.as_str(), seq, event.at, doc(&event)?])?;
        Ok(event)
    }

    /// Whether any webhook wants to hear of `event`.
    pub(super) fn heard(&mut self, event: WebhookEvent) -> Answer<bool> {
        Ok(self.listeners()?.iter().any(|w| w.events.contains(&event)))
    }

    fn listeners(&mut self) -> Answer<&[Webhook]> {
        if self.webhooks.is_none() {
            self.webhooks = Some(self.db.docs("SELECT doc FROM webhooks WHERE enabled = 1", params![])?);
        }
        Ok(self.webhooks.as_deref().unwrap_or_default())
    }

    /// Puts `event` with `data` on its way to every webhook that wants it.
    pub(super) fn emit(&mut self, event: WebhookEvent, data: &Json) -> Answer<()> {
        let now = self.ctx.now;
        let payload = json!({ "type": event.name(), "timestamp": now.to_rfc3339(), "data": data });
        let to: Vec<_> = self
            .listeners()?
            .iter()
            .filter(|w| w.events.contains(&event))
            .map(|w| w.webhook_id.clone())
            .collect();
        for webhook_id in to {
            let delivery = Delivery {
                delivery_id: DeliveryId::mint(now, Self::chance()?),
                webhook_id,
                event,
                payload: payload.clone(),
                status: DeliveryStatus::Pending,
                attempts: 0,
                last_error: None,
                next_at: Some(now),
                created_at: now,
            };
            let sql = "INSERT INTO deliveries (delivery_id, webhook_id, status, next_at, created_at, doc) \
                       VALUES (?, ?, ?, ?, ?, ?)";
            let (id, of) = (delivery.delivery_id.as_str(), delivery.webhook_id.as_str());
            self.db.run(sql, params![id, of, "pending", now, now, doc(&delivery)?])?;
        }
        Ok(())
    }

    /// Writes the head of the audit chain, so that a chain that lost its end is seen.
    pub(super) fn finish(&mut self) -> Answer<()> {
        match self.head.take() {
            Some((seq, hash)) => self.db.set_meta("audit_head", &format!("{seq} {hash}")),
            None => Ok(()),
        }
    }
}
