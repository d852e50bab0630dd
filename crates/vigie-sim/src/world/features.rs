//! No single trivial feature of an account may tell campaigns from honest people: pooled over archetypes the
//! area under the curve stays below a bound, and within one archetype no threshold is both precise and broad.
//!
//! Inherent exceptions are listed in [`EXCEPTIONS`] with their reason.

use rustc_hash::{FxHashMap, FxHashSet};
use vigie_model::Exchange;

use super::config::WorldConfig;
use super::dice::name_seed;
use super::draw;
use super::net::is_cloud;
use super::render::Pen;

/// Largest area under the curve that one feature may reach, in either direction.
const AUC_MAX: f64 = 0.85;
/// Precision that no threshold on one feature may reach at half of an archetype's accounts.
const PRECISION_MAX: f64 = 0.9;

/// (archetype, feature, why it cannot be otherwise).
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("key-takeover", "client changes", "a stolen key is used with other software than its owner's"),
    ("key-takeover", "longest silence", "keys that nobody watches are dormant keys"),
];

/// Names of the features, in the order of [`Tally::features`].
const NAMES: [&str; 26] = [
    "volume",
    "requests a day",
    "single-turn share",
    "distinct openings",
    "night share",
    "hours of the day",
    "mean prompt length",
    "mean output tokens",
    "temperature",
    "output limit",
    "streaming",
    "addresses",
    "addresses per request",
    "data-centre share",
    "refusal share",
    "error share",
    "reasoning marks",
    "system prompt share",
    "tools share",
    "models",
    "longest silence",
    "client changes",
    "popularity of client",
    "age at first request",
    "failed payments",
    "accounts on the payment",
];

#[derive(Default)]
struct Tally {
    count: f64,
    days: FxHashSet<i64>,
    hours: FxHashSet<usize>,
    openings: FxHashSet<u64>,
    addresses: FxHashSet<u64>,
    models: FxHashSet<u64>,
    clients: FxHashSet<u64>,
    single: f64,
    night: f64,
    prompt: f64,
    output: f64,
    temperature: f64,
    limit: f64,
    stream: f64,
    cloud: f64,
    refused: f64,
    failed: f64,
    reasoning: f64,
    system: f64,
    tools: f64,
    first: i64,
    last: i64,
    silence: i64,
    client: u64,
}

impl Tally {
    fn add(&mut self, row: &Exchange, alone: bool) {
        let flag = |b: bool| f64::from(u8::from(b));
        let hash = |text: &Option<String>| name_seed(text.as_deref().unwrap_or_default());
        let prompt = row.prompt.as_deref().unwrap_or_default();
        if self.count == 0.0 {
            (self.first, self.last, self.client) = (row.timestamp.0, row.timestamp.0, hash(&row.user_agent));
        }
        self.count += 1.0;
        self.silence = self.silence.max(row.timestamp.0 - self.last);
        self.last = row.timestamp.0;
        self.days.insert(row.timestamp.day());
        self.hours.insert(row.timestamp.hour_of_day());
        self.openings.insert(name_seed(&prompt.chars().take(24).collect::<String>()));
        self.addresses.insert(hash(&row.client_address));
        self.models.insert(hash(&row.request_model));
        self.clients.insert(hash(&row.user_agent));
        self.single += flag(alone);
        self.night += flag(row.timestamp.hour_of_day() < 6);
        self.prompt += prompt.len() as f64;
        self.output += row.output_tokens.unwrap_or(0) as f64;
        self.temperature += row.temperature.unwrap_or(-1.0);
        self.limit += row.max_tokens.unwrap_or(-1) as f64;
        self.stream += flag(row.stream == Some(true));
        self.cloud += flag(is_cloud(row.client_address.as_deref().unwrap_or_default()));
        self.refused += flag(row.refusal == Some(true));
        self.failed += flag(row.http_status != Some(200));
        self.reasoning +=
            flag(["reasoning", "step by step", "every step"].iter().any(|m| prompt.contains(m)));
        self.system += flag(row.system_prompt.is_some());
        self.tools += flag(row.tools.is_some());
    }

    fn features(&self, popularity: f64, created: i64, failed: f64, bill: f64) -> [f64; 26] {
        let n = self.count;
        [
            n,
            n / self.days.len() as f64,
            self.single / n,
            self.openings.len() as f64 / n,
            self.night / n,
            self.hours.len() as f64,
            self.prompt / n,
            self.output / n,
            self.temperature / n,
            self.limit / n,
            self.stream / n,
            self.addresses.len() as f64,
            self.addresses.len() as f64 / n,
            self.cloud / n,
            self.refused / n,
            self.failed / n,
            self.reasoning / n,
            self.system / n,
            self.tools / n,
            self.models.len() as f64,
            self.silence as f64,
            self.clients.len() as f64,
            popularity,
            (self.first - created) as f64,
            failed,
            bill,
        ]
    }
}

