//! Rare objects: who shares what, collapsed into motifs.
//!
//! One coincidence leaves many traces: two accounts that used the same prompt once share its template, its opening,
//! its phrases and its near-duplicate bands. Objects that exactly the same accounts touch are therefore one **motif**
//! and count once. Objects that many accounts touch carry little weight and are dropped above a degree cap: nobody
//! keeps a list of popular prompts or carrier NATs.

use rustc_hash::FxHashMap;

/// The occasion of an object that belongs to the account itself, such as a payment.
pub const ALWAYS: u32 = u32::MAX;

/// An account touched an object of some kind `count` times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touch {
    /// Hash of the object, its kind mixed in.
    pub object: u64,
    /// The account's number.
    pub account: u32,
    /// How often.
    pub count: u32,
    /// The account's own number of an occasion on which it did, [`ALWAYS`] where the object belongs to the account
    /// itself. Objects touched on one occasion are one coincidence.
    pub occasion: u32,
    /// The caller's kind of object.
    pub kind: u8,
}

/// Objects that at least two accounts share and at most `degree_max`, with who shares them.
#[derive(Clone, Debug, Default)]
pub struct RareObjects {
    ids: Vec<u64>,
    kinds: Vec<u8>,
    starts: Vec<u32>,
    accounts: Vec<u32>,
    counts: Vec<u32>,
    occasions: Vec<u32>,
}

impl RareObjects {
    /// Adds the objects of one partition; all touches of an object must be in the same partition. Drops from `touches`
    /// what is not shared and sorts the rest, O(T + S log S) for S of T touches.
    pub fn add_partition(&mut self, touches: &mut Vec<Touch>, degree_max: usize) {
        drop_lonely(touches);
        merge_touches(touches);
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        for group in touches.chunk_by(|a, b| a.object == b.object) {
            if (2..=degree_max).contains(&group.len()) {
                self.ids.push(group[0].object);
                self.kinds.push(group[0].kind);
                self.accounts.extend(group.iter().map(|t| t.account));
                self.counts.extend(group.iter().map(|t| t.count));
                self.occasions.extend(group.iter().map(|t| t.occasion));
                self.starts.push(self.accounts.len() as u32);
            }
        }
    }

    /// Joins another set of objects; the two must hold different objects.
    pub fn append(&mut self, other: &Self) {
        let base = self.accounts.len() as u32;
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.ids.extend_from_slice(&other.ids);
        self.kinds.extend_from_slice(&other.kinds);
        self.accounts.extend_from_slice(&other.accounts);
        self.counts.extend_from_slice(&other.counts);
        self.occasions.extend_from_slice(&other.occasions);
        self.starts.extend(other.starts.iter().skip(1).map(|s| s + base));
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Hash of an object.
    pub fn id(&self, object: usize) -> u64 {
        self.ids[object]
    }

    /// Kind of an object, as the caller numbered it.
    pub fn kind(&self, object: usize) -> u8 {
        self.kinds[object]
    }

    /// Accounts that touched an object, sorted.
    pub fn accounts(&self, object: usize) -> &[u32] {
        &self.accounts[self.starts[object] as usize..self.starts[object + 1] as usize]
    }

    /// How often each of [`accounts`](Self::accounts) touched it.
    pub fn counts(&self, object: usize) -> &[u32] {
        &self.counts[self.starts[object] as usize..self.starts[object + 1] as usize]
    }
}

/// Sorts touches by object and account and makes one of those of one object by one account: how often all of them
/// together, on the first occasion. O(T log T).
pub fn merge_touches(touches: &mut Vec<Touch>) {
    touches.sort_unstable_by_key(|t| (t.object, t.account));
    touches.dedup_by(|next, kept| {
        let same = (next.object, next.account) == (kept.object, kept.account);
        if same {
            kept.count = kept.count.saturating_add(next.count);
            kept.occasion = kept.occasion.min(next.occasion);
        }
        same
    });
}

/// Drops nearly all touches of objects that are touched once, which most are, before anything is sorted: two bits for
/// each place of a table tell which hashes came once and which oftener.
fn drop_lonely(touches: &mut Vec<Touch>) {
    // Eight places a touch: of the lonely ones seven in eight or more have a place to themselves.
    let places = (touches.len() * 8).next_power_of_two().max(64);
    let shift = 64 - places.trailing_zeros();
    let place = |t: &Touch| {
        let place = (t.object.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize;
        (place / 64, 1u64 << (place % 64))
    };
    let (mut once, mut twice) = (vec![0u64; places / 64], vec![0u64; places / 64]);
    for touch in touches.iter() {
        let (word, bit) = place(touch);
        twice[word] |= once[word] & bit;
        once[word] |= bit;
    }
    touches.retain(|touch| {
        let (word, bit) = place(touch);
        twice[word] & bit != 0
    });
}

/// Objects of one layer that the same accounts touch, counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Motif {
    /// The layer, as the caller numbered it.
    pub layer: u8,
    /// Kind of the object that stands for the motif: the kind that comes first.
    pub kind: u8,
}

/// One account's part in a motif.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Number of the motif.
    pub motif: u32,
    /// How often.
    pub count: u32,
    /// See [`Touch::occasion`].
    pub occasion: u32,
}

