//! Writes a planned world: exchanges in order of time, side tables, the truth.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Int64Builder, ListBuilder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use serde_json::{Map, Value};
use vigie_model::{AccountStatus, ExchangeBatchBuilder, exchange_schema};

use super::dice::mix;
use super::plan::{Plan, Role};
use super::render::Pen;
use super::{WorldError, WorldSummary};

/// Rows rendered at a time by one thread.
const BATCH_ROWS: usize = 8_192;
/// Rows of a row group: readers skip groups outside their window of time.
const GROUP_ROWS: usize = 131_072;

fn io(path: &Path, error: &dyn std::fmt::Display) -> WorldError {
    WorldError::Write { path: path.to_path_buf(), reason: error.to_string() }
}

fn properties() -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_created_by("vigie-sim".to_owned());
    for column in
        ["event_id", "response_id", "conversation_id", "prompt", "duration_ms", "ttft_ms", "timestamp"]
    {
        builder = builder.set_column_dictionary_enabled(ColumnPath::from(column), false);
    }
    builder.build()
}

fn writer(path: &Path, schema: SchemaRef) -> Result<ArrowWriter<File>, WorldError> {
    let file = File::create(path).map_err(|e| io(path, &e))?;
    ArrowWriter::try_new(file, schema, Some(properties())).map_err(|e| io(path, &e))
}

/// Writes everything and counts it.
pub(crate) fn write(
    plan: &Plan<'_>,
    out: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<WorldSummary, WorldError> {
    std::fs::create_dir_all(out).map_err(|e| io(out, &e))?;
    exchanges(plan, &out.join("exchanges.parquet"), progress)?;
    table(&out.join("accounts.parquet"), &accounts(plan)?)?;
    table(&out.join("models.parquet"), &models(plan)?)?;
    table(&out.join("truth_accounts.parquet"), &truth_accounts(plan)?)?;
    table(&out.join("truth_exchanges.parquet"), &truth_exchanges(plan)?)?;
    truth_networks(plan, &out.join("truth_networks.jsonl"))?;
    Ok(summary(plan))
}

/// Renders two stretches at a time on two threads, writes them in order on a third.
fn exchanges(plan: &Plan<'_>, path: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), WorldError> {
    let mut file = writer(path, exchange_schema())?;
    let chunks: Vec<(usize, usize)> = (0..plan.moments.len())
        .step_by(BATCH_ROWS)
        .map(|from| (from, (from + BATCH_ROWS).min(plan.moments.len())))
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, 4);
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..threads)
            .map(|lane| {
                let (send, receive) = std::sync::mpsc::sync_channel(2);
                let own: Vec<(usize, usize)> = chunks.iter().skip(lane).step_by(threads).copied().collect();
                scope.spawn(move || {
                    let mut pen = Pen::default();
                    for (from, to) in own {
                        // The receiver is gone only when writing failed: then there is nothing left to do.
                        if send.send(render(plan, from, to, &mut pen)).is_err() {
                            return;
                        }
                    }
                });
                receive
            })
            .collect();
        for i in 0..chunks.len() {
            let batch = lanes[i % threads].recv().map_err(|_| io(path, &"a rendering thread stopped"))?;
            file.write(&batch).map_err(|e| io(path, &e))?;
            progress(batch.num_rows() as u64);
        }
        Ok(())
    })?;
    file.close().map_err(|e| io(path, &e))?;
    Ok(())
}

fn render(plan: &Plan<'_>, from: usize, to: usize, pen: &mut Pen) -> RecordBatch {
    let mut builder = ExchangeBatchBuilder::default();
    for index in from..to {
        builder.push(pen.write(plan, &plan.moments[index], index));
    }
    builder.finish()
}

fn table(path: &Path, batch: &RecordBatch) -> Result<(), WorldError> {
    let mut file = writer(path, batch.schema())?;
    file.write(batch).map_err(|e| io(path, &e))?;
    file.close().map_err(|e| io(path, &e))?;
    Ok(())
}

fn batch(columns: Vec<(&str, ArrayRef, bool)>) -> Result<RecordBatch, WorldError> {
    RecordBatch::try_from_iter_with_nullable(columns).map_err(|e| WorldError::Table(e.to_string()))
}

/// Accounts in an order that tells nothing: by their random id.
fn by_id(plan: &Plan<'_>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..plan.accounts.len()).collect();
    order.sort_unstable_by(|a, b| plan.accounts[*a].account_id.cmp(&plan.accounts[*b].account_id));
    order
}

