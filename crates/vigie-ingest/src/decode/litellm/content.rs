//! What was said: messages to system prompt, last user message and turn; responses to answer, reason and refusal.
//!
//! Knows three shapes of API that LiteLLM passes through: chat completions, responses, Anthropic messages.

use serde_json::{Map, Value};
use vigie_model::Exchange;

use crate::options::ColumnSet;

type Object = Map<String, Value>;

pub(super) fn set(
    row: &mut Exchange,
    payload: &Object,
    parameters: &Object,
    response: &Object,
    columns: &ColumnSet,
) {
    if let Some(messages) = payload.get("messages") {
        set_messages(row, messages);
    }
    // Anthropic and the responses API keep it apart from the messages.
    for name in ["system", "instructions"] {
        if row.system_prompt.is_none() {
            row.system_prompt = parameters.get(name).and_then(text_of).filter(|text| !is_redacted(text));
        }
    }
    set_response(row, response);
    if columns.contains("completion") {
        let plain = payload.get("response").filter(|r| r.is_string()).and_then(text_of);
        row.completion = completion(response).or(plain).filter(|text| !is_redacted(text));
    }
}

/// LiteLLM's placeholder for content that the operator keeps out of logs.
fn is_redacted(text: &str) -> bool {
    text.starts_with("redacted-by-litellm")
}

fn set_messages(row: &mut Exchange, messages: &Value) {
    let list = match messages {
        Value::Array(list) => list,
        Value::Object(wrapped) => match wrapped.get("messages") {
            Some(inner) => return set_messages(row, inner),
            None => return,
        },
        // A bare string is the prompt of a text completion, the input of an embedding, or a list in a string.
        Value::String(text) if !text.is_empty() && !is_redacted(text) => {
            match serde_json::from_str::<Value>(text) {
                Ok(inner @ Value::Array(_)) => set_messages(row, &inner),
                _ => {
                    row.prompt = Some(text.clone());
                    row.turn = Some(1);
                }
            }
            return;
        }
        _ => return,
    };
    let role = |message: &Value| message.get("role").and_then(Value::as_str).unwrap_or("user").to_owned();
    let mut system = Vec::new();
    let mut turns = 0_i32;
    for message in list {
        let Some(text) = message.get("content").and_then(text_of).or_else(|| bare(message)) else { continue };
        if is_redacted(&text) {
            continue;
        }
        match role(message).as_str() {
            "system" | "developer" => system.push(text),
            "user" => {
                turns = turns.saturating_add(1);
                row.prompt = Some(text);
            }
            _ => {}
        }
    }
    row.turn = (turns > 0).then_some(turns);
    row.system_prompt = (!system.is_empty()).then(|| system.join("\n"));
}

/// Inputs of embeddings are lists of strings.
fn bare(message: &Value) -> Option<String> {
    message.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The text of a content: a string, or a list of parts of which some are text. Images, files and the results of
/// tools are no text of the user.
fn text_of(content: &Value) -> Option<String> {
    let joined = match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| match part {
                Value::String(text) => Some(text.as_str()),
                Value::Object(part) => {
                    let kind = part.get("type").and_then(Value::as_str).unwrap_or("text");
                    let is_text = matches!(kind, "text" | "input_text" | "output_text");
                    part.get("text").and_then(Value::as_str).filter(|_| is_text)
                }
                _ => None,
            });
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => return None,
    };
    (!joined.is_empty()).then_some(joined)
}

fn set_response(row: &mut Exchange, response: &Object) {
    let choice = first_choice(response);
    let string = |from: &Object, name: &str| from.get(name).and_then(Value::as_str).map(str::to_owned);
    row.finish_reason = choice
        .and_then(|choice| string(choice, "finish_reason"))
        .or_else(|| string(response, "stop_reason"))
        .or_else(|| string(response, "status"));
    let said_no = choice
        .and_then(|choice| choice.get("message"))
        .and_then(|message| message.get("refusal"))
        .and_then(Value::as_str)
        .is_some_and(|refusal| !refusal.is_empty());
    let category = match row.finish_reason.as_deref() {
        Some("content_filter") => Some("content_filter"),
        Some("refusal") => Some("refusal"),
        _ => None,
    };
    if said_no || category.is_some() {
        row.refusal = Some(true);
        row.refusal_category = category.map(str::to_owned);
    }
}

fn completion(response: &Object) -> Option<String> {
    if let Some(choice) = first_choice(response) {
        let message = choice.get("message").and_then(|message| message.get("content")).and_then(text_of);
        return message.or_else(|| choice.get("text").and_then(text_of));
    }
    let outputs = response.get("output").and_then(Value::as_array);
    let texts = outputs.into_iter().flatten().filter_map(|item| item.get("content").and_then(text_of));
    let joined = texts.collect::<Vec<_>>().join("\n");
    if joined.is_empty() { response.get("content").and_then(text_of) } else { Some(joined) }
}

fn first_choice(response: &Object) -> Option<&Object> {
    response.get("choices")?.as_array()?.first()?.as_object()
}
