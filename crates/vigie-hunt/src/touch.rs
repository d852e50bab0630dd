//! Which objects an exchange or an account touches: the definition of every layer.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use vigie_graph::{ALWAYS, RareObjects, Touch, merge_touches};
use vigie_model::{Layer, Micros};

use crate::fold::{mix, mix_inverse};
use crate::lake::Lake;
use crate::rows::Rows;
use crate::view::View;

/// Kind of an object. The order is the order of preference for standing for a motif.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum ObjectKind {
    Template = 0,
    Opening24,
    Opening12,
    Opening6,
    Ending,
    NearDuplicate,
    Phrase,
    SystemPrompt,
    SystemBlock,
    SystemPhrase,
    Tools,
    Address,
    Network,
    Client,
    Settings,
    Payment,
    EmailDomain,
    SignUpMinutes,
    SessionStart,
}

impl ObjectKind {
    pub(crate) const ALL: [Self; 19] = [
        Self::Template,
        Self::Opening24,
        Self::Opening12,
        Self::Opening6,
        Self::Ending,
        Self::NearDuplicate,
        Self::Phrase,
        Self::SystemPrompt,
        Self::SystemBlock,
        Self::SystemPhrase,
        Self::Tools,
        Self::Address,
        Self::Network,
        Self::Client,
        Self::Settings,
        Self::Payment,
        Self::EmailDomain,
        Self::SignUpMinutes,
        Self::SessionStart,
    ];

    pub(crate) fn from_code(code: u8) -> Self {
        Self::ALL[usize::from(code)]
    }

    pub(crate) fn layer(self) -> Layer {
        match self {
            Self::Template
            | Self::Opening24
            | Self::Opening12
            | Self::Opening6
            | Self::Ending
            | Self::NearDuplicate
            | Self::Phrase => Layer::Content,
            Self::SystemPrompt | Self::SystemBlock | Self::SystemPhrase | Self::Tools => Layer::Harness,
            Self::Address | Self::Network => Layer::Infrastructure,
            Self::Client | Self::Settings => Layer::Client,
            Self::Payment => Layer::Payment,
            Self::EmailDomain | Self::SignUpMinutes => Layer::SignUp,
            Self::SessionStart => Layer::Timing,
        }
    }

    /// How far sharing such an object speaks for one operation rather than for a common cause that nobody chose: a
    /// network stands for a town, a client for a popular program, a minute for the clock.
    pub(crate) fn trust(self) -> f32 {
        match self {
            Self::Template | Self::Opening24 | Self::Ending | Self::NearDuplicate => 1.0,
            Self::Opening12 | Self::Phrase => 0.9,
            Self::Opening6 => 0.6,
            Self::SystemPrompt | Self::SystemBlock | Self::SystemPhrase | Self::Tools => 0.6,
            Self::Address => 1.0,
            Self::Network => 0.5,
            Self::Client | Self::Settings => 0.6,
            Self::Payment => 1.2,
            Self::EmailDomain => 0.5,
            Self::SignUpMinutes => 0.6,
            Self::SessionStart => 0.35,
        }
    }

    /// The object's id: its hash with the kind mixed in, so that two kinds never meet.
    #[inline]
    pub(crate) fn object(self, hash: u64) -> u64 {
        mix(hash, self.key())
    }

    /// The hash of which [`object`](Self::object) made the id.
    pub(crate) fn hash(self, object: u64) -> u64 {
        mix_inverse(object, self.key())
    }

    #[inline]
    fn key(self) -> u64 {
        0x5653_0000 + self as u64
    }
}

/// Silence that ends a session.
const SESSION_GAP: i64 = 30 * 60 * Micros::SECOND;
/// Width of a sign-up slot.
const SIGN_UP_SLOT: i64 = 10 * 60 * Micros::SECOND;
/// Partitions of the object space; each is sorted on its own, so that memory stays bounded.
const PARTITIONS: u64 = 64;
/// Partitions gathered in one pass over the rows.
const PARTITIONS_PER_PASS: u64 = 16;