fn accounts(plan: &Plan<'_>) -> Result<RecordBatch, WorldError> {
    let mut text: [StringBuilder; 8] = Default::default();
    let mut created = TimestampMicrosecondBuilder::new();
    let (mut failed, mut verified) = (Int64Builder::new(), BooleanBuilder::new());
    let mut labels = ListBuilder::new(StringBuilder::new());
    for i in by_id(plan) {
        let a = &plan.accounts[i];
        text[0].append_value(&a.account_id);
        let fields =
            [&a.org_id, &a.email_domain, &a.payment_fingerprint, &a.payment_country, &a.plan, &a.country];
        for (builder, value) in text[1..7].iter_mut().zip(fields) {
            builder.append_option(value.as_deref());
        }
        text[7].append_option(a.status.map(|s| match s {
            AccountStatus::Active => "active",
            AccountStatus::Suspended => "suspended",
            AccountStatus::Banned => "banned",
        }));
        created.append_option(a.created_at.map(|t| t.0));
        failed.append_option(a.failed_payments);
        verified.append_option(a.verified);
        for label in &a.labels {
            labels.values().append_value(label);
        }
        labels.append(true);
    }
    let [
        mut id,
        mut org,
        mut email,
        mut payment,
        mut payment_country,
        mut plan_name,
        mut country,
        mut status,
    ] = text;
    batch(vec![
        ("account_id", Arc::new(id.finish()), false),
        ("org_id", Arc::new(org.finish()), true),
        ("created_at", Arc::new(created.finish().with_timezone("UTC")), true),
        ("email_domain", Arc::new(email.finish()), true),
        ("payment_fingerprint", Arc::new(payment.finish()), true),
        ("payment_country", Arc::new(payment_country.finish()), true),
        ("failed_payments", Arc::new(failed.finish()), true),
        ("plan", Arc::new(plan_name.finish()), true),
        ("country", Arc::new(country.finish()), true),
        ("verified", Arc::new(verified.finish()), true),
        ("status", Arc::new(status.finish()), true),
        ("labels", Arc::new(labels.finish()), true),
    ])
}

fn models(plan: &Plan<'_>) -> Result<RecordBatch, WorldError> {
    let (mut name, mut released) = (StringBuilder::new(), TimestampMicrosecondBuilder::new());
    for model in &plan.stage.models {
        name.append_value(&model.model);
        released.append_value(model.released_at.0);
    }
    batch(vec![
        ("model", Arc::new(name.finish()), false),
        ("released_at", Arc::new(released.finish().with_timezone("UTC")), false),
    ])
}

fn truth_accounts(plan: &Plan<'_>) -> Result<RecordBatch, WorldError> {
    let mut networks: Vec<Vec<(u32, Role)>> = vec![Vec::new(); plan.accounts.len()];
    for (account, network, role) in &plan.members {
        networks[*account as usize].push((*network, *role));
    }
    let (mut id, mut network, mut role) = (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    for i in by_id(plan) {
        if networks[i].is_empty() {
            id.append_value(&plan.accounts[i].account_id);
            network.append_null();
            role.append_null();
        }
        let several = networks[i].len() > 1;
        for (n, r) in &networks[i] {
            id.append_value(&plan.accounts[i].account_id);
            network.append_value(&plan.networks[*n as usize].id);
            role.append_value(if *r == Role::Pure && !several { "pure" } else { "mixed" });
        }
    }
    batch(vec![
        ("account_id", Arc::new(id.finish()), false),
        ("network_id", Arc::new(network.finish()), true),
        ("role", Arc::new(role.finish()), true),
    ])
}

fn truth_exchanges(plan: &Plan<'_>) -> Result<RecordBatch, WorldError> {
    let (mut event, mut network) = (StringBuilder::new(), StringBuilder::new());
    let mut id = String::new();
    for (index, moment) in plan.moments.iter().enumerate() {
        let Some(n) = plan.streams[moment.stream as usize].network else { continue };
        id.clear();
        super::dice::opaque_into(&mut id, mix(plan.config.seed ^ 0xE7E7, index as u64), 22);
        event.append_value(&id);
        network.append_value(&plan.networks[n as usize].id);
    }
    batch(vec![
        ("event_id", Arc::new(event.finish()), false),
        ("network_id", Arc::new(network.finish()), false),
    ])
}

fn truth_networks(plan: &Plan<'_>, path: &Path) -> Result<(), WorldError> {
    let mut text = Vec::new();
    for network in &plan.networks {
        let mut line = Map::new();
        line.insert("network_id".to_owned(), Value::from(network.id.as_str()));
        line.insert("archetype".to_owned(), Value::from(network.archetype));
        line.insert("malicious".to_owned(), Value::from(network.malicious));
        line.extend(network.knobs.clone());
        writeln!(text, "{}", Value::Object(line)).map_err(|e| io(path, &e))?;
    }
    std::fs::write(path, text).map_err(|e| io(path, &e))
}

fn summary(plan: &Plan<'_>) -> WorldSummary {
    let mut summary = WorldSummary {
        exchanges: plan.moments.len() as u64,
        accounts: plan.accounts.len() as u64,
        ..WorldSummary::default()
    };
    for network in &plan.networks {
        *(if network.malicious { &mut summary.campaigns } else { &mut summary.lookalikes }) += 1;
    }
    let malicious = |n: u32| plan.networks[n as usize].malicious;
    let mut accounts: Vec<u32> = plan.members.iter().filter(|m| malicious(m.1)).map(|m| m.0).collect();
    accounts.sort_unstable();
    accounts.dedup();
    summary.campaign_accounts = accounts.len() as u64;
    let of_campaigns =
        |m: &&super::plan::Moment| plan.streams[m.stream as usize].network.is_some_and(malicious);
    summary.campaign_exchanges = plan.moments.iter().filter(of_campaigns).count() as u64;
    summary
}
