//! Decisions: preview, make, approve, undo, and what holds now.

use serde_json::json;
use vigie_cases::{
    Actor, Decision, DecisionId, DecisionStatus, Entity, EntityType, EventKind, Exception, NewDecision,
    Origin, OriginType, Reach, TEXT_CHARS_MAX, WebhookEvent, action_name, appeal_token, approval_needed,
    effective, text_field,
};
use vigie_model::{Action, Micros};

use super::cases::{decided, get as get_case, tell};
use super::engine::Records;
use super::error::RecordsError;
use super::list::{Select, Sorts};
use super::sql::{Answer, Value, params};
use super::tx::{Db, Tx, doc, fresh};
use super::types::{Affected, Ctx, DecisionFilter, DecisionPreview, ListQuery, Page};
use super::waves;

const SORTS: Sorts = &[("created_at", "created_at"), ("expires_at", "expires_at")];
/// Accounts that one statement asks for.
const ASK_AT_ONCE: usize = 100;
/// Most decisions in the body of one event.
const EVENT_DECISIONS_MAX: usize = 500;
/// Columns of the table, in the order of [`row`].
pub(super) const COLUMNS: [&str; 14] = [
    "decision_id",
    "entity_type",
    "entity_id",
    "action",
    "status",
    "simulated",
    "hold_out",
    "case_id",
    "takedown_id",
    "author_id",
    "starts_at",
    "expires_at",
    "created_at",
    "doc",
];

/// A decision as a row of the table.
pub(super) fn row(d: &Decision) -> Answer<Vec<Value>> {
    Ok(params![
        d.decision_id.as_str(),
        d.entity.kind.name(),
        d.entity.id.as_str(),
        action_name(d.action),
        d.status.name(),
        d.simulated,
        d.hold_out,
        d.case_id.as_ref().map(vigie_cases::CaseId::as_str),
        d.takedown_id.as_ref().map(vigie_cases::TakedownId::as_str),
        d.author_id.as_str(),
        d.starts_at,
        d.expires_at,
        d.created_at,
        doc(d)?,
    ]
    .to_vec())
}

/// Reads one decision as it is stored.
pub(super) fn get(db: &mut Db<'_>, id: &DecisionId) -> Answer<Decision> {
    db.doc("SELECT doc FROM decisions WHERE decision_id = ?", params![id.as_str()])?
        .ok_or_else(|| RecordsError::missing("decision", id))
}

/// Writes a changed decision.
pub(super) fn update(db: &mut Db<'_>, d: &Decision) -> Answer<()> {
    let sql = "UPDATE decisions SET status = ?, starts_at = ?, doc = ? WHERE decision_id = ?";
    db.run(sql, params![d.status.name(), d.starts_at, doc(d)?, d.decision_id.as_str()]).map(drop)
}

/// A decision as of `now`, with the secret of its way back once it has one.
pub(super) fn dressed(mut d: Decision, key: &[u8], now: Micros) -> Decision {
    d.status = d.status_at(now);
    if d.needs_way_back() && matches!(d.status, DecisionStatus::Active | DecisionStatus::Expired) {
        d.appeal_token = Some(appeal_token(key, &d.decision_id));
    }
    d
}

/// Exceptions on an entity that hold at `now`.
pub(super) fn exceptions_on(db: &mut Db<'_>, entity: &Entity, now: Micros) -> Answer<Vec<Exception>> {
    let sql = "SELECT doc FROM exceptions WHERE entity_id = ? AND entity_type = ? AND created_at <= ? AND expires_at > ?";
    db.docs(sql, params![entity.id.as_str(), entity.kind.name(), now, now])
}

fn acting_on(db: &mut Db<'_>, entity: &Entity, now: Micros) -> Answer<Vec<Decision>> {
    let sql = "SELECT doc FROM decisions WHERE entity_id = ? AND entity_type = ? AND status = 'active' \
               AND simulated = 0 AND expires_at > ?";
    db.docs(sql, params![entity.id.as_str(), entity.kind.name(), now])
}

/// What holds for `entity`, whatever its scope.
pub(super) fn effective_one(db: &mut Db<'_>, entity: &Entity, now: Micros) -> Answer<Option<Decision>> {
    let exceptions = exceptions_on(db, entity, now)?;
    let decisions = acting_on(db, entity, now)?;
    Ok(effective(&decisions, &exceptions, entity, Reach::Any, now).cloned())
}

