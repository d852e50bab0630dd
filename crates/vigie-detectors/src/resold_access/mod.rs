//! # `resold-access`
//!
//! ## What it catches
//! A slice of extraction runs inside ordinary users' traffic: a reseller's pool of accounts carries one buyer's job
//! besides its customers' talks.
//!
//! ## Why it is abuse
//! The slice is extraction; the access is sold against the terms. Most users of the pool are ordinary people.
//!
//! ## Innocent look-alikes
//! A licensed reseller (label); a popular prompt among strangers (no common owner, repeated word for word).
//!
//! ## Evidence
//! A slice that shares one job among accounts which share payments, domain or addresses, beside traffic that does
//! not.
//!
//! ## Response
//! Refuse the slice, spare the users: no account is suspended for what another customer asked.

use vigie_model::{Action, Kind, Severity};

use crate::detector::Detector;

mod weights;

/// The detector.
pub const DETECTOR: Detector = Detector {
    kind: Kind::ResoldAccess,
    needs: &["prompt", "timestamp"],
    wants: &["client_address"],
    manual: include_str!("mod.rs"),
    harm: Severity::Medium,
    action: Action::Refuse,
    scope: "slice",
    headline: "a slice of one job inside other traffic",
    response: "Refuse the slice, spare the users: no account is suspended for what another customer asked.",
    forest: &weights::FOREST,
};
