//! Exchanges to rows: the fold kernel over batches, and the runner that spreads batches over threads.
//!
//! The kernel is pure. The lake that the runner builds does not depend on how rows were split into batches, in which
//! order they came or how many threads ran: duplicates are resolved and rows ordered by their content.

use std::net::IpAddr;
use std::sync::Mutex;

use arrow_array::{Array, RecordBatch};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_fold::{Folder, Marks, hash_text};
use vigie_model::{EXCHANGE_COLUMNS, ExchangeView, SchemaError};

use crate::examples::{EXAMPLE_BYTES, Sampled, Sampler};
use crate::lake::{Coverage, Lake};
use crate::rows::{BANDS, Flags, PHRASES, Row, Rows};
use crate::{HuntError, Progress};

/// Marks that a system prompt does not set: boilerplate forbids what these words name.
const HARM: Marks = Marks::from_bits(
    Marks::ROMANCE_SCAM.bits()
        | Marks::PHISHING.bits()
        | Marks::MALWARE.bits()
        | Marks::PROFILING.bits()
        | Marks::JAILBREAK.bits(),
);
/// Readable names kept per kind of identifier; the rest shows as `?`.
const NAMES_MAX: usize = 2_000_000;

/// One batch, folded.
#[derive(Default)]
struct Folded {
    rows: Rows,
    event_text: String,
    event_ends: Vec<u32>,
    /// Hash of `event_id`, and of `response_id` where there is one.
    identity: Vec<(u64, u64)>,
    /// Hash of the account name, per row.
    account: Vec<u64>,
    organisation: Vec<u64>,
}

/// What one worker gathers over its batches.
#[derive(Default)]
struct Worker {
    folder: Option<Folder>,
    chunks: Vec<Folded>,
    accounts: FxHashMap<u64, Box<str>>,
    names: FxHashMap<u64, Box<str>>,
    texts: FxHashMap<u64, (u64, u64, u32)>,
    sampler: Sampler,
    present: Vec<u64>,
    rows: u64,
}

/// Folds canonical batches into a lake. Text is dropped batch by batch.
///
/// `threads` workers share the iterator; decoding happens inside it, folding outside. O(bytes of text).
///
/// # Errors
/// [`HuntError::Schema`] when a batch lacks a required column or has one of a foreign type.
pub fn fold(
    batches: &mut (dyn Iterator<Item = RecordBatch> + Send),
    progress: &dyn Progress,
) -> Result<Lake, HuntError> {
    let threads = rayon::current_num_threads().max(1);
    let source = Mutex::new(batches);
    let workers: Vec<Result<Worker, SchemaError>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut worker = Worker::default();
                    loop {
                        let next = source.lock().map_or(None, |mut s| s.next());
                        let Some(batch) = next else { return Ok(worker) };
                        worker.fold(&batch)?;
                        progress.advance(batch.num_rows() as u64);
                    }
                })
            })
            .collect();
        handles
            .into_iter()
            .map(|h| h.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let workers = workers.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(assemble(workers))
}

impl Worker {
    fn fold(&mut self, batch: &RecordBatch) -> Result<(), SchemaError> {
        let view = ExchangeView::try_new(batch)?;
        self.count_coverage(batch);
        let mut folder = self.folder.take().unwrap_or_default();
        let mut chunk = Folded::default();
        for i in 0..view.len() {
            self.fold_row(&view, i, &mut folder, &mut chunk);
        }
        self.folder = Some(folder);
        self.chunks.push(chunk);
        Ok(())
    }

    fn count_coverage(&mut self, batch: &RecordBatch) {
        self.present.resize(EXCHANGE_COLUMNS.len(), 0);
        for (count, column) in self.present.iter_mut().zip(EXCHANGE_COLUMNS) {
            *count += batch.column_by_name(column.name).map_or(0, |a| (a.len() - a.null_count()) as u64);
        }
        self.rows += batch.num_rows() as u64;
    }

