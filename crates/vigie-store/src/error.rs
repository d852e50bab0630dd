//! What can go wrong with an output directory, told to a person.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {doing} `{}`: {source}; check that the directory exists, is yours and has room", path.display())]
    Io {
        /// What was tried: `create`, `write`, `rename`, `read`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// A name that would leave the directory.
    #[error("`{name}` is not a plain file name; give a name without `/`, `\\` or a leading dot")]
    BadName {
        /// The name.
        name: String,
    },
    /// A number that no reader could read back.
    #[error("campaign `{campaign_id}` holds {field} that is not a finite number; this is a bug of the hunt")]
    NotFinite {
        /// The campaign.
        campaign_id: String,
        /// The field.
        field: &'static str,
    },
    /// A line that is not the JSON that belongs there.
    #[error("`{}`, line {line}: {source}; was the file written by another version?", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// A file that is not the Parquet that belongs there.
    #[error("`{}`: {source}; is the file whole, and is it Parquet?", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the reader or writer says.
        source: parquet::errors::ParquetError,
    },
    /// A Parquet file of another shape.
    #[error("`{}`: column `{column}` is missing or is not {expected}", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// Its type by the schema.
        expected: &'static str,
    },
}

impl StoreError {
    pub(crate) fn io<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + use<'a> {
        move |source| Self::Io { doing, path: path.to_owned(), source }
    }

    pub(crate) fn json(path: &Path, line: usize) -> impl FnOnce(serde_json::Error) -> Self + '_ {
        move |source| Self::Json { path: path.to_owned(), line, source }
    }

    pub(crate) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self + '_ {
        move |source| Self::Parquet { path: path.to_owned(), source }
    }
}
