//! People, campaigns and decisions that the scenarios share.

use vigie_cases::{
    Actor, Case, CaseId, Decision, DecisionEvidence, DecisionScope, Entity, NewDecision, NewTakedown,
    ReasonCode, Role, StopLimits, Takedown,
};
use vigie_model::{
    AccountActivity, Action, ActivityBucket, Campaign, Evidence, HuntSummary, Kind, Layer, Member, Micros,
    NetworkEdge, NetworkNode, RecommendedDecision, Severity, TimelineBucket,
};
use vigie_store::records::{Ctx, ImportReport, ListQuery, NewCase, NewHunt, NewUser, Records};

/// A day to begin with.
pub const NOW: Micros = Micros(1_790_000_000_000_000);

/// `days` after the beginning.
pub fn day(days: i64) -> Micros {
    Micros(NOW.0 + days * Micros::DAY)
}

/// The request of `actor` at `now`.
pub fn ctx(actor: &Actor, now: Micros) -> Ctx {
    Ctx::new(actor.clone(), now)
}

/// A person with a user in the records.
pub fn person(records: &Records, name: &str, role: Role) -> Actor {
    let new = NewUser {
        name: name.to_owned(),
        email: None,
        role,
        password_hash: Some("hash".to_owned()),
        subject: None,
    };
    let user = records.create_user(&Ctx::new(Actor::system("setup"), NOW), &new).unwrap();
    Actor::User { user_id: user.user_id, name: user.name, role }
}

/// Vigie's own hunt.
pub fn hunter() -> Actor {
    Actor::system("hunt")
}

/// Accounts `prefix-from` to `prefix-(to - 1)`.
pub fn accounts(prefix: &str, from: usize, to: usize) -> Vec<String> {
    (from..to).map(|i| format!("{prefix}-{i:05}")).collect()
}

/// A campaign with `accounts`, whose score falls from 1 to 0.5.
pub fn campaign(id: &str, kind: Kind, accounts: &[String]) -> (Campaign, Vec<Member>) {
    let n = accounts.len().max(1) as f64;
    let members = accounts.iter().enumerate().map(|(i, account)| Member {
        campaign_id: id.to_owned(),
        account_id: account.clone(),
        score: 1.0 - 0.5 * i as f64 / n,
        share: if i % 10 == 9 { 0.1 } else { 0.9 },
    });
    let nodes: Vec<NetworkNode> = accounts
        .iter()
        .take(20)
        .map(|a| NetworkNode { account_id: a.clone(), score: 0.9, first: None })
        .collect();
    let edge = |b: u32| NetworkEdge { a: 0, b, weight: 3.0 + f64::from(b), layer: Layer::Content };
    let campaign = Campaign {
        campaign_id: id.to_owned(),
        kind,
        severity: Severity::High,
        q_value: 1e-6,
        first_seen: NOW,
        last_seen: day(1),
        accounts: accounts.len() as u64,
        exchanges: 100 * accounts.len() as u64,
        tokens: Some(5000),
        summary: format!("{} accounts share one job", accounts.len()),
        evidence: vec![Evidence {
            code: "shared-phrases".to_owned(),
            layer: Layer::Content,
            text: "They share 40 phrases.".to_owned(),
            value: 40.0,
            expected: Some(0.1),
            weight: 22.5,
            examples: vec!["write step canary of the plan".to_owned()],
        }],
        alternatives: Vec::new(),
        recommended_decision: RecommendedDecision {
            action: Action::Suspend,
            scope: "accounts".to_owned(),
            reason: "one job in many hands".to_owned(),
            expires_days: 30,
        },
        timeline: vec![TimelineBucket { start: NOW, exchanges: 70, other_exchanges: 30, accounts: 5 }],
        network_edges: (1..nodes.len() as u32).map(edge).collect(),
        network_nodes: nodes,
    };
    (campaign, members.collect())
}

/// Runs a hunt with these campaigns through the records.
pub fn import(records: &Records, now: Micros, campaigns: &[(Campaign, Vec<Member>)]) -> ImportReport {
    import_with(records, now, campaigns, &[])
}

/// The same with what accounts did in the day before `now`.
pub fn import_with(
    records: &Records,
    now: Micros,
    campaigns: &[(Campaign, Vec<Member>)],
    activity: &[AccountActivity],
) -> ImportReport {
    let ctx = Ctx::new(hunter(), now);
    let new = NewHunt {
        inputs: vec!["log.jsonl".to_owned()],
        until: None,
        config: None,
        out_dir: "out".to_owned(),
        status: vigie_cases::HuntStatus::Running,
    };
    let hunt = records.create_hunt(&ctx, &new).unwrap();
    let summary = HuntSummary {
        exchanges: 1_000_000,
        accounts: 5000,
        first_seen: Some(Micros(now.0 - Micros::DAY)),
        last_seen: Some(Micros(now.0 - 1)),
        ..HuntSummary::default()
    };
    records.import_campaigns(&ctx, &hunt.hunt_id, &summary, campaigns, activity).unwrap()
}

