//! From judged clusters to campaigns: words, pictures, members, exchanges.

use rustc_hash::{FxHashMap, FxHashSet};
use vigie_detectors::{DETECTORS, Facts, Judgement, percent};
use vigie_graph::Link;
use vigie_model::{
    Action, Campaign, CampaignExchange, DetectorHealth, Kind, Layer, Member, Micros, NetworkEdge,
    NetworkNode, RecommendedDecision, Severity, Sight, TimelineBucket,
};

use crate::cluster::{Cluster, Index};
use crate::lake::Coverage;
use crate::member::Likeness;
use crate::slice::Slice;

/// Buckets of a campaign's timeline.
const TIMELINE: i64 = 60;
/// Members and links in the network picture.
const NODES_MAX: usize = 160;
const EDGES_MAX: usize = 700;
/// Masked examples per campaign.
const EXAMPLES: usize = 3;

/// A cluster with all that is known of it.
pub(crate) struct Judged {
    pub(crate) cluster: Cluster,
    pub(crate) slice: Slice,
    pub(crate) facts: Facts,
    pub(crate) judgement: Judgement,
    /// How far each member looks like the others; empty where nobody is suspected.
    pub(crate) likeness: Vec<Likeness>,
    pub(crate) q_value: f64,
}

impl Judged {
    /// Members that are rightly named if the cluster is: their number times the probability of the case.
    pub(crate) fn expected(&self) -> f64 {
        self.cluster.members.len() as f64 * self.judgement.probability()
    }
}

/// A campaign with its members and exchanges.
pub(crate) fn campaign(
    index: &Index<'_>,
    judged: &Judged,
    links: &[Link],
) -> (Campaign, Vec<Member>, Vec<CampaignExchange>) {
    let lake = index.view.lake;
    let id = campaign_id(index, &judged.cluster);
    let times = || judged.slice.rows.iter().flatten().map(|&r| lake.rows.time[r]);
    let tokens: u64 = judged
        .slice
        .rows
        .iter()
        .flatten()
        .map(|&r| u64::from(lake.rows.input_tokens[r]) + u64::from(lake.rows.output_tokens[r]))
        .sum();
    let mut evidence = judged.judgement.evidence.clone();
    if let Some(first) = evidence.iter_mut().find(|e| e.layer == Layer::Content) {
        first.examples = examples(index, &judged.slice);
    }
    let (network_nodes, network_edges) = network(index, judged, links);
    let campaign = Campaign {
        campaign_id: id.clone(),
        kind: judged.judgement.kind,
        severity: judged.judgement.severity,
        q_value: judged.q_value,
        first_seen: Micros(times().min().unwrap_or(0)),
        last_seen: Micros(times().max().unwrap_or(0)),
        accounts: judged.cluster.members.len() as u64,
        exchanges: judged.slice.len() as u64,
        tokens: (tokens > 0).then_some(tokens),
        summary: summary(index, judged),
        evidence,
        alternatives: judged.judgement.alternatives.clone(),
        recommended_decision: decision(&judged.judgement),
        timeline: timeline(index, judged),
        network_nodes,
        network_edges,
    };
    let members = members(index, judged, &id);
    let exchanges = judged
        .slice
        .rows
        .iter()
        .flatten()
        .map(|&r| CampaignExchange { campaign_id: id.clone(), event_id: lake.event_id(r).to_owned() });
    (campaign, members, exchanges.collect())
}

/// The same members give the same id.
fn campaign_id(index: &Index<'_>, cluster: &Cluster) -> String {
    let names: Vec<&str> =
        cluster.members.iter().map(|&a| index.view.lake.accounts[a as usize].as_ref()).collect();
    format!("c-{:012x}", vigie_fold::hash_text(&names.join("\n")) >> 16)
}

/// One line: what it looks like, how much of what the members do, why. O(members).
fn summary(index: &Index<'_>, judged: &Judged) -> String {
    let judgement = &judged.judgement;
    let everything: u64 =
        judged.cluster.members.iter().map(|&a| u64::from(index.view.exchanges[a as usize])).sum();
    let share = judged.slice.len() as f64 / everything.max(1) as f64;
    let why: Vec<&str> = judgement.evidence.iter().take(3).map(|e| e.code.as_str()).collect();
    let head = match DETECTORS.iter().find(|d| d.kind == judgement.kind) {
        Some(detector) => detector.headline.to_owned(),
        None => judgement
            .alternatives
            .iter()
            .find(|a| a.explained == vigie_model::Explained::Yes)
            .map_or_else(|| "nothing but shared content".to_owned(), |a| format!("explained: {}", a.name)),
    };
    format!("{head}; {} of members' traffic; {}", percent(share), why.join(", "))
}

fn decision(judgement: &Judgement) -> RecommendedDecision {
    match DETECTORS.iter().find(|d| d.kind == judgement.kind) {
        Some(detector) => RecommendedDecision {
            action: detector.action,
            scope: detector.scope.to_owned(),
            reason: detector.response.to_owned(),
            expires_days: if judgement.severity >= Severity::High { 30 } else { 14 },
        },
        None => RecommendedDecision {
            action: Action::Observe,
            scope: "accounts".to_owned(),
            reason: "Nothing to act on: the group is explained or shows no plan.".to_owned(),
            expires_days: 14,
        },
    }
}

