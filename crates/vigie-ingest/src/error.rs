//! Why an input as a whole could not be read. Faults of single rows are [`vigie_model::Reject`]s, not errors.

use std::io;

/// An input that cannot be read, with its name and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No such file or directory.
    #[error("`{path}` does not exist; check the path, and where it leads if it is a link")]
    NotFound {
        /// The path as the user wrote it.
        path: String,
    },
    /// A glob that matches no file.
    #[error("no file matches `{pattern}`; check the pattern, and quote it if your shell expands it")]
    NoMatch {
        /// The pattern as the user wrote it.
        pattern: String,
    },
    /// A glob that cannot be understood.
    #[error("`{pattern}` is not a valid pattern: {detail}; use *, ?, ** and [abc]")]
    BadPattern {
        /// The pattern as the user wrote it.
        pattern: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Directories without a single log file.
    #[error(
        "no log found in {inputs}; logs end in .parquet, .jsonl, .ndjson, .json, .csv or .log, plain or with .gz or .zst"
    )]
    NothingFound {
        /// The inputs as the user wrote them.
        inputs: String,
    },
    /// More files or deeper folders than a limit allows.
    #[error("`{path}` holds more than {limit}; name fewer files, or a folder further down")]
    TooMany {
        /// Where the limit was met.
        path: String,
        /// The limit in words.
        limit: String,
    },
    /// `-` was named twice.
    #[error("standard input (`-`) can be named only once")]
    StdinTwice,
    /// The operating system refused.
    #[error("`{file}` cannot be read: {cause}; check that it is a file and that you may read it")]
    Io {
        /// The file as the user named it.
        file: String,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The file ends before its content does.
    #[error("`{file}` is truncated: {detail}; copy or download it again (rows before the cut are used)")]
    Truncated {
        /// The file as the user named it.
        file: String,
        /// Where it breaks off.
        detail: String,
    },
    /// The content contradicts itself.
    #[error("`{file}` is damaged: {detail}; copy or download it again (rows before the damage are used)")]
    Damaged {
        /// The file as the user named it.
        file: String,
        /// What contradicts what.
        detail: String,
    },
    /// Not a log format at all.
    #[error("`{file}` is {found}, not a log; {remedy}")]
    Foreign {
        /// The file as the user named it.
        file: String,
        /// What it looks like.
        found: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Text whose meaning cannot be told from its beginning.
    #[error(
        "`{file}` is not in a known format ({detail}); name it with --format: parquet, jsonl, litellm, \
         objects-csv, objects-parquet or objects-jsonl"
    )]
    Unrecognised {
        /// The file as the user named it.
        file: String,
        /// What was seen.
        detail: String,
    },
    /// A known table at the wrong place.
    #[error("`{file}` holds {found}, not {wanted}; {remedy}")]
    WrongTable {
        /// The file as the user named it.
        file: String,
        /// The table that it holds.
        found: &'static str,
        /// The table that was asked for.
        wanted: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Encrypted content.
    #[error("`{file}` is encrypted; decrypt it first, Vigie holds no keys")]
    Encrypted {
        /// The file as the user named it.
        file: String,
    },
    /// A required column is absent.
    #[error("`{file}` has no column `{column}`; {table} needs {required}")]
    MissingColumn {
        /// The file as the user named it.
        file: String,
        /// The absent column.
        column: &'static str,
        /// The table that was asked for.
        table: &'static str,
        /// The columns that the table needs.
        required: &'static str,
    },
    /// A column stands there twice: which one is meant, nobody can tell.
    #[error("`{file}` has the column `{column}` twice; leave one of them out when you export")]
    TwiceColumn {
        /// The file as the user named it.
        file: String,
        /// The column.
        column: String,
    },
    /// A column has a type that cannot be read as the expected one.
    #[error("`{file}`: column `{column}` has type {found}, expected {expected}; cast it when you export")]
    WrongType {
        /// The file as the user named it.
        file: String,
        /// The column.
        column: String,
        /// Its type in the file.
        found: String,
        /// The type that the table needs.
        expected: String,
    },
    /// A limit on sizes was met.
    #[error("`{file}` is larger than {limit}; split it, or raise the limit (rows before it are used)")]
    TooLarge {
        /// The file as the user named it.
        file: String,
        /// The limit in words.
        limit: String,
    },
    /// A name after `--format` that is not known.
    #[error(
        "unknown format `{name}`; use parquet, jsonl, litellm, objects-csv, objects-parquet or objects-jsonl"
    )]
    UnknownFormat {
        /// The name as the user wrote it.
        name: String,
    },
}

impl IngestError {
    /// Sorts what a reader said by what the user can do about it.
    pub(crate) fn from_io(file: &str, cause: io::Error, file_bytes_max: u64) -> Self {
        let file = file.to_owned();
        match cause.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated { file, detail: cause.to_string() },
            io::ErrorKind::FileTooLarge => {
                Self::TooLarge { file, limit: format!("{file_bytes_max} bytes decompressed") }
            }
            io::ErrorKind::NotFound => Self::NotFound { path: file },
            io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory => Self::Io { file, cause },
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                Self::Damaged { file, detail: cause.to_string() }
            }
            _ => Self::Io { file, cause },
        }
    }
}
