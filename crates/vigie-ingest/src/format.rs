//! The formats that Vigie reads, and how a file's first bytes tell them apart. Names of files never decide.

use std::fmt;
use std::str::FromStr;

use vigie_model::EXCHANGE_COLUMNS;

use crate::error::IngestError;
use crate::input::{self, Content, Meter};
use crate::options::ReadOptions;
use crate::resolve::Source;

/// A format of `--format`. Compression (gzip, zstd) is seen by itself and is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The exchange table as Parquet.
    Parquet,
    /// The exchange table as JSON Lines (or as one JSON array of the same objects).
    JsonLines,
    /// LiteLLM's StandardLoggingPayload, as JSON array or one object a line.
    LiteLlm,
    /// The objects table as CSV with a header.
    ObjectsCsv,
    /// The objects table as Parquet.
    ObjectsParquet,
    /// The objects table as JSON Lines.
    ObjectsJsonLines,
}

impl Format {
    /// Every format, in the order in which help texts name them.
    pub const ALL: [Self; 6] = [
        Self::Parquet,
        Self::JsonLines,
        Self::LiteLlm,
        Self::ObjectsCsv,
        Self::ObjectsParquet,
        Self::ObjectsJsonLines,
    ];

    /// The name after `--format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::JsonLines => "jsonl",
            Self::LiteLlm => "litellm",
            Self::ObjectsCsv => "objects-csv",
            Self::ObjectsParquet => "objects-parquet",
            Self::ObjectsJsonLines => "objects-jsonl",
        }
    }

    /// Whether rows are exchanges rather than objects.
    pub fn holds_exchanges(self) -> bool {
        matches!(self, Self::Parquet | Self::JsonLines | Self::LiteLlm)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = IngestError;

    fn from_str(name: &str) -> Result<Self, IngestError> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| IngestError::UnknownFormat { name: name.to_owned() })
    }
}

/// Tells a source's format by its content. An empty file counts as JSON Lines without rows.
///
/// Reads at most 64 KiB (and a Parquet file's footer). Standard input would be consumed: sniff files only.
///
/// # Errors
/// When the source cannot be opened or its format cannot be told.
pub fn sniff(source: &Source) -> Result<Format, IngestError> {
    let opened = input::open(source, &ReadOptions::default(), &Meter::default())?;
    match opened {
        Content::Parquet(chunks) => {
            let columns = chunks.column_names()?;
            let has = |name: &str| columns.iter().any(|c| c == name);
            if has("object_id") && !has("event_id") {
                Ok(Format::ObjectsParquet)
            } else {
                Ok(Format::Parquet)
            }
        }
        Content::Stream(stream) => sniff_text(&source.name(), stream.head()),
    }
}

/// Tells the format of text by its first bytes.
pub(crate) fn sniff_text(file: &str, head: &[u8]) -> Result<Format, IngestError> {
    let text = head.strip_prefix(UTF8_BOM).unwrap_or(head);
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(Format::JsonLines);
    }
    if let Some((found, remedy)) = foreign(head) {
        return Err(IngestError::Foreign { file: file.to_owned(), found: found.to_owned(), remedy });
    }
    let first_line = text.split(|b| *b == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or(text);
    if !matches!(text.trim_ascii_start().first(), Some(b'{' | b'[')) {
        let header = String::from_utf8_lossy(first_line);
        let names: Vec<&str> = header.trim().split(',').map(|n| n.trim().trim_matches('"')).collect();
        if names.contains(&"account_id") && names.contains(&"object_id") {
            return Ok(Format::ObjectsCsv);
        }
    }
    let mut seen = Vec::new();
    // A broken first line must not hide the good ones after it.
    for start in object_starts(text).take(OBJECTS_SNIFFED_MAX) {
        let keys = top_level_keys(&text[start..]);
        if let Some(format) = format_of_keys(&keys) {
            return Ok(format);
        }
        if seen.is_empty() {
            seen = keys;
        }
    }
    let detail = if seen.is_empty() {
        "neither JSON objects nor a CSV header with account_id and object_id".to_owned()
    } else {
        seen.truncate(8);
        format!("JSON objects with the keys {}", seen.join(", "))
    };
    Err(IngestError::Unrecognised { file: file.to_owned(), detail })
}

pub(crate) const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";
const OBJECTS_SNIFFED_MAX: usize = 32;
const KEYS_SNIFFED_MAX: usize = 256;

