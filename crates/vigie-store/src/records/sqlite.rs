//! The seam on SQLite: one file, write-ahead log, every commit on disk before it is answered.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use super::sql::{Answer, Begin, Conn, Row, Value, unavailable};

/// How long one process waits for another that writes.
const BUSY: Duration = Duration::from_secs(30);
/// Prepared statements that a connection keeps.
const STATEMENTS_MAX: usize = 256;

pub(super) struct Sqlite {
    conn: Connection,
}

impl Sqlite {
    /// Opens the file at `path`, or makes it.
    pub(super) fn open(path: &Path) -> Answer<Self> {
        own(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let shown = path.display();
        let conn = Connection::open_with_flags(path, flags).map_err(|e| {
            unavailable(format!("cannot open `{shown}`: {e}; does its directory exist, and is it yours?"))
        })?;
        conn.busy_timeout(BUSY).map_err(unavailable)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // FULL: with a write-ahead log, NORMAL could lose acknowledged commits when the power fails.
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;",
        )
        .map_err(|e| unavailable(format!("`{shown}`: {e}")))?;
        Ok(Self { conn })
    }
}

/// Makes the file, for its owner's eyes only: it holds hashes of passwords and the key of the appeal links. The log beside
/// it takes its rights from it. A file that is there keeps the rights that somebody gave it.
fn own(path: &Path) -> Answer<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => {
            let shown = path.display();
            Err(unavailable(format!(
                "cannot make `{shown}`: {error}; does its directory exist, and is it yours?"
            )))
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(x) => ValueRef::Integer(*x),
            Self::Real(x) => ValueRef::Real(*x),
            Self::Text(x) => ValueRef::Text(x.as_bytes()),
        }))
    }
}

fn value(of: ValueRef<'_>) -> Value {
    match of {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(x) => Value::Int(x),
        ValueRef::Real(x) => Value::Real(x),
        ValueRef::Text(x) | ValueRef::Blob(x) => Value::Text(String::from_utf8_lossy(x).into_owned()),
    }
}

impl Conn for Sqlite {
    fn alive(&self) -> bool {
        self.conn.is_autocommit()
    }

    fn begin(&mut self, how: Begin) -> Answer<()> {
        let sql = match how {
            Begin::Read => "BEGIN DEFERRED",
            Begin::Write => "BEGIN IMMEDIATE",
        };
        self.batch(sql)
    }

    fn commit(&mut self) -> Answer<()> {
        self.batch("COMMIT")
    }

    fn rollback(&mut self) {
        // A failure shows in `alive`.
        let _failed = self.batch("ROLLBACK");
    }

    fn batch(&mut self, sql: &str) -> Answer<()> {
        self.conn.execute_batch(sql).map_err(unavailable)
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Answer<u64> {
        let mut statement = self.conn.prepare_cached(sql).map_err(unavailable)?;
        let changed = statement.execute(params_from_iter(params)).map_err(unavailable)?;
        Ok(changed as u64)
    }

    fn query(&mut self, sql: &str, params: &[Value]) -> Answer<Vec<Row>> {
        let mut statement = self.conn.prepare_cached(sql).map_err(unavailable)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(params)).map_err(unavailable)?;
        let mut answer = Vec::new();
        while let Some(row) = rows.next().map_err(unavailable)? {
            let cell = |i| row.get_ref(i).map(value);
            let cells: Result<Vec<Value>, _> = (0..columns).map(cell).collect();
            answer.push(Row(cells.map_err(unavailable)?));
        }
        Ok(answer)
    }

    fn bulk(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
    ) -> Answer<u64> {
        let marks = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        let mut statement = self.conn.prepare_cached(&sql).map_err(unavailable)?;
        let mut count = 0;
        for row in rows {
            statement.execute(params_from_iter(&row)).map_err(unavailable)?;
            count += 1;
        }
        Ok(count)
    }
}
