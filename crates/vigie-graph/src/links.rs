//! Links: why two accounts belong together, layer by layer, as log-likelihood ratios against chance.
//!
//! Candidate pairs come from motifs: all pairs of a small motif, a few neighbours in a ring for a large one – never all
//! pairs of a big bucket. The ring's order is by what accounts share, so that accounts of one operation stand side by
//! side in every bucket they share. Each candidate is then weighed exactly, over everything that the two share. What
//! one exchange shares in many ways is one coincidence.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::graph::Edge;
use crate::objects::{ALWAYS, Held, Motifs};

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
    /// How much each further coincidence of the same layer counts, relative to the one before; below 1 because evidence
    /// of one layer is not independent.
    pub layer_decay: [f32; LAYERS],
    /// No layer may contribute more than this.
    pub layer_max: f32,
    /// Share of an account's exchanges at which a motif counts in full: what an account did once in a thousand
    /// exchanges says little about it.
    pub usage_full: f32,
    /// Links below this are dropped, in nats.
    pub weight_min: f32,
    /// Fewest coincidences that make a link.
    pub coincidences_min: usize,
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

/// Pairs that one partition of the candidates gathers at most, roughly.
const PARTITION_PAIRS: usize = 8_000_000;
/// A motif of at most this many accounts makes its pairs candidates alone; larger ones must agree on a pair twice.
const ALONE_DEGREE_MAX: usize = 8;

/// Candidate pairs, sorted and distinct: those that a small motif or at least two larger ones propose.
///
/// O(Σ min(degree², degree · ring)) time; memory is bounded by partitions over the smaller account number, which run
/// in parallel.
pub fn candidates(motifs: &Motifs, accounts: usize, options: &LinkOptions) -> Vec<(u32, u32)> {
    let rank = ring_rank(motifs, accounts);
    let proposals = |m: u32| {
        let n = motifs.holders(m).len();
        if n <= options.pairs_degree_max { n * (n - 1) / 2 } else { n * options.ring }
    };
    let total: usize = (0..motifs.len() as u32).map(proposals).sum();
    let partitions = (total / PARTITION_PAIRS + 1).min(accounts.max(1));
    let rings: Vec<(u32, Vec<u32>)> = (0..motifs.len() as u32)
        .filter(|&m| motifs.holders(m).len() > options.pairs_degree_max)
        .map(|m| {
            let mut ring = motifs.holders(m).to_vec();
            ring.sort_unstable_by_key(|&a| rank[a as usize]);
            (m, ring)
        })
        .collect();
    let bound = |p: usize| (accounts * p / partitions) as u32;
    let parts: Vec<Vec<(u32, u32)>> = (0..partitions)
        .into_par_iter()
        .map(|p| partition(motifs, &rings, options, bound(p)..bound(p + 1)))
        .collect();
    parts.concat()
}

/// Candidates whose smaller account number lies in `range`.
fn partition(
    motifs: &Motifs,
    rings: &[(u32, Vec<u32>)],
    options: &LinkOptions,
    range: std::ops::Range<u32>,
) -> Vec<(u32, u32)> {
    let links = |m: u32| options.kind_trust[usize::from(motifs.motifs[m as usize].kind)] > 0.0;
    let mut pairs = Vec::new();
    for m in (0..motifs.len() as u32).filter(|&m| links(m)) {
        let members = motifs.holders(m);
        if members.len() > options.pairs_degree_max {
            continue;
        }
        let times = if members.len() <= ALONE_DEGREE_MAX { 2 } else { 1 };
        let (from, to) =
            (members.partition_point(|&a| a < range.start), members.partition_point(|&a| a < range.end));
        for i in from..to {
            for &b in &members[i + 1..] {
                (0..times).for_each(|_| pairs.push((members[i], b)));
            }
        }
    }
    for (_, ring) in rings.iter().filter(|(m, _)| links(*m)) {
        for i in 0..ring.len() {
            for step in 1..=options.ring {
                let (a, b) = (ring[i], ring[(i + step) % ring.len()]);
                if range.contains(&a.min(b)) {
                    pairs.push((a.min(b), a.max(b)));
                }
            }
        }
    }
    pairs.sort_unstable();
    let mut kept: Vec<(u32, u32)> =
        pairs.chunk_by(|x, y| x == y).filter(|g| g.len() >= 2).map(|g| g[0]).collect();
    kept.shrink_to_fit();
    kept
}

