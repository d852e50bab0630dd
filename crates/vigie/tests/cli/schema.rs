//! What Vigie writes follows the project's own page on the schema, column by column.

use std::collections::BTreeMap;

use arrow_schema::{DataType, Schema, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use vigie_model::{EXCHANGE_COLUMNS, Requirement};

use crate::support::{Place, sample_hunt};

const PAGE: &str = include_str!("../../../../docs/exchange-schema.md");

/// Name, type and whether a cell may be null.
type Column = (String, DataType, bool);

fn section(heading: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("\n## {heading}")).unwrap();
    rest.split_once('\n').unwrap().1.split("\n## ").next().unwrap()
}

/// The table of exchanges, as the page has it.
fn documented_exchanges() -> Vec<Column> {
    let rows = section("exchanges").lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut columns = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let kind = match cells[1].split(',').next().unwrap() {
            "string" => DataType::Utf8,
            "timestamp" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            "int32" => DataType::Int32,
            "int64" => DataType::Int64,
            "float64" => DataType::Float64,
            other => {
                assert_eq!(other, "bool", "a type of the page that this test does not know");
                DataType::Boolean
            }
        };
        columns.extend(cells[0].split(", ").map(|name| (name.to_owned(), kind.clone(), cells[2] != "yes")));
    }
    columns
}

/// Names in a list such as `account_id, verified (bool), labels[] …`: the first word of each part, brackets apart.
fn names(list: &str) -> Vec<String> {
    let mut depth = 0;
    let outside: String = list
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 0 && *c != ')'
        })
        .collect();
    let first =
        |part: &str| part.split_whitespace().next().map(|word| word.trim_end_matches("[]").to_owned());
    let list = outside.split(". ").next().unwrap().split(':').next().unwrap();
    list.split(',').filter_map(first).collect()
}

/// Columns that the page puts in brackets after a file's name.
fn documented_file(file: &str) -> Vec<String> {
    let (_, rest) = PAGE.split_once(&format!("`{file}`")).unwrap();
    let inside = rest.trim_start().strip_prefix('(').unwrap().split(')').next().unwrap();
    names(inside.strip_prefix("one object a campaign: ").unwrap_or(inside))
}

fn schema(place: &Place, file: &str) -> Schema {
    let file = std::fs::File::open(place.path(file)).unwrap();
    ParquetRecordBatchReaderBuilder::try_new(file).unwrap().schema().as_ref().clone()
}

fn column_names(schema: &Schema) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}

/// Keys of the first line.
fn keys(lines: &str) -> Vec<String> {
    let line: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    line.into_keys().collect()
}

fn world() -> Place {
    let place = Place::new();
    place.file("world.toml", "seed = 3\nexchanges = 2000\naccounts = 150\ndays = 4\n");
    place.vigie(&["sim", "world", "--config", "world.toml", "--quiet"]).code(0);
    place
}

#[test]
fn the_code_knows_the_columns_of_the_page() {
    let known: Vec<Column> = EXCHANGE_COLUMNS
        .iter()
        .map(|c| (c.name.to_owned(), c.data_type(), c.requirement == Requirement::Optional))
        .collect();
    assert_eq!(known, documented_exchanges());
}

#[test]
fn a_world_has_the_columns_of_the_page() {
    let place = world();
    let written: Vec<Column> = schema(&place, "world/exchanges.parquet")
        .fields()
        .iter()
        .map(|field| (field.name().clone(), field.data_type().clone(), field.is_nullable()))
        .collect();
    assert_eq!(written, documented_exchanges());

    let accounts = schema(&place, "world/accounts.parquet");
    assert_eq!(column_names(&accounts), names(section("accounts")));
    let nullable = accounts.fields().iter().filter(|f| !f.is_nullable()).map(|f| f.name().as_str());
    assert_eq!(nullable.collect::<Vec<_>>(), ["account_id"]);
    assert_eq!(*accounts.field_with_name("verified").unwrap().data_type(), DataType::Boolean);
    assert!(matches!(accounts.field_with_name("labels").unwrap().data_type(), DataType::List(_)));

    assert_eq!(column_names(&schema(&place, "world/models.parquet")), names(section("models")));
    for table in ["truth_accounts.parquet", "truth_exchanges.parquet"] {
        let written = column_names(&schema(&place, &format!("world/{table}")));
        assert_eq!(written, documented_file(table), "{table}");
    }
    let network = keys(&place.read("world/truth_networks.jsonl"));
    for name in documented_file("truth_networks.jsonl") {
        assert!(network.contains(&name), "a line of truth_networks.jsonl has no {name}");
    }
}

#[test]
fn a_hunt_writes_the_columns_of_the_page() {
    let place = Place::new();
    sample_hunt(&place);
    for table in ["members.parquet", "exchanges.parquet"] {
        let written = column_names(&schema(&place, &format!("vigie-out/{table}")));
        assert_eq!(written, documented_file(table), "{table}");
    }
    let campaign = keys(&place.read("vigie-out/campaigns.jsonl"));
    for name in documented_file("campaigns.jsonl") {
        assert!(campaign.contains(&name), "a line of campaigns.jsonl has no {name}");
    }
}
