//! Boosted trees under monotone constraints.
//!
//! Newton boosting of the logistic loss (Friedman 2001; Chen and Guestrin 2016) over binned signals, grown leaf by leaf,
//! with bounds passed down so that every signal keeps its direction (the basic method of LightGBM's documentation).
//! Deterministic: no sampling.

use std::fmt::Write;

use rayon::prelude::*;
use vigie_detectors::trees::{Split, value};

/// What one row is fitted to.
#[derive(Clone, Debug)]
pub struct Row {
    /// Signals, at most 256.
    pub signals: Vec<f64>,
    /// Whether it is a campaign.
    pub campaign: bool,
    /// How much it counts.
    pub weight: f64,
}

/// Size and pace of a fit.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// Trees.
    pub trees: usize,
    /// Leaves of each, at most 128, which is what a place can count.
    pub leaves: usize,
    /// Part of each tree's step that is taken.
    pub rate: f64,
    /// Ridge on leaf values.
    pub ridge: f64,
    /// Fewest rows of a leaf.
    pub rows_min: usize,
}

/// One tree, as [`vigie_detectors::trees::Tree`] reads it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    splits: Vec<Split>,
    leaves: Vec<f32>,
}

/// Trees and where they start from, in nats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    base: f64,
    trees: Vec<Tree>,
}

const BINS: usize = 48;

impl Tree {
    fn value(&self, signals: &[f64]) -> f64 {
        value(&self.splits, &self.leaves, signals)
    }
}

impl Forest {
    /// Log-odds of a row, in nats. O(trees · leaves).
    pub fn log_odds(&self, signals: &[f64]) -> f64 {
        self.base + self.trees.iter().map(|t| t.value(signals)).sum::<f64>()
    }

    /// How often each signal is asked, weighed by nothing.
    pub fn uses(&self, signals: usize) -> Vec<usize> {
        let mut uses = vec![0; signals];
        self.trees.iter().flat_map(|t| &t.splits).for_each(|s| uses[usize::from(s.0)] += 1);
        uses
    }

    /// The forest as Rust source; `trees` is the path of the module that knows trees.
    pub fn source(&self, trees: &str) -> String {
        let mut out = format!(
            "//! Written by `cargo run --release -p vigie-bench --bin fit`; do not edit.\n\nuse {trees}::{{Forest, Tree}};\n\n",
        );
        let _ = writeln!(
            out,
            "#[rustfmt::skip]\npub(crate) static FOREST: Forest = Forest {{ base: {:?}, trees: &[",
            self.base
        );
        for tree in &self.trees {
            let splits: Vec<String> =
                tree.splits.iter().map(|(s, t, b, a)| format!("({s}, {:?}, {b}, {a})", beside(*t))).collect();
            let leaves: Vec<String> = tree.leaves.iter().map(|l| format!("{l:.5}")).collect();
            let _ = writeln!(
                out,
                "    Tree {{ splits: &[{}], leaves: &[{}] }},",
                splits.join(", "),
                leaves.join(", ")
            );
        }
        out.push_str("] };\n");
        out
    }
}

/// A threshold a step or two further up: one at ln 2 or -ln 10 would read like a constant that is misspelt.
fn beside(threshold: f32) -> f32 {
    if threshold < 0.0 { threshold.next_up().next_up() } else { threshold.next_up() }
}

/// Fits a forest. `raises` tells each signal's direction, where it has one. O(trees · leaves · rows · signals).
pub fn fit(rows: &[Row], raises: &[Option<bool>], growth: Growth) -> Forest {
    assert!(growth.leaves <= 128 && raises.len() <= 256, "a split cannot name more");
    let edges: Vec<Vec<f32>> = (0..raises.len()).map(|s| edges(rows, s)).collect();
    let binned: Vec<Vec<u8>> = (0..raises.len())
        .map(|s| {
            rows.iter().map(|r| edges[s].partition_point(|&e| f64::from(e) < r.signals[s]) as u8).collect()
        })
        .collect();
    let all: f64 = rows.iter().map(|r| r.weight).sum();
    let bad: f64 = rows.iter().filter(|r| r.campaign).map(|r| r.weight).sum();
    let mut forest = Forest { base: (bad.max(1e-9) / (all - bad).max(1e-9)).ln(), trees: Vec::new() };
    let mut odds = vec![forest.base; rows.len()];
    for _ in 0..growth.trees {
        let slopes: Vec<(f64, f64)> = rows
            .iter()
            .zip(&odds)
            .map(|(r, z)| {
                let p = 1.0 / (1.0 + (-z).exp());
                (r.weight * (p - f64::from(u8::from(r.campaign))), r.weight * p * (1.0 - p))
            })
            .collect();
        let tree = Grower { edges: &edges, binned: &binned, slopes: &slopes, raises, growth }.grow();
        odds.iter_mut().zip(rows).for_each(|(z, r)| *z += tree.value(&r.signals));
        forest.trees.push(tree);
    }
    forest
}

