//! Appeals: by whoever holds the link, judged by somebody who had no part in it.

use vigie_cases::{
    Actor, AppealDecision, AppealOutcome, AppealStatus, CasePatch, Decision, DecisionStatus, Disposition,
    NewDecision, Role, Statement,
};
use vigie_model::Action;
use vigie_store::records::{AppealFilter, ListQuery, RecordsError};

use crate::fixtures::{NOW, ctx, day, hunted_case, new_decision, person};
use crate::place::Store;

fn statement() -> Statement {
    Statement { statement: "I teach a class".to_owned(), contact: Some("me@example.org".to_owned()) }
}

fn answer(outcome: AppealOutcome) -> AppealDecision {
    AppealDecision { outcome, text: "we looked again".to_owned(), action: None }
}

fn appealed(store: &Store, author: &Actor, action: Action) -> (Decision, vigie_cases::Appeal) {
    let records = &store.records;
    let case = hunted_case(records, 30).case_id;
    let new = NewDecision { case_id: Some(case), ..new_decision("acct-00001", action) };
    let decision = records.create_decision(&ctx(author, NOW), &new).unwrap();
    let token = decision.appeal_token.clone().unwrap();
    records.file_appeal(&ctx(&Actor::Public, day(1)), &token, &statement()).unwrap();
    let filter = AppealFilter { decision_id: Some(decision.decision_id.clone()), ..AppealFilter::default() };
    let appeal = records.appeals(&filter, &ListQuery::default(), day(1)).unwrap().items.remove(0);
    (decision, appeal)
}

pub fn an_overturned_appeal_undoes_protects_and_scores(store: &Store) {
    let records = &store.records;
    let (ada, ben) = (person(records, "ada", Role::Analyst), person(records, "ben", Role::Analyst));
    let (decision, appeal) = appealed(store, &ada, Action::Refuse);
    assert_eq!(appeal.deadline_at, day(15));
    let token = decision.appeal_token.clone().unwrap();
    let seen = records.public_appeal(&token, day(1)).unwrap();
    assert_eq!(seen.evidence.iter().map(|e| e.code.as_str()).collect::<Vec<_>>(), ["shared-phrases"]);
    let told = serde_json::to_string(&seen).unwrap();
    assert!(!told.contains("payment"), "evidence that may not be disclosed stays here");
    let twice = records.file_appeal(&ctx(&Actor::Public, day(1)), &token, &statement());
    assert!(matches!(twice, Err(RecordsError::Conflict(_))), "{twice:?}");
    let mut false_token = token.clone();
    false_token.replace_range(token.len() - 1.., if token.ends_with('0') { "1" } else { "0" });
    assert!(matches!(records.public_appeal(&false_token, NOW), Err(RecordsError::NotFound(_))));

    let view = records.appeal(&ctx(&ben, day(2)), &appeal.appeal_id).unwrap();
    assert_eq!((view.evidence_disclosed.len(), view.evidence_withheld.len()), (1, 1));
    let late = AppealFilter { overdue: true, ..AppealFilter::default() };
    assert_eq!(records.appeals(&late, &ListQuery::default(), day(14)).unwrap().items.len(), 0);
    assert!(records.appeals(&late, &ListQuery::default(), day(16)).unwrap().items[0].overdue);

    records.claim_appeal(&ctx(&ben, day(2)), &appeal.appeal_id, Some(1)).unwrap();
    let decided = records
        .decide_appeal(&ctx(&ben, day(2)), &appeal.appeal_id, &answer(AppealOutcome::Overturned), None)
        .unwrap();
    assert_eq!((decided.status, decided.decided_at), (AppealStatus::Overturned, Some(day(2))));
    assert_eq!(records.decision(&decision.decision_id, day(2)).unwrap().status, DecisionStatus::Undone);
    let view = records.account("acct-00001", day(2)).unwrap();
    assert_eq!((view.exceptions.len(), view.effective), (1, None));
    assert_eq!(view.exceptions[0].appeal_id, Some(appeal.appeal_id));
    assert_eq!(
        records.public_appeal(&token, day(3)).unwrap().appeal.unwrap().outcome_text.unwrap(),
        "we looked again"
    );

    let case = decision.case_id.unwrap();
    let wrong = CasePatch { disposition: Some(Disposition::FalsePositive), ..CasePatch::default() };
    records.patch_case(&ctx(&ada, day(3)), &case, &wrong, None).unwrap();
    let cards = records.scorecards(day(3)).unwrap();
    let card = &cards[0];
    assert_eq!((card.detector.as_str(), card.cases, card.false_positive), ("split-extraction", 1, 1));
    assert_eq!((card.precision, card.overturned_share), (Some(0.0), Some(1.0)));
    assert_eq!((card.decisions, card.appeals, card.median_hours_to_decision), (1, 1, Some(0.0)));
}