/// What holds for each of `accounts`, in their order.
pub(super) fn effective_many(
    db: &mut Db<'_>,
    accounts: &[&str],
    now: Micros,
) -> Answer<Vec<Option<Decision>>> {
    let mut answer = Vec::with_capacity(accounts.len());
    for chunk in accounts.chunks(ASK_AT_ONCE) {
        // Always as many marks, so that the statement is prepared once.
        let marks = vec!["?"; ASK_AT_ONCE].join(", ");
        let asked = chunk.iter().map(|a| Value::from(*a)).chain(std::iter::repeat(Value::from("")));
        let asked: Vec<Value> = asked.take(ASK_AT_ONCE).collect();
        let sql = format!(
            "SELECT doc FROM decisions WHERE entity_type = 'account' AND status = 'active' AND simulated = 0 \
             AND entity_id IN ({marks})"
        );
        let decisions: Vec<Decision> = db.docs(&sql, &asked)?;
        let sql =
            format!("SELECT doc FROM exceptions WHERE entity_type = 'account' AND entity_id IN ({marks})");
        let exceptions: Vec<Exception> = db.docs(&sql, &asked)?;
        for account in chunk {
            let entity = Entity::account(account);
            answer.push(effective(&decisions, &exceptions, &entity, Reach::Any, now).cloned());
        }
    }
    Ok(answer)
}

/// Tells webhooks of decisions that came into force, or were taken back.
pub(super) fn tell_webhooks(tx: &mut Tx<'_>, event: WebhookEvent, decisions: &[Decision]) -> Answer<()> {
    if !tx.heard(event)? {
        return Ok(());
    }
    let (key, now) = (tx.key, tx.ctx.now);
    for some in decisions.chunks(EVENT_DECISIONS_MAX) {
        let told: Vec<Decision> = some.iter().cloned().map(|d| dressed(d, key, now)).collect();
        tx.emit(event, &json!({ "decisions": told }))?;
    }
    Ok(())
}

/// Why a decision needs a second person, if it does: by its action, by how many it hits, or by how many its author hit
/// without one in the last day.
fn approval(tx: &mut Db<'_>, ctx: &Ctx, new: &NewDecision) -> Answer<Option<String>> {
    if new.simulated || new.action < Action::Throttle {
        return Ok(None);
    }
    let settings = tx.settings()?;
    let Some(hit) = accounts_hit(tx, &new.entity)? else {
        return Ok(approval_needed(&settings, new.action, u64::MAX)
            .map(|_| "how many accounts it hits is not known; a second person must look".to_owned()));
    };
    let since = Micros(ctx.now.0.saturating_sub(Micros::DAY));
    let sql = "SELECT COUNT(*) FROM decisions WHERE author_id = ? AND created_at > ? AND takedown_id IS NULL \
               AND simulated = 0 AND status IN ('active', 'pending_approval') AND action NOT IN ('observe', 'label')";
    let lately = tx.number(sql, params![ctx.actor.person(), since])?;
    Ok(approval_needed(&settings, new.action, hit + lately))
}

/// Accounts that a decision on `entity` hits; `None` when the records cannot know.
fn accounts_hit(db: &mut Db<'_>, entity: &Entity) -> Answer<Option<u64>> {
    Ok(match entity.kind {
        EntityType::Account | EntityType::Key | EntityType::EndUser => Some(1),
        EntityType::Org | EntityType::AddressRange | EntityType::Object => None,
        EntityType::Slice => match entity.id.split_once('/') {
            Some((campaign, "*")) => {
                let sql = "SELECT MAX(accounts) FROM hunt_campaigns WHERE campaign_id = ?";
                Some(db.number(sql, params![campaign])?).filter(|n| *n > 0)
            }
            _ => Some(1),
        },
    })
}

fn origin(actor: &Actor) -> Origin {
    let kind = match actor {
        Actor::User { .. } => OriginType::Analyst,
        Actor::Token { .. } => OriginType::Api,
        Actor::System { .. } | Actor::Public => OriginType::Hunt,
    };
    Origin { kind, id: actor.name() }
}

impl Records {
    /// Decisions. Sorts: `created_at` (default, descending), `expires_at`. `q` looks in entity ids. Appeal tokens are not in
    /// lists.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong sort or cursor.
    pub fn decisions(
        &self,
        filter: &DecisionFilter,
        list: &ListQuery,
        now: Micros,
    ) -> Result<Page<Decision>, RecordsError> {
        let mut select = Select::new("doc", "decisions", "decision_id", SORTS, true, list)?;
        match filter.status {
            Some(DecisionStatus::Expired) => select.only(
                "(status = 'expired' OR (status IN ('active', 'simulated', 'pending_approval') AND expires_at <= ?))",
                params![now],
            ),
            Some(status) => {
                select.only("status = ?", params![status.name()]);
                if matches!(
                    status,
                    DecisionStatus::Active | DecisionStatus::Simulated | DecisionStatus::PendingApproval
                ) {
                    select.only("expires_at > ?", params![now]);
                }
            }
            None => {}
        }
        select.only_if("entity_id", filter.entity.as_deref());
        select.only_if("action", filter.action.map(action_name));
        if let Some(case) = &filter.case_id {
            let of = "case_id IN (SELECT case_id FROM cases WHERE case_id = ? OR merged_into = ?)";
            select.only(of, params![case.as_str(), case.as_str()]);
        }
        select.only_if("takedown_id", filter.takedown_id.as_ref().map(vigie_cases::TakedownId::as_str));
        if let Some(days) = filter.expiring_within_days {
            let end = now.0.saturating_add(i64::from(days).saturating_mul(Micros::DAY));
            select.only("status = 'active' AND expires_at > ? AND expires_at <= ?", params![now, end]);
        }
        select.search("entity_id", list.q.as_deref(), false);
        self.read(|db| {
            let mut page: Page<Decision> = select.docs(db, list)?;
            page.items.iter_mut().for_each(|d| d.status = d.status_at(now));
            Ok(page)
        })
    }

