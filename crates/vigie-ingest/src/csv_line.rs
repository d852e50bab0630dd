//! One line of CSV at a time.
//!
//! A line is a row: quoted cells may hold commas and doubled quotes, but no line break. That bounds memory by the row
//! limit and lets reading go on at the next line after a stray quote.

use std::borrow::Cow;

use crate::decode::text::Fault;
use crate::error::IngestError;
use crate::format::UTF8_BOM;

/// Which cell of a row holds which column.
#[derive(Debug)]
pub(crate) struct Header {
    places: Vec<Option<usize>>,
    cells: usize,
}

impl Header {
    /// Finds the wanted columns in the first line of a file.
    ///
    /// # Errors
    /// When the line is no header, or has a wanted column twice.
    pub(crate) fn of_file(file: &str, head: &[u8], wanted: &[&str]) -> Result<Self, IngestError> {
        let head = head.strip_prefix(UTF8_BOM).unwrap_or(head).trim_ascii_start();
        let line = String::from_utf8_lossy(head.split(|b| *b == b'\n').next().unwrap_or(head));
        let unrecognised =
            |fault: Fault| IngestError::Unrecognised { file: file.to_owned(), detail: fault.reason };
        let names = split(line.trim_end()).map_err(unrecognised)?;
        let times =
            |column: &&&str| names.iter().filter(|name| name.trim().eq_ignore_ascii_case(column)).count();
        if let Some(column) = wanted.iter().find(|column| times(column) > 1) {
            return Err(IngestError::TwiceColumn { file: file.to_owned(), column: (*column).to_owned() });
        }
        Self::parse(line.trim_end(), wanted).map_err(unrecognised)
    }

    /// Finds the wanted columns in the first line.
    pub(crate) fn parse(line: &str, wanted: &[&str]) -> Result<Self, Fault> {
        let names = split(line)?;
        let place = |column: &&str| names.iter().position(|name| name.trim().eq_ignore_ascii_case(column));
        Ok(Self { places: wanted.iter().map(place).collect(), cells: names.len() })
    }

    /// Whether the wanted column at this place is there.
    pub(crate) fn has(&self, wanted: usize) -> bool {
        self.places[wanted].is_some()
    }

    /// The wanted cells of a row, in the order in which they were wanted.
    pub(crate) fn cells<'l>(&self, line: &'l str) -> Result<Vec<Option<Cow<'l, str>>>, Fault> {
        let mut cells = split(line)?;
        if cells.len() != self.cells {
            return Err(Fault::row(format!("has {} cells, the header {}", cells.len(), self.cells)));
        }
        let take = |place: &Option<usize>| place.map(|at| std::mem::take(&mut cells[at]));
        Ok(self.places.iter().map(take).collect())
    }
}

/// Splits a line at its commas.
fn split(line: &str) -> Result<Vec<Cow<'_, str>>, Fault> {
    if !line.contains('"') {
        return Ok(line.split(',').map(Cow::Borrowed).collect());
    }
    let unclosed = || Fault::row("has a quote that is not closed on its line");
    if !line.bytes().filter(|b| *b == b'"').count().is_multiple_of(2) {
        return Err(unclosed());
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(line.len().clamp(64, 8192))
        .from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(|cell| Cow::Owned(cell.to_owned())).collect()),
        Ok(false) => Ok(Vec::new()),
        Err(_) => Err(unclosed()),
    }
}

#[cfg(test)]
mod tests {
    use super::Header;

    #[test]
    fn quotes_protect_commas_and_other_columns_are_passed_over() {
        let header =
            Header::parse("x,\"Object_ID\", account_id", &["account_id", "object_id", "layer"]).unwrap();
        let cells = header.cells("1,\"a,\"\"b\"\"\",me").unwrap();
        assert_eq!(cells[0].as_deref(), Some("me"));
        assert_eq!(cells[1].as_deref(), Some("a,\"b\""));
        assert_eq!(cells[2], None);
    }

    #[test]
    fn odd_rows_are_faults() {
        let header = Header::parse("a,b", &["a"]).unwrap();
        assert!(header.cells("1").unwrap_err().reason.contains("1 cells"));
        assert!(header.cells("\"1,2").unwrap_err().reason.contains("quote"));
    }
}
