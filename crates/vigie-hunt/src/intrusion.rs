//! Accounts that were taken over, and the victims that one intruder's way of trying keys leads together.
//!
//! What lives here: what an account's own log shows, and what several show together. What does not: whether they are a
//! campaign, which is tested like any other cluster.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_graph::stats::poisson_tail;
use vigie_model::Micros;

use crate::rows::{Flags, Rows};
use crate::view::View;

/// Silence that counts as dormancy.
const DORMANT_DAYS: i64 = 4;
/// Exchanges of the intruder that count as a burst.
const BURST_MIN: usize = 10;
/// First exchanges of the intruder that may be probes.
const PROBES: usize = 6;
/// Fewest victims whose own log shows an intrusion for a way of trying keys to tell others.
const RING_MIN: usize = 3;
/// How much oftener victims must share a trait than everybody does for it to join them.
const VICTIM_LIFT: f64 = 6.0;
/// Chance, at most, that as many victims share it by accident.
const VICTIM_CHANCE: f64 = 1e-4;

/// An account that somebody else came to use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Takeover {
    /// The intruder's first row.
    pub(crate) from: usize,
    /// The intruder's client.
    pub(crate) client: u64,
    /// Whether tiny or failing requests came first.
    pub(crate) probed: bool,
}

/// Takeovers of a window.
pub(crate) struct Intrusions {
    /// Per account.
    pub(crate) takeovers: Vec<Option<Takeover>>,
    /// Victims of one way of trying keys, each sorted.
    pub(crate) rings: Vec<Vec<u32>>,
}

/// How an intruder tries keys before using them, and then uses them: who checks stolen keys does so with one script, and
/// sells them to one program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Way {
    /// Parameters of the tries.
    tried: u64,
    /// Parameters that the key is used with.
    used: u64,
    /// Model that it is used for.
    model: u64,
}

/// What the log of one account shows.
#[derive(Clone, Copy)]
struct Seen {
    takeover: Takeover,
    /// Whether it is enough by itself.
    sure: bool,
    way: Option<Way>,
}

impl Intrusions {
    /// Looks at every account by itself, then at those that were tried in one way. O(rows).
    pub(crate) fn new(view: &View<'_>) -> Self {
        let seen: Vec<Option<Seen>> =
            (0..view.accounts()).into_par_iter().map(|account| look(view, account)).collect();
        let sure = seen.iter().flatten().filter(|s| s.sure).count();
        let mut by_way: FxHashMap<Way, Vec<u32>> = FxHashMap::default();
        for (account, seen) in seen.iter().enumerate() {
            if let Some(way) = seen.and_then(|s| s.way) {
                by_way.entry(way).or_default().push(account as u32);
            }
        }
        let surely =
            |ring: &[u32]| ring.iter().filter(|&&a| seen[a as usize].is_some_and(|s| s.sure)).count();
        by_way.retain(|_, ring| surely(ring) >= RING_MIN);
        let holders = tried_so(view, &by_way);
        by_way.retain(|way, ring| {
            let holders = holders.get(way).copied().unwrap_or(0).max(ring.len());
            beyond_chance(surely(ring), holders as f64 / view.population.max(1) as f64, sure)
        });
        let mut rings: Vec<Vec<u32>> = by_way.into_values().collect();
        rings.sort_unstable();
        let mut takeovers: Vec<Option<Takeover>> =
            seen.iter().map(|s| s.filter(|s| s.sure).map(|s| s.takeover)).collect();
        for &account in rings.iter().flatten() {
            takeovers[account as usize] = seen[account as usize].map(|s| s.takeover);
        }
        Self { takeovers, rings }
    }
}

/// Whether so many of all victims share a trait that everybody shares so often by more than accident.
pub(crate) fn beyond_chance(sharers: usize, share: f64, victims: usize) -> bool {
    let expected = share * victims as f64;
    sharers >= RING_MIN
        && sharers as f64 >= VICTIM_LIFT * expected.max(1e-9)
        && poisson_tail(sharers as u64, expected) <= VICTIM_CHANCE
}

/// Accounts that may have gone each of these ways: who ever sent a [try](is_try) with its parameters and sends most with
/// what the key was used with. O(rows).
fn tried_so(view: &View<'_>, ways: &FxHashMap<Way, Vec<u32>>) -> FxHashMap<Way, usize> {
    let rows = &view.lake.rows;
    let wanted: FxHashSet<u64> = ways.keys().map(|way| way.tried).collect();
    let of = |range: &std::ops::Range<usize>| -> Vec<Way> {
        let tries = range.clone().filter(|&r| wanted.contains(&rows.parameters[r]) && is_try(rows, r));
        let tried: FxHashSet<u64> = tries.map(|r| rows.parameters[r]).collect();
        if tried.is_empty() {
            return Vec::new();
        }
        let Some((used, model)) = use_of(rows, range.clone()) else { return Vec::new() };
        tried.into_iter().map(|tried| Way { tried, used, model }).collect()
    };
    let held: Vec<Vec<Way>> = view.ranges.par_iter().map(of).collect();
    let mut counts = FxHashMap::default();
    held.iter().flatten().for_each(|&way| *counts.entry(way).or_default() += 1);
    counts
}

