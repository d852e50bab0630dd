//! Leiden communities (Traag, Waltman & van Eck, Scientific Reports 2019) with the constant Potts model.
//!
//! Used only to split what k-core and peeling already found to be dense: on its own it has no null model and returns
//! communities that swallow everybody. The constant Potts model has no resolution limit: `resolution` is the weight
//! per pair of nodes that a community must exceed.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::graph::{Edge, Graph};

/// How finely to split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeidenOptions {
    /// Mean link weight per pair of nodes that a community must exceed.
    pub resolution: f64,
    /// Levels of aggregation at most.
    pub levels_max: usize,
}

/// Community number of every node, numbered by first appearance. O(E) a level in practice; deterministic.
pub fn leiden(graph: &Graph, options: LeidenOptions) -> Vec<u32> {
    options.communities_sized(graph, vec![1.0; graph.nodes()])
}

impl LeidenOptions {
    /// The same with a size of one's own for every node: with each node's [strength](Graph::strength) as its size and
    /// one over their sum as resolution this is modularity (Newman & Girvan 2004), which leaves sparse closed groups
    /// whole where the constant Potts model cuts long chains.
    ///
    /// # Panics
    /// When there are not as many sizes as nodes: a bug of the caller.
    pub fn communities_sized(self, graph: &Graph, sizes: Vec<f64>) -> Vec<u32> {
        assert_eq!(sizes.len(), graph.nodes(), "one size a node");
        communities(graph, sizes, self)
    }
}

fn communities(graph: &Graph, mut sizes: Vec<f64>, options: LeidenOptions) -> Vec<u32> {
    let mut membership: Vec<u32> = (0..graph.nodes() as u32).collect();
    let mut level = graph.clone();
    let mut start: Vec<u32> = membership.clone();
    for _ in 0..options.levels_max {
        let moved = local_moving(&level, &sizes, start, options.resolution);
        let refined = refine(&level, &sizes, &moved, options.resolution);
        let parts = renumber(&refined);
        let count = parts.iter().max().map_or(0, |m| *m as usize + 1);
        if count == level.nodes() {
            let parts = renumber(&moved);
            membership.iter_mut().for_each(|m| *m = parts[*m as usize]);
            return renumber(&membership);
        }
        membership.iter_mut().for_each(|m| *m = parts[*m as usize]);
        let mut next_start = vec![0; count];
        let mut next_sizes = vec![0.0; count];
        for (v, &part) in parts.iter().enumerate() {
            next_start[part as usize] = moved[v];
            next_sizes[part as usize] += sizes[v];
        }
        level = aggregate(&level, &parts, count);
        sizes = next_sizes;
        start = renumber(&next_start);
    }
    renumber(&membership)
}

/// Moves nodes to the neighbouring community that gains most until nothing gains.
fn local_moving(graph: &Graph, sizes: &[f64], mut community: Vec<u32>, resolution: f64) -> Vec<u32> {
    let n = graph.nodes();
    let mut total = vec![0.0; n];
    for v in 0..n {
        total[community[v] as usize] += sizes[v];
    }
    let mut queue: VecDeque<u32> = (0..n as u32).collect();
    let mut queued = vec![true; n];
    let mut moves = 0usize;
    while let Some(v) = queue.pop_front() {
        queued[v as usize] = false;
        let own = community[v as usize];
        let best = best_community(graph, sizes, &community, &total, v, resolution);
        moves += 1;
        if best == own || moves > 50 * n + 1000 {
            continue;
        }
        total[own as usize] -= sizes[v as usize];
        total[best as usize] += sizes[v as usize];
        community[v as usize] = best;
        for &(u, _) in graph.neighbours(v) {
            if community[u as usize] != best && !queued[u as usize] {
                queued[u as usize] = true;
                queue.push_back(u);
            }
        }
    }
    community
}

