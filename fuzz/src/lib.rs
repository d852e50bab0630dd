//! What the fuzz targets share: bytes through the door of one format. A crash becomes a case of the crate's tests.
//!
//! Run one with `cargo +nightly fuzz run jsonl`.

use vigie_ingest::{Format, ReadOptions, Source, open_exchanges, open_objects};

/// Reads the bytes as one format, with and without being told which. Whatever they are, this returns.
pub fn read(bytes: &[u8], format: Format) {
    let source = [Source::Memory { name: "fuzz".to_owned(), bytes: bytes.to_vec().into() }];
    for format in [Some(format), None] {
        let options =
            ReadOptions { format, row_bytes_max: 1 << 16, file_bytes_max: 1 << 24, ..ReadOptions::default() };
        if let Ok(reader) = open_exchanges(&source, &options) {
            reader.for_each(drop);
        }
        if let Ok(reader) = open_objects(&source, &options) {
            reader.for_each(drop);
        }
    }
}
