//! What one hunt looks at: a window of the lake with the side tables joined to it.

use std::ops::Range;

use rustc_hash::FxHashMap;
use vigie_model::Account;

use crate::lake::{Coverage, Lake};
use crate::{SideTables, Window};

/// A window of the lake, joined with what is known of the accounts.
pub(crate) struct View<'a> {
    pub(crate) lake: &'a Lake,
    /// Rows of each account inside the window.
    pub(crate) ranges: Vec<Range<usize>>,
    /// Rows per account, the lengths of `ranges`.
    pub(crate) exchanges: Vec<u32>,
    /// The account table's row, where there is one.
    pub(crate) known: Vec<Option<&'a Account>>,
    /// Number of each account among those with rows, whoever else is in the log.
    pub(crate) places: Vec<u32>,
    /// Accounts with at least one row.
    pub(crate) population: usize,
    /// Rows in the window.
    pub(crate) rows: usize,
    /// First and one past the last moment seen, in microseconds; both 0 without rows.
    pub(crate) span: (i64, i64),
    /// The window as it was asked for: first and one past the last moment.
    since: i64,
    until: i64,
    /// Models by hash, with their release, where it lies in or shortly before the window.
    pub(crate) releases: Vec<(u64, i64)>,
}

impl<'a> View<'a> {
    pub(crate) fn new(lake: &'a Lake, side: &'a SideTables, window: Window) -> Self {
        let since = window.since.map_or(i64::MIN, |t| t.0);
        let until = window.until.map_or(i64::MAX, |t| t.0);
        let ranges: Vec<Range<usize>> = (0..lake.accounts()).map(|a| lake.rows_of(a, since, until)).collect();
        let exchanges: Vec<u32> = ranges.iter().map(|r| r.len() as u32).collect();
        let mut active = 0;
        let places = exchanges
            .iter()
            .map(|&n| {
                active += u32::from(n > 0);
                active.saturating_sub(1)
            })
            .collect();
        let table: FxHashMap<&str, &Account> =
            side.accounts.iter().map(|a| (a.account_id.as_str(), a)).collect();
        let known = lake.accounts.iter().map(|name| table.get(name.as_ref()).copied()).collect();
        let times = || ranges.iter().filter(|r| !r.is_empty());
        let first = times().map(|r| lake.rows.time[r.start]).min().unwrap_or(0);
        let last = times().map(|r| lake.rows.time[r.end - 1]).max().map_or(0, |t| t + 1);
        Self {
            lake,
            places,
            population: exchanges.iter().filter(|&&n| n > 0).count(),
            rows: exchanges.iter().map(|&n| n as usize).sum(),
            ranges,
            exchanges,
            known,
            span: (first, last),
            since,
            until: until.max(since),
            releases: side
                .models
                .iter()
                .map(|m| (vigie_fold::hash_text(&m.model), m.released_at.0))
                .collect(),
        }
    }

    /// All accounts, also those without rows in the window.
    pub(crate) fn accounts(&self) -> usize {
        self.ranges.len()
    }

    /// What the source could see up to the last moment of the window.
    pub(crate) fn coverage(&self) -> Coverage {
        self.lake.coverage().until(self.span.1)
    }

    /// Rows of the window that were left out because they were there already.
    pub(crate) fn duplicates(&self) -> u64 {
        let all = &self.lake.duplicates;
        (all.partition_point(|&t| t < self.until) - all.partition_point(|&t| t < self.since)) as u64
    }

    /// The organisation of an account: the account table's word first, else what its exchanges say; 0 where unseen.
    pub(crate) fn organisation(&self, account: usize) -> u64 {
        match self.known[account].and_then(|a| a.org_id.as_deref()).filter(|o| !o.is_empty()) {
            Some(org) => vigie_fold::hash_text(org),
            None => self.lake.organisation(self.ranges[account].clone()),
        }
    }
}
