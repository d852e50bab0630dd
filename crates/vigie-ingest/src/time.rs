//! Points in time as logs write them: RFC 3339 text, or numbers since the epoch in some unit.

use vigie_model::Micros;

/// What a reject says of a time that cannot be read.
pub(crate) const TIME_EXPECTED: &str =
    "is no time; write RFC 3339 such as 2026-02-23T08:00:00Z, or seconds since 1970";

/// Below this a number counts seconds: until the year 5138.
const SECONDS_MAX: f64 = 1e11;
/// From there below this it counts milliseconds: from March 1973 until the year 5138.
const MILLIS_MAX: f64 = 1e14;
/// From there below this microseconds, above it nanoseconds, from March 1973 on.
const MICROS_MAX: f64 = 1e17;

/// A number since the epoch. Its magnitude tells the unit: below 1e11 seconds, below 1e14 milliseconds, below 1e17
/// microseconds, above that nanoseconds. Milliseconds before March 1973 would be misread as seconds; no log of a
/// model API is that old.
pub(crate) fn from_epoch(number: f64) -> Option<Micros> {
    if !number.is_finite() {
        return None;
    }
    let size = number.abs();
    let micros = if size < SECONDS_MAX {
        number * 1e6
    } else if size < MILLIS_MAX {
        number * 1e3
    } else if size < MICROS_MAX {
        number
    } else {
        number / 1e3
    };
    // The cast saturates, and what is saturated is out of range.
    Micros(micros.round() as i64).in_range()
}

/// The same without rounding.
pub(crate) fn from_epoch_whole(number: i64) -> Option<Micros> {
    let size = number.unsigned_abs() as f64;
    if size < SECONDS_MAX {
        number.checked_mul(1_000_000)
    } else if size < MILLIS_MAX {
        number.checked_mul(1_000)
    } else if size < MICROS_MAX {
        Some(number)
    } else {
        Some(number.div_euclid(1_000))
    }
    .and_then(|micros| Micros(micros).in_range())
}

/// RFC 3339, or a number since the epoch as text.
pub(crate) fn from_text(text: &str) -> Option<Micros> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return from_epoch_whole(number);
    }
    Micros::parse_rfc3339(text).or_else(|| text.parse::<f64>().ok().and_then(from_epoch))
}

/// A time in JSON: text or number.
pub(crate) fn from_json(value: &serde_json::Value) -> Option<Micros> {
    match value {
        serde_json::Value::String(text) => from_text(text),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| number.as_f64().and_then(from_epoch), from_epoch_whole)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{from_epoch, from_text};
    use vigie_model::Micros;

    #[test]
    fn every_spelling_of_one_moment_is_that_moment() {
        let moment = Some(Micros(1_629_589_836_500_000));
        for text in [
            "2021-08-21T23:50:36.5Z",
            "2021-08-22 01:50:36.5+02:00",
            "1629589836.5",
            "1629589836500",
            "1629589836500000",
            "1629589836500000000",
        ] {
            assert_eq!(from_text(text), moment, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "yesterday", "nan", "inf", "1e400", "2021-13-01T00:00:00Z", "-99999999999"] {
            assert_eq!(from_text(text), None, "{text}");
        }
        assert_eq!(from_epoch(f64::MAX), None);
    }
}
