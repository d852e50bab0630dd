//! One way from a request to an answer, and to its page in the OpenAPI document.
//!
//! A handler is a plain function from [`Ask`] to [`Reply`]. Everything that all of them need happens here, once: who
//! asks, whether they may, CSRF, `Idempotency-Key`, `If-Match`, reading and writing JSON, CSV of lists, ETags. The
//! types of the handler are its documentation, so that the document cannot lie. What does not live here: any resource.
//!
//! Handlers run on the pool of blocking threads, since the records block.

use std::any::TypeId;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vigie_cases::meant;
use vigie_store::records::Ctx;

use crate::auth::{self, Caller, forwarded};
use crate::listen::Peer;
use crate::openapi::Document;
use crate::operation::Operation;
use crate::problem::Problem;
use crate::request::{Endpoint, Given, Names, idempotency_key, if_match, method_filter, serve};
use crate::state::App;

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
    /// Where the request comes from: the address of the connection, or what a proxy that is trusted says of it. Unknown in
    /// tests without a socket.
    pub from: Option<IpAddr>,
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
        let (path, filter) = (operation.path, method_filter(&operation.method));
        let endpoint: Arc<dyn Endpoint> = Arc::new(Typed { operation, handler, types: PhantomData });
        let router = std::mem::take(&mut self.router);
        self.router = router.route(path, serving(filter, endpoint));
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

/// One closure for all operations, so that the router's machinery is compiled once.
fn serving(filter: MethodFilter, endpoint: Arc<dyn Endpoint>) -> MethodRouter<App> {
    on(filter, move |State(app): State<App>, request: Request<Body>| {
        serve(app, request, Arc::clone(&endpoint))
    })
}

/// A handler with its types.
struct Typed<Q, B, R, F> {
    operation: Operation,
    handler: F,
    types: PhantomData<fn(Q, B) -> R>,
}

impl<Q, B, R, F> Endpoint for Typed<Q, B, R, F>
where
    Q: DeserializeOwned,
    B: DeserializeOwned + 'static,
    R: Serialize + 'static,
    F: Fn(&Ask<Q, B>) -> Answer<R> + Send + Sync,
{
    fn operation(&self) -> &Operation {
        &self.operation
    }

    fn reads_body(&self) -> bool {
        !is_nothing::<B>()
    }

    fn answer(&self, app: &App, parts: &Parts, names: Names, body: &Bytes) -> Result<Given, Problem> {
        let caller = auth::admit(app, &self.operation, &parts.headers)?;
        let ask = Ask {
            app: app.clone(),
            caller,
            path: names,
            query: read_query(parts)?,
            body: read_body(if self.reads_body() { body } else { b"{}" })?,
            idempotency_key: idempotency_key(&parts.headers)?,
            expect: if_match(self.operation.if_match, &parts.headers)?,
            headers: parts.headers.clone(),
            from: parts
                .extensions
                .get::<ConnectInfo<Peer>>()
                .map(|info| forwarded::from(info.0.0.ip(), &parts.headers, &app.config.trusted_proxies)),
        };
        let Reply { status, body, version, headers } = (self.handler)(&ask)?;
        let written = |error| Problem::bug(format!("the answer cannot be written: {error}"));
        let body = if is_nothing::<R>() { None } else { Some(serde_json::to_vec(&body).map_err(written)?) };
        Ok(Given { status, version, headers, body })
    }
}

fn read_query<Q: DeserializeOwned>(parts: &Parts) -> Result<Q, Problem> {
    Query::<Q>::try_from_uri(&parts.uri).map(|query| query.0).map_err(|rejection| {
        use std::error::Error as _;
        let detail = rejection.source().map_or_else(|| rejection.to_string(), ToString::to_string);
        Problem::field("query", detail)
    })
}

fn read_body<B: DeserializeOwned>(bytes: &[u8]) -> Result<B, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| unfit(error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| Problem::unreadable(format!("the body is not one JSON value: {error}")))?;
    Ok(body)
}

fn unfit(field: String, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        return Problem::unreadable(format!("the body is not JSON: {error}"));
    }
    let field = if field == "." { "body".to_owned() } else { field };
    let message = error.to_string();
    let hint = meant(&message).map_or_else(String::new, |word| format!("; did you mean `{word}`?"));
    Problem::field(field, message + &hint)
}
