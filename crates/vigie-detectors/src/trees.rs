//! Sums of small decision trees, as data: what the fit of `vigie-bench` writes.

/// Which number is asked, threshold, where to go at or below it, where to go above it; a place `n >= 0` is a split,
/// `-1 - n` a leaf.
pub type Split = (u8, f32, i8, i8);

/// A decision tree: `splits[0]` is the root.
#[derive(Debug)]
pub struct Tree {
    /// Questions.
    pub splits: &'static [Split],
    /// Nats.
    pub leaves: &'static [f32],
}

/// Trees and where they start from, in nats.
#[derive(Debug)]
pub struct Forest {
    /// Before any tree.
    pub base: f64,
    /// The trees.
    pub trees: &'static [Tree],
}

impl Forest {
    /// Stands where weights are yet to be fitted: no cluster ever fits it.
    pub const UNFITTED: Self = Self { base: f64::NEG_INFINITY, trees: &[] };

    /// The sum, in nats. O(trees).
    pub fn log_odds(&self, numbers: &[f64]) -> f64 {
        self.base + self.trees.iter().map(|tree| value(tree.splits, tree.leaves, numbers)).sum::<f64>()
    }
}

/// The value of one tree, in nats: of its leaf, 0 where it has none. O(depth).
pub fn value(splits: &[Split], leaves: &[f32], numbers: &[f64]) -> f64 {
    // A tree that was never split is its only leaf.
    let mut at = if splits.is_empty() { -1 } else { 0i8 };
    while let Some(&(number, threshold, below, above)) = usize::try_from(at).ok().and_then(|i| splits.get(i))
    {
        let over = numbers.get(usize::from(number)).is_some_and(|&x| x > f64::from(threshold));
        at = if over { above } else { below };
    }
    usize::try_from(-1 - at).ok().and_then(|leaf| leaves.get(leaf)).map_or(0.0, |&v| f64::from(v))
}

#[cfg(test)]
mod tests {
    use super::Forest;
    use crate::patterns::FEATURES;
    use crate::signals::SIGNALS;

    /// Every path of every tree ends in a leaf, and asks for a number that is there.
    fn assert_sound(forest: &Forest, numbers: usize) {
        assert!(!forest.trees.is_empty());
        for tree in forest.trees {
            let places = tree.splits.iter().flat_map(|&(_, _, below, above)| [below, above]);
            let (mut splits, mut leaves): (Vec<i8>, Vec<i8>) = places.partition(|&p| p >= 0);
            splits.sort_unstable();
            leaves.sort_unstable();
            assert_eq!(splits, (1..tree.splits.len() as i8).collect::<Vec<_>>());
            assert_eq!(leaves, (-(tree.leaves.len() as i8)..0).collect::<Vec<_>>());
            assert!(tree.splits.iter().all(|s| usize::from(s.0) < numbers));
        }
    }

    #[test]
    fn every_forest_is_sound() {
        assert_sound(&crate::case_weights::FOREST, SIGNALS);
        for detector in crate::DETECTORS.iter().filter(|d| d.forest.base.is_finite()) {
            assert_sound(detector.forest, FEATURES);
        }
    }

    #[test]
    fn an_unfitted_forest_never_fits_best() {
        assert!(Forest::UNFITTED.log_odds(&[1.0; FEATURES]) < f64::MIN);
    }
}
