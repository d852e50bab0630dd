//! What an output directory must hold, and what it must never hold.

#![expect(
    clippy::unwrap_used,
    reason = "what tests share stands outside the test functions that clippy knows"
)]

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use vigie_model::{
    AccountActivity, Action, ActivityBucket, ActivityLink, Campaign, CampaignExchange, Evidence, HuntReport,
    HuntSummary, Kind, Layer, Member, Micros, RecommendedDecision, Reject, Severity,
};
use vigie_store::{
    RejectsWriter, StoreError, read_activity, read_activity_of, read_campaigns, read_exchanges, read_members,
    read_report, write_report, write_text,
};

const CANARY: &str = "canary-7f3a91";

fn campaign(id: &str) -> Campaign {
    Campaign {
        campaign_id: id.into(),
        kind: Kind::SplitExtraction,
        severity: Severity::High,
        q_value: 1e-9,
        first_seen: Micros(1_700_000_000_000_000),
        last_seen: Micros(1_700_000_000_500_000),
        accounts: 3,
        exchanges: 2,
        tokens: Some(17),
        summary: "three accounts, one job".into(),
        evidence: vec![Evidence {
            code: "shared-phrases".into(),
            layer: Layer::Content,
            text: "They share 4 phrases.".into(),
            value: 4.0,
            expected: Some(0.1),
            weight: 12.5,
            examples: vec!["write ‹num› items about ‹quote›".into()],
        }],
        alternatives: vec![],
        recommended_decision: RecommendedDecision {
            action: Action::Suspend,
            scope: "accounts".into(),
            reason: "extraction".into(),
            expires_days: 30,
        },
        timeline: vec![],
        network_nodes: vec![],
        network_edges: vec![],
    }
}

fn report() -> HuntReport {
    let member =
        |c: &str, a: &str, score| Member { campaign_id: c.into(), account_id: a.into(), score, share: 0.25 };
    let exchange = |i: u32| CampaignExchange { campaign_id: "c1".into(), event_id: format!("e{i}") };
    HuntReport {
        summary: HuntSummary { exchanges: 2, alpha: 0.05, fold_version: 1, ..HuntSummary::default() },
        campaigns: vec![campaign("c1"), campaign("c2")],
        members: vec![member("c1", "ä ✓", 0.93), member("c1", "b", 0.1), member("c2", "b", 1.0)],
        // More than one batch of the writer.
        exchanges: (0..70_000).map(exchange).collect(),
        activity: vec![busy(), silent()],
    }
}

fn busy() -> AccountActivity {
    let bucket = |n: i64| ActivityBucket {
        start: Micros(1_700_000_000_000_000 + n),
        exchanges: 7,
        campaign_exchanges: 2,
        refused: 1,
        tokens: 5_000_000_000,
    };
    let link = |to: &str, layer| ActivityLink { account_id: to.into(), weight: 4.25, layer };
    AccountActivity {
        account_id: "b".into(),
        first_seen: Micros(1_700_000_000_000_000),
        last_seen: Micros(1_700_000_000_500_000),
        exchanges: 14,
        refused: 2,
        tokens: Some(10_000_000_000),
        networks: Some(3),
        timeline: vec![bucket(0), bucket(1_000)],
        links: vec![link("ä ✓", Layer::SignUp), link("c", Layer::Content)],
    }
}

fn silent() -> AccountActivity {
    let account_id = "ä ✓".into();
    AccountActivity { account_id, tokens: None, networks: None, timeline: vec![], links: vec![], ..busy() }
}

fn file_names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_was_written_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let report = report();
    let written = write_report(dir.path(), &report).unwrap();
    assert_eq!((written.campaigns, written.members, written.exchanges), (2, 3, 70_000));
    assert_eq!(read_campaigns(dir.path()).unwrap(), report.campaigns);
    assert_eq!(read_members(dir.path()).unwrap(), report.members);
    assert_eq!(read_exchanges(dir.path()).unwrap(), report.exchanges);
    assert_eq!(read_report(dir.path()).unwrap(), report);
    // Of many accounts those that are asked for, then the busiest.
    let few = |first: &str| read_activity_of(dir.path(), 1, &HashSet::from([first])).unwrap();
    assert_eq!(few("nobody"), [busy()]);
    assert_eq!(few("ä ✓"), [silent()]);
    // What a Vigie wrote that kept no activity is read all the same.
    fs::remove_file(dir.path().join("activity.parquet")).unwrap();
    assert_eq!(read_activity(dir.path()).unwrap(), []);
}