/// Features of every account, and the archetype of those in campaigns.
fn measure(config: &WorldConfig) -> Vec<([f64; 26], Option<&'static str>)> {
    let plan = draw(config).unwrap();
    let mut turns: FxHashMap<u32, u16> = FxHashMap::default();
    for moment in &plan.moments {
        let most = turns.entry(moment.talk).or_default();
        *most = (*most).max(moment.turn);
    }
    let mut tallies: Vec<Tally> = (0..plan.accounts.len()).map(|_| Tally::default()).collect();
    let mut pen = Pen::default();
    for (index, moment) in plan.moments.iter().enumerate() {
        let account = plan.streams[moment.stream as usize].account as usize;
        tallies[account].add(pen.write(&plan, moment, index), turns[&moment.talk] == 1);
    }
    let mut campaigns: FxHashMap<u32, &'static str> = FxHashMap::default();
    for (account, network, _) in &plan.members {
        let network = &plan.networks[*network as usize];
        if network.malicious {
            campaigns.insert(*account, network.archetype);
        }
    }
    let (mut clients, mut bills): (FxHashMap<u64, f64>, FxHashMap<&str, f64>) = Default::default();
    for (tally, account) in tallies.iter().zip(&plan.accounts) {
        *clients.entry(tally.client).or_default() += 1.0;
        *bills.entry(account.payment_fingerprint.as_deref().unwrap_or_default()).or_default() += 1.0;
    }
    tallies
        .iter()
        .zip(&plan.accounts)
        .enumerate()
        .filter(|(_, (tally, _))| tally.count > 0.0)
        .map(|(i, (tally, account))| {
            let bill = account.payment_fingerprint.as_deref().map_or(0.0, |p| bills[p]);
            let created = account.created_at.map_or(0, |t| t.0);
            let failed = account.failed_payments.unwrap_or(0) as f64;
            let features = tally.features(clients[&tally.client], created, failed, bill);
            (features, campaigns.get(&(i as u32)).copied())
        })
        .collect()
}

/// Probability that an account of a campaign has the larger value; ties count half.
fn auc(values: &[(f64, bool)]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut sum, mut i) = (0.0, 0.0, 0);
    while i < sorted.len() {
        let same = sorted[i..].iter().take_while(|v| v.0 == sorted[i].0);
        let (bad, good) = same.fold((0.0, 0.0), |(b, g), v| if v.1 { (b + 1.0, g) } else { (b, g + 1.0) });
        sum += bad * (below + good / 2.0);
        below += good;
        i += (bad + good) as usize;
    }
    let bad = sorted.iter().filter(|v| v.1).count() as f64;
    sum / (bad * below).max(1.0)
}

/// Best precision of a threshold that catches at least half.
fn precision_at_half(values: &[(f64, bool)]) -> f64 {
    let wanted = values.iter().filter(|v| v.1).count() as f64 / 2.0;
    let mut best: f64 = 0.0;
    for sign in [1.0, -1.0] {
        let mut sorted: Vec<(f64, bool)> = values.iter().map(|v| (v.0 * sign, v.1)).collect();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut caught = 0.0;
        for (i, value) in sorted.iter().enumerate() {
            caught += f64::from(u8::from(value.1));
            let ends = sorted.get(i + 1).is_none_or(|next| next.0 != value.0);
            if ends && caught >= wanted {
                best = best.max(caught / (i as f64 + 1.0));
            }
        }
    }
    best
}

#[test]
fn no_trivial_feature_separates_the_classes() {
    let config = WorldConfig { seed: 11, ..WorldConfig::preset("demo").unwrap() };
    let accounts = measure(&config);
    let archetypes: FxHashSet<&str> = accounts.iter().filter_map(|a| a.1).collect();
    let mut found = Vec::new();
    for (f, name) in NAMES.iter().enumerate() {
        let pooled: Vec<(f64, bool)> = accounts.iter().map(|a| (a.0[f], a.1.is_some())).collect();
        let area = auc(&pooled);
        eprintln!("{name:24} {:.3}", area.max(1.0 - area));
        if area.max(1.0 - area) >= AUC_MAX {
            found.push(format!("{name}: area {area:.3}"));
        }
        for archetype in &archetypes {
            let of: Vec<(f64, bool)> = accounts.iter().map(|a| (a.0[f], a.1 == Some(archetype))).collect();
            let precision = precision_at_half(&of);
            let known = EXCEPTIONS.iter().any(|e| e.0 == *archetype && e.1 == *name);
            if precision >= PRECISION_MAX && !known {
                found.push(format!("{name}: precision {precision:.2} on {archetype}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
