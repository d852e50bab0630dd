//! Ugly inputs: values that cannot be, rows without line ends, pipes, tables of somebody else.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int16Array, Int64Array, StringArray, TimestampMillisecondArray};
use vigie_ingest::ReadOptions;

use crate::exchanges::required;
use crate::support::{GOOD, ids, lines, parquet, read, read_with};

#[test]
fn values_that_cannot_be_are_told_and_their_rows_skipped() {
    let rest = r#""event_id":"e","timestamp":"2026-02-23T08:00:00Z","account_id":"a""#;
    let cells = [
        r#""input_tokens":-5"#,
        r#""output_tokens":-1.0"#,
        r#""cached_input_tokens":1e30"#,
        r#""reasoning_tokens":-0.5"#,
        r#""turn":0"#,
        r#""duration_ms":-1.5"#,
        r#""ttft_ms":-1"#,
        r#""temperature":1e999"#,
        r#""client_address_trust":"Peer""#,
        r#""end_user_assertion":"yes""#,
        r#""max_tokens":-1,"temperature":-1,"client_address_trust":"","turn":1"#,
    ];
    let log: String = cells.iter().map(|cell| format!("{{{rest},{cell}}}\n")).collect();
    let json = read(log);
    assert_eq!(json.rows.len(), 1, "-1 is how some servers write `no limit`: {json:?}");
    insta::assert_snapshot!(lines(&json.rejects), @"
    log:1 input_tokens is negative
    log:2 output_tokens is negative
    log:3 cached_input_tokens is too large
    log:4 reasoning_tokens is negative
    log:5 turn is less than 1, where counting begins
    log:6 duration_ms is negative
    log:7 ttft_ms is negative
    log:8 - is not JSON: number out of range, at byte 87
    log:9 client_address_trust is none of peer, trusted_proxy, claimed, masked
    log:10 end_user_assertion is none of none, unsigned, signed
    ");
    let mut columns = required(4);
    columns.extend([
        ("input_tokens", Arc::new(Int64Array::from(vec![Some(-5), None, Some(0), Some(3)])) as ArrayRef),
        ("turn", Arc::new(Int16Array::from(vec![1, 0, 2, 3]))),
        ("ttft_ms", Arc::new(Float64Array::from(vec![Some(0.0), None, Some(-1.0), Some(0.5)]))),
        ("client_address_trust", Arc::new(StringArray::from(vec![None, Some("x"), Some("peer"), Some("")]))),
    ]);
    let parquet = read(parquet(columns));
    assert_eq!(ids(&parquet.rows), ["e3"]);
    insta::assert_snapshot!(lines(&parquet.rejects), @"
    log:1 input_tokens is negative
    log:2 turn is less than 1, where counting begins
    log:3 ttft_ms is negative
    ");
}

#[test]
fn times_that_no_calendar_has_are_told() {
    let micros = [0, i64::MAX, i64::MIN, 1_771_833_600_000_000];
    let same = Arc::new(arrow_array::TimestampMicrosecondArray::from(micros.to_vec()).with_timezone("UTC"));
    let cast =
        Arc::new(TimestampMillisecondArray::from(vec![0, i64::MAX / 1000, i64::MIN, 1_771_833_600_000]));
    for time in [same as ArrayRef, cast] {
        let mut columns = required(4);
        columns[1].1 = time;
        let read = read(parquet(columns));
        assert_eq!(ids(&read.rows), ["e0", "e3"]);
        assert!(read.rejects.iter().all(|r| r.reason.starts_with("is out of range")), "{:?}", read.rejects);
        assert_eq!(read.rejects.len(), 2);
    }
}

#[test]
fn objects_that_share_a_line_are_read_one_by_one() {
    let mut good = GOOD.lines();
    let (one, two) = (good.next().unwrap(), good.next().unwrap());
    let bad = r#"{"event_id":"x"}"#;
    for log in [format!("{one}{bad}{two}"), format!("{one}\r{bad}\r{two}\r"), format!("{one} {bad} {two}\n")]
    {
        let read = read(log);
        assert_eq!(ids(&read.rows), ["e1", "e2"]);
        assert_eq!(lines(&read.rejects), "log:1 timestamp is missing, but required (object 2 of the file)\n");
    }
}

#[test]
fn a_column_that_stands_twice_is_an_error() {
    let mut columns = required(1);
    columns.push(("account_id", Arc::new(StringArray::from(vec!["other"]))));
    insta::assert_snapshot!(read(parquet(columns)).errors[0], @"`log` has the column `account_id` twice; leave one of them out when you export");
    // Of what is not read there may be two.
    let mut columns = required(1);
    for _ in 0..2 {
        columns.push(("theirs", Arc::new(StringArray::from(vec!["x"]))));
    }
    assert!(read(parquet(columns)).errors.is_empty());
}

#[test]
fn what_a_hunt_wrote_is_no_log() {
    let ids = || Arc::new(StringArray::from(vec!["x"])) as ArrayRef;
    let error = read(parquet(vec![("campaign_id", ids()), ("event_id", ids())])).errors.remove(0);
    insta::assert_snapshot!(error, @"`log` holds what a hunt wrote, not exchanges; name the logs themselves");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_once_whatever_it_carries() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("text", GOOD.as_bytes().to_vec()), ("parquet", parquet(required(2)))] {
        let path = folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let writer = {
            let path = path.clone();
            std::thread::spawn(move || std::fs::write(path, bytes))
        };
        let read = read_with(&[vigie_ingest::Source::from(path.as_path())], &ReadOptions::default());
        assert_eq!(read.rows.len(), 2, "{name}: {read:?}");
        writer.join().unwrap().unwrap();
    }
}
