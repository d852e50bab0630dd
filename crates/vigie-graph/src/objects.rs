//! Rare objects: who shares what, collapsed into motifs.
//!
//! One coincidence leaves many traces: two accounts that used the same prompt once share its template, its opening,
//! its phrases and its near-duplicate bands. Objects that exactly the same accounts touch are therefore one **motif**
//! and count once. Objects that many accounts touch carry little weight and are dropped above a degree cap: nobody
//! keeps a list of popular prompts or carrier NATs.

use rustc_hash::FxHashMap;

/// An account touched an object of some kind `count` times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touch {
    /// Hash of the object, its kind mixed in.
    pub object: u64,
    /// The account's number.
    pub account: u32,
    /// How often.
    pub count: u32,
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
}

impl RareObjects {
    /// Adds the objects of one partition; all touches of an object must be in the same partition. Sorts in place,
    /// O(T log T).
    pub fn add_partition(&mut self, touches: &mut Vec<Touch>, degree_max: usize) {
        touches.sort_unstable_by_key(|t| (t.object, t.account));
        touches.dedup_by(|next, kept| {
            let same = (next.object, next.account) == (kept.object, kept.account);
            if same {
                kept.count = kept.count.saturating_add(next.count);
            }
            same
        });
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        for group in touches.chunk_by(|a, b| a.object == b.object) {
            if (2..=degree_max).contains(&group.len()) {
                self.ids.push(group[0].object);
                self.kinds.push(group[0].kind);
                self.accounts.extend(group.iter().map(|t| t.account));
                self.counts.extend(group.iter().map(|t| t.count));
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

/// Objects of one layer that exactly the same accounts touch, counted once.
#[derive(Clone, Debug)]
pub struct Motif {
    /// The layer, as the caller numbered it.
    pub layer: u8,
    /// The object that stands for the motif: of the kind that comes first, then the smallest hash.
    pub object: u32,
    /// How many objects it collapses.
    pub size: u32,
}

/// Motifs and, per account, which motifs it touched.
#[derive(Clone, Debug, Default)]
pub struct Motifs {
    /// The motifs, by representative object.
    pub motifs: Vec<Motif>,
    starts: Vec<u32>,
    entries: Vec<(u32, u32)>,
}

impl Motifs {
    /// Collapses rare objects. `layer_of` maps a kind to its layer. O(total degree + accounts).
    pub fn collapse(objects: &RareObjects, accounts: usize, layer_of: impl Fn(u8) -> u8) -> Self {
        let mut by_set: FxHashMap<(u8, u64), u32> = FxHashMap::default();
        let mut motifs: Vec<Motif> = Vec::new();
        let mut order: Vec<u32> = (0..objects.len() as u32).collect();
        order.sort_unstable_by_key(|&o| (objects.kind(o as usize), objects.id(o as usize)));
        for object in order {
            let layer = layer_of(objects.kind(object as usize));
            let key = (layer, set_hash(objects.accounts(object as usize)));
            match by_set.get(&key) {
                Some(&m) => motifs[m as usize].size += 1,
                None => {
                    by_set.insert(key, motifs.len() as u32);
                    motifs.push(Motif { layer, object, size: 1 });
                }
            }
        }
        let mut starts = vec![0u32; accounts + 1];
        for motif in &motifs {
            for &a in objects.accounts(motif.object as usize) {
                starts[a as usize + 1] += 1;
            }
        }
        for i in 0..accounts {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0); starts[accounts] as usize];
        for (m, motif) in motifs.iter().enumerate() {
            let object = motif.object as usize;
            for (&a, &count) in objects.accounts(object).iter().zip(objects.counts(object)) {
                entries[next[a as usize] as usize] = (m as u32, count);
                next[a as usize] += 1;
            }
        }
        Self { motifs, starts, entries }
    }

    /// Motifs that an account touched with how often, by motif number.
    pub fn of(&self, account: u32) -> &[(u32, u32)] {
        &self.entries[self.starts[account as usize] as usize..self.starts[account as usize + 1] as usize]
    }
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
        Touch { object, account, count: 1, kind: 0 }
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
        assert_eq!(motifs.motifs.len(), 2);
        assert_eq!(motifs.of(1).len(), 2);
        assert_eq!(motifs.motifs[motifs.of(0)[0].0 as usize].size, 3);
    }
}
