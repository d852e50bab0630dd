//! What all decoders of text share: the loop over rows, rejects, and good rows before bad news.

use vigie_model::Reject;

use crate::decode::{Decoder, Portion};
use crate::error::IngestError;
use crate::input::Stream;
use crate::options::{BATCH_ROWS_MAX, ReadOptions};
use crate::rows::{Element, Place, Row, TextRows};

/// What becomes of the rows of one text format.
pub(crate) trait RowSink: Send {
    /// What a full sink is emptied into.
    type Portion: Portion;

    /// Takes one row, or says why not.
    fn row(&mut self, row: &[u8]) -> Result<(), Fault>;
    /// Whether it must be emptied before another row.
    fn is_full(&self) -> bool;
    /// Whether it holds no row.
    fn is_empty(&self) -> bool;
    /// Empties it.
    fn finish(&mut self, rejects: Vec<Reject>) -> Result<Self::Portion, String>;
}

/// Decodes a text format row by row.
pub(crate) struct TextDecoder<S> {
    file: String,
    rows: TextRows,
    sink: S,
    row_bytes_max: usize,
    file_bytes_max: u64,
    /// Said after the rows before it were handed over.
    pending: Option<IngestError>,
    ended: bool,
}

impl<S: RowSink> TextDecoder<S> {
    /// JSON in any layout: one object a line, an array, objects that span lines.
    pub(crate) fn json(file: String, stream: Stream, options: &ReadOptions, sink: S) -> Self {
        Self::new(file, TextRows::json(stream, options.row_limit()), options, sink)
    }

    /// One row a line.
    pub(crate) fn lines(file: String, stream: Stream, options: &ReadOptions, sink: S) -> Self {
        Self::new(file, TextRows::lines(stream, options.row_limit()), options, sink)
    }

    fn new(file: String, rows: TextRows, options: &ReadOptions, sink: S) -> Self {
        let (row_bytes_max, file_bytes_max) = (options.row_limit(), options.file_bytes_max);
        Self { file, rows, sink, row_bytes_max, file_bytes_max, pending: None, ended: false }
    }

    /// Reads until the sink is full; what is said of the input as a whole waits in `pending`.
    fn fill(&mut self, rejects: &mut Vec<Reject>) {
        while !self.sink.is_full() && rejects.len() < BATCH_ROWS_MAX {
            let (place, row) = match self.rows.next() {
                Ok(Some(next)) => next,
                Ok(None) => {
                    self.ended = true;
                    return;
                }
                Err(cause) => {
                    self.pending = Some(IngestError::from_io(&self.file, cause, self.file_bytes_max));
                    return;
                }
            };
            let (outcome, closed) = match row {
                Row::Whole(bytes) => (self.sink.row(bytes), true),
                Row::Unclosed(bytes) => (self.sink.row(bytes), false),
                Row::TooLong => (Err(Fault::too_long(self.row_bytes_max)), true),
            };
            match outcome {
                Ok(()) => {}
                Err(fault) if fault.cut && !closed => {
                    let detail = format!("line {} breaks off", place.line);
                    self.pending = Some(IngestError::Truncated { file: self.file.clone(), detail });
                    return;
                }
                Err(fault) => rejects.push(fault.into_reject(&self.file, place)),
            }
        }
    }
}

impl<S: RowSink> Decoder<S::Portion> for TextDecoder<S> {
    fn next(&mut self) -> Result<Option<S::Portion>, IngestError> {
        let mut rejects = Vec::new();
        if !self.ended && self.pending.is_none() {
            self.fill(&mut rejects);
        }
        if !self.sink.is_empty() || !rejects.is_empty() {
            let damaged = |detail| IngestError::Damaged { file: self.file.clone(), detail };
            return self.sink.finish(rejects).map(Some).map_err(damaged);
        }
        self.ended = true;
        self.pending.take().map_or(Ok(None), Err)
    }
}

/// A row as text, which every text format needs.
pub(crate) fn utf8(row: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(row).map_err(|error| {
        let at = error.valid_up_to() + 1;
        let fault = Fault::row(format!("is not UTF-8, at byte {at}; save the file as UTF-8"));
        Fault { cut: error.error_len().is_none(), ..fault }
    })
}

/// Why a row is rejected.
#[derive(Debug, Default)]
pub(crate) struct Fault {
    pub(crate) field: Option<String>,
    pub(crate) reason: String,
    /// The row ends before its JSON does.
    pub(crate) cut: bool,
}

impl Fault {
    pub(crate) fn new(field: &str, reason: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), reason: reason.into(), cut: false }
    }

    pub(crate) fn row(reason: impl Into<String>) -> Self {
        Self { field: None, reason: reason.into(), cut: false }
    }

    /// What the JSON parser said, without the value that it said it of.
    pub(crate) fn json(error: &serde_json::Error) -> Self {
        if error.is_eof() {
            return Self { cut: true, ..Self::row("is not JSON: it breaks off before its end") };
        }
        if error.is_syntax() {
            // Syntax messages name what was expected and where, never what was there.
            return Self::row(format!("is not JSON: {error}").replace(" at line 1 column ", ", at byte "));
        }
        Self::row("is not a JSON object; write one object a row")
    }

    pub(crate) fn too_long(row_bytes_max: usize) -> Self {
        Self::row(format!(
            "is longer than {row_bytes_max} bytes; raise row_bytes_max under [read] if such rows are real"
        ))
    }

    pub(crate) fn into_reject(self, file: &str, place: Place) -> Reject {
        let reason = match place.element {
            Some(Element::OfArray(element)) => format!("{} (element {element} of the array)", self.reason),
            Some(Element::OfFile(object)) => format!("{} (object {object} of the file)", self.reason),
            None => self.reason,
        };
        Reject { file: file.to_owned(), line: place.line, field: self.field, reason }
    }
}