/// How sure the hunt is of one member: the probability of the case against the campaign times that of the member's part
/// in it.
fn members(index: &Index<'_>, judged: &Judged, id: &str) -> Vec<Member> {
    let accused = judged.judgement.severity > Severity::None;
    let case = if accused { judged.judgement.probability() } else { 0.0 };
    let part = |i: usize| judged.likeness.get(i).map_or(1.0, Likeness::probability);
    judged
        .cluster
        .members
        .iter()
        .zip(&judged.slice.rows)
        .enumerate()
        .map(|(i, (&a, rows))| Member {
            campaign_id: id.to_owned(),
            account_id: index.view.lake.accounts[a as usize].to_string(),
            score: case * part(i),
            share: rows.len() as f64 / f64::from(index.view.exchanges[a as usize].max(1)),
        })
        .collect()
}

/// Masked openings of different prompts by different members.
fn examples(index: &Index<'_>, slice: &Slice) -> Vec<String> {
    let lake = index.view.lake;
    let mut seen = FxHashSet::default();
    let mut found = Vec::new();
    for rows in slice.rows.iter().filter(|r| !r.is_empty()) {
        let example = rows.iter().take(50).find_map(|&r| {
            let text = lake.example(r, index.view.span.1)?;
            seen.insert(lake.rows.heads[r][0].max(lake.rows.template[r])).then_some(text)
        });
        found.extend(example);
        if found.len() == EXAMPLES {
            break;
        }
    }
    found
}

fn timeline(index: &Index<'_>, judged: &Judged) -> Vec<TimelineBucket> {
    let (first, end) = index.view.span;
    let width = ((end - first) / TIMELINE).max(1);
    let bucket = |time: i64| ((time - first) / width).clamp(0, TIMELINE - 1) as usize;
    let mut buckets: Vec<TimelineBucket> = (0..TIMELINE)
        .map(|i| TimelineBucket {
            start: Micros(first + i * width),
            exchanges: 0,
            other_exchanges: 0,
            accounts: 0,
        })
        .collect();
    let rows = &index.view.lake.rows;
    for (&a, slice) in judged.cluster.members.iter().zip(&judged.slice.rows) {
        let mut last = usize::MAX;
        for row in index.view.ranges[a as usize].clone() {
            let b = bucket(rows.time[row]);
            buckets[b].other_exchanges += 1;
            buckets[b].accounts += u64::from(b != last);
            last = b;
        }
        for &row in slice {
            let b = bucket(rows.time[row]);
            buckets[b].exchanges += 1;
            buckets[b].other_exchanges -= 1;
        }
    }
    buckets
}

/// The members with most evidence and the strongest links among them.
fn network(index: &Index<'_>, judged: &Judged, links: &[Link]) -> (Vec<NetworkNode>, Vec<NetworkEdge>) {
    let cluster = &judged.cluster;
    let times = &index.view.lake.rows.time;
    let mut order: Vec<usize> = (0..cluster.members.len()).collect();
    order.sort_by(|&x, &y| cluster.strength[y].total_cmp(&cluster.strength[x]).then(x.cmp(&y)));
    order.truncate(NODES_MAX);
    let place: FxHashMap<u32, u32> =
        order.iter().enumerate().map(|(n, &i)| (cluster.members[i], n as u32)).collect();
    let top = order.first().map_or(1.0, |&i| cluster.strength[i].max(1e-3));
    let nodes = order
        .iter()
        .map(|&i| NetworkNode {
            account_id: index.view.lake.accounts[cluster.members[i] as usize].to_string(),
            score: f64::from((cluster.strength[i] / top).min(1.0)),
            first: judged.slice.rows[i].iter().map(|&row| Micros(times[row])).min(),
        })
        .collect();
    // Links are sorted by their first account: all but those of the members shown are skipped.
    let of = |a: u32| &links[links.partition_point(|l| l.a < a)..links.partition_point(|l| l.a <= a)];
    let mut edges: Vec<NetworkEdge> = order
        .iter()
        .flat_map(|&i| of(cluster.members[i]))
        .filter_map(|l| {
            let (&a, &b) = (place.get(&l.a)?, place.get(&l.b)?);
            Some(NetworkEdge {
                a,
                b,
                weight: f64::from(l.weight),
                layer: Layer::ALL[usize::from(l.strongest)],
            })
        })
        .collect();
    edges.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
    edges.truncate(EDGES_MAX);
    (nodes, edges)
}

/// What each detector could see.
pub(crate) fn health(
    coverage: &Coverage,
    with_accounts: bool,
    campaigns: &[Campaign],
) -> Vec<DetectorHealth> {
    let sees = |column: &&str| coverage.sees(column) || (*column == "accounts" && with_accounts);
    DETECTORS
        .iter()
        .map(|d| {
            let blind = d.needs.iter().any(|c| !sees(c));
            let missing: Vec<String> =
                d.needs.iter().chain(d.wants).filter(|c| !sees(c)).map(|c| (*c).to_owned()).collect();
            let sight = match (blind, missing.is_empty()) {
                (true, _) => Sight::Blind,
                (false, false) => Sight::Partial,
                (false, true) => Sight::Full,
            };
            let found = campaigns.iter().filter(|c| c.kind == d.kind && c.accuses()).count();
            DetectorHealth { kind: d.kind, sight, missing, campaigns: found as u64 }
        })
        .collect()
}

/// Whether a group that was not accused is worth telling.
pub(crate) fn worth_telling(judged: &Judged) -> bool {
    judged.judgement.kind != Kind::InnocentGroup
        || judged.judgement.readings.ties() + judged.judgement.readings.declared >= 0.5
}
