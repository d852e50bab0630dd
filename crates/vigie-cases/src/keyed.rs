//! Keyed hashing: choices that look random to outsiders and are the same every time, and secrets that need no table.

use sha2::{Digest, Sha256};

use crate::ids::{DecisionId, base32};

/// HMAC-SHA256 (RFC 2104) with a key that is worked in once.
#[derive(Clone)]
struct Hmac {
    inner: Sha256,
    outer: Sha256,
}

impl Hmac {
    fn new(key: &[u8]) -> Self {
        let mut block = [0_u8; 64];
        if key.len() > block.len() {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let pad = |with: u8| Sha256::new().chain_update(block.map(|b| b ^ with));
        Self { inner: pad(0x36), outer: pad(0x5c) }
    }

    fn of(&self, message: &[u8]) -> [u8; 32] {
        let inner = self.inner.clone().chain_update(message).finalize();
        self.outer.clone().chain_update(inner).finalize().into()
    }
}

/// HMAC-SHA256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    Hmac::new(key).of(message)
}

/// Places of accounts: two numbers each that look random to outsiders, do not depend on each other, and are the same every
/// time for the same key and purpose.
pub struct Places {
    hmac: Hmac,
    purpose: String,
}

impl Places {
    /// Places for `purpose` under `key`.
    pub fn new(key: &[u8], purpose: &str) -> Self {
        Self { hmac: Hmac::new(key), purpose: purpose.to_owned() }
    }

    /// Both places of an account, each in 0–1 (1 excluded) and uniform over accounts.
    pub fn of(&self, account_id: &str) -> (f64, f64) {
        let hash = self.hmac.of(format!("{}\0{account_id}", self.purpose).as_bytes());
        let share = |at: usize| {
            let bits = hash[at..at + 8].iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
            (bits >> 11) as f64 / (1_u64 << 53) as f64
        };
        (share(0), share(8))
    }
}

/// What an appeal token begins with.
const APPEAL_PREFIX: &str = "apt_";
/// Bytes of the keyed hash in an appeal token: 120 bits.
const APPEAL_MAC_BYTES: usize = 15;

/// The secret of a decision's appeal link: the id and a keyed hash of it, so that no table of secrets is kept.
pub fn appeal_token(key: &[u8], decision: &DecisionId) -> String {
    let mac = hmac_sha256(key, format!("appeal\0{decision}").as_bytes());
    let body = &decision.as_str()[DecisionId::PREFIX.len()..];
    format!("{APPEAL_PREFIX}{body}{}", base32(&mac[..APPEAL_MAC_BYTES]))
}

/// The decision that an appeal token belongs to, if the token is true. Compares in constant time.
pub fn read_appeal_token(key: &[u8], token: &str) -> Option<DecisionId> {
    let body = token.strip_prefix(APPEAL_PREFIX)?.get(..20)?;
    let decision = DecisionId::parse(&format!("{}{body}", DecisionId::PREFIX)).ok()?;
    same_secret(appeal_token(key, &decision).as_bytes(), token.as_bytes()).then_some(decision)
}

/// Whether two secrets are the same, in a time that depends on their length only.
pub fn same_secret(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
}

/// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal digits of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use vigie_model::Micros;

    use super::*;

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        // Test cases 2 and 6.
        assert_eq!(
            hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(&hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn an_appeal_token_opens_its_own_decision_only() {
        let id = DecisionId::mint(Micros(1_700_000_000_000_000), 7);
        let token = appeal_token(b"key", &id);
        assert_eq!(read_appeal_token(b"key", &token), Some(id));
        assert_eq!(read_appeal_token(b"other", &token), None);
        let mut forged = token.clone();
        forged.replace_range(token.len() - 1.., if token.ends_with('0') { "1" } else { "0" });
        assert_eq!(read_appeal_token(b"key", &forged), None);
        assert_eq!(read_appeal_token(b"key", "apt_é"), None);
    }

    #[test]
    fn places_are_spread_evenly_and_do_not_move() {
        let places = Places::new(b"k", "takedown");
        let both: Vec<(f64, f64)> = (0..10_000).map(|i| places.of(&format!("acct-{i}"))).collect();
        let count = |holds: &dyn Fn(&(f64, f64)) -> bool| both.iter().filter(|p| holds(p)).count();
        assert!((400..600).contains(&count(&|p| p.0 < 0.05)));
        assert!((400..600).contains(&count(&|p| p.1 < 0.05)));
        assert!(
            (2300..2700).contains(&count(&|p| p.0 < 0.5 && p.1 < 0.5)),
            "one says nothing about the other"
        );
        assert_eq!(places.of("x"), Places::new(b"k", "takedown").of("x"));
        assert_ne!(places.of("x"), Places::new(b"other", "takedown").of("x"));
        assert_ne!(places.of("x"), Places::new(b"k", "another").of("x"));
    }
}
