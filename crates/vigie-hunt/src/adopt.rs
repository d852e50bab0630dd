//! Accounts that no cluster held and that look like a campaign's: those that asked so little of its job that nothing but
//! the campaign itself, once it is known, tells them from anybody else.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_model::Kind;

use crate::assemble::Judged;
use crate::cluster::{ClusterOptions, gather, near};
use crate::refine::{SURE, labelled};
use crate::verdict::{Bench, accused, union, vouched_members};

/// Part of a campaign's members as many accounts as which are looked at beside it at a time: strangers must not make up
/// what members are compared with. In all it is as many as there are members.
const BATCH: usize = 4;
/// Fewest accounts that are looked at, and at a time.
const LOOKED_AT_MIN: usize = 10;
/// Rounds at most: who is taken in may bear what leads to others.
const ROUNDS: usize = 4;

/// Takes into each accused campaign whoever is in none, is vouched for by nobody, bears its marks and looks like its
/// members in everything else. An intruder's victims are told by their own intrusion and take in nobody.
/// O(rounds · (holders of the campaigns' marks and their rows)).
pub(crate) fn adopt(bench: &Bench<'_>, mut judged: Vec<Judged>, options: &ClusterOptions) -> Vec<Judged> {
    for _ in 0..ROUNDS {
        let members = |judged: &[Judged]| judged.iter().map(|j| j.cluster.members.len()).sum::<usize>();
        let before = members(&judged);
        judged = round(bench, judged, options);
        if members(&judged) == before {
            break;
        }
    }
    judged
}

fn round(bench: &Bench<'_>, judged: Vec<Judged>, options: &ClusterOptions) -> Vec<Judged> {
    let adopts = |j: &Judged| accused(j) && j.judgement.kind != Kind::KeyTakeover;
    let mut settled = vouched_members(&judged);
    settled.extend(judged.iter().filter(|j| accused(j)).flat_map(|j| &j.cluster.members));
    let alike: Vec<Vec<(u32, f64)>> = judged
        .par_iter()
        .map(|j| if adopts(j) { outsiders(bench, j, &settled, options) } else { Vec::new() })
        .collect();
    let mut best: FxHashMap<u32, (f64, usize)> = FxHashMap::default();
    for (campaign, alike) in alike.iter().enumerate() {
        for &(account, odds) in alike {
            let first = best.entry(account).or_insert((odds, campaign));
            if odds > first.0 {
                *first = (odds, campaign);
            }
        }
    }
    let taken_in = |(campaign, judged): (usize, Judged)| {
        let mine = |&(account, _): &(u32, f64)| best[&account].1 == campaign;
        let adopted: Vec<u32> =
            alike[campaign].iter().copied().filter(mine).map(|(account, _)| account).collect();
        if adopted.is_empty() {
            return judged;
        }
        let members = union([&adopted[..], &judged.cluster.members]);
        let whole = bench.look(gather(bench.index, members, options));
        if accused(&whole) { Judged { q_value: judged.q_value, ..whole } } else { judged }
    };
    judged.into_iter().enumerate().collect::<Vec<_>>().into_par_iter().map(taken_in).collect()
}

/// Accounts that are not `settled` – named elsewhere, or vouched for – and look like the campaign's, with the log-odds
/// that they are, in nats.
fn outsiders(
    bench: &Bench<'_>,
    judged: &Judged,
    settled: &FxHashSet<u32>,
    options: &ClusterOptions,
) -> Vec<(u32, f64)> {
    let index = bench.index;
    let members = &judged.cluster.members;
    let mut outside = near(index, &judged.cluster, options);
    outside.retain(|a| !settled.contains(a) && !labelled(index, *a));
    outside.truncate(members.len().max(LOOKED_AT_MIN));
    let batch = (members.len() / BATCH).max(LOOKED_AT_MIN);
    let mut alike = Vec::new();
    for strangers in outside.chunks(batch) {
        let mut whole = bench.look(gather(index, union([strangers, members]), options));
        if whole.likeness.is_empty() {
            bench.compare(&mut whole);
        }
        let strangers: FxHashSet<u32> = strangers.iter().copied().collect();
        let compared = whole.cluster.members.iter().zip(&whole.likeness);
        let odds = compared.map(|(&account, like)| (account, like.log_odds()));
        alike.extend(odds.filter(|(account, odds)| *odds >= SURE && strangers.contains(account)));
    }
    alike
}

#[cfg(test)]
mod tests {
    use super::adopt;
    use crate::assemble::Judged;
    use crate::staged::{Staged, staged};
    use crate::verdict::union;

    #[test]
    fn members_that_were_left_out_come_back_and_hardly_an_honest_account_comes() {
        staged(|Staged { bench, campaigns, options, guilty }| {
            let quarter = |i: usize| i.is_multiple_of(4);
            let (mut parts, mut out) = (Vec::new(), Vec::new());
            for campaign in campaigns {
                let members = &campaign.cluster.members;
                let stays: Vec<bool> = (0..members.len()).map(|i| !quarter(i)).collect();
                out.extend((0..members.len()).filter(|&i| quarter(i)).map(|i| members[i]));
                parts.push(bench.look(campaign.cluster.clone().keep(&stays)));
            }
            let named = |of: &[Judged]| union(of.iter().map(|j| &j.cluster.members[..]));
            let before = named(&parts);
            let mut came = named(&adopt(bench, parts, options));
            came.retain(|a| before.binary_search(a).is_err());
            let back = out.iter().filter(|a| came.binary_search(a).is_ok()).count();
            let honest = came.iter().filter(|&&a| !guilty[a as usize]).count();
            assert!(back * 2 > out.len(), "{back} of {} came back", out.len());
            assert!(honest * 20 <= came.len(), "{honest} of {} that came are honest", came.len());
        });
    }
}
