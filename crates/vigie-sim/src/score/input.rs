//! Reading tables that any tool may have written: columns by name, compatible types cast, lines of JSON.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMicrosecondType};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::de::DeserializeOwned;

use super::error::ScoreError;

/// One batch of a table, viewed by column name.
pub struct Table<'a> {
    path: &'a Path,
    batch: RecordBatch,
}

impl Table<'_> {
    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// A text column; dictionaries and the wide and view types are cast.
    pub fn text(&self, column: &'static str) -> Result<StringArray, ScoreError> {
        Ok(self.cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
    }

    /// A number column.
    pub fn number(&self, column: &'static str) -> Result<Float64Array, ScoreError> {
        Ok(self.cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    /// A time column of any unit, in microseconds.
    pub fn time(&self, column: &'static str) -> Result<TimestampMicrosecondArray, ScoreError> {
        // An offset, since names of zones would need a table of zones.
        let micros = DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()));
        Ok(self.cast(column, &micros)?.as_primitive::<TimestampMicrosecondType>().clone())
    }

    fn cast(&self, column: &'static str, to: &DataType) -> Result<ArrayRef, ScoreError> {
        let array = self
            .batch
            .column_by_name(column)
            .ok_or_else(|| ScoreError::column(self.path, column, "is missing"))?;
        arrow_cast::cast(array, to).map_err(|e| {
            ScoreError::column(self.path, column, format!("has type {}, not {to} ({e})", array.data_type()))
        })
    }
}

/// Hands the named columns of a Parquet file to `each`, batch by batch: O(batch) memory.
pub fn each_batch(
    path: &Path,
    columns: &[&'static str],
    mut each: impl FnMut(&Table) -> Result<(), ScoreError>,
) -> Result<(), ScoreError> {
    let file = File::open(path).map_err(ScoreError::io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(ScoreError::parquet(path))?;
    let wanted = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let reader =
        builder.with_projection(wanted).with_batch_size(16_384).build().map_err(ScoreError::parquet(path))?;
    for batch in reader {
        let batch = batch.map_err(|e| ScoreError::parquet(path)(e.into()))?;
        each(&Table { path, batch })?;
    }
    Ok(())
}

/// Every line of a JSON Lines file; blank lines are skipped, unknown keys ignored.
pub fn json_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ScoreError> {
    let file = File::open(path).map_err(ScoreError::io(path))?;
    let mut rows = Vec::new();
    for (i, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(ScoreError::io(path))?;
        if !line.trim().is_empty() {
            let json = |source| ScoreError::Json { path: path.to_owned(), line: i + 1, source };
            rows.push(serde_json::from_str(&line).map_err(json)?);
        }
    }
    Ok(rows)
}
