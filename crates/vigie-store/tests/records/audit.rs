//! The audit chain, the clock, and requests that come twice.

use vigie_cases::{DecisionStatus, Role};
use vigie_model::Action;
use vigie_store::records::{AuditFilter, AuditNote, Ctx, DecisionFilter, ListQuery, Records, RecordsError};

use crate::fixtures::{NOW, ctx, day, hunter, new_case, new_decision, person};
use crate::place::{Store, tamper};

pub fn tampering_is_seen_wherever_it_happens(store: &Store) {
    let records = &store.records;
    for i in 0..20 {
        let detail = serde_json::json!({ "i": i, "share": 0.1 });
        let note = AuditNote { action: "test.noted".to_owned(), target: format!("t{i}"), detail };
        records.note(&ctx(&hunter(), day(i)), &note).unwrap();
    }
    let sound = records.audit_verify().unwrap();
    assert_eq!((sound.ok, sound.entries), (true, 20));
    let filter =
        AuditFilter { action: Some("test.".to_owned()), since: Some(day(5)), ..AuditFilter::default() };
    assert_eq!(records.audit_page(&filter, &ListQuery::default()).unwrap().total, Some(15));

    let broken_at = |sql: &str, back: &str| {
        tamper(&store.url, sql);
        let check = records.audit_verify().unwrap();
        tamper(&store.url, back);
        assert!(!check.ok, "{sql}");
        check.broken_at.unwrap()
    };
    let (one, other) = (
        "UPDATE audit SET actor = 'nobody' WHERE seq = 7",
        "UPDATE audit SET actor = 'vigie:hunt' WHERE seq = 7",
    );
    assert_eq!(broken_at(one, other), 7);
    let hidden = "UPDATE audit SET seq = 1007 WHERE seq = 7";
    assert_eq!(broken_at(hidden, "UPDATE audit SET seq = 7 WHERE seq = 1007"), 7);
    let cut = "UPDATE audit SET seq = -1 WHERE seq = 20";
    assert_eq!(broken_at(cut, "UPDATE audit SET seq = 20 WHERE seq = -1"), 20, "an end that was cut off");
    assert!(records.audit_verify().unwrap().ok);
}

pub fn the_clock_marks_what_is_over(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let made = records.create_decision(&ctx(&ada, NOW), &new_decision("a", Action::Throttle)).unwrap();
    assert!(records.effective(&made.entity, day(9)).unwrap().is_some());
    assert_eq!(
        records.effective(&made.entity, day(10)).unwrap(),
        None,
        "over, whether or not the clock was called"
    );
    let expired = DecisionFilter { status: Some(DecisionStatus::Expired), ..DecisionFilter::default() };
    let soon = DecisionFilter { expiring_within_days: Some(3), ..DecisionFilter::default() };
    let count = |filter, now| records.decisions(filter, &ListQuery::default(), now).unwrap().total.unwrap();
    assert_eq!((count(&expired, day(9)), count(&soon, day(6)), count(&soon, day(8))), (0, 0, 1));
    assert_eq!(count(&expired, day(10)), 1);
    assert_eq!(records.tick(&ctx(&hunter(), day(10))).unwrap().expired, 1);
    assert_eq!(records.tick(&ctx(&hunter(), day(10))).unwrap().expired, 0);
    assert_eq!(records.decision(&made.decision_id, day(11)).unwrap().status, DecisionStatus::Expired);
    let late = records.undo_decision(&ctx(&ada, day(11)), &made.decision_id, "late", None);
    assert!(matches!(late, Err(RecordsError::Conflict(_))), "{late:?}");
}

pub fn a_repeated_request_gets_the_answer_of_the_first(store: &Store) {
    let records = &store.records;
    let (ada, ben) = (person(records, "ada", Role::Analyst), person(records, "ben", Role::Analyst));
    let keyed = |actor, key: &str| Ctx { idempotency_key: Some(key.to_owned()), ..ctx(actor, NOW) };
    let new = new_case("one", &["a".to_owned()]);
    let first = records.open_case(&keyed(&ada, "k"), &new).unwrap();
    assert_eq!(records.open_case(&keyed(&ada, "k"), &new).unwrap(), first);
    assert_ne!(
        records.open_case(&keyed(&ben, "k"), &new).unwrap().case_id,
        first.case_id,
        "keys are people's own"
    );
    let other = records.open_case(&keyed(&ada, "k"), &new_case("two", &["a".to_owned()]));
    assert!(matches!(other, Err(RecordsError::Conflict(_))), "{other:?}");
    let failed = records.add_note(&keyed(&ada, "n"), &vigie_cases::CaseId::mint(NOW, 1), "x");
    assert!(matches!(failed, Err(RecordsError::NotFound(_))));
    assert!(
        records.add_note(&keyed(&ada, "n"), &first.case_id, "x").is_ok(),
        "what failed may be tried again"
    );
    records.tick(&ctx(&hunter(), day(3))).unwrap();
    assert_ne!(
        records.open_case(&keyed(&ada, "k"), &new).unwrap().case_id,
        first.case_id,
        "forgotten after two days"
    );
}

pub fn writers_on_many_threads_and_handles_make_one_chain(store: &Store) {
    let other = Records::open(&store.url).unwrap();
    let ada = person(&store.records, "ada", Role::Analyst);
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let records = if thread % 2 == 0 { &store.records } else { &other };
            let ada = &ada;
            scope.spawn(move || {
                for i in 0..10 {
                    let new = new_decision(&format!("a{thread}-{i}"), Action::Label);
                    records.create_decision(&ctx(ada, NOW), &new).unwrap();
                    records.decisions(&DecisionFilter::default(), &ListQuery::default(), NOW).unwrap();
                }
            });
        }
    });
    let check = other.audit_verify().unwrap();
    assert_eq!((check.ok, check.entries), (true, 61), "{check:?}");
    let changes = other.changes_since(0, 1000).unwrap();
    assert_eq!((changes.len() as u64, changes.last().unwrap().seq), (60, other.changes_head().unwrap()));
}
