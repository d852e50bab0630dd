//! Groups of linked accounts and how surprising they are.
//!
//! Contacts form sparse, closed groups (chains and stars of transfers): modularity with Leiden refinement cuts them
//! where they are joined to the rest by little. Coincidences form dense groups: the constant Potts model cuts
//! everything whose mean link is too weak. A group's **tightness** is how far links among its members exceed
//! what chance gives, less the same of links to everybody else; the same search over redrawn data says how tight groups get by chance, and
//! Benjamini–Hochberg over all groups turns that into q-values.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use vigie_graph::stats::bh_q_values;
use vigie_graph::{Edge, Graph, LeidenOptions, k_core, leiden, peel_weak};

use super::incidence::Incidence;
use super::links::{Coincidence, coincidences, contact_min, contacts, weight_min};

/// Draws from the null model.
///
/// A group that nothing in forty draws comes near has q = 2/41, just below the usual 0.05, even when it is alone.
pub(crate) const DRAWS: u64 = 40;

/// A link that leaves a group speaks against it as much as this many inner ones speak for it: communities that are cut
/// out of a random graph leak, closed groups do not.
const LEAK: f64 = 3.0;

/// What joins a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum View {
    /// Members touch each other.
    Contact,
    /// Members touch the same objects.
    Coincidence,
}

/// Accounts that belong together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub(crate) view: View,
    /// Account numbers, sorted.
    pub(crate) members: Vec<u32>,
    /// Weight of each member's links to other members, in nats.
    pub(crate) strength: Vec<f64>,
    /// What links among members exceed the least link by, less [`LEAK`] times the same of links to others, in nats. By
    /// chance links are hardly above the least; in earnest they are.
    pub(crate) tightness: f64,
    pub(crate) q: f64,
}

/// What a hunt finds before anything is judged.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) contacts: Graph,
    pub(crate) coincidences: Vec<Coincidence>,
    pub(crate) coincidence_graph: Graph,
    pub(crate) groups: Vec<Group>,
}

impl Found {
    /// The graph of a view.
    pub(crate) fn graph(&self, view: View) -> &Graph {
        match view {
            View::Contact => &self.contacts,
            View::Coincidence => &self.coincidence_graph,
        }
    }

    /// Links and groups of one table, without q-values.
    fn search(incidence: &Incidence, accounts_min: usize) -> Self {
        let accounts = incidence.accounts();
        let coincidences = coincidences(incidence);
        let contacts = Graph::new(accounts, &contacts(incidence));
        let edges: Vec<Edge> =
            coincidences.iter().map(|c| Edge { a: c.a, b: c.b, weight: c.weight }).collect();
        let coincidence_graph = Graph::new(accounts, &edges);
        let mut groups = sparse_groups(&contacts, accounts_min);
        groups.extend(dense_groups(&coincidence_graph, accounts_min));
        Self { contacts, coincidences, coincidence_graph, groups }
    }

    /// Links, groups and their q-values. O(search · draws).
    pub(crate) fn new(
        incidence: &Incidence,
        accounts_min: usize,
        seed: u64,
        heard: impl Fn(u64) + Sync,
    ) -> Self {
        let mut found = Self::search(incidence, accounts_min);
        heard(1);
        // Draw by draw: each search is parallel inside, and one redrawn table at a time is held.
        let null: Vec<(View, f64)> = (0..DRAWS)
            .flat_map(|draw| {
                let redrawn = incidence.redrawn(seed.wrapping_mul(1_000_003).wrapping_add(draw));
                let groups = Self::search(&redrawn, accounts_min).groups;
                heard(1);
                groups.into_iter().map(|g| (g.view, g.tightness))
            })
            .collect();
        set_q_values(&mut found.groups, &null);
        found.groups.sort_by(|x, y| {
            x.q.total_cmp(&y.q)
                .then(y.tightness.total_cmp(&x.tightness))
                .then((x.view, &x.members).cmp(&(y.view, &y.members)))
        });
        found
    }
}

