//! A row as a JSON object, for the formats whose rows pass through one.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::decode::text::Fault;

/// Reads one object. A key that stands in it twice is a fault: the parser would keep the last value and say nothing.
pub(crate) fn object(row: &str) -> Result<Map<String, Value>, Fault> {
    let mut twice = None;
    let mut json = serde_json::Deserializer::from_str(row);
    let read = json.deserialize_map(Keys { twice: &mut twice });
    match (read.and_then(|object| json.end().map(|()| object)), twice) {
        (Ok(object), None) => Ok(object),
        (_, Some(key)) => Err(Fault::new(&key, "stands twice in the row")),
        (Err(error), None) => Err(Fault::json(&error)),
    }
}

struct Keys<'f> {
    twice: &'f mut Option<String>,
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            if object.contains_key(&key) {
                // Keys are names of fields, and yet somebody's text may have slipped in: tell only what looks like one.
                let name =
                    key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) && key.len() <= 64;
                self.twice.get_or_insert(if name { key.clone() } else { "a key".to_owned() });
            }
            object.insert(key, value);
        }
        Ok(object)
    }
}
