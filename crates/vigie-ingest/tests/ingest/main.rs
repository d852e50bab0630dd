//! What the decoders promise, format by format.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests are tests")]

mod exchanges;
mod hostile;
mod litellm;
mod objects;
mod resolve;
mod side;
mod speed;
mod support;
mod ugly;
