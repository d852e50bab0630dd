//! Hashes: the same 64 bits on every machine and in every run.
//!
//! Words are hashed eight bytes at a time by folded multiplication (as wyhash does), whole texts by XXH3. Neither
//! is cryptographic: whoever must not be guessed needs a keyed hash, which is the business of vigie-share.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Seed of every text hash; a change of it is a change of [`crate::FOLD_VERSION`].
const TEXT_SEED: u64 = 0x5669_6769_6546_6f6c;
const K0: u64 = 0xa076_1d64_78bd_642f;
const K1: u64 = 0xe703_7ed1_a0b4_28db;
/// Bytes that must follow the last word in a buffer handed to [`word`], so that whole words can be loaded.
pub(crate) const PADDING: usize = 8;

/// Stable 64-bit hash of a string: ids of addresses, agents, prompts. O(bytes).
pub fn hash_text(text: &str) -> u64 {
    bytes(text.as_bytes())
}

/// Hash of a byte string.
pub(crate) fn bytes(bytes: &[u8]) -> u64 {
    xxh3_64_with_seed(bytes, TEXT_SEED)
}

/// Folded multiplication: the high and the low half of the 128-bit product, xor-ed.
#[inline]
pub(crate) const fn mix(a: u64, b: u64) -> u64 {
    let product = (a as u128) * (b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Appends one hash to the hash of a sequence.
#[inline]
pub(crate) const fn chain(sequence: u64, next: u64) -> u64 {
    let hash = mix(sequence.rotate_left(23) ^ next ^ K0, K1);
    // 0 means "not there" everywhere.
    if hash == 0 { 1 } else { hash }
}

/// Hash of `buffer[start..end]`, of which at least [`PADDING`] bytes must follow.
#[inline]
pub(crate) fn word(buffer: &[u8], start: usize, end: usize) -> u64 {
    let mut hash = K0 ^ (end - start) as u64;
    let mut at = start;
    while at + 8 < end {
        hash = mix(hash ^ load(buffer, at), K1);
        at += 8;
    }
    let rest = end - at;
    let last = if rest == 0 { 0 } else { load(buffer, at) & (u64::MAX >> (64 - 8 * rest)) };
    mix(mix(hash ^ last, K1) ^ K0, K1)
}

/// Eight bytes as a little-endian number; zero where the buffer is too short.
#[inline]
pub(crate) fn load(buffer: &[u8], at: usize) -> u64 {
    match buffer.get(at..at + 8).and_then(|s| <[u8; 8]>::try_from(s).ok()) {
        Some(eight) => u64::from_le_bytes(eight),
        None => 0,
    }
}

/// Hash of a word that stands alone: pads a copy. For tables, not for the hot path.
pub(crate) fn lone_word(text: &[u8]) -> u64 {
    let mut padded = text.to_vec();
    padded.resize(text.len() + PADDING, 0);
    word(&padded, 0, text.len())
}

#[cfg(test)]
mod tests {
    use super::{lone_word, word};

    #[test]
    fn what_follows_a_word_does_not_change_its_hash() {
        for length in 0..20 {
            let text = &b"abcdefghijklmnopqrstuvwxyz"[..length];
            let followed = [text, &b"########"[..]].concat();
            assert_eq!(lone_word(text), word(&followed, 0, length));
        }
    }

    #[test]
    fn words_that_differ_in_any_byte_differ() {
        let mut seen = std::collections::HashSet::new();
        for length in 1..=17_usize {
            for at in 0..length {
                let mut text = vec![b'a'; length];
                text[at] = b'b';
                assert!(seen.insert(lone_word(&text)), "length {length}, byte {at}");
            }
        }
    }
}
