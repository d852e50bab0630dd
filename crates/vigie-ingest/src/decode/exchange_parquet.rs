//! The canonical exchange table as Parquet.
//!
//! Columns are read as they are and cast only where their type differs; a cell that does not fit rejects its row.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, new_null_array};
use arrow_schema::DataType;
use arrow_select::filter::{FilterBuilder, FilterPredicate};
use vigie_model::{Domain, EXCHANGE_COLUMNS, ExchangeColumn, Reject, Requirement, exchange_schema};

use crate::conform::{SOURCE_KIND, compatible, conform, lost, with_source_kind, without_nan};
use crate::decode::text::Fault;
use crate::decode::{Decoded, Decoder};
use crate::error::IngestError;
use crate::format::Format;
use crate::input::Meter;
use crate::options::{BATCH_ROWS_MAX, ReadOptions};
use crate::parquet_file::{Chunks, ParquetBatches, text_bytes};

const REQUIRED: &str = "event_id, timestamp and account_id";

pub(crate) struct ExchangeParquet {
    batches: ParquetBatches,
    row_bytes_max: usize,
    names_source: bool,
    /// One column of nulls per canonical column, sliced where the file lacks it.
    nulls: Vec<Option<ArrayRef>>,
}

impl ExchangeParquet {
    pub(crate) fn open(chunks: Chunks, options: &ReadOptions, meter: &Meter) -> Result<Self, IngestError> {
        let batches = chunks.read(&|name| options.columns.contains(name), options, meter)?;
        let file = || batches.file().to_owned();
        for (index, column) in EXCHANGE_COLUMNS.iter().enumerate() {
            match batches.schema().column_with_name(column.name) {
                None if column.requirement == Requirement::Required => {
                    return Err(missing(&batches, column.name));
                }
                Some((_, field))
                    if options.columns.at(index) && !compatible(field.data_type(), &column.data_type()) =>
                {
                    return Err(IngestError::WrongType {
                        file: file(),
                        column: column.name.to_owned(),
                        found: field.data_type().to_string(),
                        expected: expected(column),
                    });
                }
                _ => {}
            }
        }
        let nulls = EXCHANGE_COLUMNS
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let read = options.columns.at(index);
                let present = read && batches.schema().column_with_name(column.name).is_some();
                (!present).then(|| new_null_array(&column.data_type(), BATCH_ROWS_MAX))
            })
            .collect();
        let names_source = options.columns.contains(SOURCE_KIND);
        Ok(Self { batches, row_bytes_max: options.row_limit(), names_source, nulls })
    }

    fn decode(&self, first_row: u64, batch: &RecordBatch) -> Result<Decoded, IngestError> {
        let rows = batch.num_rows();
        let mut faults = Faults::default();
        if text_bytes(batch) > self.row_bytes_max {
            for row in 0..rows {
                if text_bytes(&batch.slice(row, 1)) > self.row_bytes_max {
                    faults.add(row, None, Fault::too_long(self.row_bytes_max).reason);
                }
            }
        }
        let mut columns = Vec::with_capacity(EXCHANGE_COLUMNS.len());
        for (column, nulls) in EXCHANGE_COLUMNS.iter().zip(&self.nulls) {
            let array = match (nulls, batch.column_by_name(column.name)) {
                (None, Some(found)) => self.conform(column, found, &mut faults)?,
                (Some(nulls), _) if rows <= nulls.len() => nulls.slice(0, rows),
                _ => new_null_array(&column.data_type(), rows),
            };
            columns.push(array);
        }
        let damaged = |e: arrow_schema::ArrowError| IngestError::Damaged {
            file: self.batches.file().to_owned(),
            detail: e.to_string(),
        };
        if let Some(keep) = faults.keep(rows) {
            columns = columns.iter().map(|c| keep.filter(c)).collect::<Result<_, _>>().map_err(damaged)?;
        }
        let mut batch = RecordBatch::try_new(exchange_schema(), columns).map_err(damaged)?;
        if self.names_source {
            batch = with_source_kind(batch, Format::Parquet).map_err(damaged)?;
        }
        Ok(Decoded { batch, rejects: faults.into_rejects(self.batches.file(), first_row) })
    }

    fn conform(
        &self,
        column: &ExchangeColumn,
        found: &ArrayRef,
        faults: &mut Faults,
    ) -> Result<ArrayRef, IngestError> {
        let wrong_type = |detail: String| IngestError::WrongType {
            file: self.batches.file().to_owned(),
            column: column.name.to_owned(),
            found: detail,
            expected: expected(column),
        };
        let found = &without_nan(found);
        let array = conform(found, &column.data_type()).map_err(|e| wrong_type(e.to_string()))?;
        for row in lost(found, &array) {
            faults.add(row, Some(column.name), misfit(&column.data_type(), found.data_type()));
        }
        outside(column, &array, faults);
        if column.requirement == Requirement::Required {
            for row in nulls(&array) {
                faults.add(row, Some(column.name), "is null, but required".to_owned());
            }
            if let Some(text) = array.as_string_opt::<i32>() {
                let empty = |ends: &[i32]| ends[0] == ends[1];
                if text.value_offsets().windows(2).any(empty) {
                    for (row, _) in text.iter().enumerate().filter(|(_, cell)| *cell == Some("")) {
                        faults.add(row, Some(column.name), "is empty, but required".to_owned());
                    }
                }
            }
        }
        Ok(array)
    }
}

