//! Fingerprints of what software sends along: system prompts and tool definitions.

use serde_json::Value;

use crate::features::SystemFeatures;
use crate::folder::Folder;
use crate::hash::{chain, hash_text};

/// Longest tool definition that is parsed, in bytes; longer ones are hashed as text.
const TOOLS_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting of parameters that counts.
const DEPTH_MAX: usize = 8;

/// Features of one system prompt. Allocates its own scratch; [`Folder::system`] does the same with scratch that is
/// there. O(bytes), at most [`crate::TEXT_BYTES_MAX`] of them.
pub fn system_blocks(text: &str) -> SystemFeatures {
    Folder::new().system(text)
}

/// Hash of the set of tool names with their parameter names, whatever their order and descriptions: the shapes of
/// OpenAI, Anthropic and Gemini APIs. What is no JSON, names no tool or is longer than a mebibyte is hashed as text.
/// O(bytes); allocates, so callers that see the same definitions often should remember the answer by
/// [`hash_text`].
pub fn tools_hash(json: &str) -> u64 {
    if json.len() > TOOLS_BYTES_MAX {
        return hash_text(json);
    }
    let Ok(value) = serde_json::from_str::<Value>(json) else { return hash_text(json) };
    let mut tools = Vec::new();
    collect_tools(&value, 0, &mut tools);
    if tools.is_empty() { hash_text(json) } else { hash_set(tools, 1) }
}

/// Order-free hash of a set.
fn hash_set(mut hashes: Vec<u64>, seed: u64) -> u64 {
    hashes.sort_unstable();
    hashes.dedup();
    hashes.into_iter().fold(seed, chain)
}

/// Tools are objects with a `name`, in arrays or under `function`, `tools`, `functions`, `functionDeclarations`.
fn collect_tools(value: &Value, depth: usize, tools: &mut Vec<u64>) {
    match value {
        _ if depth > DEPTH_MAX => {}
        Value::Array(items) => items.iter().for_each(|item| collect_tools(item, depth + 1, tools)),
        Value::Object(object) => {
            if let Some(Value::String(name)) = object.get("name") {
                let schema =
                    ["parameters", "input_schema", "inputSchema"].iter().find_map(|key| object.get(*key));
                let mut parameters = Vec::new();
                if let Some(schema) = schema {
                    collect_parameters(schema, 0, 2, &mut parameters);
                }
                return tools.push(chain(hash_text(name), hash_set(parameters, 2)));
            }
            for key in ["function", "tools", "functions", "functionDeclarations", "function_declarations"] {
                if let Some(inner) = object.get(key) {
                    collect_tools(inner, depth + 1, tools);
                }
            }
        }
        _ => {}
    }
}

/// Names under `properties`, each with the path that leads to it.
fn collect_parameters(schema: &Value, depth: usize, path: u64, parameters: &mut Vec<u64>) {
    if depth > DEPTH_MAX {
        return;
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        for (name, inner) in properties {
            let here = chain(path, hash_text(name));
            parameters.push(here);
            collect_parameters(inner, depth + 1, here, parameters);
        }
    }
    if let Some(items) = schema.get("items") {
        collect_parameters(items, depth + 1, path, parameters);
    }
}

#[cfg(test)]
mod tests {
    use super::tools_hash;
    use crate::hash::hash_text;

    const OPENAI: &str = r#"[
        {"type":"function","function":{"name":"read","description":"a","parameters":{"properties":{"path":{"type":"string"},"line":{}}}}},
        {"type":"function","function":{"name":"run","parameters":{"properties":{"command":{}}}}}]"#;

    #[test]
    fn order_description_and_api_do_not_matter() {
        let anthropic = r#"[{"name":"run","input_schema":{"properties":{"command":{"type":"string"}}}},
            {"name":"read","description":"b","input_schema":{"properties":{"line":{},"path":{}}}}]"#;
        assert_eq!(tools_hash(OPENAI), tools_hash(anthropic));
    }

    #[test]
    fn names_of_tools_and_parameters_matter() {
        assert_ne!(tools_hash(OPENAI), tools_hash(&OPENAI.replace("\"run\"", "\"exec\"")));
        assert_ne!(tools_hash(OPENAI), tools_hash(&OPENAI.replace("\"line\"", "\"row\"")));
    }

    #[test]
    fn what_names_no_tool_is_hashed_as_text() {
        for text in ["", "not json", "[]", "{\"a\":1}", "[1,2"] {
            assert_eq!(tools_hash(text), hash_text(text));
        }
    }
}
