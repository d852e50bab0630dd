//! A server over fresh records, people who are signed in, and requests in a line.

use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vigie_cases::{Actor, Role, User, sha256_hex};
use vigie_model::Micros;
use vigie_server::{App, Config, Server};
use vigie_store::records::{Ctx, NewUser, Records, Session};

/// A server over fresh records.
pub struct Desk {
    pub server: App,
    pub router: Router,
    pub dir: tempfile::TempDir,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    pub cookie: String,
    pub csrf: String,
}

/// An answer.
#[derive(Debug)]
pub struct Got {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Got {
    /// The body, when the status is as it must be.
    #[track_caller]
    pub fn with(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

impl Desk {
    /// Nobody is there yet.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let records = Records::open(&dir.path().join("records.sqlite").display().to_string()).unwrap();
        let config = Config {
            addr: ([127, 0, 0, 1], 8420).into(),
            data: dir.path().to_path_buf(),
            inputs: vec![dir.path().join("logs")],
            imports: Vec::new(),
            trusted_proxies: Vec::new(),
            public_url: None,
            tls: None,
            oidc: None,
            program: PathBuf::from("vigie"),
            hunt_threads: 1,
        };
        std::fs::create_dir(dir.path().join("logs")).unwrap();
        let (opened, _) = tokio::sync::watch::channel(false);
        let server = Server::new(records, config, opened);
        let router = vigie_server::app(server.clone());
        Self { server, router, dir }
    }

    /// Signs somebody in by way of the records: hashing a password takes a second without optimisation.
    pub fn person(&self, name: &str, role: Role) -> Person {
        let records = &self.server.records;
        let now = self.server.now();
        let user = NewUser {
            name: name.to_owned(),
            email: None,
            role,
            password_hash: None,
            subject: Some(format!("test {name}")),
        };
        let user = records.create_user(&Ctx::new(Actor::system("test"), now), &user).unwrap();
        self.signed_in(&user, "here")
    }

    /// Signs a user in by way of the records, somewhere.
    pub fn signed_in(&self, user: &User, place: &str) -> Person {
        let now = self.server.now();
        let secret = format!("secret-of-{}-{place}", user.name);
        let session = Session {
            session_hash: sha256_hex(secret.as_bytes()),
            user_id: user.user_id.clone(),
            csrf: format!("csrf-of-{}", user.name),
            created_at: now,
            expires_at: Micros(now.0 + Micros::HOUR),
        };
        let actor = Actor::User { user_id: user.user_id.clone(), name: user.name.clone(), role: user.role };
        self.server.records.create_session(&Ctx::new(actor, now), &session).unwrap();
        Person { cookie: format!("vigie_session={secret}"), csrf: session.csrf }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Got {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
        Got { status: parts.status, headers: parts.headers, body }
    }

    /// `GET` by somebody.
    pub async fn get(&self, person: &Person, path: &str) -> Got {
        self.send(by(person, Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// A change by somebody.
    pub async fn change(&self, person: &Person, method: Method, path: &str, body: &Value) -> Got {
        self.send(by(person, method, path).body(Body::from(body.to_string())).unwrap()).await
    }

    /// `POST` by somebody.
    pub async fn post(&self, person: &Person, path: &str, body: &Value) -> Got {
        self.change(person, Method::POST, path, body).await
    }

    /// `POST` with `If-Match`.
    pub async fn post_at(&self, person: &Person, path: &str, version: &Value, body: &Value) -> Got {
        let request = by(person, Method::POST, path).header(header::IF_MATCH, format!("\"{version}\""));
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// `POST` by nobody.
    pub async fn post_open(&self, path: &str, body: &Value) -> Got {
        let request =
            Request::post(format!("/api/v1{path}")).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A case opened by hand.
    pub async fn case(&self, person: &Person, title: &str, accounts: &[&str]) -> Value {
        let body = json!({ "title": title, "kind": "split-extraction", "accounts": accounts });
        self.post(person, "/cases", &body).await.with(201)
    }
}

/// A request by somebody who is signed in with a browser.
pub fn by(person: &Person, method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::COOKIE, &person.cookie)
        .header("x-vigie-csrf", &person.csrf)
        .header(header::CONTENT_TYPE, "application/json")
}

/// What a decision takes.
pub fn decision(account: &str, action: &str) -> Value {
    json!({
        "entity": { "type": "account", "id": account },
        "action": action,
        "reason_code": "extraction",
        "reason_text": "It shares out one job with forty others.",
        "evidence": [
            { "code": "complementarity", "text": "No prompt was asked twice.", "value": 0.98, "disclosable": true },
            { "code": "shared-phrases", "text": "Forty accounts share a template.", "disclosable": false },
        ],
        "expires_at": "2027-06-01T00:00:00Z",
    })
}
