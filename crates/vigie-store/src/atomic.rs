//! One file, whole or not at all: write beside it, sync, rename over it.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::StoreError;

/// Tries for a free temporary name before giving up.
const NAMES_MAX: u32 = 1_000;

/// A file that is written but not yet in its place. Dropped without [`commit`](Self::commit), it is removed.
#[derive(Debug)]
pub struct Staged {
    temporary: PathBuf,
    target: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl Staged {
    /// Opens a temporary file beside `dir/name`; makes `dir` when it is not there.
    pub fn create(dir: &Path, name: &str) -> Result<Self, StoreError> {
        check_name(name)?;
        fs::create_dir_all(dir).map_err(StoreError::io("create", dir))?;
        let (temporary, file) = create_beside(dir, name)?;
        Ok(Self { temporary, target: dir.join(name), writer: Some(BufWriter::new(file)) })
    }

    /// The file that will be replaced.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Writes bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        match self.writer.as_mut() {
            Some(writer) => writer.write_all(bytes).map_err(StoreError::io("write", &self.temporary)),
            None => Ok(()),
        }
    }

    /// Hands out the file for writers that want to own one; what they wrote counts on [`seal`](Self::seal).
    /// Not to be mixed with [`write`](Self::write): both share one position.
    pub fn duplicate(&self) -> Result<File, StoreError> {
        let file = self.writer.as_ref().map(|w| w.get_ref().try_clone());
        file.unwrap_or_else(|| Err(std::io::ErrorKind::NotFound.into()))
            .map_err(StoreError::io("write", &self.temporary))
    }

    /// Flushes and syncs: from here on a crash loses nothing of the contents.
    pub fn seal(&mut self) -> Result<(), StoreError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let file =
            writer.into_inner().map_err(|e| StoreError::io("write", &self.temporary)(e.into_error()))?;
        file.sync_all().map_err(StoreError::io("write", &self.temporary))
    }

    /// Puts the file in its place. The old one, if any, is there until this moment and gone after it.
    pub fn commit(mut self) -> Result<PathBuf, StoreError> {
        self.seal()?;
        fs::rename(&self.temporary, &self.target).map_err(StoreError::io("rename", &self.target))?;
        Ok(self.target.clone())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove, and a failure to clean up must not hide the first error.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Makes renames in `dir` survive a power cut.
pub fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    // Windows cannot open a directory as a file; its renames are journalled.
    if cfg!(unix) {
        File::open(dir).and_then(|d| d.sync_all()).map_err(StoreError::io("write", dir))?;
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), StoreError> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    if plain { Ok(()) } else { Err(StoreError::BadName { name: name.to_owned() }) }
}

fn create_beside(dir: &Path, name: &str) -> Result<(PathBuf, File), StoreError> {
    let pid = std::process::id();
    let mut try_number = 0;
    loop {
        let path = dir.join(format!(".{name}.{pid}.{try_number}.tmp"));
        // `create_new` neither follows a planted symlink nor shares a file with another run.
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && try_number < NAMES_MAX => {
                try_number += 1;
            }
            Err(e) => return Err(StoreError::io("create", &path)(e)),
        }
    }
}
