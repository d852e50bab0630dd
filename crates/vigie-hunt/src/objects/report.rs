//! Groups in plain words: campaigns, members, timelines and pictures.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use vigie_model::{
    Action, Campaign, Evidence, Kind, Layer, Member, Micros, NetworkEdge, NetworkNode, RecommendedDecision,
    Severity, TimelineBucket,
};
use xxhash_rust::xxh3::Xxh3;

use super::groups::{Found, View};
use super::incidence::Incidence;
use super::judge::Judged;
use super::table::{Row, Table};

/// Members in the picture, at most.
const NODES_MAX: usize = 200;
/// Links in the picture, at most.
const EDGES_MAX: usize = 800;
/// Stretches of a timeline, at most about.
const BUCKETS_MAX: i64 = 200;
/// Accounts that must share an object for it to be shown.
const SHOWN_BY_MIN: usize = 5;

/// What the words are made from.
pub(crate) struct Told<'a> {
    pub(crate) table: &'a Table,
    pub(crate) incidence: &'a Incidence,
    pub(crate) found: &'a Found,
}

impl Told<'_> {
    /// One judged group as a campaign and its members.
    pub(crate) fn campaign(&self, judged: &Judged) -> (Campaign, Vec<Member>) {
        let accounts: Vec<u32> = judged.accounts().collect();
        let id = self.id(judged);
        let mut times: Vec<(i64, u32, bool)> = Vec::new();
        let mut members = Vec::new();
        for &a in &accounts {
            let rows = self.table.of(a);
            let own = rows.iter().filter(|r| self.belongs(judged, r)).count();
            times.extend(rows.iter().map(|r| (r.time, a, self.belongs(judged, r))));
            members.push(Member {
                campaign_id: id.clone(),
                account_id: self.table.accounts[a as usize].to_string(),
                score: score(judged, a),
                share: own as f64 / rows.len().max(1) as f64,
            });
        }
        let inside = || times.iter().filter(|t| t.2).map(|t| t.0);
        let (network_nodes, network_edges) = self.picture(judged);
        let campaign = Campaign {
            campaign_id: id,
            kind: if judged.severity > Severity::None {
                Kind::CoordinatedAccounts
            } else {
                Kind::InnocentGroup
            },
            severity: judged.severity,
            q_value: judged.group.q,
            first_seen: Micros(inside().min().unwrap_or_default()),
            last_seen: Micros(inside().max().unwrap_or_default()),
            accounts: accounts.len() as u64,
            exchanges: inside().count() as u64,
            tokens: None,
            summary: summary(judged, accounts.len()),
            evidence: self.evidence(judged),
            alternatives: judged.alternatives.clone(),
            recommended_decision: decision(judged.severity),
            timeline: timeline(&mut times),
            network_nodes,
            network_edges,
        };
        (campaign, members)
    }

    /// Hash of who is in it and by what.
    fn id(&self, judged: &Judged) -> String {
        let mut hash = Xxh3::new();
        for &a in &judged.group.members {
            hash.update(self.table.accounts[a as usize].as_bytes());
            hash.update(&[0]);
        }
        for &o in &judged.objects {
            hash.update(&[1]);
            hash.update(self.table.objects[o as usize].as_bytes());
        }
        format!("objects-{:016x}", hash.digest())
    }

    /// Whether a touch is one of those that hold the group together.
    fn belongs(&self, judged: &Judged, row: &Row) -> bool {
        judged.objects.binary_search(&row.object).is_ok()
    }

    fn layer(&self, object: u32) -> Layer {
        let name = &self.table.layers[usize::from(self.table.layer_of[object as usize])];
        Layer::ALL.into_iter().find(|l| l.name() == &**name).unwrap_or(Layer::Custom)
    }

    fn evidence(&self, judged: &Judged) -> Vec<Evidence> {
        let group = &judged.group;
        let size = group.members.len();
        let graph = self.found.graph(group.view).induced(&group.members);
        let layer = judged.objects.first().map_or(Layer::Custom, |&o| self.layer(o));
        let piece = |code: &str, text: String, value: f64, weight: f64| Evidence {
            code: code.to_owned(),
            layer,
            text,
            value,
            expected: None,
            weight,
            examples: Vec::new(),
        };
        let links = graph.edges();
        let weight = group.strength.iter().sum::<f64>() / 2.0;
        let mut evidence = Vec::new();
        match group.view {
            View::Contact => evidence.push(piece(
                "direct-contact",
                format!("{size} accounts deal with each other over {links} links, between accounts that appeared close in time and deal with few others."),
                links as f64,
                weight,
            )),
            View::Coincidence => {
                let mut shared = piece(
                    "shared-objects",
                    format!("{size} accounts touched {} rare objects together; {links} pairs of them coincide more often or more closely than chance allows.", judged.objects.len()),
                    judged.objects.len() as f64,
                    weight,
                );
                shared.examples = self.examples(judged);
                evidence.push(shared);
                evidence.push(self.together(judged, layer));
            }
        }
        let outside: f64 =
            group.members.iter().map(|&a| self.found.graph(group.view).strength(a)).sum::<f64>()
                - 2.0 * weight;
        let closed = 2.0 * weight / (2.0 * weight + outside).max(f64::MIN_POSITIVE);
        evidence.push(piece(
            "closed-group",
            format!("{:.0} % of the weight of the members' links stays among them.", 100.0 * closed),
            closed,
            0.0,
        ));
        if !judged.taken_in.is_empty() {
            evidence.push(piece(
                "taken-in",
                format!("{} more accounts deal mostly with these and were taken in.", judged.taken_in.len()),
                judged.taken_in.len() as f64,
                0.0,
            ));
        }
        evidence
    }

    /// How often and how close in time the members coincide.
    fn together(&self, judged: &Judged, layer: Layer) -> Evidence {
        let inside = |a: u32| judged.group.members.binary_search(&a).is_ok();
        let pairs = self.found.coincidences.iter().filter(|c| inside(c.a) && inside(c.b));
        let mut occasions: Vec<u16> = Vec::new();
        let mut gaps: Vec<i64> = Vec::new();
        for c in pairs {
            occasions.push(c.occasions);
            let first = |a| self.incidence.holding(a, c.object).map(|h| self.incidence.times(h)[0]);
            gaps.extend(first(c.a).zip(first(c.b)).map(|(x, y)| (x - y).abs()));
        }
        occasions.sort_unstable();
        gaps.sort_unstable();
        let occasions = occasions.get(occasions.len() / 2).copied().unwrap_or_default();
        let seconds = gaps.get(gaps.len() / 2).copied().unwrap_or_default() as f64 / 1e6;
        Evidence {
            code: "together".to_owned(),
            layer,
            text: format!("The typical pair coincides on {occasions} occasions, {seconds:.0} seconds apart."),
            value: seconds,
            expected: None,
            weight: 0.0,
            examples: Vec::new(),
        }
    }

    /// Objects that enough members share, most shared first.
    fn examples(&self, judged: &Judged) -> Vec<String> {
        let members = &judged.group.members;
        let shared =
            |o: u32| self.incidence.holders(o).iter().filter(|a| members.binary_search(a).is_ok()).count();
        let mut by_use: Vec<(usize, u32)> = judged.objects.iter().map(|&o| (shared(o), o)).collect();
        by_use.retain(|&(k, _)| k >= SHOWN_BY_MIN);
        by_use.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
        by_use.iter().take(3).map(|&(_, o)| self.table.objects[o as usize].to_string()).collect()
    }

    fn picture(&self, judged: &Judged) -> (Vec<NetworkNode>, Vec<NetworkEdge>) {
        let group = &judged.group;
        let mut order: Vec<usize> = (0..group.members.len()).collect();
        order.sort_by(|&x, &y| group.strength[y].total_cmp(&group.strength[x]).then(x.cmp(&y)));
        order.truncate(NODES_MAX);
        let place: FxHashMap<u32, u32> =
            order.iter().enumerate().map(|(i, &m)| (group.members[m], i as u32)).collect();
        let nodes = order.iter().map(|&m| NetworkNode {
            account_id: self.table.accounts[group.members[m] as usize].to_string(),
            score: score(judged, group.members[m]),
            first: None,
        });
        let layer = judged.objects.first().map_or(Layer::Custom, |&o| self.layer(o));
        let graph = self.found.graph(group.view);
        let mut edges = Vec::new();
        for &m in &order {
            let account = group.members[m];
            for &(other, weight) in graph.neighbours(account).iter().filter(|(o, _)| *o > account) {
                if let Some(&b) = place.get(&other) {
                    edges.push(NetworkEdge { a: place[&account], b, weight: f64::from(weight), layer });
                }
            }
        }
        edges.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
        edges.truncate(EDGES_MAX);
        (nodes.collect(), edges)
    }
}

