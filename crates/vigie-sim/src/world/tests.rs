//! What must hold of every world: it is reproducible, its truth fits its log, and no single trivial feature of
//! an account tells campaigns from honest people.

use std::fs;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};
use vigie_model::Exchange;

use super::config::{Archetype, CampaignSpec, Lookalike, LookalikeSpec, WorldConfig};
use super::plan::{Plan, Role};
use super::render::Pen;
use super::{WorldError, draw, generate};

fn tiny(seed: u64) -> WorldConfig {
    WorldConfig { seed, exchanges: 3_000, accounts: 300, days: 7, ..WorldConfig::default() }
}

fn bytes_of(config: &WorldConfig) -> Vec<Vec<u8>> {
    let dir = tempfile::tempdir().unwrap();
    generate(config, dir.path(), &mut |_| {}).unwrap();
    let mut names: Vec<PathBuf> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    assert_eq!(names.len(), 6);
    names.iter().map(|p| fs::read(p).unwrap()).collect()
}

fn rows(plan: &Plan<'_>, mut each: impl FnMut(usize, &Exchange)) {
    let mut pen = Pen::default();
    for (index, moment) in plan.moments.iter().enumerate() {
        each(index, pen.write(plan, moment, index));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let (first, again, other) = (bytes_of(&tiny(7)), bytes_of(&tiny(7)), bytes_of(&tiny(8)));
    assert!(first == again);
    assert!(first.iter().zip(&other).all(|(a, b)| a != b));
}

#[test]
fn rows_are_in_order_with_ids_of_their_own_and_come_close_to_the_target() {
    let config = WorldConfig { seed: 3, ..WorldConfig::preset("small").unwrap() };
    let plan = draw(&config).unwrap();
    let (mut ids, mut last) = (FxHashSet::default(), i64::MIN);
    rows(&plan, |_, row| {
        assert!(row.timestamp.0 >= last && row.completion.is_none() && row.prompt.is_some());
        assert!(!row.prompt.as_deref().unwrap_or_default().is_empty());
        last = row.timestamp.0;
        assert!(ids.insert(row.event_id.clone()));
    });
    let off = ids.len() as f64 / config.exchanges as f64;
    assert!((0.9..1.1).contains(&off), "{off}");
    let accounts = plan.accounts.len() as f64 / config.accounts as f64;
    assert!((0.97..1.1).contains(&accounts), "{accounts}");
}

#[test]
fn every_archetype_and_look_alike_can_be_planted_alone() {
    for archetype in Archetype::ALL {
        let spec = CampaignSpec { accounts: Some(12), ..CampaignSpec::of(archetype) };
        let config = WorldConfig { campaigns: Some(vec![spec]), lookalikes: Some(Vec::new()), ..tiny(5) };
        let plan = draw(&config).unwrap();
        assert_eq!((plan.networks.len(), plan.networks[0].malicious), (1, true));
        assert!(plan.members.len() >= 12, "{archetype:?}: {}", plan.members.len());
        assert!(
            plan.moments.iter().any(|m| plan.streams[m.stream as usize].network == Some(0)),
            "{archetype:?}"
        );
    }
    for kind in Lookalike::ALL {
        let spec = LookalikeSpec { kind, accounts: Some(9) };
        let config = WorldConfig { campaigns: Some(Vec::new()), lookalikes: Some(vec![spec]), ..tiny(6) };
        let plan = draw(&config).unwrap();
        assert_eq!((plan.networks.len(), plan.networks[0].malicious), (1, false));
        assert_eq!(plan.members.len(), 9, "{kind:?}");
        assert!(plan.moments.iter().any(|m| plan.streams[m.stream as usize].network == Some(0)), "{kind:?}");
    }
}

#[test]
fn a_world_without_campaigns_has_none() {
    let config = WorldConfig { campaigns: Some(Vec::new()), ..tiny(2) };
    let plan = draw(&config).unwrap();
    assert!(plan.networks.iter().all(|n| !n.malicious) && plan.networks.len() >= 6);
    let config = WorldConfig { lookalikes: Some(Vec::new()), ..config };
    assert!(draw(&config).unwrap().members.is_empty());
}

#[test]
fn knobs_do_what_they_say() {
    let with = |change: &dyn Fn(&mut CampaignSpec)| {
        let mut spec = CampaignSpec {
            accounts: Some(40),
            requests_per_account_day: Some(6.0),
            start_day: Some(0.0),
            days: Some(7.0),
            rotation: Some(0.0),
            cover: Some(0.0),
            ..CampaignSpec::of(Archetype::ResoldAccess)
        };
        change(&mut spec);
        WorldConfig { campaigns: Some(vec![spec]), lookalikes: Some(Vec::new()), exchanges: 6_000, ..tiny(9) }
    };
    let slice = |share: f64| {
        let config = with(&|s| s.share = Some(share));
        let plan = draw(&config).unwrap();
        assert!(plan.members.iter().all(|m| m.2 == Role::Mixed));
        let members: FxHashSet<u32> = plan.members.iter().map(|m| m.0).collect();
        let of = |network: bool| {
            let (streams, members) = (&plan.streams, &members);
            plan.moments.iter().filter(move |m| {
                let stream = &streams[m.stream as usize];
                members.contains(&stream.account) && stream.network.is_some() == network
            })
        };
        of(true).count() as f64 / (of(true).count() + of(false).count()) as f64
    };
    assert!((slice(0.1) - 0.1).abs() < 0.04 && (slice(0.5) - 0.5).abs() < 0.08);
    let rotated = with(&|s| (s.archetype, s.rotation) = (Archetype::SplitExtraction, Some(0.5)));
    let plan = draw(&rotated).unwrap();
    let banned = |m: &&(u32, u32, Role)| {
        plan.accounts[m.0 as usize].status == Some(vigie_model::AccountStatus::Banned)
    };
    assert!(plan.members.len() > 55 && plan.members.iter().filter(banned).count() > 12);
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let mut spec = CampaignSpec::of(Archetype::SplitExtraction);
    spec.paraphrase = Some(1.5);
    let error = draw(&WorldConfig { campaigns: Some(vec![spec]), ..tiny(1) }).err().unwrap();
    assert!(matches!(&error, WorldError::Config(what) if what.contains("paraphrase")), "{error}");
    assert!(draw(&WorldConfig { accounts: 0, ..tiny(1) }).is_err());
    let json = r#"{"seed": 3, "campaigns": [{"archetype": "key-takeover", "acounts": 3}]}"#;
    assert!(serde_json::from_str::<WorldConfig>(json).unwrap_err().to_string().contains("acounts"));
}

#[test]
fn real_text_is_used_where_a_corpus_is_given() {
    let dir = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    if !dir.exists() {
        eprintln!("skipped: the corpus is not on this machine");
        return;
    }
    let config = WorldConfig { corpus: Some(dir.to_path_buf()), ..tiny(4) };
    let plan = draw(&config).unwrap();
    let mut lengths: FxHashMap<bool, (usize, usize)> = FxHashMap::default();
    rows(&plan, |index, row| {
        let network = plan.streams[plan.moments[index].stream as usize].network;
        let entry = lengths.entry(network.is_some()).or_default();
        *entry = (entry.0 + 1, entry.1 + row.prompt.as_deref().map_or(0, str::len));
    });
    let mean = |of: bool| lengths[&of].1 as f64 / lengths[&of].0 as f64;
    assert!(mean(true) > 60.0 && mean(false) > 60.0, "{lengths:?}");
    let missing = WorldConfig { corpus: Some(dir.join("nowhere")), ..tiny(4) };
    assert!(matches!(draw(&missing), Err(WorldError::Corpus { .. })));
}
