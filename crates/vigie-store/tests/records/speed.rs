//! A case of 100,000 members comes in whole, is listed to any depth and taken down and back; what each step took is
//! printed, since a test that is timed fails on a busy machine. Figures are in docs/how-to/serve.md.

use std::time::{Duration, Instant};

use vigie_cases::{NewTakedown, Role, StopLimits};
use vigie_model::{AccountActivity, Action, ActivityBucket, Kind, Micros};
use vigie_store::records::{CaseFilter, ListQuery};

use crate::fixtures::{
    NOW, accounts, activity, campaign, ctx, day, hunted_case, import, import_with, lenient, new_decision,
    new_takedown, person,
};
use crate::place::{self, Store};

const MEMBERS: usize = 100_000;

fn a_large_case_is_fast(store: &Store) {
    let records = &store.records;
    let fleet = campaign("c1", Kind::SplitExtraction, &accounts("acct", 0, MEMBERS));
    let timed = |what: &str, f: &mut dyn FnMut()| {
        let began = Instant::now();
        f();
        let took = began.elapsed();
        eprintln!("{}: {what}: {took:?}", records.store());
    };
    let mut case = None;
    timed("first import", &mut || {
        case = import(records, NOW, std::slice::from_ref(&fleet)).opened.pop();
    });
    timed("later import", &mut || {
        assert_eq!(import(records, day(1), std::slice::from_ref(&fleet)).updated.len(), 1);
    });
    let case = case.unwrap();
    let mut list = ListQuery { limit: 500, ..ListQuery::default() };
    let mut depth = Duration::ZERO;
    for _ in 0..20 {
        let began = Instant::now();
        list.cursor = records.case_members(&case, &list, NOW).unwrap().next_cursor;
        depth = depth.max(began.elapsed());
    }
    eprintln!("{}: slowest of 20 pages of 500 members: {depth:?}", records.store());
    timed("preview of a takedown of all", &mut || {
        assert_eq!(
            records.preview_takedown(&case, &new_takedown(Action::Throttle), NOW).unwrap().accounts,
            100_000
        );
    });
    timed("page of cases", &mut || {
        assert_eq!(records.cases(&CaseFilter::default(), &ListQuery::default()).unwrap().items.len(), 1);
    });
}

fn activity_of_many_is_kept_fast(store: &Store) {
    let records = &store.records;
    let busy = |account: &String| {
        let one = activity(account, NOW, 10);
        let start = |n: i64| Micros(one.first_seen.0 + n * Micros::DAY / 60);
        let timeline = (0..60).map(|n| ActivityBucket { start: start(n), ..one.timeline[0] }).collect();
        AccountActivity { timeline, ..one }
    };
    let all: Vec<AccountActivity> = accounts("acct", 0, MEMBERS).iter().map(busy).collect();
    for what in ["first", "later"] {
        let began = Instant::now();
        assert_eq!(import_with(records, NOW, &[], &all).activity, MEMBERS as u64);
        let took = began.elapsed();
        eprintln!("{}: {what} activity of {MEMBERS} accounts: {took:?}", records.store());
    }
    assert!(records.account("acct-00077", NOW).unwrap().seen.is_some());
}

/// Accounts of the takedown that is timed.
const HIT: usize = 10_000;

fn a_large_takedown_is_fast(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    lenient(records, StopLimits::default());
    let case = hunted_case(records, HIT).case_id;
    let new =
        NewTakedown { waves: Some(vec![1.0]), hold_out_share: Some(0.0), ..new_takedown(Action::Throttle) };
    let takedown = records.create_takedown(&ctx(&ada, NOW), &case, &new).unwrap();
    let began = Instant::now();
    let done = records.advance_takedown(&ctx(&ada, NOW), &takedown.takedown_id, None).unwrap();
    let applied = began.elapsed();
    assert_eq!(done.outcome.applied, HIT as u64);
    let began = Instant::now();
    records.reverse_takedown(&ctx(&ada, NOW), &takedown.takedown_id, "wrong", None).unwrap();
    let reversed = began.elapsed();
    eprintln!("{}: takedown of {HIT}: applied in {applied:?}, reversed in {reversed:?}", records.store());
}

/// Decisions a second, each acknowledged on disk, from one thread and from eight.
fn decisions_are_fast(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    for threads in [1_usize, 8] {
        let each = 160 / threads;
        let began = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let ada = &ada;
                scope.spawn(move || {
                    for i in 0..each {
                        let new = new_decision(&format!("a{threads}-{thread}-{i}"), Action::Label);
                        records.create_decision(&ctx(ada, NOW), &new).unwrap();
                    }
                });
            }
        });
        let took = began.elapsed();
        let second = 160.0 / took.as_secs_f64();
        eprintln!("{}: {second:.0} decisions a second from {threads} threads", records.store());
    }
}

#[test]
fn large_cases_and_takedowns_work_on_sqlite() {
    a_large_case_is_fast(&place::sqlite());
    a_large_takedown_is_fast(&place::sqlite());
    activity_of_many_is_kept_fast(&place::sqlite());
    decisions_are_fast(&place::sqlite());
}

#[test]
fn large_cases_and_takedowns_work_on_postgresql() {
    if let Some(server) = place::Server::start(place::Disk::Honest) {
        a_large_case_is_fast(&server.database("cases"));
        a_large_takedown_is_fast(&server.database("takedowns"));
        activity_of_many_is_kept_fast(&server.database("activity"));
        decisions_are_fast(&server.database("decisions"));
    }
}
