//! Hunts that come one after the other, and the cases they open or find again.

use vigie_cases::{CasePatch, CaseStatus, Disposition, EventKind, Role};
use vigie_model::{HuntSummary, Kind, Severity};
use vigie_store::records::{CaseFilter, Ctx, ListQuery, NewHunt, RecordsError};

use crate::fixtures::{NOW, accounts, campaign, ctx, day, hunted_case, hunter, import, person};
use crate::place::Store;

pub fn a_later_hunt_updates_its_case_and_never_opens_it_twice(store: &Store) {
    let records = &store.records;
    let mut innocent = campaign("quiet", Kind::InnocentGroup, &accounts("class", 0, 30));
    innocent.0.severity = Severity::None;
    let first =
        import(records, NOW, &[campaign("c1", Kind::SplitExtraction, &accounts("acct", 0, 100)), innocent]);
    assert_eq!((first.opened.len(), first.innocent), (1, 1));
    let case = &first.opened[0];

    // Another id, another kind of the same family, 60 of the accounts and 40 new ones: the same fleet.
    let later = campaign("c2", Kind::BalancedExtraction, &accounts("acct", 40, 140));
    // Other accounts: another fleet.
    let other = campaign("c3", Kind::SplitExtraction, &accounts("others", 0, 50));
    let second = import(records, day(1), &[later, other]);
    assert_eq!(second.updated, std::slice::from_ref(case));
    assert_eq!(second.opened.len(), 1);

    let found = records.case(case).unwrap();
    assert_eq!(found.members, 140, "a case does not forget whom it named");
    assert_eq!(found.campaigns, ["c2"]);
    let history = records.case_history(case, &ListQuery::default()).unwrap();
    assert_eq!(history.items[0].what, EventKind::UpdatedByHunt);
    assert_eq!(records.cases(&CaseFilter::default(), &ListQuery::default()).unwrap().total, Some(2));

    // The same id again: the same case, whatever its members.
    let third = import(records, day(2), &[campaign("c2", Kind::KeyTakeover, &accounts("new", 0, 3))]);
    assert_eq!(third.updated, std::slice::from_ref(case));
}

pub fn a_case_closed_as_wrong_stays_closed_and_counts_what_came_again(store: &Store) {
    let records = &store.records;
    let analyst = person(records, "ada", Role::Analyst);
    let case = hunted_case(records, 40).case_id;
    let close = |disposition| CasePatch { disposition: Some(disposition), ..CasePatch::default() };
    records.patch_case(&ctx(&analyst, NOW), &case, &close(Disposition::FalsePositive), None).unwrap();
    let again = import(records, day(1), &[campaign("c9", Kind::SplitExtraction, &accounts("acct", 0, 40))]);
    assert_eq!((again.remembered.len(), again.opened.len()), (1, 0));
    let found = records.case(&case).unwrap();
    assert_eq!((found.status, found.seen_again), (CaseStatus::Closed, 1));

    // Closed as abuse, it comes back to the queue.
    records.patch_case(&ctx(&analyst, day(1)), &case, &close(Disposition::TruePositive), None).unwrap();
    import(records, day(2), &[campaign("c9", Kind::SplitExtraction, &accounts("acct", 0, 40))]);
    let found = records.case(&case).unwrap();
    assert_eq!((found.status, found.disposition), (CaseStatus::Open, None));
}

pub fn two_hunts_differ_by_case(store: &Store) {
    let records = &store.records;
    let fleet = |id: &str, prefix: &str, n| campaign(id, Kind::SplitExtraction, &accounts(prefix, 0, n));
    import(records, NOW, &[fleet("a", "grows", 30), fleet("b", "shrinks", 30), fleet("c", "goes", 30)]);
    import(records, day(1), &[fleet("a2", "grows", 40), fleet("b2", "shrinks", 20), fleet("d", "comes", 9)]);
    let hunts = records.hunts(&ListQuery::default()).unwrap().items;
    let diff = records.hunt_diff(&hunts[1].hunt_id, &hunts[0].hunt_id).unwrap();
    let of = |list: &[vigie_cases::CampaignChange]| -> Vec<(String, u64, u64)> {
        list.iter().map(|c| (c.campaign_id.clone(), c.accounts_before, c.accounts_after)).collect()
    };
    assert_eq!(of(&diff.grown), [("a2".to_owned(), 30, 40)]);
    assert_eq!(of(&diff.shrunk), [("b2".to_owned(), 30, 20)]);
    assert_eq!(of(&diff.gone), [("c".to_owned(), 30, 0)]);
    assert_eq!(of(&diff.new), [("d".to_owned(), 0, 9)]);
    let overview = records.overview(NOW, day(1)).unwrap();
    assert_eq!((overview.new_cases, overview.changed_cases, overview.open_cases), (1, 2, 4));
    assert_eq!(overview.traffic_at_risk.exchanges, 6900);
    assert_eq!(overview.last_hunt.unwrap().hunt_id, hunts[0].hunt_id);
}

pub fn a_hunt_is_imported_once_and_whole(store: &Store) {
    let records = &store.records;
    let ctx = Ctx::new(hunter(), NOW);
    let new = NewHunt {
        inputs: Vec::new(),
        until: None,
        config: None,
        out_dir: "out".to_owned(),
        status: vigie_cases::HuntStatus::Queued,
    };
    let hunt = records.create_hunt(&ctx, &new).unwrap().hunt_id;
    let fleet = campaign("c1", Kind::SplitExtraction, &accounts("acct", 0, 10));
    // The second campaign names a member twice: counted once.
    let mut twice = campaign("c2", Kind::KeyTakeover, &accounts("key", 0, 10));
    twice.1.push(twice.1[0].clone());
    let campaigns = [fleet, twice];
    let report = records.import_campaigns(&ctx, &hunt, &HuntSummary::default(), &campaigns, &[]).unwrap();
    assert_eq!(records.case(&report.opened[1]).unwrap().members, 10);
    let again = records.import_campaigns(&ctx, &hunt, &HuntSummary::default(), &campaigns, &[]);
    assert!(matches!(again, Err(RecordsError::Conflict(_))), "{again:?}");
    assert_eq!(records.hunt(&hunt).unwrap().campaigns, 2);
}
