//! The stages of a hunt, one after the other: link, cluster, test, explain.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use vigie_detectors::{Facts, judge};
use vigie_graph::stats::{bh_q_values, poisson_tail};
use vigie_graph::{Activity, BundleOptions, LAYERS, Link, LinkOptions, Motifs, bundles, links};
use vigie_model::{HuntReport, HuntSummary, Kind, Layer, Micros, Severity};

use crate::assemble::{Judged, campaign, health, worth_telling};
use crate::cluster::{Cluster, ClusterOptions, Index, clusters};
use crate::facts::facts;
use crate::matched::Pool;
use crate::population::Population;
use crate::refine::stays;
use crate::slice::{MotifObjects, slice};
use crate::touch::{ObjectKind, rare_objects};
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
        pairs_degree_max: 32,
        ring: 8,
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
    let found = clusters(&index, &population, &links, &cluster_options(settings, &options));
    progress.stage("test", Some(found.len() as u64));
    let mut judged = test(&index, &population, found, settings, progress);
    progress.stage("explain", None);
    let tested = judged.len() as u64;
    resolve_overlaps(&mut judged, settings.accounts_min);
    judged.retain(worth_telling);
    let mut report = assemble(&index, &judged, &links);
    report.summary = HuntSummary {
        exchanges: view.rows as u64,
        duplicates: view.duplicates(),
        rejected: 0,
        outside_window: (lake.len() - view.rows) as u64,
        accounts: view.population as u64,
        first_seen: (view.rows > 0).then_some(Micros(view.span.0)),
        last_seen: (view.rows > 0).then_some(Micros(view.span.1 - 1)),
        rare_objects: objects.len() as u64,
        links: links.len() as u64,
        clusters: tested,
        alpha: settings.alpha,
        seed: settings.seed,
        fold_version: vigie_fold::FOLD_VERSION,
        detectors: health(&view.coverage(), !side.accounts.is_empty(), &report.campaigns),
    };
    report
}

/// Judges every cluster and controls the false-discovery rate over all of them.
fn test(
    index: &Index<'_>,
    population: &Population,
    found: Vec<Cluster>,
    settings: &Settings,
    progress: &dyn Progress,
) -> Vec<Judged> {
    let mut inside = vec![false; index.view.accounts()];
    found.iter().flat_map(|c| &c.members).for_each(|&a| inside[a as usize] = true);
    let pool = Pool::new(&population.profiles, &inside);
    let mut judged: Vec<Judged> =
        found.into_par_iter().filter_map(|c| judge_cluster(index, population, &pool, c, settings)).collect();
    progress.advance(judged.len() as u64);
    let p: Vec<f64> = judged.iter().map(|j| p_value(&j.facts)).collect();
    for (judged, q) in judged.iter_mut().zip(bh_q_values(&p)) {
        judged.q_value = q;
        if q > settings.alpha {
            judged.judgement.kind = Kind::InnocentGroup;
            judged.judgement.severity = Severity::None;
        }
    }
    judged
}

/// Judges one cluster; when it is accused, bystanders are let go and the rest is judged again.
fn judge_cluster(
    index: &Index<'_>,
    population: &Population,
    pool: &Pool,
    cluster: Cluster,
    settings: &Settings,
) -> Option<Judged> {
    let look = |cluster: Cluster| {
        let slice = slice(index, population, &cluster);
        let facts = facts(index, population, pool, &cluster, &slice, settings.seed);
        let judgement = judge(&facts);
        Judged { cluster, slice, facts, judgement, q_value: 1.0 }
    };
    let mut judged = look(cluster);
    if judged.judgement.severity > Severity::None {
        let victims = judged.judgement.kind == Kind::KeyTakeover;
        let stays =
            stays(index, population, &judged.cluster, &judged.slice, &judged.judgement.readings, victims);
        let kept = stays.iter().filter(|&&s| s).count();
        if kept < settings.accounts_min {
            return None;
        }
        if kept < stays.len() {
            judged = look(judged.cluster.keep(&stays));
        }
    }
    Some(judged)
}

/// Simes' combination over the cluster's tests against matched groups: valid under positive dependence.
fn p_value(facts: &Facts) -> f64 {
    let count = (facts.history.taken_over * facts.size.accounts as f64).round() as u64;
    let mut p = [
        facts.content.similarity.p,
        facts.content.single_turn.p,
        facts.rhythm.synchrony.p,
        facts.rhythm.common_start.p,
        facts.rhythm.flatness.p,
        facts.size.evenness.p,
        poisson_tail(count, facts.history.taken_over_expected * facts.size.accounts as f64),
    ];
    p.sort_unstable_by(f64::total_cmp);
    let k = p.len() as f64;
    p.iter().enumerate().map(|(i, p)| p * k / (i + 1) as f64).fold(1.0, f64::min)
}

/// Of two clusters that are mostly the same accounts, the clearer case keeps them; the other keeps what is left of it.
fn resolve_overlaps(judged: &mut Vec<Judged>, accounts_min: usize) {
    judged.sort_by(|a, b| {
        let accused = |j: &Judged| j.judgement.severity > Severity::None;
        accused(b)
            .cmp(&accused(a))
            .then(b.judgement.margin.total_cmp(&a.judgement.margin))
            .then(a.cluster.members.cmp(&b.cluster.members))
    });
    let mut kept: Vec<Judged> = Vec::new();
    for mut judged in judged.drain(..) {
        for winner in &kept {
            let inside = |a: &u32| winner.cluster.members.binary_search(a).is_ok();
            let both = judged.cluster.members.iter().filter(|a| inside(a)).count();
            let (mine, theirs) = (judged.cluster.members.len(), winner.cluster.members.len());
            if both * 2 > mine.min(theirs) {
                let stays: Vec<bool> = judged.cluster.members.iter().map(|a| !inside(a)).collect();
                judged = judged.keep(&stays);
            }
        }
        if judged.cluster.members.len() >= accounts_min {
            kept.push(judged);
        }
    }
    *judged = kept;
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
