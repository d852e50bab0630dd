//! What is written, and what never is.

use std::fs;

use crate::support::{Place, line, sample_hunt, stderr, three_days};

const CANARY: &str = "quokka7391-zeppelin-marzipan";

#[test]
fn a_hunt_writes_its_seven_files_and_nothing_else() {
    let place = Place::new();
    place.file("logs/log.jsonl", three_days());
    let before = place.files();
    place.vigie(&["hunt", "logs", "--out", "answer"]).code(0);
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for (path, content) in place.files() {
        match path.strip_prefix(place.path("answer")) {
            Ok(name) => inside.push(name.display().to_string()),
            Err(_) => outside.push((path, content)),
        }
    }
    assert_eq!(outside, before, "nothing outside --out is touched");
    inside.sort();
    assert_eq!(
        inside,
        [
            "activity.parquet",
            "campaigns.jsonl",
            "exchanges.parquet",
            "members.parquet",
            "rejects.jsonl",
            "report.html",
            "summary.json"
        ]
    );
}

#[test]
fn text_does_not_outlive_the_fold() {
    let place = Place::new();
    let mut log = String::new();
    for i in 0..40 {
        let time = format!("2026-02-0{}T08:{:02}:00Z", 1 + i % 5, i);
        log += &line(
            &format!("e{i}"),
            &format!("a{}", i % 10),
            &time,
            &format!("Tell me about {CANARY} number {i}"),
        );
    }
    log += &format!("{{\"event_id\": 7, \"prompt\": \"{CANARY}\"}}\n{CANARY}\n");
    place.file("logs/log.jsonl", log);
    assert!(place.command(&["hunt", "logs"]).output().unwrap().status.code().is_some_and(|code| code < 2));
    for (path, content) in place.files() {
        if path.starts_with(place.path("vigie-out")) {
            let found = content.windows(CANARY.len()).any(|w| w.eq_ignore_ascii_case(CANARY.as_bytes()));
            assert!(!found, "{} holds prompt text", path.display());
        }
    }
    assert!(place.path("vigie-out/report.html").exists());
}

#[test]
fn inputs_are_never_overwritten() {
    let place = Place::new();
    let log = place.file("world/exchanges.jsonl", three_days());
    let run = place.vigie(&["hunt", "world", "--out", "world"]).code(2);
    assert!(stderr(&run).contains("choose another --out"), "{}", stderr(&run));
    assert_eq!(fs::read_to_string(log).unwrap(), three_days());
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_threads() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    for (out, threads) in [("one", "1"), ("two", "2")] {
        place.vigie(&["hunt", "log.jsonl", "--out", out, "--threads", threads]).code(0);
    }
    for file in [
        "activity.parquet",
        "campaigns.jsonl",
        "members.parquet",
        "exchanges.parquet",
        "summary.json",
        "report.html",
    ] {
        let read = |out: &str| fs::read(place.path(out).join(file)).unwrap();
        assert_eq!(read("one"), read("two"), "{file}");
    }
}

#[test]
fn a_report_can_be_rendered_again() {
    let place = Place::new();
    sample_hunt(&place);
    place.vigie(&["report", "vigie-out", "--title", "February <b>"]).code(0);
    let page = place.read("vigie-out/report.html");
    assert!(page.contains("February &lt;b&gt;") && page.contains("342 accounts share out one labelling job"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_half_file() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let place = Place::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(["hunt", "-", "--quiet", "--out"])
        .arg(place.path("answer"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It waits for more input with its first file staged.
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(three_days().as_bytes()).unwrap();
    let staged = || fs::read_dir(place.path("answer")).map_or(0, Iterator::count);
    for _ in 0..200 {
        if staged() > 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    assert!(staged() > 0, "nothing was staged");
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(staged(), 0, "staged files are removed");
}
