//! Facts in, verdict out: what accuses a group, what clears it, and that nothing accuses alone.

#![expect(
    clippy::unwrap_used,
    reason = "what tests share stands outside the test functions that clippy knows"
)]

use proptest::prelude::*;
use vigie_detectors::{Contrast, Facts, Judgement, Readings, alternatives, cleared, judge, mark, vouched};
use vigie_model::{Explained, Kind, Severity};

/// A statistic that is what matched groups show.
fn usual(value: f64) -> Contrast {
    Contrast { observed: value, expected: value, p: 1.0 }
}

/// A statistic far beyond every matched group.
fn beyond(observed: f64, expected: f64) -> Contrast {
    Contrast { observed, expected, p: 0.002 }
}

/// Forty accounts in which nothing stands out.
fn ordinary() -> Facts {
    let mut facts = Facts::default();
    facts.size.accounts = 40;
    facts.size.slice = 4_000;
    facts.size.share = 1.0;
    facts.size.per_account = 100.0;
    facts.size.evenness = usual(-1.2);
    facts.size.days = 14.0;
    facts.content.seen = 1.0;
    facts.content.similarity = usual(0.1);
    facts.content.overlap = 0.4;
    facts.content.distinct = 0.95;
    facts.content.single_turn = usual(0.4);
    facts.content.marks = vec![usual(0.02); 15];
    facts.content.output_ratio = 1.0;
    facts.rhythm.flatness = usual(0.7);
    facts.rhythm.synchrony = usual(0.1);
    facts.rhythm.common_start = usual(0.3);
    facts.rhythm.release_turn = usual(0.2);
    facts.origin.seen = 1.0;
    facts.identity.known = 1.0;
    facts.identity.paying = 0.5;
    facts.identity.failed_payments_ratio = 1.0;
    facts.history.seen = 1.0;
    facts.chance = 1.0;
    facts
}

/// A fleet that shares out one job behind a few payments and addresses.
fn fleet() -> Facts {
    let mut facts = ordinary();
    facts.size.evenness = beyond(-0.2, -1.2);
    facts.content.similarity = beyond(0.4, 0.1);
    facts.content.overlap = 0.02;
    facts.content.wrapped = 0.9;
    facts.content.single_turn = beyond(0.98, 0.4);
    facts.content.marks[mark::DATASET] = beyond(0.6, 0.02);
    facts.content.output_ratio = 1.6;
    facts.rhythm.common_start = beyond(0.9, 0.3);
    facts.rhythm.flatness = beyond(0.95, 0.7);
    facts.origin.one_client = beyond(1.0, 0.1);
    facts.origin.one_setting = beyond(0.9, 0.05);
    facts.origin.one_model = beyond(0.9, 0.3);
    facts.origin.shared_address = 0.8;
    facts.origin.shared_network = 0.9;
    facts.origin.address_purity = 0.9;
    facts.identity.paying = 1.0;
    facts.identity.shared_payment = 0.7;
    facts.identity.top_payment = 0.1;
    facts.chance = 0.002;
    facts
}

fn explained_by(judgement: &Judgement) -> Vec<&str> {
    let explains = |a: &&vigie_model::Alternative| a.explained == Explained::Yes;
    judgement.alternatives.iter().filter(explains).map(|a| a.name.as_str()).collect()
}

fn assert_innocent(facts: &Facts, why: &str) {
    let judgement = judge(facts);
    assert_eq!((judgement.severity, judgement.kind), (Severity::None, Kind::InnocentGroup), "{why}");
    assert!(explained_by(&judgement).contains(&why), "{why}: {:?}", explained_by(&judgement));
}

#[test]
fn a_clear_fleet_is_accused_with_evidence_from_several_layers() {
    let judgement = judge(&fleet());
    assert_eq!(judgement.kind, Kind::SplitExtraction);
    assert_eq!(judgement.severity, Severity::High);
    assert!(judgement.margin > 1.0, "{}", judgement.margin);
    assert!(explained_by(&judgement).is_empty());
    let layers: std::collections::BTreeSet<_> = judgement.evidence.iter().map(|e| e.layer as u8).collect();
    assert!(layers.len() >= 3, "{layers:?}");
    assert!(judgement.evidence.is_sorted_by(|a, b| a.weight >= b.weight));
}

