//! `activity.parquet`: one row an account, its stretches and links as lists beside each other.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array as _, ArrayRef, Int64Array, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use vigie_model::{AccountActivity, ActivityBucket, ActivityLink, Layer, Micros};

use crate::atomic::Staged;
use crate::error::StoreError;
use crate::tables::{each, stage as stage_rows, text, texts};

/// The time zone of every moment.
const UTC: &str = "UTC";

fn schema() -> SchemaRef {
    let moment = || DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into()));
    let whole = |name: &str, nullable| Field::new(name, DataType::Int64, nullable);
    let list = |name: &str, of: DataType| {
        Field::new(name, DataType::List(Arc::new(Field::new_list_field(of, true))), false)
    };
    Arc::new(Schema::new(vec![
        Field::new("account_id", DataType::Utf8, false),
        Field::new("first_seen", moment(), false),
        Field::new("last_seen", moment(), false),
        whole("exchanges", false),
        whole("refused", false),
        whole("tokens", true),
        whole("networks", true),
        list("at", DataType::Int64),
        list("at_exchanges", DataType::Int64),
        list("at_campaign", DataType::Int64),
        list("at_refused", DataType::Int64),
        list("at_tokens", DataType::Int64),
        list("link_to", DataType::Utf8),
        list("link_weight", DataType::Float64),
        list("link_layer", DataType::Utf8),
    ]))
}

/// Stages `activity.parquet`.
pub fn stage(staged: &Staged, all: &[AccountActivity]) -> Result<(), StoreError> {
    stage_rows(staged, &schema(), all, |rows| {
        let at = |of: fn(&ActivityBucket) -> i64| -> ArrayRef {
            Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(
                rows.iter().map(|r| Some(r.timeline.iter().map(|b| Some(of(b))).collect::<Vec<_>>())),
            ))
        };
        vec![
            texts(rows, |r| &r.account_id),
            moments(rows, |r| r.first_seen),
            moments(rows, |r| r.last_seen),
            wholes(rows, |r| Some(r.exchanges)),
            wholes(rows, |r| Some(r.refused)),
            wholes(rows, |r| r.tokens),
            wholes(rows, |r| r.networks),
            at(|b| b.start.0),
            at(|b| i64::from(b.exchanges)),
            at(|b| i64::from(b.campaign_exchanges)),
            at(|b| i64::from(b.refused)),
            at(|b| signed(b.tokens)),
            words(rows, |link| &link.account_id),
            Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(
                rows.iter().map(|r| Some(r.links.iter().map(|l| Some(l.weight)).collect::<Vec<_>>())),
            )),
            words(rows, |link| link.layer.name()),
        ]
    })
}

fn signed(x: u64) -> i64 {
    i64::try_from(x).unwrap_or(i64::MAX)
}

fn moments(rows: &[AccountActivity], of: fn(&AccountActivity) -> Micros) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_iter_values(rows.iter().map(|r| of(r).0)).with_timezone(UTC))
}

fn wholes(rows: &[AccountActivity], of: fn(&AccountActivity) -> Option<u64>) -> ArrayRef {
    Arc::new(rows.iter().map(|r| of(r).map(signed)).collect::<Int64Array>())
}

fn words(rows: &[AccountActivity], of: fn(&ActivityLink) -> &str) -> ArrayRef {
    let mut list = arrow_array::builder::ListBuilder::new(arrow_array::builder::StringBuilder::new());
    for row in rows {
        row.links.iter().for_each(|link| list.values().append_value(of(link)));
        list.append(true);
    }
    Arc::new(list.finish())
}

/// Rows of an `activity.parquet`: all, or of more than `most` those of accounts in `first` and then the busiest. Never holds
/// more than twice as many.
pub fn read(path: &Path, most: usize, first: &HashSet<&str>) -> Result<Vec<AccountActivity>, StoreError> {
    let mut kept = Vec::new();
    each(path, |batch| {
        kept.extend(of(path, batch)?);
        if kept.len() / 2 >= most {
            select(&mut kept, most, first);
        }
        Ok(())
    })?;
    select(&mut kept, most, first);
    kept.sort_by(|a, b| a.account_id.cmp(&b.account_id));
    Ok(kept)
}

/// Keeps `most` rows: those of accounts in `first`, then the busiest.
fn select(rows: &mut Vec<AccountActivity>, most: usize, first: &HashSet<&str>) {
    if rows.len() > most {
        let later = |a: &AccountActivity| !first.contains(a.account_id.as_str());
        rows.sort_by(|a, b| {
            later(a)
                .cmp(&later(b))
                .then(b.exchanges.cmp(&a.exchanges))
                .then_with(|| a.account_id.cmp(&b.account_id))
        });
        rows.truncate(most);
    }
}

