//! The two side tables: accounts and the release calendar, from Parquet, JSON Lines or CSV.
//!
//! They are small, so each row passes through one JSON object whatever the format: one set of rules for all three.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::{DataType, Field};
use serde_json::{Map, Value};
use vigie_model::{Account, AccountStatus, Micros, ModelRelease, Reject};

use crate::csv_line::Header;
use crate::decode::json_object::object;
use crate::decode::objects_parquet::times;
use crate::decode::text::{Fault, RowSink, TextDecoder, utf8};
use crate::decode::{Decoder, Portion};
use crate::error::IngestError;
use crate::format::UTF8_BOM;
use crate::input::{self, Content, Meter};
use crate::options::{BATCH_ROWS_MAX, ReadOptions};
use crate::resolve::Source;
use crate::rows::Place;
use crate::time::{self, TIME_EXPECTED};

type Object = Map<String, Value>;

const ACCOUNT_COLUMNS: &[&str] = &[
    "account_id",
    "org_id",
    "created_at",
    "email_domain",
    "payment_fingerprint",
    "payment_country",
    "failed_payments",
    "plan",
    "country",
    "verified",
    "status",
    "labels",
];
const MODEL_COLUMNS: &[&str] = &["model", "released_at"];

/// Reads the accounts table. Order and repeated ids are kept.
///
/// Labels are a list in Parquet, an array in JSON, and parted by `;` in CSV. Times are RFC 3339, any Parquet
/// timestamp, or numbers since the epoch.
///
/// # Errors
/// When the file as a whole cannot be read, or lacks the column `account_id`.
pub fn read_accounts(path: &Path) -> Result<(Vec<Account>, Vec<Reject>), IngestError> {
    read(
        path,
        &Table { name: "the accounts table", columns: ACCOUNT_COLUMNS, required: &["account_id"] },
        account,
    )
}

/// Reads the release calendar. Order and repeated names are kept.
///
/// # Errors
/// When the file as a whole cannot be read, or lacks the columns `model` and `released_at`.
pub fn read_models(path: &Path) -> Result<(Vec<ModelRelease>, Vec<Reject>), IngestError> {
    read(path, &Table { name: "the models table", columns: MODEL_COLUMNS, required: MODEL_COLUMNS }, model)
}

struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    required: &'static [&'static str],
}

impl Table {
    fn missing(&self, file: &str, column: &'static str) -> IngestError {
        let required = if self.required.len() == 1 { "account_id" } else { "model and released_at" };
        IngestError::MissingColumn { file: file.to_owned(), column, table: self.name, required }
    }
}

fn account(row: &Object) -> Result<Account, Fault> {
    let status = match text(row, "status")?.as_deref() {
        None => None,
        Some("active") => Some(AccountStatus::Active),
        Some("suspended") => Some(AccountStatus::Suspended),
        Some("banned") => Some(AccountStatus::Banned),
        Some(_) => return Err(Fault::new("status", "is none of active, suspended, banned")),
    };
    Ok(Account {
        account_id: needed(row, "account_id")?,
        org_id: text(row, "org_id")?,
        created_at: moment(row, "created_at")?,
        email_domain: text(row, "email_domain")?,
        payment_fingerprint: text(row, "payment_fingerprint")?,
        payment_country: text(row, "payment_country")?,
        failed_payments: integer(row, "failed_payments")?,
        plan: text(row, "plan")?,
        country: text(row, "country")?,
        verified: boolean(row, "verified")?,
        status,
        labels: labels(row)?,
    })
}

fn model(row: &Object) -> Result<ModelRelease, Fault> {
    Ok(ModelRelease {
        model: needed(row, "model")?,
        released_at: moment(row, "released_at")?
            .ok_or_else(|| Fault::new("released_at", "is missing, but required"))?,
    })
}

fn text(row: &Object, field: &str) -> Result<Option<String>, Fault> {
    match row.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => Err(Fault::new(field, "is not a string; write it in quotes")),
    }
}

