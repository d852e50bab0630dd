//! # `scripted-personas`
//!
//! ## What it catches
//! Comments, likes, posts and replies are scripted for many personas from one playbook.
//!
//! ## Why it is abuse
//! Inauthentic engagement: an audience is deceived about who speaks and how many.
//!
//! ## Innocent look-alikes
//! A social-media agency (names one organisation), novelists, teachers of media literacy.
//!
//! ## Evidence
//! Share of exchanges that script posts or personas beyond matched groups, short answers, one narrow family of
//! prompts.
//!
//! ## Response
//! Suspend the accounts; what they argue for plays no part in the finding.

use vigie_model::{Action, Kind, Severity};

use crate::detector::Detector;

mod weights;

/// The detector.
pub const DETECTOR: Detector = Detector {
    kind: Kind::ScriptedPersonas,
    needs: &["prompt"],
    wants: &["output_tokens"],
    manual: include_str!("mod.rs"),
    harm: Severity::High,
    action: Action::Suspend,
    scope: "accounts",
    headline: "scripts posts for many personas",
    response: "Suspend the accounts; what they argue for plays no part in the finding.",
    forest: &weights::FOREST,
};
