//! From facts to a verdict on a cluster: innocent, or a campaign of some kind and severity.
//!
//! **Innocent until dense.** No single reading accuses. A group is accused when its signals together make the case (see
//! `case`) and no innocent explanation accounts for it; the pattern that fits best names it.

use vigie_model::{Alternative, Evidence, Kind, Severity};

use crate::DETECTORS;
use crate::case::log_odds;
use crate::detector::Detector;
use crate::evidence::evidence;
use crate::facts::Facts;
use crate::innocent::{alternatives, cleared};
use crate::patterns::features;
use crate::readings::Readings;

/// What the detectors say of one cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The pattern; [`Kind::InnocentGroup`] where nothing accuses.
    pub kind: Kind,
    /// `none` where nothing accuses.
    pub severity: Severity,
    /// How clear the case is: log-odds above those from which it accuses, in nats; negative below them.
    pub margin: f64,
    /// Strongest first.
    pub evidence: Vec<Evidence>,
    /// Innocent explanations that were tried.
    pub alternatives: Vec<Alternative>,
    /// The graded answers behind it.
    pub readings: Readings,
}

impl Judgement {
    /// Probability that most members belong to a campaign, as far as the worlds that the weights were fitted on are
    /// like this one; 0–1.
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.log_odds()).exp())
    }

    /// Log-odds of the case, in nats.
    pub fn log_odds(&self) -> f64 {
        ACCUSED + self.margin
    }
}

/// Log-odds from which a cluster is accused: about seven to one.
const ACCUSED: f64 = 2.0;

/// Judges a cluster.
pub fn judge(facts: &Facts) -> Judgement {
    let readings = Readings::from(facts);
    let odds = log_odds(facts, &readings);
    let alternatives = alternatives(facts, &readings, odds);
    let margin = odds - ACCUSED;
    let accused = margin >= 0.0 && !cleared(&alternatives);
    let named = if accused { best(facts, &readings) } else { None };
    let (kind, severity) =
        named.map_or((Kind::InnocentGroup, Severity::None), |d| (d.kind, severity(d, facts)));
    Judgement { kind, severity, margin, evidence: evidence(facts, &readings), alternatives, readings }
}

/// The detector whose pattern fits a campaign best; there is always one that asks for no more than every log has.
fn best(facts: &Facts, readings: &Readings) -> Option<&'static Detector> {
    let features = features(facts, readings);
    DETECTORS
        .iter()
        .filter(|d| d.sees(facts))
        .map(|d| (d, d.forest.log_odds(&features)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(detector, _)| detector)
}

/// The pattern's harm, one rung up for a large campaign and one down for a small one.
fn severity(detector: &Detector, facts: &Facts) -> Severity {
    const LADDER: [Severity; 4] = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let rung = LADDER.iter().position(|&s| s == detector.harm).unwrap_or(0);
    let volume = facts.size.slice;
    let rung = if volume >= 50_000 {
        rung + 1
    } else if volume < 200 {
        rung.saturating_sub(1)
    } else {
        rung
    };
    LADDER[rung.min(LADDER.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::{Facts, Readings, best};

    #[test]
    fn a_campaign_has_a_name_even_where_next_to_nothing_can_be_seen() {
        let unseen = Facts::default();
        assert!(best(&unseen, &Readings::from(&unseen)).is_some());
    }
}
