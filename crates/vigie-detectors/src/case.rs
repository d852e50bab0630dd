//! The case against a cluster: log-odds that most of its members belong to a campaign, as a sum of small decision trees
//! over the signals.
//!
//! The trees are boosted (Friedman 2001) on the clusters of simulated worlds under one constraint: the direction of
//! every signal is fixed beforehand, so that what speaks for innocence can never accuse, whatever else is true of the
//! cluster. `cargo run --release -p vigie-bench --bin fit` makes the worlds, fits the trees and writes
//! `case_weights.rs`; the error on worlds that were left out is in the method page.
//! What lives here: the sum. What does not: signals, innocent explanations, the verdict.

use crate::case_weights::FOREST;
use crate::facts::Facts;
use crate::readings::Readings;
use crate::signals::signals;

/// Log-odds, in nats. O(trees).
pub(crate) fn log_odds(facts: &Facts, readings: &Readings) -> f64 {
    FOREST.log_odds(&signals(facts, readings))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::case_weights::FOREST;
    use crate::signals::{Direction, SIGNAL, SIGNALS};

    proptest! {
        #[test]
        fn a_signal_moves_the_odds_in_its_direction_whatever_the_others_say(
            mut signals in proptest::collection::vec(-1.0..12.0f64, SIGNALS),
            at in 0..SIGNALS,
            more in 0.0..20.0f64,
        ) {
            let before = FOREST.log_odds(&signals);
            signals[at] += more;
            let after = FOREST.log_odds(&signals);
            match SIGNAL[at].direction {
                Direction::Raises => prop_assert!(after >= before - 1e-6),
                Direction::Lowers => prop_assert!(after <= before + 1e-6),
            }
        }
    }
}
