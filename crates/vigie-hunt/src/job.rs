//! What the members of a cluster ask, and whether two clusters ask it of one job.

use vigie_detectors::Facts;

use crate::cluster::Index;
use crate::rows::DIMS;
use crate::slice::Slice;

/// Part of the likeness inside two clusters that the likeness between them must reach for them to be one job.
const ONE_JOB: f64 = 0.8;
/// Least mean cosine between members, beyond that of matched accounts, for a cluster to have a job at all.
const JOB_MIN: f64 = 0.05;

/// What the members of a cluster ask, as a direction.
pub(crate) struct Job {
    /// Mean of the members' unit vectors.
    mean: [f64; DIMS],
    /// Mean cosine between two members.
    within: f64,
    /// The same in matched groups.
    usual: f64,
}

impl Job {
    pub(crate) fn of(index: &Index<'_>, slice: &Slice, facts: &Facts) -> Self {
        let rows = &index.view.lake.rows;
        let mut mean = [0.0; DIMS];
        let mut asking = 0.0f64;
        for picked in &slice.rows {
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
        Self { mean, within, usual: facts.content.similarity.expected }
    }

    /// Whether both ask for one thing that others do not ask for.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let between: f64 = self.mean.iter().zip(other.mean).map(|(x, y)| x * y).sum();
        let usual = self.usual.max(other.usual);
        let own = self.within.min(other.within) - usual;
        own >= JOB_MIN && between - usual >= ONE_JOB * own
    }
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
