//! Densest blocks by greedy peeling.
//!
//! The block that maximises (sum of inner edge weights) / (number of nodes) is found within a factor of two by taking
//! away the weakest node again and again (Charikar 2000). Camouflage – links to many popular objects – does not help
//! a member to be peeled early or an outsider to stay, because link weights fall with an object's popularity (Hooi et
//! al., FRAUDAR, KDD 2016).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph::Graph;

/// A dense block and its density.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its nodes, sorted.
    pub nodes: Vec<u32>,
    /// Sum of inner edge weights per node.
    pub density: f64,
}

/// Order-preserving bits of a non-negative float, so that heaps can hold it.
fn bits(x: f64) -> u64 {
    x.max(0.0).to_bits()
}

/// The densest prefix of greedy peeling over the whole graph. O(E log V).
pub fn densest_block(graph: &Graph) -> Block {
    let n = graph.nodes();
    let mut strength: Vec<f64> = (0..n as u32).map(|v| graph.strength(v)).collect();
    let mut total: f64 = strength.iter().sum::<f64>() / 2.0;
    let mut heap: BinaryHeap<Reverse<(u64, u32)>> =
        (0..n as u32).map(|v| Reverse((bits(strength[v as usize]), v))).collect();
    let mut gone = vec![false; n];
    let mut order = Vec::with_capacity(n);
    let mut best = (if n == 0 { 0.0 } else { total / n as f64 }, 0);
    while let Some(Reverse((key, v))) = heap.pop() {
        if gone[v as usize] || key != bits(strength[v as usize]) {
            continue;
        }
        gone[v as usize] = true;
        order.push(v);
        total -= strength[v as usize];
        for &(u, w) in graph.neighbours(v) {
            if !gone[u as usize] {
                strength[u as usize] -= f64::from(w);
                heap.push(Reverse((bits(strength[u as usize]), u)));
            }
        }
        let left = n - order.len();
        if left > 0 && total / left as f64 > best.0 {
            best = (total / left as f64, order.len());
        }
    }
    let mut nodes = order.split_off(best.1);
    nodes.sort_unstable();
    Block { nodes, density: best.0 }
}

/// Takes away nodes that are linked to less than `share_min` of the others or hold less than `strength_min` times the
/// block's mean strength, until none is; returns the rest, sorted. O(rounds · E).
pub fn peel_weak(graph: &Graph, nodes: &[u32], share_min: f64, strength_min: f64) -> Vec<u32> {
    let mut kept: Vec<u32> = nodes.to_vec();
    kept.sort_unstable();
    loop {
        let inner: Vec<(usize, f64)> = kept
            .iter()
            .map(|&v| {
                let inside = graph.neighbours(v).iter().filter(|(u, _)| kept.binary_search(u).is_ok());
                inside.fold((0, 0.0), |(n, sum), &(_, w)| (n + 1, sum + f64::from(w)))
            })
            .collect();
        let mean = inner.iter().map(|x| x.1).sum::<f64>() / kept.len().max(1) as f64;
        let others = kept.len().saturating_sub(1) as f64;
        let next: Vec<u32> = kept
            .iter()
            .zip(&inner)
            .filter(|(_, (n, s))| *n as f64 >= share_min * others && *s >= strength_min * mean)
            .map(|(&v, _)| v)
            .collect();
        if next.len() == kept.len() {
            return kept;
        }
        kept = next;
    }
}

#[cfg(test)]
mod tests {
    use super::{densest_block, peel_weak};
    use crate::graph::{Edge, Graph};

    fn clique_with_tail() -> Graph {
        let mut edges = Vec::new();
        for a in 0..5u32 {
            for b in a + 1..5 {
                edges.push(Edge { a, b, weight: 2.0 });
            }
        }
        edges.extend((5..20u32).map(|b| Edge { a: b - 1, b, weight: 1.0 }));
        Graph::new(20, &edges)
    }

    #[test]
    fn the_clique_is_the_densest_block() {
        let block = densest_block(&clique_with_tail());
        assert_eq!(block.nodes, [0, 1, 2, 3, 4]);
        assert!((block.density - 4.0).abs() < 1e-9);
    }

    #[test]
    fn weak_nodes_go_until_none_is_weak() {
        let all: Vec<u32> = (0..8).collect();
        assert_eq!(peel_weak(&clique_with_tail(), &all, 0.4, 0.3), [0, 1, 2, 3, 4]);
    }
}