/// Motifs: who holds them and, per account, which.
#[derive(Clone, Debug, Default)]
pub struct Motifs {
    /// The motifs.
    pub motifs: Vec<Motif>,
    /// Motif of every rare object.
    pub motif_of: Vec<u32>,
    holder_starts: Vec<u32>,
    holders: Vec<u32>,
    starts: Vec<u32>,
    entries: Vec<Held>,
}

impl Motifs {
    /// Collapses objects that exactly the same accounts touch. `layer_of` maps a kind to its layer.
    /// O(total degree + accounts).
    pub fn collapse(objects: &RareObjects, accounts: usize, layer_of: impl Fn(u8) -> u8) -> Self {
        let mut by_set: FxHashMap<(u8, u64), u32> = FxHashMap::default();
        let mut motifs: Vec<Motif> = Vec::new();
        let mut first: Vec<u32> = Vec::new();
        let mut order: Vec<u32> = (0..objects.len() as u32).collect();
        order.sort_unstable_by_key(|&o| (objects.kind(o as usize), objects.id(o as usize)));
        let mut motif_of = vec![0; objects.len()];
        for object in order {
            let kind = objects.kind(object as usize);
            let layer = layer_of(kind);
            let key = (layer, set_hash(objects.accounts(object as usize)));
            motif_of[object as usize] = *by_set.entry(key).or_insert_with(|| {
                motifs.push(Motif { layer, kind });
                first.push(object);
                motifs.len() as u32 - 1
            });
        }
        let held = first.iter().enumerate().flat_map(|(m, &object)| {
            let object = object as usize;
            let (from, to) = (objects.starts[object] as usize, objects.starts[object + 1] as usize);
            (from..to).map(move |i| {
                let held = Held { motif: m as u32, count: objects.counts[i], occasion: objects.occasions[i] };
                (objects.accounts[i], held)
            })
        });
        Self::index(motifs, motif_of, held.collect(), accounts)
    }

    /// Joins motifs of one layer into coarser ones. `group_of` names the group of every motif, numbered from 0; a
    /// group's first motif stands for it.
    pub fn join(&self, group_of: &[u32], accounts: usize) -> Self {
        let groups = group_of.iter().max().map_or(0, |g| *g as usize + 1);
        let mut motifs: Vec<Option<Motif>> = vec![None; groups];
        for (motif, &g) in self.motifs.iter().zip(group_of) {
            motifs[g as usize].get_or_insert(*motif);
        }
        let mut held: Vec<(u32, Held)> = Vec::with_capacity(self.entries.len());
        for account in 0..accounts as u32 {
            let from = held.len();
            held.extend(
                self.of(account).iter().map(|h| (account, Held { motif: group_of[h.motif as usize], ..*h })),
            );
            held[from..].sort_unstable_by_key(|(_, h)| h.motif);
        }
        held.dedup_by(|next, kept| {
            let same = (next.0, next.1.motif) == (kept.0, kept.1.motif);
            if same {
                kept.1.count = kept.1.count.max(next.1.count);
                kept.1.occasion = kept.1.occasion.min(next.1.occasion);
            }
            same
        });
        let motif_of = self.motif_of.iter().map(|&m| group_of[m as usize]).collect();
        Self::index(motifs.into_iter().flatten().collect(), motif_of, held, accounts)
    }

