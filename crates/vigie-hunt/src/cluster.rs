//! From links to clusters: bundles and k-core, Leiden inside, peeling, and a second look at who belongs.
//!
//! Seeds come from two sides. **Bundles**: accounts that share a family of rare objects, such as the variants of one
//! wrapper or the addresses of one proxy pool. **Communities** of the link graph: accounts that pairs of different
//! objects hold together. Each seed is then settled: the **characteristic motifs** – those that many members and hardly
//! anybody else touch – decide who else belongs (an account may belong to several clusters) and who does not.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelExtend, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_graph::stats::poisson_tail;
use vigie_graph::{Graph, LAYERS, LeidenOptions, Motifs, RareObjects, UnionFind, k_core, leiden, peel_weak};
use vigie_model::Layer;

use crate::population::Population;
use crate::slice::{Lifts, MotifObjects, content_strength, origin_strength, row_bears};
use crate::touch::{ObjectKind, origin_objects, text_objects};
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
    let mut seeds = communities(graph, options);
    // Operations that rent one proxy meet in it and nowhere else: what they share of origin alone is cut apart.
    let apart = |(by_origin, seed): (bool, Vec<u32>)| {
        if !by_origin {
            return vec![seed];
        }
        let mut seeds = split(graph, seed.clone(), options.accounts_min);
        if seeds.iter().all(|s| s.len() * 2 < seed.len()) {
            seeds.push(seed);
        }
        seeds
    };
    let all = [Layer::Content, Layer::Harness, Layer::Infrastructure];
    let mut bundles = shared_bundles(index, &all, HABIT, options);
    bundles.extend(shared_bundles(index, &[Layer::Infrastructure], TRACE, options));
    bundles.sort_unstable();
    bundles.dedup();
    seeds.par_extend(bundles.into_par_iter().flat_map_iter(apart));
    seeds.extend(taken_over(index, population, options));
    seeds.extend(population.series.iter().filter(|s| s.len() >= options.accounts_min).cloned());
    let mut found: Vec<Cluster> =
        seeds.par_iter().filter_map(|seed| settle(index, graph, seed, options)).collect();
    found.sort_unstable_by(|a, b| b.members.len().cmp(&a.members.len()).then(a.members.cmp(&b.members)));
    found.dedup_by(|a, b| a.members == b.members);
    found
}

/// Dense groups of the link graph: its k-core, cut by Leiden, each part cut again where it falls apart.
fn communities(graph: &Graph, options: &ClusterOptions) -> Vec<Vec<u32>> {
    let core = k_core(graph, options.core);
    let inner = graph.induced(&core);
    let mut groups = parts(&inner, options.resolution);
    groups = groups.into_par_iter().flat_map_iter(|g| split(&inner, g, options.accounts_min)).collect();
    groups.retain(|g| g.len() >= options.accounts_min);
    groups.sort_unstable();
    groups
        .into_iter()
        .map(|g| peel_weak(&inner, &g, 0.0, 0.15).into_iter().map(|v| core[v as usize]).collect())
        .filter(|g: &Vec<u32>| g.len() >= options.accounts_min)
        .collect()
}

/// Leiden communities, each sorted.
fn parts(graph: &Graph, resolution: f64) -> Vec<Vec<u32>> {
    let mut groups: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (v, part) in leiden(graph, LeidenOptions { resolution, levels_max: 20 }).iter().enumerate() {
        groups.entry(*part).or_default().push(v as u32);
    }
    let mut groups: Vec<Vec<u32>> = groups.into_values().collect();
    groups.sort_unstable();
    groups
}

/// How much denser than the cut between them two parts must be to stand apart.
const APART: f64 = 4.0;

