//! What detectors may know of a cluster, counted from its slice and set beside matched groups.

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_detectors::{Content, Facts, History, Identity, LabelShares, Origin, Rhythm, Size};
use vigie_graph::stats::{median, poisson_tail};
use vigie_model::{Account, AccountStatus, Micros, known_labels};

use crate::cluster::{Cluster, Index};
use crate::framing::Framing;
use crate::habits::{Habits, Ways};
use crate::matched::{Draws, Match, Pool, contrast, cross_similarity, means};
use crate::population::Population;
use crate::profile::{MARKS, Profile};
use crate::rows::{Flags, Rows};
use crate::slice::Slice;

/// Matched groups per cluster.
const GROUPS: usize = 499;

/// Counts one cluster. O(rows of the members + groups · members).
pub(crate) fn facts(
    index: &Index<'_>,
    population: &Population,
    pool: &Pool,
    cluster: &Cluster,
    slice: &Slice,
    seed: u64,
) -> Facts {
    let view = index.view;
    let profile = |(&a, rows): (&u32, &Vec<usize>)| {
        let first = view.ranges[a as usize].start;
        let single = &population.singles[a as usize];
        let mut profile = Profile::default();
        for &row in rows {
            profile.add(&view.lake.rows, row, view.span, single[row - first]);
        }
        profile
    };
    let profiles: Vec<Profile> = cluster.members.par_iter().zip(&slice.rows).map(profile).collect();
    let mut facts = Facts {
        size: size(index, cluster, slice),
        content: content(index, population, slice, &profiles),
        origin: origin(index, population, slice),
        identity: identity(index, population, cluster),
        history: history(index, population, cluster, slice),
        rhythm: Rhythm::default(),
        chance: 0.0,
    };
    let starts = slice.rows.iter().filter_map(|r| r.first()).map(|&r| view.lake.rows.time[r]);
    facts.rhythm.common_start.observed = common_start(starts, view.span);
    facts.rhythm.release_turn = release_turn(index, population, slice);
    contrasts(
        &mut facts,
        index,
        population,
        pool,
        (&profiles, &slice.rows),
        // Keyed by name: an account's number hangs on who else is in the log.
        Draws::new(seed, vigie_fold::hash_text(&view.lake.accounts[cluster.members[0] as usize])),
    );
    facts.chance = p_value(&facts);
    facts
}

fn size(index: &Index<'_>, cluster: &Cluster, slice: &Slice) -> Size {
    let view = index.view;
    let counts: Vec<f64> = slice.rows.iter().map(|r| r.len() as f64).collect();
    let shares: Vec<f64> = cluster
        .members
        .iter()
        .zip(&counts)
        .map(|(&a, n)| n / f64::from(view.exchanges[a as usize].max(1)))
        .collect();
    let times = || slice.rows.iter().flatten().map(|&r| view.lake.rows.time[r]);
    let span = times().max().unwrap_or(0) - times().min().unwrap_or(0);
    Size {
        accounts: cluster.members.len(),
        slice: slice.len(),
        share: median(&shares),
        per_account: median(&counts),
        evenness: contrast(-spread(counts.iter().map(|n| (1.0 + n).ln())), &[]),
        days: span as f64 / Micros::DAY as f64,
    }
}

/// Standard deviation; of ln(1 + n), how unevenly accounts are used.
fn spread(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let mean = mean(logs.clone());
    let (sum, n) = logs.fold((0.0, 0usize), |(sum, n), x| (sum + (x - mean).powi(2), n + 1));
    (sum / n.max(1) as f64).sqrt()
}

