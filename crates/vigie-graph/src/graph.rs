//! A weighted undirected graph in compressed rows.

use rayon::slice::ParallelSliceMut;

/// One undirected edge; `weight` is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// One end.
    pub a: u32,
    /// The other end.
    pub b: u32,
    /// Strength of the link.
    pub weight: f32,
}

/// An undirected graph over nodes `0..nodes`, neighbours sorted by number.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    offsets: Vec<usize>,
    neighbours: Vec<(u32, f32)>,
}

impl Graph {
    /// Builds the graph. Self-loops are dropped; parallel edges add up. O(E log E).
    ///
    /// # Panics
    /// When an edge names a node that is not below `nodes`: a bug of the caller.
    pub fn new(nodes: usize, edges: &[Edge]) -> Self {
        let mut both: Vec<(u32, u32, f32)> = Vec::with_capacity(edges.len() * 2);
        for edge in edges.iter().filter(|e| e.a != e.b) {
            assert!((edge.a.max(edge.b) as usize) < nodes, "edge names a node outside the graph");
            both.push((edge.a, edge.b, edge.weight));
            both.push((edge.b, edge.a, edge.weight));
        }
        both.par_sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(x.2.total_cmp(&y.2)));
        both.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        let mut offsets = vec![0; nodes + 1];
        for &(a, _, _) in &both {
            offsets[a as usize + 1] += 1;
        }
        for i in 0..nodes {
            offsets[i + 1] += offsets[i];
        }
        Self { offsets, neighbours: both.into_iter().map(|(_, b, w)| (b, w)).collect() }
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Number of undirected edges.
    pub fn edges(&self) -> usize {
        self.neighbours.len() / 2
    }

    /// Neighbours of a node with the weight of the edge, by node number.
    pub fn neighbours(&self, node: u32) -> &[(u32, f32)] {
        &self.neighbours[self.offsets[node as usize]..self.offsets[node as usize + 1]]
    }

    /// Number of neighbours.
    pub fn degree(&self, node: u32) -> usize {
        self.neighbours(node).len()
    }

    /// Sum of the weights of a node's edges.
    pub fn strength(&self, node: u32) -> f64 {
        self.neighbours(node).iter().map(|&(_, w)| f64::from(w)).sum()
    }

    /// The graph among `nodes` (sorted, distinct), renumbered in that order. O(sum of degrees · log).
    pub fn induced(&self, nodes: &[u32]) -> Self {
        let mut edges = Vec::new();
        for (i, &node) in nodes.iter().enumerate() {
            for &(other, weight) in self.neighbours(node).iter().filter(|&&(other, _)| other > node) {
                if let Ok(j) = nodes.binary_search(&other) {
                    edges.push(Edge { a: i as u32, b: j as u32, weight });
                }
            }
        }
        Self::new(nodes.len(), &edges)
    }
}

#[cfg(test)]
mod tests {
    use super::{Edge, Graph};

    #[test]
    fn parallel_edges_add_up_and_loops_vanish() {
        let edge = |a, b, weight| Edge { a, b, weight };
        let graph = Graph::new(3, &[edge(0, 1, 1.0), edge(1, 0, 2.0), edge(2, 2, 9.0)]);
        assert_eq!(graph.edges(), 1);
        assert_eq!(graph.neighbours(0), &[(1, 3.0)]);
        assert_eq!(graph.degree(2), 0);
    }

    #[test]
    fn an_induced_graph_keeps_inner_edges_only() {
        let edge = |a, b| Edge { a, b, weight: 1.0 };
        let graph = Graph::new(4, &[edge(0, 1), edge(1, 2), edge(2, 3)]).induced(&[1, 2]);
        assert_eq!((graph.nodes(), graph.edges()), (2, 1));
    }
}
