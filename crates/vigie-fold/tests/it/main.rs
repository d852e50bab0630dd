//! What the fold promises, from the outside.

mod corpus;
mod properties;