fn content(index: &Index<'_>, population: &Population, slice: &Slice, profiles: &[Profile]) -> Content {
    let framing = Framing::of(index.view.lake, &slice.rows);
    let rows = &index.view.lake.rows;
    let total = slice.len().max(1) as f64;
    let mut asked: FxHashMap<u64, (u32, bool, u32)> = FxHashMap::default();
    let mut templates: FxHashMap<u64, u32> = FxHashMap::default();
    let (mut words, mut output, mut refused, mut logprobs, mut text) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for &row in slice.rows.iter().flatten() {
        let flags = rows.flags[row];
        refused += f64::from(u8::from(flags.has(Flags::REFUSED)));
        logprobs += f64::from(u8::from(flags.has(Flags::LOGPROBS)));
        output += f64::from(rows.output_tokens[row]);
        if !flags.has(Flags::HAS_TEXT) {
            continue;
        }
        text += 1.0;
        words += f64::from(rows.words[row]);
        let seen = asked.entry(rows.exact[row]).or_insert((rows.account[row], false, 0));
        seen.1 |= seen.0 != rows.account[row];
        seen.2 += 1;
        *templates.entry(rows.template[row]).or_default() += 1;
    }
    let overlapping: u32 = asked.values().filter(|s| s.1).map(|s| s.2).sum();
    Content {
        seen: text / total,
        overlap: f64::from(overlapping) / text.max(1.0),
        distinct: asked.len() as f64 / text.max(1.0),
        wrapped: slice.wrapped as f64 / total,
        top_template: f64::from(templates.values().copied().max().unwrap_or(0)) / text.max(1.0),
        words: words / text.max(1.0),
        output_ratio: if population.output_tokens > 0.0 {
            output / total / population.output_tokens
        } else {
            1.0
        },
        reframed: framing.reworded,
        frame_changes: framing.changes,
        refused: refused / total,
        logprobs: logprobs / total,
        marks: (0..MARKS).map(|m| contrast(mean(profiles.iter().map(|p| p.mark_share(m))), &[])).collect(),
        ..Content::default()
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0usize), |(s, n), x| (s + x, n + 1));
    sum / n.max(1) as f64
}

/// Sets the statistics of the slice beside those of matched groups.
fn contrasts(
    facts: &mut Facts,
    index: &Index<'_>,
    population: &Population,
    pool: &Pool,
    (slice, rows): (&[Profile], &[Vec<usize>]),
    mut draws: Draws,
) {
    let members: Vec<(u32, bool)> =
        slice.iter().filter(|p| p.exchanges > 0).map(|p| (p.exchanges, p.single_share() >= 0.85)).collect();
    // Groups side by side, since a large cluster is often the only one that is looked at.
    let over = |groups: &[Vec<u32>], f: &(dyn Fn(&[u32]) -> f64 + Sync)| -> Vec<f64> {
        groups.par_iter().map(|g| f(g)).collect()
    };
    fn place<const N: usize>(measured: &[[f64; N]], at: usize) -> Vec<f64> {
        measured.iter().map(|m| m[at]).collect()
    }
    let used: Vec<&Profile> = slice.iter().filter(|p| p.exchanges > 0).collect();

    let trade = pool.groups(&members, Match::Trade, GROUPS, &mut draws);
    let embeddings: Vec<_> = used.iter().map(|p| p.mean_embedding()).collect();
    let null = over(&trade, &|g| cross_similarity(g.iter().map(|&a| &population.embeddings[a as usize])));
    facts.content.similarity = contrast(cross_similarity(embeddings.iter()), &null);
    let activity: Vec<_> = used.iter().map(|p| p.activity()).collect();
    let null = over(&trade, &|g| cross_similarity(g.iter().map(|&a| &population.activities[a as usize])));
    facts.rhythm.synchrony = contrast(cross_similarity(activity.iter()), &null);
    let null = means(&trade, &population.marks);
    for m in 0..MARKS {
        facts.content.marks[m] = contrast(facts.content.marks[m].observed, &place(&null, m));
    }

    let like = pool.groups(&members, Match::Activity, GROUPS, &mut draws);
    let null = means(&like, &population.habits);
    facts.rhythm.flatness = contrast(mean(used.iter().map(|p| p.flatness())), &place(&null, 0));
    facts.content.single_turn = contrast(mean(used.iter().map(|p| p.single_share())), &place(&null, 1));

    let null = over(&like, &|g| {
        common_start(g.iter().filter_map(|&a| population.first[a as usize]), index.view.span)
    });
    facts.rhythm.common_start = contrast(facts.rhythm.common_start.observed, &null);

    let ways: Vec<Habits> = rows
        .par_iter()
        .filter(|r| !r.is_empty())
        .map(|r| Habits::of(&index.view.lake.rows, &r.iter().copied()))
        .collect();
    let everyone: Vec<u32> = (0..ways.len() as u32).collect();
    let observed = Ways::new(&ways).measure(&[everyone])[0];
    let null = population.ways.measure(&like);
    let beside = |m: usize| {
        let told: Vec<f64> = place(&null, m).into_iter().filter(|x| x.is_finite()).collect();
        contrast(observed[m], &told)
    };
    facts.origin.one_client = beside(0);
    facts.origin.one_setting = beside(1);
    facts.origin.one_model = beside(2);
    facts.origin.loyalty = beside(3);

    let anyone = pool.groups(&members, Match::Anyone, GROUPS, &mut draws);
    let null = over(&anyone, &|g| -spread(g.iter().map(|&a| population.log_exchanges[a as usize])));
    facts.size.evenness = contrast(facts.size.evenness.observed, &null);
    let null = over(&anyone, &|g| sign_up_day(population, g).0);
    facts.history.sign_up_day_expected = if null.is_empty() { 0.0 } else { median(&null) };
}

