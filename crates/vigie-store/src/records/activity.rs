//! What accounts did, as hunts saw it: for an account's page, for members, and for what a takedown touches.
//!
//! One row an account, of the hunt that looked furthest; a hunt over earlier logs that is taken in later changes nothing.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use vigie_cases::{Case, CaseId, CaseStatus, HuntId};
use vigie_model::{AccountActivity, Campaign, HuntSummary, Layer, Member, Micros, STRETCHES, Stretches};

use super::cases::{get as get_case, save};
use super::members::bad_id;
use super::sql::{Answer, Row, Value, params};
use super::tx::{Db, Tx};
use super::types::{ACTIVITY_MAX, ACTIVITY_OF_A_HUNT_MAX};
use super::views::{AccountBucket, AccountLink, AccountSeen};

const COLUMNS: [&str; 10] = [
    "account_id",
    "hunt_id",
    "seen_to",
    "first_seen",
    "last_seen",
    "exchanges",
    "refused",
    "tokens",
    "networks",
    "doc",
];

/// What only an account's page reads.
#[derive(Debug, Serialize, Deserialize)]
struct Doc {
    stretches: Stretches,
    /// Number of the stretch, exchanges, those of campaigns, refused ones, tokens.
    at: Vec<(usize, u32, u32, u32, u64)>,
    links: Vec<(String, f64, Layer)>,
}

/// Keeps what a hunt saw of accounts: all of them, or those in its campaigns and groups first and then the busiest.
pub(super) fn take_in(
    tx: &mut Tx<'_>,
    hunt: &HuntId,
    summary: &HuntSummary,
    campaigns: &[(Campaign, Vec<Member>)],
    activity: &[AccountActivity],
) -> Answer<u64> {
    let (Some(stretches), Some(seen_to)) = (Stretches::of(summary), summary.last_seen) else { return Ok(0) };
    let kept = chosen(campaigns, activity);
    if kept.is_empty() {
        return Ok(0);
    }
    tx.db.conn.batch(
        "CREATE TEMP TABLE IF NOT EXISTS staged_activity (account_id TEXT NOT NULL, hunt_id TEXT NOT NULL, \
         seen_to BIGINT NOT NULL, first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, exchanges BIGINT NOT NULL, \
         refused BIGINT NOT NULL, tokens BIGINT, networks BIGINT, doc TEXT NOT NULL); DELETE FROM staged_activity;",
    )?;
    let rows: Answer<Vec<Vec<Value>>> = kept
        .iter()
        .map(|a| {
            let doc = doc(a, stretches)?;
            let id = a.account_id.as_str();
            let (first, last) = (a.first_seen, a.last_seen);
            let counts = (a.exchanges, a.refused, a.tokens, a.networks);
            let (exchanges, refused, tokens, networks) = counts;
            let hunt = hunt.as_str();
            Ok(params![id, hunt, seen_to, first, last, exchanges, refused, tokens, networks, doc].to_vec())
        })
        .collect();
    tx.db.conn.bulk("staged_activity", &COLUMNS, &mut rows?.into_iter())?;
    tx.db.conn.batch("ANALYZE staged_activity")?;
    let all = COLUMNS.join(", ");
    let set: Vec<String> = COLUMNS[1..].iter().map(|c| format!("{c} = excluded.{c}")).collect();
    let sql = format!(
        "INSERT INTO activity ({all}) SELECT {all} FROM staged_activity WHERE 1 = 1 \
         ON CONFLICT (account_id) DO UPDATE SET {} WHERE activity.seen_to <= excluded.seen_to",
        set.join(", ")
    );
    tx.db.run(&sql, params![])?;
    count_by_hand(tx)?;
    forget(&mut tx.db)?;
    tx.db.run("DELETE FROM staged_activity", params![])?;
    Ok(kept.len() as u64)
}

/// Each account once, by id, at most [`ACTIVITY_OF_A_HUNT_MAX`].
fn chosen<'a>(
    campaigns: &[(Campaign, Vec<Member>)],
    activity: &'a [AccountActivity],
) -> Vec<&'a AccountActivity> {
    // NUL is kept by neither store; two ids could become one.
    let mut kept: Vec<&AccountActivity> = activity.iter().filter(|a| !a.account_id.contains('\0')).collect();
    if kept.len() > ACTIVITY_OF_A_HUNT_MAX {
        let named: HashSet<&str> =
            campaigns.iter().flat_map(|(_, members)| members).map(|m| m.account_id.as_str()).collect();
        let rank = |a: &AccountActivity| (!named.contains(a.account_id.as_str()), u64::MAX - a.exchanges);
        kept.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.account_id.cmp(&b.account_id)));
        kept.truncate(ACTIVITY_OF_A_HUNT_MAX);
    }
    kept.sort_by(|a, b| a.account_id.cmp(&b.account_id));
    kept.dedup_by(|a, b| a.account_id == b.account_id);
    kept
}

fn doc(a: &AccountActivity, stretches: Stretches) -> Answer<String> {
    let at = a
        .timeline
        .iter()
        .map(|b| (stretches.at(b.start), b.exchanges, b.campaign_exchanges, b.refused, b.tokens));
    let links = a.links.iter().map(|link| (link.account_id.clone(), link.weight, link.layer));
    super::tx::doc(&Doc { stretches, at: at.collect(), links: links.collect() })
}

