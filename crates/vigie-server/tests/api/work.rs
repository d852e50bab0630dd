//! The work itself: from a hunt's output to a case, a takedown by two people, an appeal, and its outcome.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use vigie_cases::Role;
use vigie_model::{AccountActivity, ActivityBucket};

use crate::desk::{Desk, decision};

/// A desk with a hunt's output to import.
fn desk_with_hunt() -> Desk {
    let desk = Desk::empty();
    let logs = desk.dir.path().join("logs").join("found");
    std::fs::create_dir_all(&logs).unwrap();
    let mut report = vigie_report::sample::report();
    let (first, last) = (report.summary.first_seen.unwrap(), report.summary.last_seen.unwrap());
    let busy = |account: &str| AccountActivity {
        account_id: account.to_owned(),
        first_seen: first,
        last_seen: last,
        exchanges: 12,
        refused: 2,
        tokens: Some(900),
        networks: None,
        timeline: vec![ActivityBucket {
            start: first,
            exchanges: 12,
            campaign_exchanges: 4,
            refused: 2,
            tokens: 900,
        }],
        links: Vec::new(),
    };
    let member = report.members[0].account_id.clone();
    report.activity = vec![busy(&member), busy("nobody-in-particular")];
    vigie_store::write_report(&logs, &report).unwrap();
    desk
}

fn path(prefix: &str, resource: &Value, id: &str, rest: &str) -> String {
    format!("/{prefix}/{}{rest}", resource[id].as_str().unwrap())
}

#[tokio::test]
async fn a_second_person_approves_a_ban() {
    let desk = Desk::empty();
    let [ana, ben] = ["ana", "ben"].map(|name| desk.person(name, Role::Approver));
    let preview = desk.post(&ana, "/decisions/preview", &decision("a1", "ban")).await.with(200);
    assert_eq!(preview["needs_approval"], true);
    let made = desk.post(&ana, "/decisions", &decision("a1", "ban")).await.with(201);
    assert_eq!(made["status"], "pending_approval");
    let approve = path("decisions", &made, "decision_id", "/approve");
    let reason = json!({ "reason": "seen" });
    desk.post(&ana, &approve, &reason).await.with(428);
    let own = desk.post_at(&ana, &approve, &made["version"], &reason).await.with(403);
    assert!(own["detail"].as_str().unwrap().contains("second person"), "{own}");
    let effective = "/decisions/effective?type=account&id=a1";
    assert!(desk.get(&ana, effective).await.with(200)["decision"].is_null());
    let approved = desk.post_at(&ben, &approve, &made["version"], &reason).await.with(200);
    assert_eq!((&approved["status"], &approved["approver"]), (&json!("active"), &json!("ben")));
    assert_eq!(desk.get(&ana, effective).await.with(200)["decision"]["action"], "ban");

    let undo = path("decisions", &made, "decision_id", "/undo");
    desk.post_at(&ana, &undo, &approved["version"], &json!({ "reason": "wrong" })).await.with(200);
    assert!(desk.get(&ana, effective).await.with(200)["decision"].is_null());
}

#[tokio::test]
async fn the_wronged_appeals_and_is_protected_afterwards() {
    let desk = Desk::empty();
    let [ana, ben] = ["ana", "ben"].map(|name| desk.person(name, Role::Approver));
    let made = desk.post(&ana, "/decisions", &decision("a1", "throttle")).await.with(201);
    let public = format!("/public/appeals/{}", made["appeal_token"].as_str().unwrap());
    let shown =
        desk.send(Request::get(format!("/api/v1{public}")).body(Body::empty()).unwrap()).await.with(200);
    let codes: Vec<&Value> = shown["evidence"].as_array().unwrap().iter().map(|e| &e["code"]).collect();
    assert_eq!(codes, ["complementarity"], "what may not be told is not");
    assert!(!shown.to_string().contains("a1"), "the link does not tell whose it is");

    desk.post_open("/public/appeals/made-up", &json!({ "statement": "Me?" })).await.with(404);
    desk.post_open(&public, &json!({ "statement": "We are a school." })).await.with(201);
    let appeals = desk.get(&ben, "/appeals").await.with(200);
    let appeal = &appeals["items"][0];
    let (claim, decide) =
        (path("appeals", appeal, "appeal_id", "/claim"), path("appeals", appeal, "appeal_id", "/decide"));
    desk.post_at(&ana, &claim, &appeal["version"], &json!({})).await.with(403);
    let claimed = desk.post_at(&ben, &claim, &appeal["version"], &json!({})).await.with(200);
    let view = desk.get(&ben, &path("appeals", appeal, "appeal_id", "")).await.with(200);
    assert_eq!(view["evidence_withheld"][0]["code"], "shared-phrases");
    let outcome = json!({ "outcome": "overturned", "text": "A school it is." });
    desk.post_at(&ben, &decide, &claimed["version"], &outcome).await.with(200);

    assert!(desk.get(&ben, "/decisions/effective?type=account&id=a1").await.with(200)["decision"].is_null());
    let exceptions = desk.get(&ben, "/exceptions").await.with(200);
    assert_eq!(exceptions["items"][0]["entity"]["id"], "a1");
    let told =
        desk.send(Request::get(format!("/api/v1{public}")).body(Body::empty()).unwrap()).await.with(200);
    assert_eq!(told["appeal"]["outcome_text"], "A school it is.");
}

