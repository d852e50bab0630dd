//! Shapiro–Wilk's W: how straight a sample's normal probability plot is.
//!
//! Source: Royston, "Remark AS R94", Applied Statistics 44 (1995), for 12 ≤ n ≤ 5,000 observations.

/// W of a sample in any order, 0–1, 1 for a normal one; `None` below 12 observations or without any spread. Beyond
/// 5,000 observations the first 5,000 count.
pub fn shapiro_w(sample: &[f64]) -> Option<f64> {
    let mut x = sample[..sample.len().min(5_000)].to_vec();
    x.sort_unstable_by(f64::total_cmp);
    let n = x.len();
    if n < 12 || x[n - 1] - x[0] < 1e-12 {
        return None;
    }
    let weights = weights(n);
    let mean = x.iter().sum::<f64>() / n as f64;
    let spread: f64 = x.iter().map(|v| (v - mean).powi(2)).sum();
    let slope: f64 = weights.iter().zip(&x).map(|(a, v)| a * v).sum();
    Some((slope * slope / spread).min(1.0))
}

/// Weights of the order statistics: scores of normal order statistics, the two outermost on each side corrected by
/// Royston's polynomials in 1/√n.
fn weights(n: usize) -> Vec<f64> {
    let scores: Vec<f64> = (1..=n).map(|i| normal_quantile((i as f64 - 0.375) / (n as f64 + 0.25))).collect();
    let square: f64 = scores.iter().map(|m| m * m).sum();
    let root = square.sqrt();
    let u = 1.0 / (n as f64).sqrt();
    let polynomial = |c: [f64; 5]| u * (c[0] + u * (c[1] + u * (c[2] + u * (c[3] + u * c[4]))));
    let last = scores[n - 1] / root + polynomial([0.221_157, -0.147_981, -2.071_190, 4.434_685, -2.706_056]);
    let before =
        scores[n - 2] / root + polynomial([0.042_981, -0.293_762, -1.752_461, 5.682_633, -3.582_633]);
    let phi = (square - 2.0 * scores[n - 1].powi(2) - 2.0 * scores[n - 2].powi(2))
        / (1.0 - 2.0 * last * last - 2.0 * before * before);
    let mut weights: Vec<f64> = scores.iter().map(|m| m / phi.sqrt()).collect();
    (weights[n - 1], weights[n - 2], weights[0], weights[1]) = (last, before, -last, -before);
    weights
}

/// Quantile of the standard normal law; relative error below 1.2e-9 (Acklam 2003).
fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -39.696_830_286_653_76,
        220.946_098_424_520_5,
        -275.928_510_446_968_7,
        138.357_751_867_269,
        -30.664_798_066_147_16,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -54.476_098_798_224_06,
        161.585_836_858_040_9,
        -155.698_979_859_886_6,
        66.801_311_887_719_72,
        -13.280_681_552_885_72,
    ];
    const C: [f64; 6] = [
        -0.007_784_894_002_430_293,
        -0.322_396_458_041_136_5,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let horner = |c: &[f64], x: f64| c.iter().fold(0.0, |sum, c| sum * x + c);
    if p < 0.024_25 {
        let q = (-2.0 * p.ln()).sqrt();
        return horner(&C, q) / (horner(&D, q) * q + 1.0);
    }
    if p > 1.0 - 0.024_25 {
        return -normal_quantile(1.0 - p);
    }
    let q = p - 0.5;
    let r = q * q;
    horner(&A, r) * q / (horner(&B, r) * r + 1.0)
}

#[cfg(test)]
mod tests {
    use super::{normal_quantile, shapiro_w};

    #[test]
    #[expect(clippy::approx_constant, reason = "3.14 is an observation of a published sample")]
    fn w_matches_published_values() {
        // The two samples with which SciPy tests its port of AS R94.
        let uneven = [
            0.11, 7.87, 4.61, 10.14, 7.95, 3.14, 0.46, 4.43, 0.21, 4.75, 0.71, 1.52, 3.24, 0.93, 0.42, 4.97,
            9.53, 4.55, 0.47, 6.66,
        ];
        assert!((shapiro_w(&uneven).unwrap() - 0.900_47).abs() < 1e-4);
        let even = [
            1.36, 1.14, 2.92, 2.55, 1.46, 1.06, 5.27, -1.11, 3.48, 1.10, 0.88, -0.51, 1.46, 0.52, 6.20, 1.69,
            0.08, 3.67, 2.81, 3.49,
        ];
        assert!((shapiro_w(&even).unwrap() - 0.959_03).abs() < 1e-4);
    }

    #[test]
    fn quantiles_match_tables() {
        for (p, z) in [(0.5, 0.0), (0.975, 1.959_963_985), (0.001, -3.090_232_306)] {
            assert!((normal_quantile(p) - z).abs() < 1e-7, "{p}");
        }
    }

    #[test]
    fn too_little_and_too_even_samples_have_none() {
        assert_eq!(shapiro_w(&[1.0; 11]), None);
        assert_eq!(shapiro_w(&[1.0; 50]), None);
    }
}
