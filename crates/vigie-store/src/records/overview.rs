//! What somebody sees first, and how right each detector turned out to be.

use std::collections::BTreeMap;

use vigie_cases::{Hunt, Scorecard};
use vigie_model::{Campaign, Micros, Sight};

use super::engine::Records;
use super::error::RecordsError;
use super::hunts;
use super::sql::{Answer, params};
use super::tx::Db;
use super::views::{
    BlindSource, DetectorState, DetectorStatus, KindCount, Overview, OverviewBucket, TrafficAtRisk,
};

/// How near a deadline must be to be due.
const DUE_WITHIN: i64 = 2 * Micros::DAY;
/// How near an expiry must be to be shown.
const EXPIRING_WITHIN: i64 = 7 * Micros::DAY;
/// Judged cases below which nothing is said of a detector's precision.
const JUDGED_MIN: u64 = 5;

impl Records {
    /// What somebody sees first: what changed after `since`, the latest hunt, what waits.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn overview(&self, since: Micros, now: Micros) -> Result<Overview, RecordsError> {
        self.read(|db| {
            let last_hunt = hunts::latest(db)?;
            let campaigns = accusing(db, last_hunt.as_ref())?;
            let cards = cards(db)?;
            let count = |db: &mut Db<'_>, sql: &str, p: &[super::sql::Value]| db.number(sql, p);
            let standing = "FROM cases WHERE merged_into IS NULL";
            let soon = now.0.saturating_add(DUE_WITHIN);
            let expiring = now.0.saturating_add(EXPIRING_WITHIN);
            Ok(Overview {
                since,
                new_cases: count(db, &format!("SELECT COUNT(*) {standing} AND opened_at > ?"), params![since])?,
                changed_cases: count(
                    db,
                    &format!("SELECT COUNT(*) {standing} AND updated_at > ? AND opened_at <= ?"),
                    params![since, since],
                )?,
                open_cases: count(db, &format!("SELECT COUNT(*) {standing} AND status <> 'closed'"), params![])?,
                campaigns_by_kind: by_kind(&campaigns),
                traffic_at_risk: at_risk(&campaigns, last_hunt.as_ref()),
                detectors: detectors(last_hunt.as_ref(), &cards),
                blind_sources: blind(last_hunt.as_ref()),
                appeals_due: count(
                    db,
                    "SELECT COUNT(*) FROM appeals WHERE status IN ('received', 'in_review') AND deadline_at <= ?",
                    params![soon],
                )?,
                appeals_open: count(
                    db,
                    "SELECT COUNT(*) FROM appeals WHERE status IN ('received', 'in_review')",
                    params![],
                )?,
                approvals_waiting: count(
                    db,
                    "SELECT COUNT(*) FROM decisions WHERE status = 'pending_approval' AND expires_at > ?",
                    params![now],
                )? + count(db, "SELECT COUNT(*) FROM takedowns WHERE status = 'pending_approval'", params![])?,
                decisions_expiring: count(
                    db,
                    "SELECT COUNT(*) FROM decisions WHERE status = 'active' AND expires_at > ? AND expires_at <= ?",
                    params![now, expiring],
                )?,
                timeline: timeline(&campaigns),
                last_hunt,
            })
        })
    }

    /// How right each detector turned out to be, by the kinds of its cases. Cases that were merged away count in the one
    /// that took them.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn scorecards(&self, _now: Micros) -> Result<Vec<Scorecard>, RecordsError> {
        self.read(cards)
    }
}

fn accusing(db: &mut Db<'_>, hunt: Option<&Hunt>) -> Answer<Vec<Campaign>> {
    match hunt {
        Some(hunt) => {
            let sql = "SELECT doc FROM campaigns WHERE hunt_id = ? AND accuses = 1 ORDER BY campaign_id";
            db.docs(sql, params![hunt.hunt_id.as_str()])
        }
        None => Ok(Vec::new()),
    }
}

fn by_kind(campaigns: &[Campaign]) -> Vec<KindCount> {
    let mut counts: Vec<KindCount> = Vec::new();
    for c in campaigns {
        match counts.iter_mut().find(|k| k.kind == c.kind) {
            Some(k) => {
                k.campaigns += 1;
                k.accounts += c.accounts;
                k.exchanges += c.exchanges;
                k.severity = k.severity.max(c.severity);
            }
            None => counts.push(KindCount {
                kind: c.kind,
                campaigns: 1,
                accounts: c.accounts,
                exchanges: c.exchanges,
                severity: c.severity,
            }),
        }
    }
    counts.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then(b.exchanges.cmp(&a.exchanges)).then(a.kind.cmp(&b.kind))
    });
    counts
}

fn at_risk(campaigns: &[Campaign], hunt: Option<&Hunt>) -> TrafficAtRisk {
    let exchanges: u64 = campaigns.iter().map(|c| c.exchanges).sum();
    let all = hunt.map_or(0, |h| h.exchanges);
    TrafficAtRisk {
        exchanges,
        // An exchange may belong to several campaigns; the share never passes the whole.
        share: (all > 0).then(|| (exchanges as f64 / all as f64).min(1.0)),
        tokens: campaigns.iter().filter_map(|c| c.tokens).reduce(|a, b| a + b),
    }
}

