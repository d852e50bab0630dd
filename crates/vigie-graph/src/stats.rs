//! Significance: conformal p-values, tails of counting laws, and false-discovery control.

/// Conformal p-value of `observed` against draws under the null, larger being more extreme:
/// (1 + draws at least as large) / (1 + draws). Valid at any number of draws (Vovk et al. 2005; Phipson & Smyth 2010).
pub fn conformal_p(observed: f64, null: &[f64]) -> f64 {
    let beyond = null.iter().filter(|&&x| x >= observed).count();
    (1 + beyond) as f64 / (1 + null.len()) as f64
}

/// Largest draws that the tail is fitted to.
const TAIL_DRAWS: usize = 80;
/// Draws beyond the observed value from which the conformal p-value needs no help.
const TAIL_ENOUGH: usize = 10;
/// How much smaller than the smallest conformal p-value an extrapolated one may be.
const TAIL_REACH: f64 = 50.0;

/// P-value of `observed` against draws under the null whose tail is extrapolated: where fewer than ten draws lie beyond,
/// a generalised Pareto law is fitted to the largest draws by the method of moments (Knijnenburg et al. 2009, "Fewer
/// permutations, more accurate P-values"; Hosking & Wallis 1987). Never larger than [`conformal_p`], never below a
/// fiftieth of the smallest p-value that so many draws can give. O(n log n).
pub fn tail_p(observed: f64, null: &[f64]) -> f64 {
    let plain = conformal_p(observed, null);
    let beyond = null.iter().filter(|&&x| x >= observed).count();
    if beyond >= TAIL_ENOUGH || null.len() < 4 * TAIL_DRAWS {
        return plain;
    }
    let mut sorted = null.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let threshold = 0.5 * (sorted[TAIL_DRAWS - 1] + sorted[TAIL_DRAWS]);
    let excess: Vec<f64> = sorted[..TAIL_DRAWS].iter().map(|x| x - threshold).collect();
    let n = TAIL_DRAWS as f64;
    let mean = excess.iter().sum::<f64>() / n;
    let variance = excess.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    if mean <= 0.0 || variance <= 0.0 {
        return plain;
    }
    let ratio = mean * mean / variance;
    let (shape, scale) = (0.5 * (1.0 - ratio), 0.5 * mean * (ratio + 1.0));
    let z = (observed - threshold).max(0.0) / scale;
    let survival =
        if shape.abs() < 1e-6 { (-z).exp() } else { (1.0 + shape * z).max(0.0).powf(-1.0 / shape) };
    let fitted = n / null.len() as f64 * survival;
    let least = 1.0 / (1.0 + null.len() as f64) / TAIL_REACH;
    if fitted.is_finite() { fitted.clamp(least, plain) } else { plain }
}

/// Benjamini–Hochberg q-values in the order of the p-values. Valid under independence and positive dependence
/// (Benjamini & Yekutieli 2001). O(n log n).
pub fn bh_q_values(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]).then(a.cmp(&b)));
    let mut q = vec![1.0; p.len()];
    let mut least = 1.0f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i] * p.len() as f64 / (rank + 1) as f64);
        q[i] = least;
    }
    q
}

/// Natural log of the gamma function (Lanczos, g = 7, n = 9); relative error below 1e-13 for x > 0.
pub fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (std::f64::consts::PI / (std::f64::consts::PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let series = COEFFICIENTS[1..]
        .iter()
        .enumerate()
        .fold(COEFFICIENTS[0], |sum, (i, c)| sum + c / (x + 1.0 + i as f64));
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + series.ln()
}

/// Upper tail of the Poisson law, P(X ≥ k | mean).
pub fn poisson_tail(k: u64, mean: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    let ln_pmf = |i: u64| i as f64 * mean.ln() - mean - ln_gamma(i as f64 + 1.0);
    if (k as f64) > mean {
        // Terms fall geometrically beyond the mean: sum until they vanish.
        let mut sum = 0.0;
        let mut term = ln_pmf(k).exp();
        let mut i = k;
        while term > sum * 1e-16 && i < k + 100_000 {
            sum += term;
            i += 1;
            term *= mean / i as f64;
        }
        return sum.min(1.0);
    }
    let below: f64 = (0..k).map(|i| ln_pmf(i).exp()).sum();
    (1.0 - below).clamp(0.0, 1.0)
}

/// Upper tail of the standard normal law (Abramowitz & Stegun 7.1.26 on erfc; absolute error below 1.5e-7, and an
/// asymptotic series beyond 4 so that tiny tails keep their order).
pub fn normal_tail(z: f64) -> f64 {
    if z > 4.0 {
        let ln = -0.5 * z * z - z.ln() - 0.5 * (2.0 * std::f64::consts::PI).ln();
        return ln.exp() * (1.0 - 1.0 / (z * z) + 3.0 / z.powi(4));
    }
    if z < 0.0 {
        return 1.0 - normal_tail(-z);
    }
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly = t
        * (0.254_829_592
            + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    0.5 * poly * (-x * x).exp()
}

/// Median of a slice; NaN when empty. Reorders nothing, O(n log n).
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// Linear-interpolated quantile; NaN when empty.
pub fn quantile(values: &[f64], q: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = q.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bh_matches_the_worked_example() {
        let q = bh_q_values(&[0.01, 0.04, 0.03, 0.5]);
        let expected = [0.04, 0.16 / 3.0, 0.16 / 3.0, 0.5];
        assert!(q.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{q:?}");
    }

    #[test]
    fn tails_match_tables() {
        assert!((poisson_tail(3, 1.0) - 0.080_301_397).abs() < 1e-8);
        assert!((poisson_tail(2, 5.0) - 0.959_572_318).abs() < 1e-8);
        assert!((normal_tail(1.959_964) - 0.025).abs() < 1e-6);
        assert!((normal_tail(6.0) / 9.865_9e-10 - 1.0).abs() < 1e-3);
        assert!((ln_gamma(10.0) - 362_880f64.ln()).abs() < 1e-10);
    }

    #[test]
    fn the_tail_is_extrapolated_as_far_as_the_law_is_known() {
        // 499 quantiles of the exponential law: P(X > x) = e^-x.
        let null: Vec<f64> = (1..500).map(|i| -(1.0 - f64::from(i) / 500.0).ln()).collect();
        assert_eq!(tail_p(1.0, &null), conformal_p(1.0, &null), "inside the draws nothing changes");
        let p = tail_p(9.0, &null);
        assert!((0.3..3.0).contains(&(p / (-9.0f64).exp())), "{p}");
        assert!(tail_p(1e9, &null) >= 1.0 / 500.0 / 50.0 * 0.999, "there is a floor");
        assert_eq!(
            tail_p(7.0, &[1.0; 499]),
            conformal_p(7.0, &[1.0; 499]),
            "draws that are all alike tell no law"
        );
    }

    proptest! {
        #[test]
        fn q_values_keep_the_order_and_never_fall_below_p(p in proptest::collection::vec(0.0f64..1.0, 1..50)) {
            let q = bh_q_values(&p);
            for i in 0..p.len() {
                prop_assert!(q[i] + 1e-12 >= p[i]);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || q[i] <= q[j] + 1e-12);
                }
            }
        }

        #[test]
        fn conformal_p_is_a_probability(x in -5.0f64..5.0, null in proptest::collection::vec(-5.0f64..5.0, 0..40)) {
            let p = conformal_p(x, &null);
            prop_assert!(p > 0.0 && p <= 1.0);
        }
    }
}