/// Log-odds of every row by a forest that was fitted without the row's part; the forests grow side by side.
pub fn left_out(
    rows: &[Row],
    raises: &[Option<bool>],
    part: &[usize],
    parts: usize,
    growth: Growth,
) -> Vec<f64> {
    let without = |left: usize| -> Forest {
        let kept: Vec<Row> =
            rows.iter().zip(part).filter(|(_, p)| **p != left).map(|(r, _)| r.clone()).collect();
        fit(&kept, raises, growth)
    };
    let forests: Vec<Forest> = (0..parts).into_par_iter().map(without).collect();
    rows.iter().zip(part).map(|(row, &part)| forests[part].log_odds(&row.signals)).collect()
}

/// Upper ends of all bins but the last: quantiles, each once.
fn edges(rows: &[Row], signal: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|r| r.signals[signal] as f32).collect();
    values.sort_unstable_by(f32::total_cmp);
    let mut distinct = values.clone();
    distinct.dedup();
    let mut edges: Vec<f32> = if distinct.len() <= BINS {
        distinct
    } else {
        // Half of the edges by rank among all, half among the distinct, so that a crowd at one value hides nobody.
        let at = |of: &[f32], i: usize| of[i * of.len() / (BINS / 2 + 1)];
        (1..=BINS / 2).flat_map(|i| [at(&values, i), at(&distinct, i)]).collect()
    };
    edges.sort_unstable_by(f32::total_cmp);
    edges.dedup();
    if edges.last() == values.last() {
        edges.pop();
    }
    edges
}

struct Grower<'a> {
    edges: &'a [Vec<f32>],
    binned: &'a [Vec<u8>],
    slopes: &'a [(f64, f64)],
    raises: &'a [Option<bool>],
    growth: Growth,
}

/// A leaf that may be split.
struct Leaf {
    rows: Vec<u32>,
    sums: (f64, f64),
    bounds: (f64, f64),
    /// Where it hangs: split and side.
    parent: Option<(usize, bool)>,
    best: Option<Best>,
}

#[derive(Clone, Copy)]
struct Best {
    gain: f64,
    signal: usize,
    bin: usize,
    left: (f64, f64),
    right: (f64, f64),
}

