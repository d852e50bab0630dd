//! Taking a hunt in: campaigns find their cases again, or open new ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use vigie_cases::{Candidate, Case, CaseId, Hunt, HuntId, HuntStatus, best_match};
use vigie_model::{AccountActivity, Campaign, HuntSummary, Member, Sight};

use super::activity;
use super::cases::{blank, born, get, save};
use super::engine::Records;
use super::error::RecordsError;
use super::hunts;
use super::members::{bad_id, campaigns as stored_campaigns, put_campaign};
use super::sql::{Answer, Value, params};
use super::tx::{Db, Tx};
use super::types::{Ctx, ImportReport};

/// Most characters of a case's title that comes from a campaign.
const TITLE_CHARS: usize = 160;

impl Records {
    /// Takes the campaigns of a hunt in and marks it as done, all or nothing. A campaign that a case of before matches
    /// (vigie-cases, `matching`) updates that case; another opens one; a group judged innocent is kept without a case.
    /// What accounts did is kept beside them, of at most [`ACTIVITY_OF_A_HUNT_MAX`](super::ACTIVITY_OF_A_HUNT_MAX) accounts.
    /// Near-linear in members and accounts.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`]; [`RecordsError::Conflict`] for a hunt that was imported before.
    pub fn import_campaigns(
        &self,
        ctx: &Ctx,
        hunt: &HuntId,
        summary: &HuntSummary,
        campaigns: &[(Campaign, Vec<Member>)],
        activity: &[AccountActivity],
    ) -> Result<ImportReport, RecordsError> {
        self.mutate(ctx, "import_campaigns", hunt, |tx| {
            let mut run = hunts::get(&mut tx.db, hunt)?;
            if run.status == HuntStatus::Done {
                return Err(RecordsError::Conflict("this hunt was imported before".to_owned()));
            }
            stage(tx, campaigns)?;
            let overlaps = overlaps(&mut tx.db)?;
            let mut report = ImportReport::default();
            let mut touched: BTreeMap<CaseId, Case> = BTreeMap::new();
            for (n, (campaign, _)) in campaigns.iter().enumerate() {
                if !campaign.accuses() {
                    put_campaign(&mut tx.db, campaign, hunt.as_str(), None)?;
                    report.innocent += 1;
                    continue;
                }
                let candidates = candidates(&mut tx.db, campaign, overlaps.get(&n))?;
                let case =
                    best_match(campaign.kind, campaign.accounts, &candidates).map(|c| c.case_id.clone());
                take_in(tx, &run, n, campaign, case, &mut touched, &mut report)?;
            }
            report.excepted = excepted(tx)?;
            report.activity = activity::take_in(tx, hunt, summary, campaigns, activity)?;
            finish(tx, &mut run, summary, &report)?;
            Ok(report)
        })
    }
}

/// Puts the members of all campaigns where statements can join them.
fn stage(tx: &mut Tx<'_>, campaigns: &[(Campaign, Vec<Member>)]) -> Answer<()> {
    tx.db.conn.batch(
        "CREATE TEMP TABLE IF NOT EXISTS staged (n BIGINT NOT NULL, account_id TEXT NOT NULL, \
         score DOUBLE PRECISION NOT NULL, share DOUBLE PRECISION NOT NULL); DELETE FROM staged;",
    )?;
    let rows = campaigns.iter().enumerate().filter(|(_, (campaign, _))| campaign.accuses());
    // In the order of their ids, each once: indexes grow faster, and no statement has to sort.
    let mut rows = rows.flat_map(|(n, (_, members))| {
        let mut of: Vec<&Member> = members.iter().collect();
        of.sort_by(|a, b| a.account_id.cmp(&b.account_id).then(b.score.total_cmp(&a.score)));
        of.dedup_by(|a, b| a.account_id == b.account_id);
        of.into_iter().map(move |m| params![n as u64, m.account_id.as_str(), m.score, m.share].to_vec())
    });
    tx.db.conn.bulk("staged", &["n", "account_id", "score", "share"], &mut rows)?;
    tx.db.conn.batch("ANALYZE staged")
}

