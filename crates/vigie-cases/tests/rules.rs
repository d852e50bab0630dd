//! The laws of decisions, takedowns, appeals and the audit, over whatever happens in whatever order.

#![expect(
    clippy::unwrap_used,
    reason = "what tests share stands outside the test functions that clippy knows"
)]

use proptest::prelude::*;
use vigie_cases::{
    Actor, Appeal, AppealDecision, AppealId, AppealOutcome, AuditEntry, CaseId, ChainCheck, Decision,
    DecisionEvidence, DecisionId, DecisionScope, DecisionStatus, Entity, Exception, ExceptionId, GENESIS,
    LADDER, NewDecision, Origin, OriginType, Reach, ReasonCode, Role, RuleError, Settings, Statement,
    StopLimits, Takedown, TakedownId, TakedownOutcome, TakedownStatus, UserId, Wave, WaveStatus,
    approval_needed, effective, milder, plan, second_person,
};
use vigie_model::{Action, Micros};

const NOW: Micros = Micros(1_790_000_000_000_000);

fn day(days: i64) -> Micros {
    Micros(NOW.0 + days * Micros::DAY)
}

fn person(n: u64, role: Role) -> Actor {
    Actor::User { user_id: UserId::mint(NOW, n), name: format!("person-{n}"), role }
}

fn evidence() -> DecisionEvidence {
    DecisionEvidence {
        code: "shared-phrases".to_owned(),
        text: "They share 40 phrases.".to_owned(),
        value: Some(40.0),
        expected: None,
        disclosable: true,
    }
}

fn request(action: Action, start: i64, end: i64) -> NewDecision {
    NewDecision {
        entity: Entity::account("a"),
        action,
        reason_code: ReasonCode::Extraction,
        reason_text: "one job".to_owned(),
        evidence: vec![evidence()],
        expires_at: day(end),
        starts_at: Some(day(start)),
        simulated: false,
        scope: DecisionScope::default(),
        case_id: None,
    }
}

fn made(id: u64, new: NewDecision, approval: Option<&str>) -> Result<Decision, RuleError> {
    let origin = Origin { kind: OriginType::Analyst, id: "ada".to_owned() };
    let author = person(1, Role::Analyst);
    new.decide(DecisionId::mint(NOW, id), origin, &author, approval.map(str::to_owned), NOW)
}

fn action() -> impl Strategy<Value = Action> {
    (0..LADDER.len()).prop_map(|i| LADDER[i])
}

/// Decisions on one account that begin and end here and there, some only simulated.
fn decisions() -> impl Strategy<Value = Vec<Decision>> {
    let one = (action(), -20_i64..20, 1_i64..40, prop::bool::weighted(0.2));
    prop::collection::vec(one, 1..12).prop_map(|list| {
        let decision = |(i, (action, start, long, simulated)): (usize, (Action, i64, i64, bool))| {
            // What is decided now cannot end before now.
            let end = (start + long).max(1);
            made(i as u64, NewDecision { simulated, ..request(action, start, end) }, None).unwrap()
        };
        list.into_iter().enumerate().map(decision).collect()
    })
}

fn holds(decisions: &[Decision], exceptions: &[Exception], now: Micros) -> Option<DecisionId> {
    let entity = Entity::account("a");
    effective(decisions, exceptions, &entity, Reach::Any, now).map(|d| d.decision_id.clone())
}

