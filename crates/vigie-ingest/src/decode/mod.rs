//! One file per format, all behind one trait.

use vigie_model::{ObjectTouch, Reject};

use crate::error::IngestError;

pub(crate) mod exchange_jsonl;
pub(crate) mod exchange_parquet;
pub(crate) mod json_object;
pub(crate) mod litellm;
pub(crate) mod objects;
pub(crate) mod objects_parquet;
pub(crate) mod text;

/// Decodes one source into portions of rows.
pub(crate) trait Decoder<T>: Send {
    /// The next portion; `None` at the end. After an error there is nothing more to read from this source, and
    /// whatever could be read was handed over before.
    fn next(&mut self) -> Result<Option<T>, IngestError>;
}

/// A portion of canonical rows.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Rows in the canonical schema, at most [`BATCH_ROWS_MAX`](crate::BATCH_ROWS_MAX).
    pub batch: arrow_array::RecordBatch,
    /// Rows that were skipped on the way.
    pub rejects: Vec<Reject>,
}

/// A portion of the objects table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecodedObjects {
    /// Rows, in the order of the source.
    pub touches: Vec<ObjectTouch>,
    /// Rows that were skipped on the way.
    pub rejects: Vec<Reject>,
}

/// What the reader must know of a portion.
pub(crate) trait Portion: Send {
    fn rejects_mut(&mut self) -> &mut Vec<Reject>;
    fn is_empty(&self) -> bool;
}

impl Portion for Decoded {
    fn rejects_mut(&mut self) -> &mut Vec<Reject> {
        &mut self.rejects
    }

    fn is_empty(&self) -> bool {
        self.batch.num_rows() == 0 && self.rejects.is_empty()
    }
}

impl Portion for DecodedObjects {
    fn rejects_mut(&mut self) -> &mut Vec<Reject> {
        &mut self.rejects
    }

    fn is_empty(&self) -> bool {
        self.touches.is_empty() && self.rejects.is_empty()
    }
}
