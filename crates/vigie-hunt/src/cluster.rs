//! From seeds to clusters: a second look at who belongs. The **characteristic motifs** of a seed – those that many members
//! and hardly anybody else touch – decide who else belongs (an account may belong to several clusters) and who does not.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_graph::{Graph, LAYERS, Motifs, RareObjects};
use vigie_model::Layer;

use crate::population::Population;
use crate::seeds::seeds;
use crate::slice::{Lifts, MotifObjects, content_strength, origin_strength, row_bears};
use crate::touch::ObjectKind;
use crate::view::View;

/// A motif that tells a cluster's members from everybody else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) motif: u32,
    /// Members that touch it.
    pub(crate) members: u32,
    /// ln of how much likelier a member touches it than anybody else.
    pub(crate) lift: f32,
}

/// A group of accounts that belong together, and by what.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cluster {
    /// Account numbers, sorted.
    pub(crate) members: Vec<u32>,
    /// Evidence of membership in nats, in the order of `members`.
    pub(crate) strength: Vec<f32>,
    /// Characteristic motifs, by motif number.
    pub(crate) marks: Vec<Mark>,
}

impl Cluster {
    /// The cluster without the members that do not stay.
    pub(crate) fn keep(self, stays: &[bool]) -> Self {
        let at: Vec<usize> = (0..self.members.len()).filter(|&i| stays[i]).collect();
        Self {
            members: at.iter().map(|&i| self.members[i]).collect(),
            strength: at.iter().map(|&i| self.strength[i]).collect(),
            marks: self.marks,
        }
    }
}

/// Limits and cut-offs of clustering.
#[derive(Clone, Debug)]
pub(crate) struct ClusterOptions {
    pub(crate) accounts_min: usize,
    /// Fewest links per account of the core.
    pub(crate) core: u32,
    /// Mean link weight per pair that a community must exceed.
    pub(crate) resolution: f64,
    /// A characteristic motif is touched by members at least this often among all who touch it.
    pub(crate) purity_min: f64,
    /// Evidence that an account needs to be a member, in nats.
    pub(crate) strength_min: f32,
    pub(crate) layer_decay: [f32; LAYERS],
}

/// The index that clustering works on.
pub(crate) struct Index<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) objects: &'a RareObjects,
    /// Objects with exactly the same holders.
    pub(crate) motifs: &'a Motifs,
    /// Motifs with nearly the same holders.
    pub(crate) bundles: &'a Motifs,
    pub(crate) by_motif: &'a MotifObjects,
}

impl Index<'_> {
    pub(crate) fn kind(&self, motif: u32) -> ObjectKind {
        ObjectKind::from_code(self.motifs.motifs[motif as usize].kind)
    }
}

/// Finds clusters. Deterministic; O(links · log) plus the rows of accounts that seeds reach.
pub(crate) fn clusters(
    index: &Index<'_>,
    population: &Population,
    graph: &Graph,
    options: &ClusterOptions,
) -> Vec<Cluster> {
    let mut found = settled(index, graph, &seeds(index, population, graph, options), options);
    // Victims that were tried in one way may share no object that could be a mark, and settle into nobody.
    let rings = population.rings.iter().filter(|ring| ring.len() >= options.accounts_min);
    found.extend(rings.map(|ring| gather(index, ring.clone(), options)));
    distinct(found)
}

/// The clusters that these seeds settle into, largest first.
pub(crate) fn settled(
    index: &Index<'_>,
    graph: &Graph,
    seeds: &[Vec<u32>],
    options: &ClusterOptions,
) -> Vec<Cluster> {
    distinct(seeds.par_iter().filter_map(|seed| settle(index, graph, seed, options)).collect())
}

/// The clusters, each once, largest first.
pub(crate) fn distinct(mut found: Vec<Cluster>) -> Vec<Cluster> {
    found.sort_unstable_by(|a, b| b.members.len().cmp(&a.members.len()).then(a.members.cmp(&b.members)));
    found.dedup_by(|a, b| a.members == b.members);
    found
}

