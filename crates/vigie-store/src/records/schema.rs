//! The tables, and how a store of an older version is brought up to date.
//!
//! A document (`doc`, JSON) holds the noun; the columns beside it are what lists filter and sort by. Times are
//! microseconds, truths are 0 or 1. A migration is never changed once released: another follows it.

use super::error::RecordsError;
use super::sql::{Answer, Begin, Conn, params};

/// Every step from nothing, in order.
const MIGRATIONS: &[&str] = &[V1, V2];

const V1: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE audit (
  seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL,
  detail TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_target ON audit (target, seq);
CREATE TABLE changes (
  seq BIGINT PRIMARY KEY, topic TEXT NOT NULL, id TEXT NOT NULL, version BIGINT NOT NULL);
CREATE TABLE idempotency (
  person TEXT NOT NULL, name TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (person, name));
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE users (
  user_id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, subject TEXT UNIQUE, password_hash TEXT,
  role TEXT NOT NULL, disabled BIGINT NOT NULL, created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
  doc TEXT NOT NULL);
CREATE TABLE sessions (
  session_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, csrf TEXT NOT NULL, created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_end ON sessions (expires_at);
CREATE TABLE tokens (
  token_id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE webhooks (
  webhook_id TEXT PRIMARY KEY, secret TEXT NOT NULL, enabled BIGINT NOT NULL, created_at BIGINT NOT NULL,
  doc TEXT NOT NULL);
CREATE TABLE deliveries (
  delivery_id TEXT PRIMARY KEY, webhook_id TEXT NOT NULL, status TEXT NOT NULL, next_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX deliveries_due ON deliveries (status, next_at);
CREATE INDEX deliveries_of ON deliveries (webhook_id, created_at, delivery_id);

CREATE TABLE hunts (
  hunt_id TEXT PRIMARY KEY, started_at BIGINT NOT NULL, finished_at BIGINT NOT NULL, status TEXT NOT NULL,
  doc TEXT NOT NULL);
CREATE INDEX hunts_started ON hunts (started_at, hunt_id);
CREATE INDEX hunts_finished ON hunts (status, finished_at);
CREATE TABLE hunt_campaigns (
  hunt_id TEXT NOT NULL, campaign_id TEXT NOT NULL, case_id TEXT, kind TEXT NOT NULL, accounts BIGINT NOT NULL,
  PRIMARY KEY (hunt_id, campaign_id));
CREATE INDEX hunt_campaigns_case ON hunt_campaigns (case_id);
CREATE TABLE campaigns (
  campaign_id TEXT PRIMARY KEY, hunt_id TEXT NOT NULL, case_id TEXT, kind TEXT NOT NULL, accuses BIGINT NOT NULL,
  doc TEXT NOT NULL);
CREATE INDEX campaigns_case ON campaigns (case_id);
CREATE INDEX campaigns_hunt ON campaigns (hunt_id);

CREATE TABLE cases (
  case_id TEXT PRIMARY KEY, status TEXT NOT NULL, kind TEXT NOT NULL, severity BIGINT NOT NULL,
  assignee TEXT NOT NULL, disposition TEXT NOT NULL, merged_into TEXT, split_from TEXT,
  opened_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, members BIGINT NOT NULL, exchanges BIGINT NOT NULL,
  decided_at BIGINT NOT NULL, search TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX cases_merged ON cases (merged_into);
CREATE INDEX cases_split ON cases (split_from);
CREATE INDEX cases_updated ON cases (updated_at, case_id);
CREATE INDEX cases_opened ON cases (opened_at, case_id);
CREATE INDEX cases_severity ON cases (severity, case_id);
CREATE INDEX cases_members ON cases (members, case_id);
CREATE INDEX cases_exchanges ON cases (exchanges, case_id);
CREATE TABLE members (
  case_id TEXT NOT NULL, account_id TEXT NOT NULL, campaign_id TEXT, score DOUBLE PRECISION NOT NULL,
  share DOUBLE PRECISION NOT NULL, named_at BIGINT NOT NULL, PRIMARY KEY (case_id, account_id));
CREATE INDEX members_account ON members (account_id);
CREATE INDEX members_score ON members (case_id, score, account_id);
CREATE TABLE case_events (
  case_id TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (case_id, seq));

CREATE TABLE decisions (
  decision_id TEXT PRIMARY KEY, entity_type TEXT NOT NULL, entity_id TEXT NOT NULL, action TEXT NOT NULL,
  status TEXT NOT NULL, simulated BIGINT NOT NULL, hold_out BIGINT NOT NULL, case_id TEXT, takedown_id TEXT,
  author_id TEXT NOT NULL, starts_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, created_at BIGINT NOT NULL,
  doc TEXT NOT NULL);
CREATE INDEX decisions_entity ON decisions (entity_id, entity_type);
CREATE INDEX decisions_created ON decisions (created_at, decision_id);
CREATE INDEX decisions_expiry ON decisions (status, expires_at);
CREATE INDEX decisions_case ON decisions (case_id, created_at);
CREATE INDEX decisions_takedown ON decisions (takedown_id);
CREATE INDEX decisions_author ON decisions (author_id, created_at);
CREATE TABLE exceptions (
  exception_id TEXT PRIMARY KEY, entity_type TEXT NOT NULL, entity_id TEXT NOT NULL, created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX exceptions_entity ON exceptions (entity_id, entity_type);
CREATE INDEX exceptions_created ON exceptions (created_at, exception_id);
CREATE TABLE takedowns (
  takedown_id TEXT PRIMARY KEY, case_id TEXT NOT NULL, status TEXT NOT NULL, created_at BIGINT NOT NULL,
  doc TEXT NOT NULL);
CREATE INDEX takedowns_created ON takedowns (created_at, takedown_id);
CREATE INDEX takedowns_case ON takedowns (case_id);
CREATE TABLE takedown_accounts (
  takedown_id TEXT NOT NULL, account_id TEXT NOT NULL, wave BIGINT NOT NULL, PRIMARY KEY (takedown_id, account_id));
CREATE TABLE appeals (
  appeal_id TEXT PRIMARY KEY, decision_id TEXT NOT NULL UNIQUE, case_id TEXT, status TEXT NOT NULL,
  received_at BIGINT NOT NULL, deadline_at BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX appeals_deadline ON appeals (deadline_at, appeal_id);
CREATE INDEX appeals_received ON appeals (received_at, appeal_id);
CREATE INDEX appeals_case ON appeals (case_id);
";

/// What accounts did, as the hunt that looked furthest saw it.
const V2: &str = "
CREATE TABLE activity (
  account_id TEXT PRIMARY KEY, hunt_id TEXT NOT NULL, seen_to BIGINT NOT NULL, first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL, exchanges BIGINT NOT NULL, refused BIGINT NOT NULL, tokens BIGINT, networks BIGINT,
  doc TEXT NOT NULL);
";

/// Brings the tables up to date. Only one process does so at a time; the others wait.
///
/// # Errors
/// [`RecordsError::Unavailable`] when the store was written by a newer version, or fails.
pub(super) fn migrate(conn: &mut dyn Conn) -> Answer<()> {
    conn.begin(Begin::Write)?;
    let done = steps(conn);
    match done {
        Ok(()) => conn.commit(),
        Err(error) => {
            conn.rollback();
            Err(error)
        }
    }
}

fn steps(conn: &mut dyn Conn) -> Answer<()> {
    conn.batch("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")?;
    let rows = conn.query("SELECT version FROM schema_version", params![])?;
    let version = rows.first().map_or(0, |row| row.int(0));
    let known = MIGRATIONS.len() as i64;
    if version > known {
        return Err(RecordsError::Unavailable(format!(
            "the store is at version {version}, and this Vigie knows up to {known}; start the newer Vigie that wrote it"
        )));
    }
    for step in &MIGRATIONS[version as usize..] {
        conn.batch(step)?;
    }
    if version < known {
        conn.execute("DELETE FROM schema_version", params![])?;
        conn.execute("INSERT INTO schema_version (version) VALUES (?)", params![known])?;
    }
    Ok(())
}