/// Whether an account was taken over: from some moment on a client that it never used before works from networks that
/// it never used before, at three times the old rate – after days of silence, or after probes. The owner may come back
/// meanwhile.
fn look(view: &View<'_>, account: usize) -> Option<Seen> {
    let rows = &view.lake.rows;
    let mut clients: Vec<u64> =
        view.ranges[account].clone().map(|r| rows.client[r]).filter(|&c| c != 0).collect();
    clients.sort_unstable();
    clients.dedup();
    let seen = clients.into_iter().filter_map(|client| intrusion(view, account, client));
    seen.min_by_key(|s| (!s.sure, s.way.is_none(), s.takeover.from))
}

fn intrusion(view: &View<'_>, account: usize, client: u64) -> Option<Seen> {
    let range = view.ranges[account].clone();
    let rows = &view.lake.rows;
    let theirs: Vec<usize> = range.clone().filter(|&r| rows.client[r] == client).collect();
    let (from, last) = (*theirs.first()?, *theirs.last()?);
    if theirs.len() < BURST_MIN {
        return None;
    }
    let before = range.start..from;
    let old: FxHashSet<u64> = before.clone().map(|r| rows.network[r]).collect();
    let strange = theirs.iter().filter(|&&r| rows.network[r] != 0 && !old.contains(&rows.network[r])).count();
    if (strange as f64) < 0.9 * theirs.len() as f64 {
        return None;
    }
    let born = view.known[account].and_then(|k| k.created_at).map(|t| t.0);
    let first = before.clone().next().map(|r| rows.time[r]).or(born)?;
    let silence = rows.time[from] - before.clone().next_back().map_or(first, |r| rows.time[r]);
    let days = |span: i64| span as f64 / Micros::DAY as f64;
    let old_rate = before.len() as f64 / days(rows.time[from] - first).max(0.5);
    let new_rate = theirs.len() as f64 / days(rows.time[last] - rows.time[from]).max(0.5);
    if new_rate < 3.0 * old_rate {
        return None;
    }
    let tiny = |r: usize| is_refused_or_probe(rows, r) || (is_short(rows, r) && rows.output_tokens[r] <= 5);
    let probed = theirs.iter().take(PROBES).filter(|&&r| tiny(r)).count() >= 2;
    let long_known = born.is_some_and(|b| rows.time[from] - b >= 14 * Micros::DAY);
    let aged = long_known || rows.time[from] - first >= DORMANT_DAYS * Micros::DAY;
    let dormant = silence >= DORMANT_DAYS * Micros::DAY && !before.is_empty();
    let sure = aged && (probed || dormant);
    let way = way(rows, &theirs).filter(|_| aged);
    let takeover = Takeover { from, client, probed: probed || way.is_some() };
    (sure || way.is_some()).then_some(Seen { takeover, sure, way })
}

/// How the first exchanges of a burst were tried, where they differ in their parameters from the rest. O(burst).
fn way(rows: &Rows, burst: &[usize]) -> Option<Way> {
    let (used, model) = use_of(rows, burst.iter().copied())?;
    let tries = burst.iter().take(PROBES).copied().filter(|&r| is_try(rows, r));
    let tried = commonest(tries.map(|r| rows.parameters[r]).filter(|&p| p != used && p != 0))?;
    Some(Way { tried, used, model })
}

/// The parameters and the model of most exchanges; `None` without any model.
fn use_of(rows: &Rows, of: impl Iterator<Item = usize> + Clone) -> Option<(u64, u64)> {
    let parameters = commonest(of.clone().map(|r| rows.parameters[r]))?;
    Some((parameters, commonest(of.map(|r| rows.model[r]).filter(|&m| m != 0))?))
}

/// The value that comes most often, of equals the largest.
pub(crate) fn commonest(values: impl Iterator<Item = u64>) -> Option<u64> {
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    counts.into_iter().max_by_key(|&(value, n)| (n, value)).map(|(value, _)| value)
}

/// Whether an exchange may be somebody's trying whether a key works.
fn is_try(rows: &Rows, row: usize) -> bool {
    is_refused_or_probe(rows, row) || is_short(rows, row)
}

