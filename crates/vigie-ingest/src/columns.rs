//! Builders for the exchange table that take one value at a time, made from the one list of columns.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, BooleanArray, RecordBatch, new_null_array};
use arrow_schema::DataType;
use arrow_select::filter::filter_record_batch;
use vigie_model::{EXCHANGE_COLUMNS, Requirement, exchange_schema};

use crate::decode::text::Fault;
use crate::options::{BATCH_ROWS_MAX, BATCH_TEXT_BYTES_MAX, ColumnSet};

/// Collects values into one canonical batch. A row that turns out bad halfway is dropped when the batch is made.
pub(crate) struct Columns {
    columns: Vec<Option<Column>>,
    by_name: Vec<(&'static str, usize)>,
    rows: usize,
    /// One flag a row, from the first dropped row on.
    keep: Option<Vec<bool>>,
}

/// The column that one value goes into.
pub(crate) enum Cell<'c> {
    Text(&'c mut StringBuilder),
    RequiredText(&'c mut StringBuilder),
    Time(&'c mut TimestampMicrosecondBuilder),
    Int32(&'c mut Int32Builder),
    Int64(&'c mut Int64Builder),
    Float64(&'c mut Float64Builder),
    Bool(&'c mut BooleanBuilder),
}

enum Column {
    Text(StringBuilder),
    RequiredText(StringBuilder),
    Time(TimestampMicrosecondBuilder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    Float64(Float64Builder),
    Bool(BooleanBuilder),
}

impl Columns {
    pub(crate) fn new(selected: &ColumnSet) -> Self {
        let columns = EXCHANGE_COLUMNS
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let required = column.requirement == Requirement::Required;
                selected.at(index).then(|| Column::new(&column.data_type(), required))
            })
            .collect::<Vec<_>>();
        let mut by_name: Vec<_> = EXCHANGE_COLUMNS
            .iter()
            .enumerate()
            .filter(|(index, _)| selected.at(*index))
            .map(|(index, column)| (column.name, index))
            .collect();
        by_name.sort_unstable();
        Self { columns, by_name, rows: 0, keep: None }
    }

    /// The place of a column that is read.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.binary_search_by(|(column, _)| (*column).cmp(name)).ok().map(|at| self.by_name[at].1)
    }

    /// Whether the current row already has a value in this column.
    pub(crate) fn is_set(&self, index: usize) -> bool {
        self.columns[index].as_ref().is_some_and(|column| column.len() > self.rows)
    }

    /// Where the next value of a column goes. `index` comes from [`find`](Self::find).
    pub(crate) fn cell(&mut self, index: usize) -> Cell<'_> {
        match self.columns[index].get_or_insert_with(|| {
            let column = &EXCHANGE_COLUMNS[index];
            Column::new(&column.data_type(), column.requirement == Requirement::Required)
        }) {
            Column::Text(column) => Cell::Text(column),
            Column::RequiredText(column) => Cell::RequiredText(column),
            Column::Time(column) => Cell::Time(column),
            Column::Int32(column) => Cell::Int32(column),
            Column::Int64(column) => Cell::Int64(column),
            Column::Float64(column) => Cell::Float64(column),
            Column::Bool(column) => Cell::Bool(column),
        }
    }

    /// Finds the first required column without a value in the current row.
    pub(crate) fn check_required(&self) -> Result<(), Fault> {
        for (index, column) in EXCHANGE_COLUMNS.iter().enumerate() {
            if column.requirement == Requirement::Required && !self.is_set(index) {
                return Err(Fault::new(column.name, "is missing, but required"));
            }
        }
        Ok(())
    }

    /// The current row is good; columns without a value are null.
    pub(crate) fn end_row(&mut self) {
        self.fill();
        if let Some(keep) = &mut self.keep {
            keep.push(true);
        }
    }

    /// The current row is bad and will not be in the batch.
    pub(crate) fn drop_row(&mut self) {
        let untouched = self.columns.iter().flatten().all(|column| column.len() == self.rows);
        if untouched {
            return;
        }
        let before = self.rows;
        self.fill();
        self.keep.get_or_insert_with(|| vec![true; before]).push(false);
    }

    fn fill(&mut self) {
        self.rows += 1;
        for column in self.columns.iter_mut().flatten() {
            if column.len() < self.rows {
                column.append_nothing();
            }
        }
    }

    /// Whether there is nothing to hand over.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether the batch must be handed over before another row.
    pub(crate) fn is_full(&self) -> bool {
        let text = self.columns.iter().flatten().map(Column::text_bytes).sum::<usize>();
        self.rows >= BATCH_ROWS_MAX || text >= BATCH_TEXT_BYTES_MAX
    }

    /// The batch of all good rows since the last call.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, String> {
        let rows = std::mem::take(&mut self.rows);
        let columns = EXCHANGE_COLUMNS
            .iter()
            .zip(&mut self.columns)
            .map(|(column, builder)| match builder {
                Some(builder) => builder.finish(),
                None => new_null_array(&column.data_type(), rows),
            })
            .collect();
        let batch = RecordBatch::try_new(exchange_schema(), columns).map_err(|e| e.to_string())?;
        match self.keep.take() {
            None => Ok(batch),
            Some(keep) => filter_record_batch(&batch, &BooleanArray::from(keep)).map_err(|e| e.to_string()),
        }
    }
}

impl Column {
    fn new(data_type: &DataType, required: bool) -> Self {
        match data_type {
            DataType::Timestamp(..) => Self::Time(TimestampMicrosecondBuilder::new()),
            DataType::Int32 => Self::Int32(Int32Builder::new()),
            DataType::Int64 => Self::Int64(Int64Builder::new()),
            DataType::Float64 => Self::Float64(Float64Builder::new()),
            DataType::Boolean => Self::Bool(BooleanBuilder::new()),
            _ if required => Self::RequiredText(StringBuilder::new()),
            _ => Self::Text(StringBuilder::new()),
        }
    }

    fn len(&self) -> usize {
        use arrow_array::builder::ArrayBuilder;
        match self {
            Self::Text(column) | Self::RequiredText(column) => column.len(),
            Self::Time(column) => column.len(),
            Self::Int32(column) => column.len(),
            Self::Int64(column) => column.len(),
            Self::Float64(column) => column.len(),
            Self::Bool(column) => column.len(),
        }
    }

    fn text_bytes(&self) -> usize {
        match self {
            Self::Text(column) | Self::RequiredText(column) => column.values_slice().len(),
            _ => 0,
        }
    }

    /// Null, or in a required column of a dropped row a value that nobody will see.
    fn append_nothing(&mut self) {
        match self {
            Self::Text(column) => column.append_null(),
            Self::RequiredText(column) => column.append_value(""),
            Self::Time(column) => column.append_value(0),
            Self::Int32(column) => column.append_null(),
            Self::Int64(column) => column.append_null(),
            Self::Float64(column) => column.append_null(),
            Self::Bool(column) => column.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) | Self::RequiredText(column) => Arc::new(column.finish()),
            Self::Time(column) => Arc::new(column.finish().with_timezone("UTC")),
            Self::Int32(column) => Arc::new(column.finish()),
            Self::Int64(column) => Arc::new(column.finish()),
            Self::Float64(column) => Arc::new(column.finish()),
            Self::Bool(column) => Arc::new(column.finish()),
        }
    }
}

impl Cell<'_> {
    /// What a value must be, in words.
    pub(crate) fn expected(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::RequiredText(_) => "a string",
            Self::Time(_) => "an RFC 3339 time as a string",
            Self::Int32(_) | Self::Int64(_) => "a whole number",
            Self::Float64(_) => "a number",
            Self::Bool(_) => "true or false",
        }
    }
}
