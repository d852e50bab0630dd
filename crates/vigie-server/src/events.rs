//! What happens, live: server-sent events for everybody who is signed in.
//!
//! The feed is what the records note as changed: whatever any server over the same records did is told, so that several
//! servers over one PostgreSQL need no channel of their own. A listener that falls behind is told to read all again.

use std::convert::Infallible;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as Line, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use tokio::sync::{broadcast, mpsc};
use vigie_store::records::{Records, RecordsError};

use crate::api::events_operation;
use crate::auth;
use crate::flow::Chunks;
use crate::problem::Problem;
use crate::state::App;

/// Events that a slow listener may fall behind.
const BEHIND_MAX: usize = 1_024;
/// Streams at once, at most.
const STREAMS_MAX: i64 = 2_000;

/// Something happened to a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// `case`, `decision`, `takedown`, `appeal`, `hunt`, or `all` after a gap.
    #[serde(skip)]
    pub kind: String,
    /// Which.
    pub id: String,
    /// Its version after the change.
    pub version: u64,
}

/// Hands events to listeners.
#[derive(Debug)]
pub struct Hub {
    send: broadcast::Sender<Event>,
    /// The last change that was told, or that there was when the first listener came.
    told: Mutex<Option<u64>>,
}

impl Hub {
    /// Nobody listens yet.
    pub fn new() -> Self {
        Self { send: broadcast::Sender::new(BEHIND_MAX), told: Mutex::default() }
    }

    /// The last change that was told; at first, the last that there is.
    ///
    /// # Errors
    /// Those of the records.
    pub fn told(&self, records: &Records) -> Result<u64, RecordsError> {
        let mut told =
            self.told.lock().map_err(|_| RecordsError::Unavailable("the feed broke off".into()))?;
        match *told {
            Some(seq) => Ok(seq),
            None => Ok(*told.insert(records.changes_head()?)),
        }
    }

    /// Tells everybody of the change with this number.
    pub fn tell(&self, seq: u64, event: Event) {
        if let Ok(mut told) = self.told.lock() {
            *told = Some(seq);
        }
        // That nobody listens is no error.
        let _ = self.send.send(event);
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.send.subscribe()
    }
}

/// `GET /events`.
pub async fn stream(State(app): State<App>, headers: HeaderMap) -> Response {
    let asked = app.clone();
    let admitted = tokio::task::spawn_blocking(move || {
        auth::admit(&asked, &events_operation(), &headers)?;
        // From here on nothing is missed, though the feed may not have begun.
        asked.hub.told(&asked.records)?;
        Ok::<_, Problem>(asked.hub.listen())
    });
    let mut events = match admitted.await {
        Ok(Ok(events)) => events,
        Ok(Err(problem)) => return problem.into_response(),
        Err(_) => return Problem::bug("the request broke off").into_response(),
    };
    if app.metrics.streams.load(Ordering::Relaxed) >= STREAMS_MAX {
        return Problem::too_often(30).into_response();
    }
    let (send, receive) = mpsc::channel::<Result<Line, Infallible>>(64);
    app.metrics.streams.fetch_add(1, Ordering::Relaxed);
    tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                event = events.recv() => event,
                () = send.closed() => break,
            };
            let event = match event {
                Ok(event) => event,
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    Event { kind: "all".to_owned(), id: String::new(), version: 0 }
                }
                Err(broadcast::error::RecvError::Closed) => break,
            };
            let data = serde_json::to_string(&event).unwrap_or_default();
            if send.send(Ok(Line::default().event(event.kind).data(data))).await.is_err() {
                break;
            }
        }
        app.metrics.streams.fetch_sub(1, Ordering::Relaxed);
    });
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    Sse::new(Chunks(receive)).keep_alive(alive).into_response()
}
