//! Real text and arrivals from a folder of public data sets, read where they lie. Files that are absent are
//! simply not used, an unreadable one is an error; a folder without any known file is an error too.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::WorldError;
use super::dice::{Dice, mix};

/// Longest text taken over, in bytes.
const TEXT_BYTES_MAX: usize = 3_000;

/// Real text, shuffled by the world's seed: each world uses other parts of it for other purposes.
#[derive(Debug, Default)]
pub(crate) struct Corpus {
    /// What people ask.
    organic: Vec<String>,
    /// Prompts that people pass on.
    acts: Vec<String>,
    /// Instructions of distilled sets: English and, where there is one, the Chinese wording.
    instructions: Vec<(String, String)>,
    /// The same for code and tools.
    code: Vec<String>,
    /// Requests that name cyber abuse, and their benign likes.
    misuse: Vec<String>,
    benign_cyber: Vec<String>,
    /// Unwanted short messages.
    spam: Vec<String>,
    /// Answer lengths of a production service, in tokens.
    answers_chat: Vec<f64>,
    answers_code: Vec<f64>,
    /// Clients of a production service: running sums of their rates over windows of ten minutes.
    clients: Vec<Vec<f64>>,
}

/// Length of a window of [`Corpus::clients`] in microseconds.
const RATE_WINDOW: i64 = 600_000_000;

impl Corpus {
    /// Reads every known file below `dir`.
    ///
    /// # Errors
    /// [`WorldError::Corpus`] names the file that cannot be read, or the folder that holds none.
    pub(crate) fn read(dir: &Path, dice: &mut Dice) -> Result<Self, WorldError> {
        let at = |name: &str| dir.join(name);
        let mut corpus = Self::default();
        for name in ["arena_users.jsonl.gz", "mtbench.jsonl", "vicuna80.jsonl"] {
            corpus
                .organic
                .extend(texts(&at("organic_prompts").join(name), |v| text(v.get("turns")?.get(0)?))?);
        }
        corpus
            .organic
            .extend(texts(&at("organic_prompts/justeval.jsonl.gz"), |v| text(v.get("instruction")?))?);
        corpus.organic.extend(texts(&at("organic_prompts/koala180.jsonl.gz"), |v| text(v.get("prompt")?))?);
        corpus.organic.extend(texts(&at("organic_prompts/oasst_questions.jsonl.gz"), |v| {
            let input = text(v.get("input")?)?;
            let human =
                input.trim_start_matches("### Human:").split("### Assistant:").next()?.trim().to_owned();
            Some(human)
        })?);
        corpus.acts = texts(&at("organic_prompts/prompts_chat.jsonl.gz"), |v| text(v.get("prompt")?))?;
        corpus.read_campaigns(dir)?;
        corpus.misuse = texts(&at("misuse_prompts/cyber_mitre.jsonl.gz"), |v| text(v.get("user_prompt")?))?;
        corpus.benign_cyber = array(&at("misuse_prompts/cyber_mitre_benign.json.gz"), "mutated_prompt")?;
        corpus.spam = texts(&at("scam_texts/sms_uci.jsonl.gz"), |v| {
            v.as_str()?.strip_prefix("spam\t").map(str::to_owned)
        })?;
        corpus.answers_chat = lengths(&at("arrivals/azure_llm_2023_conv.csv.gz"))?;
        corpus.answers_code = lengths(&at("arrivals/azure_llm_2023_code.csv.gz"))?;
        corpus.clients = clients(&at("arrivals/servegen_client_rates.csv.gz"))?;
        if corpus.organic.is_empty() && corpus.instructions.is_empty() {
            return Err(WorldError::Corpus {
                path: dir.to_path_buf(),
                reason: "holds none of the known files (organic_prompts/…, campaign_prompts/…)".to_owned(),
            });
        }
        for list in [
            &mut corpus.organic,
            &mut corpus.acts,
            &mut corpus.code,
            &mut corpus.misuse,
            &mut corpus.benign_cyber,
        ] {
            list.retain(|t| t.len() > 8);
            dice.shuffle(list);
        }
        dice.shuffle(&mut corpus.instructions);
        dice.shuffle(&mut corpus.spam);
        Ok(corpus)
    }

    fn read_campaigns(&mut self, dir: &Path) -> Result<(), WorldError> {
        let at = |name: &str| dir.join("campaign_prompts").join(name);
        let joined = |v: &Value, instruction: &str, input: &str| {
            let mut out = text(v.get(instruction)?)?;
            if let Some(more) = v.get(input).and_then(text).filter(|t| !t.trim().is_empty()) {
                out.push('\n');
                out.push_str(&more);
            }
            Some(out)
        };
        let both = lines(&at("alpaca52k.jsonl.gz"))?;
        self.instructions.extend(both.iter().filter_map(|v| {
            let chinese = joined(v, "zh_instruction", "zh_input").unwrap_or_default();
            Some((joined(v, "instruction", "input")?, chinese))
        }));
        for name in ["codealpaca_2k.jsonl.gz", "gpteacher_tool.jsonl.gz"] {
            self.code.extend(texts(&at(name), |v| joined(v, "instruction", "input"))?);
        }
        let role = texts(&at("gpteacher_role.jsonl.gz"), |v| joined(v, "instruction", "input"))?;
        self.instructions.extend(role.into_iter().map(|t| (t, String::new())));
        Ok(())
    }

    /// A prompt that people pass on.
    pub(crate) fn act(&self, dice: &mut Dice) -> Option<&str> {
        (!self.acts.is_empty()).then(|| dice.pick(&self.acts).as_str())
    }

