//! Rows that could not be read.

use std::fmt;

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

/// `log.jsonl, line 7: turn is negative`, as a person reads it.
impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: ", self.file, self.line)?;
        if let Some(field) = &self.field {
            write!(f, "{field} ")?;
        }
        f.write_str(&self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::Reject;

    #[test]
    fn a_reject_reads_as_a_sentence() {
        let mut reject =
            Reject { file: "log".into(), line: 7, field: Some("turn".into()), reason: "is negative".into() };
        assert_eq!(reject.to_string(), "log, line 7: turn is negative");
        reject.field = None;
        assert_eq!(reject.to_string(), "log, line 7: is negative");
    }
}
