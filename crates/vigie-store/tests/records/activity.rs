//! What accounts did: kept of each hunt, shown on the account's page, and what takedowns of cases by hand go by.

use vigie_cases::{CasePatch, NewTakedown, Role, StopLimits, TakedownStatus};
use vigie_model::{Action, ActivityLink, Kind, Layer, Micros};
use vigie_store::records::{ListQuery, NewCase, Records, RecordsError};

use crate::fixtures::{
    NOW, accounts, activity, campaign, ctx, day, import, import_with, lenient, new_case, new_takedown, person,
};
use crate::place::{Store, tamper};

pub fn an_account_shows_what_the_furthest_hunt_saw_of_it(store: &Store) {
    let records = &store.records;
    let fleet = [campaign("c1", Kind::SplitExtraction, &accounts("acct", 0, 40))];
    let link = |to: &str, weight| ActivityLink { account_id: to.to_owned(), weight, layer: Layer::Timing };
    // The picture's link between the two is stronger than the one that the hunt kept of the account itself.
    let (mut member, bystander) = (activity("acct-00001", NOW, 10), activity("honest", NOW, 3));
    member.links = vec![link("acct-00039", 9.0), link("acct-00000", 1.0)];
    let report = import_with(records, NOW, &fleet, &[member, bystander]);
    assert_eq!(report.activity, 2);

    let view = records.account("acct-00001", NOW).unwrap();
    let seen = view.seen.unwrap();
    assert_eq!((seen.exchanges, seen.refused, seen.tokens, seen.networks), (20, 2, Some(200), Some(2)));
    assert_eq!((seen.first, seen.last), (Micros(NOW.0 - Micros::DAY), Micros(NOW.0 - Micros::HOUR)));
    assert_eq!(view.timeline.len(), vigie_model::STRETCHES, "silent stretches, too");
    assert_eq!(view.timeline[0].start, seen.first);
    let busy: Vec<(usize, u64, u64)> = view
        .timeline
        .iter()
        .enumerate()
        .filter(|(_, b)| b.exchanges > 0)
        .map(|(n, b)| (n, b.exchanges, b.campaign_exchanges))
        .collect();
    assert_eq!(busy, [(0, 10, 5), (57, 10, 5)]);
    let links: Vec<(&str, f64)> = view.links.iter().map(|l| (l.account_id.as_str(), l.weight)).collect();
    assert_eq!(links, [("acct-00039", 9.0), ("acct-00000", 4.0)], "the strongest of each");
    assert_eq!(view.campaigns[0].why, ["They share 40 phrases."]);
    let list = ListQuery { q: Some("00001".to_owned()), ..ListQuery::default() };
    let members = records.case_members(&view.cases[0].case_id, &list, NOW).unwrap().items;
    assert_eq!(members[0].exchanges, Some(18), "its share of what it sent");

    // An account of no case is known all the same; one that nobody saw is not.
    let honest = records.account("honest", NOW).unwrap();
    assert!(honest.cases.is_empty() && honest.seen.is_some_and(|s| s.exchanges == 6));
    assert!(matches!(records.account("unseen", NOW), Err(RecordsError::NotFound(_))));

    // Earlier logs that are taken in later change nothing; later ones do.
    import_with(records, day(-30), &[], &[activity("honest", day(-30), 500)]);
    assert_eq!(records.account("honest", NOW).unwrap().seen.unwrap().exchanges, 6);
    import_with(records, day(1), &[], &[activity("honest", day(1), 7)]);
    assert_eq!(records.account("honest", NOW).unwrap().seen.unwrap().exchanges, 14);
    assert_eq!(records.account("acct-00001", NOW).unwrap().seen.unwrap().exchanges, 20, "not seen again");
}

fn named(records: &Records, author: &vigie_cases::Actor) -> NewCase {
    import_with(records, NOW, &[], &[activity("a1", NOW, 100), activity("a2", NOW, 50)]);
    let names = ["a1", "a2", "a3"].map(str::to_owned);
    assert!(author.may(Role::Analyst));
    new_case("three of them", &names)
}