impl Grower<'_> {
    fn grow(&self) -> Tree {
        let rows: Vec<u32> = (0..self.slopes.len() as u32).collect();
        let bounds = (f64::NEG_INFINITY, f64::INFINITY);
        let mut leaves = vec![self.leaf(rows, bounds, None)];
        let mut tree = Tree::default();
        while leaves.len() < self.growth.leaves {
            let gain = |l: &Leaf| l.best.map_or(0.0, |b| b.gain);
            let Some(at) = (0..leaves.len())
                .filter(|&i| gain(&leaves[i]) > 1e-6)
                .max_by(|&i, &j| gain(&leaves[i]).total_cmp(&gain(&leaves[j])).then(j.cmp(&i)))
            else {
                break;
            };
            let leaf = leaves.remove(at);
            let Some(best) = leaf.best else { break };
            let split = tree.splits.len();
            if let Some((parent, above)) = leaf.parent {
                let place = if above { &mut tree.splits[parent].3 } else { &mut tree.splits[parent].2 };
                *place = split as i8;
            }
            tree.splits.push((best.signal as u8, self.edges[best.signal][best.bin], 0, 0));
            let (below, above): (Vec<u32>, Vec<u32>) = leaf
                .rows
                .iter()
                .partition(|&&r| usize::from(self.binned[best.signal][r as usize]) <= best.bin);
            let middle =
                f64::midpoint(self.value(best.left, leaf.bounds), self.value(best.right, leaf.bounds));
            let (low, high) = leaf.bounds;
            let (left, right) = match self.raises[best.signal] {
                Some(true) => ((low, middle), (middle, high)),
                Some(false) => ((middle, high), (low, middle)),
                None => (leaf.bounds, leaf.bounds),
            };
            leaves.push(self.leaf(below, left, Some((split, false))));
            leaves.push(self.leaf(above, right, Some((split, true))));
        }
        for leaf in leaves {
            let number = tree.leaves.len() as i8;
            tree.leaves.push((self.growth.rate * self.value(leaf.sums, leaf.bounds)) as f32);
            if let Some((parent, above)) = leaf.parent {
                let place = if above { &mut tree.splits[parent].3 } else { &mut tree.splits[parent].2 };
                *place = -1 - number;
            }
        }
        tree
    }

    fn value(&self, (g, h): (f64, f64), (low, high): (f64, f64)) -> f64 {
        (-g / (h + self.growth.ridge)).clamp(low, high)
    }

    /// How much the loss falls with this value on these rows.
    fn worth(&self, (g, h): (f64, f64), value: f64) -> f64 {
        -(2.0 * g * value + (h + self.growth.ridge) * value * value)
    }

    fn leaf(&self, rows: Vec<u32>, bounds: (f64, f64), parent: Option<(usize, bool)>) -> Leaf {
        let add = |(g, h): (f64, f64), &r: &u32| {
            let (x, y) = self.slopes[r as usize];
            (g + x, h + y)
        };
        let sums = rows.iter().fold((0.0, 0.0), add);
        let mut leaf = Leaf { sums, bounds, parent, best: None, rows };
        if leaf.rows.len() >= 2 * self.growth.rows_min {
            leaf.best = (0..self.raises.len())
                .filter_map(|s| self.best(&leaf, s))
                .max_by(|a, b| a.gain.total_cmp(&b.gain).then(b.signal.cmp(&a.signal)));
        }
        leaf
    }

    fn best(&self, leaf: &Leaf, signal: usize) -> Option<Best> {
        let mut bins = vec![(0.0, 0.0, 0usize); self.edges[signal].len() + 1];
        for &row in &leaf.rows {
            let (g, h) = self.slopes[row as usize];
            let bin = &mut bins[usize::from(self.binned[signal][row as usize])];
            *bin = (bin.0 + g, bin.1 + h, bin.2 + 1);
        }
        let stays = self.worth(leaf.sums, self.value(leaf.sums, leaf.bounds));
        let mut left = (0.0, 0.0);
        let mut count = 0;
        let mut best: Option<Best> = None;
        for (bin, &(g, h, n)) in bins.iter().enumerate().take(self.edges[signal].len()) {
            left = (left.0 + g, left.1 + h);
            count += n;
            if count < self.growth.rows_min {
                continue;
            }
            if leaf.rows.len() - count < self.growth.rows_min {
                break;
            }
            let right = (leaf.sums.0 - left.0, leaf.sums.1 - left.1);
            let (below, above) = (self.value(left, leaf.bounds), self.value(right, leaf.bounds));
            match self.raises[signal] {
                Some(true) if below > above => continue,
                Some(false) if below < above => continue,
                _ => (),
            }
            let gain = self.worth(left, below) + self.worth(right, above) - stays;
            if gain > best.map_or(0.0, |b| b.gain) {
                best = Some(Best { gain, signal, bin, left, right });
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::{Growth, Row, fit};

    const GROWTH: Growth = Growth { trees: 40, leaves: 6, rate: 0.2, ridge: 1.0, rows_min: 5 };

    /// Campaigns are where the first signal is high and the second low; the third is noise.
    fn rows() -> Vec<Row> {
        (0..2_000)
            .map(|i| {
                let signals = vec![f64::from(i % 50), f64::from(i / 50 % 40), f64::from(i * 7_919 % 101)];
                Row { campaign: signals[0] > 30.0 && signals[1] < 15.0, signals, weight: 1.0 }
            })
            .collect()
    }

    #[test]
    fn what_needs_two_signals_together_is_learned() {
        let forest = fit(&rows(), &[Some(true), Some(false), None], GROWTH);
        assert!(forest.log_odds(&[45.0, 3.0, 50.0]) > 2.0);
        assert!(forest.log_odds(&[45.0, 30.0, 50.0]) < -2.0);
        assert!(forest.log_odds(&[5.0, 3.0, 50.0]) < -2.0);
    }

    #[test]
    fn a_direction_that_the_rows_contradict_is_kept_all_the_same() {
        let forest = fit(&rows(), &[Some(false), Some(false), None], GROWTH);
        for second in [3.0, 30.0] {
            let mut last = f64::INFINITY;
            for first in 0..50 {
                let odds = forest.log_odds(&[f64::from(first), second, 50.0]);
                assert!(odds <= last + 1e-6, "{first} at {second}");
                last = odds;
            }
        }
    }
}
