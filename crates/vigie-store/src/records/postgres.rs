//! The seam on PostgreSQL: the same statements with `$1` for `?`. How the way there is encrypted, `tls` knows.

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;

use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Statement};

use super::sql::{Answer, Begin, Conn, Row, Value, unavailable};

/// Key of the advisory lock that makes one writer of many servers; `vigie` in ASCII.
const WRITER_LOCK: i64 = 0x76_69_67_69_65;
/// Prepared statements that a connection keeps.
const STATEMENTS_MAX: usize = 512;

pub(super) struct Postgres {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl Postgres {
    /// Connects to `url`.
    pub(super) fn open(url: &str) -> Answer<Self> {
        let mut client = super::tls::connect(url, told)?;
        // A server that was set to answer before the disk has it would break the promise of the records.
        client.batch_execute("SET synchronous_commit = on; SET lock_timeout = '30s'").map_err(told)?;
        Ok(Self { client, statements: HashMap::new() })
    }

    fn statement(&mut self, sql: &str) -> Answer<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS_MAX {
            self.statements.clear();
        }
        let statement = self.client.prepare(&numbered(sql)).map_err(told)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// `?` becomes `$1`, `$2`, …; none of our statements has a `?` in a string.
fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    for (i, part) in sql.split('?').enumerate() {
        if i > 0 {
            out.push('$');
            out.push_str(&i.to_string());
        }
        out.push_str(part);
    }
    out
}

/// What PostgreSQL says, with its detail, which its own `Display` leaves out.
#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn told(error: postgres::Error) -> super::error::RecordsError {
    match error.as_db_error() {
        Some(db) => unavailable(format!("PostgreSQL: {} {}", db.message(), db.detail().unwrap_or_default())),
        None => {
            let source = error.source().map(|s| format!(": {s}")).unwrap_or_default();
            unavailable(format!("PostgreSQL: {error}{source}"))
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(x), &Type::FLOAT8) => (*x as f64).to_sql(ty, out),
            (Self::Int(x), &Type::INT4) => i32::try_from(*x)?.to_sql(ty, out),
            (Self::Int(x), _) => x.to_sql(ty, out),
            (Self::Real(x), _) => x.to_sql(ty, out),
            (Self::Text(x), _) => x.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::FLOAT8 | Type::TEXT | Type::VARCHAR)
    }

    to_sql_checked!();
}

fn cell(row: &postgres::Row, i: usize) -> Answer<Value> {
    match *row.columns()[i].type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(i).map(Value::from).map_err(told),
        Type::INT4 => row.try_get::<_, Option<i32>>(i).map(|x| x.map(i64::from).into()).map_err(told),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(i).map(Value::from).map_err(told),
        _ => row.try_get::<_, Option<String>>(i).map(Value::from).map_err(told),
    }
}

impl Conn for Postgres {
    fn alive(&self) -> bool {
        !self.client.is_closed()
    }

    fn begin(&mut self, how: Begin) -> Answer<()> {
        match how {
            Begin::Read => self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            // READ COMMITTED sees all that the writer before committed, since the lock is held until it did.
            Begin::Write => self.batch(&format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITER_LOCK})"
            )),
        }
    }

    fn commit(&mut self) -> Answer<()> {
        self.batch("COMMIT")
    }

    fn rollback(&mut self) {
        // A failure shows in `alive`.
        let _failed = self.batch("ROLLBACK");
    }

    fn batch(&mut self, sql: &str) -> Answer<()> {
        self.client.batch_execute(sql).map_err(told)
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Answer<u64> {
        let statement = self.statement(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &params).map_err(told)
    }

    fn query(&mut self, sql: &str, params: &[Value]) -> Answer<Vec<Row>> {
        let statement = self.statement(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(&statement, &params).map_err(told)?;
        let read =
            |row: &postgres::Row| (0..row.len()).map(|i| cell(row, i)).collect::<Answer<Vec<_>>>().map(Row);
        rows.iter().map(read).collect()
    }

    fn bulk(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
    ) -> Answer<u64> {
        let sql = format!("COPY {table} ({}) FROM STDIN", columns.join(", "));
        let mut writer = self.client.copy_in(&sql).map_err(told)?;
        let mut line = String::new();
        for row in rows {
            line.clear();
            for (i, value) in row.iter().enumerate() {
                if i > 0 {
                    line.push('\t');
                }
                copy_text(value, &mut line);
            }
            line.push('\n');
            writer.write_all(line.as_bytes()).map_err(unavailable)?;
        }
        writer.finish().map_err(told)
    }
}

/// A value in the text format of COPY.
fn copy_text(value: &Value, line: &mut String) {
    match value {
        Value::Null => line.push_str("\\N"),
        Value::Int(x) => line.push_str(&x.to_string()),
        Value::Real(x) => line.push_str(&x.to_string()),
        Value::Text(x) => {
            for c in x.chars() {
                match c {
                    '\\' => line.push_str("\\\\"),
                    '\t' => line.push_str("\\t"),
                    '\n' => line.push_str("\\n"),
                    '\r' => line.push_str("\\r"),
                    c => line.push(c),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_numbered_in_order() {
        assert_eq!(numbered("a = ? AND b < ?"), "a = $1 AND b < $2");
    }

    #[test]
    fn copy_escapes_what_would_end_a_cell_or_a_line() {
        let mut line = String::new();
        copy_text(&Value::from("a\tb\nc\\N"), &mut line);
        assert_eq!(line, "a\\tb\\nc\\\\N");
    }
}
