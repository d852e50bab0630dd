//! Exchanges to rows: the fold kernel over batches, and the runner that spreads batches over threads.
//!
//! The kernel is pure. How the workers' parts become one lake is the business of `gather`.

use std::net::IpAddr;
use std::sync::Mutex;

use arrow_array::{Array, RecordBatch};
use rustc_hash::FxHashMap;
use vigie_fold::{Folder, Marks, hash_text};
use vigie_model::{ExchangeView, SchemaError};

use crate::examples::{EXAMPLE_BYTES, Sampled, Sampler};
use crate::gather::gather;
use crate::lake::{Lake, Presence, SystemPhrases};
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
/// Answers that a worker remembers of each kind; what comes after is worked out every time.
const REMEMBERED_MAX: usize = 2_000_000;

/// One batch, folded.
#[derive(Default)]
pub(crate) struct Folded {
    pub(crate) rows: Rows,
    pub(crate) event_text: String,
    pub(crate) event_ends: Vec<u32>,
    /// Hash of `event_id`, and of `response_id` where there is one.
    pub(crate) identity: Vec<(u64, u64)>,
    /// Hash of the account name, per row.
    pub(crate) account: Vec<u64>,
    /// Hash of the organisation's name, per row; 0 without one.
    pub(crate) organisation: Vec<u64>,
}

/// What one worker gathers over its batches.
#[derive(Default)]
pub(crate) struct Worker {
    folder: Option<Folder>,
    pub(crate) chunks: Vec<Folded>,
    /// Account names by hash.
    pub(crate) accounts: FxHashMap<u64, Box<str>>,
    pub(crate) sampler: Sampler,
    pub(crate) presence: Presence,
    systems: FxHashMap<u64, (u64, u64, Marks)>,
    pub(crate) system_phrases: SystemPhrases,
    tools: FxHashMap<u64, u64>,
    addresses: FxHashMap<u64, (u64, u64)>,
}

impl Folded {
    fn with_capacity(rows: usize) -> Self {
        Self {
            rows: Rows::with_capacity(rows),
            event_text: String::with_capacity(rows * 16),
            event_ends: Vec::with_capacity(rows),
            identity: Vec::with_capacity(rows),
            account: Vec::with_capacity(rows),
            organisation: Vec::with_capacity(rows),
        }
    }

    /// The row's event id.
    pub(crate) fn event_id(&self, row: usize) -> &str {
        let from = if row == 0 { 0 } else { self.event_ends[row - 1] as usize };
        &self.event_text[from..self.event_ends[row] as usize]
    }
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
    Ok(gather(workers))
}

impl Worker {
    fn fold(&mut self, batch: &RecordBatch) -> Result<(), SchemaError> {
        let view = ExchangeView::try_new(batch)?;
        self.presence.count(batch, view.timestamp.values());
        let mut folder = self.folder.take().unwrap_or_default();
        let mut chunk = Folded::with_capacity(view.len());
        for i in 0..view.len() {
            self.fold_row(&view, i, &mut folder, &mut chunk);
        }
        self.folder = Some(folder);
        self.chunks.push(chunk);
        Ok(())
    }

    fn fold_row(&mut self, view: &ExchangeView<'_>, i: usize, folder: &mut Folder, chunk: &mut Folded) {
        let event_id = view.event_id.value(i);
        let account_id = view.account_id.value(i);
        let account = hash_text(account_id);
        let event = hash_text(event_id);
        self.accounts.entry(account).or_insert_with(|| account_id.into());
        let row = self.row(view, i, folder);
        if let Some(prompt) = text(view.prompt, i)
            && self.sampler.wants(account, row.client, (row.time, event))
        {
            let masked = vigie_fold::masked_example(prompt, EXAMPLE_BYTES);
            let sampled = Sampled { time: row.time, event, account, text: masked.into() };
            self.sampler.push(row.client, sampled);
        }
        chunk.rows.push(&row);
        chunk.event_text.push_str(event_id);
        chunk.event_ends.push(chunk.event_text.len() as u32);
        chunk.identity.push((event, text(view.response_id, i).map_or(0, hash_text)));
        chunk.account.push(account);
        chunk.organisation.push(text(view.org_id, i).map_or(0, hash_text));
    }