    fn index(motifs: Vec<Motif>, motif_of: Vec<u32>, held: Vec<(u32, Held)>, accounts: usize) -> Self {
        let holder_starts = starts(held.iter().map(|(_, h)| h.motif), motifs.len());
        let account_starts = starts(held.iter().map(|(a, _)| *a), accounts);
        let (mut next_holder, mut next_entry) = (holder_starts.clone(), account_starts.clone());
        let mut holders = vec![0; held.len()];
        let mut entries = vec![Held { motif: 0, count: 0, occasion: 0 }; held.len()];
        for (account, h) in held {
            let at = &mut next_holder[h.motif as usize];
            holders[*at as usize] = account;
            *at += 1;
            let at = &mut next_entry[account as usize];
            entries[*at as usize] = h;
            *at += 1;
        }
        for m in 0..motifs.len() {
            holders[holder_starts[m] as usize..holder_starts[m + 1] as usize].sort_unstable();
        }
        for a in 0..accounts {
            entries[account_starts[a] as usize..account_starts[a + 1] as usize]
                .sort_unstable_by_key(|h| h.motif);
        }
        Self { motifs, motif_of, holder_starts, holders, starts: account_starts, entries }
    }

    /// Number of motifs.
    pub fn len(&self) -> usize {
        self.motifs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.motifs.is_empty()
    }

    /// Accounts that hold a motif, sorted.
    #[inline]
    pub fn holders(&self, motif: u32) -> &[u32] {
        &self.holders
            [self.holder_starts[motif as usize] as usize..self.holder_starts[motif as usize + 1] as usize]
    }

    /// Motifs that an account holds, by motif number.
    #[inline]
    pub fn of(&self, account: u32) -> &[Held] {
        &self.entries[self.starts[account as usize] as usize..self.starts[account as usize + 1] as usize]
    }
}

/// Where each key's entries begin, for a counting sort over keys `0..len`.
fn starts(keys: impl Iterator<Item = u32>, len: usize) -> Vec<u32> {
    let mut starts = vec![0u32; len + 1];
    keys.for_each(|k| starts[k as usize + 1] += 1);
    for i in 0..len {
        starts[i + 1] += starts[i];
    }
    starts
}

fn set_hash(accounts: &[u32]) -> u64 {
    accounts.iter().fold(accounts.len() as u64, |h, &a| {
        let x = (h ^ u64::from(a)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x ^ (x >> 29)
    })
}

#[cfg(test)]
mod tests {
    use super::{Motifs, RareObjects, Touch};

    fn touch(object: u64, account: u32) -> Touch {
        Touch { object, account, count: 1, kind: 0, occasion: 0 }
    }

    #[test]
    fn objects_of_one_account_or_of_too_many_do_not_link() {
        let mut objects = RareObjects::default();
        let mut touches = vec![touch(1, 0), touch(1, 0), touch(2, 0), touch(2, 1)];
        touches.extend((0..5).map(|a| touch(3, a)));
        objects.add_partition(&mut touches, 4);
        assert_eq!(objects.len(), 1);
        assert_eq!((objects.id(0), objects.accounts(0)), (2, &[0, 1][..]));
    }

    #[test]
    fn objects_with_the_same_accounts_are_one_motif() {
        let mut objects = RareObjects::default();
        let mut touches: Vec<Touch> = [7, 8, 9].iter().flat_map(|&o| [touch(o, 0), touch(o, 1)]).collect();
        touches.extend([touch(5, 1), touch(5, 2)]);
        objects.add_partition(&mut touches, 10);
        let motifs = Motifs::collapse(&objects, 3, |_| 0);
        assert_eq!(motifs.len(), 2);
        assert_eq!(motifs.of(1).len(), 2);
        assert_eq!(motifs.holders(motifs.of(0)[0].motif), [0, 1]);
    }

    #[test]
    fn joined_motifs_hold_the_union() {
        let mut objects = RareObjects::default();
        let mut touches = vec![touch(1, 0), touch(1, 1), touch(2, 1), touch(2, 2), touch(3, 0), touch(3, 3)];
        objects.add_partition(&mut touches, 10);
        let fine = Motifs::collapse(&objects, 4, |_| 0);
        let coarse = fine.join(&[0, 0, 1], 4);
        assert_eq!(coarse.holders(0), [0, 1, 2]);
        assert_eq!(coarse.of(1).len(), 1);
        assert_eq!(coarse.motif_of, [0, 0, 1]);
    }
}
