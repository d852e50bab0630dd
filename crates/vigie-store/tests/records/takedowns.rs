//! Takedowns: from preview to reversal, and how they stop.

use vigie_cases::{
    CasePatch, DecisionStatus, Disposition, Entity, NewTakedown, Role, StopLimits, TakedownStatus, WaveStatus,
};
use vigie_model::{Action, Kind};
use vigie_store::records::{DecisionFilter, ListQuery, NewException, RecordsError};

use crate::fixtures::{
    NOW, accounts, campaign, ctx, day, first_wave, hunted_case, import, lenient, new_takedown, person,
    treated,
};
use crate::place::Store;

pub fn a_takedown_goes_from_preview_to_reversal(store: &Store) {
    let records = &store.records;
    let (ada, ben) = (person(records, "ada", Role::Analyst), person(records, "ben", Role::Approver));
    let case = hunted_case(records, 400).case_id;
    let new = new_takedown(Action::Suspend);
    let preview = records.preview_takedown(&case, &new, NOW).unwrap();
    assert_eq!((preview.accounts, preview.exchanges, preview.needs_approval), (400, 40_000, true));
    assert_eq!(preview.bystanders_total, 40, "every tenth has most of its traffic elsewhere");
    assert_eq!(preview.share_of_traffic, Some(0.04));
    assert_eq!(preview.by_score.iter().map(|b| b.accounts).sum::<u64>(), 400);

    let takedown = records.create_takedown(&ctx(&ada, NOW), &case, &new).unwrap();
    assert_eq!(takedown.status, TakedownStatus::PendingApproval);
    let id = &takedown.takedown_id;
    assert_eq!(takedown.waves.iter().map(|w| w.accounts).sum::<u64>() + takedown.hold_out, 400);
    assert_eq!(preview.hold_out.accounts, takedown.hold_out, "the preview told the truth");
    let early = records.advance_takedown(&ctx(&ada, NOW), id, None);
    assert!(matches!(early, Err(RecordsError::Conflict(_))), "{early:?}");
    let own = records.approve_takedown(&ctx(&ada, NOW), id, "mine", None);
    assert!(matches!(own, Err(RecordsError::Forbidden(_))), "{own:?}");
    records.approve_takedown(&ctx(&ben, NOW), id, "seen", Some(1)).unwrap();

    let running = records.advance_takedown(&ctx(&ada, NOW), id, None).unwrap();
    assert_eq!((running.status, running.waves[0].status), (TakedownStatus::Running, WaveStatus::Applied));
    assert_eq!(running.outcome.applied, running.waves[0].accounts);
    let hit = treated(records, &running);
    assert_eq!(hit.len() as u64, running.outcome.applied);
    assert!(hit.iter().all(|d| d.status == DecisionStatus::Active && d.appeal_token.is_some()));
    assert!(hit.iter().all(|d| d.evidence.iter().any(|e| e.disclosable)));
    while records.takedown(id).unwrap().status == TakedownStatus::Running {
        records.advance_takedown(&ctx(&ada, NOW), id, None).unwrap();
    }
    let filter = DecisionFilter { takedown_id: Some(id.clone()), ..DecisionFilter::default() };
    assert_eq!(records.decisions(&filter, &ListQuery::default(), NOW).unwrap().total, Some(400));
    let members = records.case_members(&case, &ListQuery { limit: 500, ..Default::default() }, NOW).unwrap();
    let held = members.items.iter().filter(|m| m.decision.is_none()).count() as u64;
    assert_eq!(held, takedown.hold_out, "the hold-out is left alone");

    import(records, day(1), &[campaign("c2", Kind::SplitExtraction, &accounts("acct", 0, 200))]);
    let observed = records.preview_takedown(&case, &new, day(1)).unwrap().hold_out.observed.unwrap();
    assert_eq!(observed.held + observed.treated, 400);
    assert_eq!(observed.held_named_again + observed.treated_named_again, 200);

    let reversed = records.reverse_takedown(&ctx(&ben, day(1)), id, "all wrong", None).unwrap();
    assert_eq!(reversed.status, TakedownStatus::Reversed);
    assert!(treated(records, &reversed).iter().all(|d| d.status == DecisionStatus::Undone));
    assert_eq!(records.effective(&Entity::account(&hit[0].entity.id), day(1)).unwrap(), None);
    assert!(records.audit_verify().unwrap().ok);
}

