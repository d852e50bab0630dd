//! The waves of a takedown: applying, stopping by hand or by its limits, reversing.

use serde_json::json;
use vigie_cases::{
    CaseId, Decision, DecisionId, DecisionScope, DecisionStatus, Entity, Origin, OriginType, TEXT_CHARS_MAX,
    Takedown, TakedownId, TakedownOutcome, WebhookEvent, sha256_hex, text_field,
};

use super::cases::decided;
use super::decisions::{self, tell_webhooks};
use super::engine::Records;
use super::error::RecordsError;
use super::sql::{Answer, params};
use super::takedowns::{get, moved, save};
use super::tx::{Tx, fresh};
use super::types::Ctx;

impl Records {
    /// Applies the next wave: a decision for each of its accounts that no exception protects by now. The first wave also
    /// records who is left alone. A takedown that must stop by its limits stops instead.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Conflict`] unless a wave waits and may come.
    pub fn advance_takedown(
        &self,
        ctx: &Ctx,
        id: &TakedownId,
        expect: Option<u64>,
    ) -> Result<Takedown, RecordsError> {
        self.mutate(ctx, "advance_takedown", &(id, expect), |tx| {
            let mut takedown = get(&mut tx.db, id)?;
            fresh(expect, takedown.version)?;
            let n = takedown.waiting_wave(ctx.now)?;
            if stop_by_limits(tx, &mut takedown)? {
                return Ok(takedown);
            }
            let hit = apply(tx, &takedown, n)?;
            if n == 1 {
                apply(tx, &takedown, 0)?;
            }
            takedown.next_wave(hit, ctx.now)?;
            moved(tx, &takedown, "takedown.wave_applied", &format!("wave {n}, {hit} accounts"))?;
            if !takedown.simulated {
                decided(tx, &takedown.case_id, ctx.now)?;
            }
            Ok(takedown)
        })
    }

    /// Holds back the waves that are still to come; what was applied holds.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Conflict`] unless waves can still come,
    /// [`RecordsError::Invalid`] without a reason.
    pub fn stop_takedown(
        &self,
        ctx: &Ctx,
        id: &TakedownId,
        reason: &str,
        expect: Option<u64>,
    ) -> Result<Takedown, RecordsError> {
        text_field("reason", reason, TEXT_CHARS_MAX)?;
        self.mutate(ctx, "stop_takedown", &(id, reason), |tx| {
            let mut takedown = get(&mut tx.db, id)?;
            fresh(expect, takedown.version)?;
            stop(tx, &mut takedown, reason)?;
            Ok(takedown)
        })
    }

    /// Undoes everything a takedown did; what lay beneath its decisions holds again.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Conflict`] unless something was applied,
    /// [`RecordsError::Invalid`] without a reason.
    pub fn reverse_takedown(
        &self,
        ctx: &Ctx,
        id: &TakedownId,
        reason: &str,
        expect: Option<u64>,
    ) -> Result<Takedown, RecordsError> {
        text_field("reason", reason, TEXT_CHARS_MAX)?;
        self.mutate(ctx, "reverse_takedown", &(id, reason), |tx| {
            let mut takedown = get(&mut tx.db, id)?;
            fresh(expect, takedown.version)?;
            takedown.reverse(reason)?;
            let sql = "SELECT doc FROM decisions WHERE takedown_id = ? AND status IN ('active', 'simulated') \
                       AND expires_at > ? ORDER BY decision_id";
            let mut undone: Vec<Decision> = tx.db.docs(sql, params![id.as_str(), ctx.now])?;
            for decision in &mut undone {
                decision.undo(&ctx.actor, reason, ctx.now)?;
            }
            // Many at once: taking the rows out and putting them back is several times faster than changing each.
            let sql = "DELETE FROM decisions WHERE takedown_id = ? AND status IN ('active', 'simulated') \
                       AND expires_at > ?";
            tx.db.run(sql, params![id.as_str(), ctx.now])?;
            let cells: Answer<Vec<_>> = undone.iter().map(decisions::row).collect();
            tx.db.conn.bulk("decisions", &decisions::COLUMNS, &mut cells?.into_iter())?;
            let hit = undone.iter().filter(|d| !d.hold_out).count() as u64;
            takedown.outcome.undone += hit;
            tell_webhooks(tx, WebhookEvent::DecisionUndone, &undone)?;
            many(tx, "decisions.undone", &takedown, &undone)?;
            moved(tx, &takedown, "takedown.reversed", reason)?;
            Ok(takedown)
        })
    }
}

