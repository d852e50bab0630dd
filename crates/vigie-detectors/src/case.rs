//! The case against a cluster: a weighed sum of readings, as log-odds that most of its members belong to a campaign.
//!
//! The weights are those of a logistic regression (L2-regularised; the sign of every term fixed beforehand, so that
//! what speaks for innocence can never accuse) over the clusters of simulated worlds, made by two generators that were
//! written apart from each other, with and without the accounts table. Its out-of-sample error is in the method page.
//! What lives here: the sum. What does not: readings, innocent explanations, the verdict.

use crate::facts::Facts;
use crate::readings::{Readings, grade};

/// One term of the sum.
struct Term {
    weight: f64,
    value: fn(&Facts, &Readings) -> f64,
}

/// Log-odds of a cluster that shows nothing.
const NOTHING: f64 = -5.59;

const TERMS: [Term; 22] = [
    Term { weight: 5.34, value: |_, r| r.taken_over },
    Term { weight: 2.04, value: |_, r| r.common_origin },
    Term { weight: 1.89, value: |_, r| r.serial_sign_up },
    Term { weight: 2.03, value: |_, r| r.replaced },
    Term { weight: 1.75, value: |_, r| r.persona_scripts },
    Term { weight: 1.55, value: |_, r| r.sleepless },
    Term { weight: 1.40, value: |_, r| r.equal_portions },
    Term { weight: 1.27, value: |_, r| r.common_payment },
    Term { weight: 0.86, value: |_, r| r.failed_payments },
    Term { weight: 0.83, value: |_, r| r.long_answers },
    Term { weight: 0.65, value: |_, r| r.harmful_scripts },
    Term { weight: 0.62, value: |_, r| r.in_step },
    Term { weight: 0.56, value: |_, r| r.began_together },
    Term { weight: 0.31, value: |_, r| bound(r) },
    Term { weight: 0.35, value: |_, r| bound(r).min(1.0) * (r.drive() - r.taken_over).min(2.0) },
    Term { weight: 2.77, value: |f, _| grade(f.identity.stopped - f.identity.stopped_expected, 0.03, 0.3) },
    Term { weight: 0.42, value: |f, _| grade(f.rhythm.release_turn.excess(), 0.1, 0.5) },
    Term { weight: 1.23, value: |f, _| unlikely(f.chance) },
    Term { weight: -4.44, value: |_, r| r.declared },
    Term { weight: -3.62, value: |f, _| f.identity.known * (1.0 - f.identity.paying) },
    Term { weight: -2.48, value: |f, _| one_house(f) },
    Term { weight: -0.37, value: |f, _| grade(f.content.overlap, 0.2, 0.6) },
];

/// Ties other than a takeover.
fn bound(readings: &Readings) -> f64 {
    (readings.ties() - 2.0 * readings.taken_over).min(2.0)
}

/// 0 at p = 1, 1 at p = 0.0025 and below.
fn unlikely(p: f64) -> f64 {
    if p > 0.0 { (-p.ln() / 6.0).clamp(0.0, 1.0) } else { 0.0 }
}

/// Members sign up under one e-mail domain of their own, which a firm does and an operation that hides does not; a
/// school's accounts are a school's even where others use the domain, too.
fn one_house(facts: &Facts) -> f64 {
    let identity = &facts.identity;
    let own = grade(identity.top_domain, 0.6, 0.95) * grade(identity.domain_purity, 0.5, 0.9);
    own + 0.69 * identity.academic
}

/// Log-odds, in nats. O(1).
pub(crate) fn log_odds(facts: &Facts, readings: &Readings) -> f64 {
    NOTHING + TERMS.iter().map(|term| term.weight * (term.value)(facts, readings)).sum::<f64>()
}
