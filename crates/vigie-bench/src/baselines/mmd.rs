//! MMD of traffic windows against benign traffic.
//!
//! Source: Liu, Guo, Dong, arXiv 2606.05725 (2026), and the description of its published code. Faithful: prompts
//! are embedded, a window of up to 1,500 of them is compared with a benign reference by the unbiased squared maximum mean
//! discrepancy (Gretton et al., JMLR 2012) under a Gaussian kernel with the median heuristic, and the threshold is the
//! 95th percentile of benign windows against the same reference. Adapted: windows are an account's own traffic; since
//! those differ in length, the null is drawn for several lengths and scores are standardised by it; the embedding is
//! Vigie's hashed one (64 dimensions) in place of bge-small; kernels are read from a table over inner products.

use rayon::prelude::*;
use vigie_fold::DIMS;

use super::Verdict;
use crate::digest::Digest;
use crate::draw::Draw;

/// Prompts of one window, as in the paper.
const WINDOW: usize = 1_500;
/// Windows of one account, its first ones.
const WINDOWS_MAX: usize = 4;
/// Shorter traffic is not judged.
const WINDOW_MIN: usize = 20;
/// Prompts of the reference.
const REFERENCE: usize = 1_000;
/// Window lengths for which the null is drawn, and how often.
const NULL: [(usize, usize); 6] = [(20, 400), (50, 400), (100, 200), (200, 200), (500, 100), (1_500, 40)];
/// The paper's percentile.
const PERCENTILE: f64 = 0.95;
/// Squared length of an embedding.
const SQUARE: i32 = 127 * 127;

type Embedding = [i8; DIMS];

/// Runs the detector with the traffic of `honest` accounts as its benign pool.
pub fn run(digest: &Digest, honest: &[u32]) -> Vec<Verdict> {
    let Some(bench) = Bench::new(digest, honest) else { return Vec::new() };
    let scores: Vec<(u32, f64)> = digest
        .indices()
        .into_par_iter()
        .filter_map(|account| {
            let prompts: Vec<Embedding> = digest.of(account).iter().map(|r| r.embedding).collect();
            let windows = prompts.chunks(WINDOW).take(WINDOWS_MAX);
            windows.filter_map(|w| bench.score(w)).max_by(f64::total_cmp).map(|score| (account, score))
        })
        .collect();
    // Standardised by its own null, the percentile is nearly the same at every length.
    let cut_off = bench.nulls.iter().map(|n| n.cut_off).fold(f64::NEG_INFINITY, f64::max);
    vec![Verdict::per_account(format!("windows of up to {WINDOW} prompts"), scores, cut_off)]
}

/// The detector, calibrated on benign traffic.
pub struct Bench {
    detector: Detector,
    nulls: Vec<Null>,
}

impl Bench {
    /// Calibrates on the traffic of `honest` accounts; `None` when that is too little.
    pub fn new(digest: &Digest, honest: &[u32]) -> Option<Self> {
        let pool: Vec<Embedding> =
            honest.iter().flat_map(|&a| digest.of(a)).map(|r| r.embedding).filter(seen).collect();
        if pool.len() < 2 * REFERENCE {
            return None;
        }
        let pool = Draw::new(260_605_725).sample(&pool, 40 * REFERENCE);
        let (reference, pool) = pool.split_at(REFERENCE);
        let detector = Detector::new(reference.to_vec());
        let nulls = NULL.iter().map(|&(length, draws)| detector.null(pool, length, draws)).collect();
        Some(Self { detector, nulls })
    }

    /// How many deviations of benign windows a window lies beyond them; `None` when it is too short.
    pub fn score(&self, window: &[Embedding]) -> Option<f64> {
        let window: Vec<Embedding> = window.iter().copied().filter(seen).collect();
        (window.len() >= WINDOW_MIN).then(|| self.detector.score(&window, &self.nulls))
    }
}

fn seen(embedding: &Embedding) -> bool {
    embedding.iter().any(|&v| v != 0)
}

fn dot(a: &Embedding, b: &Embedding) -> i32 {
    a.iter().zip(b).map(|(&x, &y)| i32::from(x) * i32::from(y)).sum()
}

struct Detector {
    reference: Vec<Embedding>,
    /// Kernel value by inner product, from −[`SQUARE`] on.
    kernel: Vec<f32>,
    reference_mean: f64,
}

