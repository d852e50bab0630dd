//! kill -9 at any point loses nothing that was acknowledged.
