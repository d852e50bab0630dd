//! An exchange as a row (for decoders that read rows) and as columns (for everything after them).

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};

use crate::columns::exchange_schema;
use crate::time::Micros;

/// A batch that does not follow the exchange schema.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A required column is absent.
    #[error("column `{0}` is missing; the exchange table requires event_id, timestamp and account_id")]
    Missing(&'static str),
    /// A column has another type than the schema says.
    #[error("column `{column}` has type {found}, expected {expected}")]
    WrongType {
        /// The column's name.
        column: &'static str,
        /// Its type in the batch.
        found: String,
        /// Its type in the schema.
        expected: &'static str,
    },
}

macro_rules! exchange_row {
    ($($field:ident : $kind:ident),* $(,)?) => {
        /// One request to a model and what came back. Absent means: the source cannot see it.
        ///
        /// Field meanings are those of the exchange schema, version 1.
        #[derive(Clone, Debug, Default, PartialEq)]
        #[expect(missing_docs, reason = "the exchange schema page documents every column by name")]
        pub struct Exchange {
            pub event_id: String,
            pub timestamp: Micros,
            pub account_id: String,
            $(pub $field: Option<exchange_row!(@row $kind)>,)*
        }

        /// Collects rows into one canonical batch.
        #[derive(Default)]
        pub struct ExchangeBatchBuilder {
            len: usize,
            event_id: StringBuilder,
            timestamp: TimestampMicrosecondBuilder,
            account_id: StringBuilder,
            $($field: exchange_row!(@builder $kind),)*
        }

        impl ExchangeBatchBuilder {
            /// Adds one row.
            pub fn push(&mut self, row: &Exchange) {
                self.len += 1;
                self.event_id.append_value(&row.event_id);
                self.timestamp.append_value(row.timestamp.0);
                self.account_id.append_value(&row.account_id);
                $(exchange_row!(@append $kind, self.$field, row.$field);)*
            }

            /// The batch of all rows pushed since the last call, in the canonical schema.
            pub fn finish(&mut self) -> RecordBatch {
                self.len = 0;
                let columns: Vec<ArrayRef> = vec![
                    Arc::new(self.event_id.finish()),
                    Arc::new(self.timestamp.finish().with_timezone("UTC")),
                    Arc::new(self.account_id.finish()),
                    $(Arc::new(self.$field.finish()),)*
                ];
                RecordBatch::try_new(exchange_schema(), columns).expect("builders follow the schema")
            }
        }

        /// Typed columns of a batch. A column that the source lacks is `None`.
        #[derive(Clone, Copy, Debug)]
        #[expect(missing_docs, reason = "the exchange schema page documents every column by name")]
        pub struct ExchangeView<'a> {
            pub event_id: &'a StringArray,
            pub timestamp: &'a TimestampMicrosecondArray,
            pub account_id: &'a StringArray,
            $(pub $field: Option<&'a exchange_row!(@array $kind)>,)*
        }

        impl<'a> ExchangeView<'a> {
            /// Views a batch by column name; extra columns are ignored.
            ///
            /// # Errors
            /// [`SchemaError`] when a required column is missing or a column has a foreign type.
            pub fn try_new(batch: &'a RecordBatch) -> Result<Self, SchemaError> {
                Ok(Self {
                    event_id: text(batch, "event_id")?.ok_or(SchemaError::Missing("event_id"))?,
                    timestamp: timestamp(batch, "timestamp")?.ok_or(SchemaError::Missing("timestamp"))?,
                    account_id: text(batch, "account_id")?.ok_or(SchemaError::Missing("account_id"))?,
                    $($field: exchange_row!(@view $kind)(batch, stringify!($field))?,)*
                })
            }

            /// Row `i` as an owned exchange.
            pub fn row(&self, i: usize) -> Exchange {
                Exchange {
                    event_id: self.event_id.value(i).to_owned(),
                    timestamp: Micros(self.timestamp.value(i)),
                    account_id: self.account_id.value(i).to_owned(),
                    $($field: self.$field.filter(|a| a.is_valid(i)).map(|a| a.value(i).into()),)*
                }
            }
        }
    };
    (@row text) => { String };
    (@row int32) => { i32 };
    (@row int64) => { i64 };
    (@row float) => { f64 };
    (@row bool) => { bool };
    (@builder text) => { StringBuilder };
    (@builder int32) => { Int32Builder };
    (@builder int64) => { Int64Builder };
    (@builder float) => { Float64Builder };
    (@builder bool) => { BooleanBuilder };
    (@array text) => { StringArray };
    (@array int32) => { Int32Array };
    (@array int64) => { Int64Array };
    (@array float) => { Float64Array };
    (@array bool) => { BooleanArray };
    (@view text) => { text };
    (@view int32) => { int32 };
    (@view int64) => { int64 };
    (@view float) => { float };
    (@view bool) => { boolean };
    (@append text, $builder:expr, $value:expr) => { $builder.append_option($value.as_deref()) };
    (@append $kind:ident, $builder:expr, $value:expr) => { $builder.append_option($value) };
}

