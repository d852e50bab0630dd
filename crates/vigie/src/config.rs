//! `vigie.toml`: what every option means, where it is wrong, and what was meant instead.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use vigie_cases::{HuntConfig, HuntKeys, meant};
use vigie_hunt::HuntOptions;

use crate::failure::Failure;

/// How far client addresses of gateway logs can be believed, as the command line knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
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

impl From<vigie_cases::AddressTrust> for AddressTrust {
    fn from(trust: vigie_cases::AddressTrust) -> Self {
        match trust {
            vigie_cases::AddressTrust::Claimed => Self::Claimed,
            vigie_cases::AddressTrust::TrustedProxy => Self::TrustedProxy,
            vigie_cases::AddressTrust::Peer => Self::Peer,
        }
    }
}

/// The `[hunt]` section as the hunt wants it.
pub fn hunt_options(keys: &HuntKeys) -> HuntOptions {
    let HuntKeys { alpha, accounts_min, seed } = *keys;
    HuntOptions { alpha, accounts_min, seed }
}

/// Reads a `vigie.toml`.
///
/// # Errors
/// Those of [`read`], and [`Failure::Usage`] naming every key whose value is out of range.
pub fn read_hunt(file: &Path) -> Result<HuntConfig, Failure> {
    let config: HuntConfig = read(file)?;
    let name = file.display();
    config.validate().map_err(|errors| {
        let said: Vec<String> =
            errors.iter().map(|e| format!("`{name}`: {} {}", e.field, e.message)).collect();
        Failure::usage(said.join("\n"))
    })?;
    Ok(config)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        parse::<HuntConfig>(text, "vigie.toml").unwrap_err().to_string()
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
        let config: HuntConfig = parse("", "vigie.toml").unwrap();
        assert_eq!(hunt_options(&config.hunt), HuntOptions::default());
    }
}
