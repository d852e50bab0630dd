//! One folder per detector: facts of a cluster in, verdict out.
//!
//! What lives here: what may be known of a cluster ([`Facts`], graded as [`Readings`]); the [signals] and boosted trees
//! that make the case; the innocent explanations that are tried; the forest of each pattern, which names a campaign; and
//! the verdict ([`judge`]). What does not: counting facts, fitting weights, reading logs, writing reports.

pub mod balanced_extraction;
mod case;
mod case_weights;
mod detector;
mod evidence;
mod facts;
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

pub use detector::Detector;
pub use evidence::percent;
pub use facts::{Content, Contrast, Facts, History, Identity, LabelShares, Origin, Rhythm, Size};
pub use innocent::{alternatives, cleared, vouched};
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
