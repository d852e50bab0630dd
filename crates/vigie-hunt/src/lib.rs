//! Kernels in order on the embedded runner.

mod activity;
mod adopt;
mod assemble;
mod candidates;
mod classes;
mod cluster;
mod examples;
mod facts;
mod fold;
mod framing;
mod gather;
mod habits;
mod hidden;
mod intrusion;
mod job;
mod join;
mod lake;
mod manner;
mod matched;
mod member;
mod objects;
mod overlap;
mod owners;
mod pipeline;
mod population;
mod profile;
mod refine;
mod rest;
mod rows;
mod seeds;
mod series;
mod slice;
#[cfg(test)]
mod staged;
mod ties;
mod touch;
mod verdict;
mod view;
mod vouched;
mod wordings;

pub use candidates::{Candidate, candidates};
pub use fold::fold;
pub use lake::{Coverage, Lake};
pub use member::{Likeness, MEASURES, RAISES};
pub use objects::hunt_objects;
pub use pipeline::hunt;
pub use verdict::SUSPECTED;

use vigie_model::{Account, Micros, ModelRelease};

/// The two side tables, joined on `account_id` and `model`.
#[derive(Clone, Debug, Default)]
pub struct SideTables {
    /// Accounts, any order.
    pub accounts: Vec<Account>,
    /// The release calendar.
    pub models: Vec<ModelRelease>,
}

/// What a user may set in `vigie.toml`; every field is optional, unknown keys are errors.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The `[hunt]` section.
    pub hunt: HuntOptions,
}

/// The `[hunt]` section of `vigie.toml`.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HuntOptions {
    /// Promised false-discovery rate over all clusters of a hunt.
    pub alpha: Option<f64>,
    /// Fewest accounts that make a campaign.
    pub accounts_min: Option<usize>,
    /// Seed of the resampling tests.
    pub seed: Option<u64>,
}

/// Options with every default filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Promised false-discovery rate over all clusters of a hunt.
    pub alpha: f64,
    /// Fewest accounts that make a campaign.
    pub accounts_min: usize,
    /// Seed of the resampling tests.
    pub seed: u64,
}

impl From<&Options> for Settings {
    fn from(options: &Options) -> Self {
        let hunt = &options.hunt;
        Self {
            alpha: hunt.alpha.unwrap_or(0.05),
            accounts_min: hunt.accounts_min.unwrap_or(5),
            seed: hunt.seed.unwrap_or(1),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::from(&Options::default())
    }
}

/// Half-open stretch of time: `since <= t < until`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// First moment that counts.
    pub since: Option<Micros>,
    /// First moment that no longer counts.
    pub until: Option<Micros>,
}

/// Hears how far a hunt is. Called from one thread at a time.
pub trait Progress: Sync {
    /// A stage begins; `total` in its own units where it is known.
    fn stage(&self, name: &str, total: Option<u64>);
    /// `done` more units of the current stage are finished.
    fn advance(&self, done: u64);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn stage(&self, _name: &str, _total: Option<u64>) {}
    fn advance(&self, _done: u64) {}
}

/// Why a hunt could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum HuntError {
    /// A batch does not follow the exchange schema.
    #[error(transparent)]
    Schema(#[from] vigie_model::SchemaError),
}