/// Counts anew what the members of cases by hand sent, where the hunt saw any of them.
fn count_by_hand(tx: &mut Tx<'_>) -> Answer<()> {
    let sql = "SELECT DISTINCT m.case_id FROM staged_activity s JOIN members m ON m.account_id = s.account_id \
               WHERE m.campaign_id IS NULL ORDER BY m.case_id";
    for row in tx.db.rows(sql, params![])? {
        let mut case = get_case(&mut tx.db, &CaseId::parse(row.text(0)).map_err(bad_id)?)?;
        if !case.campaigns.is_empty() || case.status == CaseStatus::Closed {
            continue;
        }
        let before = case.clone();
        count(&mut tx.db, &mut case)?;
        if case != before {
            (case.version, case.updated_at) = (case.version + 1, tx.ctx.now);
            save(tx, &case)?;
        }
    }
    Ok(())
}

/// Writes into a case by hand what its members sent, as far as hunts saw them.
pub(super) fn count(db: &mut Db<'_>, case: &mut Case) -> Answer<()> {
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(v.exchanges), 0) AS BIGINT), CAST(SUM(v.tokens) AS BIGINT), \
               MIN(v.first_seen), MAX(v.last_seen) FROM members m JOIN activity v ON v.account_id = m.account_id \
               WHERE m.case_id = ?";
    let Some(row) = db.row(sql, params![case.case_id.as_str()])?.filter(|row| row.count(0) > 0) else {
        return Ok(());
    };
    case.exchanges = row.count(1);
    case.tokens = maybe(&row, 2);
    case.first_seen = Some(Micros(row.int(3)));
    case.last_seen = Some(Micros(row.int(4)));
    Ok(())
}

/// A count that may be unknown.
pub(super) fn maybe(row: &Row, i: usize) -> Option<u64> {
    (row.value(i) != Value::Null).then(|| row.count(i))
}

/// Forgets who was seen longest ago, beyond [`ACTIVITY_MAX`] accounts; members of cases stay.
fn forget(db: &mut Db<'_>) -> Answer<()> {
    let kept = db.number("SELECT COUNT(*) FROM activity", params![])?;
    let Some(over) = kept.checked_sub(ACTIVITY_MAX).filter(|over| *over > 0) else { return Ok(()) };
    let sql = "DELETE FROM activity WHERE account_id IN (SELECT v.account_id FROM activity v WHERE NOT EXISTS \
               (SELECT 1 FROM members m WHERE m.account_id = v.account_id) ORDER BY v.seen_to, v.account_id LIMIT ?)";
    db.run(sql, params![over]).map(drop)
}

/// What is known of one account's traffic.
#[derive(Debug)]
pub(super) struct Traffic {
    pub(super) seen: AccountSeen,
    /// Every stretch of the hunt, the silent ones too.
    pub(super) timeline: Vec<AccountBucket>,
    /// Strongest first.
    pub(super) links: Vec<AccountLink>,
}

/// What an account did in the hunt that looked furthest; `None` for one that no hunt saw.
pub(super) fn of(db: &mut Db<'_>, account_id: &str) -> Answer<Option<Traffic>> {
    let sql = "SELECT hunt_id, first_seen, last_seen, exchanges, refused, tokens, networks, doc FROM activity \
               WHERE account_id = ?";
    let Some(row) = db.row(sql, params![account_id])? else { return Ok(None) };
    let doc: Doc = serde_json::from_str(row.text(7))?;
    let silent = |n| AccountBucket { start: doc.stretches.start(n), ..AccountBucket::default() };
    let mut timeline: Vec<AccountBucket> = (0..STRETCHES).map(silent).collect();
    for &(n, exchanges, campaign, refused, tokens) in &doc.at {
        if let Some(bucket) = timeline.get_mut(n) {
            bucket.exchanges += u64::from(exchanges);
            bucket.campaign_exchanges += u64::from(campaign);
            bucket.refused += u64::from(refused);
            bucket.tokens += tokens;
        }
    }
    let seen = AccountSeen {
        first: Micros(row.int(1)),
        last: Micros(row.int(2)),
        exchanges: row.count(3),
        refused: row.count(4),
        tokens: maybe(&row, 5),
        networks: maybe(&row, 6),
        hunt_id: HuntId::parse(row.text(0)).map_err(bad_id)?,
    };
    let link = |(account_id, weight, layer)| AccountLink { account_id, weight, layer };
    Ok(Some(Traffic { seen, timeline, links: doc.links.into_iter().map(link).collect() }))
}

/// Exchanges of one account; `None` for one that no hunt saw.
pub(super) fn exchanges_of(db: &mut Db<'_>, account_id: &str) -> Answer<Option<u64>> {
    let row = db.row("SELECT exchanges FROM activity WHERE account_id = ?", params![account_id])?;
    Ok(row.map(|row| row.count(0)))
}

/// Tokens of a case's members, those that hunts counted.
pub(super) fn tokens_of(db: &mut Db<'_>, case: &CaseId) -> Answer<HashMap<String, u64>> {
    let sql = "SELECT m.account_id, v.tokens FROM members m JOIN activity v ON v.account_id = m.account_id \
               WHERE m.case_id = ? AND v.tokens IS NOT NULL";
    let rows = db.rows(sql, params![case.as_str()])?;
    Ok(rows.iter().map(|row| (row.text(0).to_owned(), row.count(1))).collect())
}
