//! Merging cases that are one, and splitting a case that is two.

use serde_json::json;
use vigie_cases::{Case, CaseId, CaseStatus, EventKind, TITLE_CHARS_MAX, text_field};
use vigie_model::Micros;

use super::cases::{account_ids, blank, born, get, put, save};
use super::engine::Records;
use super::error::RecordsError;
use super::sql::{Answer, params};
use super::tx::Tx;
use super::types::Ctx;

impl Records {
    /// Merges a case into another, which takes its members and campaigns; decisions keep where they came from. Returns the
    /// case that took the other in.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Invalid`] for a case into itself, [`RecordsError::Conflict`] while a
    /// takedown of the case moves or when one of them was merged away.
    pub fn merge_cases(&self, ctx: &Ctx, id: &CaseId, into: &CaseId) -> Result<Case, RecordsError> {
        if id == into {
            return Err(RecordsError::invalid("into", "must be another case"));
        }
        self.mutate(ctx, "merge_cases", &(id, into), |tx| merge(tx, id, into))
    }

    /// Moves `accounts` from a case into a new one, which keeps the campaigns as evidence; later hunts that find the old
    /// case again leave these accounts out of it. Exchanges are divided in proportion (an estimate). Returns the new case.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`]; [`RecordsError::Invalid`] for accounts that are not members, or for all of them;
    /// [`RecordsError::Conflict`] while a takedown of the case moves or when it was merged away.
    pub fn split_case(
        &self,
        ctx: &Ctx,
        id: &CaseId,
        accounts: &[String],
        title: &str,
    ) -> Result<Case, RecordsError> {
        text_field("title", title, TITLE_CHARS_MAX)?;
        let accounts = account_ids("accounts", accounts, 1)?;
        self.mutate(ctx, "split_case", &(id, &accounts, title), |tx| split(tx, id, &accounts, title))
    }
}

fn must_rest(tx: &mut Tx<'_>, id: &CaseId) -> Answer<()> {
    let sql = "SELECT COUNT(*) FROM takedowns WHERE case_id = ? AND status IN ('pending_approval', 'approved', 'running')";
    match tx.db.number(sql, params![id.as_str()])? {
        0 => Ok(()),
        n => Err(RecordsError::Conflict(format!(
            "{n} takedowns of case {id} wait or run; stop or reject them first"
        ))),
    }
}

fn earlier(a: Option<Micros>, b: Option<Micros>) -> Option<Micros> {
    a.into_iter().chain(b).min()
}

fn merge(tx: &mut Tx<'_>, id: &CaseId, into: &CaseId) -> Answer<Case> {
    let (mut from, mut to) = (get(&mut tx.db, id)?, get(&mut tx.db, into)?);
    from.must_stand_alone()?;
    to.must_stand_alone()?;
    must_rest(tx, id)?;
    let now = tx.ctx.now;
    let sql = "INSERT INTO members (case_id, account_id, campaign_id, score, share, named_at) \
               SELECT CAST(? AS TEXT), account_id, campaign_id, score, share, named_at FROM members WHERE case_id = ? \
               ON CONFLICT (case_id, account_id) DO UPDATE SET campaign_id = excluded.campaign_id, \
               score = excluded.score, share = excluded.share WHERE excluded.score > members.score";
    tx.db.run(sql, params![into.as_str(), id.as_str()])?;
    tx.db.run("DELETE FROM members WHERE case_id = ?", params![id.as_str()])?;
    for table in ["campaigns", "hunt_campaigns"] {
        let sql = format!("UPDATE {table} SET case_id = ? WHERE case_id = ?");
        tx.db.run(&sql, params![into.as_str(), id.as_str()])?;
    }
    for column in ["merged_into", "split_from"] {
        let sql = format!("UPDATE cases SET {column} = ? WHERE {column} = ?");
        tx.db.run(&sql, params![into.as_str(), id.as_str()])?;
    }
    to.members = tx.db.number("SELECT COUNT(*) FROM members WHERE case_id = ?", params![into.as_str()])?;
    to.campaigns.extend(std::mem::take(&mut from.campaigns));
    to.campaigns.sort();
    to.campaigns.dedup();
    to.exchanges += from.exchanges;
    to.tokens = [to.tokens, from.tokens].into_iter().flatten().reduce(|a, b| a + b);
    to.severity = to.severity.max(from.severity);
    to.first_seen = earlier(to.first_seen, from.first_seen);
    to.last_seen = to.last_seen.max(from.last_seen);
    (to.updated_at, from.updated_at) = (now, now);
    (to.version, from.version) = (to.version + 1, from.version + 1);
    from.members = 0;
    from.status = CaseStatus::Closed;
    from.disposition = None;
    from.closed_at = Some(now);
    from.merged_into = Some(into.clone());
    tx.event(id, EventKind::Merged, &format!("merged into {into}"), Some(json!({ "into": into })))?;
    tx.event(
        into,
        EventKind::Merged,
        &format!("took in {id} “{}”", from.title),
        Some(json!({ "from": id })),
    )?;
    tx.audit("case.merged", id.as_str(), json!({ "into": into, "members": to.members }))?;
    save(tx, &from)?;
    save(tx, &to)?;
    Ok(to)
}

fn split(tx: &mut Tx<'_>, id: &CaseId, accounts: &[String], title: &str) -> Answer<Case> {
    let mut old = get(&mut tx.db, id)?;
    old.must_stand_alone()?;
    must_rest(tx, id)?;
    if accounts.len() as u64 >= old.members {
        return Err(RecordsError::invalid("accounts", "must leave at least one member in the case"));
    }
    let mut new = blank(tx, title.to_owned(), old.kind, old.severity)?;
    for account in accounts {
        let sql = "UPDATE members SET case_id = ? WHERE case_id = ? AND account_id = ?";
        if tx.db.run(sql, params![new.case_id.as_str(), id.as_str(), account.as_str()])? == 0 {
            return Err(RecordsError::invalid(
                "accounts",
                format!("`{account}` is not a member of the case"),
            ));
        }
    }
    let part = accounts.len() as f64 / old.members as f64;
    new.members = accounts.len() as u64;
    new.exchanges = (old.exchanges as f64 * part).round() as u64;
    new.tokens = old.tokens.map(|t| (t as f64 * part).round() as u64);
    new.campaigns.clone_from(&old.campaigns);
    (new.first_seen, new.last_seen) = (old.first_seen, old.last_seen);
    old.members -= new.members;
    old.exchanges -= new.exchanges;
    old.tokens = old.tokens.map(|t| t - new.tokens.unwrap_or(0));
    old.updated_at = tx.ctx.now;
    old.version += 1;
    born(tx, &new, &format!("split from {id}"))?;
    put(&mut tx.db, &new)?;
    let sql = "UPDATE cases SET split_from = ? WHERE case_id = ?";
    tx.db.run(sql, params![id.as_str(), new.case_id.as_str()])?;
    let data = json!({ "to": new.case_id, "accounts": new.members });
    tx.event(
        id,
        EventKind::Split,
        &format!("{} accounts left for {}", new.members, new.case_id),
        Some(data.clone()),
    )?;
    tx.audit("case.split", id.as_str(), data)?;
    save(tx, &old)?;
    Ok(new)
}
