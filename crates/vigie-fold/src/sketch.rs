//! Sketches of a masked token sequence: template, heads, tail, MinHash bands, phrases.

use crate::features::TextFeatures;
use crate::hash::{chain, mix};
use crate::{BANDS, MINHASH_BINS, PHRASES_MAX, SYSTEM_PHRASES};

const EMPTY: u64 = u64::MAX;
const ROWS: usize = MINHASH_BINS / BANDS;
/// Tokens before which a head ends.
const HEADS: [usize; 3] = [6, 12, 24];
const TAIL: usize = 8;
const TAIL_TOKENS_MIN: usize = 16;
/// FracMinHash: a phrase is sampled when its hash falls below this (Irber et al. 2022, scaled = 6).
const PHRASE_LIMIT: u64 = u64::MAX / 6;
const SHINGLE_KEYS: [u64; 4] =
    [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x2545_f491_4f6c_dd1d];
/// The top five bits of a hash name its bin.
const BIN_SHIFT: u32 = u64::BITS - MINHASH_BINS.trailing_zeros();
const SHINGLE_MIX: u64 = 0xd6e8_feb8_6659_fd93;

/// A masked token sequence with the hash of each of its prefixes. They are chained as the tokens come, while other
/// work hides that each link waits for the one before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    hashes: Vec<u64>,
    prefixes: Vec<u64>,
    whole: u64,
}

impl Tokens {
    pub(crate) fn clear(&mut self) {
        self.hashes.clear();
        self.prefixes.clear();
        self.whole = 0;
    }

    #[inline]
    pub(crate) fn push(&mut self, token: u64) {
        self.whole = chain(self.whole, token);
        self.hashes.push(token);
        self.prefixes.push(self.whole);
    }

    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Hash of the first `length` tokens; 0 of none.
    pub(crate) fn prefix(&self, length: usize) -> u64 {
        length.checked_sub(1).map_or(0, |last| self.prefixes[last])
    }
}

/// Fills everything that follows from the token sequence. `pool` is scratch.
pub(crate) fn sketch(tokens: &Tokens, pool: &mut Vec<u64>, features: &mut TextFeatures) {
    sequence(tokens, features);
    let mut bins = [EMPTY; MINHASH_BINS];
    pool.clear();
    shingles(&tokens.hashes, &mut bins, pool);
    if tokens.len() >= 3 {
        densify(&mut bins);
        features.bands = bands(&bins);
    }
    if pool.len() > PHRASES_MAX {
        pool.sort_unstable();
        pool.dedup();
    } else {
        sort_few(pool);
    }
    let kept = pool.len().min(PHRASES_MAX);
    features.phrases[..kept].copy_from_slice(&pool[..kept]);
    features.phrase_len = kept as u8;
}

/// The 4-word shingles with the smallest hashes, smallest first. `pool` is scratch. O(tokens).
pub(crate) fn least_phrases(tokens: &Tokens, pool: &mut Vec<u64>) -> [u64; SYSTEM_PHRASES] {
    let hash = |words: &[u64]| {
        let places = words.iter().zip(SHINGLE_KEYS);
        let sum = places.fold(0u64, |sum, (word, key)| sum.wrapping_add(word.wrapping_mul(key)));
        mix(sum, SHINGLE_MIX).max(1)
    };
    pool.clear();
    pool.extend(tokens.hashes.windows(SHINGLE_KEYS.len()).map(hash));
    pool.sort_unstable();
    pool.dedup();
    let mut phrases = [0; SYSTEM_PHRASES];
    phrases.iter_mut().zip(pool.iter()).for_each(|(phrase, &least)| *phrase = least);
    phrases
}

/// Insertion sort without duplicates, by minimum and maximum and so without branches: faster than the general one for a
/// dozen.
fn sort_few(pool: &mut Vec<u64>) {
    for i in 1..pool.len() {
        let (sorted, rest) = pool.split_at_mut(i);
        for kept in sorted {
            (*kept, rest[0]) = ((*kept).min(rest[0]), (*kept).max(rest[0]));
        }
    }
    pool.dedup();
}

