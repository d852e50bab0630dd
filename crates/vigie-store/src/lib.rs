//! The lake: what a hunt writes, as plain files.
//!
//! What lives here: the files of a hunt's output directory, written so that each is either the old one or the
//! new one and never a half, and read back. What does not: reading logs, rendering reports, any judgement.
//!
//! **Invariant:** nothing is written outside the directory that the caller names.
//! **Invariant:** the same report gives the same bytes.

mod activity;
mod atomic;
mod error;
mod read;
#[cfg(feature = "records")]
pub mod records;
mod rejects;
mod tables;
mod write;

pub use error::StoreError;
pub use read::{
    read_activity, read_activity_of, read_campaigns, read_exchanges, read_members, read_report, read_summary,
};
pub use rejects::{RejectsWriter, RejectsWritten};
pub use write::{Written, write_report, write_text};

/// Names of the files of an output directory.
pub mod files {
    /// One campaign a line.
    pub const CAMPAIGNS: &str = "campaigns.jsonl";
    /// Who belongs to them.
    pub const MEMBERS: &str = "members.parquet";
    /// Which exchanges belong to them.
    pub const EXCHANGES: &str = "exchanges.parquet";
    /// What every account did.
    pub const ACTIVITY: &str = "activity.parquet";
    /// Counts over the whole hunt; written last.
    pub const SUMMARY: &str = "summary.json";
    /// Rows that could not be read, one a line.
    pub const REJECTS: &str = "rejects.jsonl";
}