#[test]
fn an_ordinary_group_shows_nothing() {
    let judgement = judge(&ordinary());
    assert_eq!(judgement.severity, Severity::None);
    assert!(judgement.evidence.is_empty(), "{:?}", judgement.evidence);
    assert!(judgement.margin < 0.0);
}

#[test]
fn the_same_traffic_under_one_declared_organisation_is_one_customer() {
    let mut facts = fleet();
    facts.identity.declared = 1.0;
    facts.identity.top_org = 1.0;
    assert_innocent(&facts, "one-customer");
}

#[test]
fn the_operators_own_label_explains_the_same_traffic() {
    for label in 0..4 {
        let mut facts = fleet();
        let labels = &mut facts.identity.labels;
        *[
            &mut labels.licensed_reseller,
            &mut labels.verified_researcher,
            &mut labels.own_model_distillation,
            &mut labels.internal,
        ][label] = 1.0;
        assert_innocent(&facts, "licensed-or-verified");
    }
    let mut facts = fleet();
    facts.identity.labels.licensed_reseller = 0.1;
    assert!(judge(&facts).severity > Severity::None, "one labelled member vouches for nobody else");
}

#[test]
fn a_benchmark_at_a_university_is_no_campaign() {
    let mut facts = fleet();
    // Each evaluates what it likes, with tools of its own.
    facts.size.evenness = usual(-1.2);
    facts.origin.one_client = usual(0.2);
    facts.origin.one_setting = usual(0.1);
    facts.content.overlap = 0.8;
    facts.identity.academic = 0.9;
    facts.identity.top_domain = 0.9;
    facts.identity.domain_purity = 0.3;
    facts.identity.shared_payment = 0.0;
    facts.origin.shared_address = 0.1;
    assert_innocent(&facts, "benchmark");
}

#[test]
fn a_classroom_behind_one_address_is_no_campaign() {
    let mut facts = fleet();
    // Pupils talk, each as much and in such a way as they like.
    facts.size.evenness = usual(-1.2);
    facts.content.single_turn = usual(0.4);
    facts.origin.one_setting = usual(0.1);
    facts.rhythm.flatness = usual(0.7);
    facts.origin.one_client = usual(0.2);
    facts.content.overlap = 0.5;
    facts.content.output_ratio = 1.0;
    facts.content.marks[mark::DATASET] = usual(0.02);
    facts.origin.top_network = 1.0;
    facts.origin.top_address = 0.95;
    facts.identity.academic = 0.9;
    facts.identity.shared_payment = 0.0;
    facts.identity.top_payment = 0.0;
    assert_innocent(&facts, "classroom");
}

#[test]
fn what_nobody_could_see_clears_nobody() {
    let unseen = Facts::default();
    let readings = Readings::from(&fleet());
    for tried in alternatives(&unseen, &readings, 0.0) {
        assert_ne!(tried.explained, Explained::Yes, "{}", tried.name);
    }
    assert!(!cleared(&alternatives(&fleet(), &readings, 0.0)));
}

#[test]
fn a_likeness_explains_a_weak_case_and_who_somebody_is_explains_any() {
    let mut facts = fleet();
    facts.content.overlap = 0.8;
    facts.identity.declared = 1.0;
    let readings = Readings::from(&Facts { identity: Facts::default().identity, ..facts.clone() });
    let explained = |log_odds: f64, name: &str| {
        let tried = alternatives(&facts, &readings, log_odds);
        tried.into_iter().find(|a| a.name == name).unwrap()
    };
    assert_eq!(explained(1.0, "benchmark").explained, Explained::Yes);
    let strong = explained(6.0, "benchmark");
    assert_eq!(strong.explained, Explained::Partly);
    assert!(strong.speaks_against.iter().any(|point| point.contains("stronger")), "{strong:?}");
    assert_eq!(explained(6.0, "one-customer").explained, Explained::Yes);
    assert!(vouched(&[explained(6.0, "one-customer")]));
    assert!(!vouched(&[explained(1.0, "benchmark")]), "nobody vouches for a likeness");
}

#[test]
fn every_reading_lies_between_none_and_all() {
    for facts in [ordinary(), fleet(), Facts::default()] {
        for (name, value) in values(&Readings::from(&facts)) {
            assert!((0.0..=1.0).contains(&value), "{name}: {value}");
        }
    }
}

type Raise = fn(&mut Facts, f64);

