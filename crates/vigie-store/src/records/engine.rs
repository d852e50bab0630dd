//! Connections and transactions: one writer, several readers, whatever the database.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use vigie_cases::{Settings, hex, sha256_hex};

use super::error::RecordsError;
use super::postgres::Postgres;
use super::schema::migrate;
use super::sql::{Answer, Begin, Conn, params, unavailable};
use super::sqlite::Sqlite;
use super::tx::{Db, Tx};
use super::types::Ctx;

/// Connections for reading at once; the others wait.
const READERS_MAX: usize = 8;
/// Longest idempotency key, in characters.
const KEY_CHARS_MAX: usize = 200;

/// Where the records live.
enum Place {
    File(PathBuf),
    Server(String),
}

impl Place {
    fn connect(&self) -> Answer<Box<dyn Conn>> {
        Ok(match self {
            Self::File(path) => Box::new(Sqlite::open(path)?),
            Self::Server(url) => Box::new(Postgres::open(url)?),
        })
    }

    /// A connection inside a new transaction: `idle`, or another when the server ended that one meanwhile.
    fn begun(&self, idle: Option<Box<dyn Conn>>, how: Begin) -> Answer<Box<dyn Conn>> {
        if let Some(mut conn) = idle.filter(|c| c.alive()) {
            match conn.begin(how) {
                Ok(()) => return Ok(conn),
                Err(error) if conn.alive() => return Err(error),
                Err(_) => {}
            }
        }
        let mut conn = self.connect()?;
        conn.begin(how)?;
        Ok(conn)
    }
}

#[derive(Default)]
struct Readers {
    idle: Vec<Box<dyn Conn>>,
    busy: usize,
}

struct Inner {
    place: Place,
    writer: Mutex<Option<Box<dyn Conn>>>,
    readers: Mutex<Readers>,
    freed: Condvar,
    /// Key of the hold-out, the waves and the appeal tokens; made once, kept in the store.
    key: Vec<u8>,
}

/// One of the [`READERS_MAX`] places for reading, given back when dropped, with its connection unless that is spoilt.
struct Lease<'a> {
    inner: &'a Inner,
    conn: Option<Box<dyn Conn>>,
}

impl Inner {
    fn lease(&self) -> Lease<'_> {
        let mut readers = lock(&self.readers);
        while readers.busy >= READERS_MAX {
            readers = self.freed.wait(readers).unwrap_or_else(PoisonError::into_inner);
        }
        readers.busy += 1;
        Lease { inner: self, conn: readers.idle.pop() }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut readers = lock(&self.inner.readers);
        readers.busy -= 1;
        // A panic leaves a transaction open; such a connection is closed, not kept.
        if let Some(conn) = self.conn.take().filter(|c| c.alive() && !std::thread::panicking()) {
            readers.idle.push(conn);
        }
        drop(readers);
        self.inner.freed.notify_one();
    }
}

/// The records. Cheap to clone, shared between threads; every method blocks, so that async callers put them on threads of
/// their own.
#[derive(Clone)]
pub struct Records {
    inner: Arc<Inner>,
}