/// Part of the typical member's evidence that a member needs to stay.
const STAY: f32 = 0.2;
/// Part of the typical member's evidence, and of its links, that another account needs to come in.
const ENTER: f32 = 0.6;

/// Drops who bears too few of the seed's marks and takes in who bears as many as a member does and is linked to them.
fn settle(index: &Index<'_>, graph: &Graph, seed: &[u32], options: &ClusterOptions) -> Option<Cluster> {
    let mut members = seed.to_vec();
    let mut result = None;
    for _ in 0..3 {
        if members.len() < options.accounts_min {
            return None;
        }
        let marks = marks(index, &members, options);
        let linked = linked(graph, &members);
        let scored = belonging(index, &members, &marks, options);
        let core: FxHashSet<u32> = members.iter().copied().collect();
        let typical = median(scored.iter().filter(|(a, _)| core.contains(a)).map(|&(_, s)| s));
        let degree = median(members.iter().map(|a| linked.get(a).copied().unwrap_or(0.0)));
        let fits = |&(a, s): &(u32, f32)| {
            if core.contains(&a) {
                return s >= STAY * typical;
            }
            let links = linked.get(&a).copied().unwrap_or(0.0);
            s >= options.strength_min.max(ENTER * typical) && links > 0.0 && links >= ENTER * degree
        };
        let mut kept: Vec<(u32, f32)> = scored.into_iter().filter(fits).collect();
        kept.sort_unstable_by_key(|&(a, _)| a);
        let next: Vec<u32> = kept.iter().map(|&(a, _)| a).collect();
        let settled = next == members;
        members = next;
        result = Some(Cluster {
            members: members.clone(),
            strength: kept.iter().map(|&(_, s)| s).collect(),
            marks,
        });
        if settled {
            break;
        }
    }
    result.filter(|c| c.members.len() >= options.accounts_min)
}

/// A cluster of just these members, sorted.
pub(crate) fn gather(index: &Index<'_>, members: Vec<u32>, options: &ClusterOptions) -> Cluster {
    let marks = marks(index, &members, options);
    let lifts = Lifts::new(index, &marks);
    let strength = members.par_iter().map(|&a| strength(index, a, &marks, &lifts, options)).collect();
    Cluster { members, strength, marks }
}

/// Accounts outside that bear as much evidence as a member needs to stay, strongest first.
pub(crate) fn near(index: &Index<'_>, cluster: &Cluster, options: &ClusterOptions) -> Vec<u32> {
    let typical = median(cluster.strength.iter().copied());
    let outside = |a: &u32| cluster.members.binary_search(a).is_err();
    let mut near: Vec<(u32, f32)> = belonging(index, &cluster.members, &cluster.marks, options)
        .into_iter()
        .filter(|(a, s)| outside(a) && *s > 0.0 && *s >= STAY * typical)
        .collect();
    near.sort_unstable_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    near.into_iter().map(|(a, _)| a).collect()
}

