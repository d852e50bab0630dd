//! `vigie serve` as a process: set up by its link, a hunt in the background, the audit checked from outside, TLS.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Place, three_days};

const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; killed at the end.
struct Serving {
    child: Child,
    url: String,
    token: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a server on a port that the system chooses, and reads from standard error where it is.
fn serve(data: &Path, more: &[&str]) -> Serving {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(["serve", "--addr", "127.0.0.1:0", "--data"])
        .arg(data)
        .args(more)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let (mut url, mut token) = (String::new(), String::new());
    while token.is_empty() {
        let line = lines.next().expect("the server ended before it said where it is");
        url = line.strip_prefix("Serving on ").map_or(url, str::to_owned);
        token = line.split_once("/setup?token=").map_or(token, |(_, token)| token.to_owned());
    }
    std::thread::spawn(move || lines.for_each(drop));
    Serving { child, url, token }
}

/// A request with curl's manners: status and body.
fn ask(
    serving: &Serving,
    method: &str,
    path: &str,
    secret: Option<&str>,
    body: Option<&Value>,
) -> (u16, Value) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut request =
        ureq::http::Request::builder().method(method).uri(format!("{}/api/v1{path}", serving.url));
    if let Some(secret) = secret {
        request = request.header("authorization", format!("Bearer {secret}"));
    }
    let request = request.header("content-type", "application/json");
    let request = request.body(body.map(Value::to_string).unwrap_or_default()).unwrap();
    let mut response = agent.run(request).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Makes the first admin and a token of theirs.
fn set_up(serving: &Serving) -> String {
    let body = json!({ "token": serving.token, "name": "ada", "password": "correct horse battery" });
    let agent = ureq::agent();
    let mut response = agent
        .post(format!("{}/api/v1/setup", serving.url))
        .header("content-type", "application/json")
        .send(body.to_string())
        .unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let session: Value = serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
    let body = json!({ "name": "test", "scopes": ["admin"] });
    let mut made = agent
        .post(format!("{}/api/v1/tokens", serving.url))
        .header("content-type", "application/json")
        .header("cookie", cookie)
        .header("x-vigie-csrf", session["csrf"].as_str().unwrap())
        .send(body.to_string())
        .unwrap();
    let made: Value = serde_json::from_str(&made.body_mut().read_to_string().unwrap()).unwrap();
    made["secret"].as_str().unwrap().to_owned()
}

#[test]
fn a_hunt_runs_beside_the_server_and_the_audit_holds_afterwards() {
    let place = Place::new();
    let logs = place.path("logs");
    std::fs::create_dir(&logs).unwrap();
    std::fs::write(logs.join("log.jsonl"), three_days()).unwrap();
    let serving = serve(&place.path("data"), &["--inputs", logs.to_str().unwrap(), "--hunt-threads", "1"]);
    let secret = set_up(&serving);
    let secret = Some(secret.as_str());
    assert_eq!(ask(&serving, "POST", "/hunts", secret, Some(&json!({ "inputs": ["/etc"] }))).0, 422);
    let order = json!({ "inputs": ["."], "config": { "hunt": { "alpha": 0.01, "seed": 7 } } });
    let (status, hunt) = ask(&serving, "POST", "/hunts", secret, Some(&order));
    assert_eq!((status, &hunt["status"]), (202, &json!("queued")), "{hunt:#}");
    let path = format!("/hunts/{}", hunt["hunt_id"].as_str().unwrap());
    let began = Instant::now();
    let done = loop {
        let (_, hunt) = ask(&serving, "GET", &path, secret, None);
        assert!(hunt["status"] != "failed" && began.elapsed() < PATIENCE, "{hunt:#}");
        if hunt["status"] == "done" {
            break hunt;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!((&done["exchanges"], &done["accounts"]), (&json!(3), &json!(3)));
    assert_eq!((&done["summary"]["alpha"], &done["summary"]["seed"]), (&json!(0.01), &json!(7)));
    let (_, account) = ask(&serving, "GET", "/accounts/a2", secret, None);
    assert_eq!((&account["seen"]["exchanges"], &account["seen"]["hunt_id"]), (&json!(1), &hunt["hunt_id"]));
    // What cannot be hunted says why.
    std::fs::write(logs.join("log.jsonl"), b"\x00\x01").unwrap();
    let (_, hunt) = ask(&serving, "POST", "/hunts", secret, Some(&json!({ "inputs": ["log.jsonl"] })));
    let path = format!("/hunts/{}", hunt["hunt_id"].as_str().unwrap());
    let failed = loop {
        let (_, hunt) = ask(&serving, "GET", &path, secret, None);
        assert!(hunt["status"] != "done" && began.elapsed() < PATIENCE, "{hunt:#}");
        if hunt["status"] == "failed" {
            break hunt;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(failed["error"].as_str().unwrap().contains("log.jsonl"), "{failed:#}");
    drop(serving);

    let vigie = |arguments: &[&str]| place.vigie(arguments);
    vigie(&["audit", "verify", "--data", "data"]).success();
    vigie(&["audit", "export", "--data", "data", "audit.ndjson"]).success();
    vigie(&["audit", "verify", "audit.ndjson"]).success();
    let text = std::fs::read_to_string(place.path("audit.ndjson")).unwrap();
    std::fs::write(place.path("audit.ndjson"), text.replace("ada", "eve")).unwrap();
    vigie(&["audit", "verify", "audit.ndjson"]).code(1);
}

#[test]
fn a_hunt_that_was_run_before_is_taken_in_at_the_start_and_once() {
    let place = Place::new();
    crate::support::sample_hunt(&place);
    let found = place.path("vigie-out");
    let secret = {
        let serving = serve(&place.path("data"), &["--import", found.to_str().unwrap()]);
        set_up(&serving)
    };
    // The admin is there now, so that no set-up link is printed: nothing to wait for but the port.
    let mut again = Command::new(env!("CARGO_BIN_EXE_vigie"));
    again
        .args(["serve", "--addr", "127.0.0.1:0", "--data"])
        .arg(place.path("data"))
        .arg("--import")
        .arg(&found);
    let mut child = again.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let url = lines.find_map(|line| line.strip_prefix("Serving on ").map(str::to_owned)).unwrap();
    let serving = Serving { child, url, token: String::new() };
    let (status, hunts) = ask(&serving, "GET", "/hunts", Some(&secret), None);
    assert_eq!((status, hunts["items"].as_array().unwrap().len()), (200, 1));
    let (_, cases) = ask(&serving, "GET", "/cases", Some(&secret), None);
    assert!(!cases["items"].as_array().unwrap().is_empty());
}

#[test]
fn only_a_trusted_proxy_says_where_a_request_comes_from() {
    let place = Place::new();
    for (trusted, expected) in [("127.0.0.0/8", "198.51.100.7"), ("10.0.0.0/8", "127.0.0.1")] {
        let serving = serve(&place.path(&format!("data-{expected}")), &["--trust-proxy", trusted]);
        let secret = set_up(&serving);
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let refused = agent
            .post(format!("{}/api/v1/session", serving.url))
            .header("content-type", "application/json")
            .header("x-forwarded-for", "192.0.2.1, 198.51.100.7")
            // Longer than any password: refused without the work of a hash.
            .send(json!({ "name": "ada", "password": "x".repeat(300) }).to_string())
            .unwrap();
        assert_eq!(refused.status(), 401);
        let (_, audit) = ask(&serving, "GET", "/audit?action=session.refused", Some(&secret), None);
        assert_eq!(audit["items"][0]["detail"]["from"], expected, "{trusted}");
    }
}

#[test]
fn with_a_certificate_the_server_speaks_tls() {
    let place = Place::new();
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "1",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-keyout", "key.pem", "-out", "chain.pem"])
        .current_dir(place.path("."))
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        eprintln!("skipped: openssl is not there to make a certificate");
        return;
    }
    let (chain, key) = (place.path("chain.pem"), place.path("key.pem"));
    let tls = ["--tls-cert", chain.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let serving = serve(&place.path("data"), &tls);
    assert!(serving.url.starts_with("https://127.0.0.1:"), "{}", serving.url);
    let curl = Command::new("curl")
        .args(["--silent", "--cacert"])
        .arg(&chain)
        .arg(format!("{}/readyz", serving.url))
        .output();
    match curl {
        Ok(curl) => assert_eq!(String::from_utf8_lossy(&curl.stdout), "ready\n"),
        Err(_) => eprintln!("skipped: curl is not there"),
    }
}
