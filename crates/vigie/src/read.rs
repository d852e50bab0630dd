//! From the arguments to batches: opens one source after the other, writes down what cannot be read, and goes on.

use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use vigie_hunt::SideTables;
use vigie_ingest::{
    Decoded, DecodedObjects, ExchangeReader, IngestError, Meter, ObjectReader, ReadOptions, Source,
};
use vigie_model::{ObjectTouch, Reject};
use vigie_store::{RejectsWriter, StoreError};

use crate::failure::{Failure, Writing as _};
use crate::progress::Show;

/// Rejects that are shown on standard error; all are in `rejects.jsonl`.
const REJECTS_SHOWN: usize = 3;

/// What became of one source.
#[derive(Debug)]
pub struct SourceRead {
    /// The file as the user named it, `-` for standard input.
    pub name: String,
    /// Rows that were read.
    pub rows: u64,
    /// Rows that were skipped.
    pub rejected: u64,
    /// Why it could not be read, or not to its end.
    pub error: Option<IngestError>,
}

/// What reading came to, over all sources.
pub struct Ledger<'a> {
    rejects: &'a mut RejectsWriter,
    show: &'a Show,
    /// What became of each source, in their order.
    pub sources: Vec<SourceRead>,
    /// The first rejects, for the person at the terminal.
    pub first_rejects: Vec<Reject>,
    /// Why rejects could not be written, if so.
    write_error: Option<StoreError>,
    bytes_before: u64,
}

impl<'a> Ledger<'a> {
    /// An empty ledger over `sources`, whose sizes make the progress bar.
    pub fn new(sources: &[Source], rejects: &'a mut RejectsWriter, show: &'a Show) -> Self {
        show.reading("reading", sources.iter().filter_map(Source::bytes).sum());
        Self {
            rejects,
            show,
            sources: Vec::new(),
            first_rejects: Vec::new(),
            write_error: None,
            bytes_before: 0,
        }
    }

    fn begin(&mut self, source: &Source) {
        self.sources.push(SourceRead { name: source.name(), rows: 0, rejected: 0, error: None });
    }

    fn took(&mut self, rows: usize, rejects: &[Reject], bytes_done: u64) {
        self.show.bytes_done(self.bytes_before + bytes_done);
        if let Some(source) = self.sources.last_mut() {
            source.rows += rows as u64;
        }
        for reject in rejects {
            if self.first_rejects.len() < REJECTS_SHOWN {
                self.first_rejects.push(reject.clone());
            }
            if let Err(error) = self.rejects.push(reject) {
                self.write_error.get_or_insert(error);
            }
        }
    }

    fn end(&mut self, source: &Source, rejected: u64) {
        self.bytes_before += source.bytes().unwrap_or(0);
        if let Some(last) = self.sources.last_mut() {
            last.rejected = rejected;
        }
    }

    fn failed(&mut self, error: IngestError) {
        if let Some(source) = self.sources.last_mut() {
            source.error.get_or_insert(error);
        }
    }

    /// Rows read over all sources.
    pub fn rows(&self) -> u64 {
        self.sources.iter().map(|s| s.rows).sum()
    }

    /// Rows skipped over all sources.
    pub fn rejected(&self) -> u64 {
        self.sources.iter().map(|s| s.rejected).sum()
    }

    /// Whether a source could not be read, or not to its end.
    pub fn incomplete(&self) -> bool {
        self.sources.iter().any(|s| s.error.is_some())
    }

    /// Passes on that rejects could not be written.
    ///
    /// # Errors
    /// What the disk said.
    pub fn check(&mut self) -> Result<(), StoreError> {
        self.write_error.take().map_or(Ok(()), Err)
    }
}

/// A portion of one source.
struct Portion<T> {
    rows: T,
    count: usize,
    rejects: Vec<Reject>,
}

impl From<Decoded> for Portion<RecordBatch> {
    fn from(decoded: Decoded) -> Self {
        Self { count: decoded.batch.num_rows(), rows: decoded.batch, rejects: decoded.rejects }
    }
}

impl From<DecodedObjects> for Portion<Vec<ObjectTouch>> {
    fn from(decoded: DecodedObjects) -> Self {
        Self { count: decoded.touches.len(), rows: decoded.touches, rejects: decoded.rejects }
    }
}

/// A reader of one source, of either table.
trait Reads: Sized {
    type Rows;
    fn open(source: &Source, options: &ReadOptions) -> Result<Self, IngestError>;
    fn portion(&mut self) -> Option<Result<Portion<Self::Rows>, IngestError>>;
    fn meter(&self) -> Meter;
}

