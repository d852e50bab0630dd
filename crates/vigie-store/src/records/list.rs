//! Pages of lists: keyset cursors on indexed columns, so that page 1,000 costs what page 1 costs.

use serde::de::DeserializeOwned;
use vigie_cases::hex;

use super::error::RecordsError;
use super::sql::{Answer, Row, Value};
use super::tx::Db;
use super::types::{LIMIT_MAX, ListQuery, Page};

/// What a list can be sorted by: name in the API, column.
pub(super) type Sorts = &'static [(&'static str, &'static str)];

/// A list in the making.
pub(super) struct Select {
    columns: &'static str,
    table: &'static str,
    id: &'static str,
    sort: &'static str,
    descending: bool,
    wheres: Vec<String>,
    params: Vec<Value>,
}

impl Select {
    /// `columns` of `table`, whose unique column is `id`, sorted as `list` asks among `sorts`; the first is the default,
    /// and it descends when `newest_first`.
    pub(super) fn new(
        columns: &'static str,
        table: &'static str,
        id: &'static str,
        sorts: Sorts,
        newest_first: bool,
        list: &ListQuery,
    ) -> Answer<Self> {
        let asked = list.sort.as_deref().filter(|s| !s.is_empty());
        let (name, descending) = match asked {
            Some(sort) => (sort.trim_start_matches('-'), sort.starts_with('-')),
            None => (sorts[0].0, newest_first),
        };
        let Some((_, sort)) = sorts.iter().find(|(n, _)| *n == name) else {
            let names: Vec<&str> = sorts.iter().map(|(n, _)| *n).collect();
            return Err(RecordsError::invalid("sort", format!("must be one of {}", names.join(", "))));
        };
        Ok(Self { columns, table, id, sort, descending, wheres: Vec::new(), params: Vec::new() })
    }

    /// Only rows for which `condition` holds.
    pub(super) fn only(&mut self, condition: &str, params: &[Value]) {
        self.wheres.push(condition.to_owned());
        self.params.extend_from_slice(params);
    }

    /// Only rows whose `column` is `value`, when there is one.
    pub(super) fn only_if<T: Into<Value>>(&mut self, column: &str, value: Option<T>) {
        if let Some(value) = value {
            self.only(&format!("{column} = ?"), &[value.into()]);
        }
    }

    /// Only rows whose `column` contains the words of `q`, in any letter case where the column is in lower case.
    pub(super) fn search(&mut self, column: &str, q: Option<&str>, lower: bool) {
        for word in q.unwrap_or_default().split_whitespace().take(8) {
            let word = if lower { word.to_lowercase() } else { word.to_owned() };
            let word = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('\0', "");
            self.only(&format!("{column} LIKE ? ESCAPE '\\'"), &[Value::from(format!("%{word}%"))]);
        }
    }

    /// The page that `list` asks for, each row as `read` makes it.
    pub(super) fn page<T>(
        mut self,
        db: &mut Db<'_>,
        list: &ListQuery,
        mut read: impl FnMut(&Row) -> Answer<T>,
    ) -> Answer<Page<T>> {
        let limit = if list.limit == 0 { 50 } else { list.limit.min(LIMIT_MAX) };
        let total = if list.cursor.is_none() { Some(self.count(db)?) } else { None };
        if let Some(cursor) = &list.cursor {
            let (at, id) = decode(cursor, self.sort, self.descending)?;
            let less = if self.descending { '<' } else { '>' };
            let (sort, unique) = (self.sort, self.id);
            self.only(&format!("({sort}, {unique}) {less} (?, ?)"), &[at, id]);
        }
        let order = if self.descending { "DESC" } else { "ASC" };
        let (columns, table, id, sort, wheres) =
            (self.columns, self.table, self.id, self.sort, self.wheres());
        let sql = format!(
            "SELECT {sort}, {id}, {columns} FROM {table}{wheres} ORDER BY {sort} {order}, {id} {order} LIMIT ?"
        );
        self.params.push(Value::from(limit as u64 + 1));
        let mut rows = db.rows(&sql, &self.params)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor =
            rows.last().filter(|_| more).map(|r| encode(&r.value(0), &r.value(1), sort, self.descending));
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(read(&Row(row.0.into_iter().skip(2).collect()))?);
        }
        Ok(Page { items, next_cursor, total })
    }

    /// The page of documents.
    pub(super) fn docs<T: DeserializeOwned>(self, db: &mut Db<'_>, list: &ListQuery) -> Answer<Page<T>> {
        self.page(db, list, |row| Ok(serde_json::from_str(row.text(0))?))
    }

    fn count(&self, db: &mut Db<'_>) -> Answer<u64> {
        db.number(&format!("SELECT COUNT(*) FROM {}{}", self.table, self.wheres()), &self.params)
    }

    fn wheres(&self) -> String {
        if self.wheres.is_empty() { String::new() } else { format!(" WHERE {}", self.wheres.join(" AND ")) }
    }
}

/// A cursor: the sort that it belongs to, then where it stands. Opaque to callers, harmless when forged.
fn encode(at: &Value, id: &Value, sort: &str, descending: bool) -> String {
    let part = |value: &Value| match value {
        Value::Null => "n".to_owned(),
        Value::Int(x) => format!("i{x}"),
        // All bits, since the next page must begin exactly here.
        Value::Real(x) => format!("r{}", x.to_bits()),
        Value::Text(x) => format!("t{x}"),
    };
    let sign = if descending { '-' } else { '+' };
    hex(format!("{sign}{sort}\n{}\n{}", part(at), part(id)).as_bytes())
}

fn decode(cursor: &str, sort: &str, descending: bool) -> Answer<(Value, Value)> {
    let wrong =
        || RecordsError::invalid("cursor", "must be the next_cursor of the page before, with the same sort");
    let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|t| u8::from_str_radix(t, 16).ok());
    let bytes: Option<Vec<u8>> = cursor.as_bytes().chunks(2).map(byte).collect();
    let text = bytes.and_then(|b| String::from_utf8(b).ok()).ok_or_else(wrong)?;
    let mut parts = text.splitn(3, '\n');
    let sign = if descending { '-' } else { '+' };
    if parts.next() != Some(format!("{sign}{sort}").as_str()) {
        return Err(wrong());
    }
    let part = |text: &str| -> Option<Value> {
        let rest = text.get(1..)?;
        match text.as_bytes().first()? {
            b'i' => rest.parse().ok().map(Value::Int),
            b'r' => rest.parse().ok().map(|bits| Value::Real(f64::from_bits(bits))),
            b't' if !rest.contains('\0') => Some(Value::Text(rest.to_owned())),
            _ => None,
        }
    };
    match (parts.next().and_then(part), parts.next().and_then(part)) {
        (Some(at), Some(id)) => Ok((at, id)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_under_its_own_sort_only() {
        let (at, id) = (Value::Real(0.1), Value::from("a\nb"));
        let cursor = encode(&at, &id, "score", true);
        assert_eq!(decode(&cursor, "score", true).unwrap(), (at, id));
        assert!(decode(&cursor, "score", false).is_err());
        assert!(decode(&cursor, "share", true).is_err());
        assert!(decode("zz", "score", true).is_err());
    }
}