    /// One decision, with its appeal token once it has one.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn decision(&self, id: &DecisionId, now: Micros) -> Result<Decision, RecordsError> {
        Ok(dressed(self.read(|db| get(db, id))?, self.key(), now))
    }

    /// What a decision would do; writes nothing.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] field by field.
    pub fn preview_decision(&self, ctx: &Ctx, new: &NewDecision) -> Result<DecisionPreview, RecordsError> {
        new.validate(ctx.now)?;
        self.read(|db| {
            let approval_reason = approval(db, ctx, new)?;
            let effective_now = effective_one(db, &new.entity, ctx.now)?;
            let mut conflicts = Vec::new();
            for exception in exceptions_on(db, &new.entity, ctx.now)? {
                conflicts.push(format!("an exception protects it: {}", exception.reason));
            }
            if let Some(now) = effective_now.as_ref().filter(|d| d.action >= new.action) {
                let (action, id) = (action_name(now.action), &now.decision_id);
                conflicts.push(format!("`{action}` holds already ({id}); the stronger of the two wins"));
            }
            let accounts = accounts_hit(db, &new.entity)?;
            let affected = Affected { exchanges: exchanges_of(db, &new.entity)?, accounts };
            let needs_approval = approval_reason.is_some();
            Ok(DecisionPreview { affected, effective_now, needs_approval, approval_reason, conflicts })
        })
    }

    /// Makes a decision: in force, simulated, or waiting for a second person where the policy says so.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] field by field (no evidence, no reason, no expiry), [`RecordsError::NotFound`] for its
    /// case, [`RecordsError::Conflict`] when an exception protects the entity.
    pub fn create_decision(&self, ctx: &Ctx, new: &NewDecision) -> Result<Decision, RecordsError> {
        new.validate(ctx.now)?;
        let decision = self.mutate(ctx, "create_decision", new, |tx| {
            if let Some(case) = &new.case_id {
                get_case(&mut tx.db, case)?.must_stand_alone()?;
            }
            let protected = exceptions_on(&mut tx.db, &new.entity, ctx.now)?;
            if let Some(exception) = protected.first().filter(|_| !new.simulated) {
                let (id, reason) = (&exception.exception_id, &exception.reason);
                return Err(RecordsError::Conflict(format!(
                    "exception {id} protects it: {reason}; delete that first"
                )));
            }
            let approval = approval(&mut tx.db, ctx, new)?;
            let id = DecisionId::mint(ctx.now, Tx::chance()?);
            let decision = new.clone().decide(id, origin(&ctx.actor), &ctx.actor, approval, ctx.now)?;
            insert(tx, &decision)?;
            Ok(decision)
        })?;
        Ok(dressed(decision, self.key(), ctx.now))
    }

    /// Puts a decision in force as the second person.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Conflict`] unless it waits,
    /// [`RecordsError::Forbidden`] for the author's own eyes.
    pub fn approve_decision(
        &self,
        ctx: &Ctx,
        id: &DecisionId,
        reason: &str,
        expect: Option<u64>,
    ) -> Result<Decision, RecordsError> {
        let decision = self.mutate(ctx, "approve_decision", &(id, reason), |tx| {
            let mut decision = get(&mut tx.db, id)?;
            fresh(expect, decision.version)?;
            decision.approve(&ctx.actor, ctx.now)?;
            after(tx, &decision, "decision.approved", reason)?;
            tell_webhooks(tx, WebhookEvent::DecisionCreated, std::slice::from_ref(&decision))?;
            Ok(decision)
        })?;
        Ok(dressed(decision, self.key(), ctx.now))
    }

    /// Turns a waiting decision down.
    ///
    /// # Errors
    /// Those of [`Records::approve_decision`]; the author may do so, too. [`RecordsError::Invalid`] without a reason.
    pub fn reject_decision(
        &self,
        ctx: &Ctx,
        id: &DecisionId,
        reason: &str,
        expect: Option<u64>,
    ) -> Result<Decision, RecordsError> {
        text_field("reason", reason, TEXT_CHARS_MAX)?;
        self.mutate(ctx, "reject_decision", &(id, reason), |tx| {
            let mut decision = get(&mut tx.db, id)?;
            fresh(expect, decision.version)?;
            decision.reject(&ctx.actor, reason, ctx.now)?;
            after(tx, &decision, "decision.rejected", reason)?;
            Ok(decision)
        })
    }

    /// Takes a decision back; what lay beneath holds again. One of a takedown counts as found wrong there.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Conflict`] when it is over already,
    /// [`RecordsError::Invalid`] without a reason.
    pub fn undo_decision(
        &self,
        ctx: &Ctx,
        id: &DecisionId,
        reason: &str,
        expect: Option<u64>,
    ) -> Result<Decision, RecordsError> {
        text_field("reason", reason, TEXT_CHARS_MAX)?;
        self.mutate(ctx, "undo_decision", &(id, reason), |tx| {
            let mut decision = get(&mut tx.db, id)?;
            fresh(expect, decision.version)?;
            decision.undo(&ctx.actor, reason, ctx.now)?;
            after(tx, &decision, "decision.undone", reason)?;
            tell_webhooks(tx, WebhookEvent::DecisionUndone, std::slice::from_ref(&decision))?;
            waves::outcome(tx, decision.takedown_id.as_ref(), |o| {
                o.undone += 1;
                o.false_positives += u64::from(!decision.hold_out);
            })?;
            Ok(decision)
        })
    }

    /// What holds for an entity now, whatever its scope; `None` when nothing does or an exception protects it.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn effective(&self, entity: &Entity, now: Micros) -> Result<Option<Decision>, RecordsError> {
        self.read(|db| effective_one(db, entity, now))
    }
}

