//! # `balanced-extraction`
//!
//! ## What it catches
//! The same job in lockstep: a dispatcher spreads requests evenly over accounts that share payments. All start
//! together, all fall silent together.
//!
//! ## Why it is abuse
//! As split extraction; the shared payment shows one owner who hides behind many accounts.
//!
//! ## Innocent look-alikes
//! A company's accounts behind one invoice (names one organisation, or one domain and one payment).
//!
//! ## Evidence
//! Synchrony and equal portions beyond matched groups, shared payments, single-turn traffic.
//!
//! ## Response
//! Suspend the accounts; keep the payment fingerprint as an indicator.

use vigie_model::{Action, Kind, Severity};

use crate::detector::Detector;

mod weights;

/// The detector.
pub const DETECTOR: Detector = Detector {
    kind: Kind::BalancedExtraction,
    needs: &["prompt", "timestamp"],
    wants: &["client_address"],
    manual: include_str!("mod.rs"),
    harm: Severity::High,
    action: Action::Suspend,
    scope: "accounts",
    headline: "one dispatcher, shared payments",
    response: "Suspend the accounts; keep the payment fingerprint as an indicator.",
    forest: &weights::FOREST,
};