fn is_refused_or_probe(rows: &Rows, row: usize) -> bool {
    rows.flags[row].has(Flags::PROBE) || rows.flags[row].has(Flags::FAILED)
}

fn is_short(rows: &Rows, row: usize) -> bool {
    rows.words[row] <= 3
}

#[cfg(test)]
mod tests {
    use vigie_model::{Account, Exchange, Micros};

    use super::{Intrusions, beyond_chance};
    use crate::staged::folded;
    use crate::view::View;
    use crate::{SideTables, Window};

    /// When every log begins.
    const START: i64 = 400 * Micros::DAY;

    /// What somebody does from `START` on: so many tries with a token limit of five, then twenty questions.
    #[derive(Clone, Copy)]
    struct Does {
        tries: usize,
        model: &'static str,
        /// Of the questions.
        temperature: f64,
        /// How long the account had been there.
        days_old: i64,
    }

    impl Does {
        fn tries(tries: usize) -> Self {
            Self { tries, model: "large", temperature: 0.5, days_old: 365 }
        }
    }

    fn exchanges(number: usize, does: Does) -> Vec<Exchange> {
        let exchange = |i: usize| Exchange {
            event_id: format!("{number}-{i}"),
            account_id: format!("account {number:03}"),
            timestamp: Micros(START + (number * 60 + i) as i64 * Micros::SECOND),
            client_address: Some(format!("10.{}.{}.1", number / 200, number % 200)),
            user_agent: Some(format!("program {number}")),
            request_model: Some(does.model.to_owned()),
            max_tokens: (i < does.tries).then_some(5),
            temperature: (i >= does.tries).then_some(does.temperature),
            output_tokens: Some(if i < does.tries { 5 } else { 200 }),
            prompt: Some(
                if i < does.tries { "ping" } else { "how do I repair the chain of a bicycle" }.to_owned(),
            ),
            ..Exchange::default()
        };
        (0..does.tries + 20).map(exchange).collect()
    }

    fn look(accounts: &[Does]) -> Intrusions {
        let rows: Vec<Exchange> =
            accounts.iter().enumerate().flat_map(|(i, &does)| exchanges(i, does)).collect();
        let known = |(number, does): (usize, &Does)| Account {
            account_id: format!("account {number:03}"),
            created_at: Some(Micros(START - does.days_old * Micros::DAY)),
            ..Account::default()
        };
        let side = SideTables {
            accounts: accounts.iter().enumerate().map(known).collect(),
            ..SideTables::default()
        };
        Intrusions::new(&View::new(&folded(&rows), &side, Window::default()))
    }

    /// Four hundred people of whom nobody tries anything, but for four victims.
    fn four_victims() -> Vec<Does> {
        let mut accounts = vec![Does::tries(0); 400];
        accounts[..4].fill(Does::tries(3));
        accounts
    }

    #[test]
    fn who_was_tried_like_victims_is_one() {
        let mut accounts = four_victims();
        // Their own log shows too little.
        accounts[4..8].fill(Does::tries(1));
        let found = look(&accounts);
        assert_eq!(found.rings, [(0..8).collect::<Vec<u32>>()]);
        assert_eq!(found.takeovers.iter().flatten().count(), 8);
        accounts[2..4].fill(Does::tries(1));
        let found = look(&accounts);
        assert!(found.rings.is_empty(), "two sure victims lead nobody together");
        assert_eq!(found.takeovers.iter().flatten().count(), 2);
    }

    #[test]
    fn who_uses_the_key_otherwise_or_has_just_come_is_no_victim_by_the_tries_alone() {
        let mut accounts = four_victims();
        accounts[4] = Does { temperature: 1.0, ..Does::tries(1) };
        accounts[5] = Does { days_old: 3, ..Does::tries(1) };
        let found = look(&accounts);
        assert_eq!(found.rings, [[0, 1, 2, 3]]);
        assert_eq!(found.takeovers.iter().flatten().count(), 4);
    }

    #[test]
    fn what_everybody_does_joins_nobody() {
        let mut accounts = vec![Does::tries(1); 400];
        accounts[..4].fill(Does::tries(3));
        let found = look(&accounts);
        assert!(found.rings.is_empty(), "{:?}", found.rings);
        // Where everybody tries another model, this one stands out.
        accounts[4..].fill(Does { model: "small", ..Does::tries(1) });
        assert_eq!(look(&accounts).rings, [[0, 1, 2, 3]]);
    }

    #[test]
    fn chance_explains_a_few_sharers() {
        assert!(beyond_chance(4, 0.001, 20));
        assert!(!beyond_chance(2, 0.001, 20), "two may meet by accident");
        assert!(!beyond_chance(4, 0.1, 20), "two of twenty are expected");
        assert!(!beyond_chance(12, 0.5, 20));
    }
}
