//! The objects table as Parquet.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::{DataType, TimeUnit};
use vigie_model::{Micros, ObjectTouch};

use crate::conform::{compatible, conform};
use crate::decode::objects::{COLUMNS, REQUIRED, needed};
use crate::decode::text::Fault;
use crate::decode::{DecodedObjects, Decoder};
use crate::error::IngestError;
use crate::input::Meter;
use crate::options::ReadOptions;
use crate::parquet_file::{Chunks, ParquetBatches};
use crate::rows::Place;
use crate::time::{self, TIME_EXPECTED};

pub(crate) struct ObjectsParquet {
    batches: ParquetBatches,
}

impl ObjectsParquet {
    pub(crate) fn open(chunks: Chunks, options: &ReadOptions, meter: &Meter) -> Result<Self, IngestError> {
        let batches = chunks.read(&|name| COLUMNS.contains(&name), options, meter)?;
        for column in COLUMNS {
            let file = || batches.file().to_owned();
            match batches.schema().column_with_name(column) {
                Some((_, field)) if !fits(column, field.data_type()) => {
                    return Err(IngestError::WrongType {
                        file: file(),
                        column: column.to_owned(),
                        found: field.data_type().to_string(),
                        expected: if column == "timestamp" { "a timestamp" } else { "text" }.to_owned(),
                    });
                }
                None if column != "layer" => {
                    let table = "the objects table";
                    return Err(IngestError::MissingColumn {
                        file: file(),
                        column,
                        table,
                        required: REQUIRED,
                    });
                }
                _ => {}
            }
        }
        Ok(Self { batches })
    }

    fn decode(&self, first_row: u64, batch: &RecordBatch) -> Result<DecodedObjects, IngestError> {
        let text = |name| match batch.column_by_name(name) {
            None => Ok(None),
            Some(column) => cast(column, &DataType::Utf8View).map(Some).map_err(|e| self.damaged(&e)),
        };
        let (accounts, objects, layers) = (text("account_id")?, text("object_id")?, text("layer")?);
        let times = match batch.column_by_name("timestamp") {
            None => None,
            Some(column) => Some(times(column).map_err(|e| self.damaged(&e))?),
        };
        let mut decoded = DecodedObjects::default();
        for row in 0..batch.num_rows() {
            let touch = || -> Result<ObjectTouch, Fault> {
                let timestamp = match times.as_ref().and_then(|times| times[row].as_ref()) {
                    None => return Err(Fault::new("timestamp", "is null, but required")),
                    Some(time) => time.ok_or_else(|| Fault::new("timestamp", TIME_EXPECTED))?,
                };
                Ok(ObjectTouch {
                    account_id: needed("account_id", cell(accounts.as_ref(), row))?.to_owned(),
                    object_id: needed("object_id", cell(objects.as_ref(), row))?.to_owned(),
                    timestamp,
                    layer: cell(layers.as_ref(), row).filter(|l| !l.is_empty()).map(str::to_owned),
                })
            };
            match touch() {
                Ok(touch) => decoded.touches.push(touch),
                Err(fault) => {
                    let place = Place { line: first_row + row as u64, element: None };
                    decoded.rejects.push(fault.into_reject(self.batches.file(), place));
                }
            }
        }
        Ok(decoded)
    }

    fn damaged(&self, error: &arrow_schema::ArrowError) -> IngestError {
        IngestError::Damaged { file: self.batches.file().to_owned(), detail: error.to_string() }
    }
}

impl Decoder<DecodedObjects> for ObjectsParquet {
    fn next(&mut self) -> Result<Option<DecodedObjects>, IngestError> {
        let Some((first_row, batch)) = self.batches.next()? else { return Ok(None) };
        self.decode(first_row, &batch).map(Some)
    }
}

/// Ids may be whole numbers here, times numbers since the epoch: such tables come from many tools.
fn fits(column: &str, found: &DataType) -> bool {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    if column == "timestamp" {
        return compatible(found, &time) || found.is_numeric();
    }
    compatible(found, &DataType::Utf8) || found.is_integer()
}

fn cell(column: Option<&ArrayRef>, row: usize) -> Option<&str> {
    let column = column?.as_string_view_opt()?;
    column.is_valid(row).then(|| column.value(row))
}

/// Per row: nothing, a value that is no time, or a time.
pub(crate) fn times(column: &ArrayRef) -> Result<Vec<Option<Option<Micros>>>, arrow_schema::ArrowError> {
    let found = column.data_type();
    if found.is_integer() {
        let numbers = cast(column, &DataType::Int64)?;
        let numbers = numbers.as_primitive::<Int64Type>().iter();
        return Ok(numbers.map(|number| number.map(time::from_epoch_whole)).collect());
    }
    if found.is_numeric() {
        let numbers = cast(column, &DataType::Float64)?;
        let numbers = numbers.as_primitive::<Float64Type>().iter();
        return Ok(numbers.map(|number| number.map(time::from_epoch)).collect());
    }
    if compatible(found, &DataType::Utf8) {
        let texts = cast(column, &DataType::Utf8View)?;
        return Ok(texts.as_string_view().iter().map(|text| text.map(time::from_text)).collect());
    }
    let times = conform(column, &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))?;
    let times = times.as_primitive::<TimestampMicrosecondType>();
    let cell = |row| column.is_valid(row).then(|| times.is_valid(row).then(|| Micros(times.value(row))));
    Ok((0..column.len()).map(cell).collect())
}
