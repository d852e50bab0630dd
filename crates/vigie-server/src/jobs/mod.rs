//! What runs beside the requests: hunts, webhooks, live events, the clock's work.
//!
//! **Invariant:** nothing here holds a lock or a thread that a request needs; each job sleeps until there is work.

pub mod child;
pub mod hunts;
mod rounds;
pub mod webhook;

pub use rounds::start;
