//! Takedowns: preview, asking for one, approving it. Their waves are in `waves`.

use std::collections::HashSet;

use serde_json::json;
use vigie_cases::{
    Bystander, Case, CaseEvent, CaseId, CaseMember, DecisionEvidence, EventKind, HoldOut, HoldOutObserved,
    NewTakedown, Plan, PreviewWave, Settings, TEXT_CHARS_MAX, Takedown, TakedownId, TakedownOutcome,
    TakedownPreview, TakedownStatus, Wave, WaveStatus, action_name, approval_needed, by_score,
    bystander_reason, plan, text_field,
};
use vigie_model::Micros;

use super::cases::{get as get_case, tell};
use super::engine::Records;
use super::error::RecordsError;
use super::list::Select;
use super::sql::{Answer, params};
use super::tx::{Db, Tx, doc, fresh};
use super::types::{Ctx, ListQuery, Page};
use super::{activity, hunts, members};

/// Pieces of evidence that a takedown's decisions carry: the strongest, since each of many decisions repeats them.
const EVIDENCE_MAX: usize = 8;
/// Bystanders that a preview lists.
const BYSTANDERS_MAX: usize = 1000;

/// Reads one takedown.
pub(super) fn get(db: &mut Db<'_>, id: &TakedownId) -> Answer<Takedown> {
    db.doc("SELECT doc FROM takedowns WHERE takedown_id = ?", params![id.as_str()])?
        .ok_or_else(|| RecordsError::missing("takedown", id))
}

/// Writes one takedown, new or known, and tells everybody.
pub(super) fn save(tx: &mut Tx<'_>, t: &Takedown) -> Answer<()> {
    let sql = "INSERT INTO takedowns (takedown_id, case_id, status, created_at, doc) VALUES (?, ?, ?, ?, ?) \
               ON CONFLICT (takedown_id) DO UPDATE SET status = excluded.status, doc = excluded.doc";
    let id = t.takedown_id.as_str();
    tx.db.run(sql, params![id, t.case_id.as_str(), t.status.name(), t.created_at, doc(t)?])?;
    tx.changed("takedown", id, t.version)
}

/// Who would be hit: members without an exception that the asker does not leave out; and who is protected.
struct Targets {
    hit: Vec<CaseMember>,
    excepted: Vec<String>,
    plan: Plan,
}

fn targets(
    db: &mut Db<'_>,
    key: &[u8],
    case: &Case,
    new: &NewTakedown,
    policy: &Settings,
    now: Micros,
) -> Answer<Targets> {
    let exclude: HashSet<&str> = new.exclude.iter().map(String::as_str).collect();
    let mut excepted = Vec::new();
    let mut hit = Vec::new();
    for member in members::all(db, &case.case_id, now)? {
        if member.excepted {
            excepted.push(member.account_id);
        } else if !exclude.contains(member.account_id.as_str()) {
            hit.push(member);
        }
    }
    let accounts: Vec<String> = hit.iter().map(|m| m.account_id.clone()).collect();
    let shares = new.waves.as_deref().unwrap_or(&policy.wave_shares);
    let hold_out = new.hold_out_share.unwrap_or(policy.hold_out_share);
    let plan = plan(key, &case.case_id, &accounts, shares, hold_out, policy.stop.min_wave);
    Ok(Targets { hit, excepted, plan })
}

/// The strongest evidence of the case's campaigns; for a case by hand, its notes.
fn evidence(db: &mut Db<'_>, case: &Case, disclose: &[String]) -> Answer<Vec<DecisionEvidence>> {
    let mut all: Vec<_> =
        members::campaigns(db, &case.campaigns)?.into_iter().flat_map(|(c, _)| c.evidence).collect();
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let finite = |x: f64| Some(x).filter(|x| x.is_finite());
    let mut evidence: Vec<DecisionEvidence> = all
        .into_iter()
        .take(EVIDENCE_MAX)
        .map(|e| DecisionEvidence {
            disclosable: disclose.contains(&e.code),
            value: finite(e.value),
            expected: e.expected.and_then(finite),
            code: e.code,
            text: e.text,
        })
        .collect();
    if evidence.is_empty() {
        let sql = "SELECT doc FROM case_events WHERE case_id = ? ORDER BY seq DESC LIMIT 200";
        let events: Vec<CaseEvent> = db.docs(sql, params![case.case_id.as_str()])?;
        let notes = events.into_iter().filter(|e| e.what == EventKind::Noted).take(EVIDENCE_MAX);
        let code = || "analyst-note".to_owned();
        let disclosable = disclose.contains(&code());
        let piece = |text| DecisionEvidence { code: code(), text, value: None, expected: None, disclosable };
        evidence = notes.map(|e| piece(e.text)).collect();
    }
    Ok(evidence)
}

