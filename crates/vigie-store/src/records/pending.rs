//! Methods whose bodies are on their way.
#![expect(unused_variables, missing_docs, reason = "the bodies come with the next commits")]

use serde_json::Value;
use vigie_cases::*;
use vigie_model::{Campaign, HuntSummary, Member, Micros};

use super::types::*;
use super::{Records, RecordsError};

type Answer<T> = Result<T, RecordsError>;

fn soon<T>() -> Answer<T> {
    Err(RecordsError::Unavailable("not built yet".to_owned()))
}

/// Clock, audit, changes, settings.
impl Records {
    pub fn tick(&self, ctx: &Ctx) -> Answer<Ticked> {
        soon()
    }
    pub fn note(&self, ctx: &Ctx, note: &AuditNote) -> Answer<AuditEntry> {
        soon()
    }
    /// Newest first.
    pub fn audit_page(&self, filter: &AuditFilter, list: &ListQuery) -> Answer<Page<AuditEntry>> {
        soon()
    }
    /// Oldest first, those after `after_seq`, for export and verifying.
    pub fn audit_after(&self, after_seq: u64, limit: usize) -> Answer<Vec<AuditEntry>> {
        soon()
    }
    pub fn audit_verify(&self) -> Answer<ChainCheck> {
        soon()
    }
    /// Poll it for server-sent events; several servers see each other's changes.
    pub fn changes_since(&self, seq: u64, limit: usize) -> Answer<Vec<Change>> {
        soon()
    }
    pub fn changes_head(&self) -> Answer<u64> {
        soon()
    }
    pub fn settings(&self) -> Answer<Settings> {
        soon()
    }
    pub fn put_settings(&self, ctx: &Ctx, settings: &Settings, expect: u64) -> Answer<Settings> {
        soon()
    }
    pub fn overview(&self, since: Micros, now: Micros) -> Answer<Overview> {
        soon()
    }
    pub fn scorecards(&self, now: Micros) -> Answer<Vec<Scorecard>> {
        soon()
    }
}

/// Users, sessions, tokens.
impl Records {
    pub fn admin_exists(&self) -> Answer<bool> {
        soon()
    }
    /// The first admin; `Conflict` when there is one.
    pub fn set_up(&self, ctx: &Ctx, user: &NewUser) -> Answer<User> {
        soon()
    }
    pub fn create_user(&self, ctx: &Ctx, user: &NewUser) -> Answer<User> {
        soon()
    }
    pub fn users(&self, list: &ListQuery) -> Answer<Page<User>> {
        soon()
    }
    pub fn user(&self, id: &UserId) -> Answer<User> {
        soon()
    }
    /// With the password hash.
    pub fn user_by_name(&self, name: &str) -> Answer<Option<(User, Option<String>)>> {
        soon()
    }
    pub fn user_by_subject(&self, subject: &str) -> Answer<Option<User>> {
        soon()
    }
    /// The last enabled admin cannot be disabled or lowered (`Conflict`).
    pub fn patch_user(&self, ctx: &Ctx, id: &UserId, patch: &UserPatch, expect: Option<u64>) -> Answer<User> {
        soon()
    }
    /// Signs in: audit entry `session.created`.
    pub fn create_session(&self, ctx: &Ctx, session: &Session) -> Answer<()> {
        soon()
    }
    /// The session and its enabled user, if it holds at `now`. Notes `last_seen_at` at most once a minute.
    pub fn session(&self, session_hash: &str, now: Micros) -> Answer<Option<(Session, User)>> {
        soon()
    }
    pub fn delete_session(&self, ctx: &Ctx, session_hash: &str) -> Answer<()> {
        soon()
    }
    /// Owner is the person behind ctx.actor.
    pub fn create_token(&self, ctx: &Ctx, token: &NewToken) -> Answer<Token> {
        soon()
    }
    /// Of `owner`, or of everybody.
    pub fn tokens(&self, owner: Option<&UserId>, list: &ListQuery) -> Answer<Page<Token>> {
        soon()
    }
    /// The token and its enabled owner, if it holds at `now`. Notes `last_used_at` at most once a minute.
    pub fn token_by_hash(&self, secret_hash: &str, now: Micros) -> Answer<Option<(Token, User)>> {
        soon()
    }
    pub fn delete_token(&self, ctx: &Ctx, id: &TokenId) -> Answer<()> {
        soon()
    }
}