fn of(path: &Path, batch: &RecordBatch) -> Result<Vec<AccountActivity>, StoreError> {
    let account = text(path, batch, "account_id")?;
    let first = numbers::<TimestampMicrosecondType>(path, batch, "first_seen")?;
    let last = numbers::<TimestampMicrosecondType>(path, batch, "last_seen")?;
    let whole = |column| numbers::<Int64Type>(path, batch, column);
    let (exchanges, refused) = (whole("exchanges")?, whole("refused")?);
    let (tokens, networks) = (whole("tokens")?, whole("networks")?);
    let some = |of: &Int64Array, i| of.is_valid(i).then(|| of.value(i).max(0) as u64);
    (0..batch.num_rows())
        .map(|i| {
            Ok(AccountActivity {
                account_id: account.value(i).to_owned(),
                first_seen: Micros(first.value(i)),
                last_seen: Micros(last.value(i)),
                exchanges: exchanges.value(i).max(0) as u64,
                refused: refused.value(i).max(0) as u64,
                tokens: some(tokens, i),
                networks: some(networks, i),
                timeline: timeline(path, batch, i)?,
                links: links(path, batch, i)?,
            })
        })
        .collect()
}

fn timeline(path: &Path, batch: &RecordBatch, i: usize) -> Result<Vec<ActivityBucket>, StoreError> {
    let list = |column| values::<Int64Type>(path, batch, column, i);
    let (at, exchanges, campaign) = (list("at")?, list("at_exchanges")?, list("at_campaign")?);
    let (refused, tokens) = (list("at_refused")?, list("at_tokens")?);
    let count = |of: &[i64], n: usize| of.get(n).map_or(0, |&x| u32::try_from(x.max(0)).unwrap_or(u32::MAX));
    let bucket = |(n, &start): (usize, &i64)| ActivityBucket {
        start: Micros(start),
        exchanges: count(&exchanges, n),
        campaign_exchanges: count(&campaign, n),
        refused: count(&refused, n),
        tokens: tokens.get(n).map_or(0, |&x| x.max(0) as u64),
    };
    Ok(at.iter().enumerate().map(bucket).collect())
}

fn links(path: &Path, batch: &RecordBatch, i: usize) -> Result<Vec<ActivityLink>, StoreError> {
    let weights = values::<Float64Type>(path, batch, "link_weight", i)?;
    let words = |column| -> Result<StringArray, StoreError> {
        let found = list(path, batch, column)?.value(i);
        found.as_string_opt::<i32>().cloned().ok_or_else(|| wrong(path, column, "a list of texts"))
    };
    let (to, layers) = (words("link_to")?, words("link_layer")?);
    let layer = |n: usize| {
        let name = layers.iter().nth(n).flatten().unwrap_or_default();
        Layer::ALL.into_iter().find(|layer| layer.name() == name).unwrap_or(Layer::Custom)
    };
    let link = |(n, (to, weight)): (usize, (Option<&str>, f64))| ActivityLink {
        account_id: to.unwrap_or_default().to_owned(),
        weight,
        layer: layer(n),
    };
    Ok(to.iter().zip(weights).enumerate().map(link).collect())
}

fn wrong(path: &Path, column: &'static str, expected: &'static str) -> StoreError {
    StoreError::Column { path: path.to_owned(), column, expected }
}

fn numbers<'a, T: ArrowPrimitiveType>(
    path: &Path,
    batch: &'a RecordBatch,
    column: &'static str,
) -> Result<&'a arrow_array::PrimitiveArray<T>, StoreError> {
    let found = batch.column_by_name(column).and_then(|a| a.as_primitive_opt::<T>());
    found.ok_or_else(|| wrong(path, column, "whole numbers, or moments in microseconds"))
}

fn list<'a>(path: &Path, batch: &'a RecordBatch, column: &'static str) -> Result<&'a ListArray, StoreError> {
    let found = batch.column_by_name(column).and_then(|a| a.as_list_opt::<i32>());
    found.ok_or_else(|| wrong(path, column, "a list"))
}

fn values<T: ArrowPrimitiveType>(
    path: &Path,
    batch: &RecordBatch,
    column: &'static str,
    i: usize,
) -> Result<Vec<T::Native>, StoreError> {
    let found = list(path, batch, column)?.value(i);
    let found = found.as_primitive_opt::<T>().ok_or_else(|| wrong(path, column, "a list of numbers"))?;
    Ok(found.values().to_vec())
}