/// Writes a new decision with its audit entry, history and events.
pub(super) fn insert(tx: &mut Tx<'_>, d: &Decision) -> Answer<()> {
    let marks = vec!["?"; COLUMNS.len()].join(", ");
    let sql = format!("INSERT INTO decisions ({}) VALUES ({marks})", COLUMNS.join(", "));
    tx.db.run(&sql, &row(d)?)?;
    let detail = json!({
        "entity": d.entity, "action": d.action, "reason_code": d.reason_code, "status": d.status,
        "expires_at": d.expires_at, "evidence": d.evidence.iter().map(|e| &e.code).collect::<Vec<_>>(),
    });
    tx.audit("decision.created", d.decision_id.as_str(), detail)?;
    tx.changed("decision", d.decision_id.as_str(), d.version)?;
    if let Some(case) = d.case_id.as_ref().filter(|_| !d.simulated) {
        decided(tx, case, d.created_at)?;
    }
    let text = format!("{} {} {}: {}", d.status.name(), action_name(d.action), d.entity.id, d.reason_text);
    tell(tx, d.case_id.as_ref(), EventKind::Decision, &text, json!({ "decision_id": d.decision_id }))?;
    if matches!(d.status, DecisionStatus::Active | DecisionStatus::Simulated) {
        tell_webhooks(tx, WebhookEvent::DecisionCreated, std::slice::from_ref(d))?;
    }
    Ok(())
}

/// Writes a changed decision with its audit entry and history.
pub(super) fn after(tx: &mut Tx<'_>, d: &Decision, what: &str, reason: &str) -> Answer<()> {
    update(&mut tx.db, d)?;
    let detail = json!({ "status": d.status, "reason": reason, "version": d.version });
    tx.audit(what, d.decision_id.as_str(), detail)?;
    tx.changed("decision", d.decision_id.as_str(), d.version)?;
    let done = what.rsplit('.').next().unwrap_or(what);
    let text = format!("{done} {} {}: {reason}", action_name(d.action), d.entity.id);
    tell(tx, d.case_id.as_ref(), EventKind::Decision, &text, json!({ "decision_id": d.decision_id }))
}

/// Exchanges of an account as the hunt that looked furthest saw them; where none did, its even part of the cases that it is
/// in, an estimate. `None` for other entities.
fn exchanges_of(db: &mut Db<'_>, entity: &Entity) -> Answer<Option<u64>> {
    if entity.kind != EntityType::Account {
        return Ok(None);
    }
    if let Some(seen) = super::activity::exchanges_of(db, &entity.id)? {
        return Ok(Some(seen));
    }
    let sql = "SELECT c.exchanges, c.members FROM members m JOIN cases c ON c.case_id = m.case_id WHERE m.account_id = ?";
    let parts = db.rows(sql, params![entity.id.as_str()])?;
    Ok((!parts.is_empty()).then(|| parts.iter().map(|r| r.count(0) / r.count(1).max(1)).sum()))
}
