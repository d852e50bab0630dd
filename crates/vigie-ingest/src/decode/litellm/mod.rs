//! LiteLLM's StandardLoggingPayload, as JSON array, as one object a line, or one pretty-printed object a file.
//!
//! Written against the specification of LiteLLM 1.106 (docs.litellm.ai, "StandardLoggingPayload Specification");
//! older payloads lack fields, which become null.
//!
//! **Who is billed.** LiteLLM budgets keys, users, teams and organisations. `account_id` is the smallest of them that
//! can be suspended by itself and outlives a key: the user of the key; for keys without a user the team, then the
//! organisation; then the key's hash; then the end user. LiteLLM's placeholder for "no user" (`default_user_id`)
//! counts as none: it would melt all keys of a gateway into one account. `org_id` is the organisation, else the team.
//!
//! **Redacted content is unseen.** With `turn_off_message_logging` every message is the same placeholder; kept as a
//! prompt it would make all accounts of the gateway look like one campaign.

mod content;

use serde_json::{Map, Value};
use vigie_model::{Exchange, ExchangeBatchBuilder, Micros, Reject};

use crate::decode::text::{Fault, RowSink, utf8};
use crate::decode::{Decoded, json_object};
use crate::format::Format;
use crate::options::{AddressTrust, BATCH_ROWS_MAX, BATCH_TEXT_BYTES_MAX, ColumnSet, ReadOptions};
use crate::time::{self, TIME_EXPECTED};

type Object = Map<String, Value>;

/// Payloads on their way into a batch.
pub(crate) struct LiteLlmRows {
    builder: ExchangeBatchBuilder,
    text_bytes: usize,
    columns: ColumnSet,
    address_trust: AddressTrust,
}

impl LiteLlmRows {
    pub(crate) fn new(options: &ReadOptions) -> Self {
        Self {
            builder: ExchangeBatchBuilder::default(),
            text_bytes: 0,
            columns: options.columns.clone(),
            address_trust: options.address_trust,
        }
    }
}

impl RowSink for LiteLlmRows {
    type Portion = Decoded;

    fn row(&mut self, row: &[u8]) -> Result<(), Fault> {
        let row_object = json_object::object(utf8(row)?)?;
        // Callbacks that log all their arguments carry the payload one level down.
        let payload = object(&row_object, "standard_logging_object").unwrap_or(&row_object);
        let exchange = exchange(payload, self.address_trust, &self.columns)?;
        self.text_bytes += row.len();
        self.builder.push(&exchange);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.builder.len() >= BATCH_ROWS_MAX || self.text_bytes >= BATCH_TEXT_BYTES_MAX
    }

    fn is_empty(&self) -> bool {
        self.builder.is_empty()
    }

    fn finish(&mut self, rejects: Vec<Reject>) -> Result<Decoded, String> {
        self.text_bytes = 0;
        Ok(Decoded { batch: self.builder.finish(), rejects })
    }
}

fn exchange(payload: &Object, trust: AddressTrust, columns: &ColumnSet) -> Result<Exchange, Fault> {
    let empty = Object::new();
    let metadata = object(payload, "metadata").unwrap_or(&empty);
    let parameters = object(payload, "model_parameters").unwrap_or(&empty);
    let response = object(payload, "response").unwrap_or(&empty);
    let mut row = Exchange {
        event_id: text(payload, "id")
            .or_else(|| text(payload, "litellm_call_id"))
            .or_else(|| text(payload, "call_id"))
            .ok_or_else(|| Fault::new("id", "is missing, but required"))?,
        account_id: account(payload, metadata)?,
        org_id: text(metadata, "user_api_key_org_id").or_else(|| text(metadata, "user_api_key_team_id")),
        api_key_id: text(metadata, "user_api_key_hash"),
        end_user_id: text(payload, "end_user").or_else(|| text(metadata, "user_api_key_end_user_id")),
        session_id: text(payload, "session_id").or_else(|| text(payload, "trace_id")),
        conversation_id: text(payload, "trace_id"),
        user_agent: user_agent(payload, metadata),
        provider: text(payload, "custom_llm_provider"),
        operation: text(payload, "call_type").map(|call| operation(&call)),
        request_model: text(payload, "model").or_else(|| text(payload, "model_group")),
        response_model: text(response, "model"),
        // An answer from the cache repeats the id of the first one, and is yet an exchange of its own.
        response_id: text(response, "id").filter(|_| boolean(payload, "cache_hit") != Some(true)),
        source_kind: Some(Format::LiteLlm.name().to_owned()),
        ..Exchange::default()
    };
    row.end_user_assertion = row.end_user_id.as_ref().map(|_| "unsigned".to_owned());
    set_address(&mut row, payload, metadata, trust);
    set_times(&mut row, payload, boolean(payload, "stream").or_else(|| boolean(parameters, "stream")))?;
    set_parameters(&mut row, parameters);
    content::set(&mut row, payload, parameters, response, columns);
    set_usage(&mut row, payload, metadata, response);
    set_outcome(&mut row, payload);
    drop_unselected(&mut row, columns);
    check_counts(&row)?;
    Ok(row)
}

