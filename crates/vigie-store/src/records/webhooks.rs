//! Webhooks and the events on their way: who is told, what is due, what failed.

use serde_json::json;
use vigie_cases::{Delivery, DeliveryId, DeliveryStatus, Webhook, WebhookId, retry_after};
use vigie_model::Micros;

use super::engine::Records;
use super::error::RecordsError;
use super::list::Select;
use super::sql::{Answer, params};
use super::tx::{Db, Tx, doc, fresh};
use super::types::{Ctx, DueDelivery, ListQuery, NewWebhook, Page, WebhookPatch};

/// Most webhooks.
const WEBHOOKS_MAX: u64 = 100;

fn get(db: &mut Db<'_>, id: &WebhookId) -> Answer<Webhook> {
    db.doc("SELECT doc FROM webhooks WHERE webhook_id = ?", params![id.as_str()])?
        .ok_or_else(|| RecordsError::missing("webhook", id))
}

fn get_delivery(db: &mut Db<'_>, id: &DeliveryId) -> Answer<Delivery> {
    db.doc("SELECT doc FROM deliveries WHERE delivery_id = ?", params![id.as_str()])?
        .ok_or_else(|| RecordsError::missing("delivery", id))
}

fn save(db: &mut Db<'_>, d: &Delivery) -> Answer<()> {
    let sql = "UPDATE deliveries SET status = ?, next_at = ?, doc = ? WHERE delivery_id = ?";
    let next = d.next_at.map_or(i64::MAX, |t| t.0);
    db.run(sql, params![d.status.name(), next, doc(d)?, d.delivery_id.as_str()]).map(drop)
}

fn url_ok(url: &str) -> Answer<()> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let sound =
        |r: &str| !r.is_empty() && !r.starts_with('/') && !r.chars().any(|c| c.is_control() || c == ' ');
    if url.len() <= 2000 && rest.is_some_and(sound) {
        return Ok(());
    }
    Err(RecordsError::invalid("url", "must be an http or https address of at most 2,000 characters"))
}

impl Records {
    /// Makes a webhook.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] field by field, [`RecordsError::Conflict`] above 100 webhooks.
    pub fn create_webhook(&self, ctx: &Ctx, new: &NewWebhook) -> Result<Webhook, RecordsError> {
        url_ok(&new.url)?;
        self.write(ctx, |tx| {
            if tx.db.number("SELECT COUNT(*) FROM webhooks", params![])? >= WEBHOOKS_MAX {
                return Err(RecordsError::Conflict(format!(
                    "there are {WEBHOOKS_MAX} webhooks already; delete one"
                )));
            }
            let webhook = Webhook {
                webhook_id: WebhookId::mint(ctx.now, Tx::chance()?),
                url: new.url.clone(),
                events: new.events.clone(),
                enabled: new.enabled,
                created_at: ctx.now,
                version: 1,
            };
            let sql =
                "INSERT INTO webhooks (webhook_id, secret, enabled, created_at, doc) VALUES (?, ?, ?, ?, ?)";
            let id = webhook.webhook_id.as_str();
            tx.db.run(sql, params![id, new.secret.as_str(), new.enabled, ctx.now, doc(&webhook)?])?;
            tx.audit("webhook.created", id, json!({ "url": webhook.url, "events": webhook.events }))?;
            Ok(webhook)
        })
    }

    /// Webhooks, newest first.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong cursor.
    pub fn webhooks(&self, list: &ListQuery) -> Result<Page<Webhook>, RecordsError> {
        let select =
            Select::new("doc", "webhooks", "webhook_id", &[("created_at", "created_at")], true, list)?;
        self.read(|db| select.docs(db, list))
    }

