//! The life of a case in people's hands.

use vigie_cases::{CasePatch, CaseStatus, Disposition, EventKind, Role};
use vigie_model::Kind;
use vigie_store::records::{AuditFilter, ListQuery, RecordsError};

use crate::fixtures::{NOW, accounts, campaign, ctx, day, hunted_case, import, new_case, person};
use crate::place::Store;

pub fn a_case_by_hand_is_patched_noted_and_closed(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let case = records.open_case(&ctx(&ada, NOW), &new_case("odd keys", &accounts("k", 0, 3))).unwrap();
    assert_eq!((case.members, case.notes, case.opened_by.as_str()), (3, 1, "ada"));

    let take = CasePatch {
        assignee: Some("ada".to_owned()),
        status: Some(CaseStatus::InReview),
        ..CasePatch::default()
    };
    let taken = records.patch_case(&ctx(&ada, day(1)), &case.case_id, &take, Some(case.version)).unwrap();
    assert_eq!((taken.status, taken.assignee.as_deref()), (CaseStatus::InReview, Some("ada")));
    let stale = records.patch_case(&ctx(&ada, day(1)), &case.case_id, &take, Some(case.version));
    assert!(matches!(stale, Err(RecordsError::Stale { current }) if current == taken.version), "{stale:?}");
    let nobody = CasePatch { assignee: Some("nobody-here".to_owned()), ..CasePatch::default() };
    let refused = records.patch_case(&ctx(&ada, day(1)), &case.case_id, &nobody, None);
    assert!(matches!(refused, Err(RecordsError::Invalid(_))), "{refused:?}");
    let bare = CasePatch { status: Some(CaseStatus::Closed), ..CasePatch::default() };
    let refused = records.patch_case(&ctx(&ada, day(1)), &case.case_id, &bare, None);
    assert!(matches!(refused, Err(RecordsError::Invalid(_))), "no closing without a disposition");

    records.add_note(&ctx(&ada, day(2)), &case.case_id, "asked the customer").unwrap();
    let close = CasePatch { disposition: Some(Disposition::Inconclusive), ..CasePatch::default() };
    let bulk = records
        .bulk_patch(&ctx(&ada, day(3)), &[case.case_id.clone(), vigie_cases::CaseId::mint(NOW, 1)], &close)
        .unwrap();
    assert_eq!(bulk.iter().map(|b| b.ok).collect::<Vec<_>>(), [true, false]);
    let closed = records.case(&case.case_id).unwrap();
    assert_eq!((closed.status, closed.closed_at, closed.notes), (CaseStatus::Closed, Some(day(3)), 2));

    let history = records.case_history(&case.case_id, &ListQuery::default()).unwrap();
    let what: Vec<EventKind> = history.items.iter().rev().map(|e| e.what).collect();
    use EventKind::{Assigned, Disposition as Disposed, Noted, Opened, Status};
    assert_eq!(what, [Opened, Noted, Assigned, Status, Noted, Disposed]);
}

pub fn merging_takes_members_and_splitting_lasts(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let case = hunted_case(records, 30).case_id;
    let hand = records.open_case(&ctx(&ada, NOW), &new_case("the same", &accounts("acct", 25, 40))).unwrap();
    let merged = records.merge_cases(&ctx(&ada, NOW), &hand.case_id, &case).unwrap();
    assert_eq!(merged.members, 40);
    let gone = records.case(&hand.case_id).unwrap();
    assert_eq!((gone.members, gone.merged_into), (0, Some(case.clone())));
    let late = records.add_note(&ctx(&ada, NOW), &hand.case_id, "still readable");
    assert!(late.is_ok(), "a note on what was merged away is not lost");
    let patch = CasePatch { title: Some("x".to_owned()), ..CasePatch::default() };
    let patched = records.patch_case(&ctx(&ada, NOW), &hand.case_id, &patch, None);
    assert!(matches!(patched, Err(RecordsError::Conflict(_))), "{patched:?}");

    let other = accounts("acct", 0, 5);
    let split = records.split_case(&ctx(&ada, NOW), &case, &other, "a class of students").unwrap();
    assert_eq!((split.members, records.case(&case).unwrap().members), (5, 35));
    let all = records.split_case(&ctx(&ada, NOW), &split.case_id, &other, "all of them");
    assert!(matches!(all, Err(RecordsError::Invalid(_))), "{all:?}");

    // A later hunt that names them all again leaves the five where they are.
    import(records, day(1), &[campaign("c1", Kind::SplitExtraction, &accounts("acct", 0, 40))]);
    assert_eq!(records.case(&case).unwrap().members, 35);
    let view = records.account(&other[0], day(1)).unwrap();
    assert_eq!(view.cases.iter().map(|c| &c.case_id).collect::<Vec<_>>(), [&split.case_id]);
}

pub fn stored_examples_are_shown_for_a_reason_that_the_audit_keeps(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let case = hunted_case(records, 30).case_id;
    let campaigns = records.case_campaigns(&case).unwrap();
    assert_eq!(campaigns[0].examples["shared-phrases"], 1);
    assert!(!serde_json::to_string(&campaigns).unwrap().contains("canary"), "masked until asked for");
    let silent = records.reveal_evidence(&ctx(&ada, NOW), &case, "shared-phrases", " ");
    assert!(matches!(silent, Err(RecordsError::Invalid(_))), "{silent:?}");
    let shown =
        records.reveal_evidence(&ctx(&ada, NOW), &case, "shared-phrases", "to judge the phrase").unwrap();
    assert_eq!(shown.examples, ["write step canary of the plan"]);
    let filter = AuditFilter { action: Some("evidence.revealed".to_owned()), ..AuditFilter::default() };
    let audit = records.audit_page(&filter, &ListQuery::default()).unwrap();
    assert_eq!(
        (audit.items[0].actor.as_str(), &audit.items[0].detail["reason"]),
        ("ada", &"to judge the phrase".into())
    );
    let history = records.case_history(&case, &ListQuery::default()).unwrap();
    assert_eq!(history.items[0].what, EventKind::ViewedText);

    let network = records.case_network(&case).unwrap();
    assert_eq!((network.nodes.len(), network.edges.len()), (30, 19));
    assert!(records.account("acct-00003", NOW).unwrap().links.len() == 1);
}
