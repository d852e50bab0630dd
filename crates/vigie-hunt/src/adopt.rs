//! Accounts that no cluster held and that look like a campaign's: those that asked so little of its job that nothing but
//! the campaign itself, once it is known, tells them from anybody else.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_model::Kind;

use crate::assemble::Judged;
use crate::cluster::{ClusterOptions, gather, near};
use crate::refine::{SURE, labelled};
use crate::ties::tied;
use crate::verdict::{Bench, accused, union};
use crate::vouched::vouched_members;

/// Part of a campaign's members as many accounts as which are looked at beside it at a time: strangers must not make up
/// what members are compared with. In all it is as many as there are members.
const BATCH: usize = 4;
/// Fewest accounts that are looked at, and at a time.
const LOOKED_AT_MIN: usize = 10;
/// Rounds at most: who is taken in may bear what leads to others.
const ROUNDS: usize = 4;

/// Takes into each accused campaign whoever is in none, is vouched for by nobody, bears its marks or is tied to members
/// and looks like them in everything else. An intruder's victims are told by their own intrusion and take in nobody.
/// O(rounds · (holders of what the campaigns' members hold, and their rows)).
pub(crate) fn adopt(bench: &Bench<'_>, mut judged: Vec<Judged>, options: &ClusterOptions) -> Vec<Judged> {
    let mut beside: Vec<Beside> = judged.iter().map(|_| Beside::default()).collect();
    for _ in 0..ROUNDS {
        let members = |judged: &[Judged]| judged.iter().map(|j| j.cluster.members.len()).sum::<usize>();
        let before = members(&judged);
        judged = round(bench, judged, &mut beside, options);
        if members(&judged) == before {
            break;
        }
    }
    judged
}

/// What stands beside a campaign, kept from round to round while its members stay the same.
#[derive(Default)]
struct Beside {
    /// Accounts that bear its marks, then those that are tied to its members, once these were asked for.
    near: Option<Vec<u32>>,
    /// Those that were looked at last.
    looked_at: Vec<u32>,
    /// Those of them that look like its members, with the log-odds that they are, in nats.
    alike: Vec<(u32, f64)>,
}

fn round(
    bench: &Bench<'_>,
    judged: Vec<Judged>,
    beside: &mut [Beside],
    options: &ClusterOptions,
) -> Vec<Judged> {
    let adopts = |j: &Judged| accused(j) && j.judgement.kind != Kind::KeyTakeover;
    let mut settled = vouched_members(bench.index, &judged);
    settled.extend(judged.iter().filter(|j| accused(j)).flat_map(|j| &j.cluster.members));
    judged
        .par_iter()
        .zip(&mut *beside)
        .filter(|(j, _)| adopts(j))
        .for_each(|(j, beside)| look_beside(bench, j, &settled, options, beside));
    let mut best: FxHashMap<u32, (f64, usize)> = FxHashMap::default();
    for (campaign, beside) in beside.iter().enumerate() {
        for &(account, odds) in &beside.alike {
            let first = best.entry(account).or_insert((odds, campaign));
            if odds > first.0 {
                *first = (odds, campaign);
            }
        }
    }
    let taken_in = |(campaign, (judged, beside)): (usize, (Judged, &mut Beside))| {
        let mine = |&(account, _): &(u32, f64)| best[&account].1 == campaign;
        let adopted: Vec<u32> =
            beside.alike.iter().copied().filter(mine).map(|(account, _)| account).collect();
        if adopted.is_empty() {
            return judged;
        }
        let members = union([&adopted[..], &judged.cluster.members]);
        let whole = bench.look(gather(bench.index, members, options));
        if !accused(&whole) {
            return judged;
        }
        *beside = Beside::default();
        Judged { q_value: judged.q_value, ..whole }
    };
    judged.into_par_iter().zip(beside).enumerate().map(taken_in).collect()
}

/// Looks for accounts that are not `settled` – named elsewhere, or vouched for – and look like the campaign's.
fn look_beside(
    bench: &Bench<'_>,
    judged: &Judged,
    settled: &FxHashSet<u32>,
    options: &ClusterOptions,
    beside: &mut Beside,
) {
    let index = bench.index;
    let members = &judged.cluster.members;
    let near = beside.near.get_or_insert_with(|| {
        let mut near = near(index, &judged.cluster, options);
        let known: FxHashSet<u32> = near.iter().copied().collect();
        near.extend(tied(index, &judged.cluster).into_iter().filter(|a| !known.contains(a)));
        near
    });
    let stranger = |a: &u32| !settled.contains(a) && !labelled(index, *a);
    let looked_at = members.len().max(LOOKED_AT_MIN);
    let outside: Vec<u32> = near.iter().copied().filter(stranger).take(looked_at).collect();
    if outside == beside.looked_at {
        return;
    }
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
    beside.looked_at = outside;
    beside.alike = alike;
}

#[cfg(test)]
mod tests {
    use super::adopt;
    use crate::assemble::Judged;
    use crate::staged::{Staged, staged};
    use crate::verdict::union;

    #[test]
    fn members_that_were_left_out_come_back_and_hardly_an_honest_account_comes() {
        staged(|Staged { bench, campaigns, options, guilty, .. }| {
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
