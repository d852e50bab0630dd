//! From sources to an iterator of portions, whatever their formats.

use std::collections::VecDeque;

use crate::decode::exchange_jsonl::ExchangeRows;
use crate::decode::exchange_parquet::ExchangeParquet;
use crate::decode::litellm::LiteLlmRows;
use crate::decode::objects_parquet::ObjectsParquet;
use crate::decode::text::TextDecoder;
use crate::decode::{Decoded, DecodedObjects, Decoder, Portion, objects};
use crate::error::IngestError;
use crate::format::{Format, sniff_text};
use crate::input::{self, Content, Meter};
use crate::options::ReadOptions;
use crate::resolve::Source;

type Opened<T> = Result<Box<dyn Decoder<T>>, IngestError>;

/// Reads sources one after the other. An error ends its source, not the iteration: the next call goes on with the
/// next source.
pub struct TableReader<T> {
    queue: VecDeque<Source>,
    current: Option<Box<dyn Decoder<T>>>,
    open: fn(&Source, &ReadOptions, &Meter) -> Opened<T>,
    options: ReadOptions,
    meter: Meter,
    /// Where the meter stands once the current source is done, where its size is known.
    done_after: Option<u64>,
}

/// Reads the exchange table.
pub type ExchangeReader = TableReader<Decoded>;
/// Reads the objects table.
pub type ObjectReader = TableReader<DecodedObjects>;

/// Reads exchanges from all sources, in their order.
///
/// # Errors
/// When `options.format` names a format of the objects table. What is wrong with a source comes when it is read.
pub fn open_exchanges(sources: &[Source], options: &ReadOptions) -> Result<ExchangeReader, IngestError> {
    match options.format {
        Some(format) if !format.holds_exchanges() => Err(IngestError::WrongTable {
            file: format!("--format {format}"),
            found: "the objects table",
            wanted: "exchanges",
            remedy: "name the files with --objects",
        }),
        _ => Ok(TableReader::new(sources, options, exchanges)),
    }
}

/// Reads objects from all sources, in their order.
///
/// # Errors
/// When `options.format` names a format of the exchange table, apart from `parquet` and `jsonl`, which stand for the
/// objects table here. What is wrong with a source comes when it is read.
pub fn open_objects(sources: &[Source], options: &ReadOptions) -> Result<ObjectReader, IngestError> {
    match options.format {
        Some(Format::LiteLlm) => Err(IngestError::WrongTable {
            file: "--format litellm".to_owned(),
            found: "exchanges",
            wanted: "the objects table",
            remedy: "name the files without --objects",
        }),
        _ => Ok(TableReader::new(sources, options, touches)),
    }
}

fn exchanges(source: &Source, options: &ReadOptions, meter: &Meter) -> Opened<Decoded> {
    let file = source.name();
    let stream = match (input::open(source, options, meter)?, options.format) {
        (Content::Parquet(chunks), None | Some(Format::Parquet)) => {
            return Ok(Box::new(ExchangeParquet::open(chunks, options, meter)?));
        }
        (Content::Parquet(_), Some(format)) => return Err(other_format(file, "a Parquet file", format)),
        (Content::Stream(_), Some(Format::Parquet)) => {
            return Err(other_format(file, "no Parquet file", Format::Parquet));
        }
        (Content::Stream(stream), _) => stream,
    };
    let format = options.format.map_or_else(|| sniff_text(&file, stream.head()), Ok)?;
    match format {
        Format::LiteLlm => Ok(Box::new(TextDecoder::json(file, stream, options, LiteLlmRows::new(options)))),
        format if format.holds_exchanges() => {
            Ok(Box::new(TextDecoder::json(file, stream, options, ExchangeRows::new(options))))
        }
        _ => Err(IngestError::WrongTable {
            file,
            found: "the objects table",
            wanted: "exchanges",
            remedy: "name it with --objects",
        }),
    }
}

