//! `rejects.jsonl`: every row that could not be read, with its place and reason.

use std::path::{Path, PathBuf};

use vigie_model::Reject;

use crate::atomic::{Staged, sync_dir};
use crate::error::StoreError;
use crate::files;
use crate::write::line;

/// Writes rejects as they come. Dropped without [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct RejectsWriter {
    staged: Staged,
    dir: PathBuf,
    limit: u64,
    seen: u64,
}

/// What became of the rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectsWritten {
    /// The file.
    pub path: PathBuf,
    /// Rejects that were pushed.
    pub seen: u64,
    /// Rejects that the file holds: the first ones, up to the limit.
    pub written: u64,
}

impl RejectsWriter {
    /// Starts `dir/rejects.jsonl`. The file holds the first `limit` rejects at most; all are counted.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the directory or the file cannot be made.
    pub fn create(dir: &Path, limit: u64) -> Result<Self, StoreError> {
        Ok(Self { staged: Staged::create(dir, files::REJECTS)?, dir: dir.to_owned(), limit, seen: 0 })
    }

    /// Adds one reject.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the disk refuses.
    pub fn push(&mut self, reject: &Reject) -> Result<(), StoreError> {
        self.seen += 1;
        if self.seen > self.limit {
            return Ok(());
        }
        let line_number = usize::try_from(self.seen).unwrap_or(usize::MAX);
        let bytes = line(reject).map_err(StoreError::json(self.staged.target(), line_number))?;
        self.staged.write(&bytes)
    }

    /// Rejects so far.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Puts the file in its place, empty when there was no reject, so that no older run's rejects stay.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the disk refuses.
    pub fn finish(self) -> Result<RejectsWritten, StoreError> {
        let path = self.staged.commit()?;
        sync_dir(&self.dir)?;
        Ok(RejectsWritten { path, seen: self.seen, written: self.seen.min(self.limit) })
    }
}