/// Members that each campaign shares with each case of before.
fn overlaps(db: &mut Db<'_>) -> Answer<BTreeMap<usize, Vec<(CaseId, u64)>>> {
    let sql = "SELECT s.n, m.case_id, COUNT(*) FROM staged s \
               JOIN members m ON m.account_id = s.account_id GROUP BY s.n, m.case_id";
    let mut shared: BTreeMap<usize, Vec<(CaseId, u64)>> = BTreeMap::new();
    for row in db.rows(sql, params![])? {
        let case = CaseId::parse(row.text(1)).map_err(bad_id)?;
        shared.entry(row.count(0) as usize).or_default().push((case, row.count(2)));
    }
    Ok(shared)
}

fn candidates(
    db: &mut Db<'_>,
    campaign: &Campaign,
    shared: Option<&Vec<(CaseId, u64)>>,
) -> Answer<Vec<Candidate>> {
    let mut ids: BTreeMap<CaseId, u64> = shared.into_iter().flatten().cloned().collect();
    let sql = "SELECT case_id FROM campaigns WHERE campaign_id = ? AND case_id IS NOT NULL";
    let same = match db.row(sql, params![campaign.campaign_id.as_str()])? {
        Some(row) => Some(CaseId::parse(row.text(0)).map_err(bad_id)?),
        None => None,
    };
    if let Some(same) = &same {
        ids.entry(same.clone()).or_insert(0);
    }
    let codes: BTreeSet<&str> = campaign.evidence.iter().map(|e| e.code.as_str()).collect();
    let mut found = Vec::with_capacity(ids.len());
    for (case_id, shared) in ids {
        let case = get(db, &case_id)?;
        let theirs: BTreeSet<String> = stored_campaigns(db, &case.campaigns)?
            .into_iter()
            .flat_map(|(c, _)| c.evidence.into_iter().map(|e| e.code))
            .collect();
        found.push(Candidate {
            kind: case.kind,
            members: case.members,
            shared,
            same_campaign: same.as_ref() == Some(&case_id),
            shared_codes: theirs.iter().filter(|c| codes.contains(c.as_str())).count() as u64,
            opened_at: case.opened_at,
            case_id,
        });
    }
    Ok(found)
}

/// Adds the `n`-th staged campaign to its case, or to a new one.
fn take_in(
    tx: &mut Tx<'_>,
    hunt: &Hunt,
    n: usize,
    campaign: &Campaign,
    case: Option<CaseId>,
    touched: &mut BTreeMap<CaseId, Case>,
    report: &mut ImportReport,
) -> Answer<()> {
    let Some(id) = case else {
        let mut new = blank(tx, title(campaign), campaign.kind, campaign.severity)?;
        new.opened_by = hunt.hunt_id.to_string();
        new.members = add_members(tx, &new.case_id, n, campaign)?;
        add_counts(&mut new, campaign);
        put_campaign(&mut tx.db, campaign, hunt.hunt_id.as_str(), Some(&new.case_id))?;
        born(tx, &new, &format!("opened by hunt {}: {}", hunt.hunt_id, campaign.summary))?;
        report.opened.push(new.case_id);
        return Ok(());
    };
    let known = touched.remove(&id);
    let first = known.is_none();
    let mut case = match known {
        Some(case) => case,
        None => get(&mut tx.db, &id)?,
    };
    let before = case.members;
    case.members = add_members(tx, &id, n, campaign)?;
    put_campaign(&mut tx.db, campaign, hunt.hunt_id.as_str(), Some(&id))?;
    if first {
        // The latest hunt's view replaces the one before; members add up, since a case does not forget whom it named.
        let what = case.found_again(tx.ctx.now);
        (case.campaigns, case.exchanges, case.tokens) = (Vec::new(), 0, None);
        let remembered = case.disposition.is_some_and(vigie_cases::Disposition::remembers);
        let how = if remembered { "; it stays closed" } else { "" };
        let text =
            format!("found again by hunt {}: {} members, {before} before{how}", hunt.hunt_id, case.members);
        tx.event(
            &id,
            what,
            &text,
            Some(json!({ "hunt_id": hunt.hunt_id, "campaign_id": campaign.campaign_id })),
        )?;
        if remembered { report.remembered.push(id.clone()) } else { report.updated.push(id.clone()) }
    }
    add_counts(&mut case, campaign);
    save(tx, &case)?;
    touched.insert(id, case);
    Ok(())
}

