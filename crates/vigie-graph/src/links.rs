//! Links: why two accounts belong together, layer by layer, as log-likelihood ratios against chance.
//!
//! Candidate pairs come from motifs: all pairs of a small motif, a few neighbours in a ring for a large one – never all
//! pairs of a big bucket. The ring's order is by what accounts share, so that accounts of one operation stand side by
//! side in every bucket they share. Each candidate is then weighed exactly, over everything that the two share.

use crate::graph::Edge;
use crate::objects::{Motifs, RareObjects};

/// Number of layers that a caller may use.
pub const LAYERS: usize = 10;

/// How links are weighed.
#[derive(Clone, Debug)]
pub struct LinkOptions {
    /// All pairs are candidates in motifs of at most this many accounts.
    pub pairs_degree_max: usize,
    /// Neighbours on one side of the ring in larger motifs.
    pub ring: usize,
    /// Multiplies the weight of a kind of object; 1 is full trust, 0 never links.
    pub kind_trust: Vec<f32>,
    /// How much each further motif of the same layer counts, relative to the one before; below 1 because evidence of
    /// one layer is not independent.
    pub layer_decay: [f32; LAYERS],
    /// No layer may contribute more than this.
    pub layer_max: f32,
    /// Share of an account's exchanges at which a motif counts in full: what an account did once in a thousand
    /// exchanges says little about it.
    pub usage_full: f32,
    /// Links below this are dropped, in nats.
    pub weight_min: f32,
    /// Fewest motifs that make a link.
    pub motifs_min: usize,
}

/// A weighed link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// Smaller account number.
    pub a: u32,
    /// Larger account number.
    pub b: u32,
    /// Sum over layers, in nats.
    pub weight: f32,
    /// The layer that contributes most.
    pub strongest: u8,
}

impl Link {
    /// As an edge of a graph over account numbers.
    pub fn edge(&self) -> Edge {
        Edge { a: self.a, b: self.b, weight: self.weight }
    }
}

/// What weighing needs to know of the accounts.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// Exchanges per account.
    pub exchanges: &'a [u32],
    /// Accounts in the population.
    pub population: usize,
}

/// Candidate pairs, sorted and distinct. O(Σ min(degree², degree · ring)).
pub fn candidates(
    objects: &RareObjects,
    motifs: &Motifs,
    accounts: usize,
    options: &LinkOptions,
) -> Vec<(u32, u32)> {
    let rank = ring_rank(objects, motifs, accounts);
    let mut pairs = Vec::new();
    let mut ring = Vec::new();
    for motif in &motifs.motifs {
        let object = motif.object as usize;
        if options.kind_trust[usize::from(objects.kind(object))] <= 0.0 {
            continue;
        }
        let members = objects.accounts(object);
        if members.len() <= options.pairs_degree_max {
            for (i, &a) in members.iter().enumerate() {
                pairs.extend(members[i + 1..].iter().map(|&b| (a, b)));
            }
            continue;
        }
        ring.clear();
        ring.extend_from_slice(members);
        ring.sort_unstable_by_key(|&a| rank[a as usize]);
        for i in 0..ring.len() {
            for step in 1..=options.ring {
                let (a, b) = (ring[i], ring[(i + step) % ring.len()]);
                pairs.push((a.min(b), a.max(b)));
            }
        }
        if pairs.len() > 40_000_000 {
            pairs.sort_unstable();
            pairs.dedup();
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Places accounts that share motifs next to each other: by the motif of lowest hash among those they touched most.
fn ring_rank(objects: &RareObjects, motifs: &Motifs, accounts: usize) -> Vec<(u64, u64, u32)> {
    (0..accounts as u32)
        .map(|a| {
            let mut low = [u64::MAX; 2];
            for &(m, _) in motifs.of(a) {
                let object = motifs.motifs[m as usize].object as usize;
                if objects.accounts(object).len() < 4 {
                    continue;
                }
                let hash = objects.id(object).wrapping_mul(0xA24B_AED4_963E_E407);
                if hash < low[0] {
                    low = [hash, low[0]];
                } else if hash < low[1] {
                    low[1] = hash;
                }
            }
            (low[0], low[1], a)
        })
        .collect()
}

/// Weighs pairs of accounts over everything that they share.
#[derive(Debug)]
pub struct Weigher<'a> {
    objects: &'a RareObjects,
    motifs: &'a Motifs,
    activity: Activity<'a>,
    options: &'a LinkOptions,
    richness: Vec<f32>,
}

impl<'a> Weigher<'a> {
    /// Prepares weighing. O(accounts).
    pub fn new(
        objects: &'a RareObjects,
        motifs: &'a Motifs,
        activity: Activity<'a>,
        options: &'a LinkOptions,
    ) -> Self {
        let held: Vec<f32> =
            (0..activity.exchanges.len() as u32).map(|a| motifs.of(a).len() as f32).collect();
        let touched = held.iter().filter(|&&h| h > 0.0).count().max(1);
        let mean = held.iter().sum::<f32>() / touched as f32;
        let richness = held.iter().map(|h| (h / mean.max(1.0)).max(1.0).ln()).collect();
        Self { objects, motifs, activity, options, richness }
    }

    /// Weight per layer, in nats, and how many motifs the two share. O(motifs of both).
    pub fn layers(&self, a: u32, b: u32) -> ([f32; LAYERS], usize) {
        let mut shared: Vec<(u8, f32)> = Vec::new();
        let (mine, theirs) = (self.motifs.of(a), self.motifs.of(b));
        let (mut i, mut j) = (0, 0);
        while i < mine.len() && j < theirs.len() {
            match mine[i].0.cmp(&theirs[j].0) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    let motif = &self.motifs.motifs[mine[i].0 as usize];
                    let weight = self.weight(motif.object as usize, a, b, mine[i].1, theirs[j].1);
                    if weight > 0.0 {
                        shared.push((motif.layer, weight));
                    }
                    i += 1;
                    j += 1;
                }
            }
        }
        shared.sort_unstable_by(|x, y| x.0.cmp(&y.0).then(y.1.total_cmp(&x.1)));
        let mut layers = [0.0f32; LAYERS];
        for group in shared.chunk_by(|x, y| x.0 == y.0) {
            let layer = usize::from(group[0].0);
            let mut factor = 1.0;
            for (_, weight) in group {
                layers[layer] += weight * factor;
                factor *= self.options.layer_decay[layer];
            }
            layers[layer] = layers[layer].min(self.options.layer_max);
        }
        (layers, shared.len())
    }

    fn weight(&self, object: usize, a: u32, b: u32, count_a: u32, count_b: u32) -> f32 {
        let trust = self.options.kind_trust[usize::from(self.objects.kind(object))];
        if trust <= 0.0 {
            return 0.0;
        }
        let rarity = (self.activity.population as f32 / self.objects.accounts(object).len() as f32).ln();
        let rich = 0.5 * (self.richness[a as usize] + self.richness[b as usize]);
        let usage =
            |account: u32, count: u32| count as f32 / self.activity.exchanges[account as usize].max(1) as f32;
        let usage = usage(a, count_a).min(usage(b, count_b));
        let used = (usage / self.options.usage_full).min(1.0).sqrt();
        trust * used * (rarity - rich).max(0.0)
    }

    /// The link, where it is strong enough.
    pub fn link(&self, a: u32, b: u32) -> Option<Link> {
        let (layers, motifs) = self.layers(a, b);
        let weight: f32 = layers.iter().sum();
        if weight < self.options.weight_min || motifs < self.options.motifs_min {
            return None;
        }
        let strongest =
            (0..LAYERS).max_by(|&x, &y| layers[x].total_cmp(&layers[y]).then(y.cmp(&x))).unwrap_or(0);
        Some(Link { a, b, weight, strongest: strongest as u8 })
    }
}