/// Every reading and the facts that raise it alone, from 0 to 1.
const RAISE: [(&str, Raise); 19] = [
    ("narrow", |f, x| {
        f.content.similarity = beyond(0.1 + 0.5 * x, 0.1);
        f.content.wrapped = x;
    }),
    ("shared_out", |f, x| f.content.overlap = 0.4 * (1.0 - x)),
    ("single", |f, x| f.content.single_turn = beyond(0.4 + 0.6 * x, 0.4)),
    ("long_answers", |f, x| f.content.output_ratio = 1.0 + 4.0 * x),
    ("extraction", |f, x| f.content.marks[mark::DATASET] = beyond(x, 0.0)),
    ("persona_scripts", |f, x| f.content.marks[mark::SOCIAL] = beyond(x, 0.0)),
    ("harmful_scripts", |f, x| f.content.marks[mark::PHISHING] = beyond(x, 0.0)),
    ("in_step", |f, x| f.rhythm.synchrony = beyond(0.1 + 0.9 * x, 0.1)),
    ("began_together", |f, x| f.rhythm.common_start = beyond(0.3 + 0.7 * x, 0.3)),
    ("equal_portions", |f, x| f.size.evenness = beyond(-1.2 * (1.0 - x), -1.2)),
    ("sleepless", |f, x| f.rhythm.flatness = beyond(0.7 + 0.3 * x, 0.7)),
    ("declared", |f, x| f.identity.declared = x),
    ("common_payment", |f, x| f.identity.shared_payment = x),
    ("common_domain", |f, x| (f.identity.top_domain, f.identity.domain_purity) = (x, x)),
    ("common_origin", |f, x| (f.origin.shared_address, f.origin.address_purity) = (x, x)),
    ("common_settings", |f, x| (f.origin.top_settings, f.origin.settings_purity) = (x, x)),
    ("serial_sign_up", |f, x| (f.history.serial, f.history.sign_up_day) = (x, x)),
    ("failed_payments", |f, x| f.identity.failed_payments_ratio = 1.0 + 9.0 * x),
    ("taken_over", |f, x| (f.history.taken_over, f.history.probed) = (x, x)),
];

fn values(readings: &Readings) -> Vec<(String, f64)> {
    let value = serde_json::to_value(readings).unwrap();
    value.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.as_f64().unwrap())).collect()
}

#[test]
fn each_reading_is_raised_by_its_own_facts_and_no_other() {
    assert!(
        values(&Readings::from(&ordinary())).iter().all(|(_, v)| *v == 0.0),
        "{:?}",
        values(&Readings::from(&ordinary()))
    );
    for (name, raise) in RAISE {
        let mut facts = ordinary();
        raise(&mut facts, 1.0);
        for (reading, value) in values(&Readings::from(&facts)) {
            assert_eq!(value, f64::from(u8::from(reading == name)), "{name} moves {reading}");
        }
    }
    let tried: Vec<&str> = RAISE.iter().map(|(name, _)| *name).collect();
    let untried = values(&Readings::default())
        .into_iter()
        .find(|(r, _)| !tried.contains(&r.as_str()) && r != "replaced");
    assert_eq!(untried, None, "a reading that is not tried alone");
}

proptest! {
    #[test]
    fn no_single_reading_accuses(
        which in 0..RAISE.len(),
        strength in 0.0..=1.0f64,
        accounts in 5..2_000usize,
        volume in 1..200_000usize,
    ) {
        let mut facts = ordinary();
        facts.size.accounts = accounts;
        facts.size.slice = volume;
        RAISE[which].1(&mut facts, strength);
        let judgement = judge(&facts);
        prop_assert_eq!(judgement.severity, Severity::None, "{} at {}", RAISE[which].0, strength);
        prop_assert!(judgement.margin < 0.0);
    }

    #[test]
    fn bans_among_the_members_accuse_nobody_alone(stopped in 0.0..=1.0f64, hand_overs in 0..41usize) {
        let mut facts = ordinary();
        facts.identity.stopped = stopped;
        facts.history.hand_overs = hand_overs;
        prop_assert_eq!(judge(&facts).severity, Severity::None);
    }

    #[test]
    fn a_declared_owner_never_makes_a_case_clearer(declared in 0.0..=1.0f64) {
        let mut facts = fleet();
        facts.identity.declared = declared;
        prop_assert!(judge(&facts).margin <= judge(&fleet()).margin);
    }
}