/// p = expected number of groups per redrawn table that are as tight (add-one, as in Phipson & Smyth 2010), over the
/// number of groups found; q by Benjamini–Hochberg in each view, doubled because there are two.
fn set_q_values(groups: &mut [Group], null: &[(View, f64)]) {
    for view in [View::Contact, View::Coincidence] {
        let mut drawn: Vec<f64> = null.iter().filter(|(v, _)| *v == view).map(|(_, t)| *t).collect();
        drawn.sort_unstable_by(f64::total_cmp);
        let mut found: Vec<&mut Group> = groups.iter_mut().filter(|g| g.view == view).collect();
        let share = |tightness: f64| {
            let beyond = drawn.len() - drawn.partition_point(|&t| t < tightness);
            (1 + beyond) as f64 / (1 + DRAWS) as f64 / found.len() as f64
        };
        let p: Vec<f64> = found.iter().map(|g| share(g.tightness)).collect();
        for (group, q) in found.iter_mut().zip(bh_q_values(&p)) {
            group.q = (2.0 * q).min(1.0);
        }
    }
}

/// Modularity communities of a graph.
fn sparse_groups(graph: &Graph, accounts_min: usize) -> Vec<Group> {
    let linked = k_core(graph, 1);
    let inner = graph.induced(&linked);
    let strength: Vec<f64> = (0..inner.nodes() as u32).map(|v| inner.strength(v)).collect();
    let total: f64 = strength.iter().sum();
    let options = LeidenOptions { resolution: 1.0 / total.max(f64::MIN_POSITIVE), levels_max: 20 };
    let parts = options.communities_sized(&inner, strength);
    groups(graph, &linked, &parts, View::Contact, accounts_min, |g| g)
}

/// Mean link per pair of members, in parts of the least link, that a dense group must exceed.
const DENSITY: f64 = 0.25;
/// Part of the mean member's links that a member needs to stay.
const STAY: f64 = 0.2;

fn dense_groups(graph: &Graph, accounts_min: usize) -> Vec<Group> {
    let core = k_core(graph, 2);
    let inner = graph.induced(&core);
    let least = f64::from(weight_min(graph.nodes()));
    let parts = leiden(&inner, LeidenOptions { resolution: DENSITY * least, levels_max: 20 });
    groups(graph, &core, &parts, View::Coincidence, accounts_min, |g| peel_weak(graph, &g, 0.0, STAY))
}

fn groups(
    graph: &Graph,
    nodes: &[u32],
    parts: &[u32],
    view: View,
    accounts_min: usize,
    settle: impl Fn(Vec<u32>) -> Vec<u32> + Send + Sync,
) -> Vec<Group> {
    let count = parts.iter().max().map_or(0, |p| *p as usize + 1);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (&node, &part) in nodes.iter().zip(parts) {
        members[part as usize].push(node);
    }
    members
        .into_par_iter()
        .filter(|m| m.len() >= accounts_min)
        .map(settle)
        .filter(|m| m.len() >= accounts_min)
        .map(|members| group(graph, view, members))
        .collect()
}

fn group(graph: &Graph, view: View, members: Vec<u32>) -> Group {
    let (least, leak) = match view {
        View::Contact => (contact_min(graph.nodes()), LEAK),
        View::Coincidence => (weight_min(graph.nodes()), 0.0),
    };
    let (mut within, mut leaving) = (0.0, 0.0);
    let mut strength = Vec::with_capacity(members.len());
    for &a in &members {
        let mut own = 0.0;
        for &(b, weight) in graph.neighbours(a) {
            let excess = f64::from(weight - least);
            if members.binary_search(&b).is_ok() {
                own += f64::from(weight);
                within += excess / 2.0;
            } else {
                leaving += excess;
            }
        }
        strength.push(own);
    }
    Group { view, members, strength, tightness: within - leak * leaving, q: 1.0 }
}