/// Makes the decisions of wave `n`, or of the hold-out when it is 0, and says how many.
fn apply(tx: &mut Tx<'_>, takedown: &Takedown, n: u32) -> Answer<u64> {
    let now = tx.ctx.now;
    let sql = "SELECT account_id FROM takedown_accounts a WHERE takedown_id = ? AND wave = ? AND NOT EXISTS \
               (SELECT 1 FROM exceptions e WHERE e.entity_id = a.account_id AND e.entity_type = 'account' \
               AND e.expires_at > ?) ORDER BY account_id";
    let rows = tx.db.rows(sql, params![takedown.takedown_id.as_str(), u64::from(n), now])?;
    let mut made = Vec::with_capacity(rows.len());
    for row in rows {
        made.push(decision(tx, takedown, row.text(0), n == 0)?);
    }
    let cells: Answer<Vec<_>> = made.iter().map(decisions::row).collect();
    tx.db.conn.bulk("decisions", &decisions::COLUMNS, &mut cells?.into_iter())?;
    if n > 0 {
        tell_webhooks(tx, WebhookEvent::DecisionCreated, &made)?;
    }
    many(tx, if n == 0 { "decisions.held_out" } else { "decisions.created" }, takedown, &made)?;
    Ok(made.len() as u64)
}

/// One audit entry for many decisions: their number and a hash over their ids, which the table can be held to.
fn many(tx: &mut Tx<'_>, what: &str, takedown: &Takedown, decisions: &[Decision]) -> Answer<()> {
    let ids: Vec<&str> = decisions.iter().map(|d| d.decision_id.as_str()).collect();
    let ids = sha256_hex(ids.join("\n").as_bytes());
    tx.audit(
        what,
        takedown.takedown_id.as_str(),
        json!({ "decisions": decisions.len(), "ids_sha256": ids }),
    )?;
    if let Some(last) = decisions.last() {
        tx.changed("decision", last.decision_id.as_str(), last.version)?;
    }
    Ok(())
}

/// A takedown's decision on one account. The hold-out is only recorded: it never acts.
fn decision(tx: &Tx<'_>, t: &Takedown, account: &str, hold_out: bool) -> Answer<Decision> {
    let now = tx.ctx.now;
    let simulated = t.simulated || hold_out;
    Ok(Decision {
        decision_id: DecisionId::mint(now, Tx::chance()?),
        entity: Entity::account(account),
        action: t.action,
        reason_code: t.reason_code,
        reason_text: t.reason_text.clone(),
        evidence: t.evidence.clone(),
        origin: Origin { kind: OriginType::Takedown, id: t.takedown_id.to_string() },
        case_id: Some(t.case_id.clone()),
        takedown_id: Some(t.takedown_id.clone()),
        scope: DecisionScope::default(),
        starts_at: now,
        expires_at: t.expires_at,
        simulated,
        author: t.author.clone(),
        author_id: t.author_id.clone(),
        approver: t.approver.clone(),
        approver_id: t.approver_id.clone(),
        approval_reason: t.approval_reason.clone(),
        status: if simulated { DecisionStatus::Simulated } else { DecisionStatus::Active },
        undone_by: None,
        undone_at: None,
        undo_reason: None,
        hold_out,
        created_at: now,
        appeal_token: None,
        version: 1,
    })
}

fn stop(tx: &mut Tx<'_>, takedown: &mut Takedown, reason: &str) -> Answer<()> {
    takedown.stop(reason)?;
    moved(tx, takedown, "takedown.stopped", reason)?;
    tx.emit(WebhookEvent::TakedownStopped, &json!({ "takedown": takedown }))
}

fn stop_by_limits(tx: &mut Tx<'_>, takedown: &mut Takedown) -> Answer<bool> {
    match takedown.must_stop() {
        Some(why) => stop(tx, takedown, &format!("stopped by itself: {why}")).map(|()| true),
        None => Ok(false),
    }
}

/// Notes what happened to a takedown's decisions, and stops it when that passes its limits.
pub(super) fn outcome(
    tx: &mut Tx<'_>,
    id: Option<&TakedownId>,
    change: impl FnOnce(&mut TakedownOutcome),
) -> Answer<()> {
    let Some(id) = id else { return Ok(()) };
    let mut takedown = get(&mut tx.db, id)?;
    change(&mut takedown.outcome);
    takedown.version += 1;
    if !stop_by_limits(tx, &mut takedown)? {
        save(tx, &takedown)?;
    }
    Ok(())
}

/// Stops every takedown of a case that still has waves to come.
pub(super) fn stop_all(tx: &mut Tx<'_>, case: &CaseId, reason: &str) -> Answer<()> {
    let sql = "SELECT doc FROM takedowns WHERE case_id = ? AND status IN ('approved', 'running')";
    let moving: Vec<Takedown> = tx.db.docs(sql, params![case.as_str()])?;
    for mut takedown in moving {
        stop(tx, &mut takedown, &format!("stopped by itself: {reason}"))?;
    }
    Ok(())
}
