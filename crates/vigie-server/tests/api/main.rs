//! The API as its users see it, without a socket: each test is a sentence of the contract.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod access;
mod desk;
mod hooks;
mod resources;
mod work;
