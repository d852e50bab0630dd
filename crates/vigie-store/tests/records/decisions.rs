//! Decisions: what they need, who approves, what holds when several meet.

use vigie_cases::{Actor, DecisionStatus, Entity, EntityType, LADDER, NewDecision, Role, Scope, TokenId};
use vigie_model::Action;
use vigie_store::records::{DecisionFilter, ListQuery, NewException, RecordsError};

use crate::fixtures::{NOW, ctx, day, lenient, new_decision, person};
use crate::place::Store;

pub fn nothing_is_decided_without_evidence_reason_and_expiry(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let good = new_decision("a", Action::Throttle);
    let wrong = [
        NewDecision { evidence: Vec::new(), ..good.clone() },
        NewDecision { reason_text: " ".to_owned(), ..good.clone() },
        NewDecision { expires_at: NOW, ..good.clone() },
        NewDecision { expires_at: day(401), ..good.clone() },
        NewDecision { entity: Entity::account(""), ..good.clone() },
        NewDecision { entity: Entity { kind: EntityType::Slice, id: "no-slash".to_owned() }, ..good.clone() },
    ];
    for new in wrong {
        let refused = records.create_decision(&ctx(&ada, NOW), &new);
        assert!(matches!(refused, Err(RecordsError::Invalid(_))), "{refused:?}");
    }
    for action in LADDER.into_iter().filter(|a| *a < Action::Suspend) {
        let made = records.create_decision(&ctx(&ada, NOW), &new_decision("a", action)).unwrap();
        assert_eq!(made.status, DecisionStatus::Active);
        assert_eq!(made.appeal_token.is_some(), action >= Action::Throttle, "{action:?} needs a way back");
    }
}

pub fn a_second_person_approves_what_the_policy_says(store: &Store) {
    let records = &store.records;
    let (ada, ben) = (person(records, "ada", Role::Approver), person(records, "ben", Role::Approver));
    let cy = person(records, "cy", Role::Analyst);
    let made = records.create_decision(&ctx(&ada, NOW), &new_decision("a", Action::Ban)).unwrap();
    assert_eq!((made.status, made.appeal_token), (DecisionStatus::PendingApproval, None));
    assert_eq!(records.effective(&made.entity, NOW).unwrap(), None, "nothing acts before it is approved");
    let Actor::User { user_id, name, .. } = ada.clone() else { panic!("a user") };
    let own_token = Actor::Token {
        token_id: TokenId::mint(NOW, 1),
        name: "script".to_owned(),
        owner: user_id,
        owner_name: name,
        scopes: vec![Scope::Admin],
    };
    for eyes in [&ada, &own_token, &cy, &Actor::system("hunt")] {
        let refused = records.approve_decision(&ctx(eyes, NOW), &made.decision_id, "fine", None);
        assert!(matches!(refused, Err(RecordsError::Forbidden(_))), "{eyes:?}: {refused:?}");
    }
    let real =
        records.approve_decision(&ctx(&ben, day(1)), &made.decision_id, "fine", Some(made.version)).unwrap();
    assert_eq!(
        (real.status, real.approver.as_deref(), real.starts_at),
        (DecisionStatus::Active, Some("ben"), day(1))
    );
    assert!(real.appeal_token.is_some());
    assert_eq!(records.effective(&made.entity, day(1)).unwrap().unwrap().decision_id, made.decision_id);
    let twice = records.approve_decision(&ctx(&ben, day(1)), &made.decision_id, "fine", None);
    assert!(matches!(twice, Err(RecordsError::Conflict(_))), "{twice:?}");

    let other = records.create_decision(&ctx(&ada, NOW), &new_decision("b", Action::Ban)).unwrap();
    let no = records.reject_decision(&ctx(&ben, NOW), &other.decision_id, "too harsh", None).unwrap();
    assert_eq!(no.status, DecisionStatus::Rejected);
    let simulated = NewDecision { simulated: true, ..new_decision("c", Action::Ban) };
    let sim = records.create_decision(&ctx(&ada, NOW), &simulated).unwrap();
    assert_eq!(sim.status, DecisionStatus::Simulated);
    assert_eq!(records.effective(&sim.entity, NOW).unwrap(), None, "simulated decisions never act");
    let range = Entity { kind: EntityType::AddressRange, id: "192.0.2.0/24".to_owned() };
    let wide = NewDecision { entity: range, ..new_decision("x", Action::Throttle) };
    let wide = records.create_decision(&ctx(&ada, NOW), &wide).unwrap();
    assert_eq!(wide.status, DecisionStatus::PendingApproval, "nobody knows how many it hits");
}

