//! k-core: what is left when nodes with fewer than k neighbours are taken away until none is.

use crate::graph::Graph;

/// Core number of every node: the largest k whose k-core holds it. Batagelj & Zaveršnik (2003), O(V + E).
pub fn core_numbers(graph: &Graph) -> Vec<u32> {
    let n = graph.nodes();
    let mut degree: Vec<usize> = (0..n as u32).map(|v| graph.degree(v)).collect();
    let max = degree.iter().copied().max().unwrap_or(0);
    let mut bin = vec![0usize; max + 2];
    for &d in &degree {
        bin[d + 1] += 1;
    }
    for d in 0..=max {
        bin[d + 1] += bin[d];
    }
    let mut position = vec![0; n];
    let mut order = vec![0u32; n];
    let mut next = bin.clone();
    for v in 0..n {
        position[v] = next[degree[v]];
        order[position[v]] = v as u32;
        next[degree[v]] += 1;
    }
    for i in 0..n {
        let v = order[i];
        for &(u, _) in graph.neighbours(v) {
            let u = u as usize;
            if degree[u] > degree[v as usize] {
                let first = bin[degree[u]];
                let w = order[first] as usize;
                order.swap(position[u], first);
                position.swap(u, w);
                bin[degree[u]] += 1;
                degree[u] -= 1;
            }
        }
    }
    degree.into_iter().map(|d| d as u32).collect()
}

/// Nodes of the k-core, sorted. O(V + E).
pub fn k_core(graph: &Graph, k: u32) -> Vec<u32> {
    core_numbers(graph).iter().enumerate().filter(|&(_, &c)| c >= k).map(|(v, _)| v as u32).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{core_numbers, k_core};
    use crate::graph::{Edge, Graph};

    #[test]
    fn a_tail_is_not_in_the_core_of_its_triangle() {
        let edge = |a, b| Edge { a, b, weight: 1.0 };
        let graph = Graph::new(4, &[edge(0, 1), edge(1, 2), edge(0, 2), edge(2, 3)]);
        assert_eq!(core_numbers(&graph), [2, 2, 2, 1]);
        assert_eq!(k_core(&graph, 2), [0, 1, 2]);
    }

    proptest! {
        #[test]
        fn every_node_of_a_k_core_has_k_neighbours_in_it(pairs in proptest::collection::vec((0u32..30, 0u32..30), 0..200)) {
            let edges: Vec<Edge> = pairs.iter().map(|&(a, b)| Edge { a, b, weight: 1.0 }).collect();
            let graph = Graph::new(30, &edges);
            for k in 1..6 {
                let core = k_core(&graph, k);
                for &v in &core {
                    let inside = graph.neighbours(v).iter().filter(|(u, _)| core.binary_search(u).is_ok()).count();
                    prop_assert!(inside >= k as usize);
                }
            }
        }
    }
}
