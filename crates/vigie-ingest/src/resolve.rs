//! From what the user named to sources: files, globs, directories, standard input.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::error::IngestError;

/// One thing to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// Bytes in memory, for callers that received them otherwise, and for tests.
    Memory {
        /// What errors and rejects call it.
        name: String,
        /// The content, as it would lie in a file.
        bytes: Bytes,
    },
}

impl Source {
    /// The name in errors and rejects; `-` for standard input.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
            Self::Memory { name, .. } => name.clone(),
        }
    }

    /// Bytes as they lie on disk; `None` for standard input and what cannot be asked.
    pub fn bytes(&self) -> Option<u64> {
        match self {
            Self::File(path) => fs::metadata(path).ok().map(|m| m.len()),
            Self::Stdin => None,
            Self::Memory { bytes, .. } => Some(bytes.len() as u64),
        }
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Self::File(path.to_path_buf())
    }
}

/// What the inputs come down to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Logs, in the order of the inputs; sorted by path within a directory or glob; no file twice.
    pub sources: Vec<Source>,
    /// Files of directories and globs that are called `accounts`.
    pub accounts: Vec<PathBuf>,
    /// Files of directories and globs that are called `models`.
    pub models: Vec<PathBuf>,
    /// Files of directories and globs that are no logs: truths, rejects, what a hunt wrote, other endings.
    pub left_out: Vec<PathBuf>,
}

const DEPTH_MAX: usize = 32;
const FILES_MAX: usize = 1_000_000;
const LOG_ENDINGS: &[&str] = &["parquet", "pq", "jsonl", "ndjson", "json", "csv", "log"];
const COMPRESSION_ENDINGS: &[&str] = &["gz", "zst"];
const LEFT_OUT_PREFIXES: &[&str] = &["truth_", "rejects", "campaigns", "members"];

/// Finds the files behind the inputs.
///
/// A file that is named by itself is read whatever its name. Directories (recursive; hidden files and those that
/// begin with `_` are skipped, links to directories not followed) and globs sort their files by name: side tables
/// apart, what is no log into `left_out`.
///
/// # Errors
/// When an input does not exist, a glob matches nothing, or no log at all is found.
pub fn resolve(inputs: &[String]) -> Result<Resolved, IngestError> {
    let mut found = Resolved::default();
    let mut seen = HashSet::new();
    for input in inputs {
        let path = Path::new(input);
        if input == "-" {
            if found.sources.contains(&Source::Stdin) {
                return Err(IngestError::StdinTwice);
            }
            found.sources.push(Source::Stdin);
        } else if path.is_dir() {
            let mut files = Vec::new();
            walk(path, 0, &mut files)?;
            files.sort();
            sort_out(files, &mut found, &mut seen);
        } else if path.exists() {
            if seen.insert(path.to_path_buf()) {
                found.sources.push(Source::File(path.to_path_buf()));
            }
        } else if input.contains(['*', '?', '[']) {
            sort_out(expand(input)?, &mut found, &mut seen);
        } else {
            return Err(IngestError::NotFound { path: input.clone() });
        }
    }
    if found.sources.is_empty() {
        return Err(IngestError::NothingFound { inputs: inputs.join(", ") });
    }
    Ok(found)
}

fn expand(pattern: &str) -> Result<Vec<PathBuf>, IngestError> {
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::default() };
    let paths = glob::glob_with(pattern, options)
        .map_err(|e| IngestError::BadPattern { pattern: pattern.to_owned(), detail: e.msg.to_owned() })?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|e| IngestError::Io {
            file: e.path().display().to_string(),
            cause: std::io::Error::new(e.error().kind(), e.error().to_string()),
        })?;
        if path.is_dir() {
            walk(&path, 0, &mut files)?;
        } else {
            push_file(path, &mut files)?;
        }
    }
    if files.is_empty() {
        return Err(IngestError::NoMatch { pattern: pattern.to_owned() });
    }
    files.sort();
    Ok(files)
}

fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), IngestError> {
    let path = || folder.display().to_string();
    if depth > DEPTH_MAX {
        return Err(IngestError::TooMany { path: path(), limit: format!("{DEPTH_MAX} nested folders") });
    }
    let entries = fs::read_dir(folder).map_err(|cause| IngestError::Io { file: path(), cause })?;
    for entry in entries {
        let entry = entry.map_err(|cause| IngestError::Io { file: path(), cause })?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(['.', '_']) {
            continue;
        }
        let kind = entry.file_type().map_err(|cause| IngestError::Io { file: path(), cause })?;
        if kind.is_dir() {
            walk(&entry.path(), depth + 1, files)?;
        } else if entry.path().is_file() {
            push_file(entry.path(), files)?;
        }
    }
    Ok(())
}

fn push_file(path: PathBuf, files: &mut Vec<PathBuf>) -> Result<(), IngestError> {
    if files.len() >= FILES_MAX {
        let path = path.parent().unwrap_or(&path).display().to_string();
        return Err(IngestError::TooMany { path, limit: format!("{FILES_MAX} files") });
    }
    files.push(path);
    Ok(())
}

fn sort_out(files: Vec<PathBuf>, found: &mut Resolved, seen: &mut HashSet<PathBuf>) {
    for file in files {
        if !seen.insert(file.clone()) {
            continue;
        }
        match role(&file) {
            Role::Log => found.sources.push(Source::File(file)),
            Role::Accounts => found.accounts.push(file),
            Role::Models => found.models.push(file),
            Role::LeftOut => found.left_out.push(file),
        }
    }
}

enum Role {
    Log,
    Accounts,
    Models,
    LeftOut,
}

/// What a file of a directory is for, by its name: the part before the first dot, and the ending.
fn role(path: &Path) -> Role {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let mut endings = name.rsplit('.');
    let mut ending = endings.next().unwrap_or_default();
    if COMPRESSION_ENDINGS.contains(&ending) {
        ending = endings.next().unwrap_or_default();
    }
    if !LOG_ENDINGS.contains(&ending) || LEFT_OUT_PREFIXES.iter().any(|prefix| stem.starts_with(prefix)) {
        return Role::LeftOut;
    }
    match stem {
        "accounts" => Role::Accounts,
        "models" => Role::Models,
        _ => Role::Log,
    }
}
