//! Pages of lists.

use std::collections::BTreeSet;

use vigie_cases::Role;
use vigie_model::Kind;
use vigie_store::records::{CaseFilter, ListQuery, RecordsError};

use crate::fixtures::{NOW, accounts, campaign, ctx, day, hunted_case, import, new_case, person};
use crate::place::Store;

pub fn pages_show_every_item_once_under_every_sort(store: &Store) {
    let records = &store.records;
    let fleets: Vec<_> = (0..25)
        .map(|i| campaign(&format!("c{i}"), Kind::SplitExtraction, &accounts(&format!("f{i}"), 0, 1 + i % 4)))
        .collect();
    import(records, NOW, &fleets);
    let sorts = ["updated_at", "-updated_at", "opened_at", "severity", "-members", "exchanges"];
    for sort in sorts {
        let mut list = ListQuery { limit: 7, sort: Some(sort.to_owned()), ..ListQuery::default() };
        let (mut seen, mut pages) = (BTreeSet::new(), 0);
        loop {
            let page = records.cases(&CaseFilter::default(), &list).unwrap();
            assert_eq!(page.total.is_some(), pages == 0);
            for case in &page.items {
                assert!(seen.insert(case.case_id.clone()), "{sort}: twice");
            }
            pages += 1;
            match page.next_cursor {
                Some(cursor) => list.cursor = Some(cursor),
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (25, 4), "{sort}");
        list.sort = Some("updated_at".to_owned());
    }
    let wrong = ListQuery { sort: Some("colour".to_owned()), ..ListQuery::default() };
    assert!(matches!(records.cases(&CaseFilter::default(), &wrong), Err(RecordsError::Invalid(_))));
    let forged = ListQuery { cursor: Some("6162".to_owned()), ..ListQuery::default() };
    assert!(matches!(records.cases(&CaseFilter::default(), &forged), Err(RecordsError::Invalid(_))));
    let case = records.cases(&CaseFilter::default(), &ListQuery { limit: 1, ..Default::default() }).unwrap();
    let id = &case.items[0].case_id;
    let members = ListQuery { sort: Some("-share".to_owned()), limit: 1, ..ListQuery::default() };
    assert!(records.case_members(id, &members, NOW).is_ok());
}

pub fn odd_texts_are_looked_for_as_they_are(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    hunted_case(records, 3);
    for title in ["100 % sure", "under_score", "back\\slash", "Ünïcode", "quote ' and ;--", "nul \0 inside"]
    {
        let case = records.open_case(&ctx(&ada, day(1)), &new_case(title, &[])).unwrap();
        let list = ListQuery { q: Some(title.to_owned()), ..ListQuery::default() };
        let found = records.cases(&CaseFilter::default(), &list).unwrap();
        assert!(found.items.iter().any(|c| c.case_id == case.case_id), "{title:?}");
    }
    let percent = ListQuery { q: Some("%".to_owned()), ..ListQuery::default() };
    assert_eq!(records.cases(&CaseFilter::default(), &percent).unwrap().items.len(), 1, "no wildcard");
    assert!(matches!(records.account("nul \0", NOW), Err(RecordsError::NotFound(_))));
}
