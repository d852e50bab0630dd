//! The workers' parts become one lake that depends on the rows alone: neither how they were split into batches, nor in
//! which order they came, nor how many threads ran changes it. Nor do rows that come later change what is kept of
//! earlier ones: of two rows with one id the earlier stays.

use std::hash::Hasher;

use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator,
    ParallelIterator,
};
use rayon::slice::ParallelSliceMut;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::examples::Sampler;
use crate::fold::{Folded, Worker, mix};
use crate::lake::{Lake, Presence};
use crate::rows::Rows;

/// Number of a chunk and of a row in it.
type Place = (u32, u32);

/// Joins the workers' parts. O(rows · log of an account's rows).
pub(crate) fn gather(workers: Vec<Worker>) -> Lake {
    let mut lake = Lake::default();
    let mut chunks = Vec::new();
    let mut names: FxHashMap<u64, Box<str>> = FxHashMap::default();
    let mut sampler = Sampler::default();
    let mut presence = Presence::default();
    for worker in workers {
        names.extend(worker.accounts);
        sampler.merge(worker.sampler);
        presence.merge(&worker.presence);
        lake.system_phrases.extend(worker.system_phrases);
        chunks.extend(worker.chunks);
    }
    lake.examples = sampler.finish();
    lake.coverage = presence.coverage();
    let mut names: Vec<(Box<str>, u64)> = names.into_iter().map(|(hash, name)| (name, hash)).collect();
    names.par_sort_unstable();
    let index: FxHashMap<u64, u32> =
        names.iter().enumerate().map(|(i, (_, hash))| (*hash, i as u32)).collect();
    lake.accounts = names.into_iter().map(|(name, _)| name).collect();
    chunks.par_iter_mut().for_each(|chunk| {
        for (number, hash) in chunk.rows.account.iter_mut().zip(&chunk.account) {
            *number = index.get(hash).copied().unwrap_or_default();
        }
    });
    let repeated = repeated(&chunks);
    lake.duplicates = repeated.iter().map(|&(c, row)| chunks[c as usize].rows.time[row as usize]).collect();
    lake.duplicates.sort_unstable();
    lake.starts = starts(&chunks, lake.accounts.len(), &repeated);
    let order = order(&chunks, &lake.starts, &repeated);
    for &(c, row) in &order {
        lake.event_text.push_str(chunks[c as usize].event_id(row as usize));
        lake.event_ends.push(lake.event_text.len() as u64);
    }
    lake.organisations = organisations(&chunks, &order);
    lake.rows = Rows::gather(chunks.into_iter().map(|c| c.rows).collect(), &order);
    lake
}

/// Parts of the space of ids that are sorted on their own.
const PARTITIONS: u64 = 16;

/// Rows whose event or response was seen in an earlier row; of rows at one time the one whose account, then content
/// comes first counts as the earlier.
fn repeated(chunks: &[Folded]) -> FxHashSet<Place> {
    let twice: FxHashSet<u64> = (0..PARTITIONS).into_par_iter().flat_map_iter(|p| twice(chunks, p)).collect();
    let mut repeated = FxHashSet::default();
    if twice.is_empty() {
        return repeated;
    }
    let mut suspects: Vec<(i64, u32, u64, u64, Place)> = Vec::new();
    for (c, chunk) in chunks.iter().enumerate() {
        for (row, &identity) in chunk.identity.iter().enumerate() {
            if ids(identity).iter().any(|id| twice.contains(id)) {
                let (time, account) = (chunk.rows.time[row], chunk.rows.account[row]);
                suspects.push((time, account, identity.0, digest(chunk, row), (c as u32, row as u32)));
            }
        }
    }
    suspects.par_sort_unstable();
    let mut seen: FxHashSet<u64> = FxHashSet::default();
    for (.., place) in suspects {
        let [event, response] = ids(chunks[place.0 as usize].identity[place.1 as usize]);
        let fresh = seen.insert(event) & (response == 0 || seen.insert(response));
        if !fresh {
            repeated.insert(place);
        }
    }
    repeated
}

/// Ids of an exchange, events and responses apart; 0 where there is no response.
fn ids((event, response): (u64, u64)) -> [u64; 2] {
    [mix(event, 1).max(1), if response == 0 { 0 } else { mix(response, 2).max(1) }]
}

/// Ids of one partition that come more than once.
fn twice(chunks: &[Folded], partition: u64) -> Vec<u64> {
    let all = chunks.iter().flat_map(|c| &c.identity).flat_map(|&identity| ids(identity));
    let mut ids: Vec<u64> = all.filter(|&id| id != 0 && id % PARTITIONS == partition).collect();
    ids.sort_unstable();
    ids.chunk_by(|x, y| x == y).filter(|group| group.len() > 1).map(|group| group[0]).collect()
}

/// Everything that is kept of a row, as a number: decides between rows that are told apart by nothing else.
fn digest(chunk: &Folded, row: usize) -> u64 {
    let mut hasher = FxHasher::default();
    chunk.rows.digest(row, &mut hasher);
    hasher.write_u64(chunk.organisation[row]);
    hasher.finish()
}

/// Where each account's rows begin once the repeated ones are gone; one longer than the accounts.
fn starts(chunks: &[Folded], accounts: usize, repeated: &FxHashSet<Place>) -> Vec<usize> {
    let mut starts = vec![0; accounts + 1];
    chunks.iter().flat_map(|c| &c.rows.account).for_each(|&a| starts[a as usize + 1] += 1);
    for &(c, row) in repeated {
        starts[chunks[c as usize].rows.account[row as usize] as usize + 1] -= 1;
    }
    for i in 0..accounts {
        starts[i + 1] += starts[i];
    }
    starts
}

/// Rows by account, then time, then event.
fn order(chunks: &[Folded], starts: &[usize], repeated: &FxHashSet<Place>) -> Vec<Place> {
    let mut keyed = vec![(0i64, 0u64, (0u32, 0u32)); starts.last().copied().unwrap_or(0)];
    let mut next = starts.to_vec();
    for (c, chunk) in chunks.iter().enumerate() {
        for (row, &account) in chunk.rows.account.iter().enumerate() {
            let place = (c as u32, row as u32);
            if repeated.is_empty() || !repeated.contains(&place) {
                let at = &mut next[account as usize];
                keyed[*at] = (chunk.rows.time[row], chunk.identity[row].0, place);
                *at += 1;
            }
        }
    }
    let mut rest = keyed.as_mut_slice();
    let mut accounts = Vec::with_capacity(starts.len());
    for pair in starts.windows(2) {
        let (own, others) = rest.split_at_mut(pair[1] - pair[0]);
        accounts.push(own);
        rest = others;
    }
    accounts.into_par_iter().with_min_len(64).for_each(<[_]>::sort_unstable);
    keyed.par_iter().map(|&(_, _, place)| place).collect()
}

/// Where the organisation that rows name changes.
fn organisations(chunks: &[Folded], order: &[Place]) -> Vec<(usize, u64)> {
    let mut runs: Vec<(usize, u64)> = Vec::new();
    for (at, &(c, row)) in order.iter().enumerate() {
        let organisation = chunks[c as usize].organisation[row as usize];
        if runs.last().is_none_or(|run| run.1 != organisation) {
            runs.push((at, organisation));
        }
    }
    runs
}
