//! The exchange table's columns: the one list from which schema, builder and decoders are made.

use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// Whether a row may lack a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// A row without it is rejected.
    Required,
    /// Null means: this source cannot see it.
    Optional,
}

/// Which values of its type a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Every value.
    Any,
    /// Numbers from this one on.
    AtLeast(i32),
    /// One of these words, or an empty text for none.
    Words(&'static [&'static str]),
}

impl Domain {
    /// What is wrong with a number, if anything: continues "`column` …".
    pub fn fault_of_number(self, number: f64) -> Option<String> {
        match self {
            Self::AtLeast(0) if number < 0.0 => Some("is negative".to_owned()),
            Self::AtLeast(least) if number < f64::from(least) => {
                Some(format!("is less than {least}, where counting begins"))
            }
            _ => None,
        }
    }

    /// What is wrong with a text, if anything: continues "`column` …".
    pub fn fault_of_text(self, text: &str) -> Option<String> {
        match self {
            Self::Words(words) if !text.is_empty() && !words.contains(&text) => {
                Some(format!("is none of {}", words.join(", ")))
            }
            _ => None,
        }
    }
}

/// One column of the exchange table.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeColumn {
    /// Flat snake_case name, as in the exchange schema.
    pub name: &'static str,
    /// Whether a row may lack it.
    pub requirement: Requirement,
    /// Which values it may hold.
    pub domain: Domain,
    kind: ColumnKind,
}

#[derive(Clone, Copy, Debug)]
enum ColumnKind {
    Text,
    Timestamp,
    Int32,
    Int64,
    Float64,
    Bool,
}

impl ExchangeColumn {
    /// The Arrow type of the canonical table.
    pub fn data_type(&self) -> DataType {
        match self.kind {
            ColumnKind::Text => DataType::Utf8,
            ColumnKind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            ColumnKind::Int32 => DataType::Int32,
            ColumnKind::Int64 => DataType::Int64,
            ColumnKind::Float64 => DataType::Float64,
            ColumnKind::Bool => DataType::Boolean,
        }
    }
}

const fn required(name: &'static str, kind: ColumnKind) -> ExchangeColumn {
    ExchangeColumn { name, requirement: Requirement::Required, domain: Domain::Any, kind }
}

const fn optional(name: &'static str, kind: ColumnKind) -> ExchangeColumn {
    ExchangeColumn { name, requirement: Requirement::Optional, domain: Domain::Any, kind }
}

const fn at_least(least: i32, name: &'static str, kind: ColumnKind) -> ExchangeColumn {
    ExchangeColumn { name, requirement: Requirement::Optional, domain: Domain::AtLeast(least), kind }
}

const fn words(words: &'static [&'static str], name: &'static str) -> ExchangeColumn {
    let domain = Domain::Words(words);
    ExchangeColumn { name, requirement: Requirement::Optional, domain, kind: ColumnKind::Text }
}

/// Every column of the exchange table, version 1, in the order of the schema page.
pub const EXCHANGE_COLUMNS: &[ExchangeColumn] = &[
    required("event_id", ColumnKind::Text),
    required("timestamp", ColumnKind::Timestamp),
    required("account_id", ColumnKind::Text),
    optional("org_id", ColumnKind::Text),
    optional("api_key_id", ColumnKind::Text),
    optional("end_user_id", ColumnKind::Text),
    words(&["none", "unsigned", "signed"], "end_user_assertion"),
    optional("session_id", ColumnKind::Text),
    optional("conversation_id", ColumnKind::Text),
    at_least(1, "turn", ColumnKind::Int32),
    optional("client_address", ColumnKind::Text),
    words(&["peer", "trusted_proxy", "claimed", "masked"], "client_address_trust"),
    optional("user_agent", ColumnKind::Text),
    optional("ja4", ColumnKind::Text),
    optional("country", ColumnKind::Text),
    optional("provider", ColumnKind::Text),
    optional("operation", ColumnKind::Text),
    optional("request_model", ColumnKind::Text),
    optional("response_model", ColumnKind::Text),
    optional("response_id", ColumnKind::Text),
    optional("stream", ColumnKind::Bool),
    optional("temperature", ColumnKind::Float64),
    optional("max_tokens", ColumnKind::Int64),
    optional("logprobs", ColumnKind::Bool),
    optional("system_prompt", ColumnKind::Text),
    optional("prompt", ColumnKind::Text),
    optional("tools", ColumnKind::Text),
    optional("completion", ColumnKind::Text),
    at_least(0, "input_tokens", ColumnKind::Int64),
    at_least(0, "output_tokens", ColumnKind::Int64),
    at_least(0, "cached_input_tokens", ColumnKind::Int64),
    at_least(0, "reasoning_tokens", ColumnKind::Int64),
    optional("finish_reason", ColumnKind::Text),
    optional("refusal", ColumnKind::Bool),
    optional("refusal_category", ColumnKind::Text),
    optional("http_status", ColumnKind::Int32),
    optional("error_type", ColumnKind::Text),
    at_least(0, "duration_ms", ColumnKind::Float64),
    at_least(0, "ttft_ms", ColumnKind::Float64),
    optional("source_kind", ColumnKind::Text),
];

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let fields = EXCHANGE_COLUMNS
        .iter()
        .map(|c| Field::new(c.name, c.data_type(), c.requirement == Requirement::Optional))
        .collect::<Vec<_>>();
    Arc::new(Schema::new(fields))
});

/// The canonical Arrow schema of the exchange table, all columns present.
pub fn exchange_schema() -> SchemaRef {
    SCHEMA.clone()
}

#[cfg(test)]
mod tests {
    use super::Domain;

    #[test]
    fn values_out_of_their_domain_are_told() {
        let words = Domain::Words(&["peer", "masked"]);
        let told = [
            Domain::AtLeast(0).fault_of_number(-0.5),
            Domain::AtLeast(1).fault_of_number(0.0),
            words.fault_of_text("Peer"),
        ];
        assert_eq!(
            told.map(Option::unwrap),
            ["is negative", "is less than 1, where counting begins", "is none of peer, masked"]
        );
        assert_eq!(Domain::AtLeast(0).fault_of_number(0.0), None);
        assert_eq!(Domain::Any.fault_of_number(-1.0), None);
        assert_eq!((words.fault_of_text("peer"), words.fault_of_text("")), (None, None));
    }
}
