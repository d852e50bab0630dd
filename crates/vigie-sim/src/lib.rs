//! Seeded worlds, honest and abusive, and the scorer
pub mod score;

pub mod world;