pub fn who_decided_does_not_judge_the_appeal(store: &Store) {
    let records = &store.records;
    let (ada, ben) = (person(records, "ada", Role::Approver), person(records, "ben", Role::Approver));
    let cy = person(records, "cy", Role::Analyst);
    let ban = records.create_decision(&ctx(&ada, NOW), &new_decision("x", Action::Ban)).unwrap();
    let ban = records.approve_decision(&ctx(&ben, NOW), &ban.decision_id, "seen", None).unwrap();
    records.file_appeal(&ctx(&Actor::Public, NOW), ban.appeal_token.as_ref().unwrap(), &statement()).unwrap();
    let appeal =
        records.appeals(&AppealFilter::default(), &ListQuery::default(), NOW).unwrap().items.remove(0);
    for part in [&ada, &ben, &Actor::system("hunt"), &Actor::Public] {
        let claim = records.claim_appeal(&ctx(part, NOW), &appeal.appeal_id, None);
        assert!(matches!(claim, Err(RecordsError::Forbidden(_))), "{part:?}: {claim:?}");
        let judge =
            records.decide_appeal(&ctx(part, NOW), &appeal.appeal_id, &answer(AppealOutcome::Upheld), None);
        assert!(matches!(judge, Err(RecordsError::Forbidden(_))), "{part:?}: {judge:?}");
    }
    let upheld = records
        .decide_appeal(&ctx(&cy, NOW), &appeal.appeal_id, &answer(AppealOutcome::Upheld), None)
        .unwrap();
    assert_eq!(upheld.status, AppealStatus::Upheld);
    assert!(records.effective(&ban.entity, NOW).unwrap().is_some(), "it stands");
    let again =
        records.decide_appeal(&ctx(&cy, NOW), &appeal.appeal_id, &answer(AppealOutcome::Overturned), None);
    assert!(matches!(again, Err(RecordsError::Conflict(_))), "{again:?}");
}

pub fn a_milder_decision_replaces_one_that_was_too_harsh(store: &Store) {
    let records = &store.records;
    let (ada, ben) = (person(records, "ada", Role::Analyst), person(records, "ben", Role::Analyst));
    let (decision, appeal) = appealed(store, &ada, Action::Refuse);
    let harsher = AppealDecision { action: Some(Action::Ban), ..answer(AppealOutcome::Partly) };
    let refused = records.decide_appeal(&ctx(&ben, day(2)), &appeal.appeal_id, &harsher, None);
    assert!(matches!(refused, Err(RecordsError::Invalid(_))), "{refused:?}");
    let milder = AppealDecision { action: Some(Action::Throttle), ..answer(AppealOutcome::Partly) };
    records.decide_appeal(&ctx(&ben, day(2)), &appeal.appeal_id, &milder, None).unwrap();
    assert_eq!(records.decision(&decision.decision_id, day(2)).unwrap().status, DecisionStatus::Superseded);
    let now = records.effective(&decision.entity, day(2)).unwrap().unwrap();
    assert_eq!(
        (now.action, now.expires_at, now.origin.id),
        (Action::Throttle, decision.expires_at, appeal.appeal_id.to_string())
    );
}
