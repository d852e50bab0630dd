//! Accused clusters that are one operation's: they pay with the same payments, which hardly anybody outside of them
//! uses. A farm that signs up in several waves is found wave by wave and told as one. Addresses join nobody here: two
//! operations rent the same proxies.

use rustc_hash::FxHashMap;
use vigie_graph::UnionFind;
use vigie_model::{Kind, Layer, Severity};

use crate::assemble::Judged;
use crate::cluster::{Cluster, ClusterOptions, Index, gather};

/// Part of a motif's holders that must be of the two clusters for it to join them.
const OWN: f64 = 0.8;
/// Part of each cluster's members that must hold such a motif.
const JOINED: f64 = 0.15;
/// Fewest members of each that must.
const JOINED_MIN: usize = 3;

/// Joins accused clusters. `judge` looks at the whole; where it does not accuse it, the parts stay as they are.
/// O(motifs of the members · pairs of clusters that share one).
pub(crate) fn join(
    index: &Index<'_>,
    judged: Vec<Judged>,
    options: &ClusterOptions,
    judge: impl Fn(Cluster) -> Option<Judged>,
) -> Vec<Judged> {
    let (accused, mut rest): (Vec<_>, Vec<_>) = judged.into_iter().partition(joinable);
    let mut sets = UnionFind::new(accused.len());
    for (&(i, j), (a, b)) in &meetings(index, &accused) {
        let enough = |held: usize, all: usize| held >= JOINED_MIN && held as f64 >= JOINED * all as f64;
        let size = |i: u32| accused[i as usize].cluster.members.len();
        if enough(a.len(), size(i)) && enough(b.len(), size(j)) {
            sets.union(i, j);
        }
    }
    let mut accused: Vec<Option<Judged>> = accused.into_iter().map(Some).collect();
    for group in sets.groups(1) {
        let parts: Vec<Judged> = group.iter().filter_map(|&i| accused[i as usize].take()).collect();
        if parts.len() < 2 {
            rest.extend(parts);
            continue;
        }
        let mut members: Vec<u32> = parts.iter().flat_map(|p| p.cluster.members.iter().copied()).collect();
        members.sort_unstable();
        members.dedup();
        let q_value = parts.iter().map(|p| p.q_value).fold(0.0, f64::max);
        match judge(gather(index, members, options)).filter(joinable) {
            Some(whole) => rest.push(Judged { q_value, ..whole }),
            None => rest.extend(parts),
        }
    }
    rest
}

fn joinable(judged: &Judged) -> bool {
    judged.judgement.severity > Severity::None && judged.judgement.kind != Kind::KeyTakeover
}

/// Members of two clusters that hold what only the two share, sorted and distinct, by pair of clusters.
type Meetings = FxHashMap<(u32, u32), (Vec<u32>, Vec<u32>)>;

fn meetings(index: &Index<'_>, accused: &[Judged]) -> Meetings {
    let mut holders: FxHashMap<u32, Vec<(u32, u32)>> = FxHashMap::default();
    for (i, judged) in accused.iter().enumerate() {
        for &account in &judged.cluster.members {
            for held in index.motifs.of(account) {
                if index.kind(held.motif).layer() == Layer::Payment {
                    holders.entry(held.motif).or_default().push((i as u32, account));
                }
            }
        }
    }
    let mut meetings = Meetings::default();
    for (motif, at) in holders {
        let all = index.motifs.holders(motif).len() as f64;
        for pair in clusters_of(&at) {
            let of = |i: u32| at.iter().filter(move |(c, _)| *c == i).map(|&(_, a)| a);
            if (of(pair.0).count() + of(pair.1).count()) as f64 >= OWN * all {
                let (a, b) = meetings.entry(pair).or_default();
                a.extend(of(pair.0));
                b.extend(of(pair.1));
            }
        }
    }
    for (a, b) in meetings.values_mut() {
        for side in [a, b] {
            side.sort_unstable();
            side.dedup();
        }
    }
    meetings
}

/// Every pair of different clusters that the list names.
fn clusters_of(at: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut clusters: Vec<u32> = at.iter().map(|&(c, _)| c).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let pairs = |(n, &i): (usize, &u32)| clusters[n + 1..].iter().map(move |&j| (i, j)).collect::<Vec<_>>();
    clusters.iter().enumerate().flat_map(pairs).collect()
}
