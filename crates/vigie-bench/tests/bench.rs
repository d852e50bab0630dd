//! What a benchmark run must give, on real data where it is there and on a page made by hand.

use std::path::Path;

use vigie_bench::real::real_data;
use vigie_bench::{
    BenchReport, Comparison, Cost, Endpoint, Load, Method, Plan, Quiet, Reads, Speed, StoreLoad, bench,
};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

#[test]
fn connected_components_have_their_known_figures_on_half_of_hop() {
    let data = Path::new(DATA);
    if !data.join("account_networks/hop_accounts.csv.gz").exists() {
        eprintln!("skipped: the Hop airdrop is not beside the project");
        return;
    }
    let hop = real_data(data).unwrap().hop.unwrap();
    assert_eq!((hop.accounts, hop.sybils, hop.transfers), (24_383, 7_733, 26_889));
    // Worked out by another program from the same files.
    let ten = hop.transfers_alone.components.iter().find(|c| c.accounts_min == 10).unwrap();
    let rounded = |v: Option<f64>| (v.unwrap() * 1_000.0).round();
    assert_eq!(rounded(ten.hits.precision), 840.0);
    assert_eq!(rounded(ten.hits.recall), 614.0);
    assert_eq!(rounded(ten.hits.f1), 709.0);
    assert_eq!(hop.sybils_without_transfer, 2_269);
}

fn method(name: &str, recall: f64) -> Method {
    Method {
        name: name.into(),
        setting: "as shipped".into(),
        settings: 1,
        recall_at: vec![recall; 3],
        recall_at_vigie: recall,
        precision: Some(1.0),
        recall: Some(recall),
        b_cubed_f1: None,
        recovered: 1,
        networks: 2,
        look_alikes: 0,
        cost: Cost::default(),
    }
}

fn report() -> BenchReport {
    BenchReport {
        baselines: vec![Comparison {
            world: "small".into(),
            vigie_false: 3,
            allowed: vec![0, 1, 12],
            methods: vec![method("Vigie", 0.9), method("PRADA on text", 0.2)],
        }],
        quiet: Some(Quiet {
            worlds: 50,
            exchanges: 100_000,
            reporting: 3,
            campaigns: 3,
            accused: 14,
            accounts: 150_000,
            promised: 0.05,
            accused_by_archetype: vec![("classroom".into(), 14)],
        }),
        speed: Some(Speed {
            world: "large".into(),
            exchanges: 4_000_000,
            fold: Cost { wall_s: 40.0, peak_mib: Some(900), ..Cost::default() },
            hunt: Cost { wall_s: 30.0, peak_mib: Some(1_900), ..Cost::default() },
            prompts_per_s: 300_000.0,
            prompt_bytes: 310.0,
            campaigns: 7,
        }),
        ..BenchReport::default()
    }
}

#[test]
fn broken_promises_are_said_as_plainly_as_kept_ones() {
    let page = report().to_markdown();
    for line in [
        "| hunts that report a campaign where there is none | ≤ 2 of 50 | 3 | **not kept** |",
        "| recall at equal false accounts, against the best baseline | clearly above | 0.900 against 0.200 | kept |",
        "| hunt of 4,000,000 exchanges from Parquet | ≤ 90 s | 70 s for 4000000 | kept |",
        "- classroom: 14 accounts accused",
    ] {
        assert!(page.contains(line), "`{line}` is not in\n{page}");
    }
}

#[test]
fn parts_run_alone_are_merged_and_quick_ones_never_into_full_ones() {
    let old = report();
    let new = BenchReport { quiet: None, speed: None, ..report() };
    assert_eq!(new.clone().merge(old.clone()), old);
    let quick = BenchReport { quick: true, ..new };
    assert_eq!(quick.clone().merge(old), quick);
}

#[test]
fn a_report_survives_json() {
    let json = serde_json::to_string(&report()).unwrap();
    assert_eq!(serde_json::from_str::<BenchReport>(&json).unwrap().to_markdown(), report().to_markdown());
}

#[test]
fn without_data_the_real_part_is_left_out() {
    let scratch = tempfile::tempdir().unwrap();
    let plan = Plan { parts: vec![vigie_bench::Part::Real], ..Plan::full(scratch.path().to_owned(), None) };
    assert_eq!(bench(&plan, &mut |_| ()).unwrap().real, None);
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
}

fn load(p95_ms: f64, hunting_share: f64) -> Load {
    let total = Reads { reads: 3_000, failed: 2, p50_ms: 4.0, p95_ms, p99_ms: 150.0, max_ms: 210.25 };
    let endpoints = vec![Endpoint { what: "overview".into(), reads: Reads { reads: 240, ..total } }];
    let store =
        StoreLoad { store: "SQLite".into(), total, late_p95_ms: 1.5, hunts: 6, hunting_share, endpoints };
    Load {
        exchanges: 320_000,
        accounts: 6_400,
        cases: 11,
        seconds: 60.0,
        reads_per_s: 50.0,
        analysts: 50,
        stores: vec![store],
    }
}

#[test]
fn reads_beside_a_hunt_have_a_section_and_a_promise_that_needs_the_hunt() {
    let page = |load| BenchReport { load: Some(load), ..report() }.to_markdown();
    let kept = page(load(80.0, 0.97));
    for line in [
        "| p95 of 50 reads a second beside a running hunt | ≤ 100 ms | 80 ms at 50 a second | kept |",
        "| of these reads, failed | 0 | 2 | **not kept** |",
        "A hunt was running 97 % of the time; 6 ended meanwhile.",
        "| **all** | 3000 | 2 | 4.0 | 80.0 | 150.0 | 210.2 |",
        "| overview | 240 | 2 | 4.0 | 80.0 | 150.0 | 210.2 |",
    ] {
        assert!(kept.contains(line), "`{line}` is not in\n{kept}");
    }
    assert!(page(load(101.0, 0.97)).contains("101 ms at 50 a second | **not kept**"));
    assert!(
        page(load(80.0, 0.5)).contains("80 ms at 50 a second | **not kept**"),
        "half the time nothing was hunted"
    );
}

#[test]
fn what_is_absent_is_said_and_remarks_outlive_other_runs() {
    let page = report().to_markdown();
    let absent = "**Not measured in this file**: worlds with campaigns, what pooling gives, where it begins to fail, real data, \
                  reads beside a hunt.";
    assert!(page.contains(absent), "`{absent}` is not in\n{page}");
    let old =
        BenchReport { load: Some(load(80.0, 1.0)), remarks: vec!["Taken beside builds.".into()], ..report() };
    let merged = report().merge(old.clone());
    assert_eq!(merged, old);
    assert!(merged.to_markdown().contains("\nTaken beside builds.\n"));
    assert!(!merged.to_markdown().contains("reads beside a hunt."));
}

#[test]
fn the_published_page_says_what_its_figures_say() {
    let docs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"));
    let read = |name| std::fs::read_to_string(docs.join(name)).unwrap();
    let report: BenchReport = serde_json::from_str(&read("benchmarks.json")).unwrap();
    assert!(report.to_markdown() == read("benchmarks.md"), "run the bin `page` of vigie-bench");
}
