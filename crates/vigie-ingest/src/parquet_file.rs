//! Parquet as record batches of chosen columns, whatever the file does: no panic, no flood of memory.
//!
//! Knows columns and types; what they mean is the decoders' business.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, FieldRef, Schema};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::reader::ChunkReader;

use crate::error::IngestError;
use crate::input::Meter;
use crate::options::{BATCH_ROWS_MAX, BATCH_TEXT_BYTES_MAX, ReadOptions};

/// A Parquet file that was not opened yet.
pub(crate) struct Chunks {
    name: String,
    data: Data,
    /// Whether reading it counts in the meter; bytes that came through a stream were counted there.
    counts: bool,
}

enum Data {
    File(File),
    Memory(Bytes),
}

/// Columns of a Parquet file, read in batches of at most [`BATCH_ROWS_MAX`] rows.
pub(crate) struct ParquetBatches {
    file: String,
    reader: ParquetRecordBatchReader,
    ready: VecDeque<RecordBatch>,
    schema: Arc<Schema>,
    meter: Option<Meter>,
    bytes_per_row: f64,
    rows_read: u64,
}

impl Chunks {
    pub(crate) fn file(name: String, file: File) -> Self {
        Self { name, data: Data::File(file), counts: true }
    }

    pub(crate) fn memory(name: String, bytes: Bytes, counts: bool) -> Self {
        Self { name, data: Data::Memory(bytes), counts }
    }

    /// Names of the top-level columns.
    pub(crate) fn column_names(&self) -> Result<Vec<String>, IngestError> {
        let metadata = self.metadata()?;
        Ok(metadata.schema().fields().iter().map(|f| f.name().clone()).collect())
    }

    /// Opens the file and reads the columns for which `wanted` says so.
    pub(crate) fn read(
        self,
        wanted: &dyn Fn(&str) -> bool,
        options: &ReadOptions,
        meter: &Meter,
    ) -> Result<ParquetBatches, IngestError> {
        let metadata = self.metadata()?;
        let rows = metadata.metadata().file_metadata().num_rows().max(0) as u64;
        let uncompressed: u64 = metadata
            .metadata()
            .row_groups()
            .iter()
            .flat_map(|group| group.columns())
            .map(|column| column.uncompressed_size().max(0) as u64)
            .fold(0, u64::saturating_add);
        if uncompressed > options.file_bytes_max {
            let limit = format!("{} bytes decompressed", options.file_bytes_max);
            return Err(IngestError::TooLarge { file: self.name, limit });
        }
        let schema = metadata.schema().clone();
        let mut names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1] && wanted(pair[0])) {
            return Err(IngestError::TwiceColumn { column: pair[0].to_owned(), file: self.name });
        }
        let length = self.length();
        let meter = self.counts.then(|| meter.clone());
        let file = self.name.clone();
        let metadata = with_text_views(&metadata);
        let roots = schema.fields().iter().enumerate().filter(|(_, f)| wanted(f.name())).map(|(i, _)| i);
        let mask = ProjectionMask::roots(metadata.parquet_schema(), roots.collect::<Vec<_>>());
        let reader = match self.data {
            Data::File(chunks) => build(&file, chunks, metadata, mask),
            Data::Memory(chunks) => build(&file, chunks, metadata, mask),
        }?;
        Ok(ParquetBatches {
            file,
            reader,
            ready: VecDeque::new(),
            schema,
            meter,
            bytes_per_row: if rows == 0 { 0.0 } else { length as f64 / rows as f64 },
            rows_read: 0,
        })
    }

    fn length(&self) -> u64 {
        match &self.data {
            Data::File(file) => file.metadata().map_or(0, |m| m.len()),
            Data::Memory(bytes) => bytes.len() as u64,
        }
    }

    fn metadata(&self) -> Result<ArrowReaderMetadata, IngestError> {
        self.check_footer()?;
        let load = || match &self.data {
            Data::File(file) => ArrowReaderMetadata::load(file, ArrowReaderOptions::new()),
            Data::Memory(bytes) => ArrowReaderMetadata::load(bytes, ArrowReaderOptions::new()),
        };
        guard(&self.name, load)
    }

    /// The last four bytes tell a cut file from a damaged one before the library's own words would.
    fn check_footer(&self) -> Result<(), IngestError> {
        let fail = |cause| IngestError::from_io(&self.name, cause, u64::MAX);
        let mut footer = [0_u8; 4];
        let length = self.length();
        match &self.data {
            _ if length < 12 => {}
            Data::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::End(-4)).and_then(|_| file.read_exact(&mut footer)).map_err(fail)?;
            }
            Data::Memory(bytes) => footer.copy_from_slice(&bytes[bytes.len() - 4..]),
        }
        match &footer {
            b"PAR1" => Ok(()),
            b"PARE" => Err(IngestError::Encrypted { file: self.name.clone() }),
            _ => Err(IngestError::Truncated {
                file: self.name.clone(),
                detail: format!("Parquet footer missing after {length} bytes"),
            }),
        }
    }
}