/// Share of the starts that lie in the densest tenth of the log.
fn common_start(starts: impl Iterator<Item = i64>, (first, end): (i64, i64)) -> f64 {
    let mut starts: Vec<i64> = starts.collect();
    starts.sort_unstable();
    densest(&starts, (end - first) / 10) as f64 / starts.len().max(1) as f64
}

/// Most of the sorted moments that fit into one stretch of `width`.
fn densest(sorted: &[i64], width: i64) -> usize {
    let mut from = 0;
    let mut most = 0;
    for to in 0..sorted.len() {
        while sorted[to] - sorted[from] > width {
            from += 1;
        }
        most = most.max(to + 1 - from);
    }
    most
}

/// Days after a release that still count as turning to it.
const RELEASE_DAYS: i64 = 3;

/// Share of the slice, after a release that it lived to see, that goes to the new model in the first days; beside the
/// population's share in the same days. The release that shows the largest difference counts.
fn release_turn(index: &Index<'_>, population: &Population, slice: &Slice) -> vigie_detectors::Contrast {
    let rows = &index.view.lake.rows;
    let mut best = vigie_detectors::Contrast { observed: 0.0, expected: 0.0, p: 1.0 };
    for release in &population.releases {
        let within = |row: usize| (0..RELEASE_DAYS * Micros::DAY).contains(&(rows.time[row] - release.at));
        let (mut new, mut all) = (0.0, 0.0);
        for &row in slice.rows.iter().flatten().filter(|&&r| within(r)) {
            all += 1.0;
            new += f64::from(u8::from(rows.model[row] == release.model));
        }
        if all >= 20.0 && new / all - release.share > best.observed - best.expected {
            best = vigie_detectors::Contrast { observed: new / all, expected: release.share, p: 1.0 };
        }
    }
    best
}

fn origin(index: &Index<'_>, population: &Population, slice: &Slice) -> Origin {
    let rows = &index.view.lake.rows;
    let total = slice.len().max(1) as f64;
    let address = Shared::count(rows, slice, |r| rows.address[r]);
    let network = Shared::count(rows, slice, |r| rows.network[r]);
    let settings = Shared::count(rows, slice, |r| rows.settings[r]);
    let seen = address.seen.max(network.seen);
    let users: FxHashSet<u32> = address
        .by_value
        .iter()
        .filter(|(_, u)| u.shared)
        .flat_map(|(a, _)| population.address_users.get(a).map_or(&[][..], |v| v.as_slice()))
        .copied()
        .collect();
    let members: FxHashSet<u32> = slice.rows.iter().flatten().map(|&r| rows.account[r]).collect();
    let inside = users.iter().filter(|u| members.contains(u)).count();
    let (top, top_count) = settings.top();
    Origin {
        seen: seen / total,
        top_address: address.top().1 / seen.max(1.0),
        top_network: network.top().1 / network.seen.max(1.0),
        shared_address: address.shared / address.seen.max(1.0),
        shared_network: network.shared / network.seen.max(1.0),
        address_purity: if users.is_empty() { 0.0 } else { inside as f64 / users.len() as f64 },
        top_settings: top_count / settings.seen.max(1.0),
        settings_purity: top_count
            / population.settings.get(&top).map_or(f64::INFINITY, |&n| f64::from(n)).max(1.0),
        ..Origin::default()
    }
}

