//! Links: why two accounts belong together, layer by layer, as log-likelihood ratios against chance.
//!
//! Candidate pairs come from motifs: all pairs of a small motif, a few neighbours in a ring for a large one – never all
//! pairs of a big bucket. The ring's order is by what accounts share, so that accounts of one operation stand side by
//! side in every bucket they share. Each candidate is then weighed exactly, over everything that the two share. What
//! one exchange shares in many ways is one coincidence.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use crate::candidates::{Proposer, Tally};
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

/// Links of all accounts that share motifs, sorted by the accounts' numbers.
///
/// O(Σ min(degree², degree · ring) + pairs · motifs of the second) time. Memory: the links, the rings and one byte or
/// less per account and motif and thread; candidate pairs are never held.
pub fn links(motifs: &Motifs, activity: Activity<'_>, options: &LinkOptions) -> Vec<Link> {
    let accounts = activity.exchanges.len();
    let proposer = Proposer::new(motifs, accounts, options);
    let weigher = Weigher::new(motifs, activity, options);
    let linked = |(tally, partners, seat): &mut (Tally, Vec<u32>, Seat), a: u32| -> Vec<Link> {
        proposer.partners(a, tally, partners);
        weigher.sit(a, seat);
        let found = partners.iter().filter_map(|&b| weigher.link_seated(seat, b)).collect();
        weigher.rise(seat);
        found
    };
    let found: Vec<Vec<Link>> = (0..accounts as u32)
        .into_par_iter()
        .with_min_len(ACCOUNTS_AT_ONCE)
        .map_init(|| (Tally::new(accounts), Vec::new(), Seat::new(motifs.len())), linked)
        .collect();
    found.concat()
}

/// Accounts that one thread takes at once, so that its scratch space pays.
const ACCOUNTS_AT_ONCE: usize = 256;

/// Weighs pairs of accounts over everything that they share.
#[derive(Debug)]
pub struct Weigher<'a> {
    motifs: &'a Motifs,
    activity: Activity<'a>,
    options: &'a LinkOptions,
    richness: Vec<f32>,
    /// ln of how rare each motif is.
    rarity: Vec<f32>,
}

/// One shared motif.
struct Shared {
    layer: u8,
    weight: f32,
    occasions: (u32, u32),
}

/// One motif of the seated account, with what weighing needs to know of it.
#[derive(Clone, Copy)]
struct Mine {
    layer: u8,
    occasion: u32,
    trust: f32,
    usage: f32,
    rarity: f32,
}

/// One account whose motifs are marked, so that each of many partners costs a walk over its own motifs only; with the
/// scratch space of weighing.
struct Seat {
    account: u32,
    /// One bit a motif.
    held: Vec<u64>,
    /// For each word of `held` that is not 0: how many of `mine` come before its first.
    before: Vec<u32>,
    /// The seated account's motifs, by motif number.
    mine: Vec<Mine>,
    shared: Vec<Shared>,
    used: (Vec<u32>, Vec<u32>),
}

impl Seat {
    fn new(motifs: usize) -> Self {
        let words = motifs.div_ceil(64);
        Self {
            account: 0,
            held: vec![0; words],
            before: vec![0; words],
            mine: Vec::new(),
            shared: Vec::new(),
            used: Default::default(),
        }
    }

    /// The seated account's part in a motif, where it holds it.
    #[inline]
    fn part(&self, motif: u32) -> Option<&Mine> {
        let (word, bit) = (motif as usize / 64, motif % 64);
        let held = self.held[word];
        if held >> bit & 1 == 0 {
            return None;
        }
        let lower = held & ((1 << bit) - 1);
        self.mine.get(self.before[word] as usize + lower.count_ones() as usize)
    }
}

impl<'a> Weigher<'a> {
    /// Prepares weighing. O(accounts + motifs).
    pub fn new(motifs: &'a Motifs, activity: Activity<'a>, options: &'a LinkOptions) -> Self {
        let held: Vec<f32> =
            (0..activity.exchanges.len() as u32).map(|a| motifs.of(a).len() as f32).collect();
        let touched = held.iter().filter(|&&h| h > 0.0).count().max(1);
        let mean = held.iter().sum::<f32>() / touched as f32;
        let richness = held.iter().map(|h| (h / mean.max(1.0)).max(1.0).ln()).collect();
        let rarity = (0..motifs.len() as u32)
            .map(|m| (activity.population as f32 / motifs.holders(m).len() as f32).ln())
            .collect();
        Self { motifs, activity, options, richness, rarity }
    }