/// The traffic of those who would be hit.
struct Volume {
    exchanges: u64,
    tokens: Option<u64>,
    /// Accounts whose exchanges a hunt counted.
    measured: u64,
}

/// What hunts counted, and for accounts of campaigns that none did an even part of the case.
fn volume(db: &mut Db<'_>, case: &Case, hit: &[CaseMember]) -> Answer<Volume> {
    let counted = activity::tokens_of(db, &case.case_id)?;
    let measured = hit.iter().filter(|m| m.exchanges.is_some()).count() as u64;
    let known: u64 = hit.iter().filter_map(|m| m.exchanges).sum();
    let by_hand = case.campaigns.is_empty();
    let others = hit.len() as u64 - measured;
    let even =
        |whole: u64, part: u64| (whole as f64 * part as f64 / case.members.max(1) as f64).round() as u64;
    let estimated = if by_hand { 0 } else { even(case.exchanges, others) };
    let own = |m: &CaseMember| counted.get(&m.account_id).map(|&t| (t as f64 * m.share).round() as u64);
    let tokens: Vec<u64> = hit.iter().filter_map(own).collect();
    let uncounted = hit.len() as u64 - tokens.len() as u64;
    let estimated_tokens = case.tokens.filter(|_| !by_hand).map(|t| even(t, uncounted));
    let tokens = (!tokens.is_empty()).then(|| tokens.iter().sum::<u64>()).into_iter().chain(estimated_tokens);
    Ok(Volume { exchanges: known + estimated, tokens: tokens.reduce(|a, b| a + b), measured })
}

impl Records {
    /// What a takedown of a case would do; writes nothing.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Invalid`] for a wrong staging.
    pub fn preview_takedown(
        &self,
        case: &CaseId,
        new: &NewTakedown,
        now: Micros,
    ) -> Result<TakedownPreview, RecordsError> {
        new.validate_staging()?;
        self.read(|db| {
            let case = get_case(db, case)?;
            let policy = db.settings()?;
            let targets = targets(db, self.key(), &case, new, &policy, now)?;
            let accounts = targets.hit.len() as u64;
            let volume = volume(db, &case, &targets.hit)?;
            let exchanges = volume.exchanges;
            let all = hunts::latest(db)?.map_or(0, |hunt| hunt.exchanges);
            let mut bystanders = bystanders(&targets.hit);
            let bystanders_total = bystanders.len() as u64;
            bystanders.truncate(BYSTANDERS_MAX);
            let approval_reason =
                if new.simulated { None } else { approval_needed(&policy, new.action, accounts) };
            let wave =
                |(i, w): (usize, &Vec<String>)| PreviewWave { n: i as u32 + 1, accounts: w.len() as u64 };
            Ok(TakedownPreview {
                accounts,
                exchanges,
                measured: volume.measured,
                share_of_traffic: (all > 0).then(|| (exchanges as f64 / all as f64).min(1.0)),
                tokens: volume.tokens,
                bystanders,
                bystanders_total,
                excepted: targets.excepted,
                needs_approval: approval_reason.is_some(),
                approval_reason,
                waves: targets.plan.waves.iter().enumerate().map(wave).collect(),
                hold_out: HoldOut {
                    accounts: targets.plan.hold_out.len() as u64,
                    observed: observed(db, &case.case_id)?,
                },
                by_score: by_score(&targets.hit),
            })
        })
    }

