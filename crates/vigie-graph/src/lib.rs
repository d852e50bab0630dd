//! Objects that accounts share, links between accounts, dense groups of them, and the statistics that say how
//! surprising they are.
//!
//! What lives here: rare objects and motifs, weighed links, a weighted undirected graph, k-core, peeling, Leiden refinement, conformal p-values
//! and false-discovery control. What does not: what objects mean, detectors, any I/O. Everything is deterministic:
//! ties are broken by node number.

mod bundles;
mod candidates;
mod graph;
mod kcore;
mod leiden;
mod links;
mod objects;
mod peel;
pub mod stats;
mod union;

pub use bundles::{BundleOptions, bundles};
pub use graph::{Edge, Graph};
pub use kcore::{core_numbers, k_core};
pub use leiden::{LeidenOptions, leiden};
pub use links::{Activity, LAYERS, Link, LinkOptions, Weigher, links};
pub use objects::{ALWAYS, Held, Motif, Motifs, RareObjects, Touch, merge_touches};
pub use peel::peel_weak;
pub use union::UnionFind;