    fn fold_row(&mut self, view: &ExchangeView<'_>, i: usize, folder: &mut Folder, chunk: &mut Folded) {
        let event_id = view.event_id.value(i);
        let account_id = view.account_id.value(i);
        let account = hash_text(account_id);
        let event = hash_text(event_id);
        self.accounts.entry(account).or_insert_with(|| account_id.into());
        let row = self.row(view, i, folder);
        if let Some(prompt) = text(view.prompt, i)
            && self.sampler.wants(event)
        {
            let masked = vigie_fold::masked_example(prompt, EXAMPLE_BYTES);
            self.sampler.push(Sampled { rank: event, account, text: masked.into() });
        }
        chunk.rows.push(&row);
        chunk.event_text.push_str(event_id);
        chunk.event_ends.push(chunk.event_text.len() as u32);
        chunk.identity.push((event, text(view.response_id, i).map_or(0, hash_text)));
        chunk.account.push(account);
        chunk.organisation.push(text(view.org_id, i).map_or(0, |t| self.named(t)));
    }

    fn row(&mut self, view: &ExchangeView<'_>, i: usize, folder: &mut Folder) -> Row {
        let prompt = text(view.prompt, i).unwrap_or("");
        let features = folder.prompt(prompt);
        let (system, system_block, system_marks) = self.system(text(view.system_prompt, i));
        let tools = text(view.tools, i).filter(|t| t.len() > 2).map_or(0, vigie_fold::tools_hash);
        let (address, network) = self.address(view, i);
        let client = self.client(view, i);
        let turn = view.turn.filter(|t| t.is_valid(i)).map(|t| t.value(i));
        let mut flags = Flags::default();
        flags.set(Flags::REFUSED, boolean(view.refusal, i));
        flags.set(Flags::FAILED, view.http_status.is_some_and(|s| s.is_valid(i) && s.value(i) >= 400));
        flags.set(Flags::LOGPROBS, boolean(view.logprobs, i));
        flags.set(Flags::HAS_TEXT, !prompt.is_empty());
        flags.set(Flags::TURN_SEEN, turn.is_some());
        flags.set(Flags::FOLLOW_UP, turn.is_some_and(|t| t > 1));
        flags.set(Flags::PROBE, view.max_tokens.is_some_and(|m| m.is_valid(i) && m.value(i) <= 1));
        let mut bands = [0; BANDS];
        bands.copy_from_slice(&features.bands[..BANDS]);
        let mut phrases = [0; PHRASES];
        let kept = usize::from(features.phrase_len).min(PHRASES);
        phrases[..kept].copy_from_slice(&features.phrases[..kept]);
        Row {
            account: 0,
            time: view.timestamp.value(i),
            exact: features.exact,
            template: features.template,
            heads: features.heads,
            tail: features.tail,
            bands,
            phrases,
            embedding: features.embedding,
            system,
            system_block,
            tools,
            address,
            network,
            client,
            settings: settings(view, i, client),
            key: text(view.api_key_id, i).map_or(0, hash_text),
            end_user: text(view.end_user_id, i).map_or(0, hash_text),
            conversation: text(view.conversation_id, i).map_or(0, hash_text),
            model: text(view.request_model, i).or(text(view.response_model, i)).map_or(0, |t| self.named(t)),
            country: text(view.country, i).map_or(0, |t| self.named(t)),
            marks: features.marks | Marks::from_bits(system_marks.bits() & !HARM.bits()),
            flags,
            language: features.language,
            words: features.words,
            input_tokens: count(view.input_tokens, i),
            output_tokens: count(view.output_tokens, i),
        }
    }

    /// System prompts repeat endlessly: each distinct one is folded once.
    fn system(&mut self, prompt: Option<&str>) -> (u64, u64, vigie_fold::Marks) {
        let Some(prompt) = prompt.filter(|p| !p.trim().is_empty()) else {
            return (0, 0, vigie_fold::Marks::default());
        };
        let key = hash_text(prompt);
        if let Some(&(whole, block, marks)) = self.texts.get(&key) {
            return (whole, block, vigie_fold::Marks::from_bits(marks));
        }
        let features = vigie_fold::system_blocks(prompt);
        if self.texts.len() < NAMES_MAX {
            self.texts.insert(key, (features.whole, features.first_block, features.marks.bits()));
        }
        (features.whole, features.first_block, features.marks)
    }

