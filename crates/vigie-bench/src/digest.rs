//! What the baselines see of a log: a few numbers per exchange, sorted by account and time.

use arrow_array::{Array, RecordBatch};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use vigie_fold::{DIMS, Folder, hash_text};
use vigie_model::{Account, ExchangeView};

use crate::error::BenchError;

/// Rows that one worker folds at a time.
const CHUNK_ROWS: usize = 2_048;

/// One exchange as the baselines see it. Hashes are 0 where the source cannot see the thing.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Account, as an index of [`Digest::accounts`].
    pub account: u32,
    /// Microseconds since the epoch.
    pub time: i64,
    /// Hash of the client address.
    pub address: u64,
    /// Hash of the prompt, case-folded.
    pub exact: u64,
    /// Hash of the masked prompt.
    pub template: u64,
    /// Embedding of the prompt, length 127; all 0 for an empty one.
    pub embedding: [i8; DIMS],
}

/// A log for the baselines. About 100 bytes an exchange.
#[derive(Clone, Debug, Default)]
pub struct Digest {
    /// Account ids, ascending.
    pub accounts: Vec<String>,
    /// Hash of each account's payment fingerprint, 0 where unknown.
    pub payments: Vec<u64>,
    rows: Vec<Seen>,
    /// Where the rows of an account begin; one more than accounts.
    starts: Vec<usize>,
}

impl Digest {
    /// Reads batches of the exchange table and the accounts table. O(n log n).
    ///
    /// # Errors
    /// Those of the iterator, and [`BenchError::Schema`] for a batch of another shape.
    pub fn read(
        batches: impl Iterator<Item = Result<RecordBatch, BenchError>>,
        accounts: &[Account],
    ) -> Result<Self, BenchError> {
        let mut ids: FxHashMap<String, u32> = FxHashMap::default();
        let mut rows = Vec::new();
        for batch in batches {
            append(&mut rows, &mut ids, &ExchangeView::try_new(&batch?)?);
        }
        Ok(Self::new(rows, ids, accounts))
    }

    fn new(mut rows: Vec<Seen>, ids: FxHashMap<String, u32>, accounts: &[Account]) -> Self {
        let mut named: Vec<(String, u32)> = ids.into_iter().collect();
        named.sort_unstable();
        let mut rank = vec![0; named.len()];
        for (new, (_, old)) in named.iter().enumerate() {
            rank[*old as usize] = new as u32;
        }
        for row in &mut rows {
            row.account = rank[row.account as usize];
        }
        rows.par_sort_unstable_by_key(|r| (r.account, r.time, r.exact, r.address));
        let payment_of: FxHashMap<&str, u64> = accounts
            .iter()
            .filter_map(|a| Some((a.account_id.as_str(), hash_text(a.payment_fingerprint.as_deref()?))))
            .collect();
        let names: Vec<String> = named.into_iter().map(|(name, _)| name).collect();
        let payments = names.iter().map(|name| payment_of.get(name.as_str()).copied().unwrap_or(0)).collect();
        let starts = (0..=names.len()).map(|a| rows.partition_point(|r| (r.account as usize) < a)).collect();
        Self { accounts: names, payments, rows, starts }
    }

    /// Accounts with at least one exchange.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether there is no exchange at all.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All exchanges, by account and time.
    pub fn rows(&self) -> &[Seen] {
        &self.rows
    }

    /// The exchanges of one account, by time.
    pub fn of(&self, account: u32) -> &[Seen] {
        let account = account as usize;
        &self.rows[self.starts[account]..self.starts[account + 1]]
    }

    /// Every account index.
    pub fn indices(&self) -> std::ops::Range<u32> {
        0..self.accounts.len() as u32
    }
}

fn append(rows: &mut Vec<Seen>, ids: &mut FxHashMap<String, u32>, view: &ExchangeView) {
    let first = rows.len();
    rows.extend((0..view.len()).map(|i| {
        let id = view.account_id.value(i);
        let account = ids.get(id).copied().unwrap_or_else(|| {
            let account = ids.len() as u32;
            ids.insert(id.to_owned(), account);
            account
        });
        let address = view.client_address.filter(|a| a.is_valid(i)).map_or(0, |a| hash_text(a.value(i)));
        Seen { account, time: view.timestamp.value(i), address, exact: 0, template: 0, embedding: [0; DIMS] }
    }));
    let Some(prompts) = view.prompt else { return };
    rows[first..].par_chunks_mut(CHUNK_ROWS).enumerate().for_each_init(
        Folder::new,
        |folder, (chunk, rows)| {
            for (i, row) in rows.iter_mut().enumerate() {
                let i = chunk * CHUNK_ROWS + i;
                if prompts.is_valid(i) {
                    let features = folder.prompt(prompts.value(i));
                    row.exact = features.exact;
                    row.template = features.template;
                    row.embedding = features.embedding;
                }
            }
        },
    );
}

#[cfg(test)]
pub(crate) mod tests {
    use vigie_model::{Account, Exchange, ExchangeBatchBuilder, Micros};

    use super::Digest;

    /// A digest of (account, second, address, prompt), and payments of (account, payment).
    pub fn digest(rows: &[(&str, i64, &str, &str)], payments: &[(&str, &str)]) -> Digest {
        let mut builder = ExchangeBatchBuilder::default();
        for (i, (account, second, address, prompt)) in rows.iter().enumerate() {
            builder.push(&Exchange {
                event_id: i.to_string(),
                timestamp: Micros(second * Micros::SECOND),
                account_id: (*account).into(),
                client_address: Some((*address).into()),
                prompt: Some((*prompt).into()),
                ..Exchange::default()
            });
        }
        let accounts: Vec<Account> = payments
            .iter()
            .map(|(account, payment)| Account {
                account_id: (*account).into(),
                payment_fingerprint: Some((*payment).into()),
                ..Account::default()
            })
            .collect();
        Digest::read([Ok(builder.finish())].into_iter(), &accounts).unwrap()
    }

    #[test]
    fn rows_stand_by_account_and_time_whatever_their_order() {
        let digest = digest(&[("b", 2, "x", "p"), ("a", 3, "x", "p"), ("b", 1, "x", "q")], &[("b", "card")]);
        assert_eq!(digest.accounts, ["a", "b"]);
        assert_eq!(digest.of(1).iter().map(|r| r.time).collect::<Vec<_>>(), [1_000_000, 2_000_000]);
        assert_eq!(digest.payments[0], 0);
        assert_ne!(digest.payments[1], 0);
    }
}