/// Places accounts that share motifs next to each other: by the two motifs of lowest hash among those they hold.
fn ring_rank(motifs: &Motifs, accounts: usize) -> Vec<(u64, u64, u32)> {
    (0..accounts as u32)
        .map(|a| {
            let mut low = [u64::MAX; 2];
            for held in motifs.of(a).iter().filter(|h| motifs.holders(h.motif).len() >= 4) {
                let hash = u64::from(held.motif + 1).wrapping_mul(0xA24B_AED4_963E_E407);
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
    motifs: &'a Motifs,
    activity: Activity<'a>,
    options: &'a LinkOptions,
    richness: Vec<f32>,
}

/// One shared motif.
struct Shared {
    layer: u8,
    weight: f32,
    occasions: (u32, u32),
}

impl<'a> Weigher<'a> {
    /// Prepares weighing. O(accounts).
    pub fn new(motifs: &'a Motifs, activity: Activity<'a>, options: &'a LinkOptions) -> Self {
        let held: Vec<f32> =
            (0..activity.exchanges.len() as u32).map(|a| motifs.of(a).len() as f32).collect();
        let touched = held.iter().filter(|&&h| h > 0.0).count().max(1);
        let mean = held.iter().sum::<f32>() / touched as f32;
        let richness = held.iter().map(|h| (h / mean.max(1.0)).max(1.0).ln()).collect();
        Self { motifs, activity, options, richness }
    }

    /// Weight per layer, in nats, and the number of coincidences. O(motifs of both).
    pub fn layers(&self, a: u32, b: u32) -> ([f32; LAYERS], usize) {
        let mut shared = self.shared(a, b);
        shared.sort_by(|x, y| x.layer.cmp(&y.layer).then(y.weight.total_cmp(&x.weight)));
        let mut layers = [0.0f32; LAYERS];
        let mut coincidences = 0;
        let (mut used_a, mut used_b) = (Vec::new(), Vec::new());
        for group in shared.chunk_by(|x, y| x.layer == y.layer) {
            let layer = usize::from(group[0].layer);
            used_a.clear();
            used_b.clear();
            let mut factor = 1.0;
            for one in group {
                let (at_a, at_b) = one.occasions;
                if used_a.contains(&at_a) || used_b.contains(&at_b) {
                    continue;
                }
                if at_a != ALWAYS {
                    used_a.push(at_a);
                    used_b.push(at_b);
                }
                layers[layer] += one.weight * factor;
                factor *= self.options.layer_decay[layer];
                coincidences += 1;
                if factor < 0.02 {
                    break;
                }
            }
            layers[layer] = layers[layer].min(self.options.layer_max);
        }
        (layers, coincidences)
    }

    fn shared(&self, a: u32, b: u32) -> Vec<Shared> {
        let (mine, theirs) = (self.motifs.of(a), self.motifs.of(b));
        let mut shared = Vec::new();
        let (mut i, mut j) = (0, 0);
        while i < mine.len() && j < theirs.len() {
            match mine[i].motif.cmp(&theirs[j].motif) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    let weight = self.weight((a, mine[i]), (b, theirs[j]));
                    if weight > 0.0 {
                        let layer = self.motifs.motifs[mine[i].motif as usize].layer;
                        shared.push(Shared {
                            layer,
                            weight,
                            occasions: (mine[i].occasion, theirs[j].occasion),
                        });
                    }
                    i += 1;
                    j += 1;
                }
            }
        }
        shared
    }

    fn weight(&self, (a, mine): (u32, Held), (b, theirs): (u32, Held)) -> f32 {
        let trust = self.options.kind_trust[usize::from(self.motifs.motifs[mine.motif as usize].kind)];
        let rarity = (self.activity.population as f32 / self.motifs.holders(mine.motif).len() as f32).ln();
        let rich = 0.5 * (self.richness[a as usize] + self.richness[b as usize]);
        let usage = |account: u32, held: Held| {
            if held.occasion == ALWAYS {
                return 1.0;
            }
            held.count as f32 / self.activity.exchanges[account as usize].max(1) as f32
        };
        let used = (usage(a, mine).min(usage(b, theirs)) / self.options.usage_full).min(1.0).sqrt();
        trust * used * (rarity - rich).max(0.0)
    }

    /// The link, where it is strong enough.
    pub fn link(&self, a: u32, b: u32) -> Option<Link> {
        let (layers, coincidences) = self.layers(a, b);
        let weight: f32 = layers.iter().sum();
        if weight < self.options.weight_min || coincidences < self.options.coincidences_min {
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
            coincidences_min: 2,
        }
    }

    fn motifs(touches: &[(u64, u32, u32)], accounts: usize) -> Motifs {
        let touch = |&(object, account, occasion): &(u64, u32, u32)| Touch {
            object,
            account,
            count: 5,
            occasion,
            kind: 0,
        };
        let mut objects = RareObjects::default();
        objects.add_partition(&mut touches.iter().map(touch).collect(), 100);
        Motifs::collapse(&objects, accounts, |_| 0)
    }

    const ACTIVITY: Activity<'static> = Activity { exchanges: &[10; 6], population: 1000 };

    #[test]
    fn what_is_rare_and_repeated_links() {
        let everybody = (0..6).map(|a| (1, a, 0));
        let rare = [(2, 0, 1), (2, 1, 1), (2, 2, 1), (3, 0, 2), (3, 1, 2), (4, 1, 3), (4, 2, 3)];
        let motifs = motifs(&everybody.chain(rare).collect::<Vec<_>>(), 6);
        let options = options();
        let weigher = Weigher::new(&motifs, ACTIVITY, &options);
        assert!(weigher.link(0, 1).is_some());
        assert!(weigher.link(0, 3).is_none(), "one popular object is no link");
        assert!(weigher.link(0, 1).unwrap().weight > weigher.layers(0, 2).0[0]);
    }

    #[test]
    fn objects_of_one_exchange_are_one_coincidence() {
        let same_exchange = [(1, 0, 7), (1, 1, 7), (2, 0, 7), (2, 1, 7), (2, 2, 0)];
        let motifs = motifs(&same_exchange, 6);
        let options = options();
        let weigher = Weigher::new(&motifs, ACTIVITY, &options);
        assert_eq!(weigher.layers(0, 1).1, 1);
        assert!(weigher.link(0, 1).is_none());
    }

    #[test]
    fn a_big_bucket_gives_a_ring_and_not_all_pairs() {
        // Two buckets of nearly the same accounts agree on neighbours; one alone proposes nothing.
        let one: Vec<_> = (0..50).map(|account| (1, account, 0)).collect();
        assert!(candidates(&motifs(&one, 51), 51, &options()).is_empty());
        let two: Vec<_> = one.iter().copied().chain((1..51).map(|account| (2, account, 1))).collect();
        let found = candidates(&motifs(&two, 51), 51, &options()).len();
        assert!((80..=100).contains(&found), "{found}");
    }
}
