//! `vigie.toml`: what every option means, where it is wrong, and what was meant instead.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use vigie_hunt::HuntOptions;

use crate::failure::Failure;

/// The whole file; every key is optional, unknown keys are errors.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How to hunt.
    pub hunt: HuntOptions,
    /// How to read.
    pub read: ReadConfig,
}

/// The `[read]` section.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadConfig {
    /// A longer row is rejected, in bytes.
    pub row_bytes_max: Option<usize>,
    /// A larger file is an error after the rows that fit, in bytes after decompression.
    pub file_bytes_max: Option<u64>,
    /// Rejects that `rejects.jsonl` holds; those beyond are only counted.
    pub rejects_max: Option<u64>,
    /// How far client addresses of gateway logs can be believed.
    pub address_trust: Option<AddressTrust>,
}

/// How far client addresses of gateway logs can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum AddressTrust {
    /// From a header that the client can write.
    Claimed,
    /// From a proxy of yours that overwrites what clients send.
    TrustedProxy,
    /// The address of the connection itself.
    Peer,
}

impl From<AddressTrust> for vigie_ingest::AddressTrust {
    fn from(trust: AddressTrust) -> Self {
        match trust {
            AddressTrust::Claimed => Self::Claimed,
            AddressTrust::TrustedProxy => Self::TrustedProxy,
            AddressTrust::Peer => Self::Peer,
        }
    }
}

/// Reads a TOML file into `T`, which denies unknown fields.
///
/// # Errors
/// [`Failure::Usage`] naming file, line, key, and the key that was probably meant.
pub fn read<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<T, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("`{}` cannot be read: {error}", file.display())))?;
    parse(&text, &file.display().to_string())
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str, file: &str) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = error.message();
        let hint = meant(message).map_or_else(String::new, |key| format!("; did you mean `{key}`?"));
        Failure::usage(format!("`{file}`, line {line}: {message}{hint}"))
    })
}

/// The expected key nearest to the unknown one, out of serde's message
/// ``unknown field `alhpa`, expected one of `alpha`, `seed` ``.
fn meant(message: &str) -> Option<&str> {
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

    fn complaint(text: &str) -> String {
        parse::<Config>(text, "vigie.toml").unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_line_and_guess() {
        let said = complaint("[hunt]\nseed = 4\nalhpa = 0.1\n");
        assert!(said.contains("`vigie.toml`, line 3"), "{said}");
        assert!(said.ends_with("did you mean `alpha`?"), "{said}");
        assert!(complaint("[hnut]\n").ends_with("did you mean `hunt`?"));
        assert!(!complaint("[quite_another_thing]\n").contains("did you mean"));
    }

    #[test]
    fn a_wrong_value_is_named_with_its_line() {
        let said = complaint("[read]\naddress_trust = \"peeer\"\n");
        assert!(said.contains("line 2") && said.ends_with("did you mean `peer`?"), "{said}");
        assert!(complaint("[hunt]\nalpha = \"low\"\n").contains("line 2"));
    }

    #[test]
    fn an_empty_file_keeps_every_default() {
        let config: Config = parse("", "vigie.toml").unwrap();
        assert_eq!(config.hunt, HuntOptions::default());
    }
}
