//! What is in a case: members, campaigns, the network picture, and stored examples behind a reason.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;
use vigie_cases::{
    CaseId, CaseMember, EventKind, MemberDecision, TEXT_CHARS_MAX, bystander_reason, text_field,
};
use vigie_model::{Campaign, Micros};

use super::activity;
use super::cases::get;
use super::decisions::effective_many;
use super::engine::Records;
use super::error::RecordsError;
use super::list::{Select, Sorts};
use super::sql::{Answer, Row, params};
use super::tx::{Db, doc};
use super::types::{
    CaseCampaign, CaseEdge, CaseNetwork, CaseNode, Ctx, ListQuery, NODES_MAX, Page, Revealed,
};

const SORTS: Sorts = &[("score", "score"), ("share", "share"), ("account_id", "account_id")];
/// Most examples that one reveal shows.
const EXAMPLES_MAX: usize = 100;

/// The columns of [`member`].
pub(super) const COLUMNS: &str = "account_id, campaign_id, score, share, \
    (SELECT COUNT(*) FROM exceptions e WHERE e.entity_id = account_id AND e.entity_type = 'account'), \
    (SELECT v.exchanges FROM activity v WHERE v.account_id = members.account_id)";

/// A member without its decision. Whether an exception holds is settled by `settle`, which knows the time.
pub(super) fn member(row: &Row) -> CaseMember {
    let (score, share) = (row.real(2), row.real(3));
    CaseMember {
        account_id: row.text(0).to_owned(),
        campaign_id: row.maybe_text(1).map(str::to_owned),
        score,
        share,
        exchanges: activity::maybe(row, 5).map(|all| (all as f64 * share).round() as u64),
        excepted: row.int(4) > 0,
        bystander: bystander_reason(score, share).is_some(),
        decision: None,
    }
}

/// Takes `excepted` back from members whose exceptions are over.
pub(super) fn settle_exceptions(db: &mut Db<'_>, members: &mut [CaseMember], now: Micros) -> Answer<()> {
    for member in members.iter_mut().filter(|m| m.excepted) {
        let sql = "SELECT COUNT(*) FROM exceptions WHERE entity_id = ? AND entity_type = 'account' \
                   AND created_at <= ? AND expires_at > ?";
        member.excepted = db.number(sql, params![member.account_id.as_str(), now, now])? > 0;
    }
    Ok(())
}

/// All members of a case, in the order of their ids.
pub(super) fn all(db: &mut Db<'_>, id: &CaseId, now: Micros) -> Answer<Vec<CaseMember>> {
    let sql = format!("SELECT {COLUMNS} FROM members WHERE case_id = ? ORDER BY account_id");
    let mut members: Vec<CaseMember> = db.rows(&sql, params![id.as_str()])?.iter().map(member).collect();
    settle_exceptions(db, &mut members, now)?;
    Ok(members)
}

/// The campaigns with `ids`, in that order, each with the hunt that found it last.
pub(super) fn campaigns(db: &mut Db<'_>, ids: &[String]) -> Answer<Vec<(Campaign, String)>> {
    let mut found = Vec::new();
    for id in ids {
        if let Some(row) =
            db.row("SELECT doc, hunt_id FROM campaigns WHERE campaign_id = ?", params![id.as_str()])?
        {
            found.push((serde_json::from_str(row.text(0))?, row.text(1).to_owned()));
        }
    }
    Ok(found)
}

impl Records {
    /// Members of a case. Sorts: `score` (default, descending), `share`, `account_id`. `q` looks in account ids.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Invalid`] for a wrong sort or cursor.
    pub fn case_members(
        &self,
        id: &CaseId,
        list: &ListQuery,
        now: Micros,
    ) -> Result<Page<CaseMember>, RecordsError> {
        let mut select = Select::new(COLUMNS, "members", "account_id", SORTS, true, list)?;
        select.only("case_id = ?", params![id.as_str()]);
        select.search("account_id", list.q.as_deref(), false);
        self.read(|db| {
            get(db, id)?;
            let mut page = select.page(db, list, |row| Ok(member(row)))?;
            settle_exceptions(db, &mut page.items, now)?;
            let accounts: Vec<&str> = page.items.iter().map(|m| m.account_id.as_str()).collect();
            let holding = effective_many(db, &accounts, now)?;
            for (member, decision) in page.items.iter_mut().zip(holding) {
                member.decision =
                    decision.map(|d| MemberDecision { decision_id: d.decision_id, action: d.action });
            }
            Ok(page)
        })
    }