impl Reads for ExchangeReader {
    type Rows = RecordBatch;

    fn open(source: &Source, options: &ReadOptions) -> Result<Self, IngestError> {
        vigie_ingest::open_exchanges(std::slice::from_ref(source), options)
    }

    fn portion(&mut self) -> Option<Result<Portion<RecordBatch>, IngestError>> {
        self.next().map(|read| read.map(Portion::from))
    }

    fn meter(&self) -> Meter {
        self.meter()
    }
}

impl Reads for ObjectReader {
    type Rows = Vec<ObjectTouch>;

    fn open(source: &Source, options: &ReadOptions) -> Result<Self, IngestError> {
        vigie_ingest::open_objects(std::slice::from_ref(source), options)
    }

    fn portion(&mut self) -> Option<Result<Portion<Vec<ObjectTouch>>, IngestError>> {
        self.next().map(|read| read.map(Portion::from))
    }

    fn meter(&self) -> Meter {
        self.meter()
    }
}

/// Portions of all sources, one source after the other; what cannot be read goes to the ledger.
struct Portions<'a, 'b, R> {
    sources: std::slice::Iter<'a, Source>,
    options: &'a ReadOptions,
    ledger: &'a mut Ledger<'b>,
    current: Option<(R, &'a Source)>,
}

impl<R: Reads> Iterator for Portions<'_, '_, R> {
    type Item = R::Rows;

    fn next(&mut self) -> Option<R::Rows> {
        loop {
            if self.current.is_none() {
                let source = self.sources.next()?;
                self.ledger.begin(source);
                match R::open(source, self.options) {
                    Ok(reader) => self.current = Some((reader, source)),
                    Err(error) => {
                        self.ledger.failed(error);
                        self.ledger.end(source, 0);
                        continue;
                    }
                }
            }
            let Some((reader, source)) = &mut self.current else { continue };
            match reader.portion() {
                Some(Ok(portion)) => {
                    self.ledger.took(portion.count, &portion.rejects, reader.meter().bytes_done());
                    return Some(portion.rows);
                }
                Some(Err(error)) => self.ledger.failed(error),
                None => {
                    self.ledger.end(source, reader.meter().rejected());
                    self.current = None;
                }
            }
        }
    }
}

/// Batches of the exchange table from all sources.
pub fn exchanges<'a>(
    sources: &'a [Source],
    options: &'a ReadOptions,
    ledger: &'a mut Ledger<'_>,
) -> impl Iterator<Item = RecordBatch> + Send + 'a {
    Portions::<ExchangeReader> { sources: sources.iter(), options, ledger, current: None }
}

/// Rows of the objects table from all sources.
pub fn objects<'a>(
    sources: &'a [Source],
    options: &'a ReadOptions,
    ledger: &'a mut Ledger<'_>,
) -> impl Iterator<Item = ObjectTouch> + 'a {
    Portions::<ObjectReader> { sources: sources.iter(), options, ledger, current: None }.flatten()
}

/// Reads the side tables; rejected rows go to `rejects`, and a table that cannot be read is an error, since a hunt
/// without it would judge accounts by less than the operator knows.
///
/// # Errors
/// [`Failure::Input`] naming the file.
pub fn side_tables(
    accounts: &[PathBuf],
    models: &[PathBuf],
    rejects: &mut RejectsWriter,
    show: &Show,
) -> Result<SideTables, Failure> {
    let mut side = SideTables::default();
    for file in accounts {
        let (mut rows, rejected) = vigie_ingest::read_accounts(file)?;
        write_down(file, rows.len(), &rejected, rejects, show)?;
        side.accounts.append(&mut rows);
    }
    for file in models {
        let (mut rows, rejected) = vigie_ingest::read_models(file)?;
        write_down(file, rows.len(), &rejected, rejects, show)?;
        side.models.append(&mut rows);
    }
    Ok(side)
}

fn write_down(
    file: &Path,
    rows: usize,
    rejected: &[Reject],
    rejects: &mut RejectsWriter,
    show: &Show,
) -> Result<(), Failure> {
    if let (0, Some(first)) = (rows, rejected.first()) {
        return Err(Failure::input(format!("not one row of a side table can be read: {first}")));
    }
    if !rejected.is_empty() {
        show.say(&format!("{}: {} rows skipped, see rejects.jsonl", file.display(), rejected.len()));
    }
    rejected.iter().try_for_each(|reject| rejects.push(reject)).writing()
}
