//! The records: cases, decisions, takedowns, appeals, audit, users, on SQLite or PostgreSQL.
//!
//! What lives here: one store over a minimal SQL seam; the same statements run on both databases. What does not: the rules
//! (vigie-cases), HTTP, clocks: the time is handed in with each request.
//!
//! **Invariant:** what a method returned is on disk, with its audit entry and its outgoing events, in one transaction.
//! **Invariant:** one writer at a time for the whole database, however many servers, so that the audit chain has no forks.
//! **Invariant:** no secret is stored but the webhooks' own (to sign with) and the store's key; of others only hashes.

mod access;
mod account;
mod activity;
mod appeals;
mod audit;
mod cases;
mod decisions;
mod engine;
mod error;
mod exceptions;
mod hunts;
mod import;
mod list;
mod members;
mod merge;
mod overview;
mod postgres;
mod schema;
mod sql;
mod sqlite;
mod takedowns;
mod tls;
mod tx;
mod types;
mod views;
mod waves;
mod webhooks;

pub use engine::Records;
pub use error::RecordsError;
pub use types::*;
pub use views::*;
