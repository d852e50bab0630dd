//! Exchange text to features: masks, fingerprints, marks, language.
//!
//! A text goes through once. [`Folder::prompt`] scans it into words and slots (`scan`, `spans`, `labels`, `chars`); as
//! they pass, words are hashed, walk the lexicon (`lexicon`, [`Marks`]), add to the embedding (`embed`) and vote for
//! the language (`language`, `stopwords`); at the end the token sequence becomes template, heads, tail, MinHash
//! bands and phrases (`sketch`). Nothing of the text is kept.
//!
//! Pure and deterministic: the same text gives the same features on every machine. A change of any output is a
//! change of [`FOLD_VERSION`]; a golden file in the tests holds that.
//!
//! What does not live here: which features link accounts, what is rare, what is abuse.

mod chars;
mod embed;
mod example;
mod features;
mod folder;
mod harness;
mod hash;
mod labels;
mod language;
mod lexicon;
mod marks;
mod scan;
mod sketch;
mod spans;
mod stopwords;

pub use example::masked_example;
pub use features::{SystemFeatures, TextFeatures};
pub use folder::{Folder, TEXT_BYTES_MAX};
pub use harness::{system_blocks, tools_hash};
pub use hash::hash_text;
pub use language::Language;
pub use marks::Marks;

/// Version of the fold: features of different versions must not be compared.
pub const FOLD_VERSION: u16 = 2;
/// Most phrases that are kept of one prompt.
pub const PHRASES_MAX: usize = 12;
/// Most phrases that are kept of one system prompt.
pub const SYSTEM_PHRASES: usize = 8;
/// Bins of the one-permutation MinHash.
pub const MINHASH_BINS: usize = 32;
/// LSH bands over the bins.
pub const BANDS: usize = 8;
/// Dimensions of the embedding.
pub const DIMS: usize = 64;
