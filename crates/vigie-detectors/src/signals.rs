//! Signals: what the case against a cluster is weighed from. Each is one number with a direction that is fixed by what
//! it means: what speaks for a campaign can only raise the odds, what speaks for innocence can only lower them.
//!
//! Language and country are no signals. What nobody could see is at the value that speaks least.

use crate::facts::{Contrast, Facts};
use crate::readings::{Readings, harm, personas, training};

/// What a higher value does to the odds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Speaks for a campaign.
    Raises,
    /// Speaks for innocence.
    Lowers,
}

/// One signal.
#[derive(Clone, Copy, Debug)]
pub struct Signal {
    /// Its name in tables.
    pub name: &'static str,
    /// What a higher value does.
    pub direction: Direction,
    value: fn(&Facts, &Readings) -> f64,
}

const fn raises(name: &'static str, value: fn(&Facts, &Readings) -> f64) -> Signal {
    Signal { name, direction: Direction::Raises, value }
}

const fn lowers(name: &'static str, value: fn(&Facts, &Readings) -> f64) -> Signal {
    Signal { name, direction: Direction::Lowers, value }
}

/// Number of signals.
pub const SIGNALS: usize = 58;

/// All signals, in the order of the weights.
pub const SIGNAL: [Signal; SIGNALS] = [
    raises("one-client", |f, _| f.origin.one_client.observed),
    raises("one-client-surprise", |f, _| surprise(&f.origin.one_client)),
    raises("one-setting", |f, _| f.origin.one_setting.observed),
    raises("one-setting-surprise", |f, _| surprise(&f.origin.one_setting)),
    raises("one-model", |f, _| f.origin.one_model.observed),
    raises("one-model-surprise", |f, _| surprise(&f.origin.one_model)),
    raises("one-job", |f, _| f.content.similarity.observed / f.content.similarity.expected.max(0.005)),
    raises("one-job-surprise", |f, _| surprise(&f.content.similarity)),
    raises("wrapped", |f, _| f.content.wrapped),
    raises("distinct", |f, _| f.content.distinct),
    raises("reframed", |f, _| f.content.reframed),
    raises("frame-changes", |f, _| f.content.frame_changes),
    raises("single-turn", |f, _| f.content.single_turn.observed - f.content.single_turn.expected),
    raises("single-turn-surprise", |f, _| surprise(&f.content.single_turn)),
    raises("output-ratio", |f, _| f.content.output_ratio),
    raises("refused", |f, _| f.content.refused),
    raises("log-probabilities", |f, _| f.content.logprobs),
    raises("training", |f, _| training(f)),
    raises("personas", |f, _| personas(f)),
    raises("harm", |f, _| harm(f)),
    raises("evenness", |f, _| f.size.evenness.observed - f.size.evenness.expected),
    raises("evenness-surprise", |f, _| surprise(&f.size.evenness)),
    raises("synchrony", |f, _| f.rhythm.synchrony.observed - f.rhythm.synchrony.expected),
    raises("synchrony-surprise", |f, _| surprise(&f.rhythm.synchrony)),
    raises("common-start", |f, _| f.rhythm.common_start.observed - f.rhythm.common_start.expected),
    raises("common-start-surprise", |f, _| surprise(&f.rhythm.common_start)),
    raises("sleepless", |f, _| f.rhythm.flatness.observed - f.rhythm.flatness.expected),
    raises("sleepless-surprise", |f, _| surprise(&f.rhythm.flatness)),
    raises("release-turn", |f, _| f.rhythm.release_turn.observed - f.rhythm.release_turn.expected),
    raises("chance", |f, _| if f.chance > 0.0 { -f.chance.ln() } else { 0.0 }),
    raises("shared-address", |f, _| f.origin.shared_address),
    raises("address-purity", |f, _| f.origin.address_purity),
    raises("shared-network", |f, _| f.origin.shared_network),
    raises("common-origin", |_, r| r.common_origin),
    raises("shared-payment", |f, _| (1.0 - f.identity.declared) * f.identity.shared_payment),
    raises("failed-payments", |f, _| f.identity.failed_payments_ratio),
    raises("stopped", |f, _| f.identity.stopped - f.identity.stopped_expected),
    raises("serial", |f, _| f.history.serial - f.history.serial_expected),
    raises("sign-up-day", |f, _| f.history.sign_up_day - f.history.sign_up_day_expected),
    raises("hand-over", |f, _| f.history.hand_overs as f64 / f.size.accounts.max(1) as f64),
    raises("taken-over", |f, _| f.history.taken_over - f.history.taken_over_expected),
    raises("probed", |f, _| f.history.probed),
    raises("ties", |_, r| r.ties()),
    raises("drive", |_, r| r.drive()),
    raises("accounts", |f, _| (f.size.accounts.max(1) as f64).ln()),
    raises("share", |f, _| f.size.share),
    lowers("declared", |f, _| f.identity.declared),
    lowers("top-organisation", |f, _| f.identity.top_org),
    lowers("organisations-apart", |f, _| f.identity.known * f.identity.orgs_apart),
    lowers("verified", |f, _| f.identity.verified - f.identity.verified_expected),
    lowers("academic", |f, _| f.identity.academic),
    lowers("own-house", |f, _| f.identity.top_domain * f.identity.domain_purity),
    lowers("one-payer", |f, _| f.identity.top_payment),
    lowers("unpaid", |f, _| f.identity.known * (1.0 - f.identity.paying)),
    lowers("age-at-first-use", |f, _| {
        let days = f.history.age_at_first_use_days;
        if days.is_finite() { days.max(0.0) } else { 0.0 }
    }),
    lowers("loyal", |f, _| {
        let loyalty = &f.origin.loyalty;
        if loyalty.observed.is_finite() { loyalty.observed - loyalty.expected } else { 0.0 }
    }),
    lowers("asked-twice", |f, _| f.content.overlap),
    lowers("days", |f, _| f.size.days),
];

/// Nats of a p-value.
fn surprise(contrast: &Contrast) -> f64 {
    if contrast.p > 0.0 { -contrast.p.ln() } else { 0.0 }
}

/// The value of every signal for a cluster. O(1).
pub fn signals(facts: &Facts, readings: &Readings) -> [f64; SIGNALS] {
    SIGNAL.map(|signal| {
        let value = (signal.value)(facts, readings);
        if value.is_finite() { value } else { 0.0 }
    })
}

#[cfg(test)]
mod tests {
    use super::{SIGNAL, signals};
    use crate::facts::Facts;
    use crate::readings::Readings;

    #[test]
    fn names_are_unique_and_a_cluster_without_facts_has_finite_signals() {
        let mut names = SIGNAL.map(|s| s.name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SIGNAL.len());
        let facts = Facts::default();
        assert!(signals(&facts, &Readings::from(&facts)).iter().all(|s| s.is_finite()));
    }
}