struct Use {
    exchanges: u32,
    account: u32,
    shared: bool,
}

/// How a column's values spread over the members.
struct Shared {
    by_value: FxHashMap<u64, Use>,
    seen: f64,
    shared: f64,
}

impl Shared {
    fn count(rows: &Rows, slice: &Slice, value: impl Fn(usize) -> u64) -> Self {
        let mut by_value: FxHashMap<u64, Use> = FxHashMap::default();
        let mut seen = 0.0;
        for &row in slice.rows.iter().flatten() {
            let value = value(row);
            if value != 0 {
                seen += 1.0;
                let used = by_value.entry(value).or_insert(Use {
                    exchanges: 0,
                    account: rows.account[row],
                    shared: false,
                });
                used.exchanges += 1;
                used.shared |= used.account != rows.account[row];
            }
        }
        let shared = by_value.values().filter(|u| u.shared).map(|u| f64::from(u.exchanges)).sum();
        Self { by_value, seen, shared }
    }

    /// The commonest value and its exchanges.
    fn top(&self) -> (u64, f64) {
        let top = self.by_value.iter().max_by_key(|(v, u)| (u.exchanges, **v));
        top.map_or((0, 0.0), |(&v, u)| (v, f64::from(u.exchanges)))
    }
}

fn identity(index: &Index<'_>, population: &Population, cluster: &Cluster) -> Identity {
    let view = index.view;
    let size = cluster.members.len().max(1) as f64;
    let known: Vec<&Account> = cluster.members.iter().filter_map(|&a| view.known[a as usize]).collect();
    let share = |f: &dyn Fn(&Account) -> bool| known.iter().filter(|a| f(a)).count() as f64 / size;
    let mut orgs: FxHashMap<u64, u32> = FxHashMap::default();
    cluster
        .members
        .iter()
        .map(|&a| view.organisation(a as usize))
        .filter(|&o| o != 0)
        .for_each(|o| *orgs.entry(o).or_default() += 1);
    let mut domains: FxHashMap<&str, u32> = FxHashMap::default();
    let mut payments: FxHashMap<&str, u32> = FxHashMap::default();
    for account in &known {
        if let Some(domain) = account.email_domain.as_deref() {
            *domains.entry(domain).or_default() += 1;
        }
        if let Some(payment) = account.payment_fingerprint.as_deref() {
            *payments.entry(payment).or_default() += 1;
        }
    }
    let (domain, with_domain) =
        domains.iter().map(|(d, n)| (*d, *n)).max_by_key(|&(d, n)| (n, d)).unwrap_or(("", 0));
    let failed = mean(known.iter().filter_map(|a| a.failed_payments).map(|n| n as f64));
    Identity {
        known: known.len() as f64 / size,
        top_org: f64::from(orgs.values().copied().max().unwrap_or(0)) / size,
        orgs_apart: orgs.values().filter(|&&n| n == 1).count() as f64 / size,
        declared: f64::from(orgs.values().filter(|&&n| n >= 3).sum::<u32>()) / size,
        top_domain: f64::from(with_domain) / size,
        domain_purity: f64::from(with_domain)
            / population.domains.get(domain).map_or(1.0, |&n| f64::from(n)).max(1.0),
        academic: share(&|a| a.email_domain.as_deref().is_some_and(academic)),
        shared_payment: f64::from(payments.values().filter(|&&n| n > 1).sum::<u32>()) / size,
        top_payment: f64::from(payments.values().copied().max().unwrap_or(0)) / size,
        paying: f64::from(payments.values().sum::<u32>()) / size,
        failed_payments_ratio: if population.failed_payments > 0.0 {
            failed / population.failed_payments
        } else {
            1.0
        },
        verified: share(&|a| a.verified == Some(true)),
        verified_expected: population.verified,
        stopped: share(&stopped),
        stopped_expected: population.stopped,
        labels: LabelShares {
            licensed_reseller: share(&|a| a.has_label(known_labels::LICENSED_RESELLER)),
            verified_researcher: share(&|a| a.has_label(known_labels::VERIFIED_RESEARCHER)),
            own_model_distillation: share(&|a| a.has_label(known_labels::OWN_MODEL_DISTILLATION)),
            internal: share(&|a| a.has_label(known_labels::INTERNAL)),
        },
    }
}

