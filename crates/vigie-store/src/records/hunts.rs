//! Hunts: runs, and what changed between two of them.

use std::collections::BTreeMap;

use serde_json::json;
use vigie_cases::{CampaignChange, CaseId, Hunt, HuntDiff, HuntId, HuntStatus};
use vigie_model::Kind;

use super::engine::Records;
use super::error::RecordsError;
use super::list::Select;
use super::members::bad_id;
use super::sql::{Answer, params};
use super::tx::{Db, Tx, doc};
use super::types::{Ctx, HuntUpdate, ListQuery, NewHunt, Page};

/// Reads one hunt.
pub(super) fn get(db: &mut Db<'_>, id: &HuntId) -> Answer<Hunt> {
    db.doc("SELECT doc FROM hunts WHERE hunt_id = ?", params![id.as_str()])?
        .ok_or_else(|| RecordsError::missing("hunt", id))
}

/// Writes one hunt, new or known, and tells everybody.
pub(super) fn save(tx: &mut Tx<'_>, hunt: &Hunt) -> Answer<()> {
    let sql = "INSERT INTO hunts (hunt_id, started_at, finished_at, status, doc) VALUES (?, ?, ?, ?, ?) \
               ON CONFLICT (hunt_id) DO UPDATE SET finished_at = excluded.finished_at, status = excluded.status, \
               doc = excluded.doc";
    let (id, ended) = (hunt.hunt_id.as_str(), hunt.finished_at.map_or(0, |t| t.0));
    tx.db.run(sql, params![id, hunt.started_at, ended, hunt.status.name(), doc(hunt)?])?;
    tx.changed("hunt", id, hunt.version)
}

/// The latest hunt that was imported.
pub(super) fn latest(db: &mut Db<'_>) -> Answer<Option<Hunt>> {
    db.doc(
        "SELECT doc FROM hunts WHERE status = 'done' ORDER BY finished_at DESC, hunt_id DESC LIMIT 1",
        params![],
    )
}

impl Records {
    /// Records a hunt that was asked for.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn create_hunt(&self, ctx: &Ctx, new: &NewHunt) -> Result<Hunt, RecordsError> {
        self.mutate(ctx, "create_hunt", new, |tx| {
            let hunt = Hunt {
                hunt_id: HuntId::mint(ctx.now, Tx::chance()?),
                started_at: ctx.now,
                finished_at: None,
                status: new.status,
                progress: None,
                error: None,
                inputs: new.inputs.clone(),
                until: new.until,
                config: new.config.clone(),
                exchanges: 0,
                accounts: 0,
                campaigns: 0,
                out_dir: new.out_dir.clone(),
                rejects: 0,
                blind: Vec::new(),
                summary: None,
                author: ctx.actor.name(),
                version: 1,
            };
            let detail = json!({ "inputs": hunt.inputs, "out_dir": hunt.out_dir, "config": hunt.config });
            tx.audit("hunt.created", hunt.hunt_id.as_str(), detail)?;
            save(tx, &hunt)?;
            Ok(hunt)
        })
    }

    /// Notes how a hunt fares. Progress alone is no audit entry.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`]; [`RecordsError::Conflict`] for a hunt that is over.
    pub fn update_hunt(&self, ctx: &Ctx, id: &HuntId, update: &HuntUpdate) -> Result<Hunt, RecordsError> {
        self.write(ctx, |tx| {
            let mut hunt = get(&mut tx.db, id)?;
            if matches!(hunt.status, HuntStatus::Done | HuntStatus::Failed) {
                return Err(RecordsError::Conflict(format!("this hunt is {}", hunt.status.name())));
            }
            if let Some(status) = update.status.filter(|s| *s != hunt.status) {
                hunt.status = status;
                let over = matches!(status, HuntStatus::Done | HuntStatus::Failed);
                hunt.finished_at = over.then_some(ctx.now);
                let detail = json!({ "status": status, "error": update.error });
                tx.audit("hunt.changed", id.as_str(), detail)?;
            }
            hunt.progress = update.progress.clone().or(hunt.progress).filter(|_| hunt.finished_at.is_none());
            hunt.error = update.error.clone().or(hunt.error);
            hunt.out_dir = update.out_dir.clone().unwrap_or(hunt.out_dir);
            hunt.version += 1;
            save(tx, &hunt)?;
            Ok(hunt)
        })
    }

    /// Hunts, newest first.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong cursor.
    pub fn hunts(&self, list: &ListQuery) -> Result<Page<Hunt>, RecordsError> {
        let select = Select::new("doc", "hunts", "hunt_id", &[("started_at", "started_at")], true, list)?;
        self.read(|db| select.docs(db, list))
    }

    /// One hunt.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn hunt(&self, id: &HuntId) -> Result<Hunt, RecordsError> {
        self.read(|db| get(db, id))
    }

    /// What changed between two hunts. Accusing campaigns are the same when they belong to the same case.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn hunt_diff(&self, before: &HuntId, after: &HuntId) -> Result<HuntDiff, RecordsError> {
        self.read(|db| {
            get(db, before)?;
            get(db, after)?;
            let mut old = by_case(db, before)?;
            let mut diff = HuntDiff::default();
            for (key, mut change) in by_case(db, after)? {
                change.accounts_before = old.remove(&key).map_or(0, |c| c.accounts_after);
                let list = match (change.accounts_before, change.accounts_after) {
                    (0, _) => &mut diff.new,
                    (b, a) if a > b => &mut diff.grown,
                    (b, a) if a < b => &mut diff.shrunk,
                    _ => &mut diff.same,
                };
                list.push(change);
            }
            diff.gone = old
                .into_values()
                .map(|c| CampaignChange { accounts_before: c.accounts_after, accounts_after: 0, ..c })
                .collect();
            Ok(diff)
        })
    }
}

/// Accusing campaigns of a hunt by case; campaigns that share a case count as one, named by the largest.
fn by_case(db: &mut Db<'_>, hunt: &HuntId) -> Answer<BTreeMap<String, CampaignChange>> {
    let sql = "SELECT campaign_id, case_id, kind, accounts FROM hunt_campaigns \
               WHERE hunt_id = ? AND case_id IS NOT NULL ORDER BY accounts DESC, campaign_id";
    let mut changes: BTreeMap<String, CampaignChange> = BTreeMap::new();
    for row in db.rows(sql, params![hunt.as_str()])? {
        let kind: Kind = serde_json::from_value(row.text(2).into())?;
        let case_id = row.text(1);
        if let Some(known) = changes.get_mut(case_id) {
            known.accounts_after += row.count(3);
            continue;
        }
        let change = CampaignChange {
            campaign_id: row.text(0).to_owned(),
            kind,
            case_id: Some(CaseId::parse(case_id).map_err(bad_id)?),
            accounts_before: 0,
            accounts_after: row.count(3),
        };
        changes.insert(case_id.to_owned(), change);
    }
    Ok(changes)
}
