//! The server: HTTP API over the records, sign-in, background hunts, webhooks, and the embedded console.
//!
//! What lives here: everything between a socket and the records. [`app`] makes the routes over a [`Server`] and is tested
//! without a socket; [`serve`] opens the doors. What does not: the rules of cases and decisions (vigie-cases), how they
//! are kept (vigie-store), arguments and standard streams (the binary).
//!
//! **Invariant:** nobody but this machine is let in until an admin exists.
//! **Invariant:** every change that a browser asks for carries the session's CSRF value.
//! **Invariant:** no handler holds a thread of the runtime: the records block, so handlers run where blocking is allowed.

mod api;
mod assets;
mod auth;
mod endpoint;
mod events;
mod flow;
mod headers;
mod jobs;
mod listen;
mod metrics;
mod openapi;
mod operation;
mod problem;
mod request;
mod router;
mod secret;
mod serve;
mod state;
mod table;

pub use auth::forwarded::AddressRange;
pub use auth::oidc::OidcConfig;
pub use jobs::start as start_jobs;
pub use router::{app, openapi};
pub use serve::{Ready, ServeError, serve};
pub use state::{App, Config, Server};

/// Whether the console is in this build.
pub fn console_built() -> bool {
    assets::built()
}
