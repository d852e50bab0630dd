//! What all resources have in common: problems, pages, versions, keys, tables.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use vigie_cases::Role;

use crate::desk::{Desk, by, decision};

#[tokio::test]
async fn every_problem_has_the_same_shape() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Analyst);
    let raw = |body: &'static str| by(&ana, Method::POST, "/cases").body(Body::from(body)).unwrap();
    let plain = Request::post("/api/v1/cases")
        .header(header::COOKIE, &ana.cookie)
        .header("x-vigie-csrf", &ana.csrf)
        .body(Body::from("{}"))
        .unwrap();
    let problems = [
        (desk.get(&ana, "/nothing").await, 404),
        (desk.get(&ana, "/cases/case_00000000000000000000").await, 404),
        (desk.get(&ana, "/cases/no-id").await, 404),
        (desk.change(&ana, Method::PUT, "/cases", &json!({})).await, 405),
        (desk.get(&ana, "/cases?limit=0").await, 422),
        (desk.get(&ana, "/cases?status=asleep").await, 422),
        (desk.send(raw("{")).await, 400),
        (desk.send(plain).await, 415),
        (desk.send(raw(r#"{"title": 1}"#)).await, 422),
        (desk.send(raw(r#"{"title": "T", "kind": "key-takeover", "accounts": ["a"], "x": 1}"#)).await, 422),
        (desk.send(raw(r#"{"title": "a\u0000b", "kind": "key-takeover", "accounts": ["a"]}"#)).await, 422),
        (desk.get(&ana, "/accounts/%00").await, 400),
    ];
    for (got, status) in problems {
        assert_eq!(got.header("content-type"), "application/problem+json");
        let body = got.with(status);
        assert_eq!(body["status"], status);
        for field in ["type", "title", "detail"] {
            assert!(!body[field].as_str().unwrap().is_empty(), "{body}");
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_double() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Analyst);
    for i in 0..5 {
        desk.case(&ana, &format!("Case {i}"), &[&format!("a{i}")]).await;
    }
    let mut seen = BTreeSet::new();
    let mut path = "/cases?limit=2".to_owned();
    for page in 0..3 {
        let body = desk.get(&ana, &path).await.with(200);
        for case in body["items"].as_array().unwrap() {
            assert!(seen.insert(case["case_id"].as_str().unwrap().to_owned()), "page {page}");
        }
        match body["next_cursor"].as_str() {
            Some(cursor) => path = format!("/cases?limit=2&cursor={cursor}"),
            None => assert_eq!(page, 2),
        }
    }
    assert_eq!(seen.len(), 5);
    desk.get(&ana, "/cases?cursor=made-up").await.with(422);
}

#[tokio::test]
async fn nobodys_change_is_lost() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Analyst);
    let case = desk.case(&ana, "T", &["a1"]).await;
    let path = format!("/cases/{}", case["case_id"].as_str().unwrap());
    let tag = desk.get(&ana, &path).await.header("etag").to_owned();
    let again = by(&ana, Method::GET, &path).header(header::IF_NONE_MATCH, &tag).body(Body::empty()).unwrap();
    desk.send(again).await.with(304);

    let patch = |tag: Option<&str>, title: &str| {
        let request = by(&ana, Method::PATCH, &path);
        let request = match tag {
            Some(tag) => request.header(header::IF_MATCH, tag),
            None => request,
        };
        request.body(Body::from(json!({ "title": title }).to_string())).unwrap()
    };
    desk.send(patch(None, "Unseen")).await.with(428);
    desk.send(patch(Some("*"), "Unread")).await.with(400);
    let changed = desk.send(patch(Some(&tag), "First")).await;
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.with(200)["title"], "First");
    desk.send(patch(Some(&tag), "Second")).await.with(412);
    assert_eq!(desk.get(&ana, &path).await.with(200)["title"], "First");
}

#[tokio::test]
async fn the_same_key_changes_nothing_twice() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Analyst);
    let open = || {
        let body = json!({ "title": "T", "kind": "signup-farm", "accounts": ["a1"] }).to_string();
        by(&ana, Method::POST, "/cases").header("idempotency-key", "k1").body(Body::from(body)).unwrap()
    };
    let first = desk.send(open()).await.with(201);
    let second = desk.send(open()).await.with(201);
    assert_eq!(first["case_id"], second["case_id"]);
    assert_eq!(desk.get(&ana, "/cases").await.with(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_is_a_table_too_and_no_cell_is_a_formula() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Analyst);
    desk.case(&ana, "=HYPERLINK(\"x\")", &["a1"]).await;
    let got = desk.get(&ana, "/cases?format=csv").await;
    assert!(got.header("content-type").starts_with("text/csv"));
    let Value::String(table) = got.with(200) else { panic!("JSON") };
    assert!(table.lines().next().unwrap().contains("case_id"), "{table}");
    assert!(table.contains("'=HYPERLINK"), "{table}");
}

#[tokio::test]
async fn who_only_reads_does_not_get_the_appeal_link() {
    let desk = Desk::empty();
    let [ana, vi] = [("ana", Role::Analyst), ("vi", Role::Viewer)].map(|(n, r)| desk.person(n, r));
    let made = desk.post(&ana, "/decisions", &decision("a1", "throttle")).await.with(201);
    let path = format!("/decisions/{}", made["decision_id"].as_str().unwrap());
    assert!(desk.get(&ana, &path).await.with(200)["appeal_token"].is_string());
    for path in [path.as_str(), "/decisions", "/accounts/a1", "/decisions/effective?type=account&id=a1"] {
        let body = desk.get(&vi, path).await.with(200);
        assert!(!body.to_string().contains("appeal_token"), "{path}: {body:#}");
    }
}

#[test]
fn the_committed_document_is_that_of_the_code() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/openapi.json");
    let Ok(text) = std::fs::read_to_string(file) else {
        eprintln!("skipped: ui/openapi.json is not there");
        return;
    };
    let committed: Value = serde_json::from_str(&text).unwrap();
    assert!(committed == vigie_server::openapi(), "ui/openapi.json is old: run `cargo xtask gen` and commit");
}

#[test]
fn every_reference_of_the_document_leads_somewhere_and_every_operation_has_one_name() {
    let document = vigie_server::openapi();
    let text = document.to_string();
    for (at, _) in text.match_indices("#/components/schemas/") {
        let reference = text[at + 1..].split('"').next().unwrap();
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
    let mut names = BTreeSet::new();
    for operation in
        document["paths"].as_object().unwrap().values().flat_map(|p| p.as_object().unwrap().values())
    {
        let id = operation["operationId"].as_str().unwrap();
        assert!(names.insert(id.to_owned()), "{id} twice");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{id}");
    }
}