/// Sum of link weights to the members, for everybody linked to one.
fn linked(graph: &Graph, members: &[u32]) -> FxHashMap<u32, f32> {
    let mut sums: FxHashMap<u32, f32> = FxHashMap::default();
    for &a in members {
        for &(b, w) in graph.neighbours(a) {
            *sums.entry(b).or_default() += w;
        }
    }
    sums
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_unstable_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Motifs that tell the members from everybody else.
fn marks(index: &Index<'_>, members: &[u32], options: &ClusterOptions) -> Vec<Mark> {
    let least = 3u32.max((0.05 * members.len() as f32) as u32).min(members.len() as u32);
    let mut marks = held(index, members);
    marks.retain(|m| {
        m.members >= least
            && f64::from(m.members) >= options.purity_min * index.motifs.holders(m.motif).len() as f64
    });
    marks
}

/// Every motif that a member touches, by motif number, and how far it would tell them. O(members' motifs).
pub(crate) fn held(index: &Index<'_>, members: &[u32]) -> Vec<Mark> {
    let mut held: FxHashMap<u32, u32> = FxHashMap::default();
    for &a in members {
        for h in index.motifs.of(a) {
            *held.entry(h.motif).or_default() += 1;
        }
    }
    let size = members.len() as f32;
    let outside = (index.view.population - members.len().min(index.view.population)) as f32;
    let mut held: Vec<Mark> = held
        .into_iter()
        .map(|(motif, k)| {
            let strangers = index.motifs.holders(motif).len() as f32 - k as f32 + 1.0;
            let trust = index.kind(motif).trust();
            let lift = ((k as f32 / size) / (strangers / (outside + 1.0))).ln().max(0.0) * trust;
            Mark { motif, members: k, lift }
        })
        .collect();
    held.sort_unstable_by_key(|m| m.motif);
    held
}

/// Evidence that each account touching a mark belongs, in nats.
fn belonging(
    index: &Index<'_>,
    members: &[u32],
    marks: &[Mark],
    options: &ClusterOptions,
) -> Vec<(u32, f32)> {
    let mut reached: Vec<u32> =
        marks.iter().flat_map(|m| index.motifs.holders(m.motif).iter().copied()).collect();
    reached.extend_from_slice(members);
    reached.sort_unstable();
    reached.dedup();
    let lifts = Lifts::new(index, marks);
    reached.into_par_iter().map(|a| (a, strength(index, a, marks, &lifts, options))).collect()
}

/// Exchanges of an account that are weighed one by one; beyond that nothing changes.
const ROWS_WEIGHED_MAX: usize = 2_000;

/// What one account shares with the cluster, exchange by exchange: each distinct exchange that bears a mark is one
/// coincidence, each further one counts less; a single coincidence without a second layer is no evidence at all.
fn strength(index: &Index<'_>, account: u32, marks: &[Mark], lifts: &Lifts, options: &ClusterOptions) -> f32 {
    let rows = &index.view.lake.rows;
    let range = index.view.ranges[account as usize].clone();
    let weighed = range.len().min(ROWS_WEIGHED_MAX);
    let (mut content, mut best_origin, mut from_origin) = (Vec::new(), 0.0f32, 0usize);
    let mut asked: FxHashSet<u64> = FxHashSet::default();
    for row in range.take(ROWS_WEIGHED_MAX) {
        let strength = content_strength(rows, row, lifts);
        if row_bears(strength) && asked.insert(rows.exact[row]) {
            content.push(strength);
        }
        let strength = origin_strength(rows, row, lifts);
        if row_bears(strength) {
            from_origin += 1;
            best_origin = best_origin.max(strength);
        }
    }
    let mut own: Vec<f32> = own_lifts(index, account, marks);
    let share = from_origin as f32 / weighed.max(1) as f32;
    let origin = best_origin * (share / 0.3).min(1.0);
    let layers = usize::from(!content.is_empty()) + usize::from(origin > 1.0) + usize::from(!own.is_empty());
    if layers < 2 && content.len() < 2 && from_origin < 3 && own.len() < 2 {
        return 0.0;
    }
    let decay = options.layer_decay[Layer::Content as usize];
    decayed(&mut content, decay) + origin + decayed(&mut own, 0.7)
}

/// Lifts of what the account itself shares: payment, sign-up, harness.
fn own_lifts(index: &Index<'_>, account: u32, marks: &[Mark]) -> Vec<f32> {
    let held = index.motifs.of(account);
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < held.len() && j < marks.len() {
        match held[i].motif.cmp(&marks[j].motif) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                let layer = index.kind(marks[j].motif).layer();
                if matches!(layer, Layer::Payment | Layer::SignUp | Layer::Harness) && marks[j].lift > 1.0 {
                    found.push(marks[j].lift);
                }
                i += 1;
                j += 1;
            }
        }
    }
    found
}

fn decayed(values: &mut [f32], decay: f32) -> f32 {
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    values.iter().fold((0.0, 1.0), |(sum, factor), v| (sum + v * factor, factor * decay)).0
}
