//! What the fold promises, from the outside.

mod properties;
