//! Why a request cannot be: field by field for a form, or in one sentence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One field that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldError {
    /// Path of the field, such as `evidence` or `stop.min_wave`.
    pub field: String,
    /// What it must be.
    pub message: String,
}

impl FieldError {
    /// `field` must be `message`.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

/// Why a rule says no.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// The request itself is wrong.
    #[error("{}", fields(.0))]
    Invalid(Vec<FieldError>),
    /// It is right, but not for this person.
    #[error("{0}")]
    Forbidden(String),
    /// It is right, but not in this state.
    #[error("{0}")]
    Conflict(String),
}

fn fields(errors: &[FieldError]) -> String {
    errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect::<Vec<_>>().join("; ")
}

/// Notes that `field` must be `must` when `holds` is false.
pub(crate) fn check(errors: &mut Vec<FieldError>, holds: bool, field: &str, must: &str) {
    if !holds {
        errors.push(FieldError::new(field, format!("must be {must}")));
    }
}

/// Whether `text` says something and is at most `chars_max` characters long.
pub(crate) fn says(text: &str, chars_max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= chars_max
}