fn needed(row: &Object, field: &str) -> Result<String, Fault> {
    text(row, field)?.ok_or_else(|| Fault::new(field, "is missing, but required"))
}

fn moment(row: &Object, field: &str) -> Result<Option<Micros>, Fault> {
    match row.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => time::from_json(value).map(Some).ok_or_else(|| Fault::new(field, TIME_EXPECTED)),
    }
}

fn integer(row: &Object, field: &str) -> Result<Option<i64>, Fault> {
    match row.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_i64()
            .or_else(|| value.as_f64().and_then(crate::conform::whole))
            .map(Some)
            .ok_or_else(|| Fault::new(field, "is no whole number")),
    }
}

fn boolean(row: &Object, field: &str) -> Result<Option<bool>, Fault> {
    match row.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(_) => Err(Fault::new(field, "is neither true nor false")),
    }
}

fn labels(row: &Object) -> Result<Vec<String>, Fault> {
    match row.get("labels") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(parted)) => {
            Ok(parted.split(';').map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect())
        }
        Some(Value::Array(list)) => list
            .iter()
            .map(|label| label.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| Fault::new("labels", "holds something that is not a string")),
        Some(_) => Err(Fault::new("labels", "is not a list of strings")),
    }
}

/// Rows of a side table on their way out.
struct SideRows<T> {
    read: fn(&Object) -> Result<T, Fault>,
    csv: Option<(Header, &'static [&'static str])>,
    header_due: bool,
    rows: Vec<T>,
}

struct SidePortion<T> {
    rows: Vec<T>,
    rejects: Vec<Reject>,
}

impl<T: Send> Portion for SidePortion<T> {
    fn rejects_mut(&mut self) -> &mut Vec<Reject> {
        &mut self.rejects
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.rejects.is_empty()
    }
}

impl<T: Send> RowSink for SideRows<T> {
    type Portion = SidePortion<T>;

    fn row(&mut self, row: &[u8]) -> Result<(), Fault> {
        let row = utf8(row)?;
        if std::mem::take(&mut self.header_due) {
            return Ok(());
        }
        let object = match &self.csv {
            None => object(row)?,
            Some((header, columns)) => {
                let cells = header.cells(row)?;
                let named = columns.iter().zip(cells).filter_map(|(name, cell)| Some((name, cell?)));
                named.map(|(name, cell)| ((*name).to_owned(), csv_value(name, &cell))).collect()
            }
        };
        self.rows.push((self.read)(&object)?);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= BATCH_ROWS_MAX
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn finish(&mut self, rejects: Vec<Reject>) -> Result<SidePortion<T>, String> {
        Ok(SidePortion { rows: std::mem::take(&mut self.rows), rejects })
    }
}

/// CSV has no types: the column says what a cell is, and an empty one is null.
fn csv_value(column: &str, cell: &str) -> Value {
    let cell = cell.trim();
    let number = || cell.parse::<i64>().map_or_else(|_| Value::String(cell.to_owned()), Value::from);
    match column {
        _ if cell.is_empty() => Value::Null,
        "failed_payments" => number(),
        "verified" => match cell.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Value::Bool(true),
            "false" | "0" | "no" => Value::Bool(false),
            _ => Value::String(cell.to_owned()),
        },
        _ => Value::String(cell.to_owned()),
    }
}

fn read<T: Send>(
    path: &Path,
    table: &Table,
    read: fn(&Object) -> Result<T, Fault>,
) -> Result<(Vec<T>, Vec<Reject>), IngestError> {
    let source = Source::from(path);
    let file = source.name();
    let options = ReadOptions::default();
    let meter = Meter::default();
    let stream = match input::open(&source, &options, &meter)? {
        Content::Parquet(chunks) => {
            return read_parquet(
                chunks.read(&|name| table.columns.contains(&name), &options, &meter)?,
                table,
                read,
            );
        }
        Content::Stream(stream) => stream,
    };
    let head = stream.head().strip_prefix(UTF8_BOM).unwrap_or(stream.head()).trim_ascii_start();
    let json = matches!(head.first(), None | Some(b'{' | b'['));
    let mut rows = SideRows { read, csv: None, header_due: !json, rows: Vec::new() };
    let mut decoder = if json {
        TextDecoder::json(file, stream, &options, rows)
    } else {
        let header = Header::of_file(&file, head, table.columns)?;
        for column in table.required {
            if !table.columns.iter().position(|c| c == column).is_some_and(|at| header.has(at)) {
                return Err(table.missing(&file, column));
            }
        }
        rows.csv = Some((header, table.columns));
        TextDecoder::lines(file, stream, &options, rows)
    };
    let (mut all, mut rejects) = (Vec::new(), Vec::new());
    while let Some(portion) = decoder.next()? {
        all.extend(portion.rows);
        rejects.extend(portion.rejects);
    }
    Ok((all, rejects))
}

