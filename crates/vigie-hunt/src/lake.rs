//! The lake: folded exchanges of all accounts, without any text, and the names that outputs need.

use rustc_hash::FxHashMap;
use vigie_model::Micros;

use crate::examples::Examples;
use crate::rows::Rows;

/// Which columns of the exchange table the source could see, as shares of its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Column name and share of rows with a value, in schema order.
    pub columns: Vec<(&'static str, f64)>,
}

impl Coverage {
    /// Share of rows in which the column has a value; 0 for a column that was never there.
    pub fn share(&self, column: &str) -> f64 {
        self.columns.iter().find(|(name, _)| *name == column).map_or(0.0, |(_, share)| *share)
    }
}

/// Folded exchanges: no text, everything that a hunt needs. Fold once, hunt any window.
#[derive(Debug, Default)]
pub struct Lake {
    /// Account names, sorted; a row's `account` is an index into it.
    pub(crate) accounts: Vec<Box<str>>,
    /// Rows by account, then time.
    pub(crate) rows: Rows,
    /// Where each account's rows begin; one longer than `accounts`.
    pub(crate) starts: Vec<usize>,
    /// Event ids in row order, back to back.
    pub(crate) event_text: String,
    /// Where each row's event id ends in `event_text`.
    pub(crate) event_ends: Vec<u64>,
    /// Readable forms of addresses, clients, models, organisations and countries, by their hash.
    pub(crate) names: FxHashMap<u64, Box<str>>,
    /// Organisation that the exchanges name, by account (hash; 0 where none).
    pub(crate) organisations: Vec<u64>,
    /// Masked texts of a sample of exchanges; shown only word by word, where many accounts share the word.
    pub(crate) examples: Examples,
    /// Rows with an `event_id` or `response_id` seen before.
    pub(crate) duplicates: u64,
    /// What the source could see.
    pub(crate) coverage: Coverage,
}

impl Lake {
    /// Exchanges in the lake.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was folded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Accounts with at least one exchange.
    pub fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// Exchanges that were left out because they were there already.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// What the source could see.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// First and last exchange.
    pub fn span(&self) -> Option<(Micros, Micros)> {
        let first = self.rows.time.iter().min()?;
        let last = self.rows.time.iter().max()?;
        Some((Micros(*first), Micros(*last)))
    }

    pub(crate) fn event_id(&self, row: usize) -> &str {
        let from = if row == 0 { 0 } else { self.event_ends[row - 1] as usize };
        &self.event_text[from..self.event_ends[row] as usize]
    }

    /// Row indices of one account within a stretch of time (`since <= t < until`).
    pub(crate) fn rows_of(&self, account: usize, since: i64, until: i64) -> std::ops::Range<usize> {
        let (from, to) = (self.starts[account], self.starts[account + 1]);
        let times = &self.rows.time[from..to];
        let first = from + times.partition_point(|&t| t < since);
        let last = from + times.partition_point(|&t| t < until);
        first..last.max(first)
    }
}
