//! Sources in memory, compressed or cut, and what a reader makes of them.

use std::io::Write;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use vigie_ingest::{IngestError, ReadOptions, Source, open_exchanges};
use vigie_model::{Exchange, ExchangeView, Reject};

pub fn memory(name: &str, bytes: impl Into<Vec<u8>>) -> Source {
    Source::Memory { name: name.to_owned(), bytes: bytes.into().into() }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Parquet from named columns.
pub fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    parquet_of(&[RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()])
}

pub fn parquet_of(batches: &[RecordBatch]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batches[0].schema(), None).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
    bytes
}

/// All that came out of a reader.
#[derive(Debug, Default)]
pub struct Read {
    pub rows: Vec<Exchange>,
    pub rejects: Vec<Reject>,
    pub errors: Vec<IngestError>,
}

pub fn read_with(sources: &[Source], options: &ReadOptions) -> Read {
    let mut read = Read::default();
    for portion in open_exchanges(sources, options).unwrap() {
        match portion {
            Ok(decoded) => {
                assert!(decoded.batch.num_rows() <= vigie_ingest::BATCH_ROWS_MAX);
                assert_eq!(decoded.batch.schema(), vigie_model::exchange_schema());
                let view = ExchangeView::try_new(&decoded.batch).unwrap();
                read.rows.extend((0..view.len()).map(|row| view.row(row)));
                read.rejects.extend(decoded.rejects);
            }
            Err(error) => read.errors.push(error),
        }
    }
    read
}

pub fn read(bytes: impl Into<Vec<u8>>) -> Read {
    read_with(&[memory("log", bytes)], &ReadOptions::default())
}

/// Rejects as one line each, for snapshots.
pub fn lines(rejects: &[Reject]) -> String {
    let line =
        |r: &Reject| format!("{}:{} {} {}\n", r.file, r.line, r.field.as_deref().unwrap_or("-"), r.reason);
    rejects.iter().map(line).collect()
}

pub fn ids(rows: &[Exchange]) -> Vec<&str> {
    rows.iter().map(|row| row.event_id.as_str()).collect()
}

pub const GOOD: &str = r#"{"event_id":"e1","timestamp":"2026-02-23T08:00:00Z","account_id":"a1","prompt":"Hi","turn":1}
{"event_id":"e2","timestamp":"2026-02-23T09:00:00.5+01:00","account_id":"a2","temperature":1,"stream":true}
"#;
