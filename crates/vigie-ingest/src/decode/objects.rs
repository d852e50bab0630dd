//! The objects table as CSV and as JSON Lines: who touched what, when, and optionally in which layer.

use serde_json::{Map, Value};
use vigie_model::{Micros, ObjectTouch, Reject};

use crate::csv_line::Header;
use crate::decode::DecodedObjects;
use crate::decode::json_object::object;
use crate::decode::text::{Fault, RowSink, utf8};
use crate::error::IngestError;
use crate::options::BATCH_ROWS_MAX;
use crate::time::{self, TIME_EXPECTED};

pub(crate) const REQUIRED: &str = "account_id, object_id and timestamp";

/// The columns of the table, `layer` the only one that may be absent.
pub(crate) const COLUMNS: [&str; 4] = ["account_id", "object_id", "timestamp", "layer"];

/// Rows of objects on their way into a portion.
pub(crate) struct ObjectRows<F> {
    read: F,
    touches: Vec<ObjectTouch>,
}

/// The header of a CSV file.
///
/// # Errors
/// When it lacks a required column, or has one twice.
pub(crate) fn csv_header(file: &str, head: &[u8]) -> Result<Header, IngestError> {
    let header = Header::of_file(file, head, &COLUMNS)?;
    for (at, column) in COLUMNS.into_iter().enumerate() {
        if column != "layer" && !header.has(at) {
            let file = file.to_owned();
            return Err(IngestError::MissingColumn {
                file,
                column,
                table: "the objects table",
                required: REQUIRED,
            });
        }
    }
    Ok(header)
}

/// CSV rows; the first line is the header. A quoted cell must end on its own line: so one stray quote costs one row,
/// not the rest of the file.
pub(crate) fn csv(
    header: Header,
) -> ObjectRows<impl FnMut(&str) -> Result<Option<ObjectTouch>, Fault> + Send> {
    let mut header_due = true;
    ObjectRows::new(move |line| {
        if std::mem::take(&mut header_due) {
            return Ok(None);
        }
        let cells = header.cells(line)?;
        Ok(Some(ObjectTouch {
            account_id: needed("account_id", cells[0].as_deref())?.to_owned(),
            object_id: needed("object_id", cells[1].as_deref())?.to_owned(),
            timestamp: time::from_text(needed("timestamp", cells[2].as_deref())?)
                .ok_or_else(|| Fault::new("timestamp", TIME_EXPECTED))?,
            layer: cells[3].as_deref().filter(|layer| !layer.is_empty()).map(str::to_owned),
        }))
    })
}

/// JSON rows.
pub(crate) fn json_lines() -> ObjectRows<impl FnMut(&str) -> Result<Option<ObjectTouch>, Fault> + Send> {
    ObjectRows::new(|row| {
        let object = object(row)?;
        Ok(Some(ObjectTouch {
            account_id: text("account_id", &object)?.to_owned(),
            object_id: text("object_id", &object)?.to_owned(),
            timestamp: when(&object)?,
            layer: match object.get("layer") {
                None | Some(Value::Null) => None,
                Some(Value::String(layer)) => Some(layer.clone()).filter(|layer| !layer.is_empty()),
                Some(_) => return Err(Fault::new("layer", "is not a string")),
            },
        }))
    })
}

fn when(object: &Map<String, Value>) -> Result<Micros, Fault> {
    match object.get("timestamp") {
        None | Some(Value::Null) => Err(Fault::new("timestamp", "is missing, but required")),
        Some(value) => time::from_json(value).ok_or_else(|| Fault::new("timestamp", TIME_EXPECTED)),
    }
}

fn text<'o>(field: &str, object: &'o Map<String, Value>) -> Result<&'o str, Fault> {
    match object.get(field) {
        Some(Value::String(text)) => needed(field, Some(text)),
        None | Some(Value::Null) => needed(field, None),
        Some(_) => Err(Fault::new(field, "is not a string; write it in quotes")),
    }
}

pub(crate) fn needed<'c>(field: &str, cell: Option<&'c str>) -> Result<&'c str, Fault> {
    match cell {
        None => Err(Fault::new(field, "is missing, but required")),
        Some("") => Err(Fault::new(field, "is empty, but required")),
        Some(cell) => Ok(cell),
    }
}

impl<F> ObjectRows<F> {
    fn new(read: F) -> Self
    where
        F: FnMut(&str) -> Result<Option<ObjectTouch>, Fault>,
    {
        Self { read, touches: Vec::new() }
    }
}

impl<F: FnMut(&str) -> Result<Option<ObjectTouch>, Fault> + Send> RowSink for ObjectRows<F> {
    type Portion = DecodedObjects;

    fn row(&mut self, row: &[u8]) -> Result<(), Fault> {
        self.touches.extend((self.read)(utf8(row)?)?);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.touches.len() >= BATCH_ROWS_MAX
    }

    fn is_empty(&self) -> bool {
        self.touches.is_empty()
    }

    fn finish(&mut self, rejects: Vec<Reject>) -> Result<DecodedObjects, String> {
        Ok(DecodedObjects { touches: std::mem::take(&mut self.touches), rejects })
    }
}