fn add_counts(case: &mut Case, campaign: &Campaign) {
    case.campaigns.push(campaign.campaign_id.clone());
    case.exchanges += campaign.exchanges;
    case.tokens = [case.tokens, campaign.tokens].into_iter().flatten().reduce(|a, b| a + b);
    case.severity = case.severity.max(campaign.severity);
    case.first_seen = case.first_seen.into_iter().chain([campaign.first_seen]).min();
    case.last_seen = case.last_seen.max(Some(campaign.last_seen));
}

/// Adds the staged members of the `n`-th campaign to a case, but for those that were split off it, and counts its members.
fn add_members(tx: &mut Tx<'_>, id: &CaseId, n: usize, campaign: &Campaign) -> Answer<u64> {
    let split = tx.db.number("SELECT COUNT(*) FROM cases WHERE split_from = ?", params![id.as_str()])?;
    let but = if split == 0 {
        ""
    } else {
        " AND NOT EXISTS (SELECT 1 FROM members o JOIN cases c ON c.case_id = o.case_id \
         WHERE o.account_id = staged.account_id AND c.split_from = ?)"
    };
    let sql = format!(
        "INSERT INTO members (case_id, account_id, campaign_id, score, share, named_at) \
         SELECT CAST(? AS TEXT), account_id, CAST(? AS TEXT), score, share, CAST(? AS BIGINT) \
         FROM staged WHERE n = ?{but} \
         ON CONFLICT (case_id, account_id) DO UPDATE SET campaign_id = excluded.campaign_id, \
         score = excluded.score, share = excluded.share, named_at = excluded.named_at \
         WHERE members.named_at < excluded.named_at OR members.score < excluded.score"
    );
    let mut values = params![id.as_str(), campaign.campaign_id.as_str(), tx.ctx.now, n as u64].to_vec();
    if split > 0 {
        values.push(Value::from(id.as_str()));
    }
    tx.db.run(&sql, &values)?;
    tx.db.number("SELECT COUNT(*) FROM members WHERE case_id = ?", params![id.as_str()])
}

fn excepted(tx: &mut Tx<'_>) -> Answer<u64> {
    let sql = "SELECT COUNT(DISTINCT s.account_id) FROM staged s JOIN exceptions e \
               ON e.entity_id = s.account_id AND e.entity_type = 'account' WHERE e.expires_at > ?";
    let count = tx.db.number(sql, params![tx.ctx.now])?;
    tx.db.run("DELETE FROM staged", params![])?;
    Ok(count)
}

fn finish(tx: &mut Tx<'_>, run: &mut Hunt, summary: &HuntSummary, report: &ImportReport) -> Answer<()> {
    run.status = HuntStatus::Done;
    run.finished_at = Some(tx.ctx.now);
    run.progress = None;
    run.exchanges = summary.exchanges;
    run.accounts = summary.accounts;
    run.rejects = summary.rejected;
    let sql = "SELECT COUNT(*) FROM hunt_campaigns WHERE hunt_id = ? AND case_id IS NOT NULL";
    run.campaigns = tx.db.number(sql, params![run.hunt_id.as_str()])?;
    run.blind = summary
        .detectors
        .iter()
        .filter(|d| d.sight == Sight::Blind)
        .map(|d| d.kind.id().to_owned())
        .collect();
    run.summary = Some(summary.clone());
    run.version += 1;
    let detail = json!({
        "campaigns": run.campaigns, "opened": report.opened.len(), "updated": report.updated.len(),
        "remembered": report.remembered.len(), "innocent": report.innocent,
    });
    tx.audit("hunt.imported", run.hunt_id.as_str(), detail)?;
    hunts::save(tx, run)
}

fn title(campaign: &Campaign) -> String {
    let text: String = campaign.summary.chars().take(TITLE_CHARS).collect();
    if text.trim().is_empty() {
        format!("{} ({} accounts)", campaign.kind.id(), campaign.accounts)
    } else {
        text
    }
}
