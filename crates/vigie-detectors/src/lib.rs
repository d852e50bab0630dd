//! One folder per detector: facts of a cluster in, finding out.
//!
//! What lives here: what a detector may know ([`Facts`]), graded answers ([`Readings`]), what each pattern looks like,
//! which innocent explanations are tried, and the verdict ([`judge`]). What does not: counting facts, reading logs,
//! writing reports.

pub mod balanced_extraction;
mod case;
mod case_weights;
mod facts;
mod finding;
mod innocent;
mod judge;
pub mod key_takeover;
pub mod patterns;
mod readings;
pub mod release_pivot;
pub mod resold_access;
pub mod scripted_personas;
pub mod shared_playbook;
pub mod signals;
pub mod signup_farm;
pub mod split_extraction;
pub mod trace_coercion;
pub mod trees;

pub use facts::{Content, Contrast, Facts, History, Identity, LabelShares, Origin, Rhythm, Size};
pub use finding::{Detector, Finding, percent};
pub use innocent::{alternatives, cleared};
pub use judge::{Judgement, judge};
pub use readings::{Readings, beyond, grade, mark};

/// Every detector. A new one is a folder and a line here.
pub const DETECTORS: &[Detector] = &[
    split_extraction::DETECTOR,
    balanced_extraction::DETECTOR,
    release_pivot::DETECTOR,
    trace_coercion::DETECTOR,
    resold_access::DETECTOR,
    key_takeover::DETECTOR,
    signup_farm::DETECTOR,
    scripted_personas::DETECTOR,
    shared_playbook::DETECTOR,
];
