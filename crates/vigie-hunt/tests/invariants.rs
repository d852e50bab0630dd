//! What must hold of every hunt, whatever the world: tried on a small seeded one.

#![expect(
    clippy::unwrap_used,
    reason = "what tests share stands outside the test functions that clippy knows"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use arrow_array::RecordBatch;
use vigie_detectors::{DETECTORS, mark, vouched};
use vigie_fold::Marks;
use vigie_hunt::{Lake, Quiet, Settings, SideTables, Window, fold, hunt};
use vigie_ingest::{ReadOptions, Source, open_exchanges, read_accounts, read_models};
use vigie_model::{
    Action, Campaign, Exchange, ExchangeBatchBuilder, ExchangeView, Explained, HuntReport, Kind, Micros,
    Severity, Sight,
};
use vigie_sim::world::config::WorldConfig;
use vigie_sim::world::generate;

/// A world in memory.
#[derive(Clone)]
struct World {
    rows: Vec<Exchange>,
    side: SideTables,
}

/// The preset `small` with two thirds of its accounts, read through the decoders.
fn world() -> World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(make).clone()
}

fn make() -> World {
    let dir = tempfile::tempdir().unwrap();
    let small = WorldConfig::preset("small").unwrap();
    let config = WorldConfig { seed: 11, exchanges: 20_000, accounts: 800, ..small };
    generate(&config, dir.path(), &mut |_| ()).unwrap();
    let source = Source::File(dir.path().join("exchanges.parquet"));
    let mut rows = Vec::new();
    for portion in open_exchanges(&[source], &ReadOptions::default()).unwrap() {
        let batch = portion.unwrap().batch;
        let view = ExchangeView::try_new(&batch).unwrap();
        rows.extend((0..view.len()).map(|i| view.row(i)));
    }
    let (accounts, _) = read_accounts(&dir.path().join("accounts.parquet")).unwrap();
    let (models, _) = read_models(&dir.path().join("models.parquet")).unwrap();
    World { rows, side: SideTables { accounts, models } }
}

fn batches(rows: &[Exchange], size: usize) -> Vec<RecordBatch> {
    let mut builder = ExchangeBatchBuilder::default();
    rows.chunks(size)
        .map(|chunk| {
            chunk.iter().for_each(|row| builder.push(row));
            builder.finish()
        })
        .collect()
}

fn folded(rows: &[Exchange]) -> Lake {
    fold(&mut batches(rows, 4_096).into_iter(), &Quiet).unwrap()
}

fn hunted(world: &World) -> HuntReport {
    hunt(&folded(&world.rows), &world.side, Window::default(), &Settings::default(), &Quiet)
}

fn bytes(report: &HuntReport) -> String {
    serde_json::to_string(report).unwrap()
}

/// An order that has nothing to do with the rows'.
fn shuffled(rows: &[Exchange]) -> Vec<Exchange> {
    let mut keyed: Vec<(u64, &Exchange)> =
        rows.iter().map(|row| (vigie_fold::hash_text(&format!("shuffle {}", row.event_id)), row)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, row)| row.clone()).collect()
}

#[test]
fn order_partition_and_threads_change_no_byte_of_the_report() {
    let world = world();
    let expected = hunted(&world);
    assert!(expected.campaigns.iter().any(|c| c.accuses()), "a world without campaigns would prove nothing");
    for (threads, size) in [(1, 1_000), (4, 333)] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let report = pool.install(|| {
            let mut side = world.side.clone();
            side.accounts.reverse();
            let lake = fold(&mut batches(&shuffled(&world.rows), size).into_iter(), &Quiet).unwrap();
            hunt(&lake, &side, Window::default(), &Settings::default(), &Quiet)
        });
        assert!(bytes(&report) == bytes(&expected), "{threads} threads, batches of {size}");
    }
}

