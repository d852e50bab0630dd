//! Who holds what and who is in touch with whom, real or redrawn.
//!
//! Two views of one table. **Contacts**: an object that is itself an account joins the two directly, as a transfer
//! does. **Holdings**: every other object that at least two accounts touched. Both can be redrawn at random as the
//! null model of the hunt:
//!
//! * contacts by shuffling their ends, which keeps every account's number of contacts (configuration model, Molloy &
//!   Reed 1995);
//! * holdings by shuffling objects among the holdings of one layer, which keeps how many objects every account
//!   touched, when, and how popular every object is, and breaks only what coordination makes: the same objects
//!   together, at the same time (as in Newman, Strogatz & Watts 2001 for two-sided graphs).

use rustc_hash::FxHashSet;

use super::rng::Rng;
use super::table::Table;

/// Times kept of one account's touches of one object.
const TIMES_MAX: usize = 16;

/// An account holds an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) object: u32,
    /// Stretch of `times`.
    from: u32,
    to: u32,
}

/// Both views.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incidence {
    /// Accounts that are directly in touch, smaller number first, sorted.
    pub(crate) contacts: Vec<(u32, u32)>,
    /// Number of contacts of every account.
    pub(crate) degree: Vec<u32>,
    /// First touch of every account.
    pub(crate) began: Vec<i64>,
    holdings: Vec<Holding>,
    starts: Vec<u32>,
    /// Accounts that hold an object, in object order.
    holders: Vec<u32>,
    holder_starts: Vec<u32>,
    times: Vec<i64>,
    layer_of: Vec<u8>,
}

impl Incidence {
    /// Reads the table. O(T log T).
    pub(crate) fn new(table: &Table) -> Self {
        let direct: Vec<Option<u32>> =
            (0..table.objects.len() as u32).map(|o| table.account_named(o)).collect();
        let mut contacts = Vec::new();
        let mut held: Vec<(u32, Holding)> = Vec::new();
        let mut times = Vec::new();
        for run in table.rows.chunk_by(|x, y| (x.account, x.object) == (y.account, y.object)) {
            let (account, object) = (run[0].account, run[0].object);
            if let Some(other) = direct[object as usize] {
                if other != account {
                    contacts.push((account.min(other), account.max(other)));
                }
                continue;
            }
            let from = times.len() as u32;
            times.extend(run.iter().take(TIMES_MAX).map(|r| r.time));
            held.push((account, Holding { object, from, to: times.len() as u32 }));
        }
        contacts.sort_unstable();
        contacts.dedup();
        let began = (0..table.accounts.len() as u32)
            .map(|a| table.of(a).iter().map(|r| r.time).min().unwrap_or_default())
            .collect();
        let mut this = Self { times, began, layer_of: table.layer_of.clone(), ..Self::default() };
        this.set_contacts(contacts, table.accounts.len());
        this.set_holdings(held, table.accounts.len());
        this
    }

    fn set_contacts(&mut self, contacts: Vec<(u32, u32)>, accounts: usize) {
        self.degree = vec![0; accounts];
        for &(a, b) in &contacts {
            self.degree[a as usize] += 1;
            self.degree[b as usize] += 1;
        }
        self.contacts = contacts;
    }

    fn set_holdings(&mut self, mut held: Vec<(u32, Holding)>, accounts: usize) {
        held.sort_unstable_by_key(|(a, h)| (*a, h.object, h.from));
        held.dedup_by_key(|(a, h)| (*a, h.object));
        let objects = self.layer_of.len();
        self.starts = prefix(held.iter().map(|(a, _)| *a), accounts);
        self.holder_starts = prefix(held.iter().map(|(_, h)| h.object), objects);
        let mut next = self.holder_starts.clone();
        self.holders = vec![0; held.len()];
        for (account, holding) in &held {
            let at = &mut next[holding.object as usize];
            self.holders[*at as usize] = *account;
            *at += 1;
        }
        self.holdings = held.into_iter().map(|(_, h)| h).collect();
    }

