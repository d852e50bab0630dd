//! LiteLLM's payload, on fixtures that follow its specification.

use vigie_ingest::{AddressTrust, ColumnSet, Format, ReadOptions, sniff};
use vigie_model::Exchange;

use crate::support::{gzip, ids, lines, memory, read, read_with};

const CALLBACKS: &str = include_str!("../../../../tests/corpus/litellm/callbacks.ndjson");
const EXPORT: &str = include_str!("../../../../tests/corpus/litellm/export.json");
const FAULTY: &str = include_str!("../../../../tests/corpus/litellm/faulty.ndjson");

fn all() -> ReadOptions {
    ReadOptions { columns: ColumnSet::all(), ..ReadOptions::default() }
}

/// The set fields of a row, one a line.
fn show(row: &Exchange) -> String {
    format!("{row:#?}")
        .lines()
        .filter(|line| !line.ends_with(": None,"))
        .collect::<Vec<_>>()
        .join("\n")
        .replace("Some(\n        ", "")
        .replace(",\n    ),", ",")
}

#[test]
fn every_field_that_the_payload_has_is_mapped() {
    let read = read_with(&[memory("log", CALLBACKS)], &all());
    assert!(read.errors.is_empty() && read.rejects.is_empty(), "{read:?}");
    insta::assert_snapshot!(show(&read.rows[0]), @r#"
    Exchange {
        event_id: "chatcmpl-0001",
        timestamp: Micros(
            1771833600250000,
        account_id: "user-1",
        org_id: "org-1",
        api_key_id: "88dc28d0",
        end_user_id: "customer-17",
        end_user_assertion: "unsigned",
        session_id: "7d1f",
        conversation_id: "7d1f",
        turn: 2,
        client_address: "203.0.113.9",
        client_address_trust: "claimed",
        user_agent: "openai-python/2.1.0",
        provider: "openai",
        operation: "chat",
        request_model: "gpt-4o",
        response_model: "gpt-4o-2024-08-06",
        response_id: "chatcmpl-0001",
        stream: true,
        temperature: 0.2,
        max_tokens: 200,
        logprobs: true,
        system_prompt: "You answer in one sentence.",
        prompt: "And who tends it?",
        tools: "[{\"function\":{\"name\":\"tide_table\"},\"type\":\"function\"}]",
        completion: "A keeper tends it.",
        input_tokens: 61,
        output_tokens: 12,
        cached_input_tokens: 32,
        reasoning_tokens: 0,
        finish_reason: "stop",
        http_status: 200,
        duration_ms: 2250.0,
        ttft_ms: 500.0,
        source_kind: "litellm",
    }
    "#);
}

#[test]
fn cache_failure_and_redaction_are_told_apart() {
    let read = read_with(&[memory("log", CALLBACKS)], &all());
    let [_, cached, failed, redacted] = &read.rows[..] else { panic!("{read:?}") };
    // The answer from the cache must not be taken for a second record of the first exchange.
    assert_eq!((cached.response_id.as_deref(), cached.account_id.as_str()), (None, "team-a"));
    assert_eq!((failed.http_status, failed.error_type.as_deref()), (Some(429), Some("RateLimitError")));
    assert_eq!(
        (failed.account_id.as_str(), failed.client_address.as_deref()),
        ("5a77", Some("198.51.100.4"))
    );
    assert_eq!((redacted.prompt.as_deref(), redacted.completion.as_deref()), (None, None));
    assert_eq!((redacted.turn, redacted.http_status, redacted.ttft_ms), (None, Some(200), None));
}

#[test]
fn other_apis_behind_the_gateway_are_understood() {
    let read = read_with(&[memory("log", EXPORT)], &all());
    let [anthropic, responses, embedding, declined] = &read.rows[..] else { panic!("{read:?}") };
    let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
    assert_eq!(text(&anthropic.system_prompt), "You are a cook.");
    // The second user message only carries a tool's result.
    assert_eq!((text(&anthropic.prompt).as_str(), anthropic.turn), ("Plan a week of meals.", Some(1)));
    assert_eq!(
        (text(&anthropic.completion).as_str(), anthropic.cached_input_tokens),
        ("Rice and beans, then.", Some(16))
    );
    assert_eq!(
        (text(&responses.prompt).as_str(), text(&responses.operation).as_str()),
        ("Prove that 7 is prime.", "chat")
    );
    assert_eq!((responses.reasoning_tokens, responses.max_tokens), (Some(21), Some(900)));
    assert_eq!(
        (text(&responses.completion).as_str(), text(&responses.user_agent).as_str()),
        ("It has no divisor.", "app/1.0")
    );
    assert_eq!(
        (text(&embedding.prompt).as_str(), text(&embedding.operation).as_str()),
        ("red boat", "embeddings")
    );
    assert_eq!((declined.refusal, text(&declined.refusal_category).as_str()), (Some(true), "content_filter"));
}

#[test]
fn every_packing_gives_the_same_rows() {
    let rows = ids(&read(CALLBACKS).rows).join(" ");
    let array = format!("[{}]", CALLBACKS.trim().replace('\n', ","));
    let wrapped: String = CALLBACKS
        .lines()
        .map(|line| format!("{{\"standard_logging_object\": {line}, \"kwargs\": {{\"call_type\": 1}}}}\n"))
        .collect();
    for log in [array, wrapped] {
        assert_eq!(sniff(&memory("log", log.as_str())).unwrap(), Format::LiteLlm);
        assert_eq!(ids(&read(gzip(log.as_bytes())).rows).join(" "), rows);
    }
    let one = serde_json::to_string_pretty(
        &serde_json::from_str::<serde_json::Value>(CALLBACKS.lines().next().unwrap()).unwrap(),
    );
    assert_eq!(read(one.unwrap()).rows.len(), 1);
}

#[test]
fn faulty_payloads_are_rejected_with_their_place() {
    let read = read(FAULTY);
    assert_eq!(ids(&read.rows), ["ok-1"]);
    insta::assert_snapshot!(lines(&read.rejects), @"
    log:2 id is missing, but required
    log:3 startTime is no time; write RFC 3339 such as 2026-02-23T08:00:00Z, or seconds since 1970
    log:4 metadata names no user, team, organisation, key or end user; turn off redact_user_api_key_info, or log the proxy rather than the SDK
    log:5 - is not JSON: it breaks off before its end
    log:6 - is not a JSON object; write one object a row
    ");
}

#[test]
fn trust_in_addresses_is_the_operators_word() {
    let options = ReadOptions { address_trust: AddressTrust::TrustedProxy, ..ReadOptions::default() };
    let read = read_with(&[memory("log", CALLBACKS)], &options);
    assert_eq!(read.rows[0].client_address_trust.as_deref(), Some("trusted_proxy"));
    assert_eq!(read.rows[1].client_address_trust, None, "no address, no trust");
    assert_eq!(read.rows[0].completion, None, "not selected by default");
}

#[test]
fn a_key_that_stands_twice_and_a_count_below_nothing_are_told() {
    let rest = r#""startTime":1771833600,"metadata":{"user_api_key_user_id":"u"}"#;
    let log = format!(
        "{{\"id\":\"1\",\"id\":\"2\",{rest}}}\n{{\"id\":\"3\",\"prompt_tokens\":-4,{rest}}}\n{{\"id\":\"4\",{rest}}}\n"
    );
    let read = read(log);
    assert_eq!(ids(&read.rows), ["4"]);
    assert_eq!(lines(&read.rejects), "log:1 id stands twice in the row\nlog:2 prompt_tokens is negative\n");
}
