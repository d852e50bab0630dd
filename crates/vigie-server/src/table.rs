//! Lists as CSV: one line per item, nested values as JSON.

use std::collections::BTreeSet;

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use crate::problem::Problem;

/// Whether the request asks for CSV, by `?format=csv` or by `Accept: text/csv`.
pub fn wanted(parts: &Parts) -> bool {
    let query = parts.uri.query().unwrap_or_default();
    let accept = parts.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    query.split('&').any(|pair| pair == "format=csv")
        || accept.split(',').next().is_some_and(|first| first.trim().starts_with("text/csv"))
}

/// The `items` of a page, which comes as JSON, as CSV; the cursor of the next page is in `X-Next-Cursor`.
///
/// # Errors
/// [`Problem::bug`] when an item cannot be written.
pub fn csv(page: &[u8], name: &str) -> Result<Response, Problem> {
    let bug = |error: &dyn std::fmt::Display| Problem::bug(format!("the list cannot be written: {error}"));
    let page: Value = serde_json::from_slice(page).map_err(|error| bug(&error))?;
    let items = page.get("items").unwrap_or(&page).as_array().cloned().unwrap_or_default();
    let columns: BTreeSet<&String> =
        items.iter().filter_map(Value::as_object).flat_map(|o| o.keys()).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|c| c.as_str())).map_err(|error| bug(&error))?;
    for item in &items {
        let cells = columns.iter().map(|column| cell(item.get(column.as_str()).unwrap_or(&Value::Null)));
        writer.write_record(cells).map_err(|error| bug(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| bug(&error))?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    let cursor = page.get("next_cursor").and_then(Value::as_str);
    if let Some(value) = cursor.and_then(|cursor| HeaderValue::from_str(cursor).ok()) {
        headers.insert("x-next-cursor", value);
    }
    Ok(response)
}

/// Text as it is; a leading `=`, `+`, `-` or `@` is quoted so that no spreadsheet takes it for a formula.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
