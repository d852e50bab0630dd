//! Others that are told: listeners of events, and webhooks at a real socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vigie_cases::{Role, hmac_sha256};

use crate::desk::{Desk, by, decision};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_listener_hears_of_a_new_case() {
    let desk = Desk::empty();
    let jobs = vigie_server::start_jobs(&desk.server);
    let ana = desk.person("ana", Role::Analyst);
    let request = by(&ana, Method::GET, "/events").body(Body::empty()).unwrap();
    let response = desk.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let case = desk.case(&ana, "T", &["a1"]).await;
    let mut heard = String::new();
    let listen = async {
        while !heard.contains(case["case_id"].as_str().unwrap()) {
            let frame = body.frame().await.unwrap().unwrap();
            heard.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
        }
    };
    tokio::time::timeout(PATIENCE, listen).await.unwrap();
    assert!(heard.contains("event: case"), "{heard}");
    jobs.iter().for_each(tokio::task::JoinHandle::abort);
}

/// One request as a webhook's receiver sees it.
struct Received {
    headers: Vec<(String, String)>,
    body: String,
}

impl Received {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// Answers with these statuses, one request each, and hands on what came.
fn receive(listener: TcpListener, statuses: &'static [&'static str]) -> std::sync::mpsc::Receiver<Received> {
    let (send, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for status in statuses {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut headers = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                match line.trim_end().split_once(": ") {
                    Some((key, value)) => headers.push((key.to_lowercase(), value.to_owned())),
                    None if line.trim().is_empty() => break,
                    None => {}
                }
            }
            let mut received = Received { headers, body: String::new() };
            let length = received.header("content-length").parse().unwrap();
            let mut bytes = vec![0; length];
            reader.read_exact(&mut bytes).unwrap();
            received.body = String::from_utf8(bytes).unwrap();
            write!(&stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            send.send(received).unwrap();
        }
    });
    received
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_is_told_with_a_signature_that_the_receiver_can_check() {
    let desk = Desk::empty();
    let admin = desk.person("ada", Role::Admin);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let received = receive(listener, &["200 OK", "500 Internal Server Error"]);
    let bad = json!({ "url": "http://example.com/", "events": ["decision.created"] });
    desk.post(&admin, "/webhooks", &bad).await.with(422);
    let hook = json!({ "url": url, "events": ["decision.created"] });
    let hook = desk.post(&admin, "/webhooks", &hook).await.with(201);
    let secret = hook["secret"].as_str().unwrap().to_owned();
    let jobs = vigie_server::start_jobs(&desk.server);

    desk.post(&admin, "/decisions", &decision("a1", "throttle")).await.with(201);
    let (received, call) = tokio::task::spawn_blocking(move || {
        let call = received.recv_timeout(PATIENCE).unwrap();
        (received, call)
    })
    .await
    .unwrap();
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let text = format!("{}.{}.{}", call.header("webhook-id"), call.header("webhook-timestamp"), call.body);
    let expected = format!("v1,{}", BASE64_STANDARD.encode(hmac_sha256(&key, text.as_bytes())));
    assert_eq!(call.header("webhook-signature"), expected);
    let told: Value = serde_json::from_str(&call.body).unwrap();
    assert_eq!(told["type"], "decision.created");

    // What fails is kept with its reason, planned again, and can be asked for at once.
    desk.post(&admin, "/decisions", &decision("a2", "throttle")).await.with(201);
    tokio::task::spawn_blocking(move || received.recv_timeout(PATIENCE).unwrap()).await.unwrap();
    let path = format!("/webhooks/{}/deliveries", hook["webhook_id"].as_str().unwrap());
    let failed = loop {
        let deliveries = desk.get(&admin, &path).await.with(200);
        let items = deliveries["items"].as_array().unwrap().clone();
        if let Some(failed) = items.into_iter().find(|delivery| delivery["last_error"].is_string()) {
            break failed;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((&failed["status"], &failed["attempts"]), (&json!("pending"), &json!(1)), "{failed:#}");
    assert!(failed["last_error"].as_str().unwrap().contains("500"));
    assert!(failed["next_at"].is_string());
    jobs.iter().for_each(tokio::task::JoinHandle::abort);
}
