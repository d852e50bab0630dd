//! What a reader is told: format, columns, limits.

use vigie_model::{EXCHANGE_COLUMNS, Requirement};

use crate::format::Format;

/// Rows of one batch, at most.
pub const BATCH_ROWS_MAX: usize = 16_384;

/// Text of one batch, in bytes, after which it is handed over even if it has few rows. Keeps 32-bit string
/// offsets from overflowing together with [`ROW_BYTES_CEILING`].
pub(crate) const BATCH_TEXT_BYTES_MAX: usize = 128 << 20;

/// `row_bytes_max` can be raised to this and no further, in bytes.
pub const ROW_BYTES_CEILING: usize = 1 << 30;

/// Which columns of the exchange table are read. Required columns always are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSet {
    selected: Vec<bool>,
}

impl ColumnSet {
    /// Every column.
    pub fn all() -> Self {
        Self { selected: vec![true; EXCHANGE_COLUMNS.len()] }
    }

    /// The required columns and those named. Names that are no column are ignored.
    pub fn only(names: &[&str]) -> Self {
        let selected = EXCHANGE_COLUMNS
            .iter()
            .map(|c| c.requirement == Requirement::Required || names.contains(&c.name))
            .collect();
        Self { selected }
    }

    /// The same without one optional column.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        for (column, selected) in EXCHANGE_COLUMNS.iter().zip(&mut self.selected) {
            if column.name == name && column.requirement == Requirement::Optional {
                *selected = false;
            }
        }
        self
    }

    /// Whether a column is read.
    pub fn contains(&self, name: &str) -> bool {
        EXCHANGE_COLUMNS.iter().zip(&self.selected).any(|(c, selected)| c.name == name && *selected)
    }

    /// Whether the column at this place of [`EXCHANGE_COLUMNS`] is read.
    pub(crate) fn at(&self, index: usize) -> bool {
        self.selected[index]
    }
}

impl Default for ColumnSet {
    /// Everything but `completion`: no stage of a hunt reads the answer, and it is the largest column.
    fn default() -> Self {
        Self::all().without("completion")
    }
}

/// How far the client address of a gateway's log can be believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressTrust {
    /// Taken from a header that the client can write. The default: LiteLLM logs `X-Forwarded-For` as sent.
    #[default]
    Claimed,
    /// Set by a proxy that the operator runs and that overwrites what clients send.
    TrustedProxy,
    /// The address of the connection itself.
    Peer,
}

impl AddressTrust {
    /// The word in `client_address_trust`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::TrustedProxy => "trusted_proxy",
            Self::Peer => "peer",
        }
    }
}

/// What a reader is told.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The format of all sources; `None` tells each by its content.
    pub format: Option<Format>,
    /// Columns to read; the others are null.
    pub columns: ColumnSet,
    /// A longer row is rejected, in bytes. Values above [`ROW_BYTES_CEILING`] count as that.
    pub row_bytes_max: usize,
    /// A larger file is an error after the rows that fit, in bytes after decompression.
    pub file_bytes_max: u64,
    /// Rejects that are handed over in full, over all sources; those beyond are only counted.
    pub rejects_max: u64,
    /// What gateway logs (LiteLLM) say in `client_address_trust`.
    pub address_trust: AddressTrust,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            format: None,
            columns: ColumnSet::default(),
            row_bytes_max: 16 << 20,
            file_bytes_max: 64 << 30,
            rejects_max: 1_000_000,
            address_trust: AddressTrust::default(),
        }
    }
}

impl ReadOptions {
    pub(crate) fn row_limit(&self) -> usize {
        self.row_bytes_max.min(ROW_BYTES_CEILING)
    }
}

#[cfg(test)]
mod tests {
    use super::ColumnSet;

    #[test]
    fn required_columns_cannot_be_left_out() {
        assert!(ColumnSet::all().without("event_id").contains("event_id"));
        assert!(ColumnSet::only(&[]).contains("account_id"));
        assert!(!ColumnSet::only(&["prompt"]).contains("tools"));
        assert!(!ColumnSet::default().contains("completion"));
    }
}
