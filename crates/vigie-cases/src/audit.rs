//! The audit chain: each entry carries the hash of the one before, so that nothing can be changed or taken out unseen.
//!
//! A chain alone cannot show that its end was cut off: the store keeps the head apart, and whoever keeps an export can
//! hold the store to it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vigie_model::Micros;

use crate::keyed::sha256_hex;

/// What stands before the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEntry {
    /// Counted from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: String,
    /// What, such as `decision.created` or `evidence.revealed`.
    pub action: String,
    /// To what: an id.
    pub target: String,
    /// Particulars.
    pub detail: Value,
    /// Hash of the entry before, or [`GENESIS`].
    pub prev_hash: String,
    /// SHA-256 of the canonical JSON of all fields above.
    pub hash: String,
}

impl AuditEntry {
    /// The entry that follows `seq - 1` with hash `prev_hash`. Numbers in `detail` that are not whole become text: not
    /// every program reads a float back to the same bits, and the hash must outlive the program.
    pub fn seal(
        seq: u64,
        at: Micros,
        actor: String,
        action: String,
        target: String,
        detail: Value,
        prev_hash: String,
    ) -> Self {
        let detail = without_floats(detail);
        let mut entry = Self { seq, at, actor, action, target, detail, prev_hash, hash: String::new() };
        entry.hash = entry.true_hash();
        entry
    }

    /// The hash that the other fields call for.
    pub fn true_hash(&self) -> String {
        let mut text = String::from("{\"action\":");
        write_string(&self.action, &mut text);
        text.push_str(",\"actor\":");
        write_string(&self.actor, &mut text);
        text.push_str(",\"at\":");
        write_string(&self.at.to_rfc3339(), &mut text);
        text.push_str(",\"detail\":");
        canonical(&self.detail, &mut text);
        text.push_str(",\"prev_hash\":");
        write_string(&self.prev_hash, &mut text);
        text.push_str(&format!(",\"seq\":{},\"target\":", self.seq));
        write_string(&self.target, &mut text);
        text.push('}');
        sha256_hex(text.as_bytes())
    }
}

fn without_floats(value: Value) -> Value {
    match value {
        Value::Number(n) if !n.is_i64() && !n.is_u64() => Value::String(n.to_string()),
        Value::Array(items) => items.into_iter().map(without_floats).collect(),
        Value::Object(map) => map.into_iter().map(|(k, v)| (k, without_floats(v))).collect(),
        plain => plain,
    }
}

/// Canonical JSON: keys in the order of their bytes, no spaces. Numbers as `serde_json` writes them.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            text.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                write_string(key, text);
                text.push(':');
                canonical(&map[key], text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                canonical(item, text);
            }
            text.push(']');
        }
        Value::String(s) => write_string(s, text),
        plain => text.push_str(&plain.to_string()),
    }
}

fn write_string(s: &str, text: &mut String) {
    text.push_str(&Value::from(s).to_string());
}

/// How far a chain is sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainCheck {
    /// Whether every entry is as it was written and none is missing.
    pub ok: bool,
    /// Entries that were checked.
    pub entries: u64,
    /// Hash of the last entry.
    pub head: String,
    /// First entry that does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<u64>,
    /// What does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Default for ChainCheck {
    fn default() -> Self {
        Self { ok: true, entries: 0, head: GENESIS.to_owned(), broken_at: None, why: None }
    }
}

impl ChainCheck {
    /// Takes the next entry; after the first one that does not fit, nothing changes any more.
    pub fn take(&mut self, entry: &AuditEntry) {
        if !self.ok {
            return;
        }
        let expected = self.entries + 1;
        let why = if entry.seq != expected {
            Some(format!("entry {expected} is missing: {} follows {}", entry.seq, self.entries))
        } else if entry.prev_hash != self.head {
            Some("it does not carry the hash of the entry before".to_owned())
        } else if entry.hash != entry.true_hash() {
            Some("its content does not have its hash".to_owned())
        } else {
            None
        };
        match why {
            Some(why) => self.broken(expected, why),
            None => {
                self.entries += 1;
                self.head.clone_from(&entry.hash);
            }
        }
    }

    /// Holds the chain to a head that is known from elsewhere: `entries` entries that end in `hash`.
    pub fn must_end_in(&mut self, entries: u64, hash: &str) {
        if self.ok && (self.entries != entries || self.head != hash) {
            self.broken(
                self.entries + 1,
                format!("the chain should have {entries} entries and end in {hash}"),
            );
        }
    }

    fn broken(&mut self, at: u64, why: String) {
        self.ok = false;
        self.broken_at = Some(at);
        self.why = Some(why);
    }
}
