//! What queries of lists have in common.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_store::records::{LIMIT_MAX, ListQuery, Page};

use crate::problem::Problem;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `{items, next_cursor, total}`.
    Json,
    /// One line per item.
    Csv,
}

/// A page that holds everything.
pub fn whole<T>(items: Vec<T>) -> Page<T> {
    let total = Some(items.len() as u64);
    Page { items, next_cursor: None, total }
}

/// The part of a list that a request asks for.
///
/// # Errors
/// 422 for a limit out of bounds.
pub fn part_of(
    cursor: Option<&String>,
    limit: Option<u64>,
    sort: Option<&String>,
    q: Option<&String>,
) -> Result<ListQuery, Problem> {
    let limit = match limit {
        None => 0,
        Some(limit) => usize::try_from(limit)
            .ok()
            .filter(|limit| (1..=LIMIT_MAX).contains(limit))
            .ok_or_else(|| Problem::field("limit", format!("must be 1 to {LIMIT_MAX}")))?,
    };
    let words = q.filter(|q| !q.trim().is_empty());
    Ok(ListQuery { cursor: cursor.cloned(), limit, sort: sort.cloned(), q: words.cloned() })
}

/// A query of a list: fields of its own, and those that every list has.
macro_rules! list_query {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$type>,)*
            /// `next_cursor` of the page before.
            pub cursor: Option<String>,
            /// Items on a page, 1 to 500; 50 when absent.
            #[schemars(range(min = 1, max = 500))]
            pub limit: Option<u64>,
            /// Name of the sort, `-` before it for descending.
            pub sort: Option<String>,
            /// Words to look for.
            pub q: Option<String>,
            /// `csv` for a table; like `Accept: text/csv`.
            #[expect(dead_code, reason = "read from the address by the one place that writes tables")]
            pub format: Option<$crate::api::lists::Format>,
        }

        impl $name {
            /// The part of the list.
            ///
            /// # Errors
            /// 422 for a limit out of bounds.
            pub fn list(&self) -> Result<vigie_store::records::ListQuery, $crate::problem::Problem> {
                let (cursor, sort, q) = (self.cursor.as_ref(), self.sort.as_ref(), self.q.as_ref());
                $crate::api::lists::part_of(cursor, self.limit, sort, q)
            }
        }
    };
}

pub(crate) use list_query;

list_query! {
    /// Any page of the list.
    Any {}
}
