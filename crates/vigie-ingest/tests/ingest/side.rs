//! Accounts and the release calendar.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Int32Array, StringArray, TimestampMicrosecondArray};
use vigie_ingest::{IngestError, read_accounts, read_models};
use vigie_model::{Account, AccountStatus, Micros};

use crate::support::{gzip, lines, parquet};

fn file(name: &str, bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn expected() -> Vec<Account> {
    let one = Account {
        account_id: "a1".into(),
        created_at: Some(Micros(1_771_833_600_000_000)),
        payment_fingerprint: Some("f".into()),
        failed_payments: Some(2),
        verified: Some(true),
        status: Some(AccountStatus::Banned),
        labels: vec!["internal".into(), "x".into()],
        ..Account::default()
    };
    vec![one, Account { account_id: "a2".into(), ..Account::default() }]
}

#[test]
fn every_format_gives_the_same_accounts() {
    let csv = "account_id,created_at,payment_fingerprint,failed_payments,verified,status,labels,note\na1,2026-02-23T08:00:00Z,f,2,TRUE,banned,internal; x,hi\na2,,,,,,,\n";
    let jsonl = r#"{"account_id":"a1","created_at":1771833600,"payment_fingerprint":"f","failed_payments":2,"verified":true,"status":"banned","labels":["internal","x"]}
{"account_id":"a2","status":null}"#;
    let mut labels = ListBuilder::new(StringBuilder::new());
    labels.values().append_value("internal");
    labels.values().append_value("x");
    labels.append(true);
    labels.append(false);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("account_id", Arc::new(StringArray::from(vec!["a1", "a2"]))),
        ("created_at", Arc::new(TimestampMicrosecondArray::from(vec![Some(1_771_833_600_000_000), None]))),
        ("payment_fingerprint", Arc::new(StringArray::from(vec![Some("f"), None]))),
        ("failed_payments", Arc::new(Int32Array::from(vec![Some(2), None]))),
        ("verified", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("status", Arc::new(StringArray::from(vec![Some("banned"), None]))),
        ("labels", Arc::new(labels.finish())),
        ("other", Arc::new(labels.finish())),
    ];
    let mut columns = columns;
    columns.pop();
    let mut long = columns.clone();
    let large = arrow_schema::DataType::LargeList(Arc::new(arrow_schema::Field::new_list_field(
        arrow_schema::DataType::LargeUtf8,
        true,
    )));
    long[6].1 = arrow_cast::cast(&long[6].1, &large).unwrap();
    let table: Vec<(&str, Vec<u8>)> = vec![
        ("csv", csv.into()),
        ("csv.gz", gzip(csv.as_bytes())),
        ("jsonl", jsonl.into()),
        ("json array", format!("[{}]", jsonl.replace('\n', ",")).into()),
        ("parquet", parquet(columns)),
        ("parquet with long lists", parquet(long)),
    ];
    for (name, bytes) in table {
        let (_folder, path) = file("accounts", bytes);
        let (accounts, rejects) = read_accounts(&path).unwrap();
        assert!(rejects.is_empty(), "{name}: {rejects:?}");
        assert_eq!(accounts, expected(), "{name}");
    }
}

#[test]
fn bad_accounts_are_told_and_skipped() {
    let csv = "account_id,status,created_at,verified,failed_payments\na,odd,,,\n,active,,,\nb,,never,,\nc,,,maybe,\nd,,,,many\ne,active,,,\n";
    let (_folder, path) = file("accounts.csv", csv);
    let (accounts, rejects) = read_accounts(&path).unwrap();
    assert_eq!(accounts.len(), 1);
    let told = lines(&rejects).replace(&path.display().to_string(), "accounts.csv");
    insta::assert_snapshot!(told, @"
    accounts.csv:2 status is none of active, suspended, banned
    accounts.csv:3 account_id is missing, but required
    accounts.csv:4 created_at is no time; write RFC 3339 such as 2026-02-23T08:00:00Z, or seconds since 1970
    accounts.csv:5 verified is neither true nor false
    accounts.csv:6 failed_payments is no whole number
    ");
}

#[test]
fn the_release_calendar_is_read() {
    for content in [
        "{\"model\":\"m\",\"released_at\":\"2026-02-23T08:00:00Z\"}\n",
        "model,released_at\nm,2026-02-23T08:00:00Z\n",
    ] {
        let (_folder, path) = file("models", content);
        let (models, rejects) = read_models(&path).unwrap();
        assert_eq!((models[0].model.as_str(), models[0].released_at), ("m", Micros(1_771_833_600_000_000)));
        assert!(rejects.is_empty());
    }
}

#[test]
fn a_side_table_without_its_key_is_an_error() {
    let (_folder, path) = file("accounts.csv", "id,name\n1,x\n");
    let error = read_accounts(&path).unwrap_err();
    assert!(matches!(error, IngestError::MissingColumn { column: "account_id", .. }), "{error}");
    let (_folder, path) = file("models.csv", "model,date\nm,x\n");
    assert!(read_models(&path).unwrap_err().to_string().contains("released_at"));
    assert!(read_models(&path.join("none")).is_err());
}
