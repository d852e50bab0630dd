//! How fast decoding is, on one thread. Run by hand:
//! `cargo test --release -p vigie-ingest --test ingest -- --ignored --nocapture speed`

use std::fs;
use std::time::Instant;

use vigie_ingest::{ReadOptions, Source, open_exchanges};
use vigie_model::{Exchange, ExchangeBatchBuilder, Micros};

use crate::support::{memory, parquet_of, zstd};

const ROWS: usize = 400_000;

fn row(i: usize) -> Exchange {
    let words = ["river", "copper", "ladder", "window", "seven", "quiet", "market", "orange"];
    let prompt: Vec<&str> =
        (0..45).map(|w| words[(i * 31 + w * w * 7 + i / (w + 1)) % words.len()]).collect();
    Exchange {
        event_id: format!("evt-{i:012x}"),
        timestamp: Micros(1_771_833_600_000_000 + i as i64 * 7_919),
        account_id: format!("acct-{:06}", i * 7919 % 6000),
        org_id: Some(format!("org-{}", i % 300)),
        api_key_id: Some(format!("key-{}", i % 9000)),
        client_address: Some(format!("203.0.{}.{}", i % 113, i % 251)),
        user_agent: Some("openai-python/2.1.0".into()),
        ja4: Some("t13d1516h2_8daaf6152771_02713d6af862".into()),
        request_model: Some("model-large".into()),
        operation: Some("chat".into()),
        stream: Some(i.is_multiple_of(3)),
        temperature: Some(0.7),
        max_tokens: Some(1024),
        system_prompt: Some("You are a helpful assistant of the harbour office.".into()),
        prompt: Some(prompt.join(" ")),
        completion: Some(prompt.join(" ")),
        input_tokens: Some(i as i64 % 900),
        output_tokens: Some(i as i64 % 700),
        finish_reason: Some("stop".into()),
        http_status: Some(200),
        duration_ms: Some(i as f64 / 7.0),
        ..Exchange::default()
    }
}

/// Seconds that this thread has had on a core (Linux), so that other work on the machine does not count.
fn core_seconds() -> Option<f64> {
    let schedule = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    schedule.split(' ').next()?.parse::<f64>().ok().map(|nanos| nanos / 1e9)
}

fn measure(name: &str, source: Source) {
    let bytes = source.bytes().unwrap();
    let (start, core_start) = (Instant::now(), core_seconds());
    let options = ReadOptions::default();
    let rows: usize =
        open_exchanges(&[source], &options).unwrap().map(|portion| portion.unwrap().batch.num_rows()).sum();
    let on_core = core_seconds().zip(core_start).map(|(end, start)| end - start).filter(|s| *s > 0.0);
    let seconds = on_core.unwrap_or_else(|| start.elapsed().as_secs_f64());
    println!(
        "{name:12} {:>10.0} rows/s/core  {:>6.0} MB/s/core",
        rows as f64 / seconds,
        bytes as f64 / seconds / 1e6
    );
    assert_eq!(rows, ROWS);
}

fn to_json(row: &Exchange) -> String {
    serde_json::json!({
        "event_id": row.event_id, "timestamp": row.timestamp.to_rfc3339(), "account_id": row.account_id,
        "org_id": row.org_id, "api_key_id": row.api_key_id, "client_address": row.client_address,
        "user_agent": row.user_agent, "ja4": row.ja4, "request_model": row.request_model,
        "operation": row.operation, "stream": row.stream, "temperature": row.temperature,
        "max_tokens": row.max_tokens, "system_prompt": row.system_prompt, "prompt": row.prompt,
        "completion": row.completion, "input_tokens": row.input_tokens, "output_tokens": row.output_tokens,
        "finish_reason": row.finish_reason, "http_status": row.http_status, "duration_ms": row.duration_ms,
    })
    .to_string()
}

#[test]
#[ignore = "a measurement, for release builds"]
fn speed() {
    let mut batches = Vec::new();
    let mut builder = ExchangeBatchBuilder::default();
    let mut json = String::new();
    for i in 0..ROWS {
        let row = row(i);
        builder.push(&row);
        json.push_str(&to_json(&row));
        json.push('\n');
        if builder.len() == 16_384 || i + 1 == ROWS {
            batches.push(builder.finish());
        }
    }
    let parquet = parquet_of(&batches);
    let payload = include_str!("../../../../tests/corpus/litellm/callbacks.ndjson");
    let litellm = payload.repeat(ROWS / 4);
    for _ in 0..3 {
        measure("parquet", memory("p", parquet.clone()));
        measure("jsonl", memory("j", json.clone()));
        measure("jsonl.zst", memory("z", zstd(json.as_bytes())));
        measure("litellm", memory("l", litellm.clone()));
    }
}