/// Cuts a group again at the scale of its own density and joins what belongs together: two parts stay one cluster
/// where the cut between them is nearly as dense as the sparser of the two. Two operations that meet in one proxy pool,
/// or that ask from one list of questions, are two clusters.
pub(crate) fn split(graph: &Graph, group: Vec<u32>, accounts_min: usize) -> Vec<Vec<u32>> {
    if group.len() < 2 * accounts_min {
        return vec![group];
    }
    let inner = graph.induced(&group);
    let n = group.len() as f64;
    let total: f64 = (0..group.len() as u32).map(|v| inner.strength(v)).sum::<f64>() / 2.0;
    let pieces = parts(&inner, 1.5 * total / (n * (n - 1.0) / 2.0));
    let (large, small): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|p| p.len() >= accounts_min);
    if large.len() < 2 {
        return vec![group];
    }
    let within: Vec<f64> = large.iter().map(|p| density(&inner, p, p)).collect();
    let mut sets = UnionFind::new(large.len());
    for (i, p) in large.iter().enumerate() {
        for (j, q) in large.iter().enumerate().skip(i + 1) {
            if within[i].min(within[j]) < APART * density(&inner, p, q) {
                sets.union(i as u32, j as u32);
            }
        }
    }
    let groups = sets.groups(1);
    if groups.len() < 2 {
        return vec![group];
    }
    let mut cut: Vec<Vec<u32>> = groups
        .into_iter()
        .map(|parts| parts.into_iter().flat_map(|p| large[p as usize].iter().copied()).collect())
        .collect();
    cut.extend(small);
    let outer = |mut piece: Vec<u32>| {
        piece.sort_unstable();
        piece.into_iter().map(|v| group[v as usize]).collect::<Vec<u32>>()
    };
    cut.into_iter().flat_map(|piece| split(graph, outer(piece), accounts_min)).collect()
}

/// Mean link weight per pair between two sorted sets of nodes, or within one.
fn density(graph: &Graph, p: &[u32], q: &[u32]) -> f64 {
    let same = p == q;
    let linked = |&v: &u32| {
        graph
            .neighbours(v)
            .iter()
            .filter(|(u, _)| q.binary_search(u).is_ok())
            .map(|&(_, w)| f64::from(w))
            .sum::<f64>()
    };
    let weight: f64 = p.iter().map(linked).sum();
    let pairs = if same { p.len() * p.len().saturating_sub(1) } else { p.len() * q.len() };
    weight / pairs.max(1) as f64
}

/// How much an account must have done with a bundle for it to seed a cluster.
#[derive(Clone, Copy)]
struct Habit {
    /// Different prompts that it asked.
    prompts: usize,
    /// Part of its exchanges.
    usage: f64,
}

/// What is asked of a bundle of any kind.
const HABIT: Habit = Habit { prompts: 3, usage: 0.04 };
/// What is asked besides, of addresses alone: a relay may send one exchange in fifty through an account.
const TRACE: Habit = Habit { prompts: 2, usage: 0.02 };
/// Part of the population above which what accounts share is a carrier's or a fashion, not an operation's.
const SEED_HOLDERS_MAX: f64 = 0.05;

/// Accounts that put different questions into one rare wording again and again, be it around the question or in the
/// system prompt: a fleet with a single fixed prompt has nothing else in common, and no pair of it would be linked by
/// one object. Users of one tool are found so, too; the test knows them by their own work. A popular prompt is copied
/// word for word and used once; it seeds nothing. The same goes for questions that come through one set of addresses: a
/// relay that resells access puts other people's questions into its users' accounts. Says of each seed whether origin
/// made it.
fn shared_bundles(
    index: &Index<'_>,
    layers: &[Layer],
    habit: Habit,
    options: &ClusterOptions,
) -> Vec<(bool, Vec<u32>)> {
    let least = options.accounts_min.max(6);
    let most = ((SEED_HOLDERS_MAX * index.view.population as f64) as usize).max(50);
    let mut seeds: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for account in 0..index.view.accounts() as u32 {
        for held in index.bundles.of(account) {
            let layer = index.bundles.motifs[held.motif as usize].layer;
            let usage = f64::from(held.count) / f64::from(index.view.exchanges[account as usize].max(1));
            let enough = held.count as usize >= habit.prompts && usage >= habit.usage;
            let seeding = layers.iter().any(|&l| layer == l as u8);
            if seeding && enough && (least..=most).contains(&index.bundles.holders(held.motif).len()) {
                seeds.entry(held.motif).or_default().push(account);
            }
        }
    }
    let half = |bundle: u32, accounts: usize| {
        accounts >= least && accounts * 2 >= index.bundles.holders(bundle).len()
    };
    let mut seeds: Vec<(u32, Vec<u32>)> =
        seeds.into_iter().filter(|(b, accounts)| half(*b, accounts.len())).collect();
    seeds.sort_unstable();
    let bundle_objects = MotifObjects::new(&index.bundles.motif_of, index.bundles.len());
    seeds
        .into_par_iter()
        .filter_map(|(bundle, accounts)| {
            let objects: FxHashSet<u64> =
                bundle_objects.of(bundle).iter().map(|&o| index.objects.id(o as usize)).collect();
            let various: Vec<u32> =
                accounts.into_iter().filter(|&a| asks_variously(index, a, &objects, habit)).collect();
            let by_origin = index.bundles.motifs[bundle as usize].layer == Layer::Infrastructure as u8;
            half(bundle, various.len()).then_some((by_origin, various))
        })
        .collect()
}

