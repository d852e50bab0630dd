//! # `split-extraction`
//!
//! ## What it catches
//! A fleet of accounts shares out one job – instructions, tasks, questions of one family – so that no account
//! stands out. Each sends little, nobody repeats another's questions, portions are equal.
//!
//! ## Why it is abuse
//! The answers train a competing model against the terms of service, at the price of ordinary use.
//!
//! ## Innocent look-alikes
//! A company's batch job or CI fleet (names one organisation); a benchmark (members repeat each other's questions);
//! users of one popular template (no common owner, rhythm or portion).
//!
//! ## Evidence
//! Cosine between members' prompts beyond matched groups, no overlap of exact prompts, equal portions, common
//! start, shared payments, addresses or domain.
//!
//! ## Response
//! Throttle the accounts, ask who they are, then suspend; the job moves on to fresh accounts, so watch for hand-
//! overs.

use vigie_model::{Action, Kind, Severity};

use crate::detector::Detector;

mod weights;

/// The detector.
pub const DETECTOR: Detector = Detector {
    kind: Kind::SplitExtraction,
    needs: &["prompt", "timestamp"],
    wants: &["client_address", "turn", "output_tokens"],
    manual: include_str!("mod.rs"),
    harm: Severity::High,
    action: Action::Throttle,
    scope: "accounts",
    headline: "equal portions of one job, nobody repeats another",
    response: "Throttle the accounts, ask who they are, then suspend; the job moves on to fresh accounts, so watch for hand-overs.",
    forest: &weights::FOREST,
};
