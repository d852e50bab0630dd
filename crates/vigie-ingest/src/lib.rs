//! Log bytes to exchanges and errors, one file per format.
//!
//! What lives here: finding the files ([`resolve()`]), telling their format by content ([`sniff`]), decompressing, and
//! decoding into canonical batches ([`open_exchanges`]), objects ([`open_objects`]) and side tables
//! ([`read_accounts`], [`read_models`]). A row that cannot be read is a [`Reject`](vigie_model::Reject) and reading
//! goes on; an input that cannot be read is an [`IngestError`] that names it, and reading goes on with the next one.
//!
//! What does not: removing duplicates, writing anything, opinions about content.
//!
//! **Invariant:** no input makes a decoder panic, hold more than a batch and a row in memory, or lose a row silently.

mod columns;
mod conform;
mod csv_line;
mod decode;
mod error;
mod format;
mod input;
mod options;
mod parquet_file;
mod reader;
mod resolve;
mod rows;
mod side;
mod time;

pub use decode::{Decoded, DecodedObjects};
pub use error::IngestError;
pub use format::{Format, sniff};
pub use input::Meter;
pub use options::{AddressTrust, BATCH_ROWS_MAX, ColumnSet, ROW_BYTES_CEILING, ReadOptions};
pub use reader::{ExchangeReader, ObjectReader, TableReader, open_exchanges, open_objects};
pub use resolve::{Resolved, Source, resolve};
pub use side::{read_accounts, read_models};