/// How sure a membership is. On labelled airdrop accounts accusing groups are right for about nine members in ten, large
/// ones nearly always, small ones and accounts taken in two times in three.
fn score(judged: &Judged, account: u32) -> f64 {
    let size = judged.group.members.len() as f64;
    let group = (0.98 - 1.5 / size) * (1.0 - judged.group.q);
    let own = if judged.group.members.binary_search(&account).is_ok() { 1.0 } else { 0.8 };
    let cleared = if judged.severity == Severity::None { 0.2 } else { 1.0 };
    (group * own * cleared).clamp(0.0, 1.0)
}

fn summary(judged: &Judged, accounts: usize) -> String {
    match (judged.severity, judged.group.view) {
        (Severity::None, View::Contact) => {
            format!("{accounts} accounts deal with each other, as friends do.")
        }
        (Severity::None, View::Coincidence) => {
            format!("{accounts} accounts did the same at one event, as crowds do.")
        }
        (_, View::Contact) => {
            format!("{accounts} accounts form one closed network of dealings and appeared close in time.")
        }
        (_, View::Coincidence) => {
            format!("{accounts} accounts touch the same rare objects, closer in time than chance allows.")
        }
    }
}

fn decision(severity: Severity) -> RecommendedDecision {
    let (action, reason) = match severity {
        Severity::None => (Action::Observe, "An innocent explanation accounts for the group."),
        Severity::Medium => (Action::StepUp, "Coordination is shown, its purpose is not: ask who they are."),
        _ => (Action::Label, "Coordination is shown, its purpose is not: remember the group and look at it."),
    };
    RecommendedDecision { action, scope: "accounts".to_owned(), reason: reason.to_owned(), expires_days: 90 }
}

/// Hours, days or longer stretches, so that a picture holds them.
fn timeline(times: &mut [(i64, u32, bool)]) -> Vec<TimelineBucket> {
    times.sort_unstable();
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Vec::new() };
    let span = last.0 - first.0;
    let step = match span / BUCKETS_MAX {
        s if s <= Micros::HOUR => Micros::HOUR,
        s if s <= Micros::DAY => Micros::DAY,
        s => (s / Micros::DAY + 1) * Micros::DAY,
    };
    let mut buckets: BTreeMap<i64, (u64, u64, Vec<u32>)> = BTreeMap::new();
    for &(time, account, inside) in times.iter() {
        let bucket = buckets.entry(time.div_euclid(step)).or_default();
        if inside {
            bucket.0 += 1;
        } else {
            bucket.1 += 1;
        }
        bucket.2.push(account);
    }
    let told = |(at, (exchanges, other_exchanges, mut accounts)): (i64, (u64, u64, Vec<u32>))| {
        accounts.sort_unstable();
        accounts.dedup();
        TimelineBucket {
            start: Micros(at * step),
            exchanges,
            other_exchanges,
            accounts: accounts.len() as u64,
        }
    };
    buckets.into_iter().map(told).collect()
}
