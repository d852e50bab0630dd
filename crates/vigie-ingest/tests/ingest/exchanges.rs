//! The canonical table: JSON Lines and Parquet.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Float64Array, Int16Array, Int64Array, LargeStringArray, StringArray,
    StringViewArray, TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use proptest::prelude::*;
use vigie_ingest::{ColumnSet, Format, IngestError, ReadOptions};
use vigie_model::{Domain, EXCHANGE_COLUMNS, Exchange, ExchangeBatchBuilder, Micros};

use crate::support::{GOOD, gzip, ids, lines, memory, parquet, parquet_of, read, read_with, zstd};

#[test]
fn json_lines_become_rows_in_every_packing() {
    let array = format!("[{}]", GOOD.trim().replace('\n', ",\n"));
    let pretty = GOOD.replace("{\"event", "{\n  \"event").replace(",\"account", ",\n\n  \"account");
    let crlf = GOOD.replace('\n', "\r\n\r\n");
    let twice = [gzip(GOOD.as_bytes()), gzip(b"\n")].concat();
    let table: Vec<(&str, Vec<u8>)> = vec![
        ("plain", GOOD.into()),
        ("no last line end", GOOD.trim_end().into()),
        ("byte order mark", format!("\u{feff}{GOOD}").into()),
        ("windows", crlf.into()),
        ("gzip", gzip(GOOD.as_bytes())),
        ("gzip in two members", twice),
        ("zstd", zstd(GOOD.as_bytes())),
        ("array", array.clone().into()),
        ("array in gzip", gzip(array.as_bytes())),
        (
            "arrays one after the other",
            GOOD.trim().lines().map(|l| format!("[{l}]\n")).collect::<String>().into(),
        ),
        ("objects over lines", pretty.into()),
    ];
    for (name, bytes) in table {
        let read = read(bytes);
        assert_eq!(ids(&read.rows), ["e1", "e2"], "{name}: {read:?}");
        assert_eq!(read.rows[0].timestamp, read.rows[1].timestamp.min(read.rows[0].timestamp));
        assert_eq!(read.rows[1].timestamp.0 - read.rows[0].timestamp.0, 500_000, "{name}");
        assert_eq!((read.rows[0].prompt.as_deref(), read.rows[0].turn), (Some("Hi"), Some(1)));
        assert_eq!((read.rows[1].temperature, read.rows[1].stream), (Some(1.0), Some(true)));
        assert!(read.rejects.is_empty() && read.errors.is_empty(), "{name}: {read:?}");
    }
}

