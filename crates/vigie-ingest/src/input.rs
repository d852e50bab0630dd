//! From a source to bytes: opening, decompressing by magic bytes, limits, and counting how far reading is.
//!
//! Knows nothing of rows. The decoders know nothing of files and compression.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::error::IngestError;
use crate::options::ReadOptions;
use crate::parquet_file::Chunks;
use crate::resolve::Source;

/// How far a reader is. Clones share the counts, so that a progress bar can look on from another thread.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    total: AtomicU64,
    done: AtomicU64,
    rejected: AtomicU64,
}

impl Meter {
    /// Bytes of all sources as they lie on disk; standard input counts as none.
    pub fn bytes_total(&self) -> u64 {
        self.0.total.load(Ordering::Relaxed)
    }

    /// Bytes read so far, in the same unit; what came from standard input is on top.
    pub fn bytes_done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    /// Rows rejected so far, also those beyond `rejects_max`.
    pub fn rejected(&self) -> u64 {
        self.0.rejected.load(Ordering::Relaxed)
    }

    pub(crate) fn add_total(&self, bytes: u64) {
        self.0.total.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn set_done(&self, bytes: u64) {
        self.0.done.store(bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_done(&self, bytes: u64) {
        self.0.done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds to the rejected rows and returns how many there were before.
    pub(crate) fn add_rejected(&self, rows: u64) -> u64 {
        self.0.rejected.fetch_add(rows, Ordering::Relaxed)
    }
}

/// An opened source.
pub(crate) enum Content {
    /// Text, decompressed on the way.
    Stream(Stream),
    /// A Parquet file, which is read from its end.
    Parquet(Chunks),
}

/// First bytes that are looked at before the decoder is chosen.
const HEAD_BYTES: usize = 64 << 10;
const BUFFER_BYTES: usize = 256 << 10;
/// Parquet that cannot be read in place (standard input, gzip around it) is held in memory up to this.
const PARQUET_MEMORY_MAX: u64 = 2 << 30;

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
const PARQUET: &[u8] = b"PAR1";
const PARQUET_ENCRYPTED: &[u8] = b"PARE";

/// Opens a source and looks at its first bytes.
pub(crate) fn open(source: &Source, options: &ReadOptions, meter: &Meter) -> Result<Content, IngestError> {
    let name = source.name();
    let fail = |cause| IngestError::from_io(&name, cause, options.file_bytes_max);
    // A pipe gives its bytes once and has no end to read a footer from.
    let mut in_place = !matches!(source, Source::Stdin);
    let raw: Box<dyn Read + Send> = match source {
        Source::File(path) => {
            let file = File::open(path).map_err(fail)?;
            let metadata = file.metadata().map_err(fail)?;
            if metadata.is_dir() {
                return Err(fail(io::ErrorKind::IsADirectory.into()));
            }
            in_place = metadata.is_file();
            Box::new(file)
        }
        Source::Stdin => Box::new(io::stdin()),
        Source::Memory { bytes, .. } => Box::new(io::Cursor::new(bytes.clone())),
    };
    let mut raw = Stream::open(Counting { inner: raw, meter: meter.clone() });
    if in_place && raw.head().starts_with(PARQUET) {
        // In place: what the head took is counted by the decoder again, so it must not count twice.
        match source {
            Source::File(path) => {
                meter.set_done(meter.bytes_done().saturating_sub(raw.head().len() as u64));
                let file = File::open(path).map_err(fail)?;
                return Ok(Content::Parquet(Chunks::file(name, file)));
            }
            Source::Memory { bytes, .. } => {
                meter.set_done(meter.bytes_done().saturating_sub(raw.head().len() as u64));
                return Ok(Content::Parquet(Chunks::memory(name, bytes.clone(), true)));
            }
            Source::Stdin => {}
        }
    }
    let mut stream = if raw.head().starts_with(GZIP) {
        Stream::open(Limited::new(flate2::bufread::MultiGzDecoder::new(raw), options.file_bytes_max))
    } else if raw.head().starts_with(ZSTD) {
        let decoder = zstd::stream::read::Decoder::with_buffer(raw).map_err(fail)?;
        Stream::open(Limited::new(decoder, options.file_bytes_max))
    } else {
        raw.limit = options.file_bytes_max;
        raw
    };
    if stream.head().starts_with(PARQUET_ENCRYPTED) {
        return Err(IngestError::Encrypted { file: name });
    }
    if stream.head().starts_with(PARQUET) {
        let mut bytes = Vec::new();
        let limit = options.file_bytes_max.min(PARQUET_MEMORY_MAX);
        (&mut stream).take(limit + 1).read_to_end(&mut bytes).map_err(fail)?;
        if bytes.len() as u64 > limit {
            let limit = format!("{limit} bytes, the most that Parquet without random access may have");
            return Err(IngestError::TooLarge { file: name, limit });
        }
        return Ok(Content::Parquet(Chunks::memory(name, Bytes::from(bytes), false)));
    }
    Ok(Content::Stream(stream))
}

/// A buffered reader whose first bytes were looked at and are given out again.
pub(crate) struct Stream {
    head: Vec<u8>,
    at: usize,
    /// What went wrong behind the head; said once the head is read.
    pending: Option<io::Error>,
    rest: BufReader<Box<dyn Read + Send>>,
    given: u64,
    limit: u64,
}

impl Stream {
    fn open(reader: impl Read + Send + 'static) -> Self {
        let mut reader: Box<dyn Read + Send> = Box::new(reader);
        let mut head = Vec::with_capacity(HEAD_BYTES);
        let mut pending = None;
        let mut chunk = [0_u8; 8192];
        while head.len() < HEAD_BYTES {
            match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => head.extend_from_slice(&chunk[..n]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    pending = Some(e);
                    break;
                }
            }
        }
        let rest = BufReader::with_capacity(BUFFER_BYTES, reader);
        Self { head, at: 0, pending, rest, given: 0, limit: u64::MAX }
    }

    /// The first bytes, at most a little over 64 KiB.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }
}

impl Read for Stream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let n = available.len().min(out.len());
        out[..n].copy_from_slice(&available[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Stream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if self.at < self.head.len() {
            return Ok(&self.head[self.at..]);
        }
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        self.rest.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.given += n as u64;
        if self.at < self.head.len() {
            self.at += n;
        } else {
            self.rest.consume(n);
        }
    }
}

/// Counts raw bytes into the meter.
struct Counting {
    inner: Box<dyn Read + Send>,
    meter: Meter,
}

impl Read for Counting {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.inner.read(out) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
                Ok(n) => {
                    self.meter.add_done(n as u64);
                    return Ok(n);
                }
            }
        }
    }
}

/// Fails once more than `limit` bytes came out: a small archive must not fill the machine.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R> Limited<R> {
    fn new(inner: R, limit: u64) -> Self {
        Self { inner, left: limit }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.left = self.left.checked_sub(n as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(n)
    }
}
