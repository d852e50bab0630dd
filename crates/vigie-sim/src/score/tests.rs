//! A small world on disk, hunted by a made-up tool, with every figure worked out by hand.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampNanosecondArray};
use parquet::arrow::ArrowWriter;
use vigie_model::{
    Action, Campaign, CampaignExchange, HuntReport, Kind, Member, Micros, RecommendedDecision, Severity,
};

use super::{LagLimits, ScoreError, Timelines, Truth, lag, score};

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    // An empty string stands for null.
    Arc::new(values.into_iter().map(|v| (!v.is_empty()).then_some(v)).collect::<StringArray>())
}

fn table(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// Farm `f` of m0–m3 (pure); reseller `r` of x0, x1 and the idle x2 (mixed); look-alike class `k` of c0–c4; honest h0–h4.
/// x0 sends 10 exchanges, 1 planted; x1 sends 4, 2 planted; x2 sends 3, none planted; all farm traffic is planted, 10
/// each.
fn world(dir: &Path) {
    std::fs::write(
        dir.join("truth_networks.jsonl"),
        "{\"network_id\":\"f\",\"archetype\":\"signup-farm\",\"malicious\":true,\"knob\":3}\n\n\
         {\"network_id\":\"r\",\"archetype\":\"resold-access\",\"malicious\":true}\n\
         {\"network_id\":\"k\",\"archetype\":\"classroom\",\"malicious\":false}\n",
    )
    .unwrap();
    let networks = ["f", "f", "f", "f", "r", "r", "r", "k", "k", "k", "k", "k", "", "", "", "", ""];
    let accounts = [
        "m0", "m1", "m2", "m3", "x0", "x1", "x2", "c0", "c1", "c2", "c3", "c4", "h0", "h1", "h2", "h3", "h4",
    ];
    let roles = networks.map(|n| if n == "r" { "mixed" } else { "pure" });
    table(
        &dir.join("truth_accounts.parquet"),
        vec![("account_id", texts(accounts)), ("network_id", texts(networks)), ("role", texts(roles))],
    );
    let (mut events, mut senders, mut times, mut planted) = (vec![], vec![], vec![], vec![]);
    for (account, count, network, bad) in [
        ("m0", 10, "f", 10),
        ("m1", 10, "f", 10),
        ("m2", 10, "f", 10),
        ("m3", 10, "f", 10),
        ("x0", 10, "r", 1),
        ("x1", 4, "r", 2),
        ("x2", 3, "r", 0),
        ("c0", 5, "k", 5),
    ] {
        for i in 0..count {
            let event = format!("{account}-{i}");
            if i < bad {
                planted.push((event.clone(), network));
            }
            events.push(event);
            senders.push(account);
            times.push(1_000_000_000 * (i + 1));
        }
    }
    let planted_events = texts(planted.iter().map(|(e, _)| e.as_str()));
    let planted_networks = texts(planted.iter().map(|(_, n)| *n));
    table(
        &dir.join("truth_exchanges.parquet"),
        vec![("event_id", planted_events), ("network_id", planted_networks)],
    );
    table(
        &dir.join("exchanges.parquet"),
        vec![
            ("event_id", texts(events.iter().map(String::as_str))),
            // Nanoseconds without a zone: foreign worlds may have them.
            ("timestamp", Arc::new(TimestampNanosecondArray::from(times))),
            ("account_id", texts(senders)),
        ],
    );
}

/// Campaign A accuses m0–m2 and c0; B accuses x1 and the idle x2, names its two planted exchanges and one too many;
/// C is judged innocent and holds the class.
fn hunt(dir: &Path) {
    std::fs::write(
        dir.join("campaigns.jsonl"),
        "{\"campaign_id\":\"A\",\"kind\":\"signup-farm\",\"severity\":\"high\"}\n\
         {\"campaign_id\":\"B\",\"kind\":\"split-extraction\",\"severity\":\"low\"}\n\
         {\"campaign_id\":\"C\",\"kind\":\"innocent-group\",\"severity\":\"none\"}\n",
    )
    .unwrap();
    table(
        &dir.join("members.parquet"),
        vec![
            ("campaign_id", texts(["A", "A", "A", "A", "B", "B", "C", "C"])),
            ("account_id", texts(["m0", "m1", "m2", "c0", "x1", "x2", "c1", "c2"])),
            ("score", Arc::new(Float64Array::from(vec![0.9, 0.9, 0.6, 0.8, 0.7, 1.0, 0.9, 0.9]))),
            ("share", Arc::new(Float64Array::from(vec![1.0; 8]))),
        ],
    );
    let named = ["x1-0", "x1-1", "x1-2", "m0-0", "c1-9"];
    table(
        &dir.join("exchanges.parquet"),
        vec![("campaign_id", texts(["B", "B", "B", "A", "C"])), ("event_id", texts(named))],
    );
}

fn scored() -> super::Score {
    let (world_dir, hunt_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    world(world_dir.path());
    hunt(hunt_dir.path());
    score(world_dir.path(), hunt_dir.path()).unwrap()
}

#[test]
fn accounts_are_counted_at_the_hunts_cut_offs() {
    let score = scored();
    let hits = &score.accounts.hits;
    assert_eq!((hits.true_positives, hits.false_positives, hits.false_negatives), (4, 1, 2));
    assert_eq!(hits.precision, Some(0.8));
    assert_eq!(score.world.malicious, 6);
    assert_eq!((score.world.mixed, score.world.idle), (2, 1));
    // No false account allowed: m0 and m1 come before c0.
    assert_eq!(score.recall_at[0].recall, 2.0 / 6.0);
}

#[test]
fn recall_is_told_by_what_accounts_sent_for_their_network() {
    let score = scored();
    let rows: Vec<_> = score.accounts.served_ranges().map(|(r, b)| (r, b.accounts, b.accused)).collect();
    let row = |range: &str, accounts, accused| (range.to_owned(), accounts, accused);
    assert_eq!(rows, [row("1", 1, 0), row("2", 1, 1), row("6–20", 4, 3)]);
}

#[test]
fn networks_are_recovered_from_half_similarity_on() {
    let score = scored();
    let by_id = |id: &str| score.networks.iter().find(|n| n.network_id == id).unwrap();
    let farm = by_id("f");
    assert_eq!((farm.jaccard, farm.accused, farm.recovered), (3.0 / 5.0, 0.75, true));
    assert!(farm.kind_is_right);
    let reseller = by_id("r");
    assert_eq!((reseller.jaccard, reseller.recovered, reseller.kind_is_right), (0.5, true, false));
    assert_eq!(score.recovered.recovered, 2);
    assert_eq!(score.purity.weighted, Some(4.0 / 5.0));
    assert_eq!(score.purity.judged_innocent, 1);
}

#[test]
fn groups_judged_innocent_accuse_nobody() {
    let score = scored();
    let class = &score.innocents.look_alikes[0];
    assert_eq!((class.any_accused, class.fifth_accused, class.accused, class.accounts), (1, 1, 1, 5));
    assert_eq!(score.innocents.others_accused, 0);
}

#[test]
fn slices_are_scored_in_mixed_accounts_by_their_share() {
    let exchanges = scored().exchanges.unwrap();
    // Named rightly x1-0, x1-1; wrongly x1-2; missed x0-0.
    let mixed = &exchanges.mixed;
    assert_eq!((mixed.true_positives, mixed.false_positives, mixed.false_negatives), (2, 1, 1));
    let buckets: Vec<_> = exchanges.by_share.iter().map(|b| b.accounts).collect();
    assert_eq!(buckets, [0, 0, 1, 0, 1]);
    assert_eq!(exchanges.all.true_positives, 3);
    // The exchange of the group judged innocent is not held against the hunt.
    assert_eq!(exchanges.all.false_positives, 1);
}

#[test]
fn the_table_holds_every_part_and_json_comes_back() {
    let score = scored();
    let table = score.table();
    for part in ["precision 0.800", "B-cubed", "signup-farm", "classroom", "ε 10–25 %", "other kind"] {
        assert!(table.contains(part), "{part} is not in\n{table}");
    }
    let json = serde_json::to_string(&score).unwrap();
    // By its text: JSON may move the last bit of a fraction.
    assert_eq!(serde_json::from_str::<super::Score>(&json).unwrap().table(), table);
}

#[test]
fn a_row_of_an_undefined_campaign_is_an_error_that_names_it() {
    let (world_dir, hunt_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    world(world_dir.path());
    hunt(hunt_dir.path());
    std::fs::write(hunt_dir.path().join("campaigns.jsonl"), "").unwrap();
    let error = score(world_dir.path(), hunt_dir.path()).unwrap_err();
    assert!(matches!(error, ScoreError::Unknown { .. }));
    assert!(error.to_string().contains("names campaign `A`"), "{error}");
    std::fs::remove_file(world_dir.path().join("truth_exchanges.parquet")).unwrap();
    let error = score(world_dir.path(), hunt_dir.path()).unwrap_err();
    assert!(error.to_string().contains("truth_exchanges.parquet"), "{error}");
}

fn campaign() -> Campaign {
    Campaign {
        campaign_id: "A".into(),
        kind: Kind::SignupFarm,
        severity: Severity::High,
        q_value: 0.0,
        first_seen: Micros(0),
        last_seen: Micros(0),
        accounts: 4,
        exchanges: 1,
        tokens: None,
        summary: String::new(),
        evidence: vec![],
        alternatives: vec![],
        recommended_decision: RecommendedDecision {
            action: Action::Observe,
            scope: "accounts".into(),
            reason: String::new(),
            expires_days: 1,
        },
        timeline: vec![],
        network_nodes: vec![],
        network_edges: vec![],
    }
}

/// A hunt that names the farm from second 3 on (after 2 of 10 exchanges of each account), the reseller never.
fn hunt_until(until: Micros) -> HuntReport {
    if until.0 <= 3 * Micros::SECOND {
        return HuntReport::default();
    }
    let member = |id: &str| Member { campaign_id: "A".into(), account_id: id.into(), score: 1.0, share: 1.0 };
    HuntReport {
        campaigns: vec![campaign()],
        members: ["m0", "m1", "m2", "m3"].into_iter().map(member).collect(),
        exchanges: vec![CampaignExchange { campaign_id: "A".into(), event_id: "m0-0".into() }],
        ..HuntReport::default()
    }
}

#[test]
fn lag_is_the_share_of_volume_served_before_the_first_naming() {
    let dir = tempfile::tempdir().unwrap();
    world(dir.path());
    let truth = Truth::read(dir.path()).unwrap();
    let timelines = Timelines::read(dir.path(), &truth).unwrap();
    let lag = lag(&truth, &timelines, LagLimits::default(), hunt_until);
    let by_id = |id: &str| lag.networks.iter().find(|n| n.network_id == id).unwrap();
    // Checkpoint 30 % ends just after second 3 and is the first that is named; 20 % is not.
    assert_eq!((by_id("f").share, by_id("f").share_unnamed), (Some(0.3), 0.2));
    assert_eq!(by_id("r").share, None);
    assert_eq!(lag.never, 1);
    assert_eq!(lag.median, Some(0.65));
    assert!(lag.hunts <= 6, "{} hunts for one network that is named", lag.hunts);
}

#[test]
fn lag_keeps_its_limit_of_hunts() {
    let dir = tempfile::tempdir().unwrap();
    world(dir.path());
    let truth = Truth::read(dir.path()).unwrap();
    let timelines = Timelines::read(dir.path(), &truth).unwrap();
    let mut hunts = 0;
    let lag = lag(&truth, &timelines, LagLimits { hunts_max: 1 }, |until| {
        hunts += 1;
        hunt_until(until)
    });
    assert_eq!(hunts, 1);
    assert_eq!(lag.networks[0].share, Some(1.0));
}
