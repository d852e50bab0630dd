//! # `key-takeover`
//!
//! ## What it catches
//! Keys lay dormant, were probed with tiny or failing requests, and then drained in a burst from networks and
//! clients they never used.
//!
//! ## Why it is abuse
//! Stolen credentials: the owner pays for somebody else's use.
//!
//! ## Innocent look-alikes
//! An owner who comes back from holidays on a new laptop (one account, no probe, no company).
//!
//! ## Evidence
//! Silence of days, probes, a burst at three times the old rate from strange networks and clients; the same in
//! several accounts that share the intruder's client or prompts.
//!
//! ## Response
//! Suspend the keys, not the owners; tell the owners; refund what the intruder used.

use vigie_model::{Action, Kind, Severity};

use crate::detector::Detector;

mod weights;

/// The detector.
pub const DETECTOR: Detector = Detector {
    kind: Kind::KeyTakeover,
    needs: &["timestamp", "client_address", "user_agent"],
    wants: &["max_tokens", "http_status"],
    manual: include_str!("mod.rs"),
    harm: Severity::Critical,
    action: Action::Suspend,
    scope: "keys",
    headline: "dormant keys came back from elsewhere",
    response: "Suspend the keys, not the owners; tell the owners; refund what the intruder used.",
    forest: &weights::FOREST,
};
