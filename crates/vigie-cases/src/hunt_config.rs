//! How somebody wants a hunt to be: the keys of `vigie.toml`, one definition for the file, the API and the records.
//!
//! What does not live here: the values that hold without a key; each stage knows its own.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::invalid::{FieldError, check};

/// Longest row that may be asked for, in bytes: one row is held in memory.
const ROW_BYTES_MAX: usize = 1 << 30;
/// Most rejects that may be asked for.
const REJECTS_MAX: u64 = 100_000_000;

/// The keys of `vigie.toml`. Every key is optional, unknown keys are errors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HuntConfig {
    /// How to hunt.
    pub hunt: HuntKeys,
    /// How to read.
    pub read: ReadKeys,
}

/// The `[hunt]` section.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HuntKeys {
    /// Promised false-discovery rate over all clusters of a hunt, between 0 and 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// Fewest accounts that make a campaign, at least 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts_min: Option<usize>,
    /// Seed of the resampling tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// The `[read]` section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReadKeys {
    /// A longer row is rejected, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_bytes_max: Option<usize>,
    /// A larger file is an error after the rows that fit, in bytes after decompression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_bytes_max: Option<u64>,
    /// Rejects that `rejects.jsonl` holds; those beyond are only counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejects_max: Option<u64>,
    /// How far client addresses of gateway logs can be believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_trust: Option<AddressTrust>,
}

/// How far client addresses of gateway logs can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AddressTrust {
    /// From a header that the client can write.
    Claimed,
    /// From a proxy of yours that overwrites what clients send.
    TrustedProxy,
    /// The address of the connection itself.
    Peer,
}

impl HuntConfig {
    /// What is wrong with it, key by key.
    ///
    /// # Errors
    /// One entry for each key outside its range.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let (hunt, read) = (&self.hunt, &self.read);
        let mut errors = Vec::new();
        let fits = |x: Option<u64>, least, most| x.is_none_or(|x| (least..=most).contains(&x));
        let size = |x: Option<usize>| x.map(|x| x as u64);
        let alpha = hunt.alpha.is_none_or(|a| a > 0.0 && a < 1.0);
        check(&mut errors, alpha, "hunt.alpha", "above 0 and below 1");
        check(
            &mut errors,
            fits(size(hunt.accounts_min), 2, 1_000_000),
            "hunt.accounts_min",
            "2 to 1,000,000",
        );
        // TOML has no greater whole numbers.
        check(&mut errors, fits(hunt.seed, 0, i64::MAX as u64), "hunt.seed", "0 to 9223372036854775807");
        let row = fits(size(read.row_bytes_max), 1, ROW_BYTES_MAX as u64);
        check(&mut errors, row, "read.row_bytes_max", "1 to 1073741824 bytes");
        let file = fits(read.file_bytes_max, 1, i64::MAX as u64);
        check(&mut errors, file, "read.file_bytes_max", "1 to 9223372036854775807 bytes");
        check(&mut errors, fits(read.rejects_max, 0, REJECTS_MAX), "read.rejects_max", "at most 100,000,000");
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// As a `vigie.toml`, with the keys that are set.
    ///
    /// # Errors
    /// When a number cannot be written as JSON, which a valid configuration does not hold.
    pub fn to_toml(&self) -> Result<String, serde_json::Error> {
        let mut text = String::new();
        let sections = serde_json::to_value(self)?;
        for (name, keys) in sections.as_object().into_iter().flatten() {
            let _ = writeln!(text, "[{name}]");
            for (key, value) in keys.as_object().into_iter().flatten() {
                // Numbers and plain words are written alike in JSON and TOML.
                let value: &Value = value;
                let _ = writeln!(text, "{key} = {value}");
            }
        }
        Ok(text)
    }
}

/// The expected word nearest to an unknown one, out of serde's message
/// ``unknown field `alhpa`, expected one of `alpha`, `seed` ``; `None` when nothing is near.
pub fn meant(message: &str) -> Option<&str> {
    /// Letters that may differ before a guess does more harm than good.
    const DISTANCE_MAX: usize = 3;
    let mut quoted = message.split('`').skip(1).step_by(2);
    if !message.starts_with("unknown ") {
        return None;
    }
    let unknown = quoted.next()?;
    quoted
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .filter(|(distance, _)| *distance <= DISTANCE_MAX)
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_named_by_its_key() {
        assert_eq!(HuntConfig::default().validate(), Ok(()));
        let wrong: HuntConfig = serde_json::from_str(
            r#"{"hunt": {"alpha": 1.0, "accounts_min": 1, "seed": 18446744073709551615},
                "read": {"row_bytes_max": 0, "rejects_max": 1000000000000}}"#,
        )
        .unwrap();
        let fields: Vec<String> = wrong.validate().unwrap_err().into_iter().map(|e| e.field).collect();
        assert_eq!(
            fields,
            ["hunt.alpha", "hunt.accounts_min", "hunt.seed", "read.row_bytes_max", "read.rejects_max"]
        );
        let nan = HuntKeys { alpha: Some(f64::NAN), ..HuntKeys::default() };
        assert!(HuntConfig { hunt: nan, ..HuntConfig::default() }.validate().is_err());
    }

    #[test]
    fn only_the_keys_that_are_set_are_written() {
        let config: HuntConfig =
            serde_json::from_str(r#"{"hunt": {"alpha": 0.01}, "read": {"address_trust": "trusted-proxy"}}"#)
                .unwrap();
        assert_eq!(
            config.to_toml().unwrap(),
            "[hunt]\nalpha = 0.01\n[read]\naddress_trust = \"trusted-proxy\"\n"
        );
        assert_eq!(HuntConfig::default().to_toml().unwrap(), "[hunt]\n[read]\n");
    }

    #[test]
    fn a_near_miss_is_guessed_and_a_far_one_is_not() {
        assert_eq!(meant("unknown field `alhpa`, expected one of `alpha`, `seed`"), Some("alpha"));
        assert_eq!(meant("unknown field `quite_another`, expected `alpha` or `seed`"), None);
        assert_eq!(meant("invalid type: string `alhpa`, expected `alpha`"), None);
    }
}