/// Benign windows of one length.
struct Null {
    length: usize,
    mean: f64,
    deviation: f64,
    /// Standardised score at the percentile.
    cut_off: f64,
}

impl Detector {
    fn new(reference: Vec<Embedding>) -> Self {
        let mut distances: Vec<i32> = reference
            .iter()
            .enumerate()
            .flat_map(|(i, a)| reference[..i].iter().map(move |b| 2 * (SQUARE - dot(a, b))))
            .collect();
        let middle = distances.len() / 2;
        let median = f64::from(*distances.select_nth_unstable(middle).1).max(1.0);
        // Rounding makes an embedding a little longer than 127: the table has room for it.
        let kernel = (-2 * SQUARE..=2 * SQUARE)
            .map(|dot| (-f64::from(2 * (SQUARE - dot)).max(0.0) / median).exp() as f32)
            .collect();
        let mut detector = Self { reference, kernel, reference_mean: 0.0 };
        detector.reference_mean = detector.within(&detector.reference);
        detector
    }

    fn k(&self, a: &Embedding, b: &Embedding) -> f64 {
        let index = (dot(a, b) + 2 * SQUARE).clamp(0, 4 * SQUARE);
        f64::from(self.kernel[index as usize])
    }

    /// Mean kernel over distinct pairs.
    fn within(&self, window: &[Embedding]) -> f64 {
        let sum: f64 = window
            .iter()
            .enumerate()
            .map(|(i, a)| window[..i].iter().map(|b| self.k(a, b)).sum::<f64>())
            .sum();
        2.0 * sum / (window.len() * (window.len() - 1)) as f64
    }

    /// Unbiased squared MMD of a window and the reference.
    fn mmd(&self, window: &[Embedding]) -> f64 {
        let across: f64 = window.iter().flat_map(|a| self.reference.iter().map(|b| self.k(a, b))).sum();
        let across = across / (window.len() * self.reference.len()) as f64;
        self.within(window) + self.reference_mean - 2.0 * across
    }

    fn null(&self, pool: &[Embedding], length: usize, draws: usize) -> Null {
        let values: Vec<f64> = (0..draws)
            .into_par_iter()
            .map(|i| {
                let mut draw = Draw::new((length * 1_000 + i) as u64);
                let window: Vec<Embedding> = (0..length).map(|_| pool[draw.below(pool.len())]).collect();
                self.mmd(&window)
            })
            .collect();
        let mean = values.iter().sum::<f64>() / draws as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (draws - 1) as f64;
        let deviation = variance.sqrt().max(1e-12);
        let cut_off = (vigie_graph::stats::quantile(&values, PERCENTILE) - mean) / deviation;
        Null { length, mean, deviation, cut_off }
    }

    fn score(&self, window: &[Embedding], nulls: &[Null]) -> f64 {
        // The spread of the null falls with length: the next shorter one never makes a window look worse.
        let null = nulls.iter().rfind(|n| n.length <= window.len()).unwrap_or(&nulls[0]);
        (self.mmd(window) - null.mean) / null.deviation
    }
}

#[cfg(test)]
mod tests {
    use super::Detector;
    use crate::draw::Draw;

    fn cloud(centre: usize, count: usize) -> Vec<super::Embedding> {
        let mut draw = Draw::new(centre as u64 + 1);
        let one = |draw: &mut Draw| {
            let mut embedding = [0i8; 64];
            embedding.iter_mut().for_each(|v| *v = draw.below(21) as i8 - 10);
            embedding[centre] = 100;
            embedding
        };
        (0..count).map(|_| one(&mut draw)).collect()
    }

    #[test]
    fn benign_windows_are_near_zero_and_foreign_ones_far_away() {
        let (reference, benign, foreign) = (cloud(0, 300), cloud(0, 400), cloud(7, 50));
        let detector = Detector::new(reference);
        let nulls = [detector.null(&benign, 20, 100)];
        let score = |window: &[super::Embedding]| detector.score(window, &nulls);
        assert!(score(&benign[200..250]).abs() < 4.0);
        assert!(score(&foreign) > 20.0);
        // A quarter of foreign traffic shows less than all of it.
        let mixed = [&benign[..30], &foreign[..10]].concat();
        assert!(score(&mixed) > 4.0 && score(&mixed) < score(&foreign));
    }
}