/// Webhooks.
impl Records {
    pub fn create_webhook(&self, ctx: &Ctx, webhook: &NewWebhook) -> Answer<Webhook> {
        soon()
    }
    pub fn webhooks(&self, list: &ListQuery) -> Answer<Page<Webhook>> {
        soon()
    }
    pub fn webhook(&self, id: &WebhookId) -> Answer<Webhook> {
        soon()
    }
    pub fn patch_webhook(
        &self,
        ctx: &Ctx,
        id: &WebhookId,
        patch: &WebhookPatch,
        expect: Option<u64>,
    ) -> Answer<Webhook> {
        soon()
    }
    pub fn delete_webhook(&self, ctx: &Ctx, id: &WebhookId) -> Answer<()> {
        soon()
    }
    pub fn deliveries(&self, webhook: &WebhookId, list: &ListQuery) -> Answer<Page<Delivery>> {
        soon()
    }
    /// Claims what is due for `lease`: no other server gets it meanwhile.
    pub fn due_deliveries(&self, now: Micros, limit: usize, lease: Micros) -> Answer<Vec<DueDelivery>> {
        soon()
    }
    pub fn delivery_done(&self, id: &DeliveryId, now: Micros) -> Answer<Delivery> {
        soon()
    }
    /// Plans the next attempt, or gives up.
    pub fn delivery_failed(&self, id: &DeliveryId, error: &str, now: Micros) -> Answer<Delivery> {
        soon()
    }
    pub fn retry_delivery(&self, ctx: &Ctx, id: &DeliveryId) -> Answer<Delivery> {
        soon()
    }
}

/// Hunts.
impl Records {
    pub fn create_hunt(&self, ctx: &Ctx, hunt: &NewHunt) -> Answer<Hunt> {
        soon()
    }
    pub fn update_hunt(&self, ctx: &Ctx, id: &HuntId, update: &HuntUpdate) -> Answer<Hunt> {
        soon()
    }
    /// Takes the campaigns of a hunt in: opens and updates cases, marks the hunt as done. All or nothing.
    pub fn import_campaigns(
        &self,
        ctx: &Ctx,
        hunt: &HuntId,
        summary: &HuntSummary,
        campaigns: &[(Campaign, Vec<Member>)],
    ) -> Answer<ImportReport> {
        soon()
    }
    pub fn hunts(&self, list: &ListQuery) -> Answer<Page<Hunt>> {
        soon()
    }
    pub fn hunt(&self, id: &HuntId) -> Answer<Hunt> {
        soon()
    }
    pub fn hunt_diff(&self, before: &HuntId, after: &HuntId) -> Answer<HuntDiff> {
        soon()
    }
}

/// Cases.
impl Records {
    /// Sorts: `updated_at` (default, descending), `opened_at`, `severity`, `members`, `exchanges`. `q`: title, id.
    pub fn cases(&self, filter: &CaseFilter, list: &ListQuery) -> Answer<Page<Case>> {
        soon()
    }
    pub fn case(&self, id: &CaseId) -> Answer<Case> {
        soon()
    }
    pub fn open_case(&self, ctx: &Ctx, case: &NewCase) -> Answer<Case> {
        soon()
    }
    pub fn patch_case(&self, ctx: &Ctx, id: &CaseId, patch: &CasePatch, expect: Option<u64>) -> Answer<Case> {
        soon()
    }
    pub fn bulk_patch(&self, ctx: &Ctx, ids: &[CaseId], patch: &CasePatch) -> Answer<Vec<BulkResult>> {
        soon()
    }
    pub fn add_note(&self, ctx: &Ctx, id: &CaseId, text: &str) -> Answer<CaseEvent> {
        soon()
    }
    /// Returns the case that took the other in.
    pub fn merge_cases(&self, ctx: &Ctx, id: &CaseId, into: &CaseId) -> Answer<Case> {
        soon()
    }
    /// Returns the new case.
    pub fn split_case(&self, ctx: &Ctx, id: &CaseId, accounts: &[String], title: &str) -> Answer<Case> {
        soon()
    }
    /// Newest first.
    pub fn case_history(&self, id: &CaseId, list: &ListQuery) -> Answer<Page<CaseEvent>> {
        soon()
    }
    /// Sorts: `score` (default, descending), `share`, `account_id`. `q`: account id.
    pub fn case_members(&self, id: &CaseId, list: &ListQuery, now: Micros) -> Answer<Page<CaseMember>> {
        soon()
    }
    pub fn case_campaigns(&self, id: &CaseId) -> Answer<Vec<CaseCampaign>> {
        soon()
    }
    pub fn case_network(&self, id: &CaseId) -> Answer<CaseNetwork> {
        soon()
    }
    /// Audited.
    pub fn reveal_evidence(&self, ctx: &Ctx, id: &CaseId, code: &str, reason: &str) -> Answer<Revealed> {
        soon()
    }
    pub fn account(&self, account_id: &str, now: Micros) -> Answer<AccountView> {
        soon()
    }
}

