//! What a detector is: a pattern, what must be seen to tell it, and what to do about it.

use vigie_model::{Action, Kind, Severity};

use crate::facts::Facts;
use crate::trees::Forest;

/// One detector.
#[derive(Clone, Copy, Debug)]
pub struct Detector {
    /// The pattern.
    pub kind: Kind,
    /// Columns without which it is blind.
    pub needs: &'static [&'static str],
    /// Columns that sharpen it.
    pub wants: &'static [&'static str],
    /// Its source; the module comment is its page in the manual.
    pub manual: &'static str,
    /// How much harm the pattern does, before the size of the campaign is weighed.
    pub harm: Severity,
    /// Rung of the ladder that fits.
    pub action: Action,
    /// On whom or what: `accounts`, `slice`, `keys`.
    pub scope: &'static str,
    /// The pattern in a few words.
    pub headline: &'static str,
    /// What to do about it.
    pub response: &'static str,
    /// Log-odds that a campaign with these [features](crate::patterns::features) follows the pattern and no other.
    pub forest: &'static Forest,
}

impl Detector {
    /// Whether the cluster carries what the detector cannot do without; who is blind names nothing.
    pub(crate) fn sees(&self, facts: &Facts) -> bool {
        self.needs.iter().all(|&column| match column {
            "prompt" => facts.content.seen > 0.0,
            "client_address" => facts.origin.seen > 0.0,
            _ => true,
        })
    }
}