    /// Asks for a takedown; it waits for a second person where the policy says so, and else may begin. Who is in which wave
    /// is settled here.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`]; [`RecordsError::Invalid`] field by field, or when nobody would be hit;
    /// [`RecordsError::Conflict`] when the case was merged away.
    pub fn create_takedown(
        &self,
        ctx: &Ctx,
        case: &CaseId,
        new: &NewTakedown,
    ) -> Result<Takedown, RecordsError> {
        self.mutate(ctx, "create_takedown", &(case, new), |tx| {
            let case = get_case(&mut tx.db, case)?;
            case.must_stand_alone()?;
            let policy = tx.db.settings()?;
            let evidence = evidence(&mut tx.db, &case, &new.disclose)?;
            let days = i64::from(policy.default_expiry_days);
            let expires_at = new.expires_at.unwrap_or(Micros(ctx.now.0 + days * Micros::DAY));
            if evidence.is_empty() && case.campaigns.is_empty() {
                let must = "is what notes on the case say, where no hunt named it; write a note first";
                return Err(RecordsError::invalid("evidence", must));
            }
            new.validate(&evidence, expires_at, ctx.now)?;
            let targets = targets(&mut tx.db, tx.key, &case, new, &policy, ctx.now)?;
            if targets.plan.waves.is_empty() {
                return Err(RecordsError::invalid("exclude", "must leave somebody to act on"));
            }
            let takedown = drafted(ctx, &case, new, &policy, evidence, expires_at, &targets)?;
            put_plan(tx, &takedown.takedown_id, &targets.plan)?;
            save(tx, &takedown)?;
            let (action, members, status) = (action_name(new.action), takedown.members, takedown.status);
            let detail = json!({
                "case_id": case.case_id, "action": action, "members": members, "waves": takedown.waves.len(),
                "hold_out": takedown.hold_out, "excepted": targets.excepted.len(), "status": status,
                "simulated": takedown.simulated,
            });
            tx.audit("takedown.created", takedown.takedown_id.as_str(), detail)?;
            let text =
                format!("takedown of {members} accounts ({action}) is {}", status.name().replace('_', " "));
            let data = json!({ "takedown_id": takedown.takedown_id });
            tell(tx, Some(&case.case_id), EventKind::Takedown, &text, data)?;
            Ok(takedown)
        })
    }

    /// Takedowns, newest first; of one case, in one state, or all.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong cursor.
    pub fn takedowns(
        &self,
        case: Option<&CaseId>,
        status: Option<TakedownStatus>,
        list: &ListQuery,
    ) -> Result<Page<Takedown>, RecordsError> {
        let sorts = &[("created_at", "created_at")];
        let mut select = Select::new("doc", "takedowns", "takedown_id", sorts, true, list)?;
        if let Some(case) = case {
            let of = "case_id IN (SELECT case_id FROM cases WHERE case_id = ? OR merged_into = ?)";
            select.only(of, params![case.as_str(), case.as_str()]);
        }
        select.only_if("status", status.map(TakedownStatus::name));
        self.read(|db| select.docs(db, list))
    }

    /// One takedown.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn takedown(&self, id: &TakedownId) -> Result<Takedown, RecordsError> {
        self.read(|db| get(db, id))
    }

    /// Lets a takedown begin, as the second person.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Conflict`] unless it waits,
    /// [`RecordsError::Forbidden`] for the author's own eyes.
    pub fn approve_takedown(
        &self,
        ctx: &Ctx,
        id: &TakedownId,
        reason: &str,
        expect: Option<u64>,
    ) -> Result<Takedown, RecordsError> {
        self.mutate(ctx, "approve_takedown", &(id, reason), |tx| {
            let mut takedown = get(&mut tx.db, id)?;
            fresh(expect, takedown.version)?;
            takedown.approve(&ctx.actor)?;
            moved(tx, &takedown, "takedown.approved", reason)?;
            Ok(takedown)
        })
    }

    /// Turns a takedown down before it begins.
    ///
    /// # Errors
    /// Those of [`Records::approve_takedown`]; the author may do so, too. [`RecordsError::Invalid`] without a reason.
    pub fn reject_takedown(
        &self,
        ctx: &Ctx,
        id: &TakedownId,
        reason: &str,
        expect: Option<u64>,
    ) -> Result<Takedown, RecordsError> {
        text_field("reason", reason, TEXT_CHARS_MAX)?;
        self.mutate(ctx, "reject_takedown", &(id, reason), |tx| {
            let mut takedown = get(&mut tx.db, id)?;
            fresh(expect, takedown.version)?;
            takedown.reject(&ctx.actor, reason)?;
            moved(tx, &takedown, "takedown.rejected", reason)?;
            Ok(takedown)
        })
    }
}

/// Writes a takedown that moved, with its audit entry and history.
pub(super) fn moved(tx: &mut Tx<'_>, t: &Takedown, what: &str, reason: &str) -> Answer<()> {
    save(tx, t)?;
    let detail = json!({ "status": t.status, "reason": reason, "outcome": t.outcome, "version": t.version });
    tx.audit(what, t.takedown_id.as_str(), detail)?;
    let done = what.rsplit('.').next().unwrap_or(what).replace('_', " ");
    let dash = if reason.is_empty() { "" } else { ": " };
    let text = format!("takedown {done}{dash}{reason}");
    tell(tx, Some(&t.case_id), EventKind::Takedown, &text, json!({ "takedown_id": t.takedown_id }))
}