#[tokio::test]
async fn what_a_hunt_wrote_becomes_cases_once() {
    let desk = desk_with_hunt();
    let ana = desk.person("ana", Role::Analyst);
    desk.post(&ana, "/hunts/import", &json!({ "dir": "/etc" })).await.with(422);
    let first = desk.post(&ana, "/hunts/import", &json!({ "dir": "found" })).await.with(201);
    assert_eq!(first["hunt"]["status"], "done");
    let opened = first["report"]["opened"].as_array().unwrap().len();
    assert!(opened > 0, "{first:#}");
    let second = desk.post(&ana, "/hunts/import", &json!({ "dir": "found" })).await.with(201);
    assert_eq!(second["report"]["opened"], json!([]), "never a duplicate");
    assert_eq!(second["report"]["updated"].as_array().unwrap().len(), opened);
    let diff = path("hunts", &first["hunt"], "hunt_id", &path("diff", &second["hunt"], "hunt_id", ""));
    assert_eq!(desk.get(&ana, &diff).await.with(200)["new"], json!([]));
    let member = vigie_report::sample::report().members[0].account_id.clone();
    for account in [member.as_str(), "nobody-in-particular"] {
        let view = desk.get(&ana, &format!("/accounts/{account}")).await.with(200);
        assert_eq!((&view["seen"]["exchanges"], &view["seen"]["tokens"]), (&json!(12), &json!(900)));
        let bars = view["timeline"].as_array().unwrap();
        assert_eq!((bars.len(), &bars[0]["campaign_exchanges"]), (60, &json!(4)), "{account}");
        assert_eq!(view["seen"]["hunt_id"], second["hunt"]["hunt_id"]);
    }
    let overview = desk.get(&ana, "/overview").await.with(200);
    assert_eq!(overview["open_cases"], opened);
}

#[tokio::test]
async fn a_hunt_is_set_up_like_the_command_line_and_mistakes_are_named() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Analyst);
    let order = |config: Value| json!({ "inputs": ["."], "config": config });
    let config = json!({ "hunt": { "alpha": 0.01, "seed": 7 }, "read": { "address_trust": "peer" } });
    let hunt = desk.post(&ana, "/hunts", &order(config.clone())).await.with(202);
    assert_eq!(hunt["config"], config);
    assert_eq!(desk.get(&ana, &path("hunts", &hunt, "hunt_id", "")).await.with(200)["config"], config);
    let plain = desk.post(&ana, "/hunts", &json!({ "inputs": ["."] })).await.with(202);
    assert!(plain.get("config").is_none(), "{plain}");
    for (config, field, said) in [
        (json!({ "hunt": { "alhpa": 0.1 } }), "config.hunt.alhpa", "did you mean `alpha`?"),
        (
            json!({ "read": { "address_trust": "peeer" } }),
            "config.read.address_trust",
            "did you mean `peer`?",
        ),
        (json!({ "hunt": { "alpha": 1.5 } }), "config.hunt.alpha", "above 0 and below 1"),
        (json!({ "hunt": { "accounts_min": -1 } }), "config.hunt.accounts_min", "expected usize"),
    ] {
        let got = desk.post(&ana, "/hunts", &order(config)).await.with(422);
        assert_eq!(got["errors"][0]["field"], field, "{got}");
        assert!(got["errors"][0]["message"].as_str().unwrap().contains(said), "{got}");
    }
    let audit = desk.get(&ana, "/audit?action=hunt.created").await.with(200);
    assert_eq!(audit["items"][1]["detail"]["config"]["hunt"]["alpha"], "0.01", "as the audit writes");
}

#[tokio::test]
async fn a_case_by_hand_is_taken_down_by_what_hunts_counted() {
    let desk = desk_with_hunt();
    let ana = desk.person("ana", Role::Approver);
    desk.post(&ana, "/hunts/import", &json!({ "dir": "found" })).await.with(201);
    let case = desk.case(&ana, "By hand", &["nobody-in-particular", "never-seen"]).await;
    assert_eq!(case["exchanges"], 12);
    let plan = json!({ "action": "label", "reason_code": "extraction", "reason_text": "One script." });
    let preview = path("cases", &case, "case_id", "/takedowns/preview");
    let preview = desk.post(&ana, &preview, &plan).await.with(200);
    let known = (&preview["accounts"], &preview["measured"], &preview["exchanges"], &preview["tokens"]);
    assert_eq!(known, (&json!(2), &json!(1), &json!(12), &json!(900)));
    let create = path("cases", &case, "case_id", "/takedowns");
    let refused = desk.post(&ana, &create, &plan).await.with(422);
    assert!(refused["detail"].as_str().unwrap().contains("write a note first"), "{refused}");
    let note = json!({ "text": "Both answer the same questionnaire." });
    desk.post(&ana, &path("cases", &case, "case_id", "/notes"), &note).await.with(201);
    let takedown = desk.post(&ana, &create, &plan).await.with(201);
    let next = path("takedowns", &takedown, "takedown_id", "/next_wave");
    let done = desk.post_at(&ana, &next, &takedown["version"], &json!({ "reason": "go" })).await.with(200);
    assert_eq!(done["outcome"]["applied"].as_u64().unwrap() + done["hold_out"].as_u64().unwrap(), 2);
}

