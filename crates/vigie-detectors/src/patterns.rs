//! What tells one pattern of abuse from another, once it is clear that a cluster is a campaign.
//!
//! Each detector has a forest of its own, fitted on the campaigns of simulated worlds against those of all other
//! patterns. Here no direction is fixed: naming accuses nobody.

use crate::facts::Facts;
use crate::readings::{Readings, excess, mark};
use crate::signals::{SIGNALS, signals};

/// Numbers that patterns are told by: the signals, the marks one by one, and some of shape.
pub const FEATURES: usize = SIGNALS + mark::COUNT + 8;

/// The numbers of a cluster. O(1).
pub fn features(facts: &Facts, readings: &Readings) -> [f64; FEATURES] {
    let mut features = [0.0; FEATURES];
    features[..SIGNALS].copy_from_slice(&signals(facts, readings));
    for m in 0..mark::COUNT {
        features[SIGNALS + m] = excess(facts, m);
    }
    features[SIGNALS + mark::COUNT..].copy_from_slice(&[
        (facts.size.per_account + 1.0).ln(),
        (facts.content.words + 1.0).ln(),
        facts.content.single_turn.observed,
        facts.content.top_template,
        facts.content.similarity.observed,
        facts.history.taken_over,
        facts.rhythm.flatness.observed,
        facts.identity.domain_purity,
    ]);
    features.iter_mut().filter(|x| !x.is_finite()).for_each(|x| *x = 0.0);
    features
}
