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

/// One column of the exchange table.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeColumn {
    /// Flat snake_case name, as in the exchange schema.
    pub name: &'static str,
    /// Whether a row may lack it.
    pub requirement: Requirement,
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
    ExchangeColumn { name, requirement: Requirement::Required, kind }
}

const fn optional(name: &'static str, kind: ColumnKind) -> ExchangeColumn {
    ExchangeColumn { name, requirement: Requirement::Optional, kind }
}

/// Every column of the exchange table, version 1, in the order of the schema page.
pub const EXCHANGE_COLUMNS: &[ExchangeColumn] = &[
    required("event_id", ColumnKind::Text),
    required("timestamp", ColumnKind::Timestamp),
    required("account_id", ColumnKind::Text),
    optional("org_id", ColumnKind::Text),
    optional("api_key_id", ColumnKind::Text),
    optional("end_user_id", ColumnKind::Text),
    optional("end_user_assertion", ColumnKind::Text),
    optional("session_id", ColumnKind::Text),
    optional("conversation_id", ColumnKind::Text),
    optional("turn", ColumnKind::Int32),
    optional("client_address", ColumnKind::Text),
    optional("client_address_trust", ColumnKind::Text),
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
    optional("input_tokens", ColumnKind::Int64),
    optional("output_tokens", ColumnKind::Int64),
    optional("cached_input_tokens", ColumnKind::Int64),
    optional("reasoning_tokens", ColumnKind::Int64),
    optional("finish_reason", ColumnKind::Text),
    optional("refusal", ColumnKind::Bool),
    optional("refusal_category", ColumnKind::Text),
    optional("http_status", ColumnKind::Int32),
    optional("error_type", ColumnKind::Text),
    optional("duration_ms", ColumnKind::Float64),
    optional("ttft_ms", ColumnKind::Float64),
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
