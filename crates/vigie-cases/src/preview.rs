//! What a takedown would do, as somebody sees it before they ask for one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case::CaseMember;

/// An account that may be a bystander.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bystander {
    /// Who.
    pub account_id: String,
    /// Membership score, 0–1.
    pub score: f64,
    /// Part of its own traffic that belongs to the campaign, 0–1.
    pub share: f64,
    /// Why it may be one.
    pub why: String,
}

/// Accounts whose score lies in a range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreBand {
    /// Lowest score, inclusive.
    pub from: f64,
    /// Highest score, exclusive but for 1.
    pub to: f64,
    /// Accounts.
    pub accounts: u64,
}

/// A wave as a preview shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PreviewWave {
    /// Counted from 1.
    pub n: u32,
    /// Accounts in it.
    pub accounts: u64,
}

/// What the accounts that earlier takedowns of the case left alone did, beside those that were hit: how many of each a
/// later hunt named again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldOutObserved {
    /// Accounts left alone by earlier takedowns.
    pub held: u64,
    /// Of these, named again by a hunt after the first wave.
    pub held_named_again: u64,
    /// Accounts hit by earlier takedowns.
    pub treated: u64,
    /// Of these, named again by a hunt after the first wave.
    pub treated_named_again: u64,
}

/// The hold-out of a preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldOut {
    /// Accounts that would be left alone.
    pub accounts: u64,
    /// What earlier hold-outs of this case say, where there were any and a hunt came after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<HoldOutObserved>,
}

/// What a takedown would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TakedownPreview {
    /// Accounts, hold-out included, without the excluded and the excepted.
    pub accounts: u64,
    /// Their exchanges in the case: those of each as far as hunts counted them (`measured`), and for the others the case's
    /// in proportion to the members that are hit (an estimate; none in a case by hand).
    pub exchanges: u64,
    /// Accounts among them whose exchanges a hunt counted; in a case by hand, the others were seen by no hunt.
    pub measured: u64,
    /// Part of all traffic of the latest hunt, 0–1; absent when no hunt was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_of_traffic: Option<f64>,
    /// Their tokens, where the source counts them; estimated like `exchanges`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Who may be a bystander, weakest first, at most 1,000.
    pub bystanders: Vec<Bystander>,
    /// How many may be bystanders.
    pub bystanders_total: u64,
    /// Who is left out because an exception protects them.
    pub excepted: Vec<String>,
    /// Whether a second person must approve.
    pub needs_approval: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_reason: Option<String>,
    /// The waves.
    pub waves: Vec<PreviewWave>,
    /// Who is left alone.
    pub hold_out: HoldOut,
    /// Accounts by membership score, in tenths.
    pub by_score: Vec<ScoreBand>,
}

/// Counts members by tenths of their score.
pub fn by_score(members: &[CaseMember]) -> Vec<ScoreBand> {
    let mut counts = [0_u64; 10];
    for member in members {
        counts[((member.score.clamp(0.0, 1.0) * 10.0) as usize).min(9)] += 1;
    }
    let band = |(i, accounts)| ScoreBand { from: i as f64 / 10.0, to: (i + 1) as f64 / 10.0, accounts };
    counts.into_iter().enumerate().map(band).collect()
}
