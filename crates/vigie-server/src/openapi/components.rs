//! Schemas by name: one for what comes in and what goes out where both are the same, two where they are not.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Where references point.
const PREFIX: &str = "#/components/schemas/";
/// Mark of references that come from requests, until names are settled; no name holds it.
const MARK: &str = "?";
/// Ending of the name where a request's schema differs: what may be left out is not what is sure to be there.
const INPUT: &str = "Input";

/// Marks the references of a request.
pub fn incoming(mut schema: Value) -> Value {
    each_reference(&mut schema, &mut |reference| {
        if !reference.ends_with(MARK) {
            reference.push_str(MARK);
        }
    });
    schema
}

/// Joins the schemas of answers and requests and settles all references, those in `paths` too.
pub fn joined(
    given: Map<String, Value>,
    taken: Map<String, Value>,
    paths: &mut Map<String, Value>,
) -> Map<String, Value> {
    let apart = apart(&given, &taken);
    let mut all = given;
    for (name, schema) in taken {
        let name = if apart.contains(&name) { format!("{name}{INPUT}") } else { name };
        all.insert(name, incoming(schema));
    }
    let pages = pages(&all);
    let mut settle = |reference: &mut String| {
        if let Some(name) = reference.strip_suffix(MARK).and_then(|name| name.strip_prefix(PREFIX)) {
            let ending = if apart.contains(name) { INPUT } else { "" };
            *reference = format!("{PREFIX}{name}{ending}");
        }
        if let Some((_, new)) = pages.iter().find(|(old, _)| reference.strip_prefix(PREFIX) == Some(old)) {
            *reference = format!("{PREFIX}{new}");
        }
    };
    all.values_mut().chain(paths.values_mut()).for_each(|schema| each_reference(schema, &mut settle));
    for (old, new) in &pages {
        if let Some(schema) = all.remove(old) {
            all.insert(new.clone(), schema);
        }
    }
    all
}

/// Names whose schemas differ, or lead to one that does.
fn apart(given: &Map<String, Value>, taken: &Map<String, Value>) -> BTreeSet<String> {
    let differs = |(name, schema): &(&String, &Value)| given.get(*name).is_some_and(|other| other != *schema);
    let mut apart: BTreeSet<String> = taken.iter().filter(differs).map(|(name, _)| name.clone()).collect();
    loop {
        let before = apart.len();
        for (name, schema) in taken.iter().filter(|(name, _)| given.contains_key(*name)) {
            let mut leads = false;
            let mut look = |reference: &mut String| {
                leads |= reference.strip_prefix(PREFIX).is_some_and(|to| apart.contains(to));
            };
            each_reference(&mut schema.clone(), &mut look);
            if leads {
                apart.insert(name.clone());
            }
        }
        if apart.len() == before {
            return apart;
        }
    }
}

/// Pages are named after what is on them: `Page2` becomes `CasePage`.
fn pages(all: &Map<String, Value>) -> Vec<(String, String)> {
    let numbered =
        |name: &str| name.strip_prefix("Page").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    let named = |(name, schema): (&String, &Value)| {
        let item = schema.pointer("/properties/items/items/$ref")?.as_str()?.strip_prefix(PREFIX)?;
        numbered(name).then(|| (name.clone(), format!("{item}Page")))
    };
    all.iter().filter_map(named).collect()
}

fn each_reference(schema: &mut Value, visit: &mut impl FnMut(&mut String)) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match value {
                    Value::String(text) if key == "$ref" => visit(text),
                    other => each_reference(other, visit),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_reference(item, visit)),
        _ => {}
    }
}
