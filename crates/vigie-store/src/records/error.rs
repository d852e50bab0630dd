//! Why the records say no.

use vigie_cases::{FieldError, RuleError};

/// Why a request to the records failed. Nothing was changed by a request that failed.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// There is none with this id.
    #[error("there is no {0}")]
    NotFound(String),
    /// Somebody changed it in between.
    #[error("it was changed in between: it is at version {current}; read it again and decide anew")]
    Stale {
        /// Its version now.
        current: u64,
    },
    /// Right, but not for this person.
    #[error("{0}")]
    Forbidden(String),
    /// The request is wrong, field by field.
    #[error("{}", .0.iter().map(|e| format!("{}: {}", e.field, e.message)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// Right, but not in this state.
    #[error("{0}")]
    Conflict(String),
    /// The store cannot be reached or does not work now; try again.
    #[error("the records are unavailable: {0}")]
    Unavailable(String),
}

impl RecordsError {
    /// `field` must be `message`.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// There is no `what` with the id `id`.
    pub(crate) fn missing(what: &str, id: impl std::fmt::Display) -> Self {
        Self::NotFound(format!("{what} {id}"))
    }
}

impl From<RuleError> for RecordsError {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::Invalid(fields) => Self::Invalid(fields),
            RuleError::Forbidden(why) => Self::Forbidden(why),
            RuleError::Conflict(why) => Self::Conflict(why),
        }
    }
}

impl From<serde_json::Error> for RecordsError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unavailable(format!(
            "a stored document cannot be read: {error}; was it written by a newer version?"
        ))
    }
}