/// A lock that a panic elsewhere does not keep: transactions roll back when they are dropped half-way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Records {
    /// Opens `sqlite:PATH`, a bare path, or `postgres://…`, and brings its tables up to date.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`] when the store cannot be reached or was written by a newer version.
    pub fn open(url: &str) -> Result<Self, RecordsError> {
        let place = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Place::Server(url.to_owned())
        } else {
            Place::File(PathBuf::from(url.strip_prefix("sqlite:").unwrap_or(url)))
        };
        let mut conn = place.connect()?;
        migrate(conn.as_mut())?;
        let key = secret_key(conn.as_mut())?;
        let writer = Mutex::new(Some(conn));
        let inner = Inner { place, writer, readers: Mutex::default(), freed: Condvar::new(), key };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The kind of store: `sqlite` or `postgresql`.
    pub fn store(&self) -> &'static str {
        match self.inner.place {
            Place::File(_) => "sqlite",
            Place::Server(_) => "postgresql",
        }
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`] when it does not.
    pub fn ping(&self) -> Result<(), RecordsError> {
        self.read(|db| db.conn.query("SELECT 1", params![]).map(drop))
    }

    /// The key of keyed choices and appeal tokens.
    pub(super) fn key(&self) -> &[u8] {
        &self.inner.key
    }

    /// Runs `f` on one snapshot.
    pub(super) fn read<T>(&self, f: impl FnOnce(&mut Db<'_>) -> Answer<T>) -> Answer<T> {
        let mut lease = self.inner.lease();
        let idle = lease.conn.take();
        let conn = lease.conn.insert(self.inner.place.begun(idle, Begin::Read)?);
        let answer = f(&mut Db { conn: conn.as_mut() });
        conn.rollback();
        answer
    }

    /// Runs `f` as the only writer; all of it is on disk when this returns, or none of it ever.
    pub(super) fn write<T>(&self, ctx: &Ctx, f: impl FnOnce(&mut Tx<'_>) -> Answer<T>) -> Answer<T> {
        let mut slot = lock(&self.inner.writer);
        // While it works, the slot is empty: a connection that a panic left inside a transaction closes, which rolls back.
        let mut conn = self.inner.place.begun(slot.take(), Begin::Write)?;
        let answer = {
            let mut tx = Tx::new(Db { conn: conn.as_mut() }, ctx, &self.inner.key);
            f(&mut tx).and_then(|value| tx.finish().map(|()| value))
        };
        match answer {
            Ok(value) => {
                let ended = conn.commit();
                if ended.is_err() {
                    conn.rollback();
                }
                *slot = Some(conn);
                ended.map(|()| value)
            }
            Err(error) => {
                conn.rollback();
                *slot = Some(conn);
                Err(error)
            }
        }
    }

    /// Like `write`; a second request of the same person with the same key gets the answer of the first, or a conflict
    /// when it asks for something else. `request` is what tells requests apart.
    pub(super) fn mutate<T, R>(
        &self,
        ctx: &Ctx,
        op: &str,
        request: &R,
        f: impl FnOnce(&mut Tx<'_>) -> Answer<T>,
    ) -> Answer<T>
    where
        T: Serialize + DeserializeOwned,
        R: Serialize,
    {
        let Some(name) = &ctx.idempotency_key else {
            return self.write(ctx, f);
        };
        if name.is_empty() || name.chars().count() > KEY_CHARS_MAX {
            return Err(RecordsError::invalid("Idempotency-Key", "must have 1 to 200 characters"));
        }
        let request = sha256_hex(format!("{op}\0{}", serde_json::to_string(request)?).as_bytes());
        let person = ctx.actor.person();
        self.write(ctx, |tx| {
            let sql = "SELECT request, answer FROM idempotency WHERE person = ? AND name = ?";
            if let Some(row) = tx.db.conn.query(sql, params![person.as_str(), name.as_str()])?.first() {
                if row.text(0) != request {
                    let why = "this Idempotency-Key was used for another request; take a new one";
                    return Err(RecordsError::Conflict(why.to_owned()));
                }
                return Ok(serde_json::from_str(row.text(1))?);
            }
            let value = f(tx)?;
            let answer = serde_json::to_string(&value)?;
            let now = tx.ctx.now;
            let sql = "INSERT INTO idempotency (person, name, request, answer, at) VALUES (?, ?, ?, ?, ?)";
            tx.db.conn.execute(sql, params![person, name.as_str(), request, answer, now])?;
            Ok(value)
        })
    }

    /// The operator's policy.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn settings(&self) -> Result<Settings, RecordsError> {
        self.read(|db| db.settings())
    }
}

/// The key of the store, made on first use.
fn secret_key(conn: &mut dyn Conn) -> Answer<Vec<u8>> {
    let mut fresh = [0_u8; 32];
    getrandom::fill(&mut fresh).map_err(unavailable)?;
    let sql = "INSERT INTO meta (name, value) VALUES ('key', ?) ON CONFLICT (name) DO NOTHING";
    conn.execute(sql, params![hex(&fresh)])?;
    let rows = conn.query("SELECT value FROM meta WHERE name = 'key'", params![])?;
    rows.first()
        .map(|row| row.text(0).as_bytes().to_vec())
        .ok_or_else(|| unavailable("the key of the store is gone"))
}
