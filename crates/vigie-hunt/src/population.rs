//! What the whole population of a window looks like: the yardstick of every cluster.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::FxHashMap;
use vigie_model::Micros;

use crate::facts::stopped;
use crate::habits::{Habits, Ways};
use crate::intrusion::{Intrusions, Takeover};
use crate::matched::cross_similarity;
use crate::member::Spreads;
use crate::owners::owners;
use crate::profile::{MARKS, Profile, STRETCHES, profiles, singles};
use crate::rows::DIMS;
use crate::series::sign_up_series;
use crate::view::View;

/// How the population took to a model in the first days after its release.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Release {
    pub(crate) model: u64,
    /// Microseconds since the epoch.
    pub(crate) at: i64,
    /// Share of all exchanges in the first three days.
    pub(crate) share: f64,
}

/// Sums over everybody.
pub(crate) struct Population {
    pub(crate) profiles: Vec<Profile>,
    /// Which rows of every account stay alone.
    pub(crate) singles: Vec<Vec<bool>>,
    pub(crate) embeddings: Vec<[f32; DIMS]>,
    pub(crate) activities: Vec<[f32; STRETCHES]>,
    /// Share of each account's exchanges with each mark.
    pub(crate) marks: Vec<[f64; MARKS]>,
    /// Flatness of each account's hours and share of its exchanges that stay alone.
    pub(crate) habits: Vec<[f64; 2]>,
    /// How each account works.
    pub(crate) ways: Ways,
    /// ln(1 + exchanges) of each account.
    pub(crate) log_exchanges: Vec<f64>,
    /// When each account signed up, where that is known.
    pub(crate) created: Vec<Option<i64>>,
    /// First moment of each account in the window.
    pub(crate) first: Vec<Option<i64>>,
    /// Where everybody lies on the scales that members are compared on.
    pub(crate) spreads: Spreads,
    /// Mean cosine between exchanges of different accounts.
    pub(crate) similarity: f64,
    /// Mean output tokens per exchange.
    pub(crate) output_tokens: f64,
    pub(crate) releases: Vec<Release>,
    /// The [owner](owners) of each account; 0 where it stands alone.
    pub(crate) owners: Vec<u64>,
    /// Accounts by e-mail domain.
    pub(crate) domains: FxHashMap<String, u32>,
    pub(crate) failed_payments: f64,
    pub(crate) verified: f64,
    pub(crate) stopped: f64,
    /// Accounts per believable address, each once.
    pub(crate) address_users: FxHashMap<u64, Vec<u32>>,
    /// Exchanges per client and request settings.
    pub(crate) settings: FxHashMap<u64, u32>,
    /// Sign-up series.
    pub(crate) series: Vec<Vec<u32>>,
    /// Whether each account is of a series.
    pub(crate) serial: Vec<bool>,
    /// Share of the accounts that are.
    pub(crate) serial_share: f64,
    /// Per account.
    pub(crate) takeovers: Vec<Option<Takeover>>,
    /// Victims of one way of trying keys.
    pub(crate) rings: Vec<Vec<u32>>,
    pub(crate) taken_over: f64,
}

impl Population {
    /// Counts everybody once. O(rows).
    pub(crate) fn new(view: &View<'_>) -> Self {
        let singles = singles(view);
        let profiles = profiles(view, &singles);
        let Intrusions { takeovers, rings } = Intrusions::new(view);
        let series = sign_up_series(view);
        let mut serial = vec![false; view.accounts()];
        series.iter().flatten().for_each(|&a| serial[a as usize] = true);
        let people = view.population.max(1) as f64;
        let known =
            || view.known.iter().zip(&view.exchanges).filter(|(_, n)| **n > 0).filter_map(|(k, _)| *k);
        let known_count = known().count().max(1) as f64;
        let mut domains: FxHashMap<String, u32> = FxHashMap::default();
        known().filter_map(|k| k.email_domain.clone()).for_each(|d| *domains.entry(d).or_default() += 1);
        let output: u64 = profiles.iter().map(|p| p.output_tokens).sum();
        let rows = &view.lake.rows;
        let (address_users, settings) = rayon::join(|| address_users(view), || settings(view));
        let embeddings: Vec<[f32; DIMS]> = profiles.par_iter().map(Profile::mean_embedding).collect();
        let ways = Ways::new(&view.ranges.par_iter().map(|r| Habits::of(rows, r)).collect::<Vec<_>>());
        let log_exchanges: Vec<f64> = profiles.iter().map(|p| (1.0 + f64::from(p.exchanges)).ln()).collect();
        let spreads = Spreads::new(view, &log_exchanges, &ways);
        let active = embeddings.iter().zip(&view.exchanges).filter(|(_, n)| **n > 0).map(|(e, _)| e);
        Self {
            similarity: cross_similarity(active),
            created: view.known.iter().map(|k| Some((*k)?.created_at?.0)).collect(),
            first: view.ranges.iter().map(|r| (!r.is_empty()).then(|| rows.time[r.start])).collect(),
            embeddings,
            marks: profiles.par_iter().map(|p| std::array::from_fn(|m| p.mark_share(m))).collect(),
            habits: profiles.par_iter().map(|p| [p.flatness(), p.single_share()]).collect(),
            ways,
            spreads,
            log_exchanges,
            activities: profiles.par_iter().map(Profile::activity).collect(),
            output_tokens: output as f64 / view.rows.max(1) as f64,
            releases: releases(view),
            failed_payments: known().filter_map(|k| k.failed_payments).sum::<i64>() as f64 / known_count,
            verified: known().filter(|k| k.verified == Some(true)).count() as f64 / known_count,
            stopped: known().filter(|k| stopped(k)).count() as f64 / known_count,
            owners: owners(view),
            address_users,
            settings,
            taken_over: takeovers.iter().filter(|t| t.is_some()).count() as f64 / people,
            serial_share: serial.iter().filter(|&&s| s).count() as f64 / people,
            serial,
            series,
            takeovers,
            rings,
            domains,
            profiles,
            singles,
        }
    }
}

fn releases(view: &View<'_>) -> Vec<Release> {
    let rows = &view.lake.rows;
    let inside = view.releases.iter().filter(|(_, at)| (view.span.0 - Micros::DAY..view.span.1).contains(at));
    inside
        .map(|&(model, at)| {
            let within = |row: &usize| (0..3 * Micros::DAY).contains(&(rows.time[*row] - at));
            let (new, all) = view
                .ranges
                .par_iter()
                .map(|range| {
                    let rows_in = range.clone().filter(within);
                    rows_in.fold((0u64, 0u64), |(n, t), row| (n + u64::from(rows.model[row] == model), t + 1))
                })
                .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
            Release { model, at, share: new as f64 / all.max(1) as f64 }
        })
        .collect()
}

fn address_users(view: &View<'_>) -> FxHashMap<u64, Vec<u32>> {
    let mut users: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    for (account, range) in view.ranges.iter().enumerate() {
        for row in range.clone() {
            let address = view.lake.rows.address[row];
            if address != 0 {
                let list = users.entry(address).or_default();
                if list.last() != Some(&(account as u32)) {
                    list.push(account as u32);
                }
            }
        }
    }
    users
}

fn settings(view: &View<'_>) -> FxHashMap<u64, u32> {
    let mut count: FxHashMap<u64, u32> = FxHashMap::default();
    for row in view.ranges.iter().flat_map(Clone::clone) {
        *count.entry(view.lake.rows.settings[row]).or_default() += 1;
    }
    count
}