/// Whether an account asked several different prompts that carry one of the objects.
fn asks_variously(index: &Index<'_>, account: u32, objects: &FxHashSet<u64>, habit: Habit) -> bool {
    let rows = &index.view.lake.rows;
    let mut asked: FxHashSet<u64> = FxHashSet::default();
    for row in index.view.ranges[account as usize].clone() {
        let mut bears = false;
        text_objects(rows, row, |kind, hash| bears |= objects.contains(&kind.object(hash)));
        origin_objects(rows, row, |kind, hash| bears |= objects.contains(&kind.object(hash)));
        if bears && asked.insert(rows.exact[row]) && asked.len() >= habit.prompts {
            return true;
        }
    }
    false
}

/// How much oftener victims must share an object than others for it to join them.
const VICTIM_LIFT: f64 = 6.0;

/// Accounts that were taken over and share with each other anything of content or origin: one intruder's victims.
fn taken_over(index: &Index<'_>, population: &Population, options: &ClusterOptions) -> Vec<Vec<u32>> {
    let flagged: Vec<u32> =
        (0..index.view.accounts() as u32).filter(|&a| population.takeovers[a as usize].is_some()).collect();
    let mut sets = UnionFind::new(flagged.len());
    let mut sharers: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (i, &account) in flagged.iter().enumerate() {
        for held in index.bundles.of(account) {
            let layer = index.bundles.motifs[held.motif as usize].layer;
            let intruder = layer == Layer::Content as u8
                || layer == Layer::Infrastructure as u8
                || layer == Layer::Client as u8;
            if intruder && held.count >= 2 {
                sharers.entry(held.motif).or_default().push(i as u32);
            }
        }
    }
    for (bundle, group) in sharers {
        let share = index.bundles.holders(bundle).len() as f64 / index.view.population.max(1) as f64;
        // What everybody uses joins nobody: victims must use it several times as often as others do.
        let lift = group.len() as f64 / (share * flagged.len() as f64).max(1e-9);
        if group.len() >= 3
            && lift >= VICTIM_LIFT
            && poisson_tail(group.len() as u64, share * flagged.len() as f64) <= MARK_CHANCE
        {
            group.windows(2).for_each(|pair| {
                sets.union(pair[0], pair[1]);
            });
        }
    }
    let members = |group: Vec<u32>| group.into_iter().map(|i| flagged[i as usize]).collect();
    sets.groups(options.accounts_min).into_iter().map(members).collect()
}

/// Part of the typical member's evidence that a member needs to stay.
const STAY: f32 = 0.2;
/// Part of the typical member's evidence, and of its links, that another account needs to come in.
const ENTER: f32 = 0.6;
/// Chance, at most, that as many members touch a motif by accident when members touch three times as much as others.
const MARK_CHANCE: f64 = 1e-4;

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
    let mut held: FxHashMap<u32, u32> = FxHashMap::default();
    for &a in members {
        for h in index.motifs.of(a) {
            *held.entry(h.motif).or_default() += 1;
        }
    }
    let size = members.len() as f32;
    let outside = (index.view.population - members.len().min(index.view.population)) as f32;
    let least = 3u32.max((0.05 * size) as u32).min(members.len() as u32);
    let mut marks: Vec<Mark> = held
        .into_iter()
        .filter(|&(m, k)| {
            k >= least && f64::from(k) >= options.purity_min * index.motifs.holders(m).len() as f64
        })
        .map(|(motif, k)| {
            let strangers = index.motifs.holders(motif).len() as f32 - k as f32 + 1.0;
            let trust = index.kind(motif).trust();
            let lift = ((k as f32 / size) / (strangers / (outside + 1.0))).ln().max(0.0) * trust;
            Mark { motif, members: k, lift }
        })
        .collect();
    marks.sort_unstable_by_key(|m| m.motif);
    marks
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
