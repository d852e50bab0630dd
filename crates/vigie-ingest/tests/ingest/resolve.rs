//! From what the user names to files.

use std::fs;
use std::path::Path;

use vigie_ingest::{IngestError, ReadOptions, Resolved, Source, resolve};

use crate::support::{GOOD, ids, read_with};

fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, GOOD).unwrap();
    }
    folder
}

fn names(folder: &Path, found: &Resolved) -> String {
    let short = |path: &Path| path.strip_prefix(folder).unwrap().display().to_string();
    let list = |paths: &[std::path::PathBuf]| match paths {
        [] => "none".to_owned(),
        paths => paths.iter().map(|p| short(p)).collect::<Vec<_>>().join(" "),
    };
    let sources: Vec<_> = found
        .sources
        .iter()
        .map(|source| match source {
            Source::File(path) => short(path),
            other => other.name(),
        })
        .collect();
    format!(
        "logs: {}\naccounts: {}\nmodels: {}\nleft out: {}",
        sources.join(" "),
        list(&found.accounts),
        list(&found.models),
        list(&found.left_out)
    )
}

const WORLD: &[&str] = &[
    "exchanges.parquet",
    "accounts.parquet",
    "models.jsonl.gz",
    "truth_accounts.parquet",
    "rejects.jsonl",
    "campaigns.jsonl",
    "members.parquet",
    "report.html",
    ".hidden.jsonl",
    "_SUCCESS",
    "day=2/b.jsonl.zst",
    "day=1/a.jsonl",
    "day=1/.git/c.jsonl",
];