#[test]
fn a_bad_row_is_told_and_skipped() {
    let rest = r#""timestamp":"2026-02-23T08:00:00Z","account_id":"a""#;
    let log = [
        format!(r#"{{"event_id":"ok1",{rest}}}"#),
        format!(r#"{{{rest}}}"#),
        format!(r#"{{"event_id":null,{rest}}}"#),
        format!(r#"{{"event_id":"",{rest}}}"#),
        format!(r#"{{"event_id":7,{rest}}}"#),
        r#"{"event_id":"e","timestamp":1771833600,"account_id":"a"}"#.to_owned(),
        r#"{"event_id":"e","timestamp":"yesterday","account_id":"a"}"#.to_owned(),
        format!(r#"{{"event_id":"e",{rest},"input_tokens":"12"}}"#),
        format!(r#"{{"event_id":"e",{rest},"input_tokens":1.5}}"#),
        format!(r#"{{"event_id":"e",{rest},"turn":3000000000}}"#),
        format!(r#"{{"event_id":"e",{rest},"max_tokens":18446744073709551615}}"#),
        format!(r#"{{"event_id":"e",{rest},"stream":"yes"}}"#),
        format!(r#"{{"event_id":"e",{rest},"tools":[{{"name":"secret tool"}}]}}"#),
        format!(r#"{{"event_id":"e",{rest},"prompt":"secret","prompt":"secret"}}"#),
        format!(r#"{{"event_id":"e",{rest},"prompt":"secret"#),
        format!(r#"{{"event_id":"e",{rest}}} secret"#),
        r#""secret""#.to_owned(),
        "secret".to_owned(),
        r#"["secret"]"#.to_owned(),
        format!(r#"{{"event_id":"ok2",{rest},"unknown":{{"a":[1]}},"input_tokens":5.0}}"#),
    ]
    .join("\n");
    let mut bytes = log.into_bytes();
    bytes.extend_from_slice(b"\n{\"event_id\":\"\xff\"}\n");
    let read = read(bytes);
    assert_eq!(ids(&read.rows), ["ok1", "ok2"]);
    assert_eq!(read.rows[1].input_tokens, Some(5));
    insta::assert_snapshot!(lines(&read.rejects), @r#"
    log:2 event_id is missing, but required
    log:3 event_id is null, but required
    log:4 event_id is empty, but required
    log:5 event_id is a number, expected a string; write it in quotes
    log:6 timestamp is a number, expected an RFC 3339 time as a string, such as "2026-02-23T08:00:00Z"
    log:7 timestamp is not an RFC 3339 time such as 2026-02-23T08:00:00Z
    log:8 input_tokens is a string, expected a whole number; write it without quotes
    log:9 input_tokens is no whole number
    log:10 turn is no whole number of 32 bits
    log:11 max_tokens is too large
    log:12 stream is a string, expected true or false; write it without quotes
    log:13 tools is an array, expected a string; write its JSON as a string
    log:14 prompt stands twice in the row
    log:15 - is not JSON: it breaks off before its end
    log:16 - is not JSON: trailing characters, at byte 70
    log:17 - is not a JSON object; write one object a row
    log:18 - is not JSON: expected value, at byte 1
    log:19 - is not a JSON object; write one object a row
    log:21 - is not UTF-8, at byte 14; save the file as UTF-8
    "#);
    assert!(!lines(&read.rejects).contains("secret"), "a reject quotes content");
}

#[test]
fn a_row_longer_than_the_limit_is_skipped_unread() {
    let long = format!(r#"{{"event_id":"long","prompt":"{}"}}"#, "x".repeat(5_000_000));
    let options = ReadOptions { row_bytes_max: 200, ..ReadOptions::default() };
    let mut good = GOOD.lines();
    let (one, two) = (good.next().unwrap(), good.next().unwrap());
    for log in [format!("{one}\n{long}\n{two}\n"), format!("[{one},{long},{two}]")] {
        let read = read_with(&[memory("log", gzip(log.as_bytes()))], &options);
        assert_eq!(ids(&read.rows), ["e1", "e2"]);
        assert_eq!(read.rejects.len(), 1);
        assert!(read.rejects[0].reason.starts_with("is longer than 200 bytes"), "{:?}", read.rejects);
    }
}

#[test]
fn a_cut_file_gives_its_good_rows_and_then_an_error_with_its_name() {
    let many: String = (0..40_000)
        .map(|i| {
            format!(
                "{{\"event_id\":\"e{i}\",\"timestamp\":\"2026-02-23T08:00:00Z\",\"account_id\":\"{}\"}}\n",
                i * 7919
            )
        })
        .collect();
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() * 3 / 4].to_vec();
    let table = [
        ("plain", many.as_bytes()[..many.len() - 9].to_vec(), 39_999),
        ("gzip", cut(gzip(many.as_bytes())), 20_000),
        ("zstd", cut(zstd(many.as_bytes())), 1),
        ("array", format!("[{}", many.replace("}\n", "},")).into_bytes(), 40_000),
        ("inside an array", format!("[{}{{\"event", many.replace("}\n", "},")).into_bytes(), 40_000),
    ];
    for (name, bytes, rows_min) in table {
        let read = read_with(&[memory(name, bytes), memory("next", GOOD)], &ReadOptions::default());
        assert!(read.rows.len() >= rows_min + 2, "{name}: {} rows", read.rows.len());
        assert!(matches!(&read.errors[..], [IngestError::Truncated { .. }]), "{name}: {:?}", read.errors);
        assert!(read.errors[0].to_string().contains(name));
        assert_eq!(read.rows.last().unwrap().event_id, "e2", "the next file is read");
    }
}

#[test]
fn limits_hold() {
    let small = ReadOptions { file_bytes_max: 100_000, ..ReadOptions::default() };
    let bomb = gzip(GOOD.repeat(10_000).as_bytes());
    let read = read_with(&[memory("bomb", bomb)], &small);
    assert!(matches!(&read.errors[..], [IngestError::TooLarge { .. }]), "{:?}", read.errors);
    let few = ReadOptions { rejects_max: 3, ..ReadOptions::default() };
    let mut reader =
        vigie_ingest::open_exchanges(&[memory("bad", format!("{GOOD}{}", "{}\n".repeat(10)))], &few).unwrap();
    let portions: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
    assert_eq!(portions.iter().map(|p| p.rejects.len()).sum::<usize>(), 3);
    assert_eq!(reader.rejected(), 10);
}

#[test]
fn progress_ends_where_it_should() {
    let sources =
        [memory("a", GOOD), memory("b", gzip(GOOD.as_bytes())), memory("c", parquet_of(&[batch(&[])]))];
    let mut reader = vigie_ingest::open_exchanges(&sources, &ReadOptions::default()).unwrap();
    let meter = reader.meter();
    assert!(meter.bytes_total() > 0 && meter.bytes_done() == 0);
    assert!(reader.by_ref().all(|portion| portion.is_ok()));
    assert_eq!(reader.bytes_done(), reader.bytes_total());
}

fn batch(rows: &[Exchange]) -> arrow_array::RecordBatch {
    let mut builder = ExchangeBatchBuilder::default();
    rows.iter().for_each(|row| builder.push(row));
    builder.finish()
}

pub fn required(rows: usize) -> Vec<(&'static str, ArrayRef)> {
    let ids = |prefix: &str| (0..rows).map(|i| format!("{prefix}{i}")).collect::<Vec<_>>();
    vec![
        ("event_id", Arc::new(StringArray::from(ids("e"))) as ArrayRef),
        (
            "timestamp",
            Arc::new(TimestampSecondArray::from(vec![1_771_833_600; rows]).with_timezone("+02:00")),
        ),
        ("account_id", Arc::new(StringViewArray::from_iter_values(ids("a")))),
    ]
}

#[test]
fn parquet_of_compatible_types_is_cast() {
    let dictionary: DictionaryArray<Int32Type> = vec![Some("gpt"), None, Some("gpt")].into_iter().collect();
    let mut columns = required(3);
    columns.extend([
        ("prompt", Arc::new(LargeStringArray::from(vec![Some("p"), None, Some("")])) as ArrayRef),
        ("request_model", Arc::new(dictionary)),
        ("turn", Arc::new(Int16Array::from(vec![1, 2, 3]))),
        ("input_tokens", Arc::new(UInt64Array::from(vec![Some(1), None, Some(3)]))),
        ("output_tokens", Arc::new(Float64Array::from(vec![1.0, f64::NAN, 3.0]))),
        ("temperature", Arc::new(Int64Array::from(vec![0, 1, 2]))),
        ("somebody_elses", Arc::new(Int64Array::from(vec![0, 1, 2]))),
    ]);
    let read = read(parquet(columns));
    assert!(read.errors.is_empty(), "{:?}", read.errors);
    // NaN in a column of whole numbers is a gap of a data frame, not a value.
    assert_eq!(lines(&read.rejects), "");
    let [one, two, three] = &read.rows[..] else { panic!("{read:?}") };
    assert_eq!(one.timestamp, Micros(1_771_833_600_000_000));
    assert_eq!((one.account_id.as_str(), one.prompt.as_deref(), one.turn), ("a0", Some("p"), Some(1)));
    assert_eq!((two.request_model.as_deref(), two.input_tokens, two.output_tokens), (None, None, None));
    assert_eq!((three.request_model.as_deref(), three.output_tokens), (Some("gpt"), Some(3)));
    assert_eq!((three.prompt.as_deref(), three.temperature), (Some(""), Some(2.0)));
}

#[test]
fn parquet_times_of_every_unit_and_text_are_one_moment() {
    let times: Vec<ArrayRef> = vec![
        Arc::new(TimestampSecondArray::from(vec![1_771_833_600])),
        Arc::new(TimestampMillisecondArray::from(vec![1_771_833_600_000]).with_timezone("Europe/Paris")),
        Arc::new(TimestampNanosecondArray::from(vec![1_771_833_600_000_000_000])),
        Arc::new(StringArray::from(vec!["2026-02-23T09:00:00+01:00"])),
    ];
    for time in times {
        let mut columns = required(1);
        let name = time.data_type().to_string();
        columns[1].1 = time;
        let read = read(parquet(columns));
        assert_eq!(read.rows.first().map(|r| r.timestamp), Some(Micros(1_771_833_600_000_000)), "{name}");
    }
}

#[test]
fn parquet_cells_that_do_not_fit_reject_their_rows() {
    let mut columns = required(6);
    columns[0].1 =
        Arc::new(StringArray::from(vec![Some("e0"), None, Some(""), Some("e3"), Some("e4"), Some("e5")]));
    columns[1].1 = Arc::new(StringArray::from(vec![
        "2026-02-23T08:00:00Z",
        "2026-02-23T08:00:00Z",
        "2026-02-23T08:00:00Z",
        "never",
        "2026-02-23T08:00:00Z",
        "2026-02-23T08:00:00Z",
    ]));
    columns.push(("turn", Arc::new(Int64Array::from(vec![1, 1, 1, 1, i64::MAX, 1]))));
    columns.push(("input_tokens", Arc::new(Float64Array::from(vec![1.0, 1.0, 1.0, 1.0, 1.0, 1.5]))));
    let read = read(parquet(columns));
    assert_eq!(ids(&read.rows), ["e0"]);
    insta::assert_snapshot!(lines(&read.rejects), @"
    log:2 event_id is null, but required
    log:3 event_id is empty, but required
    log:4 timestamp is not an RFC 3339 time such as 2026-02-23T08:00:00Z
    log:5 turn is no whole number of 32 bits
    log:6 input_tokens is no whole number of 64 bits
    ");
}

#[test]
fn parquet_that_cannot_be_the_table_is_an_error_with_file_and_column() {
    let wrong = |name: &'static str, array: ArrayRef| {
        let mut columns = required(1);
        columns.retain(|(column, _)| *column != name);
        columns.push((name, array));
        read(parquet(columns)).errors.remove(0).to_string()
    };
    insta::assert_snapshot!(wrong("account_id", Arc::new(Int64Array::from(vec![1]))), @"`log`: column `account_id` has type Int64, expected text; cast it when you export");
    insta::assert_snapshot!(wrong("timestamp", Arc::new(Int64Array::from(vec![1]))), @"`log`: column `timestamp` has type Int64, expected a timestamp, or RFC 3339 text; cast it when you export");
    insta::assert_snapshot!(wrong("turn", Arc::new(StringArray::from(vec!["1"]))), @"`log`: column `turn` has type Utf8, expected whole numbers; cast it when you export");
    // What is not read may have any type.
    let mut columns = required(1);
    columns.push(("completion", Arc::new(Int64Array::from(vec![1]))));
    assert!(read(parquet(columns)).errors.is_empty());
    let mut columns = required(1);
    columns.remove(2);
    insta::assert_snapshot!(read(parquet(columns)).errors[0], @"`log` has no column `account_id`; the exchange table needs event_id, timestamp and account_id");
    let mut columns = required(1);
    columns[0].0 = "object_id";
    insta::assert_snapshot!(read(parquet(columns)).errors[0], @"`log` holds the objects table, not exchanges; name it with --objects");
}

#[test]
fn parquet_in_other_packings_and_cut_is_read_or_named() {
    let bytes = parquet(required(3));
    assert_eq!(read(gzip(&bytes)).rows.len(), 3);
    assert_eq!(read(zstd(&bytes)).rows.len(), 3);
    for end in [4, 11, 20, bytes.len() / 2, bytes.len() - 1] {
        let read = read(&bytes[..end]);
        assert!(matches!(&read.errors[..], [IngestError::Truncated { .. }]), "{end}: {:?}", read.errors);
    }
    let encrypted = [&bytes[..bytes.len() - 4], b"PARE"].concat();
    assert!(matches!(&read(encrypted).errors[..], [IngestError::Encrypted { .. }]));
    let mut damaged = bytes.clone();
    let middle = damaged.len() - 40;
    damaged[middle..middle + 20].fill(0xff);
    let read = read(damaged);
    assert_eq!(read.errors.len(), 1, "{read:?}");
}

#[test]
fn a_dictionary_that_unfolds_to_gigabytes_comes_in_small_batches() {
    let text = "x".repeat(200_000);
    let keys = arrow_array::Int32Array::from(vec![0; 4_000]);
    let values = Arc::new(StringArray::from(vec![text.as_str()]));
    let mut columns = required(4_000);
    columns.push(("prompt", Arc::new(DictionaryArray::new(keys, values))));
    let bytes = parquet(columns);
    assert!(bytes.len() < 2_000_000);
    let mut rows = 0;
    for portion in vigie_ingest::open_exchanges(&[memory("big", bytes)], &ReadOptions::default()).unwrap() {
        let batch = portion.unwrap().batch;
        assert!(batch.get_array_memory_size() < 512 << 20);
        rows += batch.num_rows();
    }
    assert_eq!(rows, 4_000);
}

#[test]
fn rows_longer_than_the_limit_are_rejected_in_parquet_too() {
    let mut columns = required(3);
    columns.push((
        "prompt",
        Arc::new(StringArray::from(vec!["short".to_owned(), "x".repeat(900), "y".to_owned()])),
    ));
    let options = ReadOptions { row_bytes_max: 500, ..ReadOptions::default() };
    let read = read_with(&[memory("log", parquet(columns))], &options);
    assert_eq!(ids(&read.rows), ["e0", "e2"]);
    assert_eq!(
        lines(&read.rejects),
        "log:2 - is longer than 500 bytes; raise row_bytes_max under [read] if such rows are real\n"
    );
}

#[test]
fn the_format_can_be_ordered() {
    let odd = r#"{"weird":1}"#;
    assert!(matches!(&read(odd).errors[..], [IngestError::Unrecognised { .. }]));
    let options = ReadOptions { format: Some(Format::JsonLines), ..ReadOptions::default() };
    assert_eq!(read_with(&[memory("log", odd)], &options).rejects.len(), 1);
    let options = ReadOptions { format: Some(Format::Parquet), ..ReadOptions::default() };
    assert_eq!(read_with(&[memory("log", GOOD)], &options).errors.len(), 1);
    let options = ReadOptions { format: Some(Format::ObjectsCsv), ..ReadOptions::default() };
    assert!(vigie_ingest::open_exchanges(&[memory("log", GOOD)], &options).is_err());
}

/// A row with a value in every column, as JSON.
fn full_row() -> serde_json::Value {
    let cell = |column: &vigie_model::ExchangeColumn| match column.data_type() {
        arrow_schema::DataType::Timestamp(..) => "2026-02-23T08:00:00Z".into(),
        arrow_schema::DataType::Utf8 => match column.domain {
            Domain::Words(words) => words[0].into(),
            _ => format!("a {}", column.name).into(),
        },
        arrow_schema::DataType::Boolean => true.into(),
        arrow_schema::DataType::Float64 => 0.5.into(),
        _ => serde_json::Value::from(7),
    };
    EXCHANGE_COLUMNS.iter().map(|column| (column.name.to_owned(), cell(column))).collect()
}

#[test]
fn every_column_is_read_from_both_forms() {
    let options = ReadOptions { columns: ColumnSet::all(), ..ReadOptions::default() };
    let json = read_with(&[memory("log", full_row().to_string())], &options);
    assert!(json.errors.is_empty() && json.rejects.is_empty(), "{json:?}");
    let whole = batch(&json.rows);
    for (column, values) in whole.schema().fields().iter().zip(whole.columns()) {
        assert_eq!(arrow_array::Array::null_count(values), 0, "{} was lost", column.name());
    }
    assert_eq!(json.rows[0].source_kind.as_deref(), Some("a source_kind"));
    let parquet = read_with(&[memory("log", parquet_of(&[whole]))], &options);
    assert_eq!(parquet.rows, json.rows);
}

#[test]
fn a_row_names_its_decoder_where_it_does_not_say_so_itself() {
    let kinds = |read: crate::support::Read| -> Vec<String> {
        read.rows.into_iter().map(|row| row.source_kind.unwrap_or_default()).collect()
    };
    let log = format!(
        "{}{}{}",
        GOOD,
        r#"{"event_id":"e3","timestamp":"2026-02-23T08:00:00Z","account_id":"a","source_kind":null}"#,
        "\n{\"event_id\":\"e4\",\"timestamp\":\"2026-02-23T08:00:00Z\",\"account_id\":\"a\",\"source_kind\":\"litellm\"}\n"
    );
    assert_eq!(kinds(read(log)), ["jsonl", "jsonl", "jsonl", "litellm"]);
    assert_eq!(kinds(read(parquet(required(2)))), ["parquet", "parquet"]);
    let mut columns = required(2);
    columns.push(("source_kind", Arc::new(StringArray::from(vec![Some("litellm"), None]))));
    assert_eq!(kinds(read(parquet(columns))), ["litellm", "parquet"]);
    let only = ReadOptions { columns: ColumnSet::only(&["prompt"]), ..ReadOptions::default() };
    assert_eq!(kinds(read_with(&[memory("log", GOOD)], &only)), ["", ""], "not asked for");
}

fn word() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("\\PC{0,12}|[\"\\\\\n\t\u{0}é🦀]{1,4}")
}

prop_compose! {
    fn exchange()(
        event_id in "\\PC{1,9}", micros in -62_000_000_000_000_000_i64..250_000_000_000_000_000,
        account_id in "[a-z]{1,5}", words in proptest::array::uniform5(word()),
        turn in proptest::option::of(1..=i32::MAX), tokens in proptest::option::of(0..=i64::MAX),
        temperature in proptest::option::of(-1e9..1e9), stream in proptest::option::of(any::<bool>()),
    ) -> Exchange {
        let [prompt, tools, completion, system_prompt, user_agent] = words;
        let source_kind = Some("gateway".to_owned());
        Exchange {
            event_id, timestamp: Micros(micros), account_id, prompt, tools, completion, system_prompt, user_agent,
            turn, input_tokens: tokens, temperature, stream, source_kind, ..Exchange::default()
        }
    }
}

fn to_json(row: &Exchange) -> String {
    serde_json::json!({
        "event_id": row.event_id, "timestamp": row.timestamp.to_rfc3339(), "account_id": row.account_id,
        "prompt": row.prompt, "tools": row.tools, "completion": row.completion, "turn": row.turn,
        "system_prompt": row.system_prompt, "user_agent": row.user_agent, "stream": row.stream,
        "input_tokens": row.input_tokens, "temperature": row.temperature, "source_kind": row.source_kind,
    })
    .to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_survive_json_lines(rows in proptest::collection::vec(exchange(), 1..20)) {
        let options = ReadOptions { columns: ColumnSet::all(), ..ReadOptions::default() };
        let log: String = rows.iter().map(|row| to_json(row) + "\n").collect();
        let read = read_with(&[memory("log", log)], &options);
        prop_assert_eq!(read.rows, rows);
    }

    #[test]
    fn rows_survive_parquet(rows in proptest::collection::vec(exchange(), 1..20)) {
        let options = ReadOptions { columns: ColumnSet::all(), ..ReadOptions::default() };
        let read = read_with(&[memory("log", parquet_of(&[batch(&rows)]))], &options);
        prop_assert_eq!(read.rows, rows);
    }
}
