//! Whatever the bytes: an answer, never a panic.

use proptest::prelude::*;
use vigie_ingest::{Format, ReadOptions, open_exchanges, open_objects, sniff};

use crate::support::{GOOD, gzip, memory, parquet_of};

/// Reads bytes by every door; the counts only keep the work from being optimised away.
fn knock(bytes: &[u8]) -> usize {
    let source = [memory("hostile", bytes)];
    let mut answers = usize::from(sniff(&source[0]).is_ok());
    let formats = Format::ALL.map(Some);
    for format in formats.into_iter().chain([None]) {
        let options =
            ReadOptions { format, row_bytes_max: 4096, file_bytes_max: 1 << 20, ..ReadOptions::default() };
        if let Ok(reader) = open_exchanges(&source, &options) {
            answers += reader.count();
        }
        if let Ok(reader) = open_objects(&source, &options) {
            answers += reader.count();
        }
    }
    answers
}

fn seeds() -> Vec<Vec<u8>> {
    let mut builder = vigie_model::ExchangeBatchBuilder::default();
    let row = vigie_model::Exchange {
        event_id: "e".into(),
        account_id: "a".into(),
        prompt: Some("p".into()),
        ..vigie_model::Exchange::default()
    };
    (0..50).for_each(|_| builder.push(&row));
    vec![
        GOOD.into(),
        gzip(GOOD.as_bytes()),
        crate::support::zstd(GOOD.as_bytes()),
        parquet_of(&[builder.finish()]),
        include_bytes!("../../../../tests/corpus/litellm/callbacks.ndjson").to_vec(),
        include_bytes!("../../../../tests/corpus/litellm/export.json").to_vec(),
        b"account_id,object_id,timestamp,layer\na,\"o\",1771833600,x\n".to_vec(),
    ]
}

#[test]
fn brackets_and_quotes_in_any_order_end() {
    for text in [
        "]", "}", "[", "{", "[]]", "[}", "{]", "\"", "[\"", ",", "[,,]", "[1", "[1]", "{}\n]", "\\", "[[[",
        "]]]{",
    ] {
        knock(text.as_bytes());
        knock(gzip(text.as_bytes()).as_slice());
    }
    knock(&b"[".repeat(100_000));
    knock(&b"{\"a\":".repeat(50_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        knock(&bytes);
    }

    #[test]
    fn random_json_shapes_never_panic(text in "[\\[\\]{}\",:\\\\0-9a-z\n ]{0,200}") {
        knock(text.as_bytes());
    }

    #[test]
    fn good_files_with_flipped_bytes_never_panic(
        which in 0..7_usize, flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = seeds().swap_remove(which);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        knock(&bytes);
    }
}
