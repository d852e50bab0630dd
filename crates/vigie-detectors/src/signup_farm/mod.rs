//! # `signup-farm`
//!
//! ## What it catches
//! Accounts made in series – same domains, same minutes, same addresses, failing payments – and then put to work on
//! one job.
//!
//! ## Why it is abuse
//! Free credit is harvested and accounts are stocked for resale or for replacing banned ones.
//!
//! ## Innocent look-alikes
//! A hobbyist who farms credits for ordinary use; a class or a company that signs up in one morning.
//!
//! ## Evidence
//! Share of sign-ups in the densest day beside matched groups, common e-mail domains, age at first use, failed
//! payments.
//!
//! ## Response
//! Ask the accounts who they are; keep domains and address pools as indicators.

use vigie_model::{Action, Kind, Severity};

use crate::detector::Detector;

mod weights;

/// The detector.
pub const DETECTOR: Detector = Detector {
    kind: Kind::SignupFarm,
    needs: &["timestamp"],
    wants: &["client_address"],
    manual: include_str!("mod.rs"),
    harm: Severity::Medium,
    action: Action::StepUp,
    scope: "accounts",
    headline: "accounts made in series",
    response: "Ask the accounts who they are; keep domains and address pools as indicators.",
    forest: &weights::FOREST,
};