    /// Campaigns of a case, without their examples.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn case_campaigns(&self, id: &CaseId) -> Result<Vec<CaseCampaign>, RecordsError> {
        self.read(|db| {
            let case = get(db, id)?;
            let found = campaigns(db, &case.campaigns)?;
            found
                .into_iter()
                .map(|(campaign, hunt)| Ok(without_examples(campaign, hunt.try_into().map_err(bad_id)?)))
                .collect()
        })
    }

    /// Nodes and links for the picture: the members that the hunt kept links of first, then the strongest others, at most
    /// [`NODES_MAX`].
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn case_network(&self, id: &CaseId) -> Result<CaseNetwork, RecordsError> {
        self.read(|db| {
            let case = get(db, id)?;
            let sql = "SELECT account_id, score, share FROM members WHERE case_id = ? \
                       ORDER BY score DESC, account_id DESC LIMIT ?";
            let rows = db.rows(sql, params![id.as_str(), NODES_MAX as u64])?;
            let mut network = CaseNetwork { members: case.members, ..CaseNetwork::default() };
            let mut place: HashMap<String, u32> = HashMap::with_capacity(rows.len());
            for row in rows {
                let node = network.nodes.len() as u32;
                place.insert(row.text(0).to_owned(), node);
                let (account_id, score, share) = (row.text(0).to_owned(), row.real(1), row.real(2));
                network.nodes.push(CaseNode { id: node, account_id, score, share });
            }
            let mut edges: BTreeMap<(u32, u32), CaseEdge> = BTreeMap::new();
            for (campaign, _) in campaigns(db, &case.campaigns)? {
                add_edges(&campaign, &place, &mut edges);
            }
            network.edges = edges.into_values().collect();
            Ok(network)
        })
    }

    /// Shows the stored examples behind evidence `code` of a case, to whoever says why. The audit keeps who, what and why.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`] for a case or code without examples, [`RecordsError::Invalid`] without a reason.
    pub fn reveal_evidence(
        &self,
        ctx: &Ctx,
        id: &CaseId,
        code: &str,
        reason: &str,
    ) -> Result<Revealed, RecordsError> {
        text_field("reason", reason, TEXT_CHARS_MAX)?;
        self.write(ctx, |tx| {
            let case = get(&mut tx.db, id)?;
            let mut examples: Vec<String> = campaigns(&mut tx.db, &case.campaigns)?
                .into_iter()
                .flat_map(|(campaign, _)| campaign.evidence)
                .filter(|e| e.code == code)
                .flat_map(|e| e.examples)
                .collect();
            examples.sort();
            examples.dedup();
            examples.truncate(EXAMPLES_MAX);
            if examples.is_empty() {
                return Err(RecordsError::missing("stored example of", code));
            }
            let detail = json!({ "code": code, "examples": examples.len(), "reason": reason });
            tx.audit("evidence.revealed", id.as_str(), detail.clone())?;
            let text = format!("looked at {} stored examples of {code}: {reason}", examples.len());
            tx.event(id, EventKind::ViewedText, &text, Some(detail))?;
            Ok(Revealed { examples })
        })
    }
}

fn add_edges(campaign: &Campaign, place: &HashMap<String, u32>, edges: &mut BTreeMap<(u32, u32), CaseEdge>) {
    let node = |i: u32| {
        let node = campaign.network_nodes.get(i as usize)?;
        Some((*place.get(&node.account_id)?, node.first))
    };
    for edge in &campaign.network_edges {
        let (Some((a, began_a)), Some((b, began_b))) = (node(edge.a), node(edge.b)) else { continue };
        let (a, b) = (a.min(b), a.max(b));
        // A link can be seen once both of its ends work for the campaign.
        let first = began_a.zip(began_b).map(|(a, b)| a.max(b));
        let new = CaseEdge { a, b, weight: edge.weight, layer: edge.layer, first };
        let kept = edges.entry((a, b)).or_insert_with(|| new.clone());
        if new.weight > kept.weight {
            *kept = new;
        }
    }
}

/// A stored id that cannot be read, which only a damaged store has.
#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
pub(super) fn bad_id(error: vigie_cases::BadId) -> RecordsError {
    RecordsError::Unavailable(format!("the store is damaged: {error}"))
}

fn without_examples(mut campaign: Campaign, hunt_id: vigie_cases::HuntId) -> CaseCampaign {
    let mut examples = BTreeMap::new();
    for evidence in &mut campaign.evidence {
        if !evidence.examples.is_empty() {
            *examples.entry(evidence.code.clone()).or_default() += evidence.examples.len() as u64;
            evidence.examples.clear();
        }
    }
    CaseCampaign { campaign, hunt_id, examples }
}

/// Writes a campaign as `hunt` found it.
pub(super) fn put_campaign(
    db: &mut Db<'_>,
    campaign: &Campaign,
    hunt: &str,
    case: Option<&CaseId>,
) -> Answer<()> {
    let sql = "INSERT INTO campaigns (campaign_id, hunt_id, case_id, kind, accuses, doc) VALUES (?, ?, ?, ?, ?, ?) \
               ON CONFLICT (campaign_id) DO UPDATE SET hunt_id = excluded.hunt_id, case_id = excluded.case_id, \
               kind = excluded.kind, accuses = excluded.accuses, doc = excluded.doc";
    let case = case.map(CaseId::as_str);
    let id = campaign.campaign_id.as_str();
    db.run(sql, params![id, hunt, case, campaign.kind.id(), campaign.accuses(), doc(campaign)?])?;
    let sql = "INSERT INTO hunt_campaigns (hunt_id, campaign_id, case_id, kind, accounts) VALUES (?, ?, ?, ?, ?) \
               ON CONFLICT (hunt_id, campaign_id) DO UPDATE SET case_id = excluded.case_id, kind = excluded.kind, \
               accounts = excluded.accounts";
    db.run(sql, params![hunt, id, case, campaign.kind.id(), campaign.accounts]).map(drop)
}
