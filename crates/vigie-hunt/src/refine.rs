//! A second look at the members of a cluster: who looks like a campaign's account stays, who does not is let go.

use vigie_model::known_labels;

use crate::cluster::{Cluster, Index};
use crate::member::Likeness;
use crate::population::Population;

/// Log-odds that a member needs to stay: about four and a half to one.
const STAYS: f64 = 1.5;

/// Log-odds from which an account belongs to a campaign whatever speaks for another grouping: twenty to one.
pub(crate) const SURE: f64 = 3.0;

/// Log-odds that a member of a mixture needs to belong to its core.
const CORE: f64 = 0.0;

/// Whether a member looks like one of its campaign's.
pub(crate) fn alike(like: &Likeness) -> bool {
    like.log_odds() >= STAYS
}

/// Which members of a mixture look like one campaign's.
pub(crate) fn core(likeness: &[Likeness]) -> Vec<bool> {
    likeness.iter().map(|like| like.log_odds_anywhere() >= CORE).collect()
}

/// Which members of an accused cluster stay, in the order of the cluster's members. `victims` says that the cluster is an
/// intruder's victims: whoever was [broken into](broken_into) stays, however unlike the others it is in all else.
pub(crate) fn stays(
    index: &Index<'_>,
    population: &Population,
    cluster: &Cluster,
    likeness: &[Likeness],
    victims: bool,
) -> Vec<bool> {
    let broken_into = if victims {
        broken_into(&cluster.members, &population.rings, |a| population.takeovers[a as usize].is_some())
    } else {
        vec![false; cluster.members.len()]
    };
    let compared = cluster.members.iter().zip(likeness).zip(broken_into);
    compared.map(|((&a, like), broken_into)| (broken_into || alike(like)) && !labelled(index, a)).collect()
}

/// Which members an intruder broke into: where most are of rings, each sorted, whoever is of one, else whose own log
/// shows it. Owners who come back after days of silence show it, too.
fn broken_into(members: &[u32], rings: &[Vec<u32>], shown: impl Fn(u32) -> bool) -> Vec<bool> {
    let of_a_ring = |a: &u32| rings.iter().any(|ring| ring.binary_search(a).is_ok());
    let tried: Vec<bool> = members.iter().map(of_a_ring).collect();
    if tried.iter().filter(|&&tried| tried).count() * 2 > members.len() {
        tried
    } else {
        members.iter().map(|&a| shown(a)).collect()
    }
}

/// Whether the operator's own label vouches for the account.
pub(crate) fn labelled(index: &Index<'_>, account: u32) -> bool {
    let Some(account) = index.view.known[account as usize] else { return false };
    [
        known_labels::LICENSED_RESELLER,
        known_labels::VERIFIED_RESEARCHER,
        known_labels::OWN_MODEL_DISTILLATION,
        known_labels::INTERNAL,
    ]
    .iter()
    .any(|label| account.has_label(label))
}

#[cfg(test)]
mod tests {
    use super::broken_into;

    #[test]
    fn an_intrusion_of_its_own_tells_no_victim_beside_a_ring() {
        let shown = |a: u32| a >= 4;
        let rings = [vec![0, 1, 2], vec![3, 9]];
        assert_eq!(broken_into(&[0, 1, 3, 4, 5], &rings, shown), [true, true, true, false, false]);
        assert_eq!(broken_into(&[0, 3, 4, 5, 6], &rings, shown), [false, false, true, true, true]);
    }
}
