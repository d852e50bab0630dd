//! Who is vouched for: in a group that somebody vouches for, those whom his word is about. A campaign that stands beside
//! a licensed reseller's accounts, in one cluster with them, is no reseller for that.

use rustc_hash::{FxHashMap, FxHashSet};
use vigie_detectors::vouched;

use crate::assemble::Judged;
use crate::cluster::Index;
use crate::refine::labelled;

/// Fewest members that name one organisation for it to vouch for them.
const ORGANISATION_MIN: usize = 3;
/// Part of a group whose post goes to one domain from which on the domain is the group's.
const ONE_DOMAIN: f64 = 0.8;

/// Accounts that somebody vouches for as a group. O(members).
pub(crate) fn vouched_members(index: &Index<'_>, judged: &[Judged]) -> FxHashSet<u32> {
    let groups = judged.iter().filter(|j| vouched(&j.judgement.alternatives));
    groups.flat_map(|j| spoken_for(index, &j.cluster.members)).collect()
}

/// The members of a vouched group who carry a label, name an organisation that others of them name, or have their post at
/// the domain of nearly all.
fn spoken_for(index: &Index<'_>, members: &[u32]) -> Vec<u32> {
    let view = index.view;
    let organisation = |a: u32| Some(view.organisation(a as usize)).filter(|&o| o != 0);
    let domain = |a: u32| view.known[a as usize].and_then(|account| account.email_domain.as_deref());
    let organisations = counts(members.iter().filter_map(|&a| organisation(a)));
    let domains = counts(members.iter().filter_map(|&a| domain(a)));
    let named = |a: u32| organisation(a).is_some_and(|o| organisations[&o] >= ORGANISATION_MIN);
    let at_home = |a: u32| domain(a).is_some_and(|d| domains[d] as f64 >= ONE_DOMAIN * members.len() as f64);
    members.iter().copied().filter(|&a| labelled(index, a) || named(a) || at_home(a)).collect()
}

/// How often each comes.
fn counts<T: std::hash::Hash + Eq>(of: impl Iterator<Item = T>) -> FxHashMap<T, usize> {
    let mut counts = FxHashMap::default();
    of.for_each(|value| *counts.entry(value).or_default() += 1);
    counts
}

#[cfg(test)]
mod tests {
    use vigie_model::Explained;

    use super::vouched_members;
    use crate::cluster::gather;
    use crate::refine::labelled;
    use crate::staged::{Staged, staged};

    #[test]
    fn a_campaign_beside_labelled_accounts_is_not_vouched_for_with_them() {
        staged(|Staged { bench, campaigns, options, .. }| {
            let all = 0..bench.index.view.accounts() as u32;
            let licensed: Vec<u32> = all.filter(|&a| labelled(bench.index, a)).collect();
            let campaign = &campaigns[0].cluster.members;
            let mut members = [&licensed[..], &campaign[..licensed.len().min(campaign.len())]].concat();
            members.sort_unstable();
            let mut both = bench.look(gather(bench.index, members, options));
            let label = both.judgement.alternatives.iter_mut().find(|a| a.name == "licensed-or-verified");
            label.unwrap().explained = Explained::Yes;
            let vouched_for = vouched_members(bench.index, &[both]);
            assert!(licensed.iter().all(|a| vouched_for.contains(a)));
            assert!(campaign.iter().all(|a| !vouched_for.contains(a)));
        });
    }
}
