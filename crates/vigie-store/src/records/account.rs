//! All that the records know of one account.

use vigie_cases::{Appeal, Case, Decision, Entity, Exception};
use vigie_model::{Campaign, Micros};

use super::activity;
use super::decisions::effective_one;
use super::engine::Records;
use super::error::RecordsError;
use super::sql::{Answer, params};
use super::tx::Db;
use super::views::{AccountCampaign, AccountCase, AccountLink, AccountView};

/// Most decisions, appeals and links that the view lists.
const LISTED_MAX: usize = 500;
/// Pieces of evidence that tell why a campaign's members belong together.
const WHY_MAX: usize = 3;

impl Records {
    /// All that the records know of one account.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`] for an account that no case, decision or exception names and that no hunt saw.
    pub fn account(&self, account_id: &str, now: Micros) -> Result<AccountView, RecordsError> {
        self.read(|db| {
            let (cases, campaigns, mut links) = memberships(db, account_id)?;
            let sql = "SELECT doc FROM decisions WHERE (entity_id = ? AND entity_type = 'account') \
                       OR (entity_type = 'slice' AND entity_id IN (SELECT campaign_id || '/' || account_id FROM members \
                       WHERE account_id = ? AND campaign_id IS NOT NULL)) ORDER BY created_at DESC, decision_id DESC LIMIT ?";
            let mut decisions: Vec<Decision> = db.docs(sql, params![account_id, account_id, LISTED_MAX as u64])?;
            decisions.iter_mut().for_each(|d| d.status = d.status_at(now));
            let sql = "SELECT a.doc FROM appeals a JOIN decisions d ON d.decision_id = a.decision_id \
                       WHERE d.entity_id = ? ORDER BY a.received_at DESC LIMIT ?";
            let appeals: Vec<Appeal> = db.docs(sql, params![account_id, LISTED_MAX as u64])?;
            let sql = "SELECT doc FROM exceptions WHERE entity_id = ? AND entity_type = 'account' AND expires_at > ?";
            let exceptions: Vec<Exception> = db.docs(sql, params![account_id, now])?;
            let traffic = activity::of(db, account_id)?;
            if cases.is_empty() && decisions.is_empty() && exceptions.is_empty() && traffic.is_none() {
                return Err(RecordsError::missing("account", account_id));
            }
            let (seen, timeline) = match traffic {
                Some(traffic) => {
                    links.extend(traffic.links);
                    (Some(traffic.seen), traffic.timeline)
                }
                None => (None, Vec::new()),
            };
            Ok(AccountView {
                account_id: account_id.to_owned(),
                cases,
                campaigns,
                links: strongest(links),
                effective: effective_one(db, &Entity::account(account_id), now)?,
                decisions,
                appeals: appeals.into_iter().map(|a| a.at(now)).collect(),
                exceptions,
                timeline,
                seen,
            })
        })
    }
}

type Memberships = (Vec<AccountCase>, Vec<AccountCampaign>, Vec<AccountLink>);

fn memberships(db: &mut Db<'_>, account_id: &str) -> Answer<Memberships> {
    let sql = "SELECT c.doc, m.score, m.share, p.doc FROM members m JOIN cases c ON c.case_id = m.case_id \
               LEFT JOIN campaigns p ON p.campaign_id = m.campaign_id WHERE m.account_id = ? \
               ORDER BY c.updated_at DESC, c.case_id";
    let (mut cases, mut campaigns, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for row in db.rows(sql, params![account_id])? {
        let case: Case = serde_json::from_str(row.text(0))?;
        let (score, share) = (row.real(1), row.real(2));
        if let Some(text) = row.maybe_text(3) {
            let campaign: Campaign = serde_json::from_str(text)?;
            links.extend(links_of(&campaign, account_id));
            let why = campaign.evidence.iter().take(WHY_MAX).map(|e| e.text.clone()).collect();
            let (campaign_id, kind) = (campaign.campaign_id, campaign.kind);
            campaigns.push(AccountCampaign { campaign_id, kind, score, share, why });
        }
        cases.push(AccountCase {
            case_id: case.case_id,
            title: case.title,
            kind: case.kind,
            severity: case.severity,
            status: case.status,
            disposition: case.disposition,
            score,
            share,
        });
    }
    Ok((cases, campaigns, links))
}

/// The strongest link to each other account, strongest first.
fn strongest(mut links: Vec<AccountLink>) -> Vec<AccountLink> {
    links.sort_by(|a, b| a.account_id.cmp(&b.account_id).then(b.weight.total_cmp(&a.weight)));
    links.dedup_by(|a, b| a.account_id == b.account_id);
    links.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.account_id.cmp(&b.account_id)));
    links.truncate(LISTED_MAX);
    links
}

fn links_of(campaign: &Campaign, account_id: &str) -> Vec<AccountLink> {
    let name = |i: u32| campaign.network_nodes.get(i as usize).map(|n| n.account_id.as_str());
    let link = |other: Option<&str>, weight, layer| {
        other.map(|account_id| AccountLink { account_id: account_id.to_owned(), weight, layer })
    };
    campaign
        .network_edges
        .iter()
        .filter_map(|e| match (name(e.a), name(e.b)) {
            (Some(a), b) if a == account_id => link(b, e.weight, e.layer),
            (a, Some(b)) if b == account_id => link(a, e.weight, e.layer),
            _ => None,
        })
        .collect()
}