pub fn a_case_by_hand_is_taken_down_by_what_hunts_counted(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    lenient(records, StopLimits::default());
    let new = named(records, &ada);
    let case = records.open_case(&ctx(&ada, NOW), &new).unwrap();
    assert_eq!((case.exchanges, case.tokens), (300, Some(3_000)));
    assert_eq!(case.last_seen, Some(Micros(NOW.0 - Micros::HOUR)));
    let id = &case.case_id;

    let plan = NewTakedown { hold_out_share: Some(0.0), ..new_takedown(Action::Throttle) };
    let preview = records.preview_takedown(id, &plan, NOW).unwrap();
    assert_eq!((preview.accounts, preview.measured), (3, 2), "nobody saw a3");
    assert_eq!((preview.exchanges, preview.tokens), (300, Some(3_000)));
    assert_eq!(preview.share_of_traffic, Some(0.000_3));
    let without = NewTakedown { exclude: vec!["a1".to_owned()], ..plan.clone() };
    assert_eq!(records.preview_takedown(id, &without, NOW).unwrap().exchanges, 100);

    let takedown = records.create_takedown(&ctx(&ada, NOW), id, &plan).unwrap();
    assert_eq!(takedown.evidence[0].text, "seen in the queue", "the note is the evidence");
    let done = records.advance_takedown(&ctx(&ada, NOW), &takedown.takedown_id, None).unwrap();
    assert_eq!((done.status, done.outcome.applied), (TakedownStatus::Done, 3));
    records.reverse_takedown(&ctx(&ada, NOW), &takedown.takedown_id, "wrong", None).unwrap();

    // Without a word of why there is no evidence, and the answer says what to do.
    let bare = records.open_case(&ctx(&ada, NOW), &NewCase { note: None, ..new }).unwrap();
    let refused = records.create_takedown(&ctx(&ada, NOW), &bare.case_id, &plan).unwrap_err();
    assert!(refused.to_string().contains("write a note first"), "{refused}");
    records.add_note(&ctx(&ada, NOW), &bare.case_id, "they share one script").unwrap();
    records.create_takedown(&ctx(&ada, NOW), &bare.case_id, &plan).unwrap();
}

pub fn later_hunts_count_open_cases_by_hand_anew(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let new = named(records, &ada);
    let [open, closed] = [0, 1].map(|_| records.open_case(&ctx(&ada, NOW), &new).unwrap());
    let patch =
        CasePatch { disposition: Some(vigie_cases::Disposition::Inconclusive), ..CasePatch::default() };
    let closed = records.patch_case(&ctx(&ada, NOW), &closed.case_id, &patch, None).unwrap();
    import_with(records, day(1), &[], &[activity("a3", day(1), 11)]);
    let counted = records.case(&open.case_id).unwrap();
    assert_eq!((counted.exchanges, counted.version), (322, open.version + 1));
    assert_eq!(records.case(&closed.case_id).unwrap(), closed, "what is closed rests");
    // A hunt that saw none of them leaves the case as it is.
    import(records, day(2), &[]);
    assert_eq!(records.case(&open.case_id).unwrap(), counted);
}

pub fn a_store_of_before_is_brought_up_to_date(store: &Store) {
    person(&store.records, "ada", Role::Analyst);
    tamper(&store.url, "DROP TABLE activity; UPDATE schema_version SET version = 1");
    let again = Records::open(&store.url).unwrap();
    import_with(&again, NOW, &[], &[activity("a1", NOW, 1)]);
    assert_eq!(again.account("a1", NOW).unwrap().seen.unwrap().exchanges, 2);
    assert!(again.user_by_name("ada").unwrap().is_some());
    tamper(&store.url, "UPDATE schema_version SET version = 99");
    let newer = Records::open(&store.url).err().unwrap().to_string();
    assert!(newer.contains("version 99"), "{newer}");
}
