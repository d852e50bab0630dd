//! Why a command stopped, and the exit code that says so.

use std::fmt;
use std::process::ExitCode;

/// Exit codes, as the help and the docs promise them.
pub mod code {
    /// Nothing above the cut-off.
    pub const NOTHING_FOUND: u8 = 0;
    /// Campaigns found.
    pub const CAMPAIGNS_FOUND: u8 = 1;
    /// Wrong usage or configuration, or the output cannot be written.
    pub const USAGE: u8 = 2;
    /// An input cannot be read.
    pub const INPUT: u8 = 3;
}

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// Wrong usage or configuration, or the output cannot be written: exit code 2.
    Usage(anyhow::Error),
    /// An input cannot be read: exit code 3.
    Input(anyhow::Error),
}

impl Failure {
    /// Wrong usage, said in a sentence.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(anyhow::Error::msg(message.into()))
    }

    /// An input cannot be read, said in a sentence.
    pub fn input(message: impl Into<String>) -> Self {
        Self::Input(anyhow::Error::msg(message.into()))
    }

    /// The exit code.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(code::USAGE),
            Self::Input(_) => ExitCode::from(code::INPUT),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(error) | Self::Input(error) => write!(f, "{error:#}"),
        }
    }
}

impl From<vigie_ingest::IngestError> for Failure {
    fn from(error: vigie_ingest::IngestError) -> Self {
        Self::Input(error.into())
    }
}

impl From<vigie_hunt::HuntError> for Failure {
    fn from(error: vigie_hunt::HuntError) -> Self {
        Self::Input(error.into())
    }
}

impl From<vigie_sim::score::ScoreError> for Failure {
    fn from(error: vigie_sim::score::ScoreError) -> Self {
        Self::Input(error.into())
    }
}

/// Result of a command.
pub type Outcome = Result<ExitCode, Failure>;

/// For results of writing: a failure is exit code 2.
pub trait Writing<T> {
    /// Says that the output cannot be written.
    fn writing(self) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> Writing<T> for Result<T, E> {
    fn writing(self) -> Result<T, Failure> {
        self.map_err(|error| Failure::Usage(error.into()))
    }
}

/// For results of reading: a failure is exit code 3.
pub trait Reading<T> {
    /// Says that an input cannot be read.
    fn reading(self) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> Reading<T> for Result<T, E> {
    fn reading(self) -> Result<T, Failure> {
        self.map_err(|error| Failure::Input(error.into()))
    }
}
