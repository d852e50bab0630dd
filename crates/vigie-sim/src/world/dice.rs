//! Seeded chance: a small generator that can be started anywhere from a few numbers, so that every part of a
//! world can be made on its own and in any order. Statistical quality is that of SplitMix64 (Steele, Lea and
//! Flood 2014). No global state, no clock.

/// Mixes two numbers into one that looks random.
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    finish(a ^ finish(b.wrapping_add(0x9E37_79B9_7F4A_7C15)).rotate_left(17))
}

fn finish(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Hash of a name, for seeds that hang on a word.
pub(crate) fn name_seed(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3))
}

/// An opaque id of `len` characters (at most 25) that sorts like noise.
pub(crate) fn opaque_into(out: &mut String, value: u64, len: usize) {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bits = u128::from(finish(value)) << 64 | u128::from(mix(value, 0x5EED));
    for _ in 0..len.min(25) {
        out.push(ALPHABET[(bits & 31) as usize] as char);
        bits >>= 5;
    }
}

/// The same as an owned string behind a prefix.
pub(crate) fn opaque(prefix: &str, value: u64, len: usize) -> String {
    let mut out = String::with_capacity(prefix.len() + len);
    out.push_str(prefix);
    opaque_into(&mut out, value, len);
    out
}

/// A stream of chance.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Starts from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(finish(seed ^ 0xD1CE))
    }

    /// Starts from two numbers.
    pub(crate) fn of(a: u64, b: u64) -> Self {
        Self::new(mix(a, b))
    }

    /// An independent stream named by a word.
    pub(crate) fn fork(&mut self, name: &str) -> Self {
        let seed = self.next();
        Self::of(seed, name_seed(name))
    }

    /// 64 random bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        finish(self.0)
    }

    /// Uniform in `0..n`; 0 for `n` = 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// Uniform in `lo..hi`.
    pub(crate) fn between(&mut self, lo: i64, hi: i64) -> i64 {
        lo + self.below((hi - lo).max(0) as usize) as i64
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in [lo, hi).
    pub(crate) fn range(&mut self, lo: f64, hi: f64) -> f64 {
        lo + (hi - lo) * self.unit()
    }

    /// Uniform on a logarithmic scale in [lo, hi).
    pub(crate) fn log_range(&mut self, lo: f64, hi: f64) -> f64 {
        self.range(lo.ln(), hi.ln()).exp()
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Standard normal (Box and Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Log-normal with the given median and spread (standard deviation of the logarithm).
    pub(crate) fn lognormal(&mut self, median: f64, spread: f64) -> f64 {
        median * (spread * self.normal()).exp()
    }

    /// Exponential with the given mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Poisson; a rounded normal above 40, where the two cannot be told apart here.
    pub(crate) fn poisson(&mut self, mean: f64) -> usize {
        if mean > 40.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as usize;
        }
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// Turns of a talk: geometric with the given mean, at least 1, at most 40.
    pub(crate) fn turns(&mut self, mean: f64) -> u32 {
        let stop = 1.0 / mean.max(1.0);
        (1..40).find(|_| self.chance(stop)).unwrap_or(40)
    }

    /// A rank in `0..n` by Zipf's law with exponent `s` (continuous inverse, exact enough for popularity).
    pub(crate) fn zipf(&mut self, n: usize, s: f64) -> usize {
        if n < 2 {
            return 0;
        }
        let (u, top) = (self.unit(), n as f64 + 1.0);
        let x = if (s - 1.0).abs() < 1e-9 {
            top.powf(u)
        } else {
            (1.0 + u * (top.powf(1.0 - s) - 1.0)).powf(1.0 / (1.0 - s))
        };
        (x as usize).clamp(1, n) - 1
    }

    /// One of a list that is not empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// One word of a list that is not empty.
    pub(crate) fn word<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    /// An index drawn in proportion to weights.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (i, w) in weights.iter().enumerate() {
            left -= w;
            if left < 0.0 {
                return i;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// A whole number whose mean is `x`: the fraction is decided by chance.
    pub(crate) fn round(&mut self, x: f64) -> usize {
        let floor = x.max(0.0).floor();
        floor as usize + usize::from(self.chance(x - floor))
    }

    /// Random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Dice, opaque};

    #[test]
    fn the_same_seed_rolls_the_same_and_another_does_not() {
        let roll = |seed| (0..8).map(|_| Dice::new(seed).next()).collect::<Vec<_>>();
        assert_eq!(roll(3), roll(3));
        assert_ne!(roll(3), roll(4));
    }

    #[test]
    fn moments_are_as_asked() {
        let mut dice = Dice::new(1);
        let mean = |f: &mut dyn FnMut() -> f64| (0..20_000).map(|_| f()).sum::<f64>() / 20_000.0;
        assert!((mean(&mut || dice.poisson(3.0) as f64) - 3.0).abs() < 0.1);
        assert!((mean(&mut || f64::from(dice.turns(2.5))) - 2.5).abs() < 0.1);
        assert!((mean(&mut || dice.round(0.3) as f64) - 0.3).abs() < 0.02);
        assert!(mean(&mut || dice.normal()).abs() < 0.03);
    }

    #[test]
    fn ids_of_neighbours_share_nothing() {
        let (a, b) = (opaque("a_", 1, 16), opaque("a_", 2, 16));
        assert_eq!(a.len(), 18);
        assert_ne!(a[2..6], b[2..6]);
    }
}
