//! SynchroTrap: accounts that act on the same objects at the same times.
//!
//! Source: Cao, Yang, Yu, Palow, "Uncovering large groups of active malicious accounts in online social networks",
//! CCS 2014. Faithful: actions are ⟨user, time, constraint object⟩; two users match where they act on one object within
//! the same time window, windows overlap by half; similarity is the Jaccard index of the users' sets of ⟨object,
//! window⟩; single-linkage clustering, of which an account's score is the similarity at which its cluster reaches the
//! minimal size. Adapted: constraint objects are client addresses and masked prompts; windows that more than
//! `CROWD` accounts share are left out (the paper filters popular objects as well); accounts with fewer than
//! `ACTIONS_MIN` distinct actions are left out, since two single actions match too easily.

use rustc_hash::FxHashMap;
use vigie_graph::UnionFind;
use vigie_model::Micros;

use super::Verdict;
use crate::digest::{Digest, Seen};

/// Accounts in one window of one object beyond which it says nothing.
const CROWD: usize = 100;
/// Distinct actions that an account needs.
const ACTIONS_MIN: u32 = 5;
/// Accounts that a cluster needs.
const ACCOUNTS_MIN: usize = 5;
/// Similarity at which the clusters are accused.
const SIMILARITY: f64 = 0.5;
/// Pairs held at a time: bounds memory, and a log with more near pairs than that is cut off at the crowded end.
const PAIRS_MAX: usize = 40_000_000;

/// Runs every constraint object with windows of an hour and of a day.
pub fn run(digest: &Digest) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (object, of) in
        [("address", [true, false]), ("prompt", [false, true]), ("address or prompt", [true, true])]
    {
        for (window, name) in [(Micros::HOUR, "an hour"), (Micros::DAY, "a day")] {
            let (actions, sizes) = actions(digest, of, window);
            let pairs = pairs(&actions);
            verdicts.push(cluster(digest.len(), &pairs, &sizes, format!("same {object} within {name}")));
        }
    }
    verdicts
}

/// ⟨object and window, account⟩, sorted and distinct, and the number of actions of each account.
fn actions(digest: &Digest, of: [bool; 2], window: i64) -> (Vec<(u64, u32)>, Vec<u32>) {
    let keys = |row: &Seen| {
        let objects = [row.address * u64::from(of[0]), row.template * u64::from(of[1])];
        let windows = [row.time.div_euclid(window) * 2, (row.time + window / 2).div_euclid(window) * 2 + 1];
        objects.into_iter().filter(|&o| o != 0).flat_map(move |o| windows.map(|w| mix(o, w as u64)))
    };
    let mut actions: Vec<(u64, u32)> =
        digest.rows().iter().flat_map(|row| keys(row).map(|key| (key, row.account))).collect();
    actions.sort_unstable();
    actions.dedup();
    let mut sizes = vec![0; digest.len()];
    for (_, account) in &actions {
        sizes[*account as usize] += 1;
    }
    // Half of the windows are the other half shifted: every action counts twice, the threshold too.
    actions.retain(|(_, account)| sizes[*account as usize] >= 2 * ACTIONS_MIN);
    (actions, sizes)
}

fn mix(object: u64, window: u64) -> u64 {
    (object ^ window.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(31)
}

/// How many actions two accounts share, for all that share any.
fn pairs(actions: &[(u64, u32)]) -> Vec<((u32, u32), u32)> {
    let mut crowds: Vec<&[(u64, u32)]> =
        actions.chunk_by(|a, b| a.0 == b.0).filter(|c| (2..=CROWD).contains(&c.len())).collect();
    // Small crowds say most, should the limit bite.
    crowds.sort_by_key(|c| c.len());
    let mut shared: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    for crowd in crowds {
        for (i, (_, a)) in crowd.iter().enumerate() {
            for (_, b) in &crowd[i + 1..] {
                *shared.entry((*a, *b)).or_insert(0) += 1;
            }
        }
        if shared.len() > PAIRS_MAX {
            break;
        }
    }
    shared.into_iter().collect()
}

fn cluster(accounts: usize, pairs: &[((u32, u32), u32)], sizes: &[u32], setting: String) -> Verdict {
    let similarity = |&((a, b), both): &((u32, u32), u32)| {
        f64::from(both) / f64::from(sizes[a as usize] + sizes[b as usize] - both)
    };
    let mut edges: Vec<(f64, u32, u32)> = pairs.iter().map(|p| (similarity(p), p.0.0, p.0.1)).collect();
    edges.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut sets = UnionFind::new(accounts);
    // Members wait until their cluster is large enough; who waits nowhere has a score.
    let mut waiting: Vec<Vec<u32>> = (0..accounts as u32).map(|a| vec![a]).collect();
    let (mut scores, mut groups) = (Vec::new(), None);
    for (similarity, a, b) in edges {
        if similarity < SIMILARITY && groups.is_none() {
            groups = Some(sets.groups(ACCOUNTS_MIN));
        }
        let (root_a, root_b) = (sets.find(a) as usize, sets.find(b) as usize);
        if !sets.union(a, b) {
            continue;
        }
        let large = waiting[root_a].is_empty() || waiting[root_b].is_empty();
        let mut members = std::mem::take(&mut waiting[root_a]);
        members.append(&mut waiting[root_b]);
        if large || members.len() >= ACCOUNTS_MIN {
            scores.extend(members.into_iter().map(|account| (account, similarity)));
        } else {
            waiting[sets.find(a) as usize] = members;
        }
    }
    let groups = groups.unwrap_or_else(|| sets.groups(ACCOUNTS_MIN));
    Verdict { setting, scores, groups }
}

#[cfg(test)]
mod tests {
    use crate::digest::tests::digest;

    #[test]
    fn lockstep_is_one_cluster_and_the_same_work_at_other_times_is_none() {
        let prompts: Vec<String> =
            (0..12).map(|i| format!("item {} of the list", "ab".repeat(i + 1))).collect();
        let mut rows = Vec::new();
        for (i, prompt) in prompts.iter().enumerate() {
            for bot in ["b0", "b1", "b2", "b3", "b4", "b5"] {
                rows.push((bot, i as i64 * 86_400, "pool", prompt.as_str()));
            }
            for (shift, user) in ["u0", "u1", "u2", "u3", "u4", "u5"].into_iter().enumerate() {
                rows.push((user, (i + 20 * (shift + 1)) as i64 * 86_400, user, prompt.as_str()));
            }
        }
        let digest = digest(&rows, &[]);
        for verdict in super::run(&digest) {
            assert_eq!(verdict.groups, [[0, 1, 2, 3, 4, 5]], "{}", verdict.setting);
            assert_eq!(verdict.scores.len(), 6, "{}", verdict.setting);
            assert!(verdict.scores.iter().all(|s| s.1 == 1.0), "{}", verdict.setting);
        }
    }
}