/// Template, heads and tail.
fn sequence(tokens: &Tokens, features: &mut TextFeatures) {
    features.template = tokens.whole;
    for (head, length) in features.heads.iter_mut().zip(HEADS) {
        *head = if tokens.len() > length { tokens.prefix(length) } else { 0 };
    }
    if tokens.len() >= TAIL_TOKENS_MIN {
        let tail = &tokens.hashes[tokens.len() - TAIL..];
        features.tail = tail.iter().fold(0, |hash, &token| chain(hash, token));
    }
}

/// One pass over 3-word shingles (into MinHash bins) and 4-word shingles (into the phrase pool). A shingle is a sum
/// in which every place has its own odd factor: order counts, the factors work in parallel, and the longer shingle
/// takes up the sum of the shorter.
fn shingles(tokens: &[u64], bins: &mut [u64; MINHASH_BINS], pool: &mut Vec<u64>) {
    let [k0, k1, k2, k3] = SHINGLE_KEYS;
    pool.resize(tokens.len(), 0);
    let mut kept = 0;
    for window in tokens.windows(4) {
        let &[a, b, c, d] = window else { continue };
        let three = a.wrapping_mul(k0).wrapping_add(b.wrapping_mul(k1)).wrapping_add(c.wrapping_mul(k2));
        fill(bins, three);
        let hash = mix(three.wrapping_add(d.wrapping_mul(k3)), SHINGLE_MIX);
        // Always written, seldom kept: which hashes are small is what a branch could not foretell.
        pool[kept] = hash.max(1);
        kept += usize::from(hash < PHRASE_LIMIT);
    }
    pool.truncate(kept);
    if let Some(&[a, b, c]) = tokens.last_chunk::<3>() {
        fill(bins, a.wrapping_mul(k0).wrapping_add(b.wrapping_mul(k1)).wrapping_add(c.wrapping_mul(k2)));
    }
}

#[inline]
fn fill(bins: &mut [u64; MINHASH_BINS], shingle: u64) {
    let hash = mix(shingle, SHINGLE_MIX);
    let bin = &mut bins[(hash >> BIN_SHIFT) as usize];
    *bin = (*bin).min(hash);
}

/// Optimal densification (Shrivastava, ICML 2017): an empty bin copies a full one that a hash of the bin and of the
/// attempt picks, so that two sets with equal full bins make equal picks. The attempts walk a permutation of the
/// bins, so that they end.
fn densify(bins: &mut [u64; MINHASH_BINS]) {
    let sparse = *bins;
    let full = sparse.iter().enumerate().fold(0u32, |set, (i, &v)| set | u32::from(v != EMPTY) << i);
    if full == 0 || full == u32::MAX {
        return;
    }
    let mut empty = !full;
    while empty != 0 {
        let i = empty.trailing_zeros() as usize;
        let pick = ORDERS[i].iter().find(|&&j| full & (1 << j) != 0);
        bins[i] = pick.map_or(EMPTY, |&j| sparse[usize::from(j)]);
        empty &= empty - 1;
    }
}

/// For each bin, a pseudo-random order in which it visits all others.
static ORDERS: [[u8; MINHASH_BINS]; MINHASH_BINS] = orders();

const fn orders() -> [[u8; MINHASH_BINS]; MINHASH_BINS] {
    let mut orders = [[0; MINHASH_BINS]; MINHASH_BINS];
    let mut state = 1u64;
    let mut i = 0;
    while i < MINHASH_BINS {
        let mut j = 0;
        while j < MINHASH_BINS {
            orders[i][j] = j as u8;
            j += 1;
        }
        // Fisher–Yates.
        j = MINHASH_BINS - 1;
        while j > 0 {
            state = chain(state, j as u64);
            let k = (state % (j as u64 + 1)) as usize;
            let other = orders[i][k];
            orders[i][k] = orders[i][j];
            orders[i][j] = other;
            j -= 1;
        }
        i += 1;
    }
    orders
}

