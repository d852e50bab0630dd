//! A small embedding without a model: signed feature hashing (Weinberger et al. 2009) into 64 dimensions.
//!
//! Words weigh most, pairs of words half of that, letter 4-grams least (they hold inflected and misspelt forms
//! together). Texts that share no words come out near-orthogonal up to chance, whose spread is 1/√64.

use crate::DIMS;
use crate::hash::mix;

/// Weight of a word, of one of the commonest words, of a pair of neighbours, of a letter 4-gram.
const WORD: i32 = 6;
const STOP_WORD: i32 = 1;
const PAIR: i32 = 3;
const GRAM: i32 = 2;
const GRAM_KEY: u64 = 0x8ebc_6af0_9c88_c6e3;
const PAIR_KEY: u64 = 0x5899_65cc_7537_4cc3;

/// Sums of signed features: first what each dimension loses, then what it gains, so that adding needs no sign.
#[derive(Clone, Debug)]
pub(crate) struct Accumulator {
    sums: [i32; 2 * DIMS],
}

impl Accumulator {
    pub(crate) const fn new() -> Self {
        Self { sums: [0; 2 * DIMS] }
    }

    /// Adds `weight` at the dimension that the lowest six bits name, with the sign of the seventh.
    #[inline]
    fn add(&mut self, bits: u64, weight: i32) {
        self.sums[bits as usize % (2 * DIMS)] += weight;
    }

    /// Adds a word by its hash, at two dimensions so that two words seldom cancel out.
    #[inline]
    pub(crate) fn word(&mut self, hash: u64, is_stop_word: bool) {
        let weight = if is_stop_word { STOP_WORD } else { WORD };
        self.add(hash, weight);
        self.add(hash >> 7, weight);
    }

    /// Adds two neighbouring words.
    #[inline]
    pub(crate) fn pair(&mut self, first: u64, second: u64) {
        let hash = mix(first ^ PAIR_KEY, second | 1);
        self.add(hash, PAIR);
    }

    /// Adds a letter 4-gram given as a number, where it counts.
    #[inline]
    pub(crate) fn gram(&mut self, gram: u64, counts: bool) {
        self.add(gram.wrapping_mul(GRAM_KEY) >> 57, GRAM * i32::from(counts));
    }

    /// The sums scaled to length 127; all 0 when nothing was added. Integers up to one division: the same on every
    /// machine.
    pub(crate) fn finish(&self) -> [i8; DIMS] {
        let (losses, gains) = self.sums.split_at(DIMS);
        let mut sums = [0; DIMS];
        for ((sum, gain), loss) in sums.iter_mut().zip(gains).zip(losses) {
            *sum = gain - loss;
        }
        let square: i64 = sums.iter().map(|&s| i64::from(s) * i64::from(s)).sum();
        if square == 0 {
            return [0; DIMS];
        }
        let scale = (127.0 / (square as f64).sqrt()) as f32;
        // Adding 1.5·2²³ leaves the rounded integer in the lowest bits: one vector addition, no call of the C library.
        let round = |value: f32| (value + 12_582_912.0).to_bits() as i8;
        let mut unit = [0i8; DIMS];
        for (out, &sum) in unit.iter_mut().zip(&sums) {
            *out = round(sum as f32 * scale);
        }
        unit
    }
}

#[cfg(test)]
mod tests {
    use super::Accumulator;

    #[test]
    fn length_is_127() {
        let mut sums = Accumulator::new();
        (1..50u64).for_each(|i| sums.word(i.wrapping_mul(0x9e37_79b9_7f4a_7c15), false));
        let square: f64 = sums.finish().iter().map(|&v| f64::from(v) * f64::from(v)).sum();
        assert!((square.sqrt() - 127.0).abs() < 3.0, "{square}");
    }
}
