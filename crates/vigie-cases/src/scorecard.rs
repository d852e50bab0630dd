//! Scorecards: how right each detector and rule turned out to be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How right a detector or rule turned out to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scorecard {
    /// Id of the detector's kind, or of the rule.
    pub detector: String,
    /// Cases, open and closed.
    pub cases: u64,
    /// Closed as abuse.
    pub true_positive: u64,
    /// Closed as wrongly accused.
    pub false_positive: u64,
    /// Closed as seen rightly and allowed.
    pub benign_known: u64,
    /// Closed without an answer.
    pub inconclusive: u64,
    /// True positives among true positives, false positives and benign-known; inconclusive cases say nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// Lower end of its 95 % interval (Wilson).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision_low: Option<f64>,
    /// Upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision_high: Option<f64>,
    /// Real decisions on its cases.
    pub decisions: u64,
    /// Appeals on these.
    pub appeals: u64,
    /// Appeals that overturned the decision in whole or in part.
    pub overturned: u64,
    /// Overturned among answered appeals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overturned_share: Option<f64>,
    /// Median time from opening a case to its first real decision, in hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_hours_to_decision: Option<f64>,
}

impl Scorecard {
    /// Fills the shares from the counts, `answered` appeals and the hours from opening to first decision.
    pub fn finish(&mut self, answered: u64, mut hours: Vec<f64>) {
        let judged = self.true_positive + self.false_positive + self.benign_known;
        if let Some((low, high)) = wilson(self.true_positive, judged) {
            self.precision = Some(self.true_positive as f64 / judged as f64);
            self.precision_low = Some(low);
            self.precision_high = Some(high);
        }
        self.overturned_share = (answered > 0).then(|| self.overturned as f64 / answered as f64);
        hours.sort_by(f64::total_cmp);
        let middle = hours.len() / 2;
        self.median_hours_to_decision = match hours.len() {
            0 => None,
            n if n % 2 == 1 => Some(hours[middle]),
            _ => Some(f64::midpoint(hours[middle - 1], hours[middle])),
        };
    }
}

/// Two-sided 95 % quantile of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// The 95 % interval of a share of `hits` in `trials` (Wilson, JASA 22, 1927); `None` without trials.
pub fn wilson(hits: u64, trials: u64) -> Option<(f64, f64)> {
    if trials == 0 || hits > trials {
        return None;
    }
    let n = trials as f64;
    let p = hits as f64 / n;
    let z2 = Z95 * Z95;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_is_that_of_the_books() {
        // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 0 of 20.
        let (low, high) = wilson(81, 263).unwrap();
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
        let (low, high) = wilson(0, 20).unwrap();
        assert!(low == 0.0 && (high - 0.1611).abs() < 5e-5, "{low} {high}");
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn inconclusive_cases_do_not_move_precision() {
        let mut card =
            Scorecard { true_positive: 3, false_positive: 1, inconclusive: 90, ..Scorecard::default() };
        card.finish(0, vec![4.0, 1.0]);
        assert_eq!(card.precision, Some(0.75));
        assert_eq!(card.median_hours_to_decision, Some(2.5));
        assert_eq!(card.overturned_share, None);
    }
}
