//! Seeds: groups of accounts that may be a cluster, from four sides, and the hidden ones that come after those.

use rayon::iter::{IntoParallelIterator, ParallelExtend, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_graph::{Graph, LeidenOptions, Motifs, UnionFind, k_core, leiden, peel_weak};
use vigie_model::Layer;

use crate::cluster::{ClusterOptions, Index};
use crate::intrusion::beyond_chance;
use crate::population::Population;
use crate::slice::MotifObjects;
use crate::touch::{content_objects, harness_objects, origin_objects};
use crate::wordings::one_way;

/// Communities of the link graph, accounts that ask much in one wording or through one set of addresses, victims of one
/// intruder, and series of sign-ups. They overlap, and one group may come twice.
/// O(links · log + rows of accounts that hold a seeding bundle).
pub(crate) fn seeds(
    index: &Index<'_>,
    population: &Population,
    graph: &Graph,
    options: &ClusterOptions,
) -> Vec<Vec<u32>> {
    let mut seeds = communities(graph, options);
    let all = [Layer::Content, Layer::Harness, Layer::Infrastructure];
    let bundle_objects = MotifObjects::new(&index.bundles.motif_of, index.bundles.len());
    let whole = Things { motifs: index.bundles, objects: &bundle_objects };
    let bundles = shared(index, whole, |b| is_of(index.bundles, b, &all), HABIT, options);
    let addresses = [Layer::Infrastructure];
    let traces = shared(index, whole, |b| is_of(index.bundles, b, &addresses), TRACE, options);
    let mut bundles: Vec<(bool, Vec<u32>)> = [bundles, traces].concat();
    bundles.sort_unstable();
    bundles.dedup();
    let apart = |(by_origin, seed): (bool, Vec<u32>)| {
        if by_origin { cut_by_links(graph, seed, options.accounts_min) } else { vec![seed] }
    };
    seeds.par_extend(bundles.into_par_iter().flat_map_iter(apart));
    seeds.extend(taken_over(index, population, options));
    seeds.extend(population.series.iter().filter(|s| s.len() >= options.accounts_min).cloned());
    seeds
}

/// Operations that rent one proxy meet in it and nowhere else: what accounts share of origin alone is cut apart by their
/// links. Where that leaves dust, links are too few to tell, and the whole is tried besides.
fn cut_by_links(graph: &Graph, seed: Vec<u32>, accounts_min: usize) -> Vec<Vec<u32>> {
    let mut pieces = split(graph, seed.clone(), accounts_min);
    if pieces.iter().all(|piece| piece.len() * 2 < seed.len()) {
        pieces.push(seed);
    }
    pieces
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
/// What is asked of a wording that its bundle says nothing of.
const HIDDEN: Habit = TRACE;
/// Part of the population above which what accounts share is a carrier's or a fashion, not an operation's.
const SEED_HOLDERS_MAX: f64 = 0.05;

/// Most accounts that may hold what seeds a cluster.
pub(crate) fn holders_max(index: &Index<'_>) -> usize {
    ((SEED_HOLDERS_MAX * index.view.population as f64) as usize).max(50)
}

/// Accounts that put different questions into one rare wording again and again, be it around the question or in the
/// system prompt: a fleet with a single fixed prompt has nothing else in common, and no pair of it would be linked by
/// one object. Users of one tool are found so, too; the test knows them by their own work. A popular prompt is copied
/// word for word and used once; it seeds nothing. The same goes for questions that come through one set of addresses: a
/// relay that resells access puts other people's questions into its users' accounts. Says of each seed whether origin
/// made it.
fn shared(
    index: &Index<'_>,
    things: Things<'_>,
    seeding: impl Fn(u32) -> bool,
    habit: Habit,
    options: &ClusterOptions,
) -> Vec<(bool, Vec<u32>)> {
    let least = options.accounts_min.max(6);
    let most = holders_max(index);
    let mut seeds: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for account in 0..index.view.accounts() as u32 {
        for held in things.motifs.of(account) {
            let usage = f64::from(held.count) / f64::from(index.view.exchanges[account as usize].max(1));
            let enough = held.count as usize >= habit.prompts && usage >= habit.usage;
            if enough
                && (least..=most).contains(&things.motifs.holders(held.motif).len())
                && seeding(held.motif)
            {
                seeds.entry(held.motif).or_default().push(account);
            }
        }
    }
    let half = |bundle: u32, accounts: usize| {
        accounts >= least && accounts * 2 >= things.motifs.holders(bundle).len()
    };
    let mut seeds: Vec<(u32, Vec<u32>)> =
        seeds.into_iter().filter(|(b, accounts)| half(*b, accounts.len())).collect();
    seeds.sort_unstable();
    seeds
        .into_par_iter()
        .filter_map(|(bundle, accounts)| {
            let objects: FxHashSet<u64> =
                things.objects.of(bundle).iter().map(|&o| index.objects.id(o as usize)).collect();
            let various: Vec<u32> =
                accounts.into_iter().filter(|&a| asks_variously(index, a, &objects, habit)).collect();
            let by_origin = things.motifs.motifs[bundle as usize].layer == Layer::Infrastructure as u8;
            half(bundle, various.len()).then_some((by_origin, various))
        })
        .collect()
}

/// Accounts that put different questions into one rare wording that its bundle says nothing of: where wordings are
/// made of sentences that many use, bundles grow far beyond the accounts that use the very same. What seeds find beside
/// these comes first: a sentence that several operations say is in here, too. Some are nearly others.
pub(crate) fn hidden_seeds(index: &Index<'_>, options: &ClusterOptions) -> Vec<Vec<u32>> {
    let mut within = vec![0; index.motifs.len()];
    for (&motif, &bundle) in index.motifs.motif_of.iter().zip(&index.bundles.motif_of) {
        within[motif as usize] = bundle;
    }
    let swallowed = |motif: u32| {
        let own = index.motifs.holders(motif).len() as f64;
        let all = index.bundles.holders(within[motif as usize]).len() as f64;
        is_of(index.motifs, motif, &[Layer::Content, Layer::Harness]) && all >= SWALLOWED * own
    };
    let things = Things { motifs: index.motifs, objects: index.by_motif };
    let mut seeds: Vec<Vec<u32>> =
        shared(index, things, swallowed, HIDDEN, options).into_iter().map(|(_, seed)| seed).collect();
    seeds.extend(one_way(index, options));
    seeds
}

/// Whether a thing belongs to one of these layers.
fn is_of(things: &Motifs, thing: u32, layers: &[Layer]) -> bool {
    let layer = things.motifs[thing as usize].layer;
    layers.iter().any(|&l| layer == l as u8)
}

/// Things that accounts share, and the objects of each.
#[derive(Clone, Copy)]
struct Things<'a> {
    motifs: &'a Motifs,
    objects: &'a MotifObjects,
}

/// How many times a motif's holders its bundle has from which on the bundle says nothing of the motif.
const SWALLOWED: f64 = 1.5;

/// Whether an account asked several different prompts that carry one of the objects.
fn asks_variously(index: &Index<'_>, account: u32, objects: &FxHashSet<u64>, habit: Habit) -> bool {
    let rows = &index.view.lake.rows;
    let mut asked: FxHashSet<u64> = FxHashSet::default();
    for row in index.view.ranges[account as usize].clone() {
        let mut bears = false;
        content_objects(rows, row, |kind, hash| bears |= objects.contains(&kind.object(hash)));
        harness_objects(index.view.lake, row, |kind, hash| bears |= objects.contains(&kind.object(hash)));
        origin_objects(rows, row, |kind, hash| bears |= objects.contains(&kind.object(hash)));
        if bears && asked.insert(rows.exact[row]) && asked.len() >= habit.prompts {
            return true;
        }
    }
    false
}

/// Accounts that were taken over and share with each other anything of content or origin, or were broken into with one
/// client or tried in one way: one intruder's victims.
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
    let mut clients: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    for (i, takeover) in flagged.iter().filter_map(|&a| population.takeovers[a as usize]).enumerate() {
        clients.entry(takeover.client).or_default().push(i as u32);
    }
    let shared = sharers.into_iter().map(|(bundle, group)| (index.bundles.holders(bundle).len(), group));
    let run = clients.into_iter().map(|(client, group)| (population.ways.run_by(client) as usize, group));
    for (holders, group) in shared.chain(run) {
        let share = holders as f64 / index.view.population.max(1) as f64;
        if beyond_chance(group.len(), share, flagged.len()) {
            group.windows(2).for_each(|pair| {
                sets.union(pair[0], pair[1]);
            });
        }
    }
    for ring in &population.rings {
        let victims: Vec<u32> =
            ring.iter().filter_map(|a| Some(flagged.binary_search(a).ok()? as u32)).collect();
        victims.windows(2).for_each(|pair| {
            sets.union(pair[0], pair[1]);
        });
    }
    let members = |group: Vec<u32>| group.into_iter().map(|i| flagged[i as usize]).collect();
    sets.groups(options.accounts_min).into_iter().map(members).collect()
}
