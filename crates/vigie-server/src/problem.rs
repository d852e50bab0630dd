//! Errors as the API shows them: RFC 9457 problem details, one shape for all.
//!
//! What lives here: the shape and the meaning of each status. What does not: deciding when something is an error.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use vigie_cases::FieldError;
use vigie_store::records::RecordsError;

/// Media type of RFC 9457.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// RFC 9457 problem details, as they are sent.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemView<'a> {
    /// Stable name of the kind of problem: `urn:vigie:problem:` and a word.
    r#type: &'a str,
    /// The kind in words; the same for every problem of the kind.
    title: &'a str,
    /// HTTP status.
    status: u16,
    /// What happened this time and what to do.
    detail: &'a str,
    /// The request that failed, as method and path.
    #[serde(skip_serializing_if = "str::is_empty")]
    instance: &'a str,
    /// Field by field, where fields are at fault.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    /// Seconds to wait, where waiting helps; also in `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: &'static str,
    title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
    instance: String,
    errors: Vec<FieldError>,
    /// 0 where waiting does not help.
    retry_after_s: u32,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            instance: String::new(),
            errors: Vec::new(),
            retry_after_s: 0,
        }
    }

    /// 400: the request itself cannot be read.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "urn:vigie:problem:unreadable",
            "The request cannot be read",
            detail,
        )
    }

    /// 401: nobody is signed in.
    pub fn signed_out(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "urn:vigie:problem:signed-out", "Not signed in", detail)
    }

    /// 403: signed in, and not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "urn:vigie:problem:forbidden", "Not allowed", detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "urn:vigie:problem:not-found", "Not found", detail)
    }

    /// 405.
    pub fn no_such_method() -> Self {
        let detail = "this address knows other methods; see /openapi.json";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "urn:vigie:problem:method", "Method not allowed", detail)
    }

    /// 409: what is asked contradicts what is there.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "urn:vigie:problem:conflict",
            "In conflict with what is there",
            detail,
        )
    }

    /// 412: somebody changed it in between.
    pub fn stale(current: impl std::fmt::Display) -> Self {
        let detail = format!("it has changed since you read it (now version {current}); read it again");
        Self::new(StatusCode::PRECONDITION_FAILED, "urn:vigie:problem:stale", "Changed in between", detail)
    }

    /// 413.
    pub fn too_large(bytes_max: usize) -> Self {
        let detail = format!("at most {bytes_max} bytes are read");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "urn:vigie:problem:too-large", "Request too large", detail)
    }

    /// 415.
    pub fn not_json() -> Self {
        let detail = "send JSON with `Content-Type: application/json`";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "urn:vigie:problem:not-json", "Not JSON", detail)
    }

    /// 422: read, and fields are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}", one.field, one.message),
            many => format!("{} fields are wrong", many.len()),
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let problem = Self::new(status, "urn:vigie:problem:invalid", "Fields are wrong", detail);
        Self { errors, ..problem }
    }

    /// 422 for one field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// The same about a field of another name, for a check that several fields share.
    #[must_use]
    pub fn of_field(mut self, field: &str) -> Self {
        if let [one] = self.errors.as_mut_slice() {
            one.field = field.to_owned();
            self.detail = format!("{field}: {}", one.message);
        }
        self
    }

    /// 428: a change needs `If-Match`.
    pub fn needs_if_match() -> Self {
        let detail = "send the ETag that you read as `If-Match`, so that nobody's change is lost";
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            "urn:vigie:problem:needs-if-match",
            "If-Match is missing",
            detail,
        )
    }

    /// 429.
    pub fn too_often(retry_after_s: u64) -> Self {
        let detail = format!("too many attempts; try again in {retry_after_s} seconds");
        let status = StatusCode::TOO_MANY_REQUESTS;
        let problem = Self::new(status, "urn:vigie:problem:too-often", "Too many attempts", detail);
        Self { retry_after_s: u32::try_from(retry_after_s).unwrap_or(u32::MAX), ..problem }
    }

    /// 503: the records cannot be reached.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let problem = Self::new(status, "urn:vigie:problem:unavailable", "Not available now", detail);
        Self { retry_after_s: 2, ..problem }
    }

    /// 500: our own fault.
    pub fn bug(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "urn:vigie:problem:internal",
            "A fault of the server",
            detail,
        )
    }

    /// The same with the request named.
    #[must_use]
    pub fn at(mut self, method: &axum::http::Method, path: &str) -> Self {
        if self.instance.is_empty() {
            self.instance = format!("{method} {path}");
        }
        self
    }
}

impl From<RecordsError> for Problem {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::NotFound(_) => Self::not_found(error.to_string()),
            RecordsError::Stale { current } => Self::stale(current),
            RecordsError::Forbidden(why) => Self::forbidden(why),
            RecordsError::Invalid(errors) => Self::invalid(errors),
            RecordsError::Conflict(why) => Self::conflict(why),
            RecordsError::Unavailable(_) => Self::unavailable(error.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after_s = (self.retry_after_s > 0).then_some(u64::from(self.retry_after_s));
        let view = ProblemView {
            r#type: self.kind,
            title: self.title,
            status: self.status,
            detail: &self.detail,
            instance: &self.instance,
            errors: &self.errors,
            retry_after_s,
        };
        let mut response = (status, Json(view)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
