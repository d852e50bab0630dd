//! Wordings that one program says: of a relay's accounts each puts a question or two of a job into its wording, too few
//! for an account by itself to show anything. Together they show that no question comes twice and that all come with the
//! same model and parameters, while whoever shares a wording by accident shares neither. The same goes for a network that
//! accounts come through with a question or two, and are elsewhere at home: where nothing is worded alike, the relay still
//! asks in one way.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use rustc_hash::{FxHashMap, FxHashSet};
use vigie_graph::stats::poisson_tail;

use crate::cluster::{ClusterOptions, Index};
use crate::seeds::holders_max;
use crate::touch::{ObjectKind, content_objects, origin_objects};

/// Fewest accounts of a wording.
const HOLDERS_MIN: usize = 8;
/// Part of the accounts whose questions must be different.
const DIFFERENT: f64 = 0.9;
/// Part of the accounts that must ask in one way.
const ONE_WAY: f64 = 0.5;
/// Chance, at most, that so many ask in one way by accident; there are many wordings.
const CHANCE: f64 = 1e-9;

/// The model and the parameters of an exchange.
type Way = (u64, u64);

/// How one account says a wording.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    motif: u32,
    account: u32,
    /// Of the first exchange that bears it.
    way: Way,
    /// Hash of that exchange's whole prompt.
    prompt: u64,
}

/// Accounts that put different questions into one wording and ask in one way, more of them than everybody's ways explain.
/// O(rows · wordings of a row).
pub(crate) fn one_way(index: &Index<'_>, options: &ClusterOptions) -> Vec<Vec<u32>> {
    let most = holders_max(index);
    let least = options.accounts_min.max(HOLDERS_MIN);
    let mut wordings: FxHashMap<u64, u32> = FxHashMap::default();
    for (object, &motif) in index.motifs.motif_of.iter().enumerate() {
        let kind = ObjectKind::from_code(index.objects.kind(object));
        if tells(kind) && (least..=most).contains(&index.motifs.holders(motif).len()) {
            wordings.insert(index.objects.id(object), motif);
        }
    }
    let (mut said, ways) = said(index, &wordings);
    said.par_sort_unstable();
    let together: Vec<&[Said]> = said.chunk_by(|x, y| x.motif == y.motif).collect();
    let share = |way: &Way| ways.get(way).copied().unwrap_or(0.0);
    together.into_par_iter().filter_map(|said| of_one_program(said, least, share)).collect()
}

/// Whether an object is what may stand around different questions: words, or the network they come through.
fn tells(kind: ObjectKind) -> bool {
    matches!(
        kind,
        ObjectKind::Opening6
            | ObjectKind::Opening12
            | ObjectKind::Ending
            | ObjectKind::Phrase
            | ObjectKind::Network
    )
}

/// How every account says each wording, and the share of each way in what an account asks, averaged over accounts.
fn said(index: &Index<'_>, wordings: &FxHashMap<u64, u32>) -> (Vec<Said>, FxHashMap<Way, f64>) {
    let rows = &index.view.lake.rows;
    let of = |account: u32| -> (Vec<Said>, FxHashMap<Way, u32>) {
        let (mut said, mut ways): (FxHashMap<u32, Said>, FxHashMap<Way, u32>) = Default::default();
        let own = index.view.ranges[account as usize].clone();
        let mut from: FxHashMap<u64, usize> = FxHashMap::default();
        own.clone().for_each(|row| *from.entry(rows.network[row]).or_default() += 1);
        for row in own.clone() {
            let way = (rows.model[row], rows.parameters[row]);
            *ways.entry(way).or_default() += 1;
            let mut see = |kind: ObjectKind, hash| {
                if tells(kind)
                    && let Some(&motif) = wordings.get(&kind.object(hash))
                {
                    said.entry(motif).or_insert(Said { motif, account, way, prompt: rows.exact[row] });
                }
            };
            content_objects(rows, row, &mut see);
            // Who is at home in a network says nothing of a relay.
            if from[&rows.network[row]] * 2 < own.len() {
                origin_objects(rows, row, &mut see);
            }
        }
        (said.into_values().collect(), ways)
    };
    let each: Vec<(Vec<Said>, FxHashMap<Way, u32>)> =
        (0..index.view.accounts() as u32).into_par_iter().map(of).collect();
    let population = index.view.population.max(1) as f64;
    let mut shares: FxHashMap<Way, f64> = FxHashMap::default();
    for (account, (_, ways)) in each.iter().enumerate() {
        let own = f64::from(index.view.exchanges[account].max(1)) * population;
        ways.iter().for_each(|(&way, &n)| *shares.entry(way).or_default() += f64::from(n) / own);
    }
    (each.into_iter().flat_map(|(said, _)| said).collect(), shares)
}

/// The accounts of one wording that ask in its commonest way, where one program says it. `said` is sorted.
fn of_one_program(said: &[Said], least: usize, share: impl Fn(&Way) -> f64) -> Option<Vec<u32>> {
    let mut by_way: FxHashMap<Way, Vec<&Said>> = FxHashMap::default();
    said.iter().for_each(|s| by_way.entry(s.way).or_default().push(s));
    let (way, same) = by_way.into_iter().max_by_key(|(way, same)| (same.len(), *way))?;
    let prompts: FxHashSet<u64> = same.iter().map(|s| s.prompt).collect();
    let (all, same_way) = (said.len() as f64, same.len() as f64);
    let one_program = same.len() >= least
        && same_way >= ONE_WAY * all
        && prompts.len() as f64 >= DIFFERENT * same_way
        && poisson_tail(same.len() as u64, share(&way) * all) <= CHANCE;
    one_program.then(|| same.iter().map(|s| s.account).collect())
}