    fn row(&mut self, view: &ExchangeView<'_>, i: usize, folder: &mut Folder) -> Row {
        let prompt = text(view.prompt, i).unwrap_or("");
        let features = folder.prompt(prompt);
        let (system, system_block, system_marks) = self.system(text(view.system_prompt, i), folder);
        let tools = text(view.tools, i).filter(|t| t.len() > 2).map_or(0, |t| self.tools(t));
        let (address, network) = self.address(view, i);
        let client = client(view, i);
        let parameters = parameters(view, i);
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
            settings: settings(view, i, client, parameters),
            parameters,
            conversation: text(view.conversation_id, i).map_or(0, hash_text),
            model: text(view.request_model, i).or(text(view.response_model, i)).map_or(0, hash_text),
            marks: features.marks | Marks::from_bits(system_marks.bits() & !HARM.bits()),
            flags,
            words: features.words,
            input_tokens: count(view.input_tokens, i),
            output_tokens: count(view.output_tokens, i),
        }
    }

    /// System prompts repeat endlessly: each distinct one is folded once.
    fn system(&mut self, prompt: Option<&str>, folder: &mut Folder) -> (u64, u64, Marks) {
        let Some(prompt) = prompt.filter(|p| !p.trim().is_empty()) else {
            return (0, 0, Marks::default());
        };
        let phrases = &mut self.system_phrases;
        remember(&mut self.systems, hash_text(prompt), || {
            let features = folder.system(prompt);
            phrases.entry(features.whole).or_insert(features.phrases);
            (features.whole, features.first_block, features.marks)
        })
    }

    /// So do tool definitions.
    fn tools(&mut self, json: &str) -> u64 {
        remember(&mut self.tools, hash_text(json), || vigie_fold::tools_hash(json))
    }

    /// Address and network, only as far as they can be believed: what a client claims of itself links nobody.
    fn address(&mut self, view: &ExchangeView<'_>, i: usize) -> (u64, u64) {
        let Some(address) = text(view.client_address, i) else { return (0, 0) };
        let trust = text(view.client_address_trust, i).unwrap_or("trusted_proxy");
        if trust == "claimed" {
            return (0, 0);
        }
        let (own, network) = remember(&mut self.addresses, hash_text(address), || address_hashes(address));
        (if trust == "masked" { 0 } else { own }, network)
    }
}

/// The answer to a question that comes again and again, while there is room to remember it.
fn remember<T: Copy>(known: &mut FxHashMap<u64, T>, question: u64, answer: impl FnOnce() -> T) -> T {
    if let Some(&known) = known.get(&question) {
        return known;
    }
    let answer = answer();
    if known.len() < REMEMBERED_MAX {
        known.insert(question, answer);
    }
    answer
}

/// Hashes of an address (an IPv6 site counts as one) and of its network (/24, /48; 0 where it is no address).
fn address_hashes(address: &str) -> (u64, u64) {
    let (own, network) = match address.trim().parse::<IpAddr>() {
        Ok(IpAddr::V4(a)) => {
            let [x, y, z, _] = a.octets();
            (a.to_string(), format!("{x}.{y}.{z}.0/24"))
        }
        Ok(IpAddr::V6(a)) => {
            let [x, y, z, w, ..] = a.segments();
            (format!("{x:x}:{y:x}:{z:x}:{w:x}::/64"), format!("{x:x}:{y:x}:{z:x}::/48"))
        }
        Err(_) => return (hash_text(address.trim()), 0),
    };
    (hash_text(&own), hash_text(&network))
}

/// TLS fingerprint and user agent, or what there is of them.
fn client(view: &ExchangeView<'_>, i: usize) -> u64 {
    match (text(view.user_agent, i), text(view.ja4, i)) {
        (None, None) => 0,
        (Some(one), None) | (None, Some(one)) => hash_text(one),
        (Some(agent), Some(ja4)) => mix(hash_text(agent), hash_text(ja4)),
    }
}

/// Temperature and token limit; 0 where neither is set.
fn parameters(view: &ExchangeView<'_>, i: usize) -> u64 {
    let temperature = view.temperature.filter(|t| t.is_valid(i)).map(|t| t.value(i).to_bits());
    let max_tokens = view.max_tokens.filter(|m| m.is_valid(i)).map(|m| m.value(i) as u64);
    match (temperature, max_tokens) {
        (None, None) => 0,
        (temperature, max_tokens) => {
            mix(temperature.unwrap_or(u64::MAX), max_tokens.unwrap_or(u64::MAX)).max(1)
        }
    }
}

/// Client and request settings: a fleet driven by one program has one of these.
fn settings(view: &ExchangeView<'_>, i: usize, client: u64, parameters: u64) -> u64 {
    if client == 0 && parameters == 0 {
        return 0;
    }
    let stream = view.stream.filter(|s| s.is_valid(i)).map_or(2, |s| u64::from(s.value(i)));
    mix(client, mix(parameters, stream))
}

#[inline]
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let mut x = a.rotate_left(23) ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    x ^ (x >> 32)
}

/// The `a` of which, with this `b`, [`mix`] makes `mixed`.
pub(crate) fn mix_inverse(mixed: u64, b: u64) -> u64 {
    // The inverse of the odd factor in `mix`; x ^ (x >> 32) is its own inverse.
    let mut x = (mixed ^ (mixed >> 32)).wrapping_mul(0xCFEE_444D_8B59_A89B);
    x ^= x >> 32;
    (x ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15)).rotate_right(23)
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
