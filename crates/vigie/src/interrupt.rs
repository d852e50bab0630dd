//! Ctrl-C: what is half written goes away before the process does.
//!
//! Every output is staged beside its target under a name that carries the process id and renamed only when whole
//! (`vigie-store`), so there is never half a file; this removes what was staged.

use std::fs;
use std::path::{Path, PathBuf};

/// The exit code that shells expect after SIGINT: 128 + 2.
const INTERRUPTED: i32 = 130;

/// From now on an interrupt cleans `dir` of this process's staged files, then ends the process.
pub fn clean_on_interrupt(dir: &Path) {
    let dir = dir.to_path_buf();
    // A second handler cannot be set; the first one, of this same process, serves as well.
    let _ = ctrlc::set_handler(move || {
        for file in staged(&dir) {
            let _ = fs::remove_file(file);
        }
        #[expect(clippy::exit, reason = "a signal handler has no caller to return to")]
        std::process::exit(INTERRUPTED);
    });
}

/// Staged files of this process: `.NAME.PID.N.tmp`.
fn staged(dir: &Path) -> Vec<PathBuf> {
    let mine = format!(".{}.", std::process::id());
    let is_staged = |name: &str| name.starts_with('.') && name.ends_with(".tmp") && name.contains(&mine);
    fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_staged))
        .map(|entry| entry.path())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_this_process_staged_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        let mine = dir.path().join(format!(".campaigns.jsonl.{}.0.tmp", std::process::id()));
        for file in [&mine, &dir.path().join(".campaigns.jsonl.1.0.tmp"), &dir.path().join("campaigns.jsonl")]
        {
            fs::write(file, "x").unwrap();
        }
        assert_eq!(staged(dir.path()), [mine]);
    }
}
