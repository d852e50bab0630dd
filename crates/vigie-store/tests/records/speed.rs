//! A case of 100,000 members comes in fast, and its lists stay fast at any depth.

use std::time::{Duration, Instant};

use vigie_model::Kind;
use vigie_store::records::{CaseFilter, ListQuery};

use crate::fixtures::{NOW, accounts, campaign, day, import};
use crate::place::{self, Store};

const MEMBERS: usize = 100_000;
/// Builds without optimisation, beside other tests, are several times slower than what is promised.
const SLACK: u32 = if cfg!(debug_assertions) { 10 } else { 1 };
/// What is promised for an import of [`MEMBERS`].
const IMPORT_MAX: Duration = Duration::from_secs(2);
/// What is promised for a page of any list.
const PAGE_MAX: Duration = Duration::from_millis(100);

fn a_large_case_is_fast(store: &Store) {
    let records = &store.records;
    let fleet = campaign("c1", Kind::SplitExtraction, &accounts("acct", 0, MEMBERS));
    let timed = |what: &str, most: Duration, f: &mut dyn FnMut()| {
        let began = Instant::now();
        f();
        let took = began.elapsed();
        eprintln!("{}: {what}: {took:?}", records.store());
        assert!(took < most * SLACK, "{what}: {took:?}");
    };
    let mut case = None;
    timed("first import", IMPORT_MAX, &mut || {
        case = import(records, NOW, std::slice::from_ref(&fleet)).opened.pop();
    });
    timed("later import", IMPORT_MAX, &mut || {
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
    assert!(depth < PAGE_MAX * SLACK, "{depth:?}");
    timed("page of cases", PAGE_MAX, &mut || {
        assert_eq!(records.cases(&CaseFilter::default(), &ListQuery::default()).unwrap().items.len(), 1);
    });
}

#[test]
fn a_large_case_is_fast_on_sqlite() {
    a_large_case_is_fast(&place::sqlite());
}

#[test]
fn a_large_case_is_fast_on_postgresql() {
    if let Some(server) = place::Server::start(place::Disk::Honest) {
        a_large_case_is_fast(&server.database("speed"));
    }
}
