//! The stages of a hunt, one after the other: link, cluster, test, explain.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use vigie_graph::stats::bh_q_values;
use vigie_graph::{Activity, BundleOptions, Graph, LAYERS, Link, LinkOptions, Motifs, bundles, links};
use vigie_model::{HuntReport, HuntSummary, Kind, Layer, Micros, Severity};

use crate::activity::of_accounts;
use crate::adopt::adopt;
use crate::assemble::{Judged, campaign, health, worth_telling};
use crate::cluster::{Cluster, ClusterOptions, Index, clusters};
use crate::hidden::beside;
use crate::join::join;
use crate::matched::Pool;
use crate::overlap::resolve_overlaps;
use crate::population::Population;
use crate::rest::rest_of;
use crate::seeds::hidden_seeds;
use crate::slice::MotifObjects;
use crate::touch::{ObjectKind, rare_objects};
use crate::verdict::{Bench, accused};
use crate::view::View;
use crate::{Lake, Progress, Settings, SideTables, Window};

/// How much each further coincidence of a layer counts.
fn decays() -> [f32; LAYERS] {
    let mut decay = [0.7; LAYERS];
    decay[Layer::Content as usize] = 0.85;
    decay[Layer::Timing as usize] = 0.85;
    decay[Layer::Infrastructure as usize] = 0.8;
    decay
}

/// A link must beat the prior odds that two of the population belong together (1 to their number) by e⁴.
fn link_options(population: usize) -> LinkOptions {
    LinkOptions {
        pairs_degree_max: 128,
        ring: 24,
        kind_trust: ObjectKind::ALL.iter().map(|k| k.trust()).collect(),
        layer_decay: decays(),
        layer_max: 30.0,
        usage_full: 0.02,
        weight_min: (population.max(2) as f32).ln() + 4.0,
        coincidences_min: 2,
    }
}

fn cluster_options(settings: &Settings, links: &LinkOptions) -> ClusterOptions {
    ClusterOptions {
        accounts_min: settings.accounts_min,
        core: 2,
        resolution: 0.05 * f64::from(links.weight_min),
        purity_min: 0.5,
        strength_min: 6.0,
        layer_decay: links.layer_decay,
    }
}

/// Most accounts that may share an object for it to link anybody.
fn degree_max(population: usize) -> usize {
    (population / 8).clamp(50, 20_000)
}

const BUNDLES: BundleOptions = BundleOptions { jaccard_min: 0.3, holders_min: 3, chance_max: 1e-6 };

/// What is known once clusters are found and before any is judged.
pub(crate) struct Found<'a> {
    pub(crate) index: &'a Index<'a>,
    pub(crate) population: Population,
    pub(crate) links: Vec<Link>,
    pub(crate) graph: Graph,
    pub(crate) clusters: Vec<Cluster>,
    /// Seeds that are settled and judged only where the clusters leave most of their accounts unnamed.
    pub(crate) hidden: Vec<Vec<u32>>,
    pub(crate) cutting: ClusterOptions,
}