#[test]
fn permuting_countries_changes_no_finding() {
    let world = world();
    let expected = hunted(&world);
    let seen: BTreeSet<&str> = world
        .rows
        .iter()
        .filter_map(|r| r.country.as_deref())
        .chain(
            world
                .side
                .accounts
                .iter()
                .flat_map(|a| [a.country.as_deref(), a.payment_country.as_deref()])
                .flatten(),
        )
        .collect();
    let seen: Vec<&str> = seen.into_iter().collect();
    assert!(seen.len() > 3, "{seen:?}");
    let next: BTreeMap<&str, &str> =
        seen.iter().enumerate().map(|(i, from)| (*from, seen[(i + 1) % seen.len()])).collect();
    let permute = |country: &mut Option<String>| {
        *country = country.as_deref().map(|c| next[c].to_owned());
    };
    let mut other = world.clone();
    other.rows.iter_mut().for_each(|row| permute(&mut row.country));
    for account in &mut other.side.accounts {
        permute(&mut account.country);
        permute(&mut account.payment_country);
    }
    assert_eq!(hunted(&other), expected);
    other.rows.iter_mut().for_each(|row| row.country = None);
    for account in &mut other.side.accounts {
        (account.country, account.payment_country) = (None, None);
    }
    let without = hunted(&other);
    assert_eq!((without.campaigns, without.members), (expected.campaigns, expected.members));
}

#[test]
fn marks_stand_where_detectors_expect_them() {
    for (place, expected) in [
        (mark::REASONING, Marks::REASONING),
        (mark::RUBRIC, Marks::RUBRIC),
        (mark::LABELLING, Marks::LABELLING),
        (mark::DATASET, Marks::DATASET),
        (mark::PERSONA, Marks::PERSONA),
        (mark::SOCIAL, Marks::SOCIAL),
        (mark::ROMANCE_SCAM, Marks::ROMANCE_SCAM),
        (mark::PHISHING, Marks::PHISHING),
        (mark::MALWARE, Marks::MALWARE),
        (mark::PROFILING, Marks::PROFILING),
        (mark::JAILBREAK, Marks::JAILBREAK),
    ] {
        assert_eq!(Marks::NAMED[place].0, expected);
    }
}

#[test]
fn a_detector_without_its_columns_is_blind_and_names_nothing() {
    let world = world();
    type Drop = fn(&mut Exchange);
    let columns: [(&str, Drop); 4] = [
        ("prompt", |r| r.prompt = None),
        ("client_address", |r| r.client_address = None),
        // Either of the two tells clients apart.
        ("user_agent", |r| (r.user_agent, r.ja4) = (None, None)),
        ("request_model", |r| r.request_model = None),
    ];
    for (column, drop) in columns {
        let mut poorer = world.clone();
        poorer.rows.iter_mut().for_each(drop);
        let report = hunted(&poorer);
        let mut needing = 0;
        for (detector, health) in DETECTORS.iter().zip(&report.summary.detectors) {
            assert_eq!(detector.kind, health.kind);
            let needs = detector.needs.contains(&column);
            needing += usize::from(needs);
            assert_eq!(health.sight == Sight::Blind, needs, "{} without {column}", detector.kind.id());
            assert_eq!(health.missing.iter().any(|m| m == column), needs || detector.wants.contains(&column));
            let named = report.campaigns.iter().filter(|c| c.accuses() && c.kind == detector.kind).count();
            assert!(
                !needs || named == 0,
                "{} is blind without {column} and names {named}",
                detector.kind.id()
            );
        }
        assert!(needing > 0, "no detector needs {column}");
    }
}

#[test]
fn no_text_outlives_the_fold() {
    const CANARY: &str = "zyxwcanaryq";
    let mut world = world();
    let member = hunted(&world).members[0].account_id.clone();
    let mut marked = 0;
    for row in world.rows.iter_mut().filter(|r| r.account_id == member) {
        let with =
            |text: &Option<String>| Some(format!("{CANARY} {} {CANARY}", text.as_deref().unwrap_or("")));
        row.prompt = with(&row.prompt);
        row.system_prompt = with(&row.system_prompt);
        row.completion = with(&row.completion);
        row.tools = Some(format!("[{{\"name\":\"{CANARY}\",\"description\":\"{CANARY}\"}}]"));
        marked += 1;
    }
    assert!(marked > 0);
    let lake = folded(&world.rows);
    let held = format!("{lake:?}");
    assert!(held.contains(&member), "the lake's debug form shows what it holds");
    assert!(!held.contains(CANARY), "the lake holds the canary");
    let report = hunt(&lake, &world.side, Window::default(), &Settings::default(), &Quiet);
    assert!(!bytes(&report).contains(CANARY), "the report shows the canary");
}