fn read_parquet<T>(
    mut batches: crate::parquet_file::ParquetBatches,
    table: &Table,
    read: fn(&Object) -> Result<T, Fault>,
) -> Result<(Vec<T>, Vec<Reject>), IngestError> {
    let file = batches.file().to_owned();
    for column in table.required {
        if batches.schema().column_with_name(column).is_none() {
            return Err(table.missing(&file, column));
        }
    }
    let (mut all, mut rejects) = (Vec::new(), Vec::new());
    while let Some((first_row, batch)) = batches.next()? {
        for (row, object) in objects(&file, &batch)?.iter().enumerate() {
            match read(object) {
                Ok(value) => all.push(value),
                Err(fault) => {
                    let place = Place { line: first_row + row as u64, element: None };
                    rejects.push(fault.into_reject(&file, place));
                }
            }
        }
    }
    Ok((all, rejects))
}

/// The rows of a batch as JSON objects.
fn objects(file: &str, batch: &RecordBatch) -> Result<Vec<Object>, IngestError> {
    let mut rows = vec![Object::new(); batch.num_rows()];
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let values = values(column, field.name()).ok_or_else(|| IngestError::WrongType {
            file: file.to_owned(),
            column: field.name().clone(),
            found: field.data_type().to_string(),
            expected: "text, a number, a boolean, a time or a list of text".to_owned(),
        })?;
        for (row, value) in rows.iter_mut().zip(values) {
            if !value.is_null() {
                row.insert(field.name().clone(), value);
            }
        }
    }
    Ok(rows)
}

fn values(column: &ArrayRef, name: &str) -> Option<Vec<Value>> {
    if matches!(name, "created_at" | "released_at") {
        let moments = times(column).ok()?;
        // A value that is no time stays one for the reject to name.
        let value = |time: Micros| Value::String(time.to_rfc3339());
        return Some(
            moments
                .into_iter()
                .map(|cell| cell.map_or(Value::Null, |time| time.map_or(Value::Bool(false), value)))
                .collect(),
        );
    }
    match column.data_type() {
        DataType::Boolean => {
            Some(column.as_boolean().iter().map(|v| v.map_or(Value::Null, Value::Bool)).collect())
        }
        found if found.is_integer() => {
            let numbers = cast(column, &DataType::Int64).ok()?;
            Some(numbers.as_primitive::<Int64Type>().iter().map(Value::from).collect())
        }
        found if found.is_floating() => {
            let numbers = cast(column, &DataType::Float64).ok()?;
            Some(numbers.as_primitive::<Float64Type>().iter().map(Value::from).collect())
        }
        // Some data frames write long lists, whatever their length.
        DataType::List(_) | DataType::LargeList(_) => {
            let texts = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8View, true)));
            let column = cast(column, &texts).ok()?;
            let lists = column.as_list::<i32>();
            let list = |row: usize| -> Option<Value> {
                if lists.is_null(row) {
                    return Some(Value::Null);
                }
                let items = lists.value(row);
                Some(Value::Array(items.as_string_view().iter().flatten().map(Value::from).collect()))
            };
            (0..lists.len()).map(list).collect()
        }
        _ => {
            let texts = cast(column, &DataType::Utf8View).ok()?;
            Some(texts.as_string_view().iter().map(Value::from).collect())
        }
    }
}