pub(crate) fn stopped(account: &Account) -> bool {
    matches!(account.status, Some(AccountStatus::Suspended | AccountStatus::Banned))
}

/// Top-level and second-level domains that schools and universities hold in many countries.
fn academic(domain: &str) -> bool {
    let mut labels = domain.rsplit('.');
    let (top, second) = (labels.next().unwrap_or(""), labels.next().unwrap_or(""));
    top == "edu"
        || (top.len() == 2 && matches!(second, "edu" | "ac" | "sch"))
        || domain.starts_with("univ")
        || domain.contains(".uni-")
        || domain.starts_with("uni-")
}

/// Share of the accounts with a known sign-up that signed up in the densest day, and how many have one.
fn sign_up_day(population: &Population, members: &[u32]) -> (f64, usize) {
    let mut created: Vec<i64> = members.iter().filter_map(|&a| population.created[a as usize]).collect();
    created.sort_unstable();
    let day =
        if created.len() < 3 { 0.0 } else { densest(&created, Micros::DAY) as f64 / created.len() as f64 };
    (day, created.len())
}

fn history(index: &Index<'_>, population: &Population, cluster: &Cluster, slice: &Slice) -> History {
    let view = index.view;
    let size = cluster.members.len().max(1) as f64;
    let (day, seen) = sign_up_day(population, &cluster.members);
    let ages: Vec<f64> = cluster
        .members
        .iter()
        .filter_map(|&a| {
            let created = view.known[a as usize]?.created_at?;
            let first = view.ranges[a as usize].start;
            Some((view.lake.rows.time[first] - created.0) as f64 / Micros::DAY as f64)
        })
        .collect();
    let taken = |a: &&u32| population.takeovers[**a as usize].is_some();
    let probed = |a: &&u32| population.takeovers[**a as usize].is_some_and(|t| t.probed);
    History {
        seen: seen as f64 / size,
        sign_up_day: day,
        sign_up_day_expected: 0.0,
        serial: cluster.members.iter().filter(|&&a| population.serial[a as usize]).count() as f64 / size,
        serial_expected: population.serial_share,
        age_at_first_use_days: if ages.is_empty() { f64::NAN } else { median(&ages) },
        hand_overs: hand_overs(index, cluster, slice),
        taken_over: cluster.members.iter().filter(taken).count() as f64 / size,
        taken_over_expected: population.taken_over,
        probed: cluster.members.iter().filter(probed).count() as f64 / size,
    }
}

/// Members whose part began within three days after a stopped member's ended.
fn hand_overs(index: &Index<'_>, cluster: &Cluster, slice: &Slice) -> usize {
    let view = index.view;
    let span =
        |rows: &[usize]| Some((view.lake.rows.time[*rows.first()?], view.lake.rows.time[*rows.last()?]));
    let members = || cluster.members.iter().zip(&slice.rows);
    let ends: Vec<i64> = members()
        .filter(|(a, _)| view.known[**a as usize].is_some_and(stopped))
        .filter_map(|(_, rows)| span(rows).map(|s| s.1))
        .collect();
    let takes_up = |first: i64| ends.iter().any(|&end| (0..3 * Micros::DAY).contains(&(first - end)));
    members().filter(|(_, rows)| span(rows).is_some_and(|s| takes_up(s.0))).count()
}

/// Simes' combination over the cluster's tests against matched groups: valid under positive dependence.
fn p_value(facts: &Facts) -> f64 {
    let count = (facts.history.taken_over * facts.size.accounts as f64).round() as u64;
    let mut p = [
        facts.content.similarity.p,
        facts.content.single_turn.p,
        facts.rhythm.synchrony.p,
        facts.rhythm.common_start.p,
        facts.rhythm.flatness.p,
        facts.size.evenness.p,
        poisson_tail(count, facts.history.taken_over_expected * facts.size.accounts as f64),
    ];
    p.sort_unstable_by(f64::total_cmp);
    let k = p.len() as f64;
    p.iter().enumerate().map(|(i, p)| p * k / (i + 1) as f64).fold(1.0, f64::min)
}
