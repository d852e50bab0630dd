//! Clusters that are mostly the same accounts: which keeps them, and where goes what the other has left.

use rustc_hash::FxHashMap;

use crate::assemble::Judged;
use crate::cluster::ClusterOptions;
use crate::refine::alike;
use crate::verdict::{Bench, accused};

/// Accounts that look like a winner's, by the winner's place.
type Followers = FxHashMap<usize, Vec<u32>>;

/// Of two clusters that are mostly the same accounts, the one that rightly names more of them keeps them, so that a
/// clear part does not tear its network apart; what is left of the other is judged anew, on its own, and where that
/// makes no case, whoever looks like the cluster that was accused follows the accounts that it was accused with. Returns
/// the clusters, and the p-values of those that were left with nothing. O(clusters² · members).
pub(crate) fn resolve_overlaps(
    bench: &Bench<'_>,
    mut judged: Vec<Judged>,
    options: &ClusterOptions,
) -> (Vec<Judged>, Vec<f64>) {
    judged.sort_by(|a, b| {
        accused(b)
            .cmp(&accused(a))
            .then(b.expected().total_cmp(&a.expected()))
            .then(a.cluster.members.cmp(&b.cluster.members))
    });
    let (mut kept, mut taken) = (Vec::<Judged>::new(), Vec::new());
    let mut followers = Followers::default();
    for judged in judged {
        let Some(Left { stays, winner }) = left(&judged, &kept) else {
            kept.push(judged);
            continue;
        };
        let (p, q_value) = (judged.facts.chance, judged.q_value);
        let (was_accused, alike) = (accused(&judged), leftover(&judged, &stays));
        let enough = stays.iter().filter(|&&s| s).count() >= bench.settings.accounts_min;
        match enough.then(|| bench.judge(judged.cluster.keep(&stays))).flatten() {
            Some(rest) if accused(&rest) || !was_accused => {
                // Beside those who left, several campaigns may have looked like one.
                let parts = bench.unmix(rest, options).into_iter();
                kept.extend(parts.map(|part| Judged { q_value, ..part }));
            }
            _ => {
                if was_accused {
                    followers.entry(winner).or_default().extend(alike);
                }
                taken.push(p);
            }
        }
    }
    let place = |(place, winner): (usize, Judged)| match followers.get(&place) {
        Some(followers) => {
            let q_value = winner.q_value;
            Judged { q_value, ..bench.followed(winner, followers, options) }
        }
        None => winner,
    };
    (kept.into_iter().enumerate().map(place).collect(), taken)
}

/// What winners leave of a cluster.
struct Left {
    /// Whether each member is left.
    stays: Vec<bool>,
    /// The winner that takes most.
    winner: usize,
}

/// What is left of a cluster beside those that are mostly the same; `None` where none is.
fn left(judged: &Judged, kept: &[Judged]) -> Option<Left> {
    let members = &judged.cluster.members;
    let mut stays = vec![true; members.len()];
    let mut most = (0, 0);
    for (place, winner) in kept.iter().enumerate() {
        let theirs = &winner.cluster.members;
        let inside: Vec<bool> = members.iter().map(|a| theirs.binary_search(a).is_ok()).collect();
        let both = inside.iter().filter(|&&i| i).count();
        if both * 2 > members.len().min(theirs.len()) {
            stays.iter_mut().zip(inside).for_each(|(stays, inside)| *stays &= !inside);
            most = most.max((both, place));
        }
    }
    (most.0 > 0).then_some(Left { stays, winner: most.1 })
}

/// Members that are left and look like the others.
fn leftover(judged: &Judged, stays: &[bool]) -> Vec<u32> {
    let members = judged.cluster.members.iter().zip(&judged.likeness).zip(stays);
    members.filter(|((_, like), stays)| **stays && alike(like)).map(|((&a, _), _)| a).collect()
}

#[cfg(test)]
mod tests {
    use super::resolve_overlaps;
    use crate::assemble::Judged;
    use crate::staged::{Staged, staged};

    #[test]
    fn what_a_cluster_loses_follows_the_winner() {
        staged(|Staged { bench, campaigns, options, .. }| {
            let (mut left, mut followed) = (0, 0);
            for campaign in campaigns {
                let members = &campaign.cluster.members;
                let last = members.len() - 3;
                let most: Vec<bool> = (0..members.len()).map(|i| i < last).collect();
                let rest: Vec<bool> = (0..members.len()).map(|i| i >= last / 2).collect();
                let told = |stays: &[bool]| Judged {
                    q_value: 0.01,
                    ..bench.look(campaign.cluster.clone().keep(stays))
                };
                let (kept, _) = resolve_overlaps(bench, [&most[..], &rest].map(told).into(), options);
                assert!(kept.iter().all(|k| (k.q_value - 0.01).abs() < 1e-12), "none was tested anew");
                let named = |a: &&u32| kept.iter().any(|k| k.cluster.members.contains(a));
                left += 3;
                followed += members[last..].iter().filter(named).count();
            }
            assert!(followed * 2 > left, "{followed} of {left}");
        });
    }
}
