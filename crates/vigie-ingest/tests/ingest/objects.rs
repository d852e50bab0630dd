//! The objects table in its three formats.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray, TimestampMillisecondArray};
use vigie_ingest::{IngestError, ReadOptions, Source, open_objects};
use vigie_model::{Micros, ObjectTouch, Reject};

use crate::support::{GOOD, gzip, lines, memory, parquet, zstd};

fn read(bytes: impl Into<Vec<u8>>) -> (Vec<ObjectTouch>, Vec<Reject>, Vec<IngestError>) {
    let mut read = (Vec::new(), Vec::new(), Vec::new());
    for portion in open_objects(&[memory("objects", bytes)], &ReadOptions::default()).unwrap() {
        match portion {
            Ok(portion) => {
                read.0.extend(portion.touches);
                read.1.extend(portion.rejects);
            }
            Err(error) => read.2.push(error),
        }
    }
    read
}

fn expected() -> Vec<ObjectTouch> {
    let touch = |account: &str, object: &str, layer: Option<&str>| ObjectTouch {
        account_id: account.into(),
        object_id: object.into(),
        timestamp: Micros(1_771_833_600_000_000),
        layer: layer.map(str::to_owned),
    };
    vec![touch("a", "12", Some("url")), touch("b", "x,\"y\"", None)]
}

#[test]
fn every_format_gives_the_same_touches() {
    let csv = "account_id,object_id,timestamp,layer,more\r\na,12,2026-02-23T08:00:00Z,url,1\r\nb,\"x,\"\"y\"\"\",1771833600.0,,2\r\n";
    let jsonl = r#"{"account_id":"a","object_id":"12","timestamp":1771833600000,"layer":"url"}
{"object_id":"x,\"y\"","account_id":"b","timestamp":"2026-02-23 08:00:00","layer":null}"#;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("object_id", Arc::new(StringArray::from(vec!["12", "x,\"y\""]))),
        (
            "timestamp",
            Arc::new(TimestampMillisecondArray::from(vec![1_771_833_600_000; 2]).with_timezone("UTC")),
        ),
        ("account_id", Arc::new(StringArray::from(vec!["a", "b"]))),
        ("layer", Arc::new(StringArray::from(vec![Some("url"), None]))),
    ];
    let mut numbers = columns.clone();
    numbers[1].1 = Arc::new(Float64Array::from(vec![1_771_833_600.0; 2]));
    let table: Vec<(&str, Vec<u8>)> = vec![
        ("csv", csv.into()),
        ("csv with a mark", format!("\u{feff}{csv}").into()),
        ("csv in gzip", gzip(csv.as_bytes())),
        ("csv in zstd", zstd(csv.as_bytes())),
        ("jsonl", jsonl.into()),
        ("parquet", parquet(columns)),
        ("parquet with numbers", parquet(numbers)),
    ];
    for (name, bytes) in table {
        let (touches, rejects, errors) = read(bytes);
        assert!(rejects.is_empty() && errors.is_empty(), "{name}: {rejects:?} {errors:?}");
        assert_eq!(touches, expected(), "{name}");
    }
}

#[test]
fn whole_numbers_serve_as_ids_in_parquet() {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("account_id", Arc::new(Int64Array::from(vec![Some(7), None]))),
        ("object_id", Arc::new(Int64Array::from(vec![8, 9]))),
        ("timestamp", Arc::new(Int64Array::from(vec![1_771_833_600, 1]))),
    ];
    let (touches, rejects, _) = read(parquet(columns));
    assert_eq!((touches[0].account_id.as_str(), touches[0].object_id.as_str()), ("7", "8"));
    assert_eq!(lines(&rejects), "objects:2 account_id is missing, but required\n");
}

#[test]
fn bad_rows_are_told_and_skipped() {
    let csv = b"account_id,object_id,timestamp\na,o,1\na,o\n,o,1\na,\"o,1\na,o,soon\na,\"o\"\"\",1\na,\xff,1\nb,o,2\n";
    let (touches, rejects, _) = read(csv.to_vec());
    assert_eq!(touches.len(), 3);
    insta::assert_snapshot!(lines(&rejects), @"
    objects:3 - has 2 cells, the header 3
    objects:4 account_id is empty, but required
    objects:5 - has a quote that is not closed on its line
    objects:6 timestamp is no time; write RFC 3339 such as 2026-02-23T08:00:00Z, or seconds since 1970
    objects:8 - is not UTF-8, at byte 3; save the file as UTF-8
    ");
    let jsonl = "{\"account_id\":\"a\",\"object_id\":1,\"timestamp\":1}\n{\"account_id\":\"a\",\"object_id\":\"o\",\"timestamp\":[]}\n{\n";
    let (_, rejects, _) = read(jsonl);
    insta::assert_snapshot!(lines(&rejects), @"
    objects:1 object_id is not a string; write it in quotes
    objects:2 timestamp is no time; write RFC 3339 such as 2026-02-23T08:00:00Z, or seconds since 1970
    objects:3 - is not JSON: it breaks off before its end
    ");
}

#[test]
fn a_header_that_cannot_serve_is_an_error() {
    let error = |csv: &str| read(csv).2.remove(0);
    insta::assert_snapshot!(error("account_id,object_id\na,o\n"), @"`objects` has no column `timestamp`; the objects table needs account_id, object_id and timestamp");
    insta::assert_snapshot!(error("account_id,Account_ID,object_id,timestamp\na,b,o,1\n"), @"`objects` has the column `account_id` twice; leave one of them out when you export");
    let (touches, rejects, _) =
        read(r#"{"account_id":"a","account_id":"b","object_id":"o","timestamp":1771833600}"#);
    assert!(touches.is_empty());
    assert_eq!(lines(&rejects), "objects:1 account_id stands twice in the row\n");
}

#[test]
fn the_wrong_table_is_named() {
    let (_, _, errors) = read(GOOD);
    assert!(matches!(&errors[..], [IngestError::WrongTable { .. }]), "{errors:?}");
    let csv = memory("objects.csv", "account_id,object_id,timestamp\n");
    let error = crate::support::read_with(&[csv], &ReadOptions::default()).errors.remove(0);
    assert!(error.to_string().contains("--objects"), "{error}");
    let (_, _, errors) = read(parquet(vec![("account_id", Arc::new(StringArray::from(vec!["a"])))]));
    assert!(matches!(&errors[..], [IngestError::MissingColumn { column: "object_id", .. }]), "{errors:?}");
}

#[test]
fn a_real_table_is_read_whole() {
    let path = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/account_networks/organic_flash_crowd.csv.gz"
    ));
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return;
    }
    let reader = open_objects(&[Source::from(path)], &ReadOptions::default()).unwrap();
    let portions: Vec<_> = reader.map(Result::unwrap).collect();
    let touches: usize = portions.iter().map(|p| p.touches.len()).sum();
    let rejects: usize = portions.iter().map(|p| p.rejects.len()).sum();
    assert!(touches > 10_000, "{touches} rows");
    assert_eq!(rejects, 0);
}
