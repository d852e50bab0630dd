//! From a request to an endpoint and back, without knowing its types: compiled once, not once per operation.
//!
//! What lives here: reading path and body, the thread that blocks, headers of requests and answers. What does not: who may
//! ask ([`auth`](crate::auth)), and the types of operations ([`endpoint`](crate::endpoint)).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts as _, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodFilter;

use crate::operation::{IfMatch, Operation};
use crate::problem::Problem;
use crate::state::App;
use crate::table;

/// Bytes of a request's body, at most.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Time for a request's body to arrive.
const BODY_TIME_MAX: Duration = Duration::from_secs(30);
/// Bytes of an idempotency key, at most.
const IDEMPOTENCY_KEY_BYTES_MAX: usize = 200;

/// Values of the `{names}` in a path.
pub type Names = HashMap<String, String>;

/// What can be asked, its types forgotten.
pub trait Endpoint: Send + Sync {
    /// What it is.
    fn operation(&self) -> &Operation;
    /// Whether it reads a body.
    fn reads_body(&self) -> bool;
    /// Answers; blocks.
    ///
    /// # Errors
    /// The problem to show.
    fn answer(&self, app: &App, parts: &Parts, names: Names, body: &Bytes) -> Result<Given, Problem>;
}

/// An answer, its type forgotten.
#[derive(Debug)]
pub struct Given {
    /// Status.
    pub status: StatusCode,
    /// For the ETag.
    pub version: Option<u64>,
    /// More headers.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// As JSON; `None` for no content.
    pub body: Option<Vec<u8>>,
}

/// The router's word for a method.
pub fn method_filter(method: &Method) -> MethodFilter {
    match method.as_str() {
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

/// Answers a request.
pub async fn serve(app: App, request: Request<Body>, endpoint: Arc<dyn Endpoint>) -> Response {
    let (mut parts, body) = request.into_parts();
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let asked = read(&mut parts, body, endpoint.reads_body()).await;
    let run = move || {
        let (names, body) = asked?;
        let given = endpoint.answer(&app, &parts, names, &body)?;
        if endpoint.operation().method != Method::GET {
            app.changed.notify_waiters();
        }
        write(given, &parts, endpoint.operation())
    };
    let answered = match tokio::task::spawn_blocking(run).await {
        Ok(answered) => answered,
        Err(_) => Err(Problem::bug("the operation broke off; the server's log tells more")),
    };
    answered.unwrap_or_else(|problem| problem.at(&method, &path).into_response())
}

async fn read(parts: &mut Parts, body: Body, reads_body: bool) -> Result<(Names, Bytes), Problem> {
    // No database keeps it in text, and nobody types it.
    if parts.uri.path().contains("%00") || parts.uri.query().is_some_and(|query| query.contains("%00")) {
        return Err(Problem::unreadable("the address must not hold the character U+0000"));
    }
    let names = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|_| Problem::unreadable("the path is not UTF-8"))?;
    let names = names.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if !reads_body {
        return Ok((names, Bytes::new()));
    }
    let bytes = match tokio::time::timeout(BODY_TIME_MAX, to_bytes(body, BODY_BYTES_MAX)).await {
        Ok(read) => read.map_err(|_| Problem::too_large(BODY_BYTES_MAX))?,
        Err(_) => return Err(Problem::unreadable("the body did not arrive in time")),
    };
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Problem::not_json());
    }
    if bytes.windows(6).any(|six| six == b"\\u0000") {
        return Err(Problem::field("body", "must not hold the character U+0000"));
    }
    Ok((names, bytes))
}

/// `Idempotency-Key`.
///
/// # Errors
/// 400 when it is too long or not ASCII.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= IDEMPOTENCY_KEY_BYTES_MAX => Ok(Some(key.to_owned())),
        _ => Err(Problem::unreadable(format!(
            "Idempotency-Key must be 1 to {IDEMPOTENCY_KEY_BYTES_MAX} characters of ASCII"
        ))),
    }
}

/// The version in `If-Match`.
///
/// # Errors
/// 428 when it must be there and is not, 400 when it is no version.
pub fn if_match(wanted: IfMatch, headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let value = match (wanted, headers.get(header::IF_MATCH)) {
        (IfMatch::Unused, _) | (IfMatch::Optional, None) => return Ok(None),
        (IfMatch::Required, None) => return Err(Problem::needs_if_match()),
        (_, Some(value)) => value,
    };
    let text = value.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
    let bad = |_| Problem::unreadable("If-Match must be an ETag of this resource, such as \"3\"");
    bare.parse().map(Some).map_err(bad)
}

fn write(given: Given, parts: &Parts, operation: &Operation) -> Result<Response, Problem> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(version) = given.version {
        let tag = format!("\"{version}\"");
        let known = parts.headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        let value = HeaderValue::from_str(&tag).map_err(|_| Problem::bug("an ETag came out unprintable"))?;
        headers.insert(header::ETAG, value);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
        if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
            return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
        }
    }
    for (name, value) in given.headers {
        headers.append(name, value);
    }
    let Some(body) = given.body else { return Ok((given.status, headers).into_response()) };
    if operation.list && table::wanted(parts) {
        return table::csv(&body, operation.id);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok((given.status, headers, body).into_response())
}
