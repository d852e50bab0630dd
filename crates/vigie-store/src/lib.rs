//! The lake: what a hunt writes, as plain files
