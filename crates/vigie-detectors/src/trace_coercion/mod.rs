//! # `trace-coercion`
//!
//! ## What it catches
//! Asks, at scale, to write out the reasoning behind answers.
//!
//! ## Why it is abuse
//! Reasoning traces are what a reasoning model is trained on; providers protect them.
//!
//! ## Innocent look-alikes
//! Teachers, researchers, authorised distillation of the operator's own model.
//!
//! ## Evidence
//! Share of exchanges that ask for reasoning beyond matched groups. How many languages they use plays no part.
//!
//! ## Response
//! Deny reasoning text to these accounts, openly; then as split extraction.

use vigie_model::{Action, Kind, Severity};

use crate::detector::Detector;

mod weights;

/// The detector.
pub const DETECTOR: Detector = Detector {
    kind: Kind::TraceCoercion,
    needs: &["prompt"],
    wants: &["output_tokens"],
    manual: include_str!("mod.rs"),
    harm: Severity::High,
    action: Action::Reduce,
    scope: "slice",
    headline: "asks for reasoning behind answers",
    response: "Deny reasoning text to these accounts, openly; then as split extraction.",
    forest: &weights::FOREST,
};