    /// One webhook.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn webhook(&self, id: &WebhookId) -> Result<Webhook, RecordsError> {
        self.read(|db| get(db, id))
    }

    /// Changes a webhook.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Invalid`].
    pub fn patch_webhook(
        &self,
        ctx: &Ctx,
        id: &WebhookId,
        patch: &WebhookPatch,
        expect: Option<u64>,
    ) -> Result<Webhook, RecordsError> {
        patch.url.as_deref().map_or(Ok(()), url_ok)?;
        self.mutate(ctx, "patch_webhook", &(id, patch), |tx| {
            let mut webhook = get(&mut tx.db, id)?;
            fresh(expect, webhook.version)?;
            webhook.url = patch.url.clone().unwrap_or(webhook.url);
            webhook.events = patch.events.clone().unwrap_or(webhook.events);
            webhook.enabled = patch.enabled.unwrap_or(webhook.enabled);
            webhook.version += 1;
            let sql = "UPDATE webhooks SET enabled = ?, doc = ? WHERE webhook_id = ?";
            tx.db.run(sql, params![webhook.enabled, doc(&webhook)?, id.as_str()])?;
            let detail = json!({ "url": webhook.url, "events": webhook.events, "enabled": webhook.enabled });
            tx.audit("webhook.changed", id.as_str(), detail)?;
            Ok(webhook)
        })
    }

    /// Deletes a webhook and what is on its way to it.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn delete_webhook(&self, ctx: &Ctx, id: &WebhookId) -> Result<(), RecordsError> {
        self.write(ctx, |tx| {
            if tx.db.run("DELETE FROM webhooks WHERE webhook_id = ?", params![id.as_str()])? == 0 {
                return Err(RecordsError::missing("webhook", id));
            }
            tx.db.run("DELETE FROM deliveries WHERE webhook_id = ?", params![id.as_str()])?;
            tx.audit("webhook.deleted", id.as_str(), json!({}))?;
            Ok(())
        })
    }

    /// What was sent to a webhook or waits to be, newest first.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Invalid`] for a wrong cursor.
    pub fn deliveries(&self, webhook: &WebhookId, list: &ListQuery) -> Result<Page<Delivery>, RecordsError> {
        let sorts = &[("created_at", "created_at")];
        let mut select = Select::new("doc", "deliveries", "delivery_id", sorts, true, list)?;
        select.only("webhook_id = ?", params![webhook.as_str()]);
        self.read(|db| {
            get(db, webhook)?;
            select.docs(db, list)
        })
    }

    /// Claims what is due for `lease`: nobody else gets it meanwhile, and it is due again when the claimer dies. Deliveries
    /// to disabled webhooks wait.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn due_deliveries(
        &self,
        now: Micros,
        limit: usize,
        lease: Micros,
    ) -> Result<Vec<DueDelivery>, RecordsError> {
        let due = "SELECT d.doc, w.doc, w.secret FROM deliveries d JOIN webhooks w ON w.webhook_id = d.webhook_id \
                   WHERE d.status = 'pending' AND d.next_at <= ? AND w.enabled = 1 ORDER BY d.next_at LIMIT ?";
        let limit = limit.min(1000) as u64;
        // Most of the time nothing is due; that must not cost a write.
        if self.read(|db| Ok(db.rows(due, params![now, 1_u64])?.is_empty()))? {
            return Ok(Vec::new());
        }
        let ctx = Ctx::new(vigie_cases::Actor::system("webhooks"), now);
        self.write(&ctx, |tx| {
            let mut claimed = Vec::new();
            for row in tx.db.rows(due, params![now, limit])? {
                let mut delivery: Delivery = serde_json::from_str(row.text(0))?;
                let webhook: Webhook = serde_json::from_str(row.text(1))?;
                delivery.next_at = Some(Micros(now.0.saturating_add(lease.0)));
                save(&mut tx.db, &delivery)?;
                claimed.push(DueDelivery { delivery, url: webhook.url, secret: row.text(2).to_owned() });
            }
            Ok(claimed)
        })
    }

    /// The other side took it.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn delivery_done(&self, id: &DeliveryId, now: Micros) -> Result<Delivery, RecordsError> {
        self.attempted(id, now, |delivery| {
            delivery.status = DeliveryStatus::Delivered;
            delivery.next_at = None;
            delivery.last_error = None;
        })
    }

    /// The other side did not take it: plans the next attempt, or gives up after ten.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn delivery_failed(
        &self,
        id: &DeliveryId,
        error: &str,
        now: Micros,
    ) -> Result<Delivery, RecordsError> {
        self.attempted(id, now, |delivery| {
            delivery.last_error = Some(error.chars().take(500).collect());
            let wait = retry_after(delivery.attempts);
            delivery.next_at = wait.map(|w| Micros(now.0.saturating_add(w.0)));
            delivery.status = if wait.is_some() { DeliveryStatus::Pending } else { DeliveryStatus::Dead };
        })
    }

    fn attempted(
        &self,
        id: &DeliveryId,
        now: Micros,
        change: impl FnOnce(&mut Delivery),
    ) -> Answer<Delivery> {
        let ctx = Ctx::new(vigie_cases::Actor::system("webhooks"), now);
        self.write(&ctx, |tx| {
            let mut delivery = get_delivery(&mut tx.db, id)?;
            delivery.attempts += 1;
            change(&mut delivery);
            save(&mut tx.db, &delivery)?;
            Ok(delivery)
        })
    }

    /// Tries a dead or waiting delivery again now.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Conflict`] when it was delivered.
    pub fn retry_delivery(&self, ctx: &Ctx, id: &DeliveryId) -> Result<Delivery, RecordsError> {
        self.mutate(ctx, "retry_delivery", id, |tx| {
            let mut delivery = get_delivery(&mut tx.db, id)?;
            if delivery.status == DeliveryStatus::Delivered {
                return Err(RecordsError::Conflict("this was delivered already".to_owned()));
            }
            delivery.status = DeliveryStatus::Pending;
            delivery.attempts = 0;
            delivery.next_at = Some(ctx.now);
            save(&mut tx.db, &delivery)?;
            tx.audit("delivery.retried", id.as_str(), json!({}))?;
            Ok(delivery)
        })
    }
}