impl Decoder<Decoded> for ExchangeParquet {
    fn next(&mut self) -> Result<Option<Decoded>, IngestError> {
        let Some((first_row, batch)) = self.batches.next()? else { return Ok(None) };
        self.decode(first_row, &batch).map(Some)
    }
}

fn missing(batches: &ParquetBatches, column: &'static str) -> IngestError {
    let file = batches.file().to_owned();
    if batches.schema().column_with_name("object_id").is_some() {
        return IngestError::WrongTable {
            file,
            found: "the objects table",
            wanted: "exchanges",
            remedy: "name it with --objects",
        };
    }
    if batches.schema().column_with_name("campaign_id").is_some() {
        return IngestError::WrongTable {
            file,
            found: "what a hunt wrote",
            wanted: "exchanges",
            remedy: "name the logs themselves",
        };
    }
    IngestError::MissingColumn { file, column, table: "the exchange table", required: REQUIRED }
}

fn expected(column: &ExchangeColumn) -> String {
    match column.data_type() {
        DataType::Timestamp(..) => "a timestamp, or RFC 3339 text".to_owned(),
        DataType::Utf8 => "text".to_owned(),
        DataType::Int32 | DataType::Int64 => "whole numbers".to_owned(),
        DataType::Float64 => "numbers".to_owned(),
        other => other.to_string(),
    }
}

fn misfit(to: &DataType, from: &DataType) -> String {
    match to {
        DataType::Timestamp(..) if matches!(from, DataType::Timestamp(..)) => {
            "is out of range: before the year 1 or after 9999; check the unit of the column"
        }
        DataType::Timestamp(..) => "is not an RFC 3339 time such as 2026-02-23T08:00:00Z",
        DataType::Int32 => "is no whole number of 32 bits",
        DataType::Int64 => "is no whole number of 64 bits",
        DataType::Utf8 => "is not UTF-8",
        _ => "does not fit the column's type",
    }
    .to_owned()
}

/// Notes values of the right type that the column may not hold.
fn outside(column: &ExchangeColumn, array: &ArrayRef, faults: &mut Faults) {
    let domain = column.domain;
    let mut note = |row: usize, fault: Option<String>| {
        if let Some(reason) = fault {
            faults.add(row, Some(column.name), reason);
        }
    };
    match domain {
        Domain::Any => {}
        Domain::Words(_) => {
            for (row, text) in array.as_string::<i32>().iter().enumerate() {
                note(row, text.and_then(|text| domain.fault_of_text(text)));
            }
        }
        Domain::AtLeast(_) => {
            for row in 0..array.len() {
                note(row, number(array, row).and_then(|number| domain.fault_of_number(number)));
            }
        }
    }
}

/// A cell of a column of numbers.
fn number(array: &ArrayRef, row: usize) -> Option<f64> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Int32 => Some(f64::from(array.as_primitive::<Int32Type>().value(row))),
        DataType::Int64 => Some(array.as_primitive::<Int64Type>().value(row) as f64),
        DataType::Float64 => Some(array.as_primitive::<Float64Type>().value(row)),
        _ => None,
    }
}

/// Null rows of a column that may have none.
fn nulls(array: &ArrayRef) -> impl Iterator<Item = usize> + '_ {
    let rows = if array.null_count() == 0 { 0 } else { array.len() };
    (0..rows).filter(|row| array.is_null(*row))
}

/// The first fault of each row.
#[derive(Default)]
struct Faults(BTreeMap<usize, (Option<&'static str>, String)>);

impl Faults {
    fn add(&mut self, row: usize, field: Option<&'static str>, reason: String) {
        self.0.entry(row).or_insert((field, reason));
    }

    /// A filter for the good rows, where there are bad ones.
    fn keep(&self, rows: usize) -> Option<FilterPredicate> {
        if self.0.is_empty() {
            return None;
        }
        let keep: BooleanArray = (0..rows).map(|row| Some(!self.0.contains_key(&row))).collect();
        Some(FilterBuilder::new(&keep).optimize().build())
    }

    fn into_rejects(self, file: &str, first_row: u64) -> Vec<Reject> {
        let reject = |(row, (field, reason)): (usize, (Option<&str>, String))| Reject {
            file: file.to_owned(),
            line: first_row + row as u64,
            field: field.map(str::to_owned),
            reason,
        };
        self.0.into_iter().map(reject).collect()
    }
}
