//! Whole hunts over small tables.

use proptest::prelude::*;
use vigie_model::{HuntReport, Micros, ObjectTouch};

use super::hunt_objects;
use super::rng::Rng;
use crate::{Quiet, Settings, Window};

const DAY: usize = Micros::DAY as usize;

fn touch(account: usize, object: impl Into<String>, time: usize) -> ObjectTouch {
    ObjectTouch {
        account_id: format!("a{account:04}"),
        object_id: object.into(),
        timestamp: Micros(time as i64),
        layer: Some("url".to_owned()),
    }
}

fn hunt(touches: Vec<ObjectTouch>) -> HuntReport {
    hunt_objects(&mut touches.into_iter(), Window::default(), &Settings::default(), &Quiet)
}

fn accused(report: &HuntReport) -> usize {
    report.campaigns.iter().filter(|c| c.accuses()).count()
}

/// Honest accounts: each touches a few objects, popular and rare, over a month; some deal with one another.
fn honest(accounts: usize, seed: u64) -> Vec<ObjectTouch> {
    let mut rng = Rng::new(seed);
    let mut touches = Vec::new();
    for a in 0..accounts {
        let began = rng.below(25 * DAY);
        for _ in 0..1 + rng.below(6) {
            let object = rng.below(30) * rng.below(30);
            touches.push(touch(a, format!("o{object}"), began + rng.below(5 * DAY)));
        }
        if rng.below(4) == 0 {
            touches.push(touch(a, format!("a{:04}", rng.below(accounts)), began));
        }
    }
    touches
}

#[test]
fn accounts_that_touch_the_same_rare_objects_together_are_found() {
    let mut touches = honest(600, 3);
    for object in 0..4 {
        for a in 300..312 {
            touches.push(touch(a, format!("hit{object}"), object * 5 * DAY + a * 1_000_000));
        }
    }
    let report = hunt(touches);
    let found = report.campaigns.iter().find(|c| c.accuses()).expect("the crew is found");
    assert!((10..=14).contains(&found.accounts), "{}", found.summary);
    assert!(found.q_value <= 0.05);
    assert_eq!(accused(&report), 1);
    assert!(report.exchanges.is_empty());
    let crew = report.members.iter().filter(|m| m.campaign_id == found.campaign_id);
    assert!(crew.clone().all(|m| m.share > 0.2 && m.share <= 1.0 && m.score > 0.5));
}

#[test]
fn a_closed_chain_of_transfers_is_found_and_four_friends_are_not_accused() {
    let mut touches = honest(800, 4);
    let mut deal = |a: usize, b: usize, time: usize| {
        touches.push(touch(a, format!("a{b:04}"), time));
        touches.push(touch(b, format!("a{a:04}"), time + 1));
    };
    // New accounts in a chain, started within the hour.
    (900..929).for_each(|a| deal(a, a + 1, 9 * DAY + (a - 900) * 60_000_000));
    (950..953).for_each(|a| deal(a, a + 1, 12 * DAY));
    let report = hunt(touches);
    let named: Vec<&str> = report
        .campaigns
        .iter()
        .filter(|c| c.accuses())
        .flat_map(|c| report.members.iter().filter(|m| m.campaign_id == c.campaign_id))
        .map(|m| m.account_id.as_str())
        .collect();
    assert!(named.iter().filter(|n| **n >= "a0900" && **n <= "a0929").count() >= 25, "{named:?}");
    assert!(!named.iter().any(|n| *n >= "a0950"), "{named:?}");
}

#[test]
fn a_crowd_at_one_event_is_not_accused() {
    let mut rng = Rng::new(8);
    let touches = (0..2_000).flat_map(|a| {
        let time = rng.below(DAY / 24);
        let object = rng.below(60) * rng.below(60);
        [touch(a, format!("tag{}", object % 7), time), touch(a, format!("text{object}"), time)]
    });
    assert_eq!(accused(&hunt(touches.collect())), 0);
}

#[test]
fn honest_tables_hardly_ever_give_a_campaign() {
    let false_hunts = (0..20).filter(|&seed| accused(&hunt(honest(300, 100 + seed))) > 0).count();
    assert!(false_hunts <= 3, "{false_hunts} of 20 at a promised rate of 1 in 20");
}

#[test]
fn shuffling_objects_among_accounts_destroys_campaigns() {
    let mut false_hunts = 0;
    for seed in 0..10 {
        let mut touches = honest(400, seed);
        for object in 0..4 {
            (100..120).for_each(|a| touches.push(touch(a, format!("hit{object}"), object * DAY)));
        }
        let mut rng = Rng::new(seed);
        for i in (1..touches.len()).rev() {
            let j = rng.below(i + 1);
            let object = std::mem::take(&mut touches[i].object_id);
            touches[i].object_id = std::mem::replace(&mut touches[j].object_id, object);
        }
        false_hunts += usize::from(accused(&hunt(touches)) > 0);
    }
    assert!(false_hunts <= 2, "{false_hunts} of 10");
}

#[test]
fn an_empty_table_gives_an_empty_report() {
    let report = hunt(Vec::new());
    assert_eq!((report.summary.exchanges, report.campaigns.len()), (0, 0));
    assert_eq!(report.summary.first_seen, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn the_order_of_touches_does_not_matter(seed in 0u64..1000) {
        let mut touches = honest(150, seed);
        for object in 0..3 {
            (20..30).for_each(|a| touches.push(touch(a, format!("hit{object}"), object * 7 * DAY)));
        }
        let mut shuffled = touches.clone();
        let mut rng = Rng::new(seed);
        for i in (1..shuffled.len()).rev() {
            shuffled.swap(i, rng.below(i + 1));
        }
        prop_assert_eq!(hunt(touches), hunt(shuffled));
    }
}
