//! Ids of the records: a prefix that says what it is, then 20 lower-case base32 characters.
//!
//! What lives here: their shape and how they are made from a time and from chance that the caller hands in.
//! What does not: the source of chance.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_model::Micros;

/// Crockford's alphabet: no `i`, `l`, `o`, `u`, and in the order of the bytes, so that ids sort by time.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters after the prefix.
const BODY_LEN: usize = 20;

/// A text that is not the id that belongs there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}… with 20 lower-case base32 characters")]
pub struct BadId {
    /// What was given.
    pub text: String,
    /// What it should begin with.
    pub prefix: &'static str,
}

/// 50 bits of time in milliseconds, then 50 bits of chance: neighbours in time are neighbours in an index.
fn body(now: Micros, chance: u64) -> String {
    let time = (now.0.max(0) / 1000) as u64 & ((1 << 50) - 1);
    let chance = chance & ((1 << 50) - 1);
    let bits = (u128::from(time) << 50) | u128::from(chance);
    (0..BODY_LEN).map(|i| char::from(ALPHABET[((bits >> (95 - 5 * i)) & 31) as usize])).collect()
}

/// Lower-case base32 of `bytes`, without padding; secrets are shown in it, too.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[((held >> bits) & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[((held << (5 - bits)) & 31) as usize]));
    }
    text
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(with = "String")]
        pub struct $name(String);

        impl $name {
            /// What every such id begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id from the time and 50 bits of chance.
            pub fn mint(now: Micros, chance: u64) -> Self {
                Self(format!("{}{}", Self::PREFIX, body(now, chance)))
            }

            /// Reads an id.
            ///
            /// # Errors
            /// [`BadId`] when prefix, length or alphabet are others.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                let good = text
                    .strip_prefix(Self::PREFIX)
                    .is_some_and(|b| b.len() == BODY_LEN && b.bytes().all(|c| ALPHABET.contains(&c)));
                if good {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadId { text: text.chars().take(64).collect(), prefix: Self::PREFIX })
                }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A case.
    CaseId = "case_";
    /// A decision.
    DecisionId = "dec_";
    /// A takedown.
    TakedownId = "tkd_";
    /// An appeal.
    AppealId = "app_";
    /// An exception.
    ExceptionId = "exc_";
    /// A user.
    UserId = "usr_";
    /// An API token (its id, never its secret).
    TokenId = "tok_";
    /// A run of the hunt.
    HuntId = "hunt_";
    /// A webhook.
    WebhookId = "whk_";
    /// One event on its way to one webhook.
    DeliveryId = "dlv_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_another_prefix_does_not() {
        let id = CaseId::mint(Micros(1_700_000_000_000_000), 42);
        assert_eq!(id.as_str().len(), 25);
        assert_eq!(CaseId::parse(id.as_str()), Ok(id.clone()));
        assert!(DecisionId::parse(id.as_str()).is_err());
        assert!(CaseId::parse("case_ILO").is_err());
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let early = CaseId::mint(Micros(1_700_000_000_000_000), u64::MAX);
        let late = CaseId::mint(Micros(1_700_000_000_001_000), 0);
        assert!(early < late);
    }

    #[test]
    fn base32_keeps_every_bit() {
        assert_eq!(base32(&[0xff; 5]), "zzzzzzzz");
        assert_eq!(base32(&[0x80]), "g0");
    }
}
