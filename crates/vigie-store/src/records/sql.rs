//! The seam between the records and a database: four kinds of values, and statements with `?` that both understand.
//!
//! What lives here: values, rows, and what a connection must be able to do. What does not: any statement.

use super::error::RecordsError;

pub(super) type Answer<T> = Result<T, RecordsError>;

/// What a column can hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

impl From<i64> for Value {
    fn from(x: i64) -> Self {
        Self::Int(x)
    }
}

impl From<u64> for Value {
    fn from(x: u64) -> Self {
        Self::Int(i64::try_from(x).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(x: bool) -> Self {
        Self::Int(i64::from(x))
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Self::Real(x)
    }
}

impl From<&str> for Value {
    fn from(x: &str) -> Self {
        Self::from(x.to_owned())
    }
}

impl From<String> for Value {
    /// PostgreSQL keeps no NUL in a text; so that both stores answer alike, neither does.
    fn from(x: String) -> Self {
        Self::Text(if x.contains('\0') { x.replace('\0', "\u{fffd}") } else { x })
    }
}

impl From<vigie_model::Micros> for Value {
    fn from(x: vigie_model::Micros) -> Self {
        Self::Int(x.0)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(x: Option<T>) -> Self {
        x.map_or(Self::Null, Into::into)
    }
}

/// Shorthand for the parameters of a statement.
macro_rules! params {
    ($($x:expr),* $(,)?) => { &[$($crate::records::sql::Value::from($x)),*] };
}
pub(super) use params;

/// One row of an answer. The getters give the neutral value for a column of another type, which a statement of ours never
/// asks for.
#[derive(Clone, Debug)]
pub(super) struct Row(pub(super) Vec<Value>);

impl Row {
    pub(super) fn int(&self, i: usize) -> i64 {
        match self.0.get(i) {
            Some(Value::Int(x)) => *x,
            Some(Value::Real(x)) => *x as i64,
            _ => 0,
        }
    }

    pub(super) fn count(&self, i: usize) -> u64 {
        self.int(i).max(0) as u64
    }

    pub(super) fn real(&self, i: usize) -> f64 {
        match self.0.get(i) {
            Some(Value::Real(x)) => *x,
            Some(Value::Int(x)) => *x as f64,
            _ => 0.0,
        }
    }

    pub(super) fn text(&self, i: usize) -> &str {
        match self.0.get(i) {
            Some(Value::Text(x)) => x,
            _ => "",
        }
    }

    pub(super) fn maybe_text(&self, i: usize) -> Option<&str> {
        match self.0.get(i) {
            Some(Value::Text(x)) => Some(x),
            _ => None,
        }
    }

    pub(super) fn value(&self, i: usize) -> Value {
        self.0.get(i).cloned().unwrap_or(Value::Null)
    }
}

/// How a transaction begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// One snapshot, no changes.
    Read,
    /// The only writer of the database until it ends, so that the audit chain has no forks.
    Write,
}

/// A connection to a database.
pub(super) trait Conn: Send {
    /// Whether it can still be used.
    fn alive(&self) -> bool;
    /// Begins a transaction.
    fn begin(&mut self, how: Begin) -> Answer<()>;
    /// Ends it; once this returns, a write is on disk.
    fn commit(&mut self) -> Answer<()>;
    /// Drops it; errors leave a connection that is not alive.
    fn rollback(&mut self);
    /// Runs several statements without parameters.
    fn batch(&mut self, sql: &str) -> Answer<()>;
    /// Runs one statement and gives the number of rows that changed.
    fn execute(&mut self, sql: &str, params: &[Value]) -> Answer<u64>;
    /// Runs one query.
    fn query(&mut self, sql: &str, params: &[Value]) -> Answer<Vec<Row>>;
    /// Adds many rows to `table`, as fast as the database can.
    fn bulk(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
    ) -> Answer<u64>;
}

/// Why the database failed, for a person.
pub(super) fn unavailable(error: impl std::fmt::Display) -> RecordsError {
    RecordsError::Unavailable(error.to_string())
}
