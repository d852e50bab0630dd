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

use crate::facts::Facts;
use crate::finding::{Detector, Finding, found};
use crate::readings::{Readings, grade};

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
    judge,
};

fn judge(facts: &Facts) -> Option<Finding> {
    let r = Readings::from(facts);
    let by_hand =
        grade(facts.content.single_turn.observed, 0.35, 0.1) * grade(facts.content.wrapped, 0.5, 0.9);
    let script = r.harmful_scripts.max(0.8 * by_hand * grade(facts.size.share, 0.1, 0.3));
    let fit = 2.8 * script;
    found(script >= 0.3, Kind::SharedPlaybook, fit, facts, &r)
}