    /// Weight per layer, in nats, and the number of coincidences. O(motifs of both); [`links`] is faster for many.
    pub fn layers(&self, a: u32, b: u32) -> ([f32; LAYERS], usize) {
        let mut seat = Seat::new(self.motifs.len());
        self.sit(a, &mut seat);
        self.layers_seated(&mut seat, b)
    }

    /// The link, where it is strong enough. O(motifs of both); [`links`] is faster for many.
    pub fn link(&self, a: u32, b: u32) -> Option<Link> {
        let mut seat = Seat::new(self.motifs.len());
        self.sit(a, &mut seat);
        self.link_seated(&mut seat, b)
    }

    fn sit(&self, account: u32, seat: &mut Seat) {
        seat.account = account;
        seat.mine.clear();
        for &held in self.motifs.of(account) {
            let motif = self.motifs.motifs[held.motif as usize];
            let word = held.motif as usize / 64;
            if seat.held[word] == 0 {
                seat.before[word] = seat.mine.len() as u32;
            }
            seat.held[word] |= 1 << (held.motif % 64);
            seat.mine.push(Mine {
                layer: motif.layer,
                occasion: held.occasion,
                trust: self.options.kind_trust[usize::from(motif.kind)],
                usage: self.usage(account, held),
                rarity: self.rarity[held.motif as usize],
            });
        }
    }

    fn rise(&self, seat: &mut Seat) {
        for held in self.motifs.of(seat.account) {
            seat.held[held.motif as usize / 64] = 0;
        }
    }

    fn layers_seated(&self, seat: &mut Seat, b: u32) -> ([f32; LAYERS], usize) {
        self.share(seat, b);
        let Seat { shared, used: (used_a, used_b), .. } = seat;
        shared.sort_by(|x, y| x.layer.cmp(&y.layer).then(y.weight.total_cmp(&x.weight)));
        let mut layers = [0.0f32; LAYERS];
        let mut coincidences = 0;
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

    /// Gathers what the seated account shares with `b`, by motif number.
    fn share(&self, seat: &mut Seat, b: u32) {
        let mut shared = std::mem::take(&mut seat.shared);
        shared.clear();
        let rich = 0.5 * (self.richness[seat.account as usize] + self.richness[b as usize]);
        for &theirs in self.motifs.of(b) {
            let Some(mine) = seat.part(theirs.motif) else { continue };
            let usage = mine.usage.min(self.usage(b, theirs));
            let used = (usage / self.options.usage_full).min(1.0).sqrt();
            let weight = mine.trust * used * (mine.rarity - rich).max(0.0);
            if weight > 0.0 {
                shared.push(Shared {
                    layer: mine.layer,
                    weight,
                    occasions: (mine.occasion, theirs.occasion),
                });
            }
        }
        seat.shared = shared;
    }

    /// Share of an account's exchanges in which it touched a motif; 1 where the motif belongs to the account itself.
    #[inline]
    fn usage(&self, account: u32, held: Held) -> f32 {
        if held.occasion == ALWAYS {
            return 1.0;
        }
        held.count as f32 / self.activity.exchanges[account as usize].max(1) as f32
    }

    fn link_seated(&self, seat: &mut Seat, b: u32) -> Option<Link> {
        let (layers, coincidences) = self.layers_seated(seat, b);
        let weight: f32 = layers.iter().sum();
        if weight < self.options.weight_min || coincidences < self.options.coincidences_min {
            return None;
        }
        let strongest =
            (0..LAYERS).max_by(|&x, &y| layers[x].total_cmp(&layers[y]).then(y.cmp(&x))).unwrap_or(0);
        Some(Link { a: seat.account, b, weight, strongest: strongest as u8 })
    }
}

#[cfg(test)]
mod tests {
    use super::{Activity, LAYERS, LinkOptions, Weigher};
    use crate::candidates::{Proposer, Tally};
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

    fn candidates(motifs: &Motifs, accounts: usize) -> usize {
        let options = options();
        let proposer = Proposer::new(motifs, accounts, &options);
        let (mut tally, mut partners) = (Tally::new(accounts), Vec::new());
        let of = |a: u32| {
            proposer.partners(a, &mut tally, &mut partners);
            partners.len()
        };
        (0..accounts as u32).map(of).sum()
    }

    #[test]
    fn a_big_bucket_gives_a_ring_and_not_all_pairs() {
        // Two buckets of nearly the same accounts agree on neighbours; one alone proposes nothing.
        let one: Vec<_> = (0..50).map(|account| (1, account, 0)).collect();
        assert_eq!(candidates(&motifs(&one, 51), 51), 0);
        let two: Vec<_> = one.iter().copied().chain((1..51).map(|account| (2, account, 1))).collect();
        let found = candidates(&motifs(&two, 51), 51);
        assert!((80..=100).contains(&found), "{found}");
    }
}