#[cfg(test)]
mod tests {
    use vigie_model::{Exchange, Micros};

    use crate::pipeline::cluster;
    use crate::staged::folded;
    use crate::{Quiet, Settings, SideTables, Window};

    use super::one_way;

    const WORDS: [&str; 12] = [
        "lanterns", "kettles", "pigeons", "thistles", "harbours", "anchors", "orchards", "ladders",
        "violins", "glaciers", "saddles", "mirrors",
    ];

    /// Seeds where twelve of 640 accounts each ask one thing in one wording.
    fn seeds(question: impl Fn(usize) -> String, model: impl Fn(usize) -> String) -> Vec<Vec<u32>> {
        let exchange = |account: usize, i: usize, model: String, prompt: String| Exchange {
            event_id: format!("{account}-{i}"),
            account_id: format!("account {account:03}"),
            timestamp: Micros((account * 100 + i) as i64 * 1_000_000),
            request_model: Some(model),
            prompt: Some(prompt),
            ..Exchange::default()
        };
        let of = |account: usize| {
            let own = format!("what is good about the {} of {account}", WORDS[account % 12]);
            let job = (account < 12).then(|| {
                let prompt = format!(
                    "rate the following passage by how much it would please a tired reader of the evening news {}",
                    question(account)
                );
                exchange(account, 1, model(account), prompt)
            });
            std::iter::once(exchange(account, 0, format!("model {}", account % 5), own)).chain(job)
        };
        let lake = folded(&(0..640).flat_map(of).collect::<Vec<_>>());
        let settings = Settings::default();
        cluster(&lake, &SideTables::default(), Window::default(), &settings, &Quiet, |found| {
            one_way(found.index, &found.cutting)
        })
    }

    #[test]
    fn one_program_asks_each_account_something_else_in_one_way() {
        let different = |account: usize| format!("{} {}", WORDS[account], WORDS[(account * 5 + 1) % 12]);
        let program = |_| "model nine".to_owned();
        let twelve: Vec<u32> = (0..12).collect();
        assert!(seeds(different, program).contains(&twelve));
        assert!(seeds(|_| "lanterns".to_owned(), program).is_empty(), "a popular question");
        let strangers = seeds(different, |account| format!("model {}", account % 5));
        assert!(strangers.is_empty(), "{strangers:?}");
    }

    #[test]
    fn six_words_are_enough_and_what_everybody_did_once_is_still_a_rare_way() {
        let word = |account: usize, n: usize| {
            format!("{}{}", WORDS[(account + 3 * n) % 12], WORDS[(account * 5 + n + account / 12) % 12])
        };
        let exchange = |account: usize, i: usize, model: &str, prompt: String| Exchange {
            event_id: format!("{account}-{i}"),
            account_id: format!("account {account:03}"),
            timestamp: Micros((account * 100 + i) as i64 * 1_000_000),
            request_model: Some(model.to_owned()),
            prompt: Some(prompt),
            ..Exchange::default()
        };
        let of = |account: usize| {
            let own = (0..10).map(move |i| {
                let model = if i == 0 { "model nine" } else { "model one" };
                exchange(account, i, model, format!("what is good about {} today", word(account, i)))
            });
            let asked: Vec<String> = (0..9).map(|n| word(account, n)).collect();
            let prompt = format!("you weigh every passage with care {}", asked.join(" "));
            own.chain((account < 16).then(|| exchange(account, 10, "model nine", prompt)))
        };
        let lake = folded(&(0..640).flat_map(of).collect::<Vec<_>>());
        let settings = Settings::default();
        cluster(&lake, &SideTables::default(), Window::default(), &settings, &Quiet, |found| {
            let sixteen: Vec<u32> = (0..16).collect();
            let seeds = one_way(found.index, &found.cutting);
            assert!(seeds.contains(&sixteen), "{seeds:?}");
        });
    }

    #[test]
    fn a_network_that_one_program_comes_through_seeds_whatever_it_asks() {
        let seeds = |model: fn(usize) -> String, relayed: usize| {
            let exchange = |account: usize, i: usize| {
                let relayed = account < 16 && i < relayed;
                Exchange {
                    event_id: format!("{account}-{i}"),
                    account_id: format!("account {account:03}"),
                    timestamp: Micros((account * 100 + i) as i64 * 1_000_000),
                    request_model: Some(if relayed { model(account) } else { format!("model {}", i % 5) }),
                    client_address: Some(if relayed {
                        format!("203.0.113.{account}")
                    } else {
                        format!("10.{}.{}.7", account / 200, account % 200)
                    }),
                    client_address_trust: Some("peer".to_owned()),
                    prompt: Some(format!(
                        "{} {} {} {} of {account} and {i}",
                        WORDS[account % 12],
                        WORDS[(account / 12 + i) % 12],
                        WORDS[(account * 5 + i) % 12],
                        WORDS[(account * 7 + 3 * i) % 12]
                    )),
                    ..Exchange::default()
                }
            };
            let rows: Vec<Exchange> =
                (0..640).flat_map(|account| (0..8).map(move |i| exchange(account, i))).collect();
            let lake = folded(&rows);
            let settings = Settings::default();
            cluster(&lake, &SideTables::default(), Window::default(), &settings, &Quiet, |found| {
                one_way(found.index, &found.cutting)
            })
        };
        let sixteen: Vec<u32> = (0..16).collect();
        assert!(seeds(|_| "model nine".to_owned(), 1).contains(&sixteen));
        assert!(!seeds(|account| format!("model {}", account % 5), 1).contains(&sixteen), "people");
        assert!(!seeds(|_| "model nine".to_owned(), 8).contains(&sixteen), "an office");
    }
}
