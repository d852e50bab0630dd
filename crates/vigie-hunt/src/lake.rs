//! The lake: folded exchanges of all accounts, without any text, and the names that outputs need.

use arrow_array::{Array, RecordBatch};
use rustc_hash::FxHashMap;
use vigie_model::{EXCHANGE_COLUMNS, Micros};

use crate::examples::Examples;
use crate::rows::Rows;

/// Which columns of the exchange table the source could see, as shares of its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Column name and share of rows with a value, in schema order.
    pub columns: Vec<(&'static str, f64)>,
    /// Earliest moment with a value, by column.
    first: Vec<i64>,
}

impl Coverage {
    /// Share of rows in which the column has a value; 0 for a column that was never there.
    pub fn share(&self, column: &str) -> f64 {
        self.columns.iter().find(|(name, _)| *name == column).map_or(0.0, |(_, share)| *share)
    }

    /// Whether any row had a value in the column.
    pub fn sees(&self, column: &str) -> bool {
        self.share(column) > 0.0
    }

    /// The same without the columns that had no value before a moment, in microseconds.
    pub(crate) fn until(&self, moment: i64) -> Self {
        let mut seen = self.clone();
        for ((_, share), &first) in seen.columns.iter_mut().zip(&self.first) {
            if first >= moment {
                *share = 0.0;
            }
        }
        seen
    }
}

/// Counts which columns have values, batch by batch.
#[derive(Debug)]
pub(crate) struct Presence {
    rows: u64,
    /// Values and earliest moment with one, by column.
    columns: Vec<(u64, i64)>,
}

impl Default for Presence {
    fn default() -> Self {
        Self { rows: 0, columns: vec![(0, i64::MAX); EXCHANGE_COLUMNS.len()] }
    }
}

impl Presence {
    /// Counts one batch, whose rows came at `times`. O(columns), and O(rows) for a column that had no value as early.
    pub(crate) fn count(&mut self, batch: &RecordBatch, times: &[i64]) {
        let earliest = times.iter().copied().min().unwrap_or(i64::MAX);
        for ((count, first), column) in self.columns.iter_mut().zip(EXCHANGE_COLUMNS) {
            let Some(values) = batch.column_by_name(column.name) else { continue };
            *count += (values.len() - values.null_count()) as u64;
            if earliest < *first {
                let seen = times.iter().enumerate().filter(|(row, _)| values.is_valid(*row));
                *first = seen.map(|(_, &time)| time).min().unwrap_or(i64::MAX).min(*first);
            }
        }
        self.rows += batch.num_rows() as u64;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        for ((count, first), (more, earlier)) in self.columns.iter_mut().zip(&other.columns) {
            *count += more;
            *first = (*first).min(*earlier);
        }
    }

    pub(crate) fn coverage(&self) -> Coverage {
        let share = |n: u64| if self.rows == 0 { 0.0 } else { n as f64 / self.rows as f64 };
        let columns = EXCHANGE_COLUMNS.iter().zip(&self.columns);
        Coverage {
            columns: columns.map(|(column, &(n, _))| (column.name, share(n))).collect(),
            first: self.columns.iter().map(|&(_, first)| first).collect(),
        }
    }
}

/// Phrases of each distinct system prompt, by the hash of its masked text: at most one entry an exchange.
pub(crate) type SystemPhrases = FxHashMap<u64, [u64; vigie_fold::SYSTEM_PHRASES]>;

/// Folded exchanges: no text, everything that a hunt needs. Fold once, hunt any window.
#[derive(Debug, Default)]
pub struct Lake {
    /// Account names, sorted; a row's `account` is an index into it.
    pub(crate) accounts: Vec<Box<str>>,
    /// Rows by account, then time.
    pub(crate) rows: Rows,
    /// Phrases of the system prompts that rows name.
    pub(crate) system_phrases: SystemPhrases,
    /// Where each account's rows begin; one longer than `accounts`.
    pub(crate) starts: Vec<usize>,
    /// Event ids in row order, back to back.
    pub(crate) event_text: String,
    /// Where each row's event id ends in `event_text`.
    pub(crate) event_ends: Vec<u64>,
    /// Runs of rows whose exchanges name one organisation: first row and hash, 0 for none.
    pub(crate) organisations: Vec<(usize, u64)>,
    /// Common words of a sample of exchanges.
    pub(crate) examples: Examples,
    /// When rows came with an `event_id` or `response_id` seen before; sorted.
    pub(crate) duplicates: Vec<i64>,
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
        self.duplicates.len() as u64
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

    /// The masked example of a row, where it is in the sample, in words that were common before a moment.
    pub(crate) fn example(&self, row: usize, until: i64) -> Option<String> {
        let account = vigie_fold::hash_text(&self.accounts[self.rows.account[row] as usize]);
        self.examples.get((self.rows.time[row], vigie_fold::hash_text(self.event_id(row)), account), until)
    }

    /// The organisation that most of some rows name, as a hash; 0 where none does.
    pub(crate) fn organisation(&self, rows: std::ops::Range<usize>) -> u64 {
        let mut named: FxHashMap<u64, usize> = FxHashMap::default();
        let mut run = self.organisations.partition_point(|&(from, _)| from <= rows.start).saturating_sub(1);
        while let Some(&(from, organisation)) = self.organisations.get(run).filter(|run| run.0 < rows.end) {
            run += 1;
            let to = self.organisations.get(run).map_or(rows.end, |next| next.0.min(rows.end));
            if organisation != 0 {
                *named.entry(organisation).or_default() += to - from.max(rows.start);
            }
        }
        named.into_iter().max_by_key(|&(organisation, n)| (n, organisation)).map_or(0, |(o, _)| o)
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
