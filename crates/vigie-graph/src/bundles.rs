//! Bundles: motifs that nearly the same accounts share.
//!
//! The variants of one wrapper, the pieces of one popular prompt, the addresses of one proxy pool or carrier: each is
//! touched by overlapping sets of accounts, and together they are one reason why accounts are linked, not many. Motifs
//! of one layer are bundled when their sets of holders overlap far beyond chance. Candidates come from MinHash bands
//! over holder sets, each is then verified exactly.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::objects::Motifs;
use crate::stats::poisson_tail;
use crate::union::UnionFind;

/// Hash functions over holder sets, in bands of two.
const HASHES: usize = 24;
/// Largest number of motifs in one band bucket that are compared one by one with the bucket's first.
const BUCKET_MAX: usize = 4096;

/// When motifs are bundled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BundleOptions {
    /// Least Jaccard similarity of the holder sets.
    pub jaccard_min: f64,
    /// Fewest holders of a motif to take part.
    pub holders_min: usize,
    /// Chance of an overlap as large by accident, at most.
    pub chance_max: f64,
}

/// Group of every motif, numbered by first motif; a motif alone is a group of its own.
///
/// O(total degree · hashes + candidates · degree). `places` numbers the accounts that count, `population` is how many
/// they are: accounts that do not count leave the hashes of the others as they are. Which motifs are one group does
/// not depend on the order in which bands and candidates are tried.
pub fn bundles(motifs: &Motifs, places: &[u32], population: usize, options: BundleOptions) -> Vec<u32> {
    let mut sets = UnionFind::new(motifs.len());
    for band in 0..HASHES / 2 {
        let mut apart: Vec<(u32, u32)> = neighbours(motifs, places, band, options);
        apart.retain(|&(x, y)| sets.find(x) != sets.find(y));
        let joined: Vec<(u32, u32)> =
            apart.into_par_iter().filter(|&(x, y)| alike(motifs, x, y, population, options)).collect();
        for (x, y) in joined {
            sets.union(x, y);
        }
    }
    let mut group = vec![u32::MAX; motifs.len()];
    let mut names = 0;
    (0..motifs.len() as u32)
        .map(|m| {
            let root = sets.find(m) as usize;
            if group[root] == u32::MAX {
                group[root] = names;
                names += 1;
            }
            group[root]
        })
        .collect()
}

/// Motifs that meet in a bucket of one band: neighbours in the bucket, and each with the bucket's first. That is
/// enough to connect what belongs together.
fn neighbours(motifs: &Motifs, places: &[u32], band: usize, options: BundleOptions) -> Vec<(u32, u32)> {
    let mut keyed: Vec<(u64, u32)> = (0..motifs.len() as u32)
        .into_par_iter()
        .filter(|&m| motifs.holders(m).len() >= options.holders_min)
        .map(|m| (band_key(motifs.holders(m), places, band, motifs.motifs[m as usize].layer), m))
        .collect();
    keyed.par_sort_unstable();
    let mut pairs = Vec::new();
    for bucket in keyed.chunk_by(|x, y| x.0 == y.0) {
        let first = bucket[0].1;
        for window in bucket[..bucket.len().min(BUCKET_MAX)].windows(2) {
            pairs.push((window[0].1, window[1].1));
            if window[0].1 != first {
                pairs.push((first, window[1].1));
            }
        }
    }
    pairs
}

/// Key of a set of holders in one band, its layer mixed in: two MinHashes.
fn band_key(holders: &[u32], places: &[u32], band: usize, layer: u8) -> u64 {
    let factors = [2 * band, 2 * band + 1].map(|i| 0xBF58_476D_1CE4_E5B9 ^ ((i as u64) << 17 | 1));
    let mut low = [u64::MAX; 2];
    for &a in holders {
        let mut x = u64::from(places[a as usize]).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x ^= x >> 31;
        for (slot, factor) in low.iter_mut().zip(factors) {
            let mut h = x.wrapping_mul(factor);
            h ^= h >> 29;
            *slot = (*slot).min(h.wrapping_mul(0x94D0_49BB_1331_11EB));
        }
    }
    let pair = low[0].rotate_left(17) ^ low[1];
    (pair ^ u64::from(layer)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn alike(motifs: &Motifs, x: u32, y: u32, population: usize, options: BundleOptions) -> bool {
    let (a, b) = (motifs.holders(x), motifs.holders(y));
    let both = overlap(a, b);
    let jaccard = both as f64 / (a.len() + b.len() - both) as f64;
    let chance = a.len() as f64 * b.len() as f64 / population.max(1) as f64;
    jaccard >= options.jaccard_min && poisson_tail(both as u64, chance) <= options.chance_max
}

/// Size of the intersection of two sorted sets.
fn overlap(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                both += 1;
                i += 1;
                j += 1;
            }
        }
    }
    both
}

#[cfg(test)]
mod tests {
    use super::{BundleOptions, bundles};
    use crate::objects::{Motifs, RareObjects, Touch};

    #[test]
    fn variants_of_one_thing_are_bundled_and_others_are_not() {
        let mut touches = Vec::new();
        let mut touch =
            |object, account| touches.push(Touch { object, account, count: 1, occasion: 0, kind: 0 });
        // Objects 1–4: 20 of accounts 0–24 each. Object 9: accounts 100–119 and two of the first.
        for object in 1..=4u64 {
            (0..25).filter(|a| !(a + object as u32).is_multiple_of(5)).for_each(|a| touch(object, a));
        }
        (100..120).chain([0, 1]).for_each(|a| touch(9, a));
        let mut objects = RareObjects::default();
        objects.add_partition(&mut touches, 1000);
        let motifs = Motifs::collapse(&objects, 200, |_| 0);
        let places: Vec<u32> = (0..200).collect();
        let groups = bundles(
            &motifs,
            &places,
            200,
            BundleOptions { jaccard_min: 0.3, holders_min: 3, chance_max: 1e-6 },
        );
        let of = |object: u64| {
            let o = (0..objects.len()).find(|&o| objects.id(o) == object).unwrap();
            groups[motifs.motif_of[o] as usize]
        };
        assert!((2..=4).all(|o| of(o) == of(1)));
        assert_ne!(of(9), of(1));
    }
}