#[test]
fn a_window_never_sees_later_rows() {
    let world = world();
    let lake = folded(&world.rows);
    let (first, last) = lake.span().unwrap();
    let until = Micros(first.0 + (last.0 - first.0) * 7 / 10);
    let window = Window { since: None, until: Some(until) };
    let seen = hunt(&lake, &world.side, window, &Settings::default(), &Quiet);
    let earlier = world.rows.iter().filter(|r| r.timestamp < until).count();
    assert_eq!(seen.summary.exchanges, earlier as u64);
    assert_eq!(seen.summary.outside_window, (world.rows.len() - earlier) as u64);
    assert!(seen.campaigns.iter().any(|c| c.accuses()));
    assert!(seen.campaigns.iter().all(|c| c.last_seen < until));

    // The same accounts do other things later: what a window shows cannot change.
    let mut other = world.clone();
    for row in other.rows.iter_mut().filter(|r| r.timestamp >= until) {
        row.timestamp = Micros(until.0 + (row.timestamp.0 - until.0) / 2);
        row.prompt = Some("Write the same verse about the sea once more".to_owned());
        row.client_address = Some("203.0.113.7".to_owned());
        row.user_agent = Some("another-client/1.0".to_owned());
        row.request_model = Some("another-model".to_owned());
        row.output_tokens = Some(9_999);
        row.refusal = Some(true);
    }
    let after = hunt(&folded(&other.rows), &world.side, window, &Settings::default(), &Quiet);
    assert_eq!(
        (after.campaigns, after.members, after.exchanges),
        (seen.campaigns, seen.members, seen.exchanges)
    );
}

#[test]
fn a_hunt_until_a_moment_equals_a_hunt_over_the_log_cut_there() {
    let world = world();
    let (first, last) = folded(&world.rows).span().unwrap();
    for tenths in [4, 7, 9] {
        let until = Micros(first.0 + (last.0 - first.0) * tenths / 10);
        let (earlier, later): (Vec<_>, Vec<_>) =
            world.rows.iter().cloned().partition(|r| r.timestamp < until);
        let mut rows = earlier.clone();
        for (i, row) in later.into_iter().enumerate() {
            // Later, accounts belong to somebody else, newcomers stand before all others, ids come again.
            let newcomer = Exchange {
                account_id: format!("!{}", i % 50),
                event_id: format!("newcomer {i}"),
                ..row.clone()
            };
            let again =
                Exchange { event_id: earlier[i % earlier.len()].event_id.clone(), ..newcomer.clone() };
            let turned = Exchange {
                org_id: Some("another".to_owned()),
                turn: Some(2),
                conversation_id: Some(format!("talk {}", i / 2)),
                ..row
            };
            rows.extend([newcomer, again, turned]);
        }
        let cut = hunted(&World { rows: earlier, side: world.side.clone() });
        let window = Window { since: None, until: Some(until) };
        let mut whole = hunt(&folded(&rows), &world.side, window, &Settings::default(), &Quiet);
        assert!(whole.summary.outside_window > 0 && !whole.campaigns.is_empty());
        whole.summary.outside_window = 0;
        assert_eq!(whole.summary, cut.summary);
        assert!(bytes(&whole) == bytes(&cut), "until {tenths} tenths of the log");
    }
}

#[test]
fn activity_adds_up_to_the_log_and_to_the_campaigns() {
    let world = world();
    let report = hunted(&world);
    let sum = |of: fn(&vigie_model::AccountActivity) -> u64| report.activity.iter().map(of).sum::<u64>();
    assert_eq!(sum(|a| a.exchanges), report.summary.exchanges);
    assert_eq!(report.activity.len() as u64, report.summary.accounts);
    assert_eq!(sum(|a| a.refused), world.rows.iter().filter(|r| r.refusal == Some(true)).count() as u64);
    let accusing: BTreeSet<&str> =
        report.campaigns.iter().filter(|c| c.accuses()).map(|c| c.campaign_id.as_str()).collect();
    let events: BTreeSet<&str> = report
        .exchanges
        .iter()
        .filter(|e| accusing.contains(e.campaign_id.as_str()))
        .map(|e| e.event_id.as_str())
        .collect();
    let of_campaigns = |a: &vigie_model::AccountActivity| -> u64 {
        a.timeline.iter().map(|b| u64::from(b.campaign_exchanges)).sum()
    };
    assert_eq!(report.activity.iter().map(of_campaigns).sum::<u64>(), events.len() as u64);
    let mut campaigns_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for member in report.members.iter().filter(|m| accusing.contains(m.campaign_id.as_str())) {
        campaigns_of.entry(&member.account_id).or_default().insert(&member.campaign_id);
    }
    let none = BTreeSet::new();
    let mut linked = 0;
    for account in &report.activity {
        let timeline = || account.timeline.iter();
        assert_eq!(timeline().map(|b| u64::from(b.exchanges)).sum::<u64>(), account.exchanges);
        assert!(timeline().all(|b| b.exchanges > 0 && b.campaign_exchanges <= b.exchanges));
        assert!(account.timeline.windows(2).all(|two| two[0].start < two[1].start));
        assert!(account.timeline[0].start <= account.first_seen && account.first_seen <= account.last_seen);
        let own = campaigns_of.get(account.account_id.as_str()).unwrap_or(&none);
        assert!(!own.is_empty() || (of_campaigns(account) == 0 && account.links.is_empty()));
        for link in &account.links {
            let theirs = &campaigns_of[link.account_id.as_str()];
            assert!(!own.is_disjoint(theirs) && link.weight > 0.0, "{link:?}");
        }
        linked += usize::from(!account.links.is_empty());
    }
    assert!(linked > 0 && linked <= campaigns_of.len());
}

