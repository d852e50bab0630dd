//! The canonical exchange table as JSON Lines, or as one JSON array of the same objects.
//!
//! Values go from the line straight into the columns, with no row in between. Reasons of rejects never quote a
//! value: the text of a prompt must not reach `rejects.jsonl`.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use vigie_model::{Domain, EXCHANGE_COLUMNS, Micros, Reject};

use crate::columns::{Cell, Columns};
use crate::conform::{SOURCE_KIND, whole, with_source_kind};
use crate::decode::Decoded;
use crate::decode::text::{Fault, RowSink, utf8};
use crate::format::Format;
use crate::options::ReadOptions;

/// Rows of canonical JSON on their way into columns.
pub(crate) struct ExchangeRows {
    columns: Columns,
    names_source: bool,
}

impl ExchangeRows {
    pub(crate) fn new(options: &ReadOptions) -> Self {
        let names_source = options.columns.contains(SOURCE_KIND);
        Self { columns: Columns::new(&options.columns), names_source }
    }
}

impl RowSink for ExchangeRows {
    type Portion = Decoded;

    fn row(&mut self, row: &[u8]) -> Result<(), Fault> {
        read_row(utf8(row)?, &mut self.columns)
    }

    fn is_full(&self) -> bool {
        self.columns.is_full()
    }

    fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    fn finish(&mut self, rejects: Vec<Reject>) -> Result<Decoded, String> {
        let mut batch = self.columns.finish()?;
        if self.names_source {
            batch = with_source_kind(batch, Format::JsonLines).map_err(|e| e.to_string())?;
        }
        Ok(Decoded { batch, rejects })
    }
}

fn read_row(text: &str, columns: &mut Columns) -> Result<(), Fault> {
    let mut fault = None;
    let mut json = serde_json::Deserializer::from_str(text);
    let read = RowSeed { columns, fault: &mut fault }.deserialize(&mut json).and_then(|()| json.end());
    let outcome = match (read, fault) {
        (Ok(()), None) => columns.check_required(),
        (_, Some(fault)) => Err(fault),
        (Err(error), None) => Err(Fault::json(&error)),
    };
    match outcome {
        Ok(()) => columns.end_row(),
        Err(_) => columns.drop_row(),
    }
    outcome
}

/// Reads one object into the columns.
struct RowSeed<'c> {
    columns: &'c mut Columns,
    fault: &'c mut Option<Fault>,
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(column) = map.next_key_seed(KeySeed(self.columns))? {
            let Some(index) = column else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if self.columns.is_set(index) {
                *self.fault = Some(Fault::new(EXCHANGE_COLUMNS[index].name, "stands twice in the row"));
                return Err(A::Error::custom(""));
            }
            let mut reason = None;
            let domain = EXCHANGE_COLUMNS[index].domain;
            let cell = CellSeed { cell: self.columns.cell(index), domain, reason: &mut reason };
            if let Err(error) = map.next_value_seed(cell) {
                if let Some(reason) = reason {
                    *self.fault = Some(Fault::new(EXCHANGE_COLUMNS[index].name, reason));
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Reads a key: the column it names, if that column is read at all.
struct KeySeed<'c>(&'c Columns);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Option<usize>, E> {
        Ok(self.0.find(key))
    }
}

/// Reads one value into its column, or says what is wrong with it.
struct CellSeed<'c> {
    cell: Cell<'c>,
    domain: Domain,
    reason: &'c mut Option<String>,
}

impl CellSeed<'_> {
    fn refuse<E: Error>(self, found: &str) -> Result<(), E> {
        let hint = match (&self.cell, found) {
            (Cell::Int32(_) | Cell::Int64(_) | Cell::Float64(_), "a string") => "; write it without quotes",
            (Cell::Text(_) | Cell::RequiredText(_), "a number") => "; write it in quotes",
            (Cell::Text(_), "an array" | "an object") => "; write its JSON as a string",
            (Cell::Bool(_), "a string") => "; write it without quotes",
            (Cell::Time(_), "a number") => ", such as \"2026-02-23T08:00:00Z\"",
            _ => "",
        };
        *self.reason = Some(format!("is {found}, expected {}{hint}", self.cell.expected()));
        Err(E::custom(""))
    }

    fn fault<E: Error>(self, reason: &str) -> Result<(), E> {
        *self.reason = Some(reason.to_owned());
        Err(E::custom(""))
    }

    /// Refuses a value of the right type that the column may not hold.
    fn check<E: Error>(&mut self, fault: Option<String>) -> Result<(), E> {
        *self.reason = fault;
        self.reason.as_ref().map_or(Ok(()), |_| Err(E::custom("")))
    }
}

impl<'de> DeserializeSeed<'de> for CellSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.cell.expected())
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.check(self.domain.fault_of_text(text))?;
        match self.cell {
            Cell::Text(column) => column.append_value(text),
            Cell::RequiredText(_) if text.is_empty() => return self.fault("is empty, but required"),
            Cell::RequiredText(column) => column.append_value(text),
            Cell::Time(column) => match Micros::parse_rfc3339(text) {
                Some(time) => column.append_value(time.0),
                None => {
                    *self.reason = Some("is not an RFC 3339 time such as 2026-02-23T08:00:00Z".to_owned());
                    return Err(E::custom(""));
                }
            },
            _ => return self.refuse("a string"),
        }
        Ok(())
    }

    fn visit_i64<E: Error>(mut self, number: i64) -> Result<(), E> {
        self.check(self.domain.fault_of_number(number as f64))?;
        match self.cell {
            Cell::Int64(column) => column.append_value(number),
            Cell::Float64(column) => column.append_value(number as f64),
            Cell::Int32(column) => match i32::try_from(number) {
                Ok(number) => column.append_value(number),
                Err(_) => {
                    *self.reason = Some("is no whole number of 32 bits".to_owned());
                    return Err(E::custom(""));
                }
            },
            _ => return self.refuse("a number"),
        }
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        match (i64::try_from(number), &self.cell) {
            (Ok(number), _) => self.visit_i64(number),
            (Err(_), Cell::Float64(_)) => self.visit_f64(number as f64),
            (Err(_), Cell::Int32(_) | Cell::Int64(_)) => self.fault("is too large"),
            _ => self.refuse("a number"),
        }
    }

    fn visit_f64<E: Error>(mut self, number: f64) -> Result<(), E> {
        self.check(self.domain.fault_of_number(number))?;
        match self.cell {
            Cell::Float64(column) => {
                column.append_value(number);
                Ok(())
            }
            // Data frames write whole numbers as 5.0.
            Cell::Int32(_) | Cell::Int64(_) => match whole(number) {
                Some(number) => self.visit_i64(number),
                None if number.fract() == 0.0 => self.fault("is too large"),
                None => self.fault("is no whole number"),
            },
            _ => self.refuse("a number"),
        }
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        match self.cell {
            Cell::Bool(column) => {
                column.append_value(value);
                Ok(())
            }
            _ => self.refuse("a boolean"),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        match self.cell {
            Cell::RequiredText(_) | Cell::Time(_) => return self.fault("is null, but required"),
            Cell::Text(column) => column.append_null(),
            Cell::Int32(column) => column.append_null(),
            Cell::Int64(column) => column.append_null(),
            Cell::Float64(column) => column.append_null(),
            Cell::Bool(column) => column.append_null(),
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _seq: A) -> Result<(), A::Error> {
        self.refuse("an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, _map: A) -> Result<(), A::Error> {
        self.refuse("an object")
    }
}
