//! What the operator may set, with the values that hold until then.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_model::Action;

use crate::invalid::{FieldError, check};

/// When a takedown stops by itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StopLimits {
    /// Appeals per decision applied, 0–1; above it the takedown stops.
    pub appeals_share: f64,
    /// Decisions found wrong per decision applied, 0–1; above it the takedown stops.
    pub false_positive_share: f64,
    /// Accounts of the smallest wave, and the number of decisions below which shares are not judged.
    pub min_wave: u64,
}

impl Default for StopLimits {
    fn default() -> Self {
        Self { appeals_share: 0.02, false_positive_share: 0.05, min_wave: 20 }
    }
}

/// The operator's policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Real decisions on more accounts than this need a second person.
    pub approval_above_accounts: u64,
    /// Actions that need a second person on however few accounts.
    pub approval_actions: Vec<Action>,
    /// Days in which an appeal must be answered.
    pub appeal_deadline_days: u32,
    /// Cumulative shares of a takedown's waves, 0–1, rising to 1.
    pub wave_shares: Vec<f64>,
    /// When a takedown stops by itself.
    pub stop: StopLimits,
    /// Share of a takedown's accounts that is left alone to compare with, 0–0.5.
    pub hold_out_share: f64,
    /// Days after which a decision ends unless it says otherwise.
    pub default_expiry_days: u32,
    /// Language of texts that leave Vigie, BCP 47.
    pub language: String,
    /// Counts changes.
    pub version: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            approval_above_accounts: 50,
            approval_actions: vec![Action::Suspend, Action::Ban],
            appeal_deadline_days: 14,
            wave_shares: vec![0.05, 0.25, 1.0],
            stop: StopLimits::default(),
            hold_out_share: 0.05,
            default_expiry_days: 30,
            language: "en".to_owned(),
            version: 0,
        }
    }
}

impl Settings {
    /// What is wrong with them, field by field.
    ///
    /// # Errors
    /// One entry for each field outside its range.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        let mut errors = Vec::new();
        check(
            &mut errors,
            (1..=365).contains(&self.appeal_deadline_days),
            "appeal_deadline_days",
            "1 to 365",
        );
        check(&mut errors, (1..=400).contains(&self.default_expiry_days), "default_expiry_days", "1 to 400");
        check(&mut errors, (0.0..=0.5).contains(&self.hold_out_share), "hold_out_share", "0 to 0.5");
        check(&mut errors, share(self.stop.appeals_share), "stop.appeals_share", "0 to 1");
        check(&mut errors, share(self.stop.false_positive_share), "stop.false_positive_share", "0 to 1");
        check(&mut errors, (1..=10_000).contains(&self.stop.min_wave), "stop.min_wave", "1 to 10000");
        check(
            &mut errors,
            wave_shares_hold(&self.wave_shares),
            "wave_shares",
            "1 to 20 rising shares that end in 1",
        );
        let language = (2..=16).contains(&self.language.len())
            && self.language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        check(&mut errors, language, "language", "a language tag such as `en` or `fr`");
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Whether `shares` rise strictly from above 0 to exactly 1, in at most 20 steps.
pub fn wave_shares_hold(shares: &[f64]) -> bool {
    (1..=20).contains(&shares.len())
        && shares[0] > 0.0
        && shares.windows(2).all(|w| w[0] < w[1])
        && shares.last().is_some_and(|last| (last - 1.0).abs() < f64::EPSILON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_hold_and_nonsense_is_named_by_field() {
        assert_eq!(Settings::default().validate(), Ok(()));
        let wrong =
            Settings { hold_out_share: f64::NAN, wave_shares: vec![0.5, 0.2, 1.0], ..Settings::default() };
        let fields: Vec<String> = wrong.validate().unwrap_err().into_iter().map(|e| e.field).collect();
        assert_eq!(fields, ["hold_out_share", "wave_shares"]);
    }
}
