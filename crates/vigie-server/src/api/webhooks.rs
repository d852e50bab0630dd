//! Webhooks: who is told, and what became of each delivery.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_cases::{Delivery, Role, Webhook, WebhookEvent, WebhookId};
use vigie_store::records::{NewWebhook, Page, WebhookPatch};

use super::lists;
use crate::endpoint::{Answer, Api, Ask, Nothing, Reply};
use crate::jobs::webhook;
use crate::operation::{delete, get, patch, post};
use crate::problem::Problem;

/// Webhooks, at most.
const WEBHOOKS_MAX: u64 = 50;

/// A new webhook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateWebhook {
    /// Address: https, or http to this machine.
    url: String,
    /// What it is told.
    events: Vec<WebhookEvent>,
    /// Whether it is told anything; true when absent.
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

/// A webhook with its secret, shown once.
#[derive(Debug, Serialize, JsonSchema)]
struct WebhookWithSecret {
    /// The webhook.
    #[serde(flatten)]
    webhook: Webhook,
    /// Key of the signatures (Standard Webhooks); never shown again.
    secret: String,
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Webhooks", "Other systems that are told what happens, with Standard Webhooks signatures.");
    api.add(get("/webhooks", "listWebhooks", "Webhooks").needs(Role::Admin).list(), list);
    api.add(
        post("/webhooks", "createWebhook", "Tell another system; the secret is shown once")
            .needs(Role::Admin)
            .gives(StatusCode::CREATED),
        create,
    );
    api.add(get("/webhooks/{id}", "getWebhook", "One webhook").needs(Role::Admin), show);
    api.add(
        patch("/webhooks/{id}", "patchWebhook", "Change a webhook").needs(Role::Admin).may_match(),
        change,
    );
    api.add(delete("/webhooks/{id}", "deleteWebhook", "Tell it no more").needs(Role::Admin), remove);
    api.add(
        get("/webhooks/{id}/deliveries", "listDeliveries", "What became of each delivery")
            .needs(Role::Admin)
            .list(),
        deliveries,
    );
    api.add(
        post("/deliveries/{id}/retry", "retryDelivery", "Try a dead delivery again").needs(Role::Admin),
        retry,
    );
}

fn id<Q, B>(ask: &Ask<Q, B>) -> Result<WebhookId, Problem> {
    ask.id("id")
}

fn versioned(webhook: Webhook) -> Reply<Webhook> {
    let version = webhook.version;
    Reply::ok(webhook).version(version)
}

fn list(ask: &Ask<lists::Any>) -> Answer<Page<Webhook>> {
    Ok(Reply::ok(ask.app.records.webhooks(&ask.query.list()?)?))
}

fn create(ask: &Ask<Nothing, CreateWebhook>) -> Answer<WebhookWithSecret> {
    webhook::check_url(&ask.body.url)?;
    let there = ask.app.records.webhooks(&lists::part_of(None, Some(1), None, None)?)?;
    if there.total.unwrap_or(0) >= WEBHOOKS_MAX {
        return Err(Problem::conflict(format!(
            "there are {WEBHOOKS_MAX} webhooks already; delete one first"
        )));
    }
    let secret = webhook::new_secret()?;
    let new = NewWebhook {
        url: ask.body.url.clone(),
        events: ask.body.events.clone(),
        enabled: ask.body.enabled,
        secret: secret.clone(),
    };
    let webhook = ask.app.records.create_webhook(&ask.ctx_once()?, &new)?;
    let version = webhook.version;
    Ok(Reply::created(WebhookWithSecret { webhook, secret }).version(version))
}

fn show(ask: &Ask) -> Answer<Webhook> {
    Ok(versioned(ask.app.records.webhook(&id(ask)?)?))
}

fn change(ask: &Ask<Nothing, WebhookPatch>) -> Answer<Webhook> {
    if let Some(url) = &ask.body.url {
        webhook::check_url(url)?;
    }
    Ok(versioned(ask.app.records.patch_webhook(&ask.ctx()?, &id(ask)?, &ask.body, ask.expect)?))
}

fn remove(ask: &Ask) -> Answer<Nothing> {
    ask.app.records.delete_webhook(&ask.ctx()?, &id(ask)?)?;
    Ok(Reply::nothing())
}

fn deliveries(ask: &Ask<lists::Any>) -> Answer<Page<Delivery>> {
    Ok(Reply::ok(ask.app.records.deliveries(&id(ask)?, &ask.query.list()?)?))
}

fn retry(ask: &Ask) -> Answer<Delivery> {
    Ok(Reply::ok(ask.app.records.retry_delivery(&ask.ctx()?, &ask.id("id")?)?))
}