#[test]
fn a_directory_is_sorted_out() {
    let folder = folder(WORLD);
    let found = resolve(&[folder.path().display().to_string()]).unwrap();
    insta::assert_snapshot!(names(folder.path(), &found), @"
    logs: day=1/a.jsonl day=2/b.jsonl.zst exchanges.parquet
    accounts: accounts.parquet
    models: models.jsonl.gz
    left out: campaigns.jsonl members.parquet rejects.jsonl report.html truth_accounts.parquet
    ");
}

#[test]
fn globs_files_and_stdin_keep_their_order_and_no_file_comes_twice() {
    let folder = folder(WORLD);
    let at = |name: &str| folder.path().join(name).display().to_string();
    let found =
        resolve(&[at("day=2/b.jsonl.zst"), "-".into(), at("**/*.jsonl*"), at("accounts.parquet")]).unwrap();
    insta::assert_snapshot!(names(folder.path(), &found), @"
    logs: day=2/b.jsonl.zst - day=1/a.jsonl accounts.parquet
    accounts: none
    models: models.jsonl.gz
    left out: campaigns.jsonl rejects.jsonl
    ");
}

#[test]
fn what_is_not_there_is_said() {
    let folder = folder(&["notes.txt"]);
    let at = |name: &str| vec![folder.path().join(name).display().to_string()];
    assert!(matches!(resolve(&at("none.jsonl")), Err(IngestError::NotFound { .. })));
    assert!(matches!(resolve(&at("*.jsonl")), Err(IngestError::NoMatch { .. })));
    assert!(matches!(resolve(&at("a[.jsonl")), Err(IngestError::BadPattern { .. })));
    assert!(matches!(resolve(&at("")), Err(IngestError::NothingFound { .. })));
    assert!(matches!(resolve(&at("none/**/*.jsonl")), Err(IngestError::Io { .. })));
    assert!(matches!(resolve(&[]), Err(IngestError::NothingFound { .. })));
    assert!(matches!(resolve(&["-".into(), "-".into()]), Err(IngestError::StdinTwice)));
}

#[test]
fn a_missing_file_does_not_stop_the_next_one() {
    let folder = folder(&["a.jsonl", "b.jsonl"]);
    let found = resolve(&[folder.path().display().to_string()]).unwrap();
    fs::remove_file(folder.path().join("a.jsonl")).unwrap();
    let read = read_with(&found.sources, &ReadOptions::default());
    assert!(read.errors[0].to_string().contains("a.jsonl"), "{:?}", read.errors);
    assert_eq!(ids(&read.rows), ["e1", "e2"]);
    let read = read_with(&[Source::from(folder.path())], &ReadOptions::default());
    assert!(matches!(&read.errors[..], [IngestError::Io { .. }]), "{:?}", read.errors);
}

#[test]
fn what_leads_nowhere_does_not_stop_the_rest() {
    let folder = folder(&["a.jsonl"]);
    let at = |name: &str| folder.path().join(name).display().to_string();
    let found = resolve(&[at("none.jsonl"), at("a.jsonl"), at("none-*.jsonl")]).unwrap();
    assert_eq!(found.sources.len(), 1);
    assert!(
        matches!(&found.problems[..], [IngestError::NotFound { .. }, IngestError::NoMatch { .. }]),
        "{:?}",
        found.problems
    );
}

#[test]
fn the_answer_of_an_earlier_hunt_is_left_out() {
    let folder = folder(&[
        "a.jsonl",
        "vigie-out/campaigns.jsonl",
        "vigie-out/members.parquet",
        "vigie-out/exchanges.parquet",
        "vigie-out/summary.json",
        "campaigns.jsonl",
        "members.parquet",
        "summary.json",
    ]);
    let found = resolve(&[folder.path().display().to_string()]).unwrap();
    insta::assert_snapshot!(names(folder.path(), &found), @"
    logs: a.jsonl summary.json
    accounts: none
    models: none
    left out: campaigns.jsonl members.parquet vigie-out
    ");
}

#[cfg(unix)]
#[test]
fn links_and_pipes_neither_loop_nor_vanish() {
    use std::os::unix::fs::symlink;
    let folder = folder(&["logs/a.jsonl", "logs/deep/b.jsonl", "elsewhere/c.jsonl"]);
    let at = |name: &str| folder.path().join(name);
    symlink(".", at("logs/loop")).unwrap();
    symlink(".", at("logs/other-loop")).unwrap();
    symlink(at("elsewhere"), at("logs/elsewhere")).unwrap();
    symlink("nowhere", at("logs/nowhere.jsonl")).unwrap();
    symlink("a.jsonl", at("logs/again.jsonl")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("logs/pipe.jsonl")).status().unwrap().success());
    let found = resolve(&[at("logs").display().to_string()]).unwrap();
    insta::assert_snapshot!(names(folder.path(), &found), @"
    logs: logs/a.jsonl logs/deep/b.jsonl
    accounts: none
    models: none
    left out: logs/elsewhere logs/loop logs/nowhere.jsonl logs/other-loop logs/pipe.jsonl
    ");
    let found = resolve(&[at("logs/**/*.jsonl").display().to_string()]).unwrap();
    insta::assert_snapshot!(names(folder.path(), &found), @"
    logs: logs/a.jsonl logs/deep/b.jsonl
    accounts: none
    models: none
    left out: logs/nowhere.jsonl logs/pipe.jsonl
    ");
    // Named by itself, a link that leads nowhere is an input like any other, and reading it says so.
    let found = resolve(&[at("logs/nowhere.jsonl").display().to_string()]).unwrap();
    let read = read_with(&found.sources, &ReadOptions::default());
    assert!(matches!(&read.errors[..], [IngestError::NotFound { .. }]), "{:?}", read.errors);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_is_told_and_the_rest_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(&["closed/b.jsonl", "open/a.jsonl"]);
    let closed = folder.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let barred = fs::read_dir(&closed).is_err();
    let found = resolve(&[folder.path().display().to_string()]).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    if !barred {
        eprintln!("skipped: this user may read every folder");
        return;
    }
    assert_eq!(found.sources.len(), 1);
    assert!(matches!(&found.problems[..], [IngestError::Io { .. }]), "{:?}", found.problems);
}