fn touches(source: &Source, options: &ReadOptions, meter: &Meter) -> Opened<DecodedObjects> {
    let file = source.name();
    let stream = match (input::open(source, options, meter)?, options.format) {
        (Content::Parquet(chunks), None | Some(Format::ObjectsParquet | Format::Parquet)) => {
            return Ok(Box::new(ObjectsParquet::open(chunks, options, meter)?));
        }
        (Content::Parquet(_), Some(format)) => return Err(other_format(file, "a Parquet file", format)),
        (Content::Stream(_), Some(format @ (Format::ObjectsParquet | Format::Parquet))) => {
            return Err(other_format(file, "no Parquet file", format));
        }
        (Content::Stream(stream), _) => stream,
    };
    let empty = stream.head().is_empty();
    match options.format.map_or_else(|| sniff_text(&file, stream.head()), Ok)? {
        Format::ObjectsCsv => {
            let header = objects::csv_header(&file, stream.head())?;
            Ok(Box::new(TextDecoder::lines(file, stream, options, objects::csv(header))))
        }
        format if format == Format::ObjectsJsonLines || options.format.is_some() || empty => {
            Ok(Box::new(TextDecoder::json(file, stream, options, objects::json_lines())))
        }
        _ => Err(IngestError::WrongTable {
            file,
            found: "exchanges",
            wanted: "the objects table",
            remedy: "name it without --objects",
        }),
    }
}

fn other_format(file: String, found: &str, format: Format) -> IngestError {
    let remedy = if format == Format::Parquet || format == Format::ObjectsParquet {
        "leave out --format, or check the file"
    } else {
        "leave out --format, or say --format parquet"
    };
    IngestError::Foreign { file, found: format!("{found}, but --format {format} was given"), remedy }
}

impl<T> TableReader<T> {
    fn new(
        sources: &[Source],
        options: &ReadOptions,
        open: fn(&Source, &ReadOptions, &Meter) -> Opened<T>,
    ) -> Self {
        let meter = Meter::default();
        meter.add_total(sources.iter().filter_map(Source::bytes).sum());
        let queue = sources.iter().cloned().collect();
        Self { queue, current: None, open, options: options.clone(), meter, done_after: None }
    }

    /// Bytes of all sources as they lie on disk; standard input counts as none.
    pub fn bytes_total(&self) -> u64 {
        self.meter.bytes_total()
    }

    /// Bytes read so far, in the same unit.
    pub fn bytes_done(&self) -> u64 {
        self.meter.bytes_done()
    }

    /// Rows rejected so far, also those beyond `rejects_max`.
    pub fn rejected(&self) -> u64 {
        self.meter.rejected()
    }

    /// The counts, to be watched while the iterator is somewhere else.
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    fn finish_source(&mut self) {
        self.current = None;
        if let Some(done) = self.done_after {
            self.meter.set_done(done);
        }
    }
}

/// Counts rejects and keeps as many as there is room for.
fn limit_rejects<T: Portion>(portion: &mut T, options: &ReadOptions, meter: &Meter) {
    let rejects = portion.rejects_mut();
    let before = meter.add_rejected(rejects.len() as u64);
    let room = options.rejects_max.saturating_sub(before);
    rejects.truncate(usize::try_from(room).unwrap_or(usize::MAX));
}

impl<T: Portion> Iterator for TableReader<T> {
    type Item = Result<T, IngestError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let decoder = match &mut self.current {
                Some(decoder) => decoder,
                None => {
                    let source = self.queue.pop_front()?;
                    let started = self.meter.bytes_done();
                    self.done_after = source.bytes().map(|bytes| started + bytes);
                    match (self.open)(&source, &self.options, &self.meter) {
                        Ok(decoder) => self.current.insert(decoder),
                        Err(error) => {
                            self.finish_source();
                            return Some(Err(error));
                        }
                    }
                }
            };
            match decoder.next() {
                Ok(Some(mut portion)) => {
                    limit_rejects(&mut portion, &self.options, &self.meter);
                    if !portion.is_empty() {
                        return Some(Ok(portion));
                    }
                }
                Ok(None) => self.finish_source(),
                Err(error) => {
                    self.finish_source();
                    return Some(Err(error));
                }
            }
        }
    }
}
