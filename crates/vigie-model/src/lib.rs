//! The nouns of Vigie, in the order in which data meets them, and the one table that everything speaks.
//!
//! What lives here: ids, units, the exchange schema, accounts, campaigns and what a hunt writes about them.
//! What does not: any I/O, any statistics, any text processing.

mod account;
mod activity;
mod campaign;
mod columns;
mod exchange;
mod hunt;
mod object;
mod reject;
mod time;

pub use account::{Account, AccountStatus, ModelRelease, known_labels};
pub use activity::{AccountActivity, ActivityBucket, ActivityLink, STRETCHES, Stretches};
pub use campaign::{
    Action, Alternative, Campaign, CampaignExchange, Evidence, Explained, Kind, Member, NetworkEdge,
    NetworkNode, RecommendedDecision, Severity, TimelineBucket,
};
pub use columns::{Domain, EXCHANGE_COLUMNS, ExchangeColumn, Requirement, exchange_schema};
pub use exchange::{Exchange, ExchangeBatchBuilder, ExchangeView, SchemaError};
pub use hunt::{DetectorHealth, HuntReport, HuntSummary, Sight};
pub use object::{Layer, ObjectTouch};
pub use reject::Reject;
pub use time::Micros;
