//! PRADA: an account whose queries keep unnaturally even distances from one another.
//!
//! Source: Juuti, Szyller, Marchal, Asokan, "PRADA: protecting against DNN model stealing attacks", EuroS&P 2019
//! (arXiv 1805.02628), and its published code. Faithful: the distance of each query to the nearest one of a growing
//! set; a query joins the set when that distance exceeds mean − deviation of the set's distances; outliers beyond three
//! deviations are dropped; with more than 100 distances left, an account is accused when Shapiro–Wilk's W of them falls
//! below δ. Adapted: a model of language has no classes, so there is one set an account; distance is L2 between hashed
//! embeddings; the first `QUERIES_MAX` queries count. A second setting is content with 30 distances, so that
//! accounts of low volume are judged at all.

use rayon::prelude::*;
use vigie_fold::DIMS;

use super::Verdict;
use super::shapiro::shapiro_w;
use crate::digest::{Digest, Seen};

/// Queries of one account that are looked at: the growing set makes the work quadratic.
const QUERIES_MAX: usize = 2_000;
/// δ of the paper lies between 0.87 and 0.96, set per model.
const DELTA: f64 = 0.9;

/// Runs the detector with the paper's minimum of distances and with a lower one.
pub fn run(digest: &Digest) -> Vec<Verdict> {
    let distances: Vec<(u32, Vec<f64>)> =
        digest.indices().into_par_iter().map(|a| (a, nearest_distances(digest.of(a)))).collect();
    [100, 30]
        .into_iter()
        .map(|distances_min| {
            let scores: Vec<(u32, f64)> = distances
                .par_iter()
                .filter(|(_, distances)| distances.len() > distances_min)
                .filter_map(|(account, distances)| Some((*account, 1.0 - shapiro_w(distances)?)))
                .collect();
            let setting = format!("more than {distances_min} distances, δ = {DELTA}");
            Verdict::per_account(setting, scores, 1.0 - DELTA)
        })
        .collect()
}

fn nearest_distances(rows: &[Seen]) -> Vec<f64> {
    let prompts = rows.iter().map(|r| &r.embedding).filter(|e| e.iter().any(|&v| v != 0)).take(QUERIES_MAX);
    let mut set: Vec<&[i8; DIMS]> = Vec::new();
    let (mut all, mut joined, mut threshold) = (Vec::new(), vec![0.0], 0.0f64);
    for prompt in prompts {
        let nearest = set.iter().map(|other| square(prompt, other)).min();
        if let Some(nearest) = nearest {
            let distance = f64::from(nearest).sqrt();
            all.push(distance);
            if distance <= threshold {
                continue;
            }
            joined.push(distance);
            let (mean, deviation) = moments(&joined);
            threshold = threshold.max(mean - deviation);
        }
        set.push(prompt);
    }
    let (mean, deviation) = moments(&all);
    all.retain(|d| (d - mean).abs() < 3.0 * deviation);
    all
}

fn square(a: &[i8; DIMS], b: &[i8; DIMS]) -> i32 {
    a.iter().zip(b).map(|(&x, &y)| (i32::from(x) - i32::from(y)).pow(2)).sum()
}

/// Mean and population deviation; 0 of nothing.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::{Seen, nearest_distances};
    use crate::baselines::shapiro::shapiro_w;
    use crate::draw::Draw;

    fn rows(count: usize, mut embedding: impl FnMut(usize) -> [i8; 64]) -> Vec<Seen> {
        let row = |i| Seen {
            account: 0,
            time: i as i64,
            address: 0,
            exact: 0,
            template: 0,
            embedding: embedding(i),
        };
        (0..count).map(row).collect()
    }

    #[test]
    fn scattered_queries_look_normal_and_stepped_ones_do_not() {
        let mut draw = Draw::new(5);
        let natural = rows(300, |_| {
            let mut e = [0i8; 64];
            e.iter_mut().for_each(|v| *v = draw.below(41) as i8 - 20);
            e
        });
        // A base query and variations of two step lengths, as synthetic attacks make them.
        let stepped = rows(300, |i| {
            let mut e = [10i8; 64];
            e[i % 64] = if i % 2 == 0 { 60 } else { 13 };
            e
        });
        let w = |rows: &[Seen]| shapiro_w(&nearest_distances(rows)).unwrap_or(1.0);
        assert!(w(&natural) > 0.95, "{}", w(&natural));
        assert!(w(&stepped) < 0.9, "{}", w(&stepped));
    }
}