fn detectors(hunt: Option<&Hunt>, cards: &[Scorecard]) -> Vec<DetectorStatus> {
    let health = hunt.and_then(|h| h.summary.as_ref()).map(|s| s.detectors.as_slice()).unwrap_or_default();
    health
        .iter()
        .map(|d| {
            let id = d.kind.id().to_owned();
            let card = cards.iter().find(|c| c.detector == id);
            let judged = |c: &&Scorecard| c.true_positive + c.false_positive + c.benign_known >= JUDGED_MIN;
            let poor = card.filter(judged).and_then(|c| c.precision).filter(|p| *p < 0.5);
            let (state, why) = match (d.sight, poor) {
                (Sight::Blind, _) => (DetectorState::Blind, Some(format!("lacks {}", d.missing.join(", ")))),
                (_, Some(p)) => {
                    (DetectorState::Noisy, Some(format!("{:.0} % of its judged cases held", p * 100.0)))
                }
                (Sight::Partial, None) => {
                    (DetectorState::Ok, Some(format!("works without {}", d.missing.join(", "))))
                }
                (Sight::Full, None) => (DetectorState::Ok, None),
            };
            DetectorStatus { id, state, why }
        })
        .collect()
}

fn blind(hunt: Option<&Hunt>) -> Vec<BlindSource> {
    let health = hunt.and_then(|h| h.summary.as_ref()).map(|s| s.detectors.as_slice()).unwrap_or_default();
    health
        .iter()
        .filter(|d| !d.missing.is_empty() && d.sight != Sight::Full)
        .map(|d| BlindSource {
            source: d.kind.id().to_owned(),
            missing: d.missing.clone(),
            effect: match d.sight {
                Sight::Blind => format!("{} cannot be seen at all: unseen is not clean", d.kind.id()),
                _ => format!("{} is seen less well", d.kind.id()),
            },
        })
        .collect()
}

fn timeline(campaigns: &[Campaign]) -> Vec<OverviewBucket> {
    let mut buckets: BTreeMap<Micros, (u64, u64)> = BTreeMap::new();
    for bucket in campaigns.iter().flat_map(|c| &c.timeline) {
        let (all, risk) = buckets.entry(bucket.start).or_default();
        *all += bucket.exchanges + bucket.other_exchanges;
        *risk += bucket.exchanges;
    }
    buckets
        .into_iter()
        .map(|(start, (exchanges, at_risk))| OverviewBucket { start, exchanges, at_risk })
        .collect()
}

/// One card for each kind that has cases.
fn cards(db: &mut Db<'_>) -> Answer<Vec<Scorecard>> {
    let mut cards: BTreeMap<String, (Scorecard, u64, Vec<f64>)> = BTreeMap::new();
    let sql =
        "SELECT kind, disposition, COUNT(*) FROM cases WHERE merged_into IS NULL GROUP BY kind, disposition";
    for row in db.rows(sql, params![])? {
        let (card, _, _) = cards.entry(row.text(0).to_owned()).or_default();
        let n = row.count(2);
        card.cases += n;
        match row.text(1) {
            "true_positive" => card.true_positive += n,
            "false_positive" => card.false_positive += n,
            "benign_known" => card.benign_known += n,
            "inconclusive" => card.inconclusive += n,
            _ => {}
        }
    }
    let sql = "SELECT c.kind, COUNT(*) FROM decisions d JOIN cases c ON c.case_id = d.case_id \
               WHERE d.simulated = 0 AND d.status NOT IN ('pending_approval', 'rejected') GROUP BY c.kind";
    for row in db.rows(sql, params![])? {
        cards.entry(row.text(0).to_owned()).or_default().0.decisions = row.count(1);
    }
    let sql = "SELECT c.kind, a.status, COUNT(*) FROM appeals a JOIN cases c ON c.case_id = a.case_id \
               GROUP BY c.kind, a.status";
    for row in db.rows(sql, params![])? {
        let (card, answered, _) = cards.entry(row.text(0).to_owned()).or_default();
        let n = row.count(2);
        card.appeals += n;
        *answered += if matches!(row.text(1), "received" | "in_review") { 0 } else { n };
        card.overturned += if matches!(row.text(1), "overturned" | "partly") { n } else { 0 };
    }
    let sql = "SELECT kind, opened_at, decided_at FROM cases WHERE decided_at > 0";
    for row in db.rows(sql, params![])? {
        let hours = (row.int(2) - row.int(1)).max(0) as f64 / Micros::HOUR as f64;
        cards.entry(row.text(0).to_owned()).or_default().2.push(hours);
    }
    let finished = cards.into_iter().map(|(detector, (card, answered, hours))| {
        let mut card = Scorecard { detector, ..card };
        card.finish(answered, hours);
        card
    });
    Ok(finished.collect())
}
