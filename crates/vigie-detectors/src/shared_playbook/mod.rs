//! # `shared-playbook`
//!
//! ## What it catches
//! Many accounts work from one operation's scripts: steps of a scam funnel, of an intrusion, of profiling people.
//!
//! ## Why it is abuse
//! People are robbed, broken into or hunted.
//!
//! ## Innocent look-alikes
//! Verified red teams (label), security courses, fraud-awareness trainers: their members are few, known or repeat
//! public exercises.
//!
//! ## Evidence
//! Rare prompts shared by hidden company, marks of scam, intrusion or profiling beyond matched groups, refusals.
//!
//! ## Response
//! Suspend the accounts and warn the platforms concerned.

use vigie_model::{Action, Kind, Severity};

use crate::detector::Detector;

mod weights;

/// The detector.
pub const DETECTOR: Detector = Detector {
    kind: Kind::SharedPlaybook,
    needs: &["prompt"],
    wants: &["refusal"],
    manual: include_str!("mod.rs"),
    harm: Severity::High,
    action: Action::Suspend,
    scope: "accounts",
    headline: "works from one operation's scripts",
    response: "Suspend the accounts and warn the platforms concerned.",
    forest: &weights::FOREST,
};
