//! What every account did in the span of a hunt, small enough to be kept: for an account's page, and for what a decision
//! touches. No text, and nothing that a hunt judges by.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::hunt::HuntSummary;
use crate::object::Layer;
use crate::time::Micros;

/// Stretches into which the span of a hunt is cut; as many as a campaign's timeline has, so that both line up.
pub const STRETCHES: usize = 60;

/// The stretches of a hunt: [`STRETCHES`] of one width; what is left over belongs to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretches {
    /// Start of the first, in microseconds since the epoch.
    first: i64,
    /// Microseconds of each, at least 1.
    width: i64,
}

impl Stretches {
    /// Those of a span, from its first moment to one past its last.
    pub fn new(first: Micros, end: Micros) -> Self {
        Self { first: first.0, width: (end.0.saturating_sub(first.0) / STRETCHES as i64).max(1) }
    }

    /// Those of a hunt; `None` where it saw nothing.
    pub fn of(summary: &HuntSummary) -> Option<Self> {
        let (first, last) = (summary.first_seen?, summary.last_seen?);
        Some(Self::new(first, Micros(last.0.saturating_add(1))))
    }

    /// The stretch in which a moment lies; moments outside the span belong to the nearest.
    pub fn at(&self, time: Micros) -> usize {
        (time.0.saturating_sub(self.first) / self.width).clamp(0, STRETCHES as i64 - 1) as usize
    }

    /// When stretch `n` begins.
    pub fn start(&self, n: usize) -> Micros {
        Micros(self.first.saturating_add((n as i64).saturating_mul(self.width)))
    }
}

/// What an account did in one stretch of a hunt. Stretches without an exchange are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActivityBucket {
    /// Start of the stretch.
    pub start: Micros,
    /// Its exchanges.
    pub exchanges: u32,
    /// Those that belong to a campaign which accuses.
    pub campaign_exchanges: u32,
    /// Those that the model refused.
    pub refused: u32,
    /// Tokens in and out; 0 where the source does not count them.
    pub tokens: u64,
}

/// A link of an account to another member of its campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActivityLink {
    /// The other.
    pub account_id: String,
    /// Natural-log likelihood ratio.
    pub weight: f64,
    /// The strongest layer.
    pub layer: Layer,
}

/// What one account did in the span of a hunt: one row of `activity.parquet`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountActivity {
    /// Who.
    pub account_id: String,
    /// First exchange.
    pub first_seen: Micros,
    /// Last exchange.
    pub last_seen: Micros,
    /// Exchanges.
    pub exchanges: u64,
    /// Those that the model refused.
    pub refused: u64,
    /// Tokens in and out, where the source counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Distinct networks (/24, /48) that it came from, where the source tells addresses that can be believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub networks: Option<u64>,
    /// Stretch by stretch.
    pub timeline: Vec<ActivityBucket>,
    /// Its strongest links to other members of campaigns that accuse it, strongest first; a handful.
    pub links: Vec<ActivityLink>,
}

#[cfg(test)]
mod tests {
    use super::{Micros, STRETCHES, Stretches};

    #[test]
    fn every_moment_of_a_span_lies_in_a_stretch_that_began_before_it() {
        for end in [1, 59, 60, 61, 1_000_003] {
            let stretches = Stretches::new(Micros(0), Micros(end));
            for time in (0..end).step_by((end as usize / 300).max(1)) {
                let n = stretches.at(Micros(time));
                assert!(n < STRETCHES && stretches.start(n).0 <= time, "{time} of {end}");
                assert!(n + 1 == STRETCHES || time < stretches.start(n + 1).0, "{time} of {end}");
            }
        }
        let stretches = Stretches::new(Micros(100), Micros(100 + 600));
        assert_eq!((stretches.at(Micros(0)), stretches.at(Micros(9_999))), (0, STRETCHES - 1));
    }
}