pub fn a_takedown_stops_by_itself(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    lenient(records, StopLimits { appeals_share: 0.1, false_positive_share: 0.1, min_wave: 20 });
    let case = hunted_case(records, 200).case_id;
    let takedown = first_wave(records, &ada, &case, Action::Throttle);
    let hit = treated(records, &takedown);
    assert_eq!(hit.len(), 20);
    let public = ctx(&vigie_cases::Actor::Public, NOW);
    let statement = vigie_cases::Statement { statement: "it was not me".to_owned(), contact: None };
    for decision in &hit[..2] {
        records.file_appeal(&public, decision.appeal_token.as_ref().unwrap(), &statement).unwrap();
    }
    assert_eq!(
        records.takedown(&takedown.takedown_id).unwrap().status,
        TakedownStatus::Running,
        "2 of 20 is the limit"
    );
    records.file_appeal(&public, hit[2].appeal_token.as_ref().unwrap(), &statement).unwrap();
    let stopped = records.takedown(&takedown.takedown_id).unwrap();
    assert_eq!((stopped.status, stopped.outcome.appeals), (TakedownStatus::Stopped, 3));
    assert!(stopped.stop_reason.unwrap().contains("3 appeals"));
    assert_eq!(stopped.waves[1].status, WaveStatus::Stopped);
    assert!(records.advance_takedown(&ctx(&ada, NOW), &takedown.takedown_id, None).is_err());

    // Closing the case as wrong stops another.
    let other = first_wave(records, &ada, &case, Action::Throttle);
    let wrong = CasePatch { disposition: Some(Disposition::FalsePositive), ..CasePatch::default() };
    records.patch_case(&ctx(&ada, NOW), &case, &wrong, None).unwrap();
    assert_eq!(records.takedown(&other.takedown_id).unwrap().status, TakedownStatus::Stopped);
}

pub fn later_takedowns_leave_the_excepted_out(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    lenient(records, StopLimits::default());
    let case = hunted_case(records, 60).case_id;
    let except = |account: &str| {
        let entity = Entity::account(account);
        let new = NewException { entity, reason: "known".to_owned(), expires_at: None, case_id: None };
        records.create_exception(&ctx(&ada, NOW), &new).unwrap();
    };
    except("acct-00007");
    let new = NewTakedown {
        hold_out_share: Some(0.0),
        waves: Some(vec![0.5, 1.0]),
        exclude: vec!["acct-00008".to_owned()],
        ..new_takedown(Action::Throttle)
    };
    let preview = records.preview_takedown(&case, &new, NOW).unwrap();
    assert_eq!((preview.accounts, preview.excepted), (58, vec!["acct-00007".to_owned()]));
    let takedown = records.create_takedown(&ctx(&ada, NOW), &case, &new).unwrap();
    // An exception that comes after the plan holds, too.
    except("acct-00009");
    let id = &takedown.takedown_id;
    records.advance_takedown(&ctx(&ada, NOW), id, None).unwrap();
    let done = records.advance_takedown(&ctx(&ada, NOW), id, None).unwrap();
    assert_eq!((done.status, done.outcome.applied), (TakedownStatus::Done, 57));
    let hit: Vec<String> = treated(records, &done).into_iter().map(|d| d.entity.id).collect();
    assert!(["acct-00007", "acct-00008", "acct-00009"].iter().all(|a| !hit.contains(&(*a).to_owned())));
    // A later hunt says how many of those it names are protected.
    let report = import(records, day(1), &[campaign("c2", Kind::SplitExtraction, &accounts("acct", 0, 60))]);
    assert_eq!(report.excepted, 2);
    let nobody = NewTakedown { exclude: accounts("acct", 0, 60), ..new };
    let refused = records.create_takedown(&ctx(&ada, NOW), &case, &nobody);
    assert!(matches!(refused, Err(RecordsError::Invalid(_))), "{refused:?}");
}
