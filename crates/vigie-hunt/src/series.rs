//! Sign-up series: accounts made in bursts under one e-mail domain.

use rustc_hash::FxHashMap;
use vigie_graph::stats::poisson_tail;
use vigie_model::Micros;

use crate::view::View;

/// Fewest accounts of a sign-up series.
const SERIES_MIN: usize = 8;
/// Chance, at most, that so many accounts of one domain sign up within a day when three times as many as usual do.
const SERIES_CHANCE: f64 = 1e-6;

/// Accounts of one e-mail domain that signed up on days far fuller than the domain and the day explain.
pub(crate) fn sign_up_series(view: &View<'_>) -> Vec<Vec<u32>> {
    let mut all: Vec<i64> = Vec::new();
    let mut by_domain: FxHashMap<&str, Vec<(i64, u32)>> = FxHashMap::default();
    for (account, known) in view.known.iter().enumerate().filter(|(a, _)| view.exchanges[*a] > 0) {
        let Some((domain, created)) = known.and_then(|k| Some((k.email_domain.as_deref()?, k.created_at?.0)))
        else {
            continue;
        };
        all.push(created);
        by_domain.entry(domain).or_default().push((created, account as u32));
    }
    all.sort_unstable();
    let mut seeds: Vec<Vec<u32>> = by_domain
        .into_values()
        .filter(|accounts| accounts.len() >= SERIES_MIN)
        .filter_map(|mut accounts| {
            accounts.sort_unstable();
            let found = series(&accounts, &all);
            (!found.is_empty()).then_some(found)
        })
        .collect();
    seeds.sort_unstable();
    seeds
}

/// Accounts of one domain's sorted sign-ups that came on days which are too full.
fn series(accounts: &[(i64, u32)], all: &[i64]) -> Vec<u32> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < accounts.len() {
        let end = accounts[from].0 + Micros::DAY;
        let to = from + accounts[from..].partition_point(|&(t, _)| t < end);
        let usual = all.partition_point(|&t| t < end) - all.partition_point(|&t| t < accounts[from].0);
        // What the rest of the population does that day, leaving this group out of its own yardstick.
        let share = usual.saturating_sub(to - from) as f64 / all.len().max(1) as f64;
        let expected = 3.0 * share * accounts.len() as f64 + 0.5;
        if to - from >= SERIES_MIN && poisson_tail((to - from) as u64, expected) <= SERIES_CHANCE {
            found.extend(accounts[from..to].iter().map(|&(_, a)| a));
            from = to;
        } else {
            from += 1;
        }
    }
    found.sort_unstable();
    found
}
