//! One way from a request to an answer, and to its page in the OpenAPI document.
//!
//! A handler is a plain function from [`Ask`] to [`Reply`]. Everything that all of them need happens here, once: who
//! asks, whether they may, CSRF, `Idempotency-Key`, `If-Match`, reading and writing JSON, CSV of lists, ETags. The
//! types of the handler are its documentation, so that the document cannot lie. What does not live here: any resource.
//!
//! Handlers run on the pool of blocking threads, since the records block.

use std::any::TypeId;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts as _, Query, RawPathParams, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, on};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vigie_cases::FieldError;
use vigie_store::records::Ctx;

use crate::auth::{self, Caller};
use crate::listen::Peer;
use crate::openapi::Document;
use crate::operation::{IfMatch, Operation};
use crate::problem::Problem;
use crate::state::App;
use crate::table;

/// Bytes of a request's body, at most.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Bytes of an idempotency key, at most.
const IDEMPOTENCY_KEY_BYTES_MAX: usize = 200;

/// No query, no body or no content.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Nothing {}

/// Whether `T` is [`Nothing`].
pub fn is_nothing<T: 'static>() -> bool {
    TypeId::of::<T>() == TypeId::of::<Nothing>()
}

/// A request, read and allowed.
pub struct Ask<Q = Nothing, B = Nothing> {
    /// The server.
    pub app: App,
    /// Who asks; `None` only where the operation is open to all.
    pub caller: Option<Caller>,
    /// Values of the `{names}` in the path.
    pub path: HashMap<String, String>,
    /// The query.
    pub query: Q,
    /// The body.
    pub body: B,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// Version in `If-Match`.
    pub expect: Option<u64>,
    /// All headers.
    pub headers: HeaderMap,
    /// Where the connection comes from; unknown in tests without a socket.
    pub peer: Option<SocketAddr>,
}

impl<Q, B> Ask<Q, B> {
    /// A value of the path.
    ///
    /// # Errors
    /// [`Problem::bug`] when the operation's path has no such name.
    pub fn part(&self, name: &str) -> Result<&str, Problem> {
        self.path
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| Problem::bug(format!("no `{name}` in the path")))
    }

    /// An id in the path.
    ///
    /// # Errors
    /// 404 when it has not even the form of one.
    pub fn id<T: TryFrom<String>>(&self, name: &str) -> Result<T, Problem> {
        let text = self.part(name)?;
        T::try_from(text.to_owned()).map_err(|_| Problem::not_found(format!("there is no `{text}`")))
    }

    /// Who asks, when, and under which key, as the records want it.
    ///
    /// # Errors
    /// 401 when nobody is signed in.
    pub fn ctx(&self) -> Result<Ctx, Problem> {
        let actor = self.caller()?.actor.clone();
        Ok(Ctx { actor, now: self.app.now(), idempotency_key: self.idempotency_key.clone() })
    }

    /// The same without the key: for answers that show a secret once, which cannot be told again.
    ///
    /// # Errors
    /// 401 when nobody is signed in.
    pub fn ctx_once(&self) -> Result<Ctx, Problem> {
        Ok(Ctx { idempotency_key: None, ..self.ctx()? })
    }

    /// Who asks.
    ///
    /// # Errors
    /// 401 when nobody is signed in.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.as_ref().ok_or_else(|| Problem::signed_out("sign in first"))
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply<T> {
    status: StatusCode,
    body: T,
    version: Option<u64>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What a handler returns.
pub type Answer<T> = Result<Reply<T>, Problem>;

impl<T> Reply<T> {
    /// 200.
    pub fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, body, version: None, headers: Vec::new() }
    }

    /// 201.
    pub fn created(body: T) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }
    }

    /// 202.
    pub fn accepted(body: T) -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::ok(body) }
    }

    /// With an ETag.
    #[must_use]
    pub fn version(mut self, version: u64) -> Self {
        self.version = Some(version);
        self
    }

    /// With this status instead.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Reply<Nothing> {
    /// 204.
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, ..Self::ok(Nothing {}) }
    }
}

/// The routes and their document, grown together.
pub struct Api {
    router: Router<App>,
    document: Document,
    tag: &'static str,
}

impl Api {
    /// No routes yet.
    pub fn new() -> Self {
        Self { router: Router::new(), document: Document::new(), tag: "" }
    }

    /// What follows belongs to this chapter.
    pub fn chapter(&mut self, tag: &'static str, about: &'static str) {
        self.tag = tag;
        self.document.chapter(tag, about);
    }

    /// Adds an operation.
    pub fn add<Q, B, R, F>(&mut self, mut operation: Operation, handler: F)
    where
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        B: DeserializeOwned + JsonSchema + Send + 'static,
        R: Serialize + JsonSchema + Send + 'static,
        F: Fn(&Ask<Q, B>) -> Answer<R> + Send + Sync + 'static,
    {
        operation.tag = self.tag;
        if is_nothing::<R>() && operation.success == StatusCode::OK {
            operation.success = StatusCode::NO_CONTENT;
        }
        self.document.operation::<Q, B, R>(&operation);
        let path = operation.path;
        let filter = method_filter(&operation.method);
        let endpoint = Arc::new((operation, handler));
        let serve = move |State(app): State<App>, request: Request<Body>| {
            let endpoint = Arc::clone(&endpoint);
            async move { serve::<Q, B, R, F>(app, request, endpoint).await }
        };
        let router = std::mem::take(&mut self.router);
        self.router = router.route(path, on(filter, serve));
    }