#[test]
fn whoever_is_vouched_for_among_its_own_is_named_in_nothing_but_a_takeover() {
    let world = world();
    let report = hunted(&world);
    let members = |campaign: &Campaign| -> BTreeSet<String> {
        let of = report.members.iter().filter(|m| m.campaign_id == campaign.campaign_id);
        of.map(|m| m.account_id.clone()).collect()
    };
    let groups = report.campaigns.iter().filter(|c| !c.accuses() && vouched(&c.alternatives));
    let spoken_for: BTreeSet<String> = groups.flat_map(&members).collect();
    assert!(!spoken_for.is_empty(), "a world in which nobody vouches for anybody would prove nothing");
    for campaign in report.campaigns.iter().filter(|c| c.accuses() && c.kind != Kind::KeyTakeover) {
        let both: Vec<String> = members(campaign).intersection(&spoken_for).cloned().collect();
        assert!(both.is_empty(), "{both:?} in {}", campaign.campaign_id);
    }
}

#[test]
fn the_same_exchange_twice_counts_once() {
    let world = world();
    let expected = hunted(&world);
    let mut twice = world.clone();
    twice.rows.extend(world.rows.iter().cloned());
    let mut report = hunted(&twice);
    assert_eq!(report.summary.duplicates, world.rows.len() as u64);
    report.summary.duplicates = expected.summary.duplicates;
    assert_eq!(report, expected);

    // Two spans with one response are one exchange, whatever their ids.
    let mut spans = world.clone();
    for row in &mut spans.rows {
        row.response_id = Some(format!("response of {}", row.event_id));
    }
    let copies: Vec<Exchange> = spans
        .rows
        .iter()
        .map(|row| Exchange { event_id: format!("{} again", row.event_id), ..row.clone() })
        .collect();
    spans.rows.extend(copies);
    let report = hunted(&spans);
    assert_eq!(report.summary.exchanges, expected.summary.exchanges);
    assert_eq!(report.summary.duplicates, world.rows.len() as u64);
    let sizes = |report: &HuntReport| -> Vec<(String, u64)> {
        report.campaigns.iter().map(|c| (c.campaign_id.clone(), c.exchanges)).collect()
    };
    assert_eq!(sizes(&report), sizes(&expected));
}

#[test]
fn a_group_judged_innocent_says_why_and_accuses_nobody() {
    let report = hunted(&world());
    let innocent: Vec<_> = report.campaigns.iter().filter(|c| c.severity == Severity::None).collect();
    assert!(!innocent.is_empty(), "a world without look-alikes would prove nothing");
    for campaign in innocent {
        let explained = campaign.alternatives.iter().find(|a| a.explained == Explained::Yes);
        match explained {
            Some(why) => {
                assert!(!why.speaks_for.is_empty(), "{}: {}", campaign.campaign_id, why.name);
                assert!(campaign.summary.contains(&why.name), "{}", campaign.summary);
            }
            None => assert!(campaign.summary.starts_with("nothing but"), "{}", campaign.summary),
        }
        assert_eq!(campaign.recommended_decision.action, Action::Observe);
        assert!(!campaign.recommended_decision.reason.is_empty());
        let scores = report.members.iter().filter(|m| m.campaign_id == campaign.campaign_id);
        assert!(scores.clone().count() > 0 && scores.clone().all(|m| m.score == 0.0));
    }
    for campaign in report.campaigns.iter().filter(|c| c.accuses()) {
        assert!(campaign.q_value <= report.summary.alpha);
        assert!(!campaign.evidence.is_empty());
        assert!(campaign.alternatives.iter().all(|a| a.explained != Explained::Yes));
    }
}
