//! The rounds: each job sleeps until something changed or its time has come, does its work, and sleeps again.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::JoinHandle;
use vigie_cases::Actor;
use vigie_model::Micros;
use vigie_store::records::{Ctx, DueDelivery, RecordsError};

use super::hunts;
use crate::events::Event;
use crate::state::App;

/// Time after which what other servers did is looked for.
const EVENTS_PAUSE: Duration = Duration::from_secs(1);
/// Time after which due deliveries are looked for.
const WEBHOOKS_PAUSE: Duration = Duration::from_secs(2);
/// Time after which hunts are looked for.
const HUNTS_PAUSE: Duration = Duration::from_secs(10);
/// Time after which the clock does its work: decisions that end, sessions that are over.
const TICK_PAUSE: Duration = Duration::from_secs(30);
/// Changes that are read at once.
const CHANGES_AT_ONCE: usize = 500;
/// Deliveries at once.
const DELIVERIES_AT_ONCE: usize = 8;
/// Time for which a delivery is ours.
const LEASE: Micros = Micros(60 * Micros::SECOND);

/// Starts all jobs; they end when their handles are aborted.
pub fn start(app: &App) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(events(app.clone())),
        tokio::spawn(webhooks(app.clone())),
        tokio::spawn(run_hunts(app.clone())),
        tokio::spawn(clock(app.clone())),
    ]
}

/// Blocking work; what fails is tried again in the next round.
async fn round<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&App) -> Result<T, RecordsError> + Send + 'static,
) -> Option<T> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || work(&app)).await.ok()?.ok()
}

async fn events(app: App) {
    loop {
        let changes =
            round(&app, |app| app.records.changes_since(app.hub.told(&app.records)?, CHANGES_AT_ONCE));
        let changes = changes.await.unwrap_or_default();
        let more = changes.len() == CHANGES_AT_ONCE;
        for change in changes {
            let event = Event { kind: change.topic, id: change.id, version: change.version };
            app.hub.tell(change.seq, event);
        }
        if !more {
            let _ = tokio::time::timeout(EVENTS_PAUSE, app.changed.notified()).await;
        }
    }
}

async fn webhooks(app: App) {
    loop {
        let _ = tokio::time::timeout(WEBHOOKS_PAUSE, app.changed.notified()).await;
        loop {
            let due =
                round(&app, |app| app.records.due_deliveries(app.now(), DELIVERIES_AT_ONCE, LEASE)).await;
            let due = due.unwrap_or_default();
            if due.is_empty() {
                break;
            }
            let mut calls = tokio::task::JoinSet::new();
            for delivery in due {
                let app = app.clone();
                calls.spawn_blocking(move || deliver(&app, &delivery));
            }
            while calls.join_next().await.is_some() {}
        }
    }
}

/// One attempt, and what became of it.
fn deliver(app: &App, due: &DueDelivery) {
    let id = &due.delivery.delivery_id;
    let body = due.delivery.payload.to_string();
    let noted = match app.webhooks.call(&due.url, &due.secret, id.as_str(), &body, app.now()) {
        Ok(()) => {
            app.metrics.delivered.fetch_add(1, Ordering::Relaxed);
            app.records.delivery_done(id, app.now())
        }
        Err(why) => {
            app.metrics.delivery_failures.fetch_add(1, Ordering::Relaxed);
            app.records.delivery_failed(id, &why, app.now())
        }
    };
    // What cannot be noted is sent again when the lease is over: at least once, as webhooks are.
    drop(noted);
}

async fn run_hunts(app: App) {
    round(&app, hunts::clean_up).await;
    loop {
        let _ = hunts::run_waiting(&app).await;
        let _ = tokio::time::timeout(HUNTS_PAUSE, app.hunt_waits.notified()).await;
    }
}

async fn clock(app: App) {
    loop {
        let done = round(&app, |app| {
            app.records.tick(&Ctx::new(Actor::system("expiry"), app.now()))?;
            // Another server may have made the first admin.
            if !*app.has_admin.borrow() && app.records.admin_exists()? {
                app.has_admin.send_replace(true);
            }
            Ok(())
        });
        done.await;
        app.changed.notify_waiters();
        tokio::time::sleep(TICK_PAUSE).await;
    }
}
