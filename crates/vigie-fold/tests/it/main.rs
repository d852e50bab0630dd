//! What the fold promises, from the outside.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests fail and tell like tests")]

mod corpus;
mod golden;
mod marks;
mod properties;
