//! What a detector is and what it says of a cluster.

use vigie_model::{Action, Evidence, Kind, Layer, Severity};

use crate::facts::{Contrast, Facts};

/// One detector: a pattern, what it must see, and how it judges.
#[derive(Clone, Copy)]
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
    /// The judgement; `None` where the pattern is not there.
    pub judge: fn(&Facts) -> Option<Finding>,
}

/// A pattern that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// The pattern.
    pub kind: Kind,
    /// Log-odds that a campaign with these facts follows the pattern, in nats; the best fit names the campaign.
    pub fit: f64,
}

/// Evidence without examples; the hunt adds those.
pub(crate) fn evidence(
    code: &str,
    layer: Layer,
    (value, expected): (f64, Option<f64>),
    weight: f64,
    text: String,
) -> Evidence {
    Evidence { code: code.to_owned(), layer, text, value, expected, weight, examples: Vec::new() }
}

/// `42 %`.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 9.95 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

/// Nats for a contrast: its surprise, at most that of 499 matched groups.
pub(crate) fn surprise(contrast: &Contrast) -> f64 {
    -contrast.p.max(1e-3).ln()
}