/// Magic bytes of what people name by mistake, and what to do instead.
fn foreign(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const MAGIC: &[(&[u8], &str, &str)] = &[
        (b"PK\x03\x04", "a ZIP archive", "unpack it first"),
        (b"BZh", "a bzip2 file", "unpack it first, or compress with gzip or zstd"),
        (b"\xfd7zXZ\0", "an xz file", "unpack it first, or compress with gzip or zstd"),
        (b"\x04\"M\x18", "an LZ4 file", "unpack it first, or compress with gzip or zstd"),
        (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it first"),
        (b"SQLite format 3\0", "an SQLite database", "export the table as JSON Lines or Parquet"),
        (b"ARROW1", "an Arrow IPC file", "save it as Parquet"),
        (b"Obj\x01", "an Avro file", "convert it to Parquet or JSON Lines"),
        (b"ORC", "an ORC file", "convert it to Parquet or JSON Lines"),
        (b"%PDF", "a PDF document", "name the log files instead"),
        (b"\xff\xfe\0\0", "UTF-32 text", "save it as UTF-8"),
        (b"\0\0\xfe\xff", "UTF-32 text", "save it as UTF-8"),
        (b"\xff\xfe", "UTF-16 text", "save it as UTF-8"),
        (b"\xfe\xff", "UTF-16 text", "save it as UTF-8"),
        // Without a mark at the beginning.
        (b"{\0", "UTF-16 text", "save it as UTF-8"),
        (b"\0{", "UTF-16 text", "save it as UTF-8"),
        (b"[\0", "UTF-16 text", "save it as UTF-8"),
        (b"\0[", "UTF-16 text", "save it as UTF-8"),
        (b"\x7fELF", "a program", "name the log files instead"),
    ];
    MAGIC
        .iter()
        .find(|(magic, ..)| head.starts_with(magic))
        .map(|(_, found, remedy)| (*found, *remedy))
        .or_else(|| {
            let binary = head.iter().take(4096).any(|b| *b == 0);
            binary.then_some(("binary data", "name JSON Lines, CSV or Parquet files"))
        })
}

/// Where JSON objects begin: at the start of a line, or right behind the bracket of an array.
fn object_starts(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut fresh = true;
    text.iter().enumerate().filter_map(move |(at, byte)| {
        let starts = fresh && *byte == b'{';
        fresh = match byte {
            b'\n' => true,
            b' ' | b'\t' | b'\r' | b'[' => fresh,
            _ => false,
        };
        starts.then_some(at)
    })
}

/// Keys of the first object, as far as the bytes go; tolerant of a cut or broken rest.
fn top_level_keys(text: &[u8]) -> Vec<String> {
    let mut keys = Vec::new();
    let (mut depth, mut string_start, mut escaped, mut expect_key) = (0_u32, None, false, false);
    for (at, byte) in text.iter().enumerate() {
        if let Some(start) = string_start {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    if depth == 1 && expect_key && keys.len() < KEYS_SNIFFED_MAX {
                        keys.push(String::from_utf8_lossy(&text[start..at]).into_owned());
                    }
                    string_start = None;
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => string_start = Some(at + 1),
            b'{' | b'[' => {
                depth += 1;
                expect_key = depth == 1;
            }
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            b',' => expect_key = true,
            b':' => expect_key = false,
            _ => {}
        }
    }
    keys
}

fn format_of_keys(keys: &[String]) -> Option<Format> {
    let has = |name: &str| keys.iter().any(|k| k == name);
    if has("event_id") {
        return Some(Format::JsonLines);
    }
    if has("standard_logging_object") || has("startTime") || (has("call_type") && has("model_parameters")) {
        return Some(Format::LiteLlm);
    }
    if has("object_id") && has("account_id") {
        return Some(Format::ObjectsJsonLines);
    }
    // A first row that lacks its id is still a row of the exchange table; the decoder rejects it.
    let known = EXCHANGE_COLUMNS.iter().filter(|c| has(c.name)).count();
    (known >= 3).then_some(Format::JsonLines)
}

#[cfg(test)]
mod tests {
    use super::{Format, sniff_text};

    #[test]
    fn names_round_trip() {
        for format in Format::ALL {
            assert_eq!(format.name().parse::<Format>().unwrap(), format);
        }
        assert!("xml".parse::<Format>().unwrap_err().to_string().contains("litellm"));
    }

    #[test]
    fn content_decides() {
        let table: &[(&str, Format)] = &[
            ("", Format::JsonLines),
            ("\n\n", Format::JsonLines),
            (r#"{"event_id":"e","timestamp":"t"}"#, Format::JsonLines),
            ("\u{feff}{\"event_id\":1}", Format::JsonLines),
            (r#"{"account_id":"a","timestamp":"t","prompt":"no id"}"#, Format::JsonLines),
            ("not json\n{\"event_id\":1}", Format::JsonLines),
            ("{\"event_id\n{\"event_id\":1}", Format::JsonLines),
            (r#"[ {"event_id":"e"}]"#, Format::JsonLines),
            (r#"{"id":"c","messages":[{"event_id":"{"}],"startTime":1.5}"#, Format::LiteLlm),
            ("[\n  {\n \"trace_id\": \"x\", \"startTime\": 1.0}]", Format::LiteLlm),
            (r#"{"standard_logging_object":{}}"#, Format::LiteLlm),
            ("account_id,object_id,timestamp\n", Format::ObjectsCsv),
            ("\"timestamp\",\"object_id\",\"account_id\"\r\n", Format::ObjectsCsv),
            (r#"{"account_id":"a","object_id":"o","timestamp":1}"#, Format::ObjectsJsonLines),
        ];
        for (text, format) in table {
            assert_eq!(sniff_text("f", text.as_bytes()).unwrap(), *format, "{text}");
        }
    }

    #[test]
    fn foreign_content_is_named_with_a_remedy() {
        let table: &[(&[u8], &str)] = &[
            (b"PK\x03\x04rest", "ZIP"),
            (b"\xff\xfe{\0", "UTF-16"),
            (b"\0{\0\"", "UTF-16"),
            (b"\xff\xfe\0\0{\0\0\0", "UTF-32"),
            (b"abc\0def", "binary data"),
            (b"a,b,c\n1,2,3\n", "--format"),
            (br#"{"foo":1,"bar":2}"#, "foo, bar"),
        ];
        for (bytes, word) in table {
            let error = sniff_text("log.x", bytes).unwrap_err().to_string();
            assert!(error.contains("log.x") && error.contains(word), "{error}");
        }
    }
}
