//! What `vigie hunt` reads, counts and skips.

use crate::support::{Place, line, stderr, stdout, three_days};

#[test]
fn a_bad_row_is_counted_written_down_and_skipped() {
    let place = Place::new();
    place.file("log.jsonl", three_days() + "{\"event_id\": \"e4\"}\nnot json\n");
    let run = place.vigie(&["hunt", "log.jsonl"]).code(0);
    assert!(stderr(&run).contains("log.jsonl: 3 rows, 2 skipped"), "{}", stderr(&run));
    let rejects = place.read("vigie-out/rejects.jsonl");
    let lines: Vec<serde_json::Value> = rejects.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["file"], &lines[0]["line"]), (&"log.jsonl".into(), &4.into()));
    assert!(lines.iter().all(|l| l["reason"].as_str().is_some_and(|r| !r.is_empty())));
    assert_eq!(place.summary()["rejected"], 2);
}

#[test]
fn standard_input_is_read() {
    let place = Place::new();
    place.command(&["hunt", "-"]).write_stdin(three_days()).assert().code(0);
    assert_eq!(place.summary()["exchanges"], 3);
}

#[test]
fn the_same_event_counts_once_over_all_files() {
    let place = Place::new();
    place.file("logs/a.jsonl", three_days());
    place.file("logs/b.jsonl", three_days() + &line("e9", "a9", "2026-02-03T09:00:00Z", "And snow?"));
    place.vigie(&["hunt", "logs"]).code(0);
    assert_eq!(place.summary()["exchanges"], 4);
    assert_eq!(place.summary()["duplicates"], 3);
}

#[test]
fn the_window_is_half_open() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    for (arguments, inside) in [
        (vec!["--since", "2026-02-02"], 2),
        (vec!["--until", "2026-02-02"], 1),
        (vec!["--since", "2026-02-02T08:00:00Z", "--until", "2026-02-03T08:00:00Z"], 1),
        (vec!["--since", "2026-03-01"], 0),
    ] {
        place.vigie(&[&["hunt", "log.jsonl"], &arguments[..]].concat()).code(0);
        assert_eq!(place.summary()["exchanges"], inside, "{arguments:?}");
        assert_eq!(place.summary()["outside_window"], 3 - inside, "{arguments:?}");
    }
}

#[test]
fn side_tables_of_a_directory_are_joined_and_truth_is_left_out() {
    let place = Place::new();
    place.file("world/log.jsonl", three_days());
    place.file("world/accounts.csv", "account_id,created_at\na1,2026-01-01T00:00:00Z\na2,not a time\n");
    place.file("world/truth_networks.jsonl", "{}\n");
    let run = place.vigie(&["hunt", "world"]).code(0);
    let said = stderr(&run);
    assert!(said.contains("accounts.csv: 1 rows skipped"), "{said}");
    assert!(said.contains("Left out, no logs: world/truth_networks.jsonl"), "{said}");
}

#[test]
fn objects_alone_can_be_hunted() {
    let place = Place::new();
    place.file("touches.csv", "account_id,object_id,timestamp\na1,o1,2026-02-01T08:00:00Z\n");
    let run = place.vigie(&["hunt", "--objects", "touches.csv", "--json"]).code(0);
    let answer: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(answer["campaigns"], serde_json::json!([]));
    assert!(stderr(&run).contains("touches.csv: 1 rows, 0 skipped"), "{}", stderr(&run));
}

#[test]
fn json_on_standard_output_is_nothing_but_json() {
    let place = Place::new();
    place.file("log.jsonl", three_days() + "not json\n");
    let run = place.vigie(&["hunt", "log.jsonl", "--json"]).code(0);
    let answer: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(answer["summary"]["exchanges"], 3);
}

#[test]
fn quiet_says_nothing_but_the_result() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    let run = place.vigie(&["hunt", "log.jsonl", "--quiet"]).code(0);
    assert_eq!(stderr(&run), "");
}

#[test]
fn rejects_on_the_terminal_name_their_field() {
    let place = Place::new();
    place.file("log.jsonl", three_days() + "{\"event_id\": \"e4\"}\n");
    let run = place.vigie(&["hunt", "log.jsonl"]).code(0);
    assert!(
        stderr(&run).contains("log.jsonl, line 4: timestamp is missing, but required"),
        "{}",
        stderr(&run)
    );
}

#[test]
fn an_input_without_one_good_row_is_no_clean_answer() {
    let place = Place::new();
    place.file("log.jsonl", "{\"event_id\": \"e4\"}\n".repeat(5));
    let run = place.vigie(&["hunt", "log.jsonl"]).code(3);
    let said = stderr(&run);
    assert!(said.contains("not one row of the input can be read"), "{said}");
    assert!(said.contains("line 1: timestamp is missing") && said.contains("all 5 skipped rows"), "{said}");
    assert_eq!(place.read("vigie-out/rejects.jsonl").lines().count(), 5);
    assert!(!place.path("vigie-out/summary.json").exists());
}

#[test]
fn an_empty_input_is_said_to_be_empty() {
    let place = Place::new();
    place.file("log.jsonl", "");
    let run = place.vigie(&["hunt", "log.jsonl"]).code(0);
    assert!(stderr(&run).contains("there was nothing to hunt"), "{}", stderr(&run));
}

#[test]
fn a_missing_input_is_3_and_the_others_are_hunted() {
    let place = Place::new();
    place.file("good.jsonl", three_days());
    let run = place.vigie(&["hunt", "good.jsonl", "missing.jsonl", "none-*.parquet"]).code(3);
    let said = stderr(&run);
    assert!(said.contains("`missing.jsonl` does not exist"), "{said}");
    assert!(said.contains("no file matches `none-*.parquet`"), "{said}");
    assert_eq!(place.summary()["exchanges"], 3);
}

#[test]
fn the_output_may_lie_below_the_input_and_the_hunt_be_repeated() {
    let place = Place::new();
    place.file("logs/log.jsonl", three_days());
    for _ in 0..2 {
        place.vigie(&["hunt", "logs", "--out", "logs/answer"]).code(0);
    }
    let run = place.vigie(&["hunt", "."]).code(0);
    assert!(stderr(&run).contains("Left out, no logs: ./logs/answer"), "{}", stderr(&run));
    place.vigie(&["hunt", "."]).code(0);
    assert_eq!(place.summary()["exchanges"], 3);
}

#[test]
fn a_side_table_without_one_good_row_stops_the_hunt() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    place.file("accounts.jsonl", "{\"account_id\": 7}\n{\"account_id\": 8}\n");
    let run = place.vigie(&["hunt", "log.jsonl", "--accounts", "accounts.jsonl"]).code(3);
    let said = stderr(&run);
    assert!(
        said.contains("accounts.jsonl, line 1: account_id is not a string; write it in quotes"),
        "{said}"
    );
}
