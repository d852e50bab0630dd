//! Candidate pairs, account by account: what small motifs propose alone and larger ones agree on.
//!
//! Pairs are never held all at once: the caller takes one account's partners, weighs them and goes on. What a pair is
//! worth is the business of `links`.

use crate::links::LinkOptions;
use crate::objects::Motifs;

/// A motif of at most this many accounts makes its pairs candidates alone; larger ones must agree on a pair twice.
const ALONE_DEGREE_MAX: usize = 8;

/// Proposes partners. Holds a ring for every motif that is too large for all of its pairs.
pub(crate) struct Proposer<'a> {
    motifs: &'a Motifs,
    options: &'a LinkOptions,
    /// Accounts of all rings, ring after ring.
    rings: Vec<u32>,
    ring_starts: Vec<u32>,
    /// Where each account stands: ring number and place in it.
    places: Vec<(u32, u32)>,
    place_starts: Vec<u32>,
}

/// Counts how often each account was proposed; one per thread.
pub(crate) struct Tally {
    times: Vec<u8>,
    proposed: Vec<u32>,
}

impl Tally {
    pub(crate) fn new(accounts: usize) -> Self {
        Self { times: vec![0; accounts], proposed: Vec::new() }
    }

    fn add(&mut self, account: u32, times: u8) {
        let seen = &mut self.times[account as usize];
        if *seen == 0 {
            self.proposed.push(account);
        }
        *seen = seen.saturating_add(times);
    }
}

impl<'a> Proposer<'a> {
    /// Lays out the rings. O(total degree · log).
    pub(crate) fn new(motifs: &'a Motifs, accounts: usize, options: &'a LinkOptions) -> Self {
        let rank = ring_rank(motifs, accounts);
        let (mut rings, mut ring_starts) = (Vec::new(), vec![0]);
        let mut place_starts = vec![0u32; accounts + 1];
        for m in (0..motifs.len() as u32).filter(|&m| links(motifs, m, options)) {
            let holders = motifs.holders(m);
            if holders.len() <= options.pairs_degree_max {
                continue;
            }
            let from = rings.len();
            rings.extend_from_slice(holders);
            rings[from..].sort_unstable_by_key(|&a| rank[a as usize]);
            ring_starts.push(rings.len() as u32);
            holders.iter().for_each(|&a| place_starts[a as usize + 1] += 1);
        }
        for a in 0..accounts {
            place_starts[a + 1] += place_starts[a];
        }
        let mut next = place_starts.clone();
        let mut places = vec![(0, 0); rings.len()];
        for ring in 0..ring_starts.len() - 1 {
            let (from, to) = (ring_starts[ring] as usize, ring_starts[ring + 1] as usize);
            for (place, &a) in rings[from..to].iter().enumerate() {
                places[next[a as usize] as usize] = (ring as u32, place as u32);
                next[a as usize] += 1;
            }
        }
        Self { motifs, options, rings, ring_starts, places, place_starts }
    }

    /// Later accounts that a small motif or at least two larger ones pair with `a`, sorted. O(pairs proposed).
    pub(crate) fn partners(&self, a: u32, tally: &mut Tally, partners: &mut Vec<u32>) {
        for held in self.motifs.of(a).iter().filter(|h| links(self.motifs, h.motif, self.options)) {
            let members = self.motifs.holders(held.motif);
            if members.len() <= self.options.pairs_degree_max {
                let times = if members.len() <= ALONE_DEGREE_MAX { 2 } else { 1 };
                let later = members.partition_point(|&b| b <= a);
                members[later..].iter().for_each(|&b| tally.add(b, times));
            }
        }
        let (from, to) = (self.place_starts[a as usize] as usize, self.place_starts[a as usize + 1] as usize);
        for &(ring, place) in &self.places[from..to] {
            self.neighbours(ring as usize, place as usize, |b| {
                if b > a {
                    tally.add(b, 1);
                }
            });
        }
        partners.clear();
        for b in tally.proposed.drain(..) {
            if std::mem::take(&mut tally.times[b as usize]) >= 2 {
                partners.push(b);
            }
        }
        partners.sort_unstable();
    }

    /// Calls `visit` with who stands within reach on either side.
    fn neighbours(&self, ring: usize, place: usize, mut visit: impl FnMut(u32)) {
        let ring = &self.rings[self.ring_starts[ring] as usize..self.ring_starts[ring + 1] as usize];
        for step in 1..=self.options.ring {
            visit(ring[(place + step) % ring.len()]);
            visit(ring[(place + ring.len() - step % ring.len()) % ring.len()]);
        }
    }
}

/// Whether a motif may link at all.
fn links(motifs: &Motifs, motif: u32, options: &LinkOptions) -> bool {
    options.kind_trust[usize::from(motifs.motifs[motif as usize].kind)] > 0.0
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