/// Decisions and exceptions.
impl Records {
    /// Sorts: `created_at` (default, descending), `expires_at`. `q`: entity id.
    pub fn decisions(
        &self,
        filter: &DecisionFilter,
        list: &ListQuery,
        now: Micros,
    ) -> Answer<Page<Decision>> {
        soon()
    }
    pub fn decision(&self, id: &DecisionId, now: Micros) -> Answer<Decision> {
        soon()
    }
    pub fn preview_decision(&self, ctx: &Ctx, new: &NewDecision) -> Answer<DecisionPreview> {
        soon()
    }
    pub fn create_decision(&self, ctx: &Ctx, new: &NewDecision) -> Answer<Decision> {
        soon()
    }
    pub fn approve_decision(
        &self,
        ctx: &Ctx,
        id: &DecisionId,
        reason: &str,
        expect: Option<u64>,
    ) -> Answer<Decision> {
        soon()
    }
    pub fn reject_decision(
        &self,
        ctx: &Ctx,
        id: &DecisionId,
        reason: &str,
        expect: Option<u64>,
    ) -> Answer<Decision> {
        soon()
    }
    pub fn undo_decision(
        &self,
        ctx: &Ctx,
        id: &DecisionId,
        reason: &str,
        expect: Option<u64>,
    ) -> Answer<Decision> {
        soon()
    }
    pub fn effective(&self, entity: &Entity, now: Micros) -> Answer<Option<Decision>> {
        soon()
    }
    /// `q`: entity id.
    pub fn exceptions(&self, list: &ListQuery, now: Micros) -> Answer<Page<Exception>> {
        soon()
    }
    pub fn create_exception(&self, ctx: &Ctx, new: &NewException) -> Answer<Exception> {
        soon()
    }
    /// Ends it now; it stays in the audit.
    pub fn delete_exception(&self, ctx: &Ctx, id: &ExceptionId) -> Answer<()> {
        soon()
    }
}

/// Takedowns.
impl Records {
    pub fn preview_takedown(&self, case: &CaseId, new: &NewTakedown, now: Micros) -> Answer<TakedownPreview> {
        soon()
    }
    pub fn create_takedown(&self, ctx: &Ctx, case: &CaseId, new: &NewTakedown) -> Answer<Takedown> {
        soon()
    }
    pub fn takedowns(
        &self,
        case: Option<&CaseId>,
        status: Option<TakedownStatus>,
        list: &ListQuery,
    ) -> Answer<Page<Takedown>> {
        soon()
    }
    pub fn takedown(&self, id: &TakedownId) -> Answer<Takedown> {
        soon()
    }
    pub fn approve_takedown(
        &self,
        ctx: &Ctx,
        id: &TakedownId,
        reason: &str,
        expect: Option<u64>,
    ) -> Answer<Takedown> {
        soon()
    }
    pub fn reject_takedown(
        &self,
        ctx: &Ctx,
        id: &TakedownId,
        reason: &str,
        expect: Option<u64>,
    ) -> Answer<Takedown> {
        soon()
    }
    /// Applies the next wave.
    pub fn advance_takedown(&self, ctx: &Ctx, id: &TakedownId, expect: Option<u64>) -> Answer<Takedown> {
        soon()
    }
    pub fn stop_takedown(
        &self,
        ctx: &Ctx,
        id: &TakedownId,
        reason: &str,
        expect: Option<u64>,
    ) -> Answer<Takedown> {
        soon()
    }
    pub fn reverse_takedown(
        &self,
        ctx: &Ctx,
        id: &TakedownId,
        reason: &str,
        expect: Option<u64>,
    ) -> Answer<Takedown> {
        soon()
    }
}

/// Appeals.
impl Records {
    /// What the holder of an appeal link sees; `NotFound` for a false token.
    pub fn public_appeal(&self, token: &str, now: Micros) -> Answer<PublicAppeal> {
        soon()
    }
    /// ctx.actor is `Actor::Public`; one appeal per decision (`Conflict`).
    pub fn file_appeal(&self, ctx: &Ctx, token: &str, statement: &Statement) -> Answer<PublicAppeal> {
        soon()
    }
    /// Sorts: `deadline_at` (default), `received_at`.
    pub fn appeals(&self, filter: &AppealFilter, list: &ListQuery, now: Micros) -> Answer<Page<Appeal>> {
        soon()
    }
    /// Reading the statement is audited.
    pub fn appeal(&self, ctx: &Ctx, id: &AppealId) -> Answer<AppealView> {
        soon()
    }
    pub fn claim_appeal(&self, ctx: &Ctx, id: &AppealId, expect: Option<u64>) -> Answer<Appeal> {
        soon()
    }
    pub fn decide_appeal(
        &self,
        ctx: &Ctx,
        id: &AppealId,
        answer: &AppealDecision,
        expect: Option<u64>,
    ) -> Answer<Appeal> {
        soon()
    }
}

fn _unused(_: Value) {}