#[test]
fn an_empty_report_gives_readable_files() {
    let dir = tempfile::tempdir().unwrap();
    write_report(dir.path(), &HuntReport::default()).unwrap();
    assert_eq!(read_report(dir.path()).unwrap(), HuntReport::default());
}

#[test]
fn the_same_report_gives_the_same_bytes_in_any_directory() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for dir in [&one, &two] {
        write_report(dir.path(), &report()).unwrap();
    }
    for name in file_names(one.path()) {
        assert_eq!(
            fs::read(one.path().join(&name)).unwrap(),
            fs::read(two.path().join(&name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn only_the_named_files_appear_and_only_in_the_directory() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("deep/out");
    write_report(&out, &report()).unwrap();
    write_text(&out, "report.html", "<!doctype html>").unwrap();
    let mut rejects = RejectsWriter::create(&out, 10).unwrap();
    rejects.push(&reject(1)).unwrap();
    rejects.finish().unwrap();
    assert_eq!(file_names(root.path()), ["deep"]);
    assert_eq!(
        file_names(&out),
        [
            "activity.parquet",
            "campaigns.jsonl",
            "exchanges.parquet",
            "members.parquet",
            "rejects.jsonl",
            "report.html",
            "summary.json"
        ]
    );
}

#[test]
fn names_that_would_leave_the_directory_are_refused() {
    let root = tempfile::tempdir().unwrap();
    for name in ["../out.html", "a/b", "a\\b", "..", ".hidden", ""] {
        let error = write_text(&root.path().join("out"), name, "x").unwrap_err();
        assert!(matches!(error, StoreError::BadName { .. }), "{name}");
    }
    assert_eq!(file_names(root.path()), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_planted_symlink_is_replaced_and_never_followed() {
    let root = tempfile::tempdir().unwrap();
    let victim = root.path().join("victim");
    fs::write(&victim, "untouched").unwrap();
    let out = root.path().join("out");
    fs::create_dir(&out).unwrap();
    std::os::unix::fs::symlink(&victim, out.join("campaigns.jsonl")).unwrap();
    write_report(&out, &report()).unwrap();
    assert_eq!(fs::read_to_string(victim).unwrap(), "untouched");
    assert_eq!(read_campaigns(&out).unwrap().len(), 2);
}

#[test]
fn a_report_that_cannot_be_written_leaves_the_old_files_and_no_trace_of_the_new_ones() {
    let dir = tempfile::tempdir().unwrap();
    let good = report();
    write_report(dir.path(), &good).unwrap();
    let before = file_names(dir.path());
    let mut bad = report();
    bad.campaigns[0].summary = CANARY.into();
    bad.campaigns[1].evidence[0].weight = f64::NAN;
    let error = write_report(dir.path(), &bad).unwrap_err();
    assert!(error.to_string().contains("`c2` holds an evidence weight"), "{error}");
    assert_eq!(file_names(dir.path()), before);
    assert_eq!(read_report(dir.path()).unwrap(), good);
    for name in before {
        let bytes = fs::read(dir.path().join(&name)).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes()), "{name}");
    }
}

fn reject(line: u64) -> Reject {
    Reject { file: "a.jsonl".into(), line, field: None, reason: "not JSON".into() }
}

#[test]
fn rejects_beyond_the_limit_are_counted_and_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut rejects = RejectsWriter::create(dir.path(), 2).unwrap();
    for line in 1..=5 {
        rejects.push(&reject(line)).unwrap();
    }
    assert_eq!(file_names(dir.path()).iter().filter(|n| !n.starts_with('.')).count(), 0);
    let written = rejects.finish().unwrap();
    assert_eq!((written.seen, written.written), (5, 2));
    let text = fs::read_to_string(written.path).unwrap();
    let lines: Vec<Reject> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines, [reject(1), reject(2)]);
}

#[test]
fn an_unfinished_rejects_file_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut rejects = RejectsWriter::create(dir.path(), 2).unwrap();
    rejects.push(&reject(1)).unwrap();
    drop(rejects);
    assert_eq!(file_names(dir.path()), [""; 0]);
}

#[test]
fn a_damaged_file_is_named_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    write_report(dir.path(), &report()).unwrap();
    let path = dir.path().join("campaigns.jsonl");
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{good}\n{{\"campaign_id\":1}}\n")).unwrap();
    let error = read_campaigns(dir.path()).unwrap_err().to_string();
    assert!(error.contains("campaigns.jsonl`, line 4"), "{error}");
    fs::write(dir.path().join("members.parquet"), "PAR1").unwrap();
    let error = read_members(dir.path()).unwrap_err().to_string();
    assert!(error.contains("members.parquet"), "{error}");
}
