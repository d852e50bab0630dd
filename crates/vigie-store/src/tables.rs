//! The Parquet tables of a hunt: rows to batches, batches to rows, and the schemas of members and exchanges.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use vigie_model::{CampaignExchange, Member};

use crate::atomic::Staged;
use crate::error::StoreError;

/// Rows that are turned into Arrow at a time: bounds what a table of any length takes beside itself.
const BATCH_ROWS: usize = 65_536;

/// A schema of columns without nulls.
pub(crate) fn schema(fields: &[(&str, DataType)]) -> SchemaRef {
    let fields = fields.iter().map(|(name, kind)| Field::new(*name, kind.clone(), false));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Stages `members.parquet`.
pub fn stage_members(staged: &Staged, rows: &[Member]) -> Result<(), StoreError> {
    let schema = schema(&[
        ("campaign_id", DataType::Utf8),
        ("account_id", DataType::Utf8),
        ("score", DataType::Float64),
        ("share", DataType::Float64),
    ]);
    stage(staged, &schema, rows, |rows| {
        vec![
            texts(rows, |r| &r.campaign_id),
            texts(rows, |r| &r.account_id),
            numbers(rows, |r| r.score),
            numbers(rows, |r| r.share),
        ]
    })
}

/// Stages `exchanges.parquet`.
pub fn stage_exchanges(staged: &Staged, rows: &[CampaignExchange]) -> Result<(), StoreError> {
    let schema = schema(&[("campaign_id", DataType::Utf8), ("event_id", DataType::Utf8)]);
    stage(staged, &schema, rows, |rows| vec![texts(rows, |r| &r.campaign_id), texts(rows, |r| &r.event_id)])
}

/// Rows of a `members.parquet`.
pub fn members(path: &Path) -> Result<Vec<Member>, StoreError> {
    rows(path, |batch| {
        let campaign = text(path, batch, "campaign_id")?;
        let account = text(path, batch, "account_id")?;
        let score = number(path, batch, "score")?;
        let share = number(path, batch, "share")?;
        Ok((0..batch.num_rows())
            .map(|i| Member {
                campaign_id: campaign.value(i).to_owned(),
                account_id: account.value(i).to_owned(),
                score: score.value(i),
                share: share.value(i),
            })
            .collect())
    })
}

/// Rows of an `exchanges.parquet`.
pub fn exchanges(path: &Path) -> Result<Vec<CampaignExchange>, StoreError> {
    rows(path, |batch| {
        let campaign = text(path, batch, "campaign_id")?;
        let event = text(path, batch, "event_id")?;
        Ok((0..batch.num_rows())
            .map(|i| CampaignExchange {
                campaign_id: campaign.value(i).to_owned(),
                event_id: event.value(i).to_owned(),
            })
            .collect())
    })
}

pub(crate) fn stage<R>(
    staged: &Staged,
    schema: &SchemaRef,
    rows: &[R],
    columns: impl Fn(&[R]) -> Vec<ArrayRef>,
) -> Result<(), StoreError> {
    let path = staged.target();
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = ArrowWriter::try_new(staged.duplicate()?, schema.clone(), Some(properties))
        .map_err(StoreError::parquet(path))?;
    for rows in rows.chunks(BATCH_ROWS) {
        let batch = RecordBatch::try_new(schema.clone(), columns(rows))
            .map_err(|e| StoreError::parquet(path)(e.into()))?;
        writer.write(&batch).map_err(StoreError::parquet(path))?;
    }
    writer.close().map_err(StoreError::parquet(path))?;
    Ok(())
}

pub(crate) fn texts<R>(rows: &[R], of: impl Fn(&R) -> &String) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
}

fn numbers<R>(rows: &[R], of: impl Fn(&R) -> f64) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(rows.iter().map(of)))
}

pub(crate) fn rows<R>(
    path: &Path,
    of: impl Fn(&RecordBatch) -> Result<Vec<R>, StoreError>,
) -> Result<Vec<R>, StoreError> {
    let mut all = Vec::new();
    each(path, |batch| {
        all.extend(of(batch)?);
        Ok(())
    })?;
    Ok(all)
}

/// Hands out the batches of a table, one after the other.
pub(crate) fn each(
    path: &Path,
    mut hear: impl FnMut(&RecordBatch) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let file = File::open(path).map_err(StoreError::io("read", path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(StoreError::parquet(path))?;
    for batch in reader {
        hear(&batch.map_err(|e| StoreError::parquet(path)(e.into()))?)?;
    }
    Ok(())
}

pub(crate) fn text<'a>(
    path: &Path,
    batch: &'a RecordBatch,
    column: &'static str,
) -> Result<&'a StringArray, StoreError> {
    batch.column_by_name(column).and_then(|a| a.as_string_opt::<i32>()).ok_or_else(|| StoreError::Column {
        path: path.to_owned(),
        column,
        expected: "text (Utf8)",
    })
}

fn number<'a>(
    path: &Path,
    batch: &'a RecordBatch,
    column: &'static str,
) -> Result<&'a Float64Array, StoreError> {
    batch
        .column_by_name(column)
        .and_then(|a| a.as_primitive_opt::<Float64Type>())
        .ok_or_else(|| StoreError::Column { path: path.to_owned(), column, expected: "a number (Float64)" })
}