    /// Address and network, only as far as they can be believed: what a client claims of itself links nobody.
    fn address(&mut self, view: &ExchangeView<'_>, i: usize) -> (u64, u64) {
        let Some(address) = text(view.client_address, i) else { return (0, 0) };
        let trust = text(view.client_address_trust, i).unwrap_or("trusted_proxy");
        if trust == "claimed" {
            return (0, 0);
        }
        let (address, network) = match address.trim().parse::<IpAddr>() {
            Ok(IpAddr::V4(a)) => {
                let [x, y, z, _] = a.octets();
                (a.to_string(), format!("{x}.{y}.{z}.0/24"))
            }
            Ok(IpAddr::V6(a)) => {
                let [x, y, z, w, ..] = a.segments();
                (format!("{x:x}:{y:x}:{z:x}:{w:x}::/64"), format!("{x:x}:{y:x}:{z:x}::/48"))
            }
            Err(_) => (address.trim().to_owned(), String::new()),
        };
        let network = if network.is_empty() { 0 } else { self.named(&network) };
        (if trust == "masked" { 0 } else { self.named(&address) }, network)
    }

    fn client(&mut self, view: &ExchangeView<'_>, i: usize) -> u64 {
        let (agent, ja4) = (text(view.user_agent, i), text(view.ja4, i));
        match (agent, ja4) {
            (None, None) => 0,
            (Some(one), None) | (None, Some(one)) => self.named(one),
            (Some(agent), Some(ja4)) => {
                let key = mix(hash_text(agent), hash_text(ja4));
                if self.names.len() < NAMES_MAX {
                    self.names.entry(key).or_insert_with(|| format!("{agent} · {ja4}").into());
                }
                key
            }
        }
    }

    fn named(&mut self, text: &str) -> u64 {
        let key = hash_text(text);
        if self.names.len() < NAMES_MAX {
            self.names.entry(key).or_insert_with(|| text.into());
        }
        key
    }
}

/// Client and request settings: a fleet driven by one program has one of these.
fn settings(view: &ExchangeView<'_>, i: usize, client: u64) -> u64 {
    let temperature = view.temperature.filter(|t| t.is_valid(i)).map_or(u64::MAX, |t| t.value(i).to_bits());
    let max_tokens = view.max_tokens.filter(|m| m.is_valid(i)).map_or(u64::MAX, |m| m.value(i) as u64);
    let stream = view.stream.filter(|s| s.is_valid(i)).map_or(2, |s| u64::from(s.value(i)));
    if client == 0 && temperature == u64::MAX && max_tokens == u64::MAX {
        return 0;
    }
    mix(mix(client, temperature), mix(max_tokens, stream))
}

pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let mut x = a.rotate_left(23) ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    x ^ (x >> 32)
}

fn text(column: Option<&arrow_array::StringArray>, i: usize) -> Option<&str> {
    column.filter(|c| c.is_valid(i)).map(|c| c.value(i)).filter(|t| !t.is_empty())
}

fn boolean(column: Option<&arrow_array::BooleanArray>, i: usize) -> bool {
    column.is_some_and(|c| c.is_valid(i) && c.value(i))
}

fn count(column: Option<&arrow_array::Int64Array>, i: usize) -> u32 {
    column.filter(|c| c.is_valid(i)).map_or(0, |c| c.value(i).clamp(0, i64::from(u32::MAX)) as u32)
}

