//! How fast the server answers while it hunts: the shape of what `tests/load` measures.
//!
//! What does not live here: the measuring. It needs a server, a browser's reads and a database, none of which this crate
//! may know; `cargo xtask load` runs it.

use serde::{Deserialize, Serialize};

/// Reads beside hunts, store by store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// Exchanges of the world that is hunted and looked at.
    pub exchanges: u64,
    /// Its accounts.
    pub accounts: u64,
    /// Cases that the reads look at.
    pub cases: u64,
    /// Seconds of measuring for each store.
    pub seconds: f64,
    /// Reads that were due each second, whatever the answers took.
    pub reads_per_s: f64,
    /// Consoles that were open and listened for changes.
    pub analysts: u64,
    /// Each store.
    pub stores: Vec<StoreLoad>,
}

/// Reads of a server on one store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoreLoad {
    /// Its name.
    pub store: String,
    /// Over all reads.
    pub total: Reads,
    /// By how many milliseconds the measuring program itself sent 95 of 100 reads late at most; the times above include it.
    pub late_p95_ms: f64,
    /// Hunts that ended, with their campaigns taken in, while reads were measured.
    pub hunts: u64,
    /// Share of the time during which a hunt was running.
    pub hunting_share: f64,
    /// By what was read.
    pub endpoints: Vec<Endpoint>,
}

/// Reads of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// What.
    pub what: String,
    /// How fast.
    #[serde(flatten)]
    pub reads: Reads,
}

/// Milliseconds from the moment at which a read was due to the last byte of its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reads {
    /// How many.
    pub reads: u64,
    /// Of them, those without a good answer.
    pub failed: u64,
    /// Median.
    pub p50_ms: f64,
    /// 95 of 100 are as fast or faster.
    pub p95_ms: f64,
    /// 99 of 100.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}
