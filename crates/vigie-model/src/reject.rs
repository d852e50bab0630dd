//! Rows that could not be read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One rejected row: where it stood and why it was skipped. A line of `rejects.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reject {
    /// The file as the user named it, `-` for standard input.
    pub file: String,
    /// Line (text formats) or row (Parquet), counted from 1.
    pub line: u64,
    /// The field at fault, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong and what would be right.
    pub reason: String,
}