/// Joins the workers' parts into one lake that depends on the rows alone.
fn assemble(workers: Vec<Worker>) -> Lake {
    let mut lake = Lake::default();
    let mut chunks = Vec::new();
    let mut accounts: FxHashMap<u64, Box<str>> = FxHashMap::default();
    let mut sampler = Sampler::default();
    let mut present = vec![0u64; EXCHANGE_COLUMNS.len()];
    let mut rows = 0;
    for worker in workers {
        accounts.extend(worker.accounts);
        lake.names.extend(worker.names);
        sampler.merge(worker.sampler);
        present.iter_mut().zip(&worker.present).for_each(|(total, part)| *total += part);
        rows += worker.rows;
        chunks.extend(worker.chunks);
    }
    lake.examples = sampler.finish();
    lake.coverage.columns = EXCHANGE_COLUMNS
        .iter()
        .zip(&present)
        .map(|(column, &n)| (column.name, if rows == 0 { 0.0 } else { n as f64 / rows as f64 }))
        .collect();
    let mut by_name: Vec<(Box<str>, u64)> = accounts.into_iter().map(|(hash, name)| (name, hash)).collect();
    by_name.sort_unstable();
    let index: FxHashMap<u64, u32> =
        by_name.iter().enumerate().map(|(i, (_, hash))| (*hash, i as u32)).collect();
    lake.accounts = by_name.into_iter().map(|(name, _)| name).collect();
    let order = order(&chunks, &index);
    let kept = distinct(&chunks, order, &mut lake.duplicates);
    fill(&mut lake, chunks, &kept, &index);
    lake
}

/// Sort key of a row: account, time, event, then content, so that the order never depends on the input's.
type Keyed = (u32, i64, u64, u64, u32, u32);

fn order(chunks: &[Folded], index: &FxHashMap<u64, u32>) -> Vec<Keyed> {
    use rayon::slice::ParallelSliceMut;
    let mut order: Vec<Keyed> = Vec::with_capacity(chunks.iter().map(|c| c.account.len()).sum());
    for (c, chunk) in chunks.iter().enumerate() {
        for row in 0..chunk.account.len() {
            let account = index.get(&chunk.account[row]).copied().unwrap_or_default();
            let (event, _) = chunk.identity[row];
            order.push((account, chunk.rows.time[row], event, chunk.rows.exact[row], c as u32, row as u32));
        }
    }
    order.par_sort_unstable();
    order
}

/// Drops rows whose event or response was seen in an earlier row of the order.
fn distinct(chunks: &[Folded], order: Vec<Keyed>, duplicates: &mut u64) -> Vec<(u32, u32)> {
    let mut seen: FxHashSet<u64> = FxHashSet::default();
    seen.reserve(order.len());
    let mut kept = Vec::with_capacity(order.len());
    for (_, _, event, _, chunk, row) in order {
        let (_, response) = chunks[chunk as usize].identity[row as usize];
        let fresh = seen.insert(mix(event, 1)) & (response == 0 || seen.insert(mix(response, 2)));
        if fresh {
            kept.push((chunk, row));
        } else {
            *duplicates += 1;
        }
    }
    kept
}

fn fill(lake: &mut Lake, mut chunks: Vec<Folded>, kept: &[(u32, u32)], index: &FxHashMap<u64, u32>) {
    lake.event_ends.reserve(kept.len());
    let mut organisations: Vec<FxHashMap<u64, u32>> = vec![FxHashMap::default(); lake.accounts.len()];
    for &(chunk, row) in kept {
        let part = &mut chunks[chunk as usize];
        let row = row as usize;
        let from = if row == 0 { 0 } else { part.event_ends[row - 1] as usize };
        lake.event_text.push_str(&part.event_text[from..part.event_ends[row] as usize]);
        lake.event_ends.push(lake.event_text.len() as u64);
        let account = index.get(&part.account[row]).copied().unwrap_or_default();
        part.rows.account[row] = account;
        if part.organisation[row] != 0 {
            *organisations[account as usize].entry(part.organisation[row]).or_default() += 1;
        }
    }
    lake.organisations = organisations
        .into_iter()
        .map(|seen| seen.into_iter().max_by_key(|&(org, n)| (n, org)).map_or(0, |(org, _)| org))
        .collect();
    lake.rows = Rows::gather(chunks.into_iter().map(|c| c.rows).collect(), kept);
    lake.starts = starts(&lake.rows.account, lake.accounts.len());
}

fn starts(account: &[u32], accounts: usize) -> Vec<usize> {
    let mut starts = vec![0; accounts + 1];
    for &a in account {
        starts[a as usize + 1] += 1;
    }
    for i in 0..accounts {
        starts[i + 1] += starts[i];
    }
    starts
}

impl Coverage {
    /// Whether any row had a value in the column.
    pub fn sees(&self, column: &str) -> bool {
        self.share(column) > 0.0
    }
}
