//! Sign-up series: accounts made in bursts under one e-mail domain, with one payment, or at all.

use rustc_hash::FxHashMap;
use vigie_graph::UnionFind;
use vigie_graph::stats::poisson_tail;
use vigie_model::{Account, Micros};

use crate::view::View;

/// Fewest accounts of a sign-up series.
const SERIES_MIN: usize = 8;
/// Chance, at most, that so many accounts of one domain sign up within a stretch when three times as many as usual do.
const SERIES_CHANCE: f64 = 1e-6;

/// What is asked of a series by what its accounts have in common.
#[derive(Clone, Copy)]
struct Rule {
    /// Fewest accounts.
    least: usize,
    /// Accounts that a stretch may hold by accident whatever is usual.
    leeway: f64,
    /// Fewest sittings that two series must have in common to be one hand's.
    sittings: usize,
}

/// Many strangers have one mail provider, and two of its busy nights may be anybody's.
const DOMAIN: Rule = Rule { least: SERIES_MIN, leeway: 0.5, sittings: 2 };
/// Strangers have no payment in common.
const PAYMENT: Rule = Rule { least: 4, leeway: 0.05, sittings: 1 };

/// Accounts of one e-mail domain or one payment that signed up in stretches far fuller than those and the days explain,
/// and bursts over all accounts.
pub(crate) fn sign_up_series(view: &View<'_>) -> Vec<Vec<u32>> {
    let mut found = series_by(view, |known| known.email_domain.as_deref(), DOMAIN);
    found.extend(series_by(view, |known| known.payment_fingerprint.as_deref(), PAYMENT));
    found.extend(bursts(view));
    found
}

/// Series of the accounts that have something in common.
fn series_by<'v>(
    view: &'v View<'_>,
    common: impl Fn(&'v Account) -> Option<&'v str>,
    rule: Rule,
) -> Vec<Vec<u32>> {
    let mut all: Vec<i64> = Vec::new();
    let mut groups: FxHashMap<&str, Vec<(i64, u32)>> = FxHashMap::default();
    for (account, known) in view.known.iter().enumerate().filter(|(a, _)| view.exchanges[*a] > 0) {
        let Some((known, created)) = known.and_then(|k| Some((k, k.created_at?.0))) else { continue };
        let Some(common) = common(known).filter(|c| !c.is_empty()) else { continue };
        all.push(created);
        groups.entry(common).or_default().push((created, account as u32));
    }
    all.sort_unstable();
    let mut series: Vec<Series> = groups
        .into_values()
        .filter(|accounts| accounts.len() >= rule.least)
        .map(|mut accounts| {
            accounts.sort_unstable();
            full_stretches(&accounts, &all, rule)
        })
        .filter(|s| !s.accounts.is_empty())
        .collect();
    series.sort_unstable_by(|a, b| a.accounts.cmp(&b.accounts));
    join_sittings(&series, rule)
}

/// Widths of a burst of sign-ups.
const BURSTS: [i64; 3] = [10 * 60 * Micros::SECOND, 60 * 60 * Micros::SECOND, 4 * 60 * 60 * Micros::SECOND];
/// The stretch around a burst that tells what is usual there.
const AROUND: i64 = 2 * Micros::DAY;
/// Bursts, at most, that a log holds by accident when twice as many as usual sign up.
const BURSTS_CHANCE: f64 = 0.01;
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
                    && poisson_tail(count as u64, 2.0 * usual + 0.5) <= BURSTS_CHANCE / all.len() as f64
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

/// What the full stretches of accounts with one thing in common hold.
#[derive(Default)]
struct Series {
    accounts: Vec<u32>,
    /// When each sitting began.
    sittings: Vec<i64>,
}

