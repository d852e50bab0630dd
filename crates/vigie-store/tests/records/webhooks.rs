//! Events on their way out.

use vigie_cases::{ATTEMPTS_MAX, DeliveryStatus, Role, WebhookEvent};
use vigie_model::{Action, Micros};
use vigie_store::records::{ListQuery, NewWebhook, RecordsError, WebhookPatch};

use crate::fixtures::{NOW, ctx, day, new_decision, person};
use crate::place::Store;

pub fn an_event_is_leased_retried_and_given_up(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let new = NewWebhook {
        url: "https://example.org/hook".to_owned(),
        events: vec![WebhookEvent::DecisionCreated],
        enabled: true,
        secret: "whsec".to_owned(),
    };
    let hook = records.create_webhook(&ctx(&ada, NOW), &new).unwrap();
    let bad = NewWebhook { url: "file:///etc".to_owned(), ..new };
    assert!(matches!(records.create_webhook(&ctx(&ada, NOW), &bad), Err(RecordsError::Invalid(_))));

    let decision = records.create_decision(&ctx(&ada, NOW), &new_decision("a", Action::Throttle)).unwrap();
    records.undo_decision(&ctx(&ada, NOW), &decision.decision_id, "no", None).unwrap();
    let lease = Micros(60 * Micros::SECOND);
    let due = records.due_deliveries(NOW, 10, lease).unwrap();
    assert_eq!(due.len(), 1, "only what the webhook wants to hear");
    let payload = &due[0].delivery.payload;
    assert_eq!(payload["type"], "decision.created");
    let told = &payload["data"]["decisions"][0];
    assert_eq!(told["decision_id"], decision.decision_id.as_str());
    assert_eq!(told["appeal_token"].as_str(), decision.appeal_token.as_deref());
    assert_eq!(due[0].secret, "whsec");
    assert!(records.due_deliveries(NOW, 10, lease).unwrap().is_empty(), "claimed");
    assert_eq!(
        records.due_deliveries(Micros(NOW.0 + lease.0), 10, lease).unwrap().len(),
        1,
        "the claimer died"
    );

    let id = &due[0].delivery.delivery_id;
    for _ in 1..ATTEMPTS_MAX {
        let failed = records.delivery_failed(id, "503", NOW).unwrap();
        assert!(failed.status == DeliveryStatus::Pending && failed.next_at > Some(NOW));
    }
    assert_eq!(records.delivery_failed(id, "503", NOW).unwrap().status, DeliveryStatus::Dead);
    assert!(records.due_deliveries(day(9), 10, lease).unwrap().is_empty());
    records.retry_delivery(&ctx(&ada, day(9)), id).unwrap();
    let off = WebhookPatch { enabled: Some(false), ..WebhookPatch::default() };
    records.patch_webhook(&ctx(&ada, day(9)), &hook.webhook_id, &off, Some(1)).unwrap();
    assert!(records.due_deliveries(day(9), 10, lease).unwrap().is_empty(), "disabled webhooks wait");
    assert_eq!(records.delivery_done(id, day(9)).unwrap().status, DeliveryStatus::Delivered);
    assert_eq!(records.deliveries(&hook.webhook_id, &ListQuery::default()).unwrap().items.len(), 1);
    records.delete_webhook(&ctx(&ada, day(9)), &hook.webhook_id).unwrap();
    assert!(records.webhooks(&ListQuery::default()).unwrap().items.is_empty());
}