fn account(payload: &Object, metadata: &Object) -> Result<String, Fault> {
    const NO_USER: &str = "default_user_id";
    text(metadata, "user_api_key_user_id")
        .filter(|user| user != NO_USER)
        .or_else(|| text(metadata, "user_api_key_team_id"))
        .or_else(|| text(metadata, "user_api_key_org_id"))
        .or_else(|| text(metadata, "user_api_key_hash"))
        .or_else(|| text(payload, "end_user"))
        .or_else(|| text(metadata, "user_api_key_end_user_id"))
        .ok_or_else(|| {
            let reason = "names no user, team, organisation, key or end user; \
                          turn off redact_user_api_key_info, or log the proxy rather than the SDK";
            Fault::new("metadata", reason)
        })
}

fn set_address(row: &mut Exchange, payload: &Object, metadata: &Object, trust: AddressTrust) {
    let address = text(payload, "requester_ip_address").or_else(|| text(metadata, "requester_ip_address"));
    // A forwarded chain names the client first.
    row.client_address = address
        .and_then(|chain| chain.split(',').next().map(|first| first.trim().to_owned()))
        .filter(|first| !first.is_empty());
    row.client_address_trust = row.client_address.as_ref().map(|_| trust.name().to_owned());
}

fn user_agent(payload: &Object, metadata: &Object) -> Option<String> {
    let header = |name| object(metadata, name).and_then(|headers| text(headers, "user-agent"));
    // LiteLLM also notes it among the tags, short and long.
    let tagged = || {
        let tags = payload.get("request_tags")?.as_array()?.iter().filter_map(Value::as_str);
        tags.filter_map(|tag| tag.strip_prefix("User-Agent: ")).max_by_key(|agent| agent.len())
    };
    text(payload, "user_agent")
        .or_else(|| text(metadata, "user_agent"))
        .or_else(|| header("requester_custom_headers"))
        .or_else(|| header("headers"))
        .or_else(|| tagged().map(str::to_owned))
}

/// LiteLLM's call types in the words of the exchange schema; others are carried along.
fn operation(call_type: &str) -> String {
    match call_type {
        "completion" | "acompletion" | "responses" | "aresponses" | "anthropic_messages" => "chat",
        "text_completion" | "atext_completion" => "text_completion",
        "embedding" | "aembedding" => "embeddings",
        "generate_content" | "agenerate_content" | "generate_content_stream" | "agenerate_content_stream" => {
            "generate_content"
        }
        other => other,
    }
    .to_owned()
}

fn set_times(row: &mut Exchange, payload: &Object, stream: Option<bool>) -> Result<(), Fault> {
    let moment = |field: &str| payload.get(field).and_then(time::from_json);
    let start = match payload.get("startTime") {
        None | Some(Value::Null) => return Err(Fault::new("startTime", "is missing, but required")),
        Some(value) => time::from_json(value).ok_or_else(|| Fault::new("startTime", TIME_EXPECTED))?,
    };
    let since_start = |end: Micros| {
        let micros = end.0.checked_sub(start.0).filter(|micros| *micros >= 0)?;
        Some(micros as f64 / 1e3)
    };
    row.timestamp = start;
    row.stream = stream;
    row.duration_ms = moment("endTime").and_then(since_start);
    // Without streaming LiteLLM sets the completion's start to its end, which is no time to first token.
    row.ttft_ms = moment("completionStartTime").filter(|_| stream == Some(true)).and_then(since_start);
    Ok(())
}

