//! Exchanges: whether the slice of a mixed account's traffic that a hunt reports is the slice that was planted.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::accounts::Hits;
use super::error::ScoreError;
use super::found::Found;
use super::input::each_batch;
use super::truth::Truth;

/// Lower ends of the buckets of ε, the share of a mixed account's own traffic that is the campaign's.
pub const SHARE_BUCKETS: [f64; 5] = [0.0, 0.05, 0.10, 0.25, 0.50];

/// Slices of traffic, counted in exchanges.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExchangeFigures {
    /// Over all mixed accounts.
    pub mixed: Hits,
    /// Over mixed accounts with ε of at least 10 %.
    pub mixed_from_tenth: Hits,
    /// By bucket of ε.
    pub by_share: Vec<ShareBucket>,
    /// Over all accounts, pure and honest ones too.
    pub all: Hits,
}

/// Mixed accounts with similar ε.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShareBucket {
    /// Lower end of ε, 0–1.
    pub from: f64,
    /// Mixed accounts in it.
    pub accounts: u64,
    /// Their exchanges.
    pub hits: Hits,
}

/// Planted, named, both and total exchanges of one account.
#[derive(Clone, Copy, Default)]
struct Tally {
    both: u64,
    named_only: u64,
    planted_only: u64,
    total: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.both += other.both;
        self.named_only += other.named_only;
        self.planted_only += other.planted_only;
        self.total += other.total;
    }

    fn hits(self) -> Hits {
        Hits::new(self.both, self.named_only, self.planted_only)
    }
}

/// Which accounts sent what, one pass over the world's exchanges. `None` when the tool names no exchanges or the
/// world's exchanges are not beside its truth.
pub fn exchange_figures(
    truth: &Truth,
    found: &Found,
    exchanges: &Path,
) -> Result<Option<ExchangeFigures>, ScoreError> {
    let Some(named) = &found.events else { return Ok(None) };
    if !exchanges.exists() {
        return Ok(None);
    }
    let mut tallies = vec![Tally::default(); truth.accounts_len()];
    let mut unknown = Tally::default();
    each_batch(exchanges, &["event_id", "account_id"], |table| {
        let (event, account) = (table.text("event_id")?, table.text("account_id")?);
        for i in 0..table.rows() {
            let planted = truth.network_of_event(event.value(i)).is_some();
            let named = named.contains(event.value(i));
            let tally = match truth.account(account.value(i)) {
                Some(account) => &mut tallies[account as usize],
                None => &mut unknown,
            };
            tally.add(Tally {
                both: u64::from(planted && named),
                named_only: u64::from(named && !planted),
                planted_only: u64::from(planted && !named),
                total: 1,
            });
        }
        Ok(())
    })?;
    Ok(Some(sum_up(truth, &tallies, unknown)))
}

fn sum_up(truth: &Truth, tallies: &[Tally], unknown: Tally) -> ExchangeFigures {
    let mut buckets = [(0_u64, Tally::default()); SHARE_BUCKETS.len()];
    let (mut mixed, mut from_tenth, mut all) = (Tally::default(), Tally::default(), unknown);
    for (account, &tally) in tallies.iter().enumerate() {
        all.add(tally);
        if !truth.is_mixed(account as u32) || tally.total == 0 {
            continue;
        }
        let share = (tally.both + tally.planted_only) as f64 / tally.total as f64;
        let bucket = SHARE_BUCKETS.iter().rposition(|&from| share >= from).unwrap_or(0);
        buckets[bucket].0 += 1;
        buckets[bucket].1.add(tally);
        mixed.add(tally);
        if share >= 0.10 {
            from_tenth.add(tally);
        }
    }
    let by_share = SHARE_BUCKETS
        .iter()
        .zip(buckets)
        .map(|(&from, (accounts, tally))| ShareBucket { from, accounts, hits: tally.hits() })
        .collect();
    ExchangeFigures { mixed: mixed.hits(), mixed_from_tenth: from_tenth.hits(), by_share, all: all.hits() }
}