    /// Adds an operation that answers something else than JSON. It looks after access itself.
    pub fn add_raw<H, T>(&mut self, mut operation: Operation, media_type: &'static str, handler: H)
    where
        H: axum::handler::Handler<T, App>,
        T: 'static,
    {
        operation.tag = self.tag;
        self.document.raw(&operation, media_type);
        let router = std::mem::take(&mut self.router);
        self.router = router.route(operation.path, on(method_filter(&operation.method), handler));
    }

    /// The routes, and the OpenAPI document.
    pub fn finish(self) -> (Router<App>, serde_json::Value) {
        (self.router, self.document.finish())
    }
}

fn method_filter(method: &Method) -> MethodFilter {
    match method.as_str() {
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

async fn serve<Q, B, R, F>(app: App, request: Request<Body>, endpoint: Arc<(Operation, F)>) -> Response
where
    Q: DeserializeOwned + Send + 'static,
    B: DeserializeOwned + Send + 'static,
    R: Serialize + Send + 'static,
    F: Fn(&Ask<Q, B>) -> Answer<R> + Send + Sync + 'static,
{
    let (mut parts, body) = request.into_parts();
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let names = match RawPathParams::from_request_parts(&mut parts, &()).await {
        Ok(params) => params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        Err(_) => {
            return Problem::unreadable("the path is not UTF-8").at(&method, &path).into_response();
        }
    };
    let body = if is_nothing::<B>() {
        Ok(Bytes::new())
    } else {
        to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| Problem::too_large(BODY_BYTES_MAX))
    };
    if parts.uri.path().contains("%00") || parts.uri.query().is_some_and(|query| query.contains("%00")) {
        return Problem::unreadable("the address must not hold the character U+0000")
            .at(&method, &path)
            .into_response();
    }
    let run = move || answer::<Q, B, R, F>(app, &parts, names, &body?, &endpoint);
    let answered = match tokio::task::spawn_blocking(run).await {
        Ok(answered) => answered,
        Err(_) => Err(Problem::bug("the operation broke off; the server's log tells more")),
    };
    answered.unwrap_or_else(|problem| problem.at(&method, &path).into_response())
}

/// Everything that blocks.
fn answer<Q, B, R, F>(
    app: App,
    parts: &Parts,
    path: HashMap<String, String>,
    bytes: &Bytes,
    endpoint: &(Operation, F),
) -> Result<Response, Problem>
where
    Q: DeserializeOwned,
    B: DeserializeOwned + 'static,
    R: Serialize + 'static,
    F: Fn(&Ask<Q, B>) -> Answer<R>,
{
    let (operation, handler) = endpoint;
    let caller = auth::admit(&app, operation, &parts.headers)?;
    let ask = Ask {
        app,
        caller,
        path,
        query: read_query(parts)?,
        body: read_body(parts, bytes)?,
        idempotency_key: idempotency_key(&parts.headers)?,
        expect: if_match(operation.if_match, &parts.headers)?,
        headers: parts.headers.clone(),
        peer: parts.extensions.get::<ConnectInfo<Peer>>().map(|info| info.0.0),
    };
    let reply = handler(&ask)?;
    if operation.method != Method::GET {
        ask.app.changed.notify_waiters();
    }
    if operation.list && table::wanted(parts) {
        return table::csv(&reply.body, operation.id);
    }
    write(reply, &parts.headers)
}

fn read_query<Q: DeserializeOwned>(parts: &Parts) -> Result<Q, Problem> {
    Query::<Q>::try_from_uri(&parts.uri).map(|query| query.0).map_err(|rejection| {
        use std::error::Error as _;
        let detail = rejection.source().map_or_else(|| rejection.to_string(), ToString::to_string);
        Problem::field("query", detail)
    })
}

fn read_body<B: DeserializeOwned + 'static>(parts: &Parts, bytes: &Bytes) -> Result<B, Problem> {
    let bytes: &[u8] = if is_nothing::<B>() {
        b"{}"
    } else {
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
            return Err(Problem::not_json());
        }
        // No database keeps it in text, and nobody types it.
        if bytes.windows(6).any(|six| six == b"\\u0000") {
            return Err(Problem::field("body", "must not hold the character U+0000"));
        }
        bytes
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        let inner = error.inner();
        if inner.is_data() {
            Problem::invalid(vec![FieldError {
                field: if field == "." { "body".to_owned() } else { field },
                message: inner.to_string(),
            }])
        } else {
            Problem::unreadable(format!("the body is not JSON: {inner}"))
        }
    })?;
    reader.end().map_err(|error| Problem::unreadable(format!("the body is not one JSON value: {error}")))?;
    Ok(body)
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= IDEMPOTENCY_KEY_BYTES_MAX => Ok(Some(key.to_owned())),
        _ => Err(Problem::unreadable(format!(
            "Idempotency-Key must be 1 to {IDEMPOTENCY_KEY_BYTES_MAX} characters of ASCII"
        ))),
    }
}

fn if_match(wanted: IfMatch, headers: &HeaderMap) -> Result<Option<u64>, Problem> {
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

fn write<R: Serialize + 'static>(reply: Reply<R>, asked: &HeaderMap) -> Result<Response, Problem> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(version) = reply.version {
        let tag = format!("\"{version}\"");
        let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        let value = HeaderValue::from_str(&tag).map_err(|_| Problem::bug("an ETag came out unprintable"))?;
        headers.insert(header::ETAG, value);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
        if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
            return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
        }
    }
    for (name, value) in reply.headers {
        headers.append(name, value);
    }
    if is_nothing::<R>() {
        return Ok((reply.status, headers).into_response());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let body = serde_json::to_vec(&reply.body)
        .map_err(|error| Problem::bug(format!("the answer cannot be written: {error}")))?;
    Ok((reply.status, headers, body).into_response())
}