#[tokio::test]
async fn a_takedown_is_previewed_approved_in_waves_and_reversed() {
    let desk = desk_with_hunt();
    let [ana, ben] = ["ana", "ben"].map(|name| desk.person(name, Role::Approver));
    desk.post(&ana, "/hunts/import", &json!({ "dir": "found" })).await.with(201);
    let cases = desk.get(&ana, "/cases?sort=-members").await.with(200);
    let case = &cases["items"][0];
    let plan = json!({
        "action": "suspend", "reason_code": "extraction", "reason_text": "One job, shared out.",
        "expires_at": "2027-06-01T00:00:00Z",
    });
    let preview =
        desk.post(&ana, &path("cases", case, "case_id", "/takedowns/preview"), &plan).await.with(200);
    assert_eq!(preview["needs_approval"], true);
    let takedown = desk.post(&ana, &path("cases", case, "case_id", "/takedowns"), &plan).await.with(201);
    let at = |rest: &str| path("takedowns", &takedown, "takedown_id", rest);
    let reason = json!({ "reason": "seen" });
    desk.post_at(&ana, &at("/approve"), &takedown["version"], &reason).await.with(403);
    let approved = desk.post_at(&ben, &at("/approve"), &takedown["version"], &reason).await.with(200);
    let running = desk.post_at(&ana, &at("/next_wave"), &approved["version"], &reason).await.with(200);
    assert_eq!(running["waves"][0]["status"], "applied");
    let id = takedown["takedown_id"].as_str().unwrap();
    let active = format!("/decisions?takedown_id={id}&status=active");
    assert!(!desk.get(&ana, &active).await.with(200)["items"].as_array().unwrap().is_empty());
    let reversed = desk.post_at(&ben, &at("/reverse"), &running["version"], &reason).await.with(200);
    assert_eq!(reversed["status"], "reversed");
    assert_eq!(desk.get(&ana, &active).await.with(200)["items"], json!([]));
}

#[tokio::test]
async fn examples_are_shown_on_request_and_the_request_is_remembered() {
    let desk = desk_with_hunt();
    let ana = desk.person("ana", Role::Analyst);
    desk.post(&ana, "/hunts/import", &json!({ "dir": "found" })).await.with(201);
    for case in desk.get(&ana, "/cases").await.with(200)["items"].as_array().unwrap() {
        let campaigns = desk.get(&ana, &path("cases", case, "case_id", "/campaigns")).await.with(200);
        let examples = campaigns["items"][0]["examples"].as_object().unwrap().clone();
        let Some((code, _)) = examples.iter().find(|(_, count)| count.as_u64() > Some(0)) else { continue };
        let reveal = path("cases", case, "case_id", &format!("/evidence/{code}/reveal"));
        let shown = desk.post(&ana, &reveal, &json!({ "reason": "to tell the customer" })).await.with(200);
        assert!(!shown["examples"].as_array().unwrap().is_empty());
        desk.post(&ana, &reveal, &json!({ "reason": " " })).await.with(422);
        let history = desk.get(&ana, &path("cases", case, "case_id", "/history")).await.with(200);
        assert!(history.to_string().contains("viewed_text"));
        return;
    }
    panic!("the sample has examples");
}

#[tokio::test]
async fn the_audit_is_whole_and_leaves_as_lines() {
    let desk = Desk::empty();
    let ana = desk.person("ana", Role::Analyst);
    for i in 0..3 {
        desk.case(&ana, &format!("Case {i}"), &["a"]).await;
    }
    let check = desk.get(&ana, "/audit/verify").await.with(200);
    assert_eq!(check["ok"], true);
    let Value::String(lines) = desk.get(&ana, "/audit/export").await.with(200) else { panic!("JSON") };
    let mut chain = vigie_cases::ChainCheck::default();
    lines.lines().for_each(|line| chain.take(&serde_json::from_str(line).unwrap()));
    assert!(chain.ok && chain.entries > check["entries"].as_u64().unwrap(), "{chain:?}");
    desk.change(&ana, Method::DELETE, "/audit", &json!({})).await.with(405);
}
