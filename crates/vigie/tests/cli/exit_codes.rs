//! Exit codes are designed: 0 nothing found, 1 campaigns found, 2 usage, 3 input unreadable.

use crate::support::{Place, sample_hunt, stderr, stdout, three_days};

#[test]
fn nothing_above_the_cut_off_is_0() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    let run = place.vigie(&["hunt", "log.jsonl"]).code(0);
    assert!(stdout(&run).starts_with("No campaign stands above the cut-off."), "{}", stdout(&run));
}

#[test]
fn campaigns_found_is_1() {
    let place = Place::new();
    place.file(
        "world.toml",
        "seed = 3\nexchanges = 20000\naccounts = 800\ndays = 7\nlookalikes = []\n[[campaigns]]\n\
         archetype = \"split-extraction\"\naccounts = 60\nrequests_per_account_day = 25\nparaphrase = 0.1\n",
    );
    place.vigie(&["sim", "world", "--config", "world.toml"]).code(0);
    let run = place.vigie(&["hunt", "world", "--json"]).code(1);
    let answer: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    let campaign = answer["campaigns"][0]["campaign_id"].as_str().unwrap();
    place.vigie(&["hunt", "world", "--explain", campaign]).code(1);
    place.vigie(&["explain", "vigie-out", campaign]).code(0);
    place.vigie(&["score", "world", "vigie-out"]).code(0);
}

#[test]
fn wrong_usage_is_2() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    for arguments in [
        vec!["hunt"],
        vec!["hunt", "log.jsonl", "--format", "xml"],
        vec!["hunt", "log.jsonl", "--since", "yesterday"],
        vec!["hunt", "log.jsonl", "--since", "2026-02-03", "--until", "2026-02-03"],
        vec!["hunt", "log.jsonl", "--objects", "log.jsonl"],
        vec!["hunt", "log.jsonl", "--json", "--explain", "c-1"],
        vec!["sim", "world", "--preset", "huge"],
        vec!["no-such-command"],
    ] {
        let run = place.vigie(&arguments).code(2);
        assert!(!stderr(&run).is_empty(), "{arguments:?} said nothing");
    }
    assert!(!place.path("world").exists());
}

#[test]
fn an_output_directory_that_cannot_be_made_is_2() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    place.file("taken", "a file");
    let run = place.vigie(&["hunt", "log.jsonl", "--out", "taken"]).code(2);
    assert!(stderr(&run).contains("taken"), "{}", stderr(&run));
}

#[test]
fn unreadable_input_is_3_and_is_named() {
    let place = Place::new();
    place.file("picture.jsonl", b"PK\x03\x04 not a log");
    for input in ["missing.jsonl", "none-*.jsonl", "picture.jsonl"] {
        let run = place.vigie(&["hunt", input]).code(3);
        assert!(stderr(&run).contains(input), "{}", stderr(&run));
    }
    place.vigie(&["report", "nowhere"]).code(3);
    place.vigie(&["explain", "nowhere", "c-1"]).code(3);
    place.vigie(&["score", "nowhere", "nowhere"]).code(3);
}

#[test]
fn one_unreadable_input_among_others_is_3_but_the_others_are_hunted() {
    let place = Place::new();
    place.file("good.jsonl", three_days());
    place.file("picture.jsonl", b"PK\x03\x04 not a log");
    let run = place.vigie(&["hunt", "good.jsonl", "picture.jsonl"]).code(3);
    assert!(stderr(&run).contains("picture.jsonl` is a ZIP archive"), "{}", stderr(&run));
    assert_eq!(place.summary()["exchanges"], 3);
}

#[test]
fn commands_that_hunt_nothing_never_say_1() {
    let place = Place::new();
    sample_hunt(&place);
    place.vigie(&["report", "vigie-out"]).code(0);
    let run = place.vigie(&["explain", "vigie-out", "c-4f81d20e"]).code(0);
    assert!(stdout(&run).starts_with("Split extraction c-4f81d20e"));
    let run = place.vigie(&["explain", "vigie-out", "c-unknown"]).code(2);
    assert!(stderr(&run).contains("c-4f81d20e"), "the known ones are named: {}", stderr(&run));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let place = Place::new();
    sample_hunt(&place);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(["completions", "bash"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
