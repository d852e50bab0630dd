//! Who is let in, and what they may do.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;
use vigie_cases::Role;

use crate::desk::{Desk, by};

#[tokio::test]
async fn the_set_up_link_makes_one_admin_and_is_used_up() {
    let desk = Desk::empty();
    *desk.server.setup.lock().unwrap() = Some("one-time".to_owned());
    let set_up = |token: &str| json!({ "token": token, "name": "ana", "password": "correct horse battery" });
    desk.post_open("/setup", &set_up("guessed")).await.with(403);
    let got = desk.post_open("/setup", &set_up("one-time")).await;
    let cookie = got.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let session = got.with(200);
    assert_eq!(session["user"]["role"], "admin");
    assert_eq!(session["setup_needed"], false);
    assert!(*desk.server.has_admin.borrow(), "the doors open");
    desk.post_open("/setup", &set_up("one-time")).await.with(403);

    // The same person signs in again; a wrong password is refused and remembered.
    let sign_in = |password: &str| json!({ "name": "ana", "password": password });
    desk.post_open("/session", &sign_in("wrong horse battery")).await.with(401);
    let got = desk.post_open("/session", &sign_in("correct horse battery")).await;
    let cookie = got.header("set-cookie").split(';').next().unwrap().to_owned();
    let csrf = got.with(200)["csrf"].as_str().unwrap().to_owned();
    let ana = crate::desk::Person { cookie, csrf };
    let audit = desk.get(&ana, "/audit?action=session.refused").await.with(200);
    assert_eq!(audit["items"][0]["target"], "ana");

    // Signed out, the cookie opens nothing.
    desk.change(&ana, Method::DELETE, "/session", &json!({})).await.with(204);
    desk.get(&ana, "/cases").await.with(401);
}

#[tokio::test]
async fn people_change_their_own_password_and_are_signed_out_elsewhere() {
    let desk = Desk::empty();
    *desk.server.setup.lock().unwrap() = Some("one-time".to_owned());
    let (old, new) = ("correct horse battery", "another horse battery");
    let set_up = json!({ "token": "one-time", "name": "ana", "password": old });
    let got = desk.post_open("/setup", &set_up).await;
    let cookie = got.header("set-cookie").split(';').next().unwrap().to_owned();
    let session = got.with(200);
    assert_eq!(session["has_password"], true);
    let here = crate::desk::Person { cookie, csrf: session["csrf"].as_str().unwrap().to_owned() };
    let (ana, _) = desk.server.records.user_by_name("ana").unwrap().unwrap();
    let elsewhere = desk.signed_in(&ana, "elsewhere");

    let change = |old: &str, new: &str| json!({ "old_password": old, "new_password": new });
    // Each hash takes long without optimisation: what is wrong here is refused without one where it can be.
    let wrong = desk.post(&here, "/session/password", &change(&"x".repeat(300), new)).await.with(422);
    assert_eq!(wrong["errors"][0]["field"], "old_password");
    let short = desk.post(&here, "/session/password", &change(old, "short")).await.with(422);
    assert_eq!(short["errors"][0]["field"], "new_password");
    desk.get(&elsewhere, "/cases").await.with(200);
    desk.post(&here, "/session/password", &change(old, new)).await.with(204);
    desk.get(&elsewhere, "/cases").await.with(401);
    desk.get(&here, "/cases").await.with(200);
    let sign_in = json!({ "name": "ana", "password": new });
    desk.post_open("/session", &sign_in).await.with(200);
    for action in ["user.password_changed", "user.password_refused"] {
        let audit = desk.get(&here, &format!("/audit?action={action}")).await.with(200);
        assert_eq!(audit["items"][0]["actor"], "ana", "{action}");
    }

    // Who signs in elsewhere has none to change, and a token changes none.
    let ben = desk.person("ben", Role::Analyst);
    assert_eq!(desk.get(&ben, "/session").await.with(200)["has_password"], false);
    desk.post(&ben, "/session/password", &change("", new)).await.with(409);
    let made = desk.post(&here, "/tokens", &json!({ "name": "ci", "scopes": ["admin"] })).await.with(201);
    let request = Request::post("/api/v1/session/password")
        .header(header::AUTHORIZATION, format!("Bearer {}", made["secret"].as_str().unwrap()))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(change(new, old).to_string()))
        .unwrap();
    desk.send(request).await.with(403);
}

