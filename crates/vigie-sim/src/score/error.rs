//! What can be wrong with a labelled world or with a hunt's output, told to a person.

use std::path::{Path, PathBuf};

/// Why a hunt cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// A file cannot be opened.
    #[error("cannot read `{}`: {source}; a world needs truth_accounts.parquet, truth_networks.jsonl and \
             truth_exchanges.parquet, a hunt campaigns.jsonl and members.parquet", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// A file is not Parquet, or is broken.
    #[error("`{}`: {source}; is the file whole, and is it Parquet?", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        source: parquet::errors::ParquetError,
    },
    /// A table lacks a column or has it in a type that cannot be read as the schema's.
    #[error("`{}`: column `{column}` {problem}; the exchange schema page tells what it should be", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A line is not the JSON that belongs there.
    #[error("`{}`, line {line}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// A row names something that its companion file does not have.
    #[error("`{}` names {what} `{id}`, which `{companion}` does not have", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// `network` or `campaign`.
        what: &'static str,
        /// Its id.
        id: String,
        /// The file that should define it.
        companion: &'static str,
    },
}

impl ScoreError {
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    pub(super) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self + '_ {
        move |source| Self::Parquet { path: path.to_owned(), source }
    }

    pub(super) fn column(path: &Path, column: &'static str, problem: impl Into<String>) -> Self {
        Self::Column { path: path.to_owned(), column, problem: problem.into() }
    }
}
