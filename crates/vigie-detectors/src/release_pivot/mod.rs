//! # `release-pivot`
//!
//! ## What it catches
//! A fleet turns to a new model within days of its release, far beyond the population.
//!
//! ## Why it is abuse
//! A new model is worth most to a copyist on its first days.
//!
//! ## Innocent look-alikes
//! A release rush: unrelated people try the new model, each with work of their own.
//!
//! ## Evidence
//! Share of the cluster's exchanges on the new model in its first three days beside the population's, one narrow
//! job, common owner.
//!
//! ## Response
//! Throttle on the new model first, then as split extraction.

use vigie_model::{Action, Kind, Severity};

use crate::detector::Detector;

mod weights;

/// The detector.
pub const DETECTOR: Detector = Detector {
    kind: Kind::ReleasePivot,
    needs: &["request_model", "timestamp"],
    wants: &["prompt"],
    manual: include_str!("mod.rs"),
    harm: Severity::High,
    action: Action::Throttle,
    scope: "accounts",
    headline: "turned to a new model within days of its release",
    response: "Throttle on the new model first, then as split extraction.",
    forest: &weights::FOREST,
};