/// What `account` did in the day before `now`: `exchanges` in its first hour and as many in its last.
pub fn activity(account: &str, now: Micros, exchanges: u32) -> AccountActivity {
    let bucket = |hour: i64| ActivityBucket {
        start: Micros(now.0 - Micros::DAY + hour * Micros::HOUR),
        exchanges,
        campaign_exchanges: exchanges / 2,
        refused: 1,
        tokens: 10 * u64::from(exchanges),
    };
    AccountActivity {
        account_id: account.to_owned(),
        first_seen: Micros(now.0 - Micros::DAY),
        last_seen: Micros(now.0 - Micros::HOUR),
        exchanges: 2 * u64::from(exchanges),
        refused: 2,
        tokens: Some(20 * u64::from(exchanges)),
        networks: Some(2),
        timeline: vec![bucket(0), bucket(23)],
        links: Vec::new(),
    }
}

/// A case that a hunt opened with `n` members `acct-…`.
pub fn hunted_case(records: &Records, n: usize) -> Case {
    let report = import(records, NOW, &[campaign("c1", Kind::SplitExtraction, &accounts("acct", 0, n))]);
    records.case(&report.opened[0]).unwrap()
}

/// A case by hand.
pub fn new_case(title: &str, accounts: &[String]) -> NewCase {
    let note = Some("seen in the queue".to_owned());
    NewCase {
        title: title.to_owned(),
        kind: Kind::KeyTakeover,
        severity: None,
        accounts: accounts.to_vec(),
        note,
    }
}

/// One piece of evidence.
pub fn evidence(disclosable: bool) -> DecisionEvidence {
    let code = if disclosable { "shared-phrases" } else { "payment" };
    DecisionEvidence {
        code: code.to_owned(),
        text: "They share 40 phrases.".to_owned(),
        value: Some(40.0),
        expected: Some(0.1),
        disclosable,
    }
}

/// A decision on an account for ten days.
pub fn new_decision(account: &str, action: Action) -> NewDecision {
    NewDecision {
        entity: Entity::account(account),
        action,
        reason_code: ReasonCode::Extraction,
        reason_text: "takes part in one job".to_owned(),
        evidence: vec![evidence(true), evidence(false)],
        expires_at: day(10),
        starts_at: None,
        simulated: false,
        scope: DecisionScope::default(),
        case_id: None,
    }
}

/// A takedown with the policy's waves.
pub fn new_takedown(action: Action) -> NewTakedown {
    NewTakedown {
        action,
        reason_code: ReasonCode::Extraction,
        reason_text: "one job in many hands".to_owned(),
        expires_at: Some(day(20)),
        simulated: false,
        waves: None,
        hold_out_share: None,
        exclude: Vec::new(),
        disclose: vec!["shared-phrases".to_owned()],
    }
}

/// Limits under which the policy asks nobody else, so that a scenario is about something else.
pub fn lenient(records: &Records, stop: StopLimits) {
    let before = records.settings().unwrap();
    let settings = vigie_cases::Settings {
        approval_above_accounts: 1_000_000,
        approval_actions: Vec::new(),
        stop,
        ..before.clone()
    };
    records.put_settings(&ctx(&hunter(), NOW), &settings, before.version).unwrap();
}

/// A takedown of `case` whose first wave is applied.
pub fn first_wave(records: &Records, author: &Actor, case: &CaseId, action: Action) -> Takedown {
    let takedown = records.create_takedown(&ctx(author, NOW), case, &new_takedown(action)).unwrap();
    records.advance_takedown(&ctx(author, NOW), &takedown.takedown_id, None).unwrap()
}

/// The real decisions of a takedown, hold-out not among them, with their appeal tokens.
pub fn treated(records: &Records, takedown: &Takedown) -> Vec<Decision> {
    let filter = vigie_store::records::DecisionFilter {
        takedown_id: Some(takedown.takedown_id.clone()),
        ..Default::default()
    };
    let list = ListQuery { limit: 500, ..ListQuery::default() };
    let page = records.decisions(&filter, &list, NOW).unwrap();
    let real = page.items.into_iter().filter(|d| !d.hold_out);
    real.map(|d| records.decision(&d.decision_id, NOW).unwrap()).collect()
}
