//! What users of the command line may rely on, and what holds over the whole workspace.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod config;
mod exit_codes;
mod layers;
mod manual;
mod outputs;
mod reading;
mod schema;
mod serving;
mod support;
mod tidy;
