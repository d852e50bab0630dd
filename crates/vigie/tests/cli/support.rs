//! A folder of its own for each test, `vigie` started in it, and small logs.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use tempfile::TempDir;

/// A folder of its own.
pub struct Place {
    dir: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, and the folders it needs.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// `vigie` started in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.current_dir(self.dir.path()).args(arguments).env_remove("COLUMNS");
        command
    }

    pub fn vigie(&self, arguments: &[&str]) -> Assert {
        self.command(arguments).assert()
    }

    /// `summary.json` of the default output directory.
    pub fn summary(&self) -> serde_json::Value {
        serde_json::from_str(&self.read("vigie-out/summary.json")).unwrap()
    }

    /// Every file below the folder, with its content.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        walk(self.dir.path(), &mut found);
        found.sort();
        found.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => walk(&path, found),
            false => found.push(path),
        }
    }
}

/// One exchange as a line of JSON.
pub fn line(event: &str, account: &str, time: &str, prompt: &str) -> String {
    serde_json::json!({"event_id": event, "account_id": account, "timestamp": time, "prompt": prompt})
        .to_string()
        + "\n"
}

/// A log of three exchanges on three days.
pub fn three_days() -> String {
    line("e1", "a1", "2026-02-01T08:00:00Z", "Good morning")
        + &line("e2", "a2", "2026-02-02T08:00:00Z", "What is a lighthouse?")
        + &line("e3", "a3", "2026-02-03T08:00:00Z", "Write a poem about rain")
}

/// What a command wrote to standard error.
pub fn stderr(assert: &Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

/// What a command wrote to standard output.
pub fn stdout(assert: &Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

/// The output directory of the made-up hunt, for commands that read one.
pub fn sample_hunt(place: &Place) {
    vigie_store::write_report(&place.path("vigie-out"), &vigie_report::sample::report()).unwrap();
}