proptest! {
    #[test]
    fn undo_restores_what_was_before(before in decisions(), extra in action(), undo in 0_i64..40) {
        let undone_at = day(undo);
        let mut with = before.clone();
        with.push(made(1000, request(extra, -1, 60), None).unwrap());
        with.last_mut().unwrap().undo(&person(2, Role::Analyst), "wrong", undone_at).unwrap();
        for d in 0..60 {
            prop_assert_eq!(holds(&with, &[], day(d)), holds(&before, &[], day(d)));
        }
    }

    #[test]
    fn any_sequence_of_undoing_leaves_what_was_never_undone(all in decisions(), order in any::<u64>(), at in -20_i64..60) {
        let mut state = all.clone();
        let mut left = all;
        let mut chance = order;
        while !left.is_empty() {
            let gone = left.remove((chance % left.len() as u64) as usize);
            chance = chance.rotate_left(7) ^ 0x9e37_79b9;
            let in_state = state.iter_mut().find(|d| d.decision_id == gone.decision_id).unwrap();
            in_state.undo(&person(2, Role::Analyst), "wrong", NOW).unwrap();
            prop_assert_eq!(holds(&state, &[], day(at)), holds(&left, &[], day(at)));
        }
        prop_assert_eq!(holds(&state, &[], day(at)), None);
    }

    #[test]
    fn the_overlap_rule_does_not_depend_on_the_order(all in decisions().prop_shuffle(), at in -20_i64..60) {
        let mut sorted = all.clone();
        sorted.sort_by(|a, b| a.decision_id.cmp(&b.decision_id));
        prop_assert_eq!(holds(&all, &[], day(at)), holds(&sorted, &[], day(at)));
        // And what holds is never weaker than anything else that acts.
        let strongest = sorted.iter().filter(|d| d.acts(day(at))).map(|d| d.action).max();
        let found = holds(&all, &[], day(at)).and_then(|id| sorted.iter().find(|d| d.decision_id == id));
        prop_assert_eq!(found.map(|d| d.action), strongest);
    }

    #[test]
    fn an_exception_wins_while_it_holds(all in decisions(), from in -20_i64..20, long in 1_i64..30, at in -20_i64..60) {
        let exception = Exception {
            exception_id: ExceptionId::mint(NOW, 1),
            entity: Entity::account("a"),
            reason: "known".to_owned(),
            author: "ada".to_owned(),
            created_at: day(from),
            expires_at: Some(day(from + long)),
            case_id: None,
            appeal_id: None,
        };
        let within = (from..from + long).contains(&at);
        let expected = if within { None } else { holds(&all, &[], day(at)) };
        prop_assert_eq!(holds(&all, &[exception], day(at)), expected);
    }

    #[test]
    fn nothing_acts_before_its_start_after_its_expiry_or_when_simulated(all in decisions(), at in -40_i64..80) {
        for d in &all {
            let within = d.starts_at <= day(at) && day(at) < d.expires_at;
            prop_assert_eq!(d.acts(day(at)), within && !d.simulated);
            if day(at) >= d.expires_at {
                prop_assert_eq!(d.status_at(day(at)), DecisionStatus::Expired);
            }
        }
    }

    #[test]
    fn what_comes_to_be_has_evidence_reason_expiry_and_a_way_back(
        pieces in 0_usize..3, reason in "[ a]{0,3}", start in -500_i64..500, long in -5_i64..450, action in action(),
    ) {
        let new = NewDecision {
            evidence: vec![evidence(); pieces],
            reason_text: reason.clone(),
            ..request(action, start, start + long)
        };
        let end = start + long;
        let sound = pieces > 0 && !reason.trim().is_empty() && long > 0 && end > 0 && long <= 400 && start.abs() <= 400;
        match made(1, new, None) {
            Ok(d) => {
                prop_assert!(sound);
                prop_assert_eq!(d.needs_way_back(), action >= Action::Throttle);
            }
            Err(RuleError::Invalid(fields)) => prop_assert!(!sound && !fields.is_empty()),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn a_plan_takes_everybody_once_in_any_order(
        n in 0_usize..300, share in 0.0_f64..0.5, min_wave in 1_u64..40, shuffle in any::<prop::sample::Index>(),
    ) {
        let mut accounts: Vec<String> = (0..n).map(|i| format!("acct-{i}")).collect();
        let case = CaseId::mint(NOW, 1);
        let first = plan(b"key", &case, &accounts, &[0.05, 0.25, 1.0], share, min_wave);
        prop_assert_eq!(first.accounts(), n);
        let mut all: Vec<&String> = first.waves.iter().flatten().chain(&first.hold_out).collect();
        all.sort();
        all.dedup();
        prop_assert_eq!(all.len(), n, "nobody twice");
        if let Some((_, but_last)) = first.waves.split_last() {
            prop_assert!(but_last.iter().all(|w| w.len() as u64 >= min_wave));
        }
        if n > 0 {
            accounts.rotate_left(shuffle.index(n));
        }
        prop_assert_eq!(plan(b"key", &case, &accounts, &[0.05, 0.25, 1.0], share, min_wave), first);
    }

    #[test]
    fn whatever_is_changed_in_a_chain_is_seen(length in 1_usize..12, which in any::<prop::sample::Index>(), how in 0..8) {
        let mut chain: Vec<AuditEntry> = Vec::new();
        for i in 0..length {
            let prev = chain.last().map_or(GENESIS.to_owned(), |e| e.hash.clone());
            let detail = serde_json::json!({ "b": i, "a": [1.5, "x"], "nested": { "z": null, "y": true } });
            chain.push(AuditEntry::seal(
                i as u64 + 1, day(i as i64), "ada".to_owned(), "decision.created".to_owned(), format!("dec_{i}"), detail, prev,
            ));
        }
        let head = chain.last().unwrap().hash.clone();
        let check = |chain: &[AuditEntry]| {
            let mut check = ChainCheck::default();
            chain.iter().for_each(|e| check.take(e));
            check.must_end_in(length as u64, &head);
            check
        };
        prop_assert!(check(&chain).ok);
        let i = which.index(length);
        match how {
            0 => chain[i].actor.push('x'),
            1 => chain[i].at = Micros(chain[i].at.0 + 1),
            2 => chain[i].detail["b"] = serde_json::json!(999),
            3 => { chain.remove(i); }
            4 => chain[i].target.clear(),
            5 => chain[i].seq += 1,
            // A whole entry forged, with a hash that fits itself: whatever follows no longer fits, or the head does not.
            6 => {
                let e = chain[i].clone();
                chain[i] = AuditEntry::seal(e.seq, e.at, "eve".to_owned(), e.action, e.target, e.detail, e.prev_hash);
            }
            _ => { let e = chain[i].clone(); chain.insert(i, e); }
        }
        let found = check(&chain);
        prop_assert!(!found.ok && found.broken_at.is_some());
    }

    #[test]
    fn nobody_who_had_a_part_approves_or_reviews(author in 0_u64..4, approver in 0_u64..4, reviewer in 0_u64..4) {
        let mut decision = made(1, request(Action::Ban, -1, 30), Some("a ban")).unwrap();
        decision.author_id = person(author, Role::Approver).person();
        let approved = decision.approve(&person(approver, Role::Approver), NOW);
        prop_assert_eq!(approved.is_ok(), approver != author);
        if approved.is_err() {
            prop_assert!(!decision.acts(NOW));
            return Ok(());
        }
        let statement = Statement { statement: "not me".to_owned(), contact: None };
        let mut appeal = Appeal::file(AppealId::mint(NOW, 1), &decision, statement, 14, NOW).unwrap();
        let answer = AppealDecision { outcome: AppealOutcome::Overturned, text: "right".to_owned(), action: None };
        let decided = appeal.decide(&decision, &answer, &person(reviewer, Role::Analyst), NOW);
        prop_assert_eq!(decided.is_ok(), reviewer != author && reviewer != approver);
        prop_assert!(!appeal.clone().at(day(15)).overdue || decided.is_err());
    }

    #[test]
    fn a_takedown_ends_in_one_of_its_ends(steps in prop::collection::vec(0..5, 1..12)) {
        let mut takedown = takedown(3);
        for step in steps {
            let before = takedown.status;
            let _refused = match step {
                0 => takedown.approve(&person(2, Role::Approver)),
                1 => takedown.next_wave(10, NOW).map(drop),
                2 => takedown.stop("enough"),
                3 => takedown.reverse("wrong"),
                _ => takedown.reject(&person(1, Role::Analyst), "no"),
            };
            use TakedownStatus::{Done, PendingApproval, Rejected, Reversed, Running, Stopped};
            if before == PendingApproval && step == 1 {
                prop_assert_eq!(takedown.status, PendingApproval, "no wave before it is approved");
            }
            if matches!(before, Reversed | Rejected) {
                prop_assert_eq!(takedown.status, before, "an end is an end");
            }
            let waits = takedown.waves.iter().any(|w| w.status == WaveStatus::Waiting);
            if matches!(takedown.status, Stopped | Done | Reversed | Rejected) {
                prop_assert!(!waits);
            }
            if takedown.status == Running {
                prop_assert!(waits && takedown.outcome.applied > 0);
            }
        }
    }
}

fn takedown(waves: u32) -> Takedown {
    let wave = |n| Wave { n, accounts: 10, status: WaveStatus::Waiting, applied_at: None };
    Takedown {
        takedown_id: TakedownId::mint(NOW, 1),
        case_id: CaseId::mint(NOW, 1),
        action: Action::Suspend,
        reason_code: ReasonCode::Extraction,
        reason_text: "one job".to_owned(),
        evidence: vec![evidence()],
        expires_at: day(30),
        simulated: false,
        members: 10 * u64::from(waves),
        waves: (1..=waves).map(wave).collect(),
        hold_out_share: 0.0,
        hold_out: 0,
        status: TakedownStatus::PendingApproval,
        stop_limits: StopLimits::default(),
        outcome: TakedownOutcome::default(),
        author: "person-1".to_owned(),
        author_id: person(1, Role::Analyst).person(),
        approver: None,
        approver_id: None,
        approval_reason: None,
        created_at: NOW,
        stop_reason: None,
        version: 1,
    }
}

#[test]
fn a_takedown_must_stop_above_its_limits_only() {
    let limits = StopLimits { appeals_share: 0.02, false_positive_share: 0.05, min_wave: 20 };
    let stops = |applied, appeals, false_positives| {
        let outcome = TakedownOutcome { applied, appeals, false_positives, undone: 0 };
        vigie_cases::stop_reason(&limits, &outcome).is_some()
    };
    assert!(!stops(100, 2, 5), "at the limits");
    assert!(stops(100, 3, 0) && stops(100, 0, 6));
    assert!(!stops(10, 10, 0), "few appeals on few decisions say nothing");
    assert!(stops(10, 0, 1), "one found wrong among few is enough");
}

#[test]
fn the_policy_asks_for_a_second_person_by_action_and_by_size() {
    let policy = Settings::default();
    assert!(approval_needed(&policy, Action::Ban, 1).is_some());
    assert!(approval_needed(&policy, Action::Throttle, 50).is_none());
    assert!(approval_needed(&policy, Action::Throttle, 51).is_some());
    assert!(approval_needed(&policy, Action::Label, 5000).is_none(), "what changes nothing asks nobody");
    assert!(second_person(&person(2, Role::Analyst), "usr_x").is_err(), "analysts do not approve");
    assert!(second_person(&Actor::system("hunt"), "usr_x").is_err());
    assert_eq!(milder(Action::Ban), Some(Action::Suspend));
    assert_eq!(milder(Action::Observe), None);
}

#[test]
fn a_scope_is_reached_by_the_requests_it_names() {
    let scope = DecisionScope { models: vec!["m1".to_owned()], endpoints: Vec::new() };
    let scoped = made(1, NewDecision { scope, ..request(Action::Refuse, -1, 30) }, None).unwrap();
    let whole = made(2, request(Action::Throttle, -1, 30), None).unwrap();
    let entity = Entity::account("a");
    let both = [scoped, whole];
    let found = |model| {
        effective(&both, &[], &entity, Reach::Request { model, endpoint: None }, NOW).map(|d| d.action)
    };
    assert_eq!(found(Some("m1")), Some(Action::Refuse));
    assert_eq!(found(Some("m2")), Some(Action::Throttle));
    assert_eq!(found(None), Some(Action::Throttle), "an unknown model is not in a scope that names one");
}
