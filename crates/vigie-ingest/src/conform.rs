//! Columns of foreign but compatible types as the canonical type, without losing a value unseen.

use std::sync::Arc;

use arrow_array::builder::{PrimitiveBuilder, TimestampMicrosecondBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
    new_null_array,
};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, TimeUnit};
use vigie_model::Micros;

use crate::format::Format;

/// The column that says which decoder made a row.
pub(crate) const SOURCE_KIND: &str = "source_kind";

/// Whether every value of one type that means something can be read as the other.
pub(crate) fn compatible(from: &DataType, to: &DataType) -> bool {
    use DataType::{Boolean, Dictionary, Float64, Int32, Int64, Null, Timestamp, Utf8};
    match (from, to) {
        (Dictionary(_, value), _) => compatible(value, to),
        (Null, _) => true,
        (from, Utf8) => is_text(from) || is_bytes(from),
        (from, Timestamp(..)) => is_text(from) || matches!(from, Timestamp(..)),
        (from, Int32 | Int64 | Float64) => from.is_integer() || from.is_floating(),
        (from, Boolean) => *from == Boolean,
        _ => false,
    }
}

/// A column in its canonical type. A value that does not fit becomes null; `lost` finds it.
///
/// # Errors
/// For types that [`compatible`] does not hold for.
pub(crate) fn conform(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    let from = array.data_type();
    if from == to {
        return Ok(if let DataType::Timestamp(..) = to { in_range(array) } else { array.clone() });
    }
    match (from, to) {
        (DataType::Null, _) => Ok(new_null_array(to, array.len())),
        (DataType::Dictionary(_, value), _) if !is_text(value) || matches!(to, DataType::Timestamp(..)) => {
            conform(&cast(array, value)?, to)
        }
        (DataType::Timestamp(unit, _), DataType::Timestamp(..)) => {
            // Arrow keeps UTC inside whatever the zone says, and a column without one is read as UTC.
            let plain = cast(array, &DataType::Timestamp(*unit, None))?;
            let micros = cast(&plain, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
            let micros = micros.as_primitive::<TimestampMicrosecondType>().clone().with_timezone("UTC");
            Ok(in_range(&(Arc::new(micros) as ArrayRef)))
        }
        (from, DataType::Timestamp(..)) if is_text(from) => parse_times(array),
        (from, DataType::Int32 | DataType::Int64) if from.is_floating() => whole_numbers(array, to),
        _ => cast(array, to),
    }
}

/// Times with nulls for those before the year 1 and after the year 9999: they could not be written again.
fn in_range(times: &ArrayRef) -> ArrayRef {
    let good = |time: i64| Micros(time).in_range().is_some();
    match times.as_primitive_opt::<TimestampMicrosecondType>() {
        Some(column) if !column.values().iter().all(|time| good(*time)) => {
            let kept: TimestampMicrosecondArray =
                column.iter().map(|time| time.filter(|time| good(*time))).collect();
            Arc::new(kept.with_timezone("UTC"))
        }
        _ => times.clone(),
    }
}

/// The column with nulls for NaN: data frames have no other way to store a gap in a column of numbers.
pub(crate) fn without_nan(array: &ArrayRef) -> ArrayRef {
    match array.as_primitive_opt::<Float64Type>() {
        Some(floats) if floats.values().iter().any(|f| f.is_nan()) => {
            Arc::new(floats.iter().map(|f| f.filter(|f| !f.is_nan())).collect::<Float64Array>())
        }
        _ => array.clone(),
    }
}

/// The column `source_kind` with the decoder's own name where a row does not say which decoder made it. A row that was
/// decoded before and kept (LiteLLM's payload as Parquet, say) still names the first one.
pub(crate) fn with_source_kind(batch: RecordBatch, format: Format) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let Some((at, _)) = schema.column_with_name(SOURCE_KIND) else { return Ok(batch) };
    let mut columns = batch.columns().to_vec();
    let named = match columns[at].as_string_opt::<i32>() {
        Some(column) if column.null_count() > 0 => {
            StringArray::from_iter_values(column.iter().map(|kind| kind.unwrap_or(format.name())))
        }
        _ => return Ok(batch),
    };
    columns[at] = Arc::new(named);
    RecordBatch::try_new(schema, columns)
}

/// Rows that had a value before and have none after.
pub(crate) fn lost<'a>(before: &'a ArrayRef, after: &'a ArrayRef) -> impl Iterator<Item = usize> + 'a {
    let any = after.logical_null_count() > before.logical_null_count();
    let (before, after) = (before.logical_nulls(), after.logical_nulls());
    let rows = if any { after.as_ref().map_or(0, |nulls| nulls.len()) } else { 0 };
    (0..rows).filter(move |row| {
        after.as_ref().is_some_and(|nulls| nulls.is_null(*row))
            && before.as_ref().is_none_or(|nulls| nulls.is_valid(*row))
    })
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Some writers leave out the note that a byte column is UTF-8.
fn is_bytes(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

fn parse_times(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let text = cast(array, &DataType::Utf8View)?;
    let mut times = TimestampMicrosecondBuilder::with_capacity(array.len());
    for text in text.as_string_view() {
        times.append_option(text.and_then(Micros::parse_rfc3339).map(|t| t.0));
    }
    Ok(Arc::new(times.finish().with_timezone("UTC")))
}

/// Data frames store a column of whole numbers with gaps as floats: 5.0 is 5, 5.5 is a fault.
fn whole_numbers(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    fn collect<T: ArrowPrimitiveType>(
        floats: &ArrayRef,
        number: impl Fn(f64) -> Option<T::Native>,
    ) -> ArrayRef {
        let mut numbers = PrimitiveBuilder::<T>::with_capacity(floats.len());
        for float in floats.as_primitive::<Float64Type>() {
            numbers.append_option(float.and_then(&number));
        }
        Arc::new(numbers.finish())
    }
    let floats = cast(array, &DataType::Float64)?;
    Ok(match to {
        DataType::Int32 => collect::<arrow_array::types::Int32Type>(&floats, |f| {
            whole(f).and_then(|n| i32::try_from(n).ok())
        }),
        _ => collect::<arrow_array::types::Int64Type>(&floats, whole),
    })
}

/// The whole number that a float stands for, where it stands for one exactly.
pub(crate) fn whole(float: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}
