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
#[derive(Debug, Default)]
pub struct Resolved {
    /// Logs, in the order of the inputs; sorted by path within a directory or glob; no file twice.
    pub sources: Vec<Source>,
    /// Files of directories and globs that are called `accounts`.
    pub accounts: Vec<PathBuf>,
    /// Files of directories and globs that are called `models`.
    pub models: Vec<PathBuf>,
    /// What lies in directories and is no log: truths, rejects, what a hunt wrote, other endings, pipes, links to
    /// folders, links to nothing.
    pub left_out: Vec<PathBuf>,
    /// Inputs that lead nowhere and folders that cannot be listed. The rest can be read all the same.
    pub problems: Vec<IngestError>,
}

const DEPTH_MAX: usize = 32;
const FILES_MAX: usize = 1_000_000;
const LOG_ENDINGS: &[&str] = &["parquet", "pq", "jsonl", "ndjson", "json", "csv", "log"];
const COMPRESSION_ENDINGS: &[&str] = &["gz", "zst"];
/// Together they tell a folder that a hunt wrote.
const HUNT_FILES: &[&str] = &["campaigns.jsonl", "members.parquet", "summary.json"];
const LEFT_OUT_PREFIXES: &[&str] = &["truth_", "rejects", "campaigns", "members"];

/// Finds the files behind the inputs.
///
/// A file that is named by itself is read whatever its name. Directories (recursive; hidden files and those that
/// begin with `_` are skipped, links to directories not followed, the folder of an earlier hunt's answer left out) and
/// globs sort their files by name: side tables apart, what is no log into `left_out`. A file that is reached by two
/// ways, links among them, comes once. O(n log n) in the files.
///
/// # Errors
/// When no log at all is found: the first input that leads nowhere, where there is one. Also when limits on files and
/// depth are met, or a glob cannot be understood.
pub fn resolve(inputs: &[String]) -> Result<Resolved, IngestError> {
    let mut found = Resolved::default();
    let mut seen = HashSet::new();
    for input in inputs {
        let path = Path::new(input);
        let mut files = Vec::new();
        if input == "-" {
            if found.sources.contains(&Source::Stdin) {
                return Err(IngestError::StdinTwice);
            }
            found.sources.push(Source::Stdin);
        } else if path.is_dir() {
            walk(path, 0, &mut files, &mut found)?;
        } else if path.exists() || path.is_symlink() {
            if seen.insert(identity(path)) {
                found.sources.push(Source::File(path.to_path_buf()));
            }
        } else if input.contains(['*', '?', '[']) {
            files = expand(input, &mut found)?;
            if files.is_empty() {
                found.problems.push(IngestError::NoMatch { pattern: input.clone() });
            }
        } else {
            found.problems.push(IngestError::NotFound { path: input.clone() });
        }
        files.sort();
        sort_out(files, &mut found, &mut seen);
    }
    if found.sources.is_empty() {
        let nothing = IngestError::NothingFound { inputs: inputs.join(", ") };
        return Err(if found.problems.is_empty() { nothing } else { found.problems.swap_remove(0) });
    }
    found.left_out.sort();
    Ok(found)
}

/// The same for every way to a file. A link that leads nowhere is itself.
fn identity(path: &Path) -> PathBuf {
    let folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(folder).unwrap_or_else(|| path.to_path_buf())
}

/// Files that match a pattern.
fn expand(pattern: &str, found: &mut Resolved) -> Result<Vec<PathBuf>, IngestError> {
    let options = glob::MatchOptions {
        require_literal_leading_dot: true,
        require_literal_separator: true,
        ..glob::MatchOptions::default()
    };
    let bad = |e: glob::PatternError| IngestError::BadPattern {
        pattern: pattern.to_owned(),
        detail: e.msg.to_owned(),
    };
    let mut files = Vec::new();
    if pattern.contains("**") {
        // The library would follow links to folders, and one that leads upwards again and again.
        let matcher = glob::Pattern::new(pattern).map_err(bad)?;
        let fixed = pattern.split('/').take_while(|part| !part.contains(['*', '?', '[']));
        let base: PathBuf = match fixed.collect::<Vec<_>>().join("/") {
            base if !base.is_empty() => base.into(),
            _ if pattern.starts_with('/') => "/".into(),
            _ => ".".into(),
        };
        let mut aside = Resolved::default();
        walk(&base, 0, &mut files, &mut aside)?;
        found.problems.append(&mut aside.problems);
        let plain = |path: PathBuf| match path.strip_prefix(".") {
            Ok(plain) if !pattern.starts_with("./") => plain.to_path_buf(),
            _ => path,
        };
        let matching = |paths: Vec<PathBuf>| {
            paths.into_iter().map(plain).filter(|path| matcher.matches_path_with(path, options))
        };
        found.left_out.extend(matching(aside.left_out));
        files = matching(files).collect();
        return Ok(files);
    }
    for path in glob::glob_with(pattern, options).map_err(bad)? {
        match path {
            Ok(path) if path.is_dir() => walk(&path, 0, &mut files, found)?,
            Ok(path) => push_file(path, &mut files)?,
            Err(e) => found.problems.push(IngestError::Io {
                file: e.path().display().to_string(),
                cause: std::io::Error::new(e.error().kind(), e.error().to_string()),
            }),
        }
    }
    Ok(files)
}

/// Collects the files below a folder.
fn walk(
    folder: &Path,
    depth: usize,
    files: &mut Vec<PathBuf>,
    found: &mut Resolved,
) -> Result<(), IngestError> {
    let path = || folder.display().to_string();
    if depth > DEPTH_MAX {
        return Err(IngestError::TooMany { path: path(), limit: format!("{DEPTH_MAX} nested folders") });
    }
    if depth > 0 && HUNT_FILES.iter().all(|name| folder.join(name).is_file()) {
        found.left_out.push(folder.to_path_buf());
        return Ok(());
    }
    let listed = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = match listed {
        Ok(entries) => entries,
        Err(cause) => {
            found.problems.push(IngestError::Io { file: path(), cause });
            return Ok(());
        }
    };
    for entry in entries {
        if entry.file_name().to_string_lossy().starts_with(['.', '_']) {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), depth + 1, files, found)?;
        } else if entry.path().is_file() {
            push_file(entry.path(), files)?;
        } else {
            found.left_out.push(entry.path());
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
        if !seen.insert(identity(&file)) {
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