/// The stages up to the clusters, handed to `then`.
pub(crate) fn cluster<T>(
    lake: &Lake,
    side: &SideTables,
    window: Window,
    settings: &Settings,
    progress: &dyn Progress,
    then: impl FnOnce(Found<'_>) -> T,
) -> T {
    let view = View::new(lake, side, window);
    progress.stage("link", Some(view.rows as u64));
    let objects = rare_objects(&view, degree_max(view.population), |rows| progress.advance(rows));
    let motifs = Motifs::collapse(&objects, view.accounts(), |k| ObjectKind::from_code(k).layer() as u8);
    let coarse = motifs.join(&bundles(&motifs, &view.places, view.population, BUNDLES), view.accounts());
    let options = link_options(view.population);
    let activity = Activity { exchanges: &view.exchanges, population: view.population };
    let links = links(&coarse, activity, &options);
    progress.stage("cluster", None);
    let by_motif = MotifObjects::new(&motifs.motif_of, motifs.len());
    let index =
        Index { view: &view, objects: &objects, motifs: &motifs, bundles: &coarse, by_motif: &by_motif };
    let population = Population::new(&view);
    let cutting = cluster_options(settings, &options);
    let edges: Vec<_> = links.iter().map(Link::edge).collect();
    let graph = Graph::new(view.accounts(), &edges);
    let clusters = clusters(&index, &population, &graph, &cutting);
    let hidden = hidden_seeds(&index, &cutting);
    then(Found { index: &index, population, links, graph, clusters, hidden, cutting })
}

/// Links, clusters, tests and explains what happened in `window`.
///
/// Depends on the lake, the side tables, the window and the settings alone: neither threads nor the order of the input
/// change the answer. Memory: the lake plus about 16 bytes per distinct (account, object); see ARCHITECTURE.md.
pub fn hunt(
    lake: &Lake,
    side: &SideTables,
    window: Window,
    settings: &Settings,
    progress: &dyn Progress,
) -> HuntReport {
    cluster(lake, side, window, settings, progress, |found| {
        let Found { index, population, links, graph, clusters, hidden, cutting } = found;
        let view = index.view;
        progress.stage("test", Some(clusters.len() as u64));
        let mut judged = test(index, &population, &graph, (clusters, hidden), (settings, &cutting), progress);
        progress.stage("explain", None);
        let tested = judged.len() as u64;
        judged.retain(worth_telling);
        let mut report = assemble(index, &judged, &links);
        report.activity = of_accounts(index, &judged, &links);
        report.summary = HuntSummary {
            exchanges: view.rows as u64,
            duplicates: view.duplicates(),
            rejected: 0,
            outside_window: (lake.len() - view.rows) as u64,
            accounts: view.population as u64,
            first_seen: (view.rows > 0).then_some(Micros(view.span.0)),
            last_seen: (view.rows > 0).then_some(Micros(view.span.1 - 1)),
            rare_objects: index.objects.len() as u64,
            links: links.len() as u64,
            clusters: tested,
            alpha: settings.alpha,
            seed: settings.seed,
            fold_version: vigie_fold::FOLD_VERSION,
            detectors: health(&view.coverage(), !side.accounts.is_empty(), &report.campaigns),
        };
        report
    })
}

/// Who is in a cluster: they are in no matched group.
pub(crate) fn pool(index: &Index<'_>, population: &Population, found: &[Cluster]) -> Pool {
    let mut inside = vec![false; index.view.accounts()];
    found.iter().flat_map(|c| &c.members).for_each(|&a| inside[a as usize] = true);
    Pool::new(&population.profiles, &inside)
}

/// Judges every cluster and controls the false-discovery rate over all of them.
fn test(
    index: &Index<'_>,
    population: &Population,
    graph: &Graph,
    (found, hidden): (Vec<Cluster>, Vec<Vec<u32>>),
    (settings, cutting): (&Settings, &ClusterOptions),
    progress: &dyn Progress,
) -> Vec<Judged> {
    let pool = pool(index, population, &found);
    let bench = Bench { index, graph, population, pool: &pool, settings };
    let judge = |found: Vec<Cluster>| -> Vec<Judged> {
        let judged = found.into_par_iter().filter_map(|cluster| bench.judge(cluster));
        judged.flat_map_iter(|j| bench.unmix(j, cutting)).collect()
    };
    let mut judged = judge(found);
    // Hidden clusters name whom nothing else names; they let nobody go.
    let (more, cleared): (Vec<Judged>, Vec<Judged>) =
        judge(beside(index, graph, hidden, &judged, cutting)).into_iter().partition(accused);
    judged.extend(more);
    progress.advance(judged.len() as u64);
    let (judged, spoken_for) = bench.without_vouched(judged, cutting);
    let (mut judged, taken) = resolve_overlaps(&bench, judged, cutting);
    // Every test counts, also those whose accounts others vouch for or a clearer case took.
    let cleared = cleared.iter().map(|j| j.facts.chance);
    let p: Vec<f64> =
        judged.iter().map(|j| j.facts.chance).chain(cleared).chain(spoken_for).chain(taken).collect();
    for (judged, q) in judged.iter_mut().zip(bh_q_values(&p)) {
        judged.q_value = q;
        if q > settings.alpha {
            judged.judgement.kind = Kind::InnocentGroup;
            judged.judgement.severity = Severity::None;
        }
    }
    let told = |judged: Judged| {
        let slice = rest_of(index, population, &judged.cluster, judged.slice);
        Judged { slice, ..judged }
    };
    let (campaigns, mut others): (Vec<Judged>, Vec<Judged>) =
        join(&bench, judged, cutting).into_iter().partition(accused);
    // What was joined may hold what was not.
    others.extend(resolve_overlaps(&bench, campaigns, cutting).0);
    adopt(&bench, others, cutting).into_iter().map(told).collect()
}

fn assemble(index: &Index<'_>, judged: &[Judged], links: &[Link]) -> HuntReport {
    let mut parts: Vec<_> = judged.par_iter().map(|j| campaign(index, j, links)).collect();
    parts.sort_by(|(a, _, _), (b, _, _)| {
        b.severity
            .cmp(&a.severity)
            .then(b.exchanges.cmp(&a.exchanges))
            .then(a.campaign_id.cmp(&b.campaign_id))
    });
    let mut report = HuntReport::default();
    for (campaign, members, exchanges) in parts {
        report.campaigns.push(campaign);
        report.members.extend(members);
        report.exchanges.extend(exchanges);
    }
    report
}
