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
/// intruder's victims: whoever shows an intrusion stays, however unlike the others it is in all else.
pub(crate) fn stays(
    index: &Index<'_>,
    population: &Population,
    cluster: &Cluster,
    likeness: &[Likeness],
    victims: bool,
) -> Vec<bool> {
    cluster
        .members
        .iter()
        .zip(likeness)
        .map(|(&a, like)| {
            let broken_into = victims && population.takeovers[a as usize].is_some();
            let belongs = broken_into || alike(like);
            belongs && !labelled(index, a)
        })
        .collect()
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