fn bands(bins: &[u64; MINHASH_BINS]) -> [u64; BANDS] {
    let mut keys = [0; BANDS];
    for (band, (key, rows)) in keys.iter_mut().zip(bins.chunks_exact(ROWS)).enumerate() {
        *key = rows.iter().fold(band as u64 + 1, |hash, &row| chain(hash, row)).max(1);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::{EMPTY, MINHASH_BINS, Tokens, bands, densify, least_phrases, shingles};
    use crate::hash::mix;

    fn bins_of(set: impl Iterator<Item = u64>) -> [u64; MINHASH_BINS] {
        let mut bins = [EMPTY; MINHASH_BINS];
        for element in set {
            let hash = crate::hash::chain(crate::hash::chain(7, element), 11);
            let bin = &mut bins[(hash >> super::BIN_SHIFT) as usize];
            *bin = (*bin).min(hash);
        }
        densify(&mut bins);
        bins
    }

    /// Pairs of sets of `size` elements with Jaccard `j`; shares of equal bins and of pairs with an equal band.
    fn rates(size: u64, jaccard: f64) -> (f64, f64) {
        let shared = (2.0 * size as f64 * jaccard / (1.0 + jaccard)).round() as u64;
        let (pairs, mut bins_equal, mut any_band) = (4_000u64, 0u64, 0u64);
        for pair in 0..pairs {
            let base = mix(pair + 1, 0x1234_5678_9abc_def1);
            let own = |side: u64| {
                (0..shared)
                    .map(move |i| base.wrapping_add(i))
                    .chain((shared..size).map(move |i| base.wrapping_add(i + side * 1_000_003)))
            };
            let (a, b) = (bins_of(own(1)), bins_of(own(2)));
            bins_equal += a.iter().zip(&b).filter(|(x, y)| x == y).count() as u64;
            any_band += u64::from(bands(&a).iter().zip(bands(&b)).any(|(x, y)| *x == y));
        }
        (bins_equal as f64 / (pairs * MINHASH_BINS as u64) as f64, any_band as f64 / pairs as f64)
    }

    #[test]
    fn bins_agree_as_often_as_jaccard_says() {
        for size in [20, 60, 400] {
            for jaccard in [0.3, 0.5, 0.8] {
                let shared = (2.0 * size as f64 * jaccard / (1.0 + jaccard)).round();
                let truth = shared / (2.0 * size as f64 - shared);
                let (agree, _) = rates(size, jaccard);
                assert!((agree - truth).abs() < 0.02, "size {size}: {agree} for {truth}");
            }
        }
    }

    #[test]
    fn bands_collide_near_theory_for_large_sets() {
        for (jaccard, slack) in [(0.3, 0.02), (0.5, 0.03), (0.8, 0.03)] {
            let (agree, collide) = rates(600, jaccard);
            let theory = 1.0 - (1.0 - agree.powi(4)).powi(8);
            assert!((collide - theory).abs() < slack, "J {jaccard}: {collide}, theory {theory}");
        }
    }

    #[test]
    fn least_phrases_of_a_text_and_of_a_longer_one_meet() {
        let tokens = |of: std::ops::Range<u64>| {
            let mut tokens = Tokens::default();
            of.for_each(|i| tokens.push(mix(i + 1, 0x1234_5678_9abc_def1)));
            tokens
        };
        let (mut pool, few, all) = (Vec::new(), tokens(0..40), tokens(0..60));
        let (few, all) = (least_phrases(&few, &mut pool), least_phrases(&all, &mut pool));
        assert!(few.is_sorted() && few[0] > 0 && few.iter().zip(&few[1..]).all(|(x, y)| x < y));
        let met = all.iter().filter(|p| few.contains(p)).count();
        assert!((3..8).contains(&met), "two thirds of the phrases are common: {met} of 8");
        assert_eq!(least_phrases(&tokens(0..3), &mut pool), [0; 8], "three words are no phrase");
        assert_eq!(least_phrases(&tokens(0..5), &mut pool)[2..], [0; 6]);
    }

    #[test]
    fn densification_leaves_no_bin_empty() {
        let bins = bins_of(std::iter::once(7));
        assert!(bins.iter().all(|&b| b == bins[0] && b != EMPTY));
    }

    #[test]
    fn order_of_tokens_counts() {
        let fill = |tokens: &[u64]| {
            let (mut bins, mut pool) = ([EMPTY; MINHASH_BINS], Vec::new());
            shingles(tokens, &mut bins, &mut pool);
            bins
        };
        assert_ne!(fill(&[1, 2, 3]), fill(&[3, 2, 1]));
    }
}