    /// One draw from the null model. O(T log T).
    pub(crate) fn redrawn(&self, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let accounts = self.degree.len();
        let mut this = Self {
            times: self.times.clone(),
            began: self.began.clone(),
            layer_of: self.layer_of.clone(),
            ..Self::default()
        };
        this.set_contacts(self.redrawn_contacts(&mut rng), accounts);
        let mut held: Vec<(u32, Holding)> =
            (0..accounts as u32).flat_map(|a| self.of(a).iter().map(move |h| (a, *h))).collect();
        held.sort_by_key(|(_, h)| self.layer_of[h.object as usize]);
        for layer in
            held.chunk_by_mut(|x, y| self.layer_of[x.1.object as usize] == self.layer_of[y.1.object as usize])
        {
            for i in (1..layer.len()).rev() {
                let j = rng.below(i + 1);
                let object = layer[i].1.object;
                layer[i].1.object = layer[j].1.object;
                layer[j].1.object = object;
            }
        }
        this.set_holdings(held, accounts);
        this
    }

    /// Contacts with their ends shuffled. An end that would meet its own account or a contact that is there already is
    /// tried again a few times and then dropped.
    fn redrawn_contacts(&self, rng: &mut Rng) -> Vec<(u32, u32)> {
        let mut ends: Vec<u32> = self.contacts.iter().flat_map(|&(a, b)| [a, b]).collect();
        let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
        for _ in 0..8 {
            for i in (1..ends.len()).rev() {
                ends.swap(i, rng.below(i + 1));
            }
            let mut left = Vec::new();
            for pair in ends.chunks_exact(2) {
                let contact = (pair[0].min(pair[1]), pair[0].max(pair[1]));
                if contact.0 == contact.1 || !seen.insert(contact) {
                    left.extend_from_slice(pair);
                }
            }
            ends = left;
            if ends.is_empty() {
                break;
            }
        }
        let mut contacts: Vec<(u32, u32)> = seen.into_iter().collect();
        contacts.sort_unstable();
        contacts
    }

    /// Number of accounts.
    pub(crate) fn accounts(&self) -> usize {
        self.degree.len()
    }

    /// Number of objects, direct ones included.
    pub(crate) fn objects(&self) -> u32 {
        self.layer_of.len() as u32
    }

    /// Layer of an object.
    pub(crate) fn layer(&self, object: u32) -> u8 {
        self.layer_of[object as usize]
    }

    /// What an account holds, by object.
    pub(crate) fn of(&self, account: u32) -> &[Holding] {
        &self.holdings[self.starts[account as usize] as usize..self.starts[account as usize + 1] as usize]
    }

    /// Who holds an object, by account.
    pub(crate) fn holders(&self, object: u32) -> &[u32] {
        let starts = &self.holder_starts;
        &self.holders[starts[object as usize] as usize..starts[object as usize + 1] as usize]
    }

    /// Times of all touches that are not contacts, in no order.
    pub(crate) fn all_times(&self) -> &[i64] {
        &self.times
    }

    /// When the account touched the object, sorted.
    pub(crate) fn times(&self, holding: Holding) -> &[i64] {
        &self.times[holding.from as usize..holding.to as usize]
    }

    /// The account's holding of an object.
    pub(crate) fn holding(&self, account: u32, object: u32) -> Option<Holding> {
        let of = self.of(account);
        of.binary_search_by_key(&object, |h| h.object).ok().map(|i| of[i])
    }
}

/// Where each key's entries begin, for keys `0..len`.
fn prefix(keys: impl Iterator<Item = u32>, len: usize) -> Vec<u32> {
    let mut starts = vec![0u32; len + 1];
    keys.for_each(|k| starts[k as usize + 1] += 1);
    for i in 0..len {
        starts[i + 1] += starts[i];
    }
    starts
}
