//! What is kept of a text once the text is gone.

use crate::{BANDS, DIMS, Language, Marks, PHRASES_MAX, SYSTEM_PHRASES};

/// Features of one prompt. All hashes are 64 bits; 0 stands for "not there".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFeatures {
    /// Hash of the text, case-folded, white space collapsed, nothing masked. 0 = empty text. Of a text longer than
    /// [`crate::TEXT_BYTES_MAX`] only the parts that are folded and its length in bytes count.
    pub exact: u64,
    /// Hash of the whole masked token sequence; 0 = no tokens.
    pub template: u64,
    /// Hash of the first 6, 12 and 24 masked tokens; 0 where the prompt is not longer than that.
    pub heads: [u64; 3],
    /// Hash of the last 8 masked tokens; 0 where the prompt has fewer than 16.
    pub tail: u64,
    /// LSH keys: a hash of 4 MinHash bins each, of masked 3-word shingles; all 0 when there are fewer than 3 tokens.
    pub bands: [u64; BANDS],
    /// Sample of masked 4-word shingles, chosen by content (FracMinHash, one in six, the smallest where there are
    /// more): sorted, distinct, the first `phrase_len` of them.
    pub phrases: [u64; PHRASES_MAX],
    /// How many of `phrases` are there.
    pub phrase_len: u8,
    /// Signed feature hashing of words, word pairs and letter 4-grams (a word's first, middle and last) outside the masks; length 127, or all 0.
    pub embedding: [i8; DIMS],
    /// Masked tokens, saturating.
    pub words: u16,
    /// Bytes of the whole text, saturating.
    pub bytes: u32,
    /// How many stretches of text were masked, saturating.
    pub slots: u16,
    /// What the text asks for, by lexicon.
    pub marks: Marks,
    /// Language of the text outside the masks. Describes, never accuses.
    pub language: Language,
}

impl TextFeatures {
    /// The sampled phrases that are there.
    pub fn phrases(&self) -> &[u64] {
        &self.phrases[..usize::from(self.phrase_len).min(PHRASES_MAX)]
    }
}

impl Default for TextFeatures {
    /// The features of the empty text.
    fn default() -> Self {
        Self {
            exact: 0,
            template: 0,
            heads: [0; 3],
            tail: 0,
            bands: [0; BANDS],
            phrases: [0; PHRASES_MAX],
            phrase_len: 0,
            embedding: [0; DIMS],
            words: 0,
            bytes: 0,
            slots: 0,
            marks: Marks::NONE,
            language: Language::Unknown,
        }
    }
}

/// Features of a system prompt, masked like a prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemFeatures {
    /// Hash of the whole masked token sequence; 0 = no tokens.
    pub whole: u64,
    /// Hash of the first 64 masked tokens, or of all where there are fewer; 0 = no tokens.
    pub first_block: u64,
    /// The masked 4-word shingles with the smallest hashes (bottom-k sketch, Cohen & Kaplan 2007): distinct, smallest
    /// first, 0 where there are fewer. Prompts that say the same in partly other words share some of them.
    pub phrases: [u64; SYSTEM_PHRASES],
    /// What the text asks for, by lexicon.
    pub marks: Marks,
}