pub fn undo_shows_what_lay_beneath(store: &Store) {
    let records = &store.records;
    lenient(records, Default::default());
    let ada = person(records, "ada", Role::Analyst);
    let make = |action| records.create_decision(&ctx(&ada, NOW), &new_decision("a", action)).unwrap();
    let (throttle, ban, refuse) = (make(Action::Throttle), make(Action::Ban), make(Action::Refuse));
    let holds = || records.effective(&throttle.entity, NOW).unwrap().map(|d| d.decision_id);
    assert_eq!(holds(), Some(ban.decision_id.clone()), "the strongest wins, not the last");
    let preview = records.preview_decision(&ctx(&ada, NOW), &new_decision("a", Action::Suspend)).unwrap();
    assert_eq!((preview.conflicts.len(), preview.affected.accounts), (1, Some(1)));
    let undo = |id| records.undo_decision(&ctx(&ada, NOW), id, "wrong", None).unwrap();
    assert_eq!(undo(&ban.decision_id).status, DecisionStatus::Undone);
    assert_eq!(holds(), Some(refuse.decision_id.clone()));
    undo(&refuse.decision_id);
    assert_eq!(holds(), Some(throttle.decision_id.clone()));
    undo(&throttle.decision_id);
    assert_eq!(holds(), None);
    let twice = records.undo_decision(&ctx(&ada, NOW), &ban.decision_id, "again", None);
    assert!(matches!(twice, Err(RecordsError::Conflict(_))), "{twice:?}");
    let filter = DecisionFilter { status: Some(DecisionStatus::Undone), ..DecisionFilter::default() };
    assert_eq!(records.decisions(&filter, &ListQuery::default(), NOW).unwrap().total, Some(3));
}

pub fn an_exception_wins_over_every_decision(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let made = records.create_decision(&ctx(&ada, NOW), &new_decision("a", Action::Refuse)).unwrap();
    let new = NewException {
        entity: made.entity.clone(),
        reason: "a licensed reseller".to_owned(),
        expires_at: Some(day(5)),
        case_id: None,
    };
    let exception = records.create_exception(&ctx(&ada, NOW), &new).unwrap();
    let holds = |now| records.effective(&made.entity, now).unwrap().is_some();
    assert!(!holds(NOW));
    assert!(holds(day(5)), "an exception has an end, too");
    let more = records.create_decision(&ctx(&ada, NOW), &new_decision("a", Action::Throttle));
    assert!(matches!(more, Err(RecordsError::Conflict(_))), "{more:?}");
    records.delete_exception(&ctx(&ada, day(1)), &exception.exception_id).unwrap();
    assert!(holds(day(1)));
    assert_eq!(records.exceptions(&ListQuery::default(), day(1)).unwrap().total, Some(0));
}

pub fn many_small_decisions_are_one_large_one(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let make = |i: usize, now| {
        let new = NewDecision { expires_at: day(20), ..new_decision(&format!("a{i}"), Action::Throttle) };
        records.create_decision(&ctx(&ada, now), &new).unwrap().status
    };
    for i in 0..50 {
        assert_eq!(make(i, NOW), DecisionStatus::Active, "{i}");
    }
    assert_eq!(make(50, NOW), DecisionStatus::PendingApproval, "the fifty-first needs a second person");
    assert_eq!(make(51, day(2)), DecisionStatus::Active, "and two days later no more");
}
