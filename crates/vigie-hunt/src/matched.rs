//! Segment-matched groups: what honest accounts of the same size and trade look like together.
//!
//! For every cluster, groups of as many accounts are drawn from the accounts that are in no cluster, each member matched
//! with one of like activity (and, where asked, of like trade: machine-like or conversational). A statistic of the
//! cluster is then compared with its values over the groups; its rank is a conformal p-value. Campaigns that were not
//! found stay in the pool and can only make the test more careful.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use vigie_graph::stats::{median, tail_p};

use crate::profile::Profile;

/// SplitMix64 (Steele et al. 2014): the seed and the cluster fix every draw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ stream.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform below `bound`, which is positive.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

/// Like with like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// Accounts of like activity.
    Activity,
    /// Accounts of like activity and trade.
    Trade,
    /// Any account.
    Anyone,
}

/// Accounts outside all clusters, by activity and trade.
pub(crate) struct Pool {
    by_cell: Vec<Vec<u32>>,
    by_activity: Vec<Vec<u32>>,
    anyone: Vec<u32>,
}

/// Activity classes: a factor of √2 in exchanges each.
const ACTIVITIES: usize = 40;

fn activity(exchanges: u32) -> usize {
    ((f64::from(exchanges.max(1)).log2() * 2.0) as usize).min(ACTIVITIES - 1)
}

fn machine_like(profile: &Profile) -> bool {
    profile.single_share() >= 0.85
}

impl Pool {
    /// Sorts accounts into cells. O(accounts).
    pub(crate) fn new(profiles: &[Profile], in_cluster: &[bool]) -> Self {
        let mut pool = Self {
            by_cell: vec![Vec::new(); 2 * ACTIVITIES],
            by_activity: vec![Vec::new(); ACTIVITIES],
            anyone: Vec::new(),
        };
        for (a, profile) in profiles.iter().enumerate() {
            if profile.exchanges == 0 || in_cluster[a] {
                continue;
            }
            let class = activity(profile.exchanges);
            pool.by_activity[class].push(a as u32);
            pool.by_cell[2 * class + usize::from(machine_like(profile))].push(a as u32);
            pool.anyone.push(a as u32);
        }
        pool
    }

    /// Accounts like one with `exchanges` exchanges; a neighbouring class where its own is too thin. Empty when all
    /// accounts are in clusters.
    fn cell(&self, exchanges: u32, machine: bool, like: Match) -> &[u32] {
        let class = activity(exchanges);
        for away in 0..ACTIVITIES {
            if like == Match::Anyone {
                break;
            }
            for c in
                [class.checked_sub(away), class.checked_add(away).filter(|_| away > 0)].into_iter().flatten()
            {
                if c >= ACTIVITIES {
                    continue;
                }
                let cell = if like == Match::Trade {
                    &self.by_cell[2 * c + usize::from(machine)]
                } else {
                    &self.by_activity[c]
                };
                if cell.len() >= 5 {
                    return cell;
                }
            }
        }
        &self.anyone
    }

    /// Groups matched to members with these numbers of exchanges and trades.
    pub(crate) fn groups(
        &self,
        members: &[(u32, bool)],
        like: Match,
        groups: usize,
        draws: &mut Draws,
    ) -> Vec<Vec<u32>> {
        let cells: Vec<&[u32]> = members
            .iter()
            .map(|&(n, machine)| self.cell(n, machine, like))
            .filter(|cell| !cell.is_empty())
            .collect();
        (0..groups).map(|_| cells.iter().map(|cell| cell[draws.below(cell.len())]).collect()).collect()
    }
}

/// Means over each group of what every account was measured at. O(groups · members · N).
pub(crate) fn means<const N: usize>(groups: &[Vec<u32>], measured: &[[f64; N]]) -> Vec<[f64; N]> {
    let mean = |group: &Vec<u32>| {
        let mut sums = [0.0; N];
        for &a in group {
            sums.iter_mut().zip(&measured[a as usize]).for_each(|(sum, x)| *sum += x);
        }
        sums.map(|sum| sum / group.len().max(1) as f64)
    };
    groups.par_iter().map(mean).collect()
}

/// A statistic beside its values over matched groups.
pub(crate) fn contrast(observed: f64, null: &[f64]) -> vigie_detectors::Contrast {
    if null.is_empty() || !observed.is_finite() {
        return vigie_detectors::Contrast { observed, expected: 0.0, p: 1.0 };
    }
    vigie_detectors::Contrast { observed, expected: median(null), p: tail_p(observed, null) }
}

/// Vectors that [`cross_similarity`] adds at once.
const AT_ONCE: usize = 4;

/// Mean inner product between vectors of different accounts: (‖Σv‖² − Σ‖v‖²) / (m (m − 1)). O(m · D).
pub(crate) fn cross_similarity<'v, const D: usize>(vectors: impl Iterator<Item = &'v [f32; D]>) -> f64 {
    let mut sums = Sums { sum: [0.0; D], squares: [0.0; D] };
    let mut m = 0.0f64;
    // Accounts lie scattered: several at once are fetched side by side, and the sums are loaded and stored once for all
    // of them. They are still added one after the other, so that the answer is the same to the last bit.
    let mut some = [&[0.0f32; D]; AT_ONCE];
    let mut waiting = 0;
    for vector in vectors {
        m += 1.0;
        some[waiting] = vector;
        waiting += 1;
        if waiting == AT_ONCE {
            sums.add(some);
            waiting = 0;
        }
    }
    some[..waiting].iter().for_each(|&vector| sums.add([vector]));
    let own: f64 = sums.squares.iter().sum();
    if m < 2.0 { 0.0 } else { (sums.sum.iter().map(|s| s * s).sum::<f64>() - own) / (m * (m - 1.0)) }
}

/// Sums and sums of squares, place by place.
struct Sums<const D: usize> {
    sum: [f64; D],
    /// One sum a place, added up at the end: no addition waits for the one before.
    squares: [f64; D],
}

impl<const D: usize> Sums<D> {
    #[inline]
    fn add<const N: usize>(&mut self, vectors: [&[f32; D]; N]) {
        for i in 0..D {
            for vector in vectors {
                let x = f64::from(vector[i]);
                self.sum[i] += x;
                self.squares[i] += x * x;
            }
        }
    }
}