/// Calls `visit` for every content object of one row.
pub(crate) fn content_objects(rows: &Rows, row: usize, mut visit: impl FnMut(ObjectKind, u64)) {
    let mut give = |kind, hash: u64| {
        if hash != 0 {
            visit(kind, hash);
        }
    };
    if rows.words[row] >= 4 {
        give(ObjectKind::Template, rows.template[row]);
        give(ObjectKind::Opening24, rows.heads[row][2]);
        give(ObjectKind::Opening12, rows.heads[row][1]);
        give(ObjectKind::Opening6, rows.heads[row][0]);
        give(ObjectKind::Ending, rows.tail[row]);
        rows.bands[row].iter().for_each(|&b| give(ObjectKind::NearDuplicate, b));
        rows.phrases[row].iter().for_each(|&p| give(ObjectKind::Phrase, p));
    }
}

/// Calls `visit` for every harness object of one row: what software sends along, and the wording of an operation that
/// puts it into system prompts.
pub(crate) fn harness_objects(lake: &Lake, row: usize, mut visit: impl FnMut(ObjectKind, u64)) {
    software_objects(&lake.rows, row, &mut visit);
    system_phrases(lake, row, visit);
}

/// Calls `visit` for every phrase of one row's system prompt.
fn system_phrases(lake: &Lake, row: usize, mut visit: impl FnMut(ObjectKind, u64)) {
    let phrases = lake.system_phrases.get(&lake.rows.system[row]);
    let there = phrases.into_iter().flatten().filter(|phrase| **phrase != 0);
    there.for_each(|&phrase| visit(ObjectKind::SystemPhrase, phrase));
}

/// Calls `visit` for system prompt and tools of one row.
fn software_objects(rows: &Rows, row: usize, mut visit: impl FnMut(ObjectKind, u64)) {
    let mut give = |kind, hash: u64| {
        if hash != 0 {
            visit(kind, hash);
        }
    };
    give(ObjectKind::SystemPrompt, rows.system[row]);
    give(ObjectKind::SystemBlock, rows.system_block[row]);
    give(ObjectKind::Tools, rows.tools[row]);
}

/// Calls `visit` for every infrastructure and client object of one row.
pub(crate) fn origin_objects(rows: &Rows, row: usize, mut visit: impl FnMut(ObjectKind, u64)) {
    let mut give = |kind, hash: u64| {
        if hash != 0 {
            visit(kind, hash);
        }
    };
    give(ObjectKind::Address, rows.address[row]);
    give(ObjectKind::Network, rows.network[row]);
    give(ObjectKind::Client, rows.client[row]);
    give(ObjectKind::Settings, rows.settings[row]);
}

/// Calls `visit` for what the account itself shares: payment, sign-up.
pub(crate) fn account_objects(view: &View<'_>, account: usize, mut visit: impl FnMut(ObjectKind, u64)) {
    let Some(known) = view.known[account] else { return };
    if let Some(payment) = known.payment_fingerprint.as_deref().filter(|p| !p.is_empty()) {
        visit(ObjectKind::Payment, vigie_fold::hash_text(payment));
    }
    if let Some(domain) = known.email_domain.as_deref().filter(|d| !d.is_empty()) {
        visit(ObjectKind::EmailDomain, vigie_fold::hash_text(domain));
    }
    if let Some(created) = known.created_at {
        visit(ObjectKind::SignUpMinutes, created.0.div_euclid(SIGN_UP_SLOT) as u64 ^ 0x51_0000_0000);
    }
}

/// Calls `visit` with the minute in which each session of the account starts.
fn session_starts(view: &View<'_>, account: usize, mut visit: impl FnMut(u64)) {
    let mut last = i64::MIN / 2;
    for &time in &view.lake.rows.time[view.ranges[account].clone()] {
        if time - last > SESSION_GAP {
            visit(time.div_euclid(60 * Micros::SECOND) as u64);
        }
        last = time;
    }
}

