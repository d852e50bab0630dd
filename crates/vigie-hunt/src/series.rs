//! Sign-up series: accounts made in bursts under one e-mail domain.

use rustc_hash::FxHashMap;
use vigie_graph::UnionFind;
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
    let mut series: Vec<Series> = by_domain
        .into_values()
        .filter(|accounts| accounts.len() >= SERIES_MIN)
        .map(|mut accounts| {
            accounts.sort_unstable();
            full_days(&accounts, &all)
        })
        .filter(|s| !s.accounts.is_empty())
        .collect();
    series.sort_unstable_by(|a, b| a.accounts.cmp(&b.accounts));
    let mut found = join_domains(&series);
    found.extend(bursts(view));
    found
}

/// Widths of a burst of sign-ups.
const BURSTS: [i64; 3] = [10 * 60 * Micros::SECOND, 60 * 60 * Micros::SECOND, 4 * 60 * 60 * Micros::SECOND];
/// The stretch around a burst that tells what is usual there.
const AROUND: i64 = 2 * Micros::DAY;
/// How much fuller than usual a burst is.
const BURST_LIFT: f64 = 4.0;

/// Accounts of any e-mail domain that signed up in a burst: a scan over the sorted sign-ups whose yardstick is the
/// rate of the days around each burst (Kulldorff's scan statistic in one dimension, with a local baseline).
fn bursts(view: &View<'_>) -> Vec<Vec<u32>> {
    let created = |(account, known): (usize, &Option<&vigie_model::Account>)| {
        Some((known.and_then(|k| k.created_at)?.0, account as u32))
    };
    let mut all: Vec<(i64, u32)> =
        view.known.iter().enumerate().filter(|(a, _)| view.exchanges[*a] > 0).filter_map(created).collect();
    all.sort_unstable();
    let before = |t: i64| all.partition_point(|&(at, _)| at < t);
    let mut found = Vec::new();
    for width in BURSTS {
        let mut from = 0;
        while from < all.len() {
            let start = all[from].0;
            let to = before(start + width);
            let count = to - from;
            if count >= SERIES_MIN {
                let (low, high) = (before(start - AROUND), before(start + width + AROUND));
                let usual = (high - low - count) as f64 * width as f64 / (2.0 * AROUND as f64);
                if count as f64 >= BURST_LIFT * usual
                    && poisson_tail(count as u64, 2.0 * usual + 0.5) <= SERIES_CHANCE / all.len() as f64
                {
                    let mut accounts: Vec<u32> = all[from..to].iter().map(|&(_, a)| a).collect();
                    accounts.sort_unstable();
                    found.push(accounts);
                    from = to;
                    continue;
                }
            }
            from += 1;
        }
    }
    found
}

/// What one domain's full days hold.
#[derive(Default)]
struct Series {
    accounts: Vec<u32>,
    /// Starts of the full days.
    days: Vec<i64>,
}

/// Joins the series of domains that have at least two full days in common: one hand uses several domains.
fn join_domains(series: &[Series]) -> Vec<Vec<u32>> {
    let mut sets = UnionFind::new(series.len());
    let meet = |x: &i64, other: &Series| other.days.iter().any(|y| (x - y).abs() < Micros::DAY / 2);
    for i in 0..series.len() {
        for j in i + 1..series.len() {
            let common = series[i].days.iter().filter(|x| meet(x, &series[j])).count();
            if common >= 2 && common * 2 >= series[i].days.len().min(series[j].days.len()) {
                sets.union(i as u32, j as u32);
            }
        }
    }
    let members = |group: Vec<u32>| {
        let mut all: Vec<u32> =
            group.iter().flat_map(|&i| series[i as usize].accounts.iter().copied()).collect();
        all.sort_unstable();
        all
    };
    sets.groups(1).into_iter().map(members).collect()
}

/// Accounts of one domain's sorted sign-ups that came on days which are too full.
fn full_days(accounts: &[(i64, u32)], all: &[i64]) -> Series {
    let mut found = Series::default();
    let mut from = 0;
    while from < accounts.len() {
        let end = accounts[from].0 + Micros::DAY;
        let to = from + accounts[from..].partition_point(|&(t, _)| t < end);
        let usual = all.partition_point(|&t| t < end) - all.partition_point(|&t| t < accounts[from].0);
        // What the rest of the population does that day, leaving this group out of its own yardstick.
        let share = usual.saturating_sub(to - from) as f64 / all.len().max(1) as f64;
        let expected = 3.0 * share * accounts.len() as f64 + 0.5;
        if to - from >= SERIES_MIN && poisson_tail((to - from) as u64, expected) <= SERIES_CHANCE {
            found.accounts.extend(accounts[from..to].iter().map(|&(_, a)| a));
            found.days.push(accounts[from].0);
            from = to;
        } else {
            from += 1;
        }
    }
    found.accounts.sort_unstable();
    found
}
