//! The plan of a world: accounts, streams of activity, networks and moments. Everything that is needed to write
//! any exchange on its own, and nothing of its text yet.

use std::sync::Arc;

use serde_json::{Map, Value};
use vigie_model::{Account, AccountStatus, Micros};

use super::client::Client;
use super::config::WorldConfig;
use super::dice::{Dice, mix, opaque};
use super::net::{Infrastructure, Origin};
use super::stage::Stage;
use super::text::Speaker;

/// What one exchange says and asks for; written by a [`Voice`].
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// Text of the user message.
    pub(crate) prompt: String,
    /// System prompt, where there is one.
    pub(crate) system: Option<Arc<str>>,
    /// Tool definitions, where there are any.
    pub(crate) tools: Option<Arc<str>>,
    /// Median of the answer's length in tokens.
    pub(crate) answer_tokens: f64,
    /// Probability that the model declines.
    pub(crate) refusal: f64,
    /// Probability of an error status.
    pub(crate) failure: f64,
    /// Overrides the stream's limit on the answer.
    pub(crate) max_tokens: Option<i64>,
    /// Overrides the stream's model: index into the calendar.
    pub(crate) model: Option<usize>,
    /// The customer's own user.
    pub(crate) end_user: Option<String>,
}

impl Words {
    /// Empties everything, keeps allocations.
    pub(crate) fn reset(&mut self) {
        let mut prompt = std::mem::take(&mut self.prompt);
        prompt.clear();
        *self = Self { prompt, answer_tokens: 250.0, refusal: 0.004, failure: 0.008, ..Self::default() };
    }
}

/// The moment at which a voice is asked to speak.
#[derive(Clone, Copy)]
pub(crate) struct Cue<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) speaker: &'a Speaker,
    /// Same for all turns of a talk.
    pub(crate) talk: u64,
    /// 1 for the first turn.
    pub(crate) turn: u32,
    /// Number that the schedule gave to this exchange: an item of a job, a step of a script.
    pub(crate) item: u32,
    /// Days since the start of the world.
    pub(crate) day: u32,
    /// Microseconds since the epoch.
    pub(crate) at: i64,
}

/// How somebody talks. One per kind of traffic; shared by the streams that talk that way.
pub(crate) trait Voice: Send + Sync {
    /// Writes what is said at `cue`.
    fn speak(&self, cue: &Cue<'_>, dice: &mut Dice, words: &mut Words);
}

/// Settings that a client sends along.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Params {
    pub(crate) temperature: Option<f64>,
    pub(crate) max_tokens: Option<i64>,
    pub(crate) stream: bool,
    pub(crate) logprobs: Option<bool>,
    /// Index into the calendar.
    pub(crate) model: usize,
    /// From when on the newest model is used instead.
    pub(crate) adopts: i64,
    /// Days between new API keys; 0 for a web session without a key.
    pub(crate) key_days: u32,
}

/// One way in which an account is active: who speaks, how, from where, with what.
pub(crate) struct Stream {
    pub(crate) account: u32,
    /// Index of the network that this traffic belongs to.
    pub(crate) network: Option<u32>,
    pub(crate) speaker: Speaker,
    pub(crate) voice: Arc<dyn Voice>,
    pub(crate) origin: Origin,
    pub(crate) client: Client,
    pub(crate) params: Params,
}

/// One exchange to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) at: i64,
    pub(crate) stream: u32,
    pub(crate) talk: u32,
    pub(crate) item: u32,
    pub(crate) turn: u16,
}

/// How an account belongs to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// All that it does is the network's.
    Pure,
    /// It has an honest life besides.
    Mixed,
}

/// A group of accounts with one purpose.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) id: String,
    pub(crate) archetype: &'static str,
    pub(crate) malicious: bool,
    /// What was chosen for it, for the truth file.
    pub(crate) knobs: Map<String, Value>,
}

/// The whole plan.
pub(crate) struct Plan<'a> {
    pub(crate) config: &'a WorldConfig,
    pub(crate) stage: Stage,
    pub(crate) infra: Infrastructure,
    pub(crate) accounts: Vec<Account>,
    pub(crate) members: Vec<(u32, u32, Role)>,
    pub(crate) networks: Vec<Network>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) moments: Vec<Moment>,
    talks: u32,
}

impl<'a> Plan<'a> {
    /// An empty plan.
    pub(crate) fn new(config: &'a WorldConfig, stage: Stage, infra: Infrastructure) -> Self {
        Self {
            config,
            stage,
            infra,
            accounts: Vec::with_capacity(config.accounts),
            members: Vec::new(),
            networks: Vec::new(),
            streams: Vec::new(),
            moments: Vec::with_capacity(config.exchanges),
            talks: 0,
        }
    }

    /// First and one past the last microsecond of the log.
    pub(crate) fn window(&self) -> (i64, i64) {
        let start = self.config.start.0;
        (start, start + i64::from(self.config.days) * Micros::DAY)
    }

    /// Adds an account; its id is made here.
    pub(crate) fn account(&mut self, mut account: Account) -> u32 {
        let index = self.accounts.len() as u32;
        account.account_id = opaque("acc_", mix(self.config.seed ^ 0xACC0, u64::from(index)), 16);
        account.status.get_or_insert(AccountStatus::Active);
        self.accounts.push(account);
        index
    }

    /// Adds a network.
    pub(crate) fn network(
        &mut self,
        archetype: &'static str,
        malicious: bool,
        knobs: Map<String, Value>,
    ) -> u32 {
        let index = self.networks.len() as u32;
        let id = opaque("net_", mix(self.config.seed ^ 0x4E70, u64::from(index)), 10);
        self.networks.push(Network { id, archetype, malicious, knobs });
        index
    }

    /// Adds an account to a network.
    pub(crate) fn join(&mut self, account: u32, network: u32, role: Role) {
        self.members.push((account, network, role));
    }

    /// Adds a stream.
    pub(crate) fn stream(&mut self, stream: Stream) -> u32 {
        self.streams.push(stream);
        self.streams.len() as u32 - 1
    }

    /// Adds one talk: its turns at the given times.
    pub(crate) fn talk(&mut self, stream: u32, times: &[i64], item: u32) {
        let (start, end) = self.window();
        let talk = self.talks;
        self.talks += 1;
        for (turn, at) in times.iter().enumerate() {
            if (start..end).contains(at) {
                self.moments.push(Moment { at: *at, stream, talk, item, turn: turn as u16 + 1 });
            }
        }
    }

    /// Adds single exchanges, each a talk of its own, numbered from `item`.
    pub(crate) fn singles(&mut self, stream: u32, times: &[i64], item: u32) {
        for (i, at) in times.iter().enumerate() {
            self.talk(stream, std::slice::from_ref(at), item + i as u32);
        }
    }
}
