//! Peeling: weak members of a group are taken away until none is left.
//!
//! Camouflage – links to many popular objects – does not help an outsider to stay, because link weights fall with an
//! object's popularity (Hooi et al., FRAUDAR, KDD 2016).

use crate::graph::Graph;

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
    use super::peel_weak;
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
    fn weak_nodes_go_until_none_is_weak() {
        let all: Vec<u32> = (0..8).collect();
        assert_eq!(peel_weak(&clique_with_tail(), &all, 0.4, 0.3), [0, 1, 2, 3, 4]);
    }
}
