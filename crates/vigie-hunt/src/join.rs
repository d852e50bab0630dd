//! Clusters that are one operation's, told as one. A farm that signs up in several waves pays with the same payments; a
//! fleet that is dealt out over many addresses asks one job through all of them. Two operations rent the same proxies,
//! so addresses alone join nobody.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_graph::UnionFind;
use vigie_model::{Kind, Layer};

use crate::assemble::Judged;
use crate::cluster::{ClusterOptions, Index, gather};
use crate::job::Job;
use crate::manner::{Manners, Usual, of_slice};
use crate::refine::SURE;
use crate::touch::ObjectKind;
use crate::verdict::{Bench, accused, suspected, union};

/// Part of a motif's holders that must be in suspected clusters, whichever, for it to join two of them; of addresses,
/// which operations share, the two clusters' own.
const OWN: f64 = 0.8;
/// The same of payments: a card of three accounts of which one was not found is still one purse.
const OWN_PAID: f64 = 0.5;
/// Part of each cluster's members that must hold such a motif.
const JOINED: f64 = 0.15;
/// Fewest members of each that must.
const JOINED_MIN: usize = 3;
/// How much likelier two accused clusters must go about it in one manner than each in its own for that to join them, in
/// nats.
const ONE_HAND: f64 = 4.0;

/// Joins suspected clusters that passed the false-discovery control, where the whole is accused; elsewhere the parts stay
/// as they are.
/// O(motifs of the members · pairs of clusters that share one).
pub(crate) fn join(bench: &Bench<'_>, judged: Vec<Judged>, options: &ClusterOptions) -> Vec<Judged> {
    let index = bench.index;
    let joinable = |j: &Judged| joinable(j) && j.q_value <= bench.settings.alpha;
    let (suspected, mut rest): (Vec<_>, Vec<_>) = judged.into_iter().partition(joinable);
    let jobs: Vec<Job> = suspected.par_iter().map(|j| Job::of(index, &j.slice, &j.facts)).collect();
    let mut sets = UnionFind::new(suspected.len());
    for layer in [Layer::Payment, Layer::Infrastructure] {
        for (&(i, j), (a, b)) in &meetings(index, &suspected, layer) {
            let enough = |held: usize, all: usize| held >= JOINED_MIN && held as f64 >= JOINED * all as f64;
            let size = |i: u32| suspected[i as usize].cluster.members.len();
            if enough(a.len(), size(i))
                && enough(b.len(), size(j))
                && (layer == Layer::Payment || jobs[i as usize].is(&jobs[j as usize]))
            {
                sets.union(i, j);
            }
        }
    }
    for (i, j) in of_one_hand(bench, &suspected) {
        sets.union(i, j);
    }
    let mut suspected: Vec<Option<Judged>> = suspected.into_iter().map(Some).collect();
    let mut wholes: Vec<Vec<Judged>> = Vec::new();
    for group in sets.groups(1) {
        let parts: Vec<Judged> = group.iter().filter_map(|&i| suspected[i as usize].take()).collect();
        if parts.len() < 2 { rest.extend(parts) } else { wholes.push(parts) }
    }
    let told = |parts: Vec<Judged>| {
        let members = union(parts.iter().map(|p| &p.cluster.members[..]));
        let stay: Vec<Vec<u32>> = parts.iter().filter(|p| accused(p)).map(sure).collect();
        let stay = union(stay.iter().map(Vec::as_slice));
        let q_value = parts.iter().map(|p| p.q_value).fold(0.0, f64::max);
        let whole = bench.judge_whole(gather(index, members, options), &stay);
        match whole.map(|whole| Judged { q_value, ..whole }) {
            Some(whole) if joinable(&whole) => vec![whole],
            _ => parts,
        }
    };
    rest.extend(wholes.into_par_iter().flat_map_iter(told).collect::<Vec<_>>());
    rest
}

fn joinable(judged: &Judged) -> bool {
    suspected(judged) && judged.judgement.kind != Kind::KeyTakeover
}

