//! The console, embedded: files of `ui/dist` as the build found them, or a page that says how to build them.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::problem::Problem;

/// A file of the console.
struct Asset {
    path: &'static str,
    bytes: &'static [u8],
    gzip: Option<&'static [u8]>,
}

/// Sorted by path.
static ASSETS: &[Asset] = &include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What stands in for a console that was not built.
const MISSING: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Vigie</title>\
<h1>The console is not in this build</h1>\
<p>The server works; its API is described at <a href=\"/openapi.json\">/openapi.json</a>.</p>\
<p>To have the console, install Node.js 20 or newer and run <code>cargo xtask ui</code>, then build \
<code>vigie</code> again.</p></html>\n";

/// Whether the console is in this build.
pub fn built() -> bool {
    find("index.html").is_some()
}

fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok().and_then(|i| ASSETS.get(i))
}

/// Answers every address that no route knows: a file of the console, its start page for addresses that the console
/// knows itself, a problem for the API.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path.starts_with("/api/") || path == "/api" {
        return Problem::not_found("no such address; see /openapi.json").at(&method, path).into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return Problem::no_such_method().at(&method, path).into_response();
    }
    let name = path.trim_start_matches('/');
    let wanted = if name.is_empty() { "index.html" } else { name };
    if let Some(asset) = find(wanted) {
        return file(asset, &headers);
    }
    // A missing script must not come back as a page.
    if name.starts_with("assets/") {
        return Problem::not_found("no such file in this build").at(&method, path).into_response();
    }
    match find("index.html") {
        Some(index) => file(index, &headers),
        None => page(MISSING),
    }
}

fn page(html: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (StatusCode::OK, headers, html).into_response()
}

fn file(asset: &'static Asset, asked: &HeaderMap) -> Response {
    let accepts = asked.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let gzip = asset.gzip.filter(|_| accepts.contains("gzip"));
    // Names under assets/ carry a hash of the content, so they never change.
    let cache = match asset.path.starts_with("assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let mut response = gzip.unwrap_or(asset.bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(asset.path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if gzip.is_some() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
