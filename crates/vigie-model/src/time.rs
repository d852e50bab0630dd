//! Points in time: microseconds since the Unix epoch, UTC.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

impl Micros {
    /// Microseconds in one second.
    pub const SECOND: i64 = 1_000_000;
    /// Microseconds in one hour.
    pub const HOUR: i64 = 3_600 * Self::SECOND;
    /// Microseconds in one day.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The first moment that RFC 3339 can write in UTC with a year that exists: 0001-01-01T00:00:00Z.
    pub const FIRST: Self = Self(-62_135_596_800 * Self::SECOND);
    /// The last moment that it can write: the end of the year 9999.
    pub const LAST: Self = Self(253_402_300_800 * Self::SECOND - 1);

    /// The moment itself, where it lies in the years 1 to 9999; what does not cannot be written as a time again.
    pub fn in_range(self) -> Option<Self> {
        (Self::FIRST..=Self::LAST).contains(&self).then_some(self)
    }

    /// Parses RFC 3339 (`2026-02-23T08:00:00.5Z`, any offset, `T` or a space). `None` when it is not one.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let text = text.trim();
        chrono::DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|t| Self(t.timestamp_micros()))
            .or_else(|| parse_without_offset(text))
            .and_then(Self::in_range)
    }

    /// RFC 3339 in UTC with whole seconds, the form that reports show.
    pub fn to_rfc3339(self) -> String {
        match chrono::DateTime::from_timestamp_micros(self.0) {
            Some(t) if self.0 % Self::SECOND == 0 => t.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            Some(t) => t.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            None => self.0.to_string(),
        }
    }

    /// Whole days since the epoch, rounded towards the past.
    pub fn day(self) -> i64 {
        self.0.div_euclid(Self::DAY)
    }

    /// Hour of the day in UTC, 0–23.
    pub fn hour_of_day(self) -> usize {
        (self.0.rem_euclid(Self::DAY) / Self::HOUR) as usize
    }
}

/// `2026-02-23 08:00:00` and `2026-02-23T08:00:00.5`, read as UTC, as databases print them.
fn parse_without_offset(text: &str) -> Option<Micros> {
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|format| chrono::NaiveDateTime::parse_from_str(text, format).ok())
        .map(|t| Micros(t.and_utc().timestamp_micros()))
}

impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Micros {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_rfc3339(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not an RFC 3339 time")))
    }
}

/// RFC 3339, as it is written.
impl JsonSchema for Micros {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Micros".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::Micros;

    #[test]
    fn rfc3339_round_trips_through_text() {
        for text in ["2026-02-23T08:00:00Z", "2026-02-23T08:00:00.500000Z"] {
            assert_eq!(Micros::parse_rfc3339(text).unwrap().to_rfc3339(), text);
        }
    }

    #[test]
    fn offsets_and_database_forms_are_read() {
        let utc = Micros::parse_rfc3339("2026-02-23T08:00:00Z");
        assert_eq!(Micros::parse_rfc3339("2026-02-23T09:00:00+01:00"), utc);
        assert_eq!(Micros::parse_rfc3339("2026-02-23 08:00:00"), utc);
        assert_eq!(Micros::parse_rfc3339("yesterday"), None);
    }

    #[test]
    fn every_time_that_is_read_can_be_written_and_read_again() {
        for text in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"] {
            let time = Micros::parse_rfc3339(text).unwrap();
            assert_eq!(time.to_rfc3339(), text);
            assert_eq!(Micros::parse_rfc3339(&time.to_rfc3339()), Some(time));
        }
        for text in [
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "-0500-01-01 00:00:00",
            "+262000-01-01 00:00:00",
        ] {
            assert_eq!(Micros::parse_rfc3339(text), None, "{text}");
        }
    }
}