/// Pairs of accused clusters of one kind that go about it in one manner, the likeliest joined first, since what is joined
/// shows its manner more clearly. O(clusters² · (clusters + manners)).
fn of_one_hand(bench: &Bench<'_>, suspected: &[Judged]) -> Vec<(u32, u32)> {
    let usual = Usual::new(&bench.population.ways);
    let rows = &bench.index.view.lake.rows;
    let of = |(i, judged): (usize, &Judged)| {
        accused(judged).then(|| (i as u32, judged.judgement.kind, of_slice(rows, &judged.slice)))
    };
    let mut hands: Vec<(u32, Kind, Manners)> = suspected.par_iter().enumerate().filter_map(of).collect();
    let mut pairs = Vec::new();
    let nats = |a: &(u32, Kind, Manners), b: &(u32, Kind, Manners)| {
        if a.1 == b.1 { usual.of_one_hand(&a.2, &b.2) } else { f64::NEG_INFINITY }
    };
    let mut between: Vec<Vec<f64>> =
        hands.par_iter().enumerate().map(|(n, b)| hands[..n].iter().map(|a| nats(a, b)).collect()).collect();
    loop {
        let all = between
            .iter()
            .enumerate()
            .flat_map(|(n, row)| row.iter().enumerate().map(move |(m, &x)| (x, m, n)));
        let Some((_, a, b)) = all.filter(|(x, ..)| *x >= ONE_HAND).max_by(|x, y| x.0.total_cmp(&y.0)) else {
            return pairs;
        };
        pairs.push((hands[a].0, hands[b].0));
        for (manner, n) in std::mem::take(&mut hands[b].2) {
            *hands[a].2.entry(manner).or_default() += n;
        }
        for other in 0..hands.len() {
            let (low, high) = (a.min(other), a.max(other));
            if low != high {
                between[high][low] = nats(&hands[a], &hands[other]);
            }
            let (low, high) = (b.min(other), b.max(other));
            if low != high {
                between[high][low] = f64::NEG_INFINITY;
            }
        }
    }
}

/// Members that look so much like the others of their cluster that they stay whomever these join.
fn sure(judged: &Judged) -> Vec<u32> {
    let members = judged.cluster.members.iter().zip(&judged.likeness);
    members.filter(|(_, like)| like.log_odds() >= SURE).map(|(&a, _)| a).collect()
}

/// Members of two clusters that hold what only the two share, sorted and distinct, by pair of clusters.
type Meetings = FxHashMap<(u32, u32), (Vec<u32>, Vec<u32>)>;

fn meetings(index: &Index<'_>, suspected: &[Judged], layer: Layer) -> Meetings {
    let mut holders: FxHashMap<u32, Vec<(u32, u32)>> = FxHashMap::default();
    for (i, judged) in suspected.iter().enumerate() {
        for &account in &judged.cluster.members {
            for held in index.motifs.of(account) {
                if joins(index.kind(held.motif), layer) {
                    holders.entry(held.motif).or_default().push((i as u32, account));
                }
            }
        }
    }
    let mut meetings = Meetings::default();
    for (motif, at) in holders {
        let all = index.motifs.holders(motif).len() as f64;
        let least = if layer == Layer::Payment { OWN_PAID } else { OWN };
        let own = |holders: usize| holders as f64 >= least * all;
        if !own(distinct(&at)) {
            continue;
        }
        for pair in clusters_of(&at) {
            // Who is in both meets nobody.
            let of = |i: u32, other: u32| {
                let beyond = &suspected[other as usize].cluster.members;
                let alone = move |&&(c, a): &&(u32, u32)| c == i && beyond.binary_search(&a).is_err();
                at.iter().filter(alone).map(|&(_, a)| a)
            };
            let (n, m) = (of(pair.0, pair.1).count(), of(pair.1, pair.0).count());
            if n > 0 && m > 0 && (layer == Layer::Payment || own(n + m)) {
                let (a, b) = meetings.entry(pair).or_default();
                a.extend(of(pair.0, pair.1));
                b.extend(of(pair.1, pair.0));
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

/// Accounts in the list.
fn distinct(at: &[(u32, u32)]) -> usize {
    at.iter().map(|&(_, account)| account).collect::<FxHashSet<u32>>().len()
}

/// Whether sharing an object of this kind can join two clusters through the layer; a network stands for a town.
fn joins(kind: ObjectKind, layer: Layer) -> bool {
    kind.layer() == layer && kind != ObjectKind::Network
}

/// Every pair of different clusters that the list names.
fn clusters_of(at: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut clusters: Vec<u32> = at.iter().map(|&(c, _)| c).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let pairs = |(n, &i): (usize, &u32)| clusters[n + 1..].iter().map(move |&j| (i, j)).collect::<Vec<_>>();
    clusters.iter().enumerate().flat_map(pairs).collect()
}

#[cfg(test)]
mod tests {
    use vigie_model::Layer;

    use super::meetings;
    use crate::staged::{Staged, staged};

    #[test]
    fn halves_of_one_farm_meet_in_its_payments_and_accounts_in_two_clusters_meet_nobody() {
        staged(|Staged { bench, campaigns, .. }| {
            let mut met = 0;
            for campaign in campaigns {
                let halves = [0, 1].map(|half| {
                    let stays: Vec<bool> =
                        (0..campaign.cluster.members.len()).map(|i| i % 2 == half).collect();
                    bench.look(campaign.cluster.clone().keep(&stays))
                });
                met += meetings(bench.index, &halves, Layer::Payment).len();
                let twice = [(); 2].map(|()| bench.look(campaign.cluster.clone()));
                assert!(meetings(bench.index, &twice, Layer::Payment).is_empty());
            }
            assert!(met > 0, "no campaign pays together");
        });
    }
}