fn set_parameters(row: &mut Exchange, parameters: &Object) {
    row.temperature = parameters.get("temperature").and_then(Value::as_f64);
    row.max_tokens = ["max_tokens", "max_completion_tokens", "max_output_tokens"]
        .iter()
        .find_map(|name| integer(parameters, name));
    let top = integer(parameters, "top_logprobs").map(|n| n > 0);
    row.logprobs = match parameters.get("logprobs") {
        Some(Value::Bool(asked)) => Some(*asked),
        // Text completion asks with a count, and 0 still returns the chosen token's.
        Some(Value::Number(_)) => Some(true),
        _ => top,
    };
    row.tools = ["tools", "functions"]
        .iter()
        .filter_map(|name| parameters.get(*name))
        .find(|tools| tools.as_array().is_some_and(|tools| !tools.is_empty()))
        .map(Value::to_string);
}

fn set_usage(row: &mut Exchange, payload: &Object, metadata: &Object, response: &Object) {
    let empty = Object::new();
    let usage = object(response, "usage").or_else(|| object(metadata, "usage_object")).unwrap_or(&empty);
    let detail = |names: [&str; 2], field: &str| {
        names.iter().find_map(|name| object(usage, name).and_then(|details| integer(details, field)))
    };
    row.input_tokens = integer(payload, "prompt_tokens")
        .or_else(|| integer(usage, "prompt_tokens"))
        .or_else(|| integer(usage, "input_tokens"));
    row.output_tokens = integer(payload, "completion_tokens")
        .or_else(|| integer(usage, "completion_tokens"))
        .or_else(|| integer(usage, "output_tokens"));
    row.cached_input_tokens = detail(["prompt_tokens_details", "input_tokens_details"], "cached_tokens")
        .or_else(|| integer(usage, "cache_read_input_tokens"));
    row.reasoning_tokens = detail(["completion_tokens_details", "output_tokens_details"], "reasoning_tokens");
}

fn check_counts(row: &Exchange) -> Result<(), Fault> {
    let counts = [
        ("prompt_tokens", row.input_tokens),
        ("completion_tokens", row.output_tokens),
        ("cached_tokens", row.cached_input_tokens),
        ("reasoning_tokens", row.reasoning_tokens),
    ];
    match counts.into_iter().find(|(_, count)| count.is_some_and(|count| count < 0)) {
        Some((field, _)) => Err(Fault::new(field, "is negative")),
        None => Ok(()),
    }
}

fn set_outcome(row: &mut Exchange, payload: &Object) {
    let error = object(payload, "error_information");
    let failed = text(payload, "status").map(|status| status != "success");
    let code = error.and_then(|e| {
        text(e, "error_code").and_then(|code| code.parse().ok()).or_else(|| integer(e, "error_code"))
    });
    row.http_status = match failed {
        // Only answers that reached the client are logged as a success.
        Some(false) => Some(200),
        _ => code.and_then(|code: i64| i32::try_from(code).ok()).filter(|code| (100..600).contains(code)),
    };
    row.error_type = error.and_then(|e| text(e, "error_class"));
    if row.error_type.is_none() && failed == Some(true) {
        row.error_type = Some("unknown".to_owned());
    }
    let fields = object(payload, "status_fields");
    if fields.and_then(|f| text(f, "guardrail_status")).is_some_and(|s| s == "guardrail_intervened") {
        row.refusal = Some(true);
        row.refusal_category.get_or_insert_with(|| "guardrail".to_owned());
    }
}

/// The large columns; small ones cost nothing to keep in a row that was parsed anyway.
fn drop_unselected(row: &mut Exchange, columns: &ColumnSet) {
    for (name, cell) in [
        ("system_prompt", &mut row.system_prompt),
        ("prompt", &mut row.prompt),
        ("tools", &mut row.tools),
        ("completion", &mut row.completion),
    ] {
        if !columns.contains(name) {
            *cell = None;
        }
    }
}

fn object<'o>(parent: &'o Object, field: &str) -> Option<&'o Object> {
    parent.get(field)?.as_object()
}

/// A string that says something.
fn text(parent: &Object, field: &str) -> Option<String> {
    parent.get(field)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn integer(parent: &Object, field: &str) -> Option<i64> {
    let value = parent.get(field)?;
    value.as_i64().or_else(|| value.as_f64().and_then(crate::conform::whole))
}

fn boolean(parent: &Object, field: &str) -> Option<bool> {
    parent.get(field)?.as_bool()
}