    /// What somebody asks: everybody draws from some thirty questions of their own.
    pub(crate) fn question(&self, speaker: u64, dice: &mut Dice) -> Option<&str> {
        let at = mix(speaker, dice.zipf(30, 0.4) as u64);
        let list = &self.organic;
        (!list.is_empty()).then(|| list[(at % list.len() as u64) as usize].as_str())
    }

    /// Item `index` of a distillation job; jobs with different offsets do not overlap until the set is used up.
    pub(crate) fn instruction(&self, index: usize, chinese: bool) -> Option<&str> {
        let list = &self.instructions;
        let (english, other) = list.get(index % list.len().max(1))?;
        Some(if chinese && !other.is_empty() { other } else { english })
    }

    /// Item of a coding or tool-use job.
    pub(crate) fn code(&self, index: usize) -> Option<&str> {
        self.code.get(index % self.code.len().max(1)).map(String::as_str)
    }

    /// A request that names cyber abuse.
    pub(crate) fn misuse(&self, index: usize) -> Option<&str> {
        self.misuse.get(index % self.misuse.len().max(1)).map(String::as_str)
    }

    /// A benign request of the same trade.
    pub(crate) fn benign_cyber(&self, index: usize) -> Option<&str> {
        self.benign_cyber.get(index % self.benign_cyber.len().max(1)).map(String::as_str)
    }

    /// An unwanted short message.
    pub(crate) fn spam(&self, index: usize) -> Option<&str> {
        self.spam.get(index % self.spam.len().max(1)).map(String::as_str)
    }

    /// One of the real clients, by number.
    pub(crate) fn client(&self, dice: &mut Dice) -> Option<usize> {
        (!self.clients.is_empty()).then(|| dice.below(self.clients.len()))
    }

    /// A moment in `window` at which client `client` was busy; its fortnight repeats.
    pub(crate) fn moment(&self, client: usize, window: (i64, i64), dice: &mut Dice) -> i64 {
        let sums = &self.clients[client % self.clients.len()];
        let (total, period) = (sums[sums.len() - 1], sums.len() as i64 * RATE_WINDOW);
        for _ in 0..60 {
            let wanted = dice.unit() * total;
            let slot = sums.partition_point(|s| *s <= wanted) as i64;
            let base = window.0 - window.0.rem_euclid(period);
            let lap = dice.below(((window.1 - base) / period) as usize + 1) as i64;
            let at = base + lap * period + slot * RATE_WINDOW + dice.between(0, RATE_WINDOW);
            if (window.0..window.1).contains(&at) {
                return at;
            }
        }
        dice.between(window.0, window.1)
    }

    /// Length of an answer, in tokens.
    pub(crate) fn answer_tokens(&self, code: bool, dice: &mut Dice) -> Option<f64> {
        let list = if code { &self.answers_code } else { &self.answers_chat };
        (!list.is_empty()).then(|| *dice.pick(list))
    }
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Some(text[..end].to_owned())
}

fn open(path: &Path) -> Result<Option<Box<dyn Read>>, WorldError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(bad(path, &error)),
    };
    let gzip = path.extension().is_some_and(|e| e == "gz");
    Ok(Some(if gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) }))
}

fn bad(path: &Path, error: &dyn std::fmt::Display) -> WorldError {
    WorldError::Corpus { path: path.to_path_buf(), reason: error.to_string() }
}

fn lines(path: &Path) -> Result<Vec<Value>, WorldError> {
    let Some(reader) = open(path)? else { return Ok(Vec::new()) };
    let mut values = Vec::new();
    for line in BufReader::new(reader).lines() {
        let line = line.map_err(|e| bad(path, &e))?;
        values.push(serde_json::from_str(&line).map_err(|e| bad(path, &e))?);
    }
    Ok(values)
}

fn texts(path: &Path, field: impl Fn(&Value) -> Option<String>) -> Result<Vec<String>, WorldError> {
    Ok(lines(path)?.iter().filter_map(field).collect())
}

fn array(path: &Path, field: &str) -> Result<Vec<String>, WorldError> {
    let Some(reader) = open(path)? else { return Ok(Vec::new()) };
    let values: Vec<Value> = serde_json::from_reader(BufReader::new(reader)).map_err(|e| bad(path, &e))?;
    Ok(values.iter().filter_map(|v| text(v.get(field)?)).collect())
}

/// The last column of a trace of arrivals.
fn lengths(path: &Path) -> Result<Vec<f64>, WorldError> {
    let Some(reader) = open(path)? else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for line in BufReader::new(reader).lines().skip(1) {
        let line = line.map_err(|e| bad(path, &e))?;
        out.extend(line.rsplit(',').next().and_then(|t| t.trim().parse::<f64>().ok()));
    }
    Ok(out)
}

/// Running sums of each client's rates; clients that are hardly ever busy are left out.
fn clients(path: &Path) -> Result<Vec<Vec<f64>>, WorldError> {
    let Some(reader) = open(path)? else { return Ok(Vec::new()) };
    let mut all: Vec<(String, Vec<f64>)> = Vec::new();
    for line in BufReader::new(reader).lines().skip(1) {
        let line = line.map_err(|e| bad(path, &e))?;
        let cells: Vec<&str> = line.split(',').collect();
        let [category, model, client, _, rate, ..] = cells.as_slice() else { continue };
        let name = format!("{category},{model},{client}");
        let rate: f64 = rate.parse().map_err(|e| bad(path, &e))?;
        if all.last().is_none_or(|(last, _)| *last != name) {
            all.push((name, Vec::new()));
        }
        if let Some((_, sums)) = all.last_mut() {
            sums.push(sums.last().copied().unwrap_or(0.0) + rate.max(0.0));
        }
    }
    let busy = |sums: &Vec<f64>| sums.len() > 100 && sums.last().is_some_and(|s| *s > 0.0);
    Ok(all.into_iter().map(|(_, sums)| sums).filter(busy).collect())
}