exchange_row! {
    org_id: text,
    api_key_id: text,
    end_user_id: text,
    end_user_assertion: text,
    session_id: text,
    conversation_id: text,
    turn: int32,
    client_address: text,
    client_address_trust: text,
    user_agent: text,
    ja4: text,
    country: text,
    provider: text,
    operation: text,
    request_model: text,
    response_model: text,
    response_id: text,
    stream: bool,
    temperature: float,
    max_tokens: int64,
    logprobs: bool,
    system_prompt: text,
    prompt: text,
    tools: text,
    completion: text,
    input_tokens: int64,
    output_tokens: int64,
    cached_input_tokens: int64,
    reasoning_tokens: int64,
    finish_reason: text,
    refusal: bool,
    refusal_category: text,
    http_status: int32,
    error_type: text,
    duration_ms: float,
    ttft_ms: float,
    source_kind: text,
}

impl ExchangeBatchBuilder {
    /// Rows pushed since the last [`finish`](Self::finish).
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was pushed since the last [`finish`](Self::finish).
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl ExchangeView<'_> {
    /// Rows in the batch.
    pub fn len(&self) -> usize {
        self.event_id.len()
    }

    /// Whether the batch has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a ArrayRef> {
    batch.column_by_name(name)
}

macro_rules! typed {
    ($function:ident, $array:ty, $cast:expr, $expected:literal) => {
        fn $function<'a>(
            batch: &'a RecordBatch,
            name: &'static str,
        ) -> Result<Option<&'a $array>, SchemaError> {
            let Some(array) = column(batch, name) else { return Ok(None) };
            let cast: fn(&'a ArrayRef) -> Option<&'a $array> = $cast;
            cast(array).map(Some).ok_or_else(|| SchemaError::WrongType {
                column: name,
                found: array.data_type().to_string(),
                expected: $expected,
            })
        }
    };
}

typed!(text, StringArray, |a| a.as_string_opt::<i32>(), "Utf8");
typed!(
    timestamp,
    TimestampMicrosecondArray,
    |a| a.as_primitive_opt::<TimestampMicrosecondType>(),
    "Timestamp(µs, UTC)"
);
typed!(int32, Int32Array, |a| a.as_primitive_opt::<Int32Type>(), "Int32");
typed!(int64, Int64Array, |a| a.as_primitive_opt::<Int64Type>(), "Int64");
typed!(float, Float64Array, |a| a.as_primitive_opt::<Float64Type>(), "Float64");
typed!(boolean, BooleanArray, |a| a.as_boolean_opt(), "Boolean");

#[cfg(test)]
mod tests {
    use super::{Exchange, ExchangeBatchBuilder, ExchangeView};
    use crate::time::Micros;

    #[test]
    fn rows_survive_the_batch() {
        let row = Exchange {
            event_id: "e1".into(),
            timestamp: Micros(1_700_000_000_000_000),
            account_id: "a1".into(),
            prompt: Some("Hello".into()),
            temperature: Some(0.7),
            turn: Some(1),
            stream: Some(false),
            ..Exchange::default()
        };
        let mut builder = ExchangeBatchBuilder::default();
        builder.push(&row);
        builder.push(&Exchange { event_id: "e2".into(), account_id: "a2".into(), ..Exchange::default() });
        let batch = builder.finish();
        let view = ExchangeView::try_new(&batch).unwrap();
        assert_eq!(view.len(), 2);
        assert_eq!(view.row(0), row);
        assert_eq!(view.row(1).prompt, None);
        assert!(builder.is_empty());
    }

    #[test]
    fn absent_optional_columns_are_none_and_absent_required_ones_an_error() {
        let mut builder = ExchangeBatchBuilder::default();
        builder.push(&Exchange::default());
        let batch = builder.finish();
        let narrow = batch.project(&[0, 1, 2]).unwrap();
        assert!(ExchangeView::try_new(&narrow).unwrap().prompt.is_none());
        let error = ExchangeView::try_new(&batch.project(&[0, 1]).unwrap()).unwrap_err();
        assert!(error.to_string().contains("account_id"), "{error}");
    }
}