fn drafted(
    ctx: &Ctx,
    case: &Case,
    new: &NewTakedown,
    policy: &Settings,
    evidence: Vec<DecisionEvidence>,
    expires_at: Micros,
    targets: &Targets,
) -> Answer<Takedown> {
    let members = targets.plan.accounts() as u64;
    let approval_reason = if new.simulated { None } else { approval_needed(policy, new.action, members) };
    let waiting = |(i, w): (usize, &Vec<String>)| Wave {
        n: i as u32 + 1,
        accounts: w.len() as u64,
        status: WaveStatus::Waiting,
        applied_at: None,
    };
    let status =
        if approval_reason.is_some() { TakedownStatus::PendingApproval } else { TakedownStatus::Approved };
    Ok(Takedown {
        takedown_id: TakedownId::mint(ctx.now, Tx::chance()?),
        case_id: case.case_id.clone(),
        action: new.action,
        reason_code: new.reason_code,
        reason_text: new.reason_text.clone(),
        evidence,
        expires_at,
        simulated: new.simulated,
        members,
        waves: targets.plan.waves.iter().enumerate().map(waiting).collect(),
        hold_out_share: new.hold_out_share.unwrap_or(policy.hold_out_share),
        hold_out: targets.plan.hold_out.len() as u64,
        status,
        stop_limits: policy.stop,
        outcome: TakedownOutcome::default(),
        author: ctx.actor.name(),
        author_id: ctx.actor.person(),
        approver: None,
        approver_id: None,
        approval_reason,
        created_at: ctx.now,
        stop_reason: None,
        version: 1,
    })
}

fn put_plan(tx: &mut Tx<'_>, id: &TakedownId, plan: &Plan) -> Answer<()> {
    let wave = |n: usize, accounts: &'_ [String]| -> Vec<Vec<super::sql::Value>> {
        accounts.iter().map(|a| params![id.as_str(), a.as_str(), n as u64].to_vec()).collect()
    };
    let held = wave(0, &plan.hold_out);
    let hit = plan.waves.iter().enumerate().flat_map(|(i, accounts)| wave(i + 1, accounts));
    let columns = ["takedown_id", "account_id", "wave"];
    tx.db.conn.bulk("takedown_accounts", &columns, &mut held.into_iter().chain(hit)).map(drop)
}

fn bystanders(hit: &[CaseMember]) -> Vec<Bystander> {
    let mut found: Vec<Bystander> = hit
        .iter()
        .filter_map(|m| {
            let why = bystander_reason(m.score, m.share)?;
            Some(Bystander { account_id: m.account_id.clone(), score: m.score, share: m.share, why })
        })
        .collect();
    found.sort_by(|a, b| a.score.total_cmp(&b.score).then_with(|| a.account_id.cmp(&b.account_id)));
    found
}

/// What earlier real takedowns of the case say, once a hunt came after their first wave.
fn observed(db: &mut Db<'_>, case: &CaseId) -> Answer<Option<HoldOutObserved>> {
    let sql = "SELECT d.hold_out, COUNT(*), SUM(CASE WHEN m.named_at > d.created_at THEN 1 ELSE 0 END) \
               FROM decisions d JOIN takedowns t ON t.takedown_id = d.takedown_id \
               JOIN members m ON m.case_id = t.case_id AND m.account_id = d.entity_id \
               WHERE t.case_id = ? AND d.starts_at < (SELECT COALESCE(MAX(finished_at), 0) FROM hunts WHERE status = 'done') \
               AND (d.hold_out = 1 OR d.simulated = 0) GROUP BY d.hold_out";
    let mut seen = HoldOutObserved { held: 0, held_named_again: 0, treated: 0, treated_named_again: 0 };
    for row in db.rows(sql, params![case.as_str()])? {
        if row.int(0) == 1 {
            (seen.held, seen.held_named_again) = (row.count(1), row.count(2));
        } else {
            (seen.treated, seen.treated_named_again) = (row.count(1), row.count(2));
        }
    }
    Ok((seen.held > 0 && seen.treated > 0).then_some(seen))
}
