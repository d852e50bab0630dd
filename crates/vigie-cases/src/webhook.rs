//! Webhooks: who is told of what, and every event on its way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vigie_model::Micros;

use crate::ids::{DeliveryId, WebhookId};

/// What a webhook can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum WebhookEvent {
    /// Decisions came into force or were simulated.
    #[serde(rename = "decision.created")]
    DecisionCreated,
    /// Decisions were taken back.
    #[serde(rename = "decision.undone")]
    DecisionUndone,
    /// A case came to be.
    #[serde(rename = "case.opened")]
    CaseOpened,
    /// A case changed.
    #[serde(rename = "case.updated")]
    CaseUpdated,
    /// Somebody appeals.
    #[serde(rename = "appeal.received")]
    AppealReceived,
    /// An appeal was answered.
    #[serde(rename = "appeal.decided")]
    AppealDecided,
    /// A takedown stopped, by itself or by a person.
    #[serde(rename = "takedown.stopped")]
    TakedownStopped,
}

impl WebhookEvent {
    /// The name that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::DecisionCreated => "decision.created",
            Self::DecisionUndone => "decision.undone",
            Self::CaseOpened => "case.opened",
            Self::CaseUpdated => "case.updated",
            Self::AppealReceived => "appeal.received",
            Self::AppealDecided => "appeal.decided",
            Self::TakedownStopped => "takedown.stopped",
        }
    }
}

/// Where events go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Webhook {
    /// Id.
    pub webhook_id: WebhookId,
    /// Address.
    pub url: String,
    /// What it is told.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told anything.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Micros,
    /// Counts changes.
    pub version: u64,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// To be tried.
    Pending,
    /// Taken by the other side.
    Delivered,
    /// Given up; can be tried again by hand.
    Dead,
}

impl DeliveryStatus {
    /// The word that outputs carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// One event on its way to one webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// Id; the `webhook-id` of Standard Webhooks, the same in every attempt.
    pub delivery_id: DeliveryId,
    /// To whom.
    pub webhook_id: WebhookId,
    /// What it tells.
    pub event: WebhookEvent,
    /// The body, `{type, timestamp, data}`.
    pub payload: Value,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Attempts so far.
    pub attempts: u32,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When to try next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Micros>,
    /// When it came to be.
    pub created_at: Micros,
}

/// Attempts before a delivery is given up.
pub const ATTEMPTS_MAX: u32 = 10;

/// How long to wait after the `attempts`-th failed attempt: 5 s, then twice as long each time up to 12 hours; `None` when
/// it is time to give up.
pub fn retry_after(attempts: u32) -> Option<Micros> {
    let seconds = 5_i64.checked_shl(attempts.saturating_sub(1)).unwrap_or(i64::MAX).min(12 * 3600);
    (attempts < ATTEMPTS_MAX).then_some(Micros(seconds * Micros::SECOND))
}