#[cfg(test)]
mod tests {
    use super::{Activity, LAYERS, LinkOptions, Weigher, candidates};
    use crate::objects::{Motifs, RareObjects, Touch};

    fn options() -> LinkOptions {
        LinkOptions {
            pairs_degree_max: 4,
            ring: 2,
            kind_trust: vec![1.0],
            layer_decay: [0.8; LAYERS],
            layer_max: 40.0,
            usage_full: 0.02,
            weight_min: 8.0,
            motifs_min: 2,
        }
    }

    /// Six accounts of which 0–2 share three motifs, and one object that everybody shares.
    fn world() -> (RareObjects, Motifs) {
        let mut objects = RareObjects::default();
        let touch = |object, account| Touch { object, account, count: 5, kind: 0 };
        let mut touches: Vec<Touch> = (0..6).map(|a| touch(1, a)).collect();
        touches.extend([
            touch(2, 0),
            touch(2, 1),
            touch(2, 2),
            touch(3, 0),
            touch(3, 1),
            touch(4, 1),
            touch(4, 2),
        ]);
        objects.add_partition(&mut touches, 100);
        let motifs = Motifs::collapse(&objects, 6, |_| 0);
        (objects, motifs)
    }

    #[test]
    fn what_is_rare_and_repeated_links() {
        let (objects, motifs) = world();
        let options = options();
        let activity = Activity { exchanges: &[10; 6], population: 1000 };
        let weigher = Weigher::new(&objects, &motifs, activity, &options);
        assert!(weigher.link(0, 1).is_some());
        assert!(weigher.link(0, 3).is_none(), "one popular object is no link");
        assert!(weigher.link(0, 1).unwrap().weight > weigher.layers(0, 2).0[0]);
    }

    #[test]
    fn a_big_bucket_gives_a_ring_and_not_all_pairs() {
        let mut objects = RareObjects::default();
        let mut touches: Vec<Touch> =
            (0..50).map(|account| Touch { object: 1, account, count: 1, kind: 0 }).collect();
        objects.add_partition(&mut touches, 100);
        let motifs = Motifs::collapse(&objects, 50, |_| 0);
        assert_eq!(candidates(&objects, &motifs, 50, &options()).len(), 100);
    }
}
