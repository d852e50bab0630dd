//! Why a benchmark could not be run.

use std::path::PathBuf;

/// Why a benchmark could not be run.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A world could not be made.
    #[error("the benchmark world could not be made: {0}")]
    World(#[from] vigie_sim::world::WorldError),
    /// A log could not be read.
    #[error(transparent)]
    Ingest(#[from] vigie_ingest::IngestError),
    /// A hunt failed.
    #[error(transparent)]
    Hunt(#[from] vigie_hunt::HuntError),
    /// A batch does not follow the exchange schema.
    #[error(transparent)]
    Schema(#[from] vigie_model::SchemaError),
    /// A hunt could not be scored.
    #[error(transparent)]
    Score(#[from] vigie_sim::score::ScoreError),
    /// A real data set is not where it should be.
    #[error("`{}`: {problem}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Scratch space could not be used.
    #[error("cannot use `{}` for benchmark worlds: {source}; give a directory with some gigabytes of room", path.display())]
    Scratch {
        /// The directory.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
}
