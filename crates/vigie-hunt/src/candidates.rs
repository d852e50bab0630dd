//! Clusters as they stand before anybody is accused, for whoever fits or studies the weights of the case.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use vigie_detectors::{Facts, Judgement, judge};

use crate::facts::facts;
use crate::member::{Likeness, likeness};
use crate::pipeline::{Found, cluster, pool};
use crate::slice::slice;
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
    /// How far each member looks like the others, in the order of `members`.
    pub likeness: Vec<Likeness>,
}

/// Finds and weighs the clusters of a window as [`crate::hunt`] does, without dropping any, letting anybody go or
/// controlling the false-discovery rate.
pub fn candidates(lake: &Lake, side: &SideTables, window: Window, settings: &Settings) -> Vec<Candidate> {
    cluster(lake, side, window, settings, &Quiet, |found| {
        let Found { index, population, clusters, .. } = found;
        let pool = pool(index, &population, &clusters);
        let weigh = |cluster: crate::cluster::Cluster| {
            let slice = slice(index, &population, &cluster);
            let facts = facts(index, &population, &pool, &cluster, &slice, settings.seed);
            let names = &index.view.lake.accounts;
            Candidate {
                judgement: judge(&facts),
                likeness: likeness(index, &population, &cluster, &slice, &facts),
                members: cluster.members.iter().map(|&a| names[a as usize].to_string()).collect(),
                facts,
            }
        };
        clusters.into_par_iter().map(weigh).collect()
    })
}
