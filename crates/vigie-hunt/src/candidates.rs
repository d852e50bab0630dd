//! Clusters as they stand before anybody is accused, for whoever fits or studies the weights of the case.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use vigie_detectors::{Facts, Judgement};

use crate::assemble::Judged;
use crate::cluster::Cluster;
use crate::hidden::{tried, unlike};
use crate::member::Likeness;
use crate::pipeline::{Found, cluster, pool};
use crate::verdict::Bench;
use crate::{Lake, Quiet, Settings, SideTables, Window};

/// A cluster with what is known of it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Accounts by name, sorted.
    pub members: Vec<String>,
    /// What was counted.
    pub facts: Facts,
    /// What the detectors make of it at the shipped weights.
    pub judgement: Judgement,
    /// How far each member looks like the others, in the order of `members`; empty where the cluster is not suspected.
    pub likeness: Vec<Likeness>,
}

/// Finds and weighs the clusters of a window as [`crate::hunt`] does, their cores and their unlabelled members, without
/// dropping any, letting anybody go or controlling the false-discovery rate.
pub fn candidates(lake: &Lake, side: &SideTables, window: Window, settings: &Settings) -> Vec<Candidate> {
    cluster(lake, side, window, settings, &Quiet, |found| {
        let Found { index, population, mut clusters, hidden, graph, cutting, .. } = found;
        clusters.extend(tried(index, &graph, unlike(hidden), &cutting));
        let pool = pool(index, &population, &clusters);
        let names = &index.view.lake.accounts;
        let bench = Bench { index, graph: &graph, population: &population, pool: &pool, settings };
        let told = |judged: Judged| Candidate {
            members: judged.cluster.members.iter().map(|&a| names[a as usize].to_string()).collect(),
            facts: judged.facts,
            judgement: judged.judgement,
            likeness: judged.likeness,
        };
        let weigh = |cluster: Cluster| {
            let whole = bench.look(cluster);
            let others = [bench.core(&whole), bench.unlabelled(&whole)];
            std::iter::once(told(whole)).chain(others.into_iter().flatten().map(told))
        };
        clusters.into_par_iter().flat_map_iter(weigh).collect()
    })
}
