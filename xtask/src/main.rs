//! The only door: demo, test, ci, bench.
fn main() {}