/// Joins the series that have sittings in common: one hand uses several domains and payments.
fn join_sittings(series: &[Series], rule: Rule) -> Vec<Vec<u32>> {
    let mut sets = UnionFind::new(series.len());
    let meet = |x: &i64, other: &Series| other.sittings.iter().any(|y| (x - y).abs() < PAUSE);
    for i in 0..series.len() {
        for j in i + 1..series.len() {
            let common = series[i].sittings.iter().filter(|x| meet(x, &series[j])).count();
            if common >= rule.sittings && common * 2 >= series[i].sittings.len().min(series[j].sittings.len())
            {
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

/// Widths of a stretch that may be too full, longest first.
const STRETCHES: [i64; 3] = [4 * Micros::DAY, 2 * Micros::DAY, Micros::DAY];
/// A pause of this length parts one sitting from the next.
const PAUSE: i64 = Micros::DAY / 4;

/// Accounts of sorted sign-ups that came in stretches which are too full.
fn full_stretches(accounts: &[(i64, u32)], all: &[i64], rule: Rule) -> Series {
    let mut found = Series::default();
    let mut rest = accounts;
    while let Some(&(start, _)) = rest.first() {
        let within = |width: &i64| &rest[..rest.partition_point(|&(t, _)| t < start + width)];
        let full = |width: &i64| {
            let here = within(width).len();
            let usual = all.partition_point(|&t| t < start + width) - all.partition_point(|&t| t < start);
            // What the rest of the population does then, leaving this group out of its own yardstick.
            let share = usual.saturating_sub(here) as f64 / all.len().max(1) as f64;
            let expected = 3.0 * share * accounts.len() as f64 + rule.leeway;
            here >= rule.least && poisson_tail(here as u64, expected) <= SERIES_CHANCE
        };
        let Some(width) = STRETCHES.iter().find(|width| full(width)) else {
            rest = &rest[1..];
            continue;
        };
        let stretch = within(width);
        found.accounts.extend(stretch.iter().map(|&(_, a)| a));
        found.sittings.extend(stretch.chunk_by(|x, y| y.0 - x.0 < PAUSE).map(|sitting| sitting[0].0));
        rest = &rest[stretch.len()..];
    }
    found.accounts.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use vigie_model::{Account, Exchange, Micros};

    use super::{DOMAIN, PAYMENT, Series, full_stretches, join_sittings, sign_up_series};
    use crate::staged::folded;
    use crate::view::View;
    use crate::{SideTables, Window};

    /// 12,000 sign-ups spread evenly over 100 days.
    fn all() -> Vec<i64> {
        (0..12_000).map(|i| i * 100 * Micros::DAY / 12_000).collect()
    }

    /// Two nights of sign-ups, five minutes apart, and one long before.
    fn nights(first: u32, shift: i64) -> Vec<(i64, u32)> {
        let night =
            |day: i64, n: i64| (0..n).map(move |i| day * Micros::DAY + shift + i * 300 * Micros::SECOND);
        let times = [3 * Micros::DAY].into_iter().chain(night(40, 8)).chain(night(41, 12));
        times.zip(first..).collect()
    }

    fn series(accounts: &[(i64, u32)]) -> Series {
        full_stretches(accounts, &all(), DOMAIN)
    }

    #[test]
    fn two_nights_of_which_neither_is_enough_are_one_series() {
        let found = series(&nights(0, 0));
        assert_eq!(found.accounts, (1..21).collect::<Vec<u32>>());
        assert_eq!(found.sittings.len(), 2);
        assert!(series(&nights(0, 0)[..9]).accounts.is_empty(), "one night alone");
    }

    #[test]
    fn a_domain_that_grows_with_the_others_is_no_series() {
        let even: Vec<(i64, u32)> = (0..60).map(|i| (i64::from(i) * Micros::DAY * 5 / 3, i)).collect();
        assert!(series(&even).accounts.is_empty());
    }

    #[test]
    fn domains_of_the_same_nights_are_one_hands() {
        let hours = |n: i64| n * 3600 * Micros::SECOND;
        let of = |shifts: [i64; 2]| {
            let [a, b] = [series(&nights(0, hours(shifts[0]))), series(&nights(100, hours(shifts[1])))];
            join_sittings(&[a, b], DOMAIN).len()
        };
        assert_eq!((of([0, 1]), of([0, 11])), (1, 2));
    }

    #[test]
    fn strangers_have_no_payment_in_common() {
        let seven: Vec<(i64, u32)> = nights(0, 0)[1..8].to_vec();
        assert!(full_stretches(&seven, &all(), DOMAIN).accounts.is_empty());
        let found = full_stretches(&seven, &all(), PAYMENT);
        assert_eq!(found.accounts, [1, 2, 3, 4, 5, 6, 7]);
        let later = full_stretches(&nights(100, Micros::DAY / 8)[1..8], &all(), PAYMENT);
        assert_eq!(join_sittings(&[found, later], PAYMENT).len(), 1, "one hand pays with several");
        let months: Vec<(i64, u32)> = (0..7).map(|i| (i64::from(i) * 14 * Micros::DAY, i)).collect();
        assert!(full_stretches(&months, &all(), PAYMENT).accounts.is_empty(), "a customer that grows");
    }

    /// Series where so many of 640 accounts, which sign up three hours apart, do so within half an hour besides.
    fn bursts(within: usize) -> Vec<Vec<u32>> {
        let name = |i: usize| format!("account {i:03}");
        let exchange = |i| Exchange { event_id: name(i), account_id: name(i), ..Exchange::default() };
        let created = |i: usize| match i < within {
            true => 40 * Micros::DAY + i as i64 * 100 * Micros::SECOND,
            false => i as i64 * Micros::DAY / 8,
        };
        let known =
            |i| Account { account_id: name(i), created_at: Some(Micros(created(i))), ..Account::default() };
        let lake = folded(&(0..640).map(exchange).collect::<Vec<_>>());
        let side = SideTables { accounts: (0..640).map(known).collect(), models: Vec::new() };
        sign_up_series(&View::new(&lake, &side, Window::default()))
    }

    #[test]
    fn a_burst_of_sign_ups_is_more_than_twice_the_usual_would_give_in_a_hundred_logs() {
        assert!(bursts(0).is_empty());
        assert!(bursts(7).is_empty(), "too few for a series");
        let burst: Vec<u32> = (0..18).collect();
        let found = bursts(18);
        assert!(found.iter().any(|s| burst.iter().all(|a| s.contains(a)) && s.len() < 24), "{found:?}");
    }
}
