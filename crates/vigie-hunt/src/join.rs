//! Clusters that are one operation's, told as one. A farm that signs up in several waves pays with the same payments; a
//! fleet that is dealt out over many addresses asks one job through all of them. Two operations rent the same proxies,
//! so addresses alone join nobody.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::FxHashMap;
use vigie_graph::UnionFind;
use vigie_model::{Kind, Layer};

use crate::assemble::Judged;
use crate::cluster::{ClusterOptions, Index, gather};
use crate::rows::DIMS;
use crate::touch::ObjectKind;
use crate::verdict::{Bench, accused, suspected};

/// Part of a motif's holders that must be of the two clusters for it to join them.
const OWN: f64 = 0.8;
/// Part of each cluster's members that must hold such a motif.
const JOINED: f64 = 0.15;
/// Fewest members of each that must.
const JOINED_MIN: usize = 3;

/// Part of the likeness inside two clusters that the likeness between them must reach for them to be one job.
const ONE_JOB: f64 = 0.8;
/// Least mean cosine between members, beyond that of matched accounts, for a cluster to have a job at all.
const JOB_MIN: f64 = 0.05;

/// Joins suspected clusters that passed the false-discovery control, where the whole is accused; elsewhere the parts stay
/// as they are.
/// O(motifs of the members · pairs of clusters that share one).
pub(crate) fn join(bench: &Bench<'_>, judged: Vec<Judged>, options: &ClusterOptions) -> Vec<Judged> {
    let index = bench.index;
    let joinable = |j: &Judged| joinable(j) && j.q_value <= bench.settings.alpha;
    let (suspected, mut rest): (Vec<_>, Vec<_>) = judged.into_iter().partition(joinable);
    let jobs: Vec<Job> = suspected.par_iter().map(|j| Job::of(index, j)).collect();
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
    let mut suspected: Vec<Option<Judged>> = suspected.into_iter().map(Some).collect();
    let mut wholes: Vec<Vec<Judged>> = Vec::new();
    for group in sets.groups(1) {
        let parts: Vec<Judged> = group.iter().filter_map(|&i| suspected[i as usize].take()).collect();
        if parts.len() < 2 { rest.extend(parts) } else { wholes.push(parts) }
    }
    let told = |parts: Vec<Judged>| {
        let mut members: Vec<u32> = parts.iter().flat_map(|p| p.cluster.members.iter().copied()).collect();
        members.sort_unstable();
        members.dedup();
        let q_value = parts.iter().map(|p| p.q_value).fold(0.0, f64::max);
        match bench.judge(gather(index, members, options)).map(|whole| Judged { q_value, ..whole }) {
            Some(whole) if accused(&whole) && joinable(&whole) => vec![whole],
            _ => parts,
        }
    };
    rest.extend(wholes.into_par_iter().flat_map_iter(told).collect::<Vec<_>>());
    rest
}

/// What the members of a cluster ask, as a direction.
struct Job {
    /// Mean of the members' unit vectors.
    mean: [f64; DIMS],
    /// Mean cosine between two members.
    within: f64,
    /// The same in matched groups.
    usual: f64,
}

impl Job {
    fn of(index: &Index<'_>, judged: &Judged) -> Self {
        let rows = &index.view.lake.rows;
        let mut mean = [0.0; DIMS];
        let mut asking = 0.0f64;
        for picked in &judged.slice.rows {
            let mut sum = [0.0; DIMS];
            for &row in picked {
                sum.iter_mut().zip(&rows.embedding[row]).for_each(|(s, &x)| *s += f64::from(x));
            }
            let length = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
            if length > 0.0 {
                mean.iter_mut().zip(sum).for_each(|(m, x)| *m += x / length);
                asking += 1.0;
            }
        }
        let square: f64 = mean.iter().map(|x| x * x).sum();
        mean.iter_mut().for_each(|m| *m /= asking.max(1.0));
        let within = if asking > 1.0 { (square - asking) / (asking * (asking - 1.0)) } else { 0.0 };
        Self { mean, within, usual: judged.facts.content.similarity.expected }
    }

    /// Whether both ask for one thing that others do not ask for.
    fn is(&self, other: &Self) -> bool {
        let between: f64 = self.mean.iter().zip(other.mean).map(|(x, y)| x * y).sum();
        let usual = self.usual.max(other.usual);
        let own = self.within.min(other.within) - usual;
        own >= JOB_MIN && between - usual >= ONE_JOB * own
    }
}

fn joinable(judged: &Judged) -> bool {
    suspected(judged) && judged.judgement.kind != Kind::KeyTakeover
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
    use super::Job;
    use crate::rows::DIMS;

    /// A job whose members ask along some axes, as alike as `within`.
    fn job(axes: &[usize], within: f64, usual: f64) -> Job {
        let mut mean = [0.0; DIMS];
        axes.iter().for_each(|&axis| mean[axis] = (within / axes.len() as f64).sqrt());
        Job { mean, within, usual }
    }

    #[test]
    fn pieces_of_one_job_are_one_and_other_jobs_are_not() {
        let piece = job(&[0, 1], 0.6, 0.1);
        assert!(piece.is(&job(&[0, 1], 0.6, 0.1)));
        assert!(!piece.is(&job(&[2, 3], 0.6, 0.1)));
        // Half of it in common is not enough.
        assert!(!piece.is(&job(&[1, 2], 0.6, 0.1)));
    }

    #[test]
    fn what_everybody_asks_is_no_job() {
        let ordinary = job(&[0, 1], 0.3, 0.28);
        assert!(!ordinary.is(&job(&[0, 1], 0.3, 0.28)));
    }
}
