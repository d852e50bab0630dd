//! Folded exchanges as columns: one row an exchange, no text. Rows are grouped by account and ordered by time.

use std::hash::{Hash, Hasher};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use vigie_fold::Marks;

/// Phrase objects kept per exchange.
pub(crate) const PHRASES: usize = 8;
/// LSH band objects kept per exchange.
pub(crate) const BANDS: usize = 4;
/// Dimensions of the content embedding.
pub(crate) const DIMS: usize = vigie_fold::DIMS;

/// What is true or false of an exchange; absent means false or unseen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Flags(u16);

impl Flags {
    pub(crate) const REFUSED: Self = Self(1);
    pub(crate) const FAILED: Self = Self(1 << 1);
    pub(crate) const LOGPROBS: Self = Self(1 << 2);
    pub(crate) const FOLLOW_UP: Self = Self(1 << 3);
    pub(crate) const HAS_TEXT: Self = Self(1 << 4);
    pub(crate) const TURN_SEEN: Self = Self(1 << 5);
    pub(crate) const PROBE: Self = Self(1 << 6);

    pub(crate) fn set(&mut self, flag: Self, on: bool) {
        if on {
            self.0 |= flag.0;
        }
    }

    pub(crate) fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }
}

macro_rules! rows {
    ($($(#[$doc:meta])* $column:ident : $type:ty),* $(,)?) => {
        /// Column vectors of folded exchanges, all of one length.
        #[derive(Debug, Default)]
        pub(crate) struct Rows {
            $($(#[$doc])* pub(crate) $column: Vec<$type>,)*
        }

        /// One row, to push.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Row {
            $(pub(crate) $column: $type,)*
        }

        impl Rows {
            pub(crate) fn with_capacity(rows: usize) -> Self {
                Self { $($column: Vec::with_capacity(rows),)* }
            }

            /// Feeds all that a row holds to a hasher.
            pub(crate) fn digest(&self, row: usize, hasher: &mut impl Hasher) {
                $(self.$column[row].hash(hasher);)*
            }

            pub(crate) fn push(&mut self, row: &Row) {
                $(self.$column.push(row.$column);)*
            }

            /// Gathers rows out of several chunks, column by column, so that at most one column is held twice.
            pub(crate) fn gather(mut chunks: Vec<Rows>, order: &[(u32, u32)]) -> Rows {
                Rows {
                    $($column: {
                        let taken: Vec<Vec<$type>> =
                            chunks.iter_mut().map(|c| std::mem::take(&mut c.$column)).collect();
                        order.par_iter().map(|&(chunk, row)| taken[chunk as usize][row as usize]).collect()
                    },)*
                }
            }
        }
    };
}

rows! {
    /// Index into the lake's account names.
    account: u32,
    /// Microseconds since the epoch.
    time: i64,
    /// Hash of the whole prompt, unmasked.
    exact: u64,
    /// Hash of the masked prompt.
    template: u64,
    /// Hashes of the first 6, 12 and 24 masked tokens.
    heads: [u64; 3],
    /// Hash of the last 8 masked tokens.
    tail: u64,
    /// LSH band keys.
    bands: [u64; BANDS],
    /// Sampled phrases, 0 where there are fewer.
    phrases: [u64; PHRASES],
    /// Normalised content embedding, times 127.
    embedding: [i8; DIMS],
    /// Hash of the masked system prompt; 0 without one.
    system: u64,
    /// Hash of its first block.
    system_block: u64,
    /// Hash of the tool set; 0 without one.
    tools: u64,
    /// Hash of the client address, where it is trusted.
    address: u64,
    /// Hash of its network (/24, /48).
    network: u64,
    /// Hash of TLS fingerprint and user agent.
    client: u64,
    /// Hash of client and request settings.
    settings: u64,
    /// Hash of temperature and token limit; 0 where neither is set.
    parameters: u64,
    /// Hash of the conversation id; 0 where unseen.
    conversation: u64,
    /// Hash of the requested model.
    model: u64,
    /// Elicitation and topic marks of prompt and system prompt.
    marks: Marks,
    /// Flags.
    flags: Flags,
    /// Words of the prompt.
    words: u16,
    /// Tokens in, saturating.
    input_tokens: u32,
    /// Tokens out, saturating.
    output_tokens: u32,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }
}