impl ParquetBatches {
    /// The schema of the whole file, before projection.
    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The file as the user named it.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// The next batch and the number of its first row, counted from 1.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, RecordBatch)>, IngestError> {
        if self.ready.is_empty() {
            let Some(batch) = guard(&self.file, || self.reader.next().transpose())? else {
                return Ok(None);
            };
            split(batch, &mut self.ready);
        }
        let Some(batch) = self.ready.pop_front() else { return Ok(None) };
        let first_row = self.rows_read + 1;
        self.rows_read += batch.num_rows() as u64;
        if let Some(meter) = &self.meter {
            meter.add_done((batch.num_rows() as f64 * self.bytes_per_row) as u64);
        }
        Ok(Some((first_row, batch)))
    }
}

fn build<T: ChunkReader + 'static>(
    file: &str,
    chunks: T,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
) -> Result<ParquetRecordBatchReader, IngestError> {
    guard(file, || {
        ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, metadata)
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS_MAX)
            .build()
    })
}

/// Reads text as views: a value that a dictionary holds once stays once in memory, so that a small file cannot
/// unfold to many gigabytes in one batch, and 32-bit offsets cannot overflow.
fn with_text_views(metadata: &ArrowReaderMetadata) -> ArrowReaderMetadata {
    let fields: Vec<FieldRef> = metadata
        .schema()
        .fields()
        .iter()
        .map(|field| match view_type(field.data_type()) {
            Some(view) => Arc::new(field.as_ref().clone().with_data_type(view)),
            None => field.clone(),
        })
        .collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata.schema().metadata().clone()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).unwrap_or_else(|_| metadata.clone())
}

fn view_type(found: &DataType) -> Option<DataType> {
    match found {
        DataType::Utf8 | DataType::LargeUtf8 => Some(DataType::Utf8View),
        DataType::Binary | DataType::LargeBinary => Some(DataType::BinaryView),
        DataType::Dictionary(_, value) => view_type(value),
        _ => None,
    }
}

/// Halves a batch until its text is small enough to be copied out.
fn split(batch: RecordBatch, ready: &mut VecDeque<RecordBatch>) {
    let rows = batch.num_rows();
    if rows > 1 && text_bytes(&batch) > BATCH_TEXT_BYTES_MAX {
        split(batch.slice(0, rows / 2), ready);
        split(batch.slice(rows / 2, rows - rows / 2), ready);
    } else {
        ready.push_back(batch);
    }
}

/// Text bytes of a batch, or of one of its rows.
pub(crate) fn text_bytes(batch: &RecordBatch) -> usize {
    let of_column = |column: &Arc<dyn Array>| {
        column
            .as_string_view_opt()
            .map(|views| views.total_bytes_len())
            .or_else(|| column.as_binary_view_opt().map(|views| views.total_bytes_len()))
            .unwrap_or(0)
    };
    batch.columns().iter().map(of_column).fold(0, usize::saturating_add)
}

/// Runs a call of the Parquet library and turns whatever it does into a value. Malformed files have made it panic
/// before; a hunt over a thousand files must not end with one of them.
fn guard<T, E: ToString>(file: &str, call: impl FnOnce() -> Result<T, E>) -> Result<T, IngestError> {
    let detail = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "its structure contradicts itself".to_owned(),
    };
    let file = file.to_owned();
    if detail.contains("ncrypt") {
        return Err(IngestError::Encrypted { file });
    }
    if detail.contains("EOF") || detail.contains(&io::Error::from(io::ErrorKind::UnexpectedEof).to_string()) {
        return Err(IngestError::Truncated { file, detail });
    }
    Err(IngestError::Damaged { file, detail })
}