fn best_community(
    graph: &Graph,
    sizes: &[f64],
    community: &[u32],
    total: &[f64],
    v: u32,
    resolution: f64,
) -> u32 {
    let own = community[v as usize];
    let size = sizes[v as usize];
    let mut links: FxHashMap<u32, f64> = FxHashMap::default();
    for &(u, w) in graph.neighbours(v) {
        *links.entry(community[u as usize]).or_default() += f64::from(w);
    }
    let gain = |c: u32, link: f64| {
        let others = total[c as usize] - if c == own { size } else { 0.0 };
        link - resolution * size * others
    };
    let stay = gain(own, links.get(&own).copied().unwrap_or(0.0));
    let mut best = (stay + 1e-9, own);
    let mut candidates: Vec<(u32, f64)> = links.into_iter().collect();
    candidates.sort_unstable_by_key(|&(c, _)| c);
    for (c, link) in candidates {
        let value = gain(c, link);
        if c != own && value > best.0 {
            best = (value, c);
        }
    }
    best.1
}

/// Splits each community into well-connected parts: single nodes merge only inside their community.
fn refine(graph: &Graph, sizes: &[f64], community: &[u32], resolution: f64) -> Vec<u32> {
    let n = graph.nodes();
    let mut part: Vec<u32> = (0..n as u32).collect();
    let mut total: Vec<f64> = sizes.to_vec();
    let mut alone = vec![true; n];
    for v in 0..n as u32 {
        if !alone[v as usize] {
            continue;
        }
        let mut links: FxHashMap<u32, f64> = FxHashMap::default();
        for &(u, w) in graph.neighbours(v) {
            if community[u as usize] == community[v as usize] {
                *links.entry(part[u as usize]).or_default() += f64::from(w);
            }
        }
        let mut candidates: Vec<(u32, f64)> = links.into_iter().collect();
        candidates.sort_unstable_by_key(|&(c, _)| c);
        let mut best = (1e-9, part[v as usize]);
        for (c, link) in candidates {
            let gain = link - resolution * sizes[v as usize] * total[c as usize];
            if c != part[v as usize] && gain > best.0 {
                best = (gain, c);
            }
        }
        if best.1 != part[v as usize] {
            total[part[v as usize] as usize] -= sizes[v as usize];
            total[best.1 as usize] += sizes[v as usize];
            part[v as usize] = best.1;
            alone[best.1 as usize] = false;
            alone[v as usize] = false;
        }
    }
    part
}

fn aggregate(graph: &Graph, parts: &[u32], count: usize) -> Graph {
    let mut edges = Vec::new();
    for v in 0..graph.nodes() as u32 {
        for &(u, weight) in graph.neighbours(v).iter().filter(|&&(u, _)| u > v) {
            edges.push(Edge { a: parts[v as usize], b: parts[u as usize], weight });
        }
    }
    Graph::new(count, &edges)
}

fn renumber(labels: &[u32]) -> Vec<u32> {
    let mut seen: FxHashMap<u32, u32> = FxHashMap::default();
    labels
        .iter()
        .map(|l| {
            let next = seen.len() as u32;
            *seen.entry(*l).or_insert(next)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{LeidenOptions, leiden};
    use crate::graph::{Edge, Graph};

    const OPTIONS: LeidenOptions = LeidenOptions { resolution: 0.3, levels_max: 10 };

    #[test]
    fn two_cliques_with_a_bridge_are_two_communities() {
        let mut edges = Vec::new();
        for base in [0u32, 8] {
            for a in 0..8 {
                for b in a + 1..8 {
                    edges.push(Edge { a: base + a, b: base + b, weight: 1.0 });
                }
            }
        }
        edges.push(Edge { a: 7, b: 8, weight: 1.0 });
        let communities = leiden(&Graph::new(16, &edges), OPTIONS);
        assert_eq!(communities, [vec![0; 8], vec![1; 8]].concat());
    }

    #[test]
    fn an_empty_graph_keeps_its_nodes_apart() {
        assert_eq!(leiden(&Graph::new(3, &[]), OPTIONS), [0, 1, 2]);
    }
}