/// All wanted objects of one account with how often and when first it touched each, in place of what `into` held.
fn tally(view: &View<'_>, account: usize, wanted: impl Fn(u64) -> bool, into: &mut Vec<Touch>) {
    into.clear();
    let rows = &view.lake.rows;
    let mut add = |kind: ObjectKind, hash: u64, count: u32, occasion: u32| {
        let object = kind.object(hash);
        if wanted(object) {
            into.push(Touch { object, account: account as u32, count, occasion, kind: kind as u8 });
        }
    };
    let range = view.ranges[account].clone();
    // Of one prompt that never changes the whole is the object: its phrases would only blur who sends the very same.
    let mut systems = range.clone().map(|row| rows.system[row]).filter(|system| *system != 0);
    let first = systems.next();
    let rewords = systems.any(|system| Some(system) != first);
    for row in range.clone() {
        let occasion = (row - range.start) as u32;
        content_objects(rows, row, |kind, hash| add(kind, hash, 1, occasion));
        software_objects(rows, row, |kind, hash| add(kind, hash, 1, occasion));
        if rewords {
            system_phrases(view.lake, row, |kind, hash| add(kind, hash, 1, occasion));
        }
        origin_objects(rows, row, |kind, hash| add(kind, hash, 1, occasion));
    }
    let all = view.exchanges[account];
    account_objects(view, account, |kind, hash| add(kind, hash, all, ALWAYS));
    session_starts(view, account, |minute| add(ObjectKind::SessionStart, minute, all, minute as u32));
    merge_touches(into);
}

/// Every object that at least two and at most `degree_max` accounts of the window share.
///
/// O(rows · objects) time; memory is bounded by a quarter of the touches at a time.
pub(crate) fn rare_objects(view: &View<'_>, degree_max: usize, mut done: impl FnMut(u64)) -> RareObjects {
    let active: Vec<usize> = (0..view.accounts()).filter(|&a| view.exchanges[a] > 0).collect();
    let blocks: Vec<&[usize]> = active.chunks(active.len().div_ceil(64).max(1)).collect();
    let mut all = RareObjects::default();
    for pass in 0..PARTITIONS / PARTITIONS_PER_PASS {
        let lowest = pass * PARTITIONS_PER_PASS;
        let slot = |object: u64| (object % PARTITIONS).wrapping_sub(lowest);
        let gathered: Vec<Vec<Vec<Touch>>> = (&blocks)
            .into_par_iter()
            .map(|block| {
                let mut parts = vec![Vec::new(); PARTITIONS_PER_PASS as usize];
                let mut touches = Vec::new();
                for &account in *block {
                    tally(view, account, |object| slot(object) < PARTITIONS_PER_PASS, &mut touches);
                    touches.iter().for_each(|&touch| parts[slot(touch.object) as usize].push(touch));
                }
                parts
            })
            .collect();
        let parts: Vec<RareObjects> = (0..PARTITIONS_PER_PASS as usize)
            .into_par_iter()
            .map(|p| {
                let mut touches: Vec<Touch> = Vec::with_capacity(gathered.iter().map(|b| b[p].len()).sum());
                gathered.iter().for_each(|block| touches.extend_from_slice(&block[p]));
                let mut rare = RareObjects::default();
                rare.add_partition(&mut touches, degree_max);
                rare
            })
            .collect();
        parts.iter().for_each(|part| all.append(part));
        done(view.rows as u64 / (PARTITIONS / PARTITIONS_PER_PASS));
    }
    all
}

#[cfg(test)]
mod tests {
    use vigie_model::{Exchange, Micros};

    use super::{ObjectKind, tally};
    use crate::staged::folded;
    use crate::view::View;
    use crate::{SideTables, Window};

    #[test]
    fn an_object_gives_back_its_hash() {
        for (i, kind) in ObjectKind::ALL.into_iter().enumerate() {
            for hash in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef, vigie_fold::hash_text(&i.to_string())] {
                assert_eq!(kind.hash(kind.object(hash)), hash);
            }
        }
    }

    /// Phrases of system prompts that one account touches.
    fn phrases(systems: &[&str]) -> usize {
        let exchange = |(i, system): (usize, &&str)| Exchange {
            event_id: i.to_string(),
            account_id: "one".to_owned(),
            timestamp: Micros(i as i64),
            system_prompt: Some((*system).to_owned()),
            ..Exchange::default()
        };
        let lake = folded(&systems.iter().enumerate().map(exchange).collect::<Vec<_>>());
        let mut touches = Vec::new();
        tally(&View::new(&lake, &SideTables::default(), Window::default()), 0, |_| true, &mut touches);
        touches.iter().filter(|t| t.kind == ObjectKind::SystemPhrase as u8).count()
    }

    #[test]
    fn only_system_prompts_that_change_are_taken_apart() {
        let fixed = "You are a patient tutor who explains every step.";
        let other = "You are a patient tutor who checks every answer.";
        assert_eq!(phrases(&[fixed; 3]), 0);
        assert!(phrases(&[fixed, other]) > 6, "{}", phrases(&[fixed, other]));
    }
}
