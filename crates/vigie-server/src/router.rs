//! All addresses of the server.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use tower_http::compression::CompressionLayer;

use crate::problem::Problem;
use crate::state::App;
use crate::{api, assets, headers};

/// The routes over a server.
pub fn app(server: App) -> Router {
    let (routes, document) = api::routes();
    if let Ok(mut openapi) = server.openapi.write() {
        *openapi = document;
    }
    Router::new()
        .nest("/api/v1", routes)
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/openapi.json", get(document_of))
        .fallback(assets::serve)
        .method_not_allowed_fallback(no_such_method)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(server.clone(), headers::secure))
        .layer(from_fn_with_state(server.clone(), measure))
        .with_state(server)
}

/// The OpenAPI document.
pub fn openapi() -> serde_json::Value {
    api::routes().1
}

async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    // Methods are the client's to make up; only those of routes are counted by name.
    let (method, route) = match &route {
        Some(route) => (method.as_str(), route.as_str()),
        None => ("ANY", "console"),
    };
    app.metrics.answered(method, route, response.status().as_u16(), began.elapsed());
    response
}

async fn no_such_method(request: Request) -> Response {
    Problem::no_such_method().at(request.method(), request.uri().path()).into_response()
}

/// The process lives.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The records answer.
async fn readyz(State(app): State<App>) -> Response {
    match tokio::task::spawn_blocking(move || app.records.ping()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(error)) => Problem::from(error).into_response(),
        Err(_) => Problem::unavailable("the records do not answer").into_response(),
    }
}

async fn metrics(State(app): State<App>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (StatusCode::OK, kind, app.metrics.page()).into_response()
}

async fn document_of(State(app): State<App>) -> Response {
    let document = app.openapi.read().map(|document| document.clone()).unwrap_or_default();
    Json(document).into_response()
}