#[tokio::test]
async fn guessing_ones_own_password_is_slowed_down() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Analyst);
    let guess = json!({ "old_password": "x".repeat(300), "new_password": "short" });
    for _ in 0..10 {
        desk.post(&ana, "/session/password", &guess).await.with(422);
    }
    desk.post(&ana, "/session/password", &guess).await.with(429);
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    let desk = Desk::empty();
    let mut statuses = Vec::new();
    for _ in 0..11 {
        // Longer than any password may be: refused before it is hashed, and counted all the same.
        let body = json!({ "name": "ana", "password": "x".repeat(300) });
        statuses.push(desk.post_open("/session", &body).await);
    }
    let last = statuses.pop().unwrap();
    assert!(statuses.iter().all(|got| got.status == 401));
    assert!(last.header("retry-after").parse::<u32>().unwrap() > 0);
    last.with(429);
}

#[tokio::test]
async fn each_role_may_do_its_work_and_no_more() {
    let desk = Desk::empty();
    let [viewer, analyst, admin] =
        [("vi", Role::Viewer), ("an", Role::Analyst), ("ad", Role::Admin)].map(|(n, r)| desk.person(n, r));
    let new = json!({ "title": "T", "kind": "key-takeover", "accounts": ["a1"] });
    desk.get(&viewer, "/cases").await.with(200);
    desk.post(&viewer, "/cases", &new).await.with(403);
    desk.post(&analyst, "/cases", &new).await.with(201);
    desk.get(&analyst, "/webhooks").await.with(403);
    desk.get(&admin, "/webhooks").await.with(200);
    desk.post(&analyst, "/users", &json!({})).await.with(403);
    let nobody = Request::get("/api/v1/cases").body(Body::empty()).unwrap();
    let got = desk.send(nobody).await;
    assert_eq!(got.header("www-authenticate"), "Bearer");
    got.with(401);
}

#[tokio::test]
async fn a_change_from_a_browser_needs_the_csrf_value() {
    let desk = Desk::empty();
    let mut ana = desk.person("ana", Role::Analyst);
    let new = json!({ "title": "T", "kind": "key-takeover", "accounts": ["a1"] });
    let right = std::mem::replace(&mut ana.csrf, "stolen-from-elsewhere".to_owned());
    let refused = desk.post(&ana, "/cases", &new).await.with(403);
    assert!(refused["detail"].as_str().unwrap().contains("X-Vigie-Csrf"));
    ana.csrf = right;
    desk.post(&ana, "/cases", &new).await.with(201);
    let session = desk.get(&ana, "/session").await.with(200);
    assert_eq!(session["csrf"], ana.csrf.as_str());
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_ends_with_its_deletion() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Analyst);
    let more = desk.post(&ana, "/tokens", &json!({ "name": "ci", "scopes": ["admin"] })).await.with(422);
    assert_eq!(more["errors"][0]["field"], "scopes[0]");
    let made = desk.post(&ana, "/tokens", &json!({ "name": "ci", "scopes": ["read"] })).await.with(201);
    let secret = made["secret"].as_str().unwrap();
    let bearer = |method: &str, path: &str, body: &str| {
        Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {secret}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    desk.send(bearer("GET", "/cases", "")).await.with(200);
    desk.send(bearer("POST", "/cases", "{}")).await.with(403);
    let listed = desk.get(&ana, "/tokens").await.with(200);
    assert!(!listed.to_string().contains(secret), "shown once");
    let path = format!("/tokens/{}", made["token_id"].as_str().unwrap());
    let ben = desk.person("ben", Role::Viewer);
    desk.change(&ben, Method::DELETE, &path, &json!({})).await.with(404);
    desk.change(&ana, Method::DELETE, &path, &json!({})).await.with(204);
    desk.send(bearer("GET", "/cases", "")).await.with(401);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Viewer);
    for path in ["/", "/cases/case_1", "/healthz", "/readyz", "/metrics", "/openapi.json", "/api/v1/nothing"]
    {
        let got = desk.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert!(got.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(got.header("referrer-policy"), "no-referrer", "{path}");
    }
    let got = desk.send(by(&ana, Method::GET, "/cases").body(Body::empty()).unwrap()).await;
    assert_eq!(got.header("cache-control"), "no-store");
}
