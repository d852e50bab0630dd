//! How system prompts are used: a program sends one, in a few versions; who hides behind paraphrase sends another each
//! time, and still says the same.

use rustc_hash::FxHashMap;

use crate::lake::Lake;

/// Statistics over some exchanges of several accounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Framing {
    /// Share of the exchanges under a system prompt that says in partly other words what another account's says.
    pub(crate) reworded: f64,
    /// Chance that two exchanges of one account that carry a system prompt carry different ones, averaged over accounts
    /// with two; 0 where there is none.
    pub(crate) changes: f64,
}

/// Who says a phrase.
struct Borne {
    account: u32,
    system: u64,
    by_others: bool,
    in_others: bool,
}

impl Framing {
    /// Counts the rows of each account. O(phrases of the rows).
    pub(crate) fn of(lake: &Lake, accounts: &[Vec<usize>]) -> Self {
        let rows = &lake.rows;
        let framed =
            || accounts.iter().flatten().map(|&row| (row, rows.system[row])).filter(|(_, s)| *s != 0);
        let phrases =
            |system: u64| lake.system_phrases.get(&system).into_iter().flatten().filter(|p| **p != 0);
        let mut borne: FxHashMap<u64, Borne> = FxHashMap::default();
        for (row, system) in framed() {
            let account = rows.account[row];
            for &phrase in phrases(system) {
                let first = Borne { account, system, by_others: false, in_others: false };
                let seen = borne.entry(phrase).or_insert(first);
                seen.by_others |= seen.account != account;
                seen.in_others |= seen.system != system;
            }
        }
        let reworded =
            |(_, system): &(usize, u64)| phrases(*system).any(|p| borne[p].by_others && borne[p].in_others);
        let all: usize = accounts.iter().map(Vec::len).sum();
        let changes: Vec<f64> = accounts.iter().filter_map(|own| changes(&rows.system, own)).collect();
        Self {
            reworded: framed().filter(reworded).count() as f64 / all.max(1) as f64,
            changes: changes.iter().sum::<f64>() / changes.len().max(1) as f64,
        }
    }
}

/// Chance that two rows of one account carry different system prompts; none where not two carry one.
fn changes(systems: &[u64], own: &[usize]) -> Option<f64> {
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    own.iter().map(|&row| systems[row]).filter(|s| *s != 0).for_each(|s| *counts.entry(s).or_default() += 1);
    let all: f64 = counts.values().map(|&n| f64::from(n)).sum();
    let pairs: f64 = counts.values().map(|&n| f64::from(n) * (f64::from(n) - 1.0)).sum();
    (all >= 2.0).then(|| 1.0 - pairs / (all * (all - 1.0)))
}

#[cfg(test)]
mod tests {
    use vigie_model::{Exchange, Micros};

    use super::Framing;
    use crate::staged::folded;

    /// Two accounts, each with one exchange a system prompt.
    fn framing(systems: [&[&str]; 2]) -> Framing {
        let exchange = |account: usize, i: usize, system: &str| Exchange {
            event_id: format!("{account}-{i}"),
            account_id: format!("account {account}"),
            timestamp: Micros(i as i64),
            system_prompt: (!system.is_empty()).then(|| system.to_owned()),
            ..Exchange::default()
        };
        let of = |account: usize| {
            systems[account].iter().enumerate().map(move |(i, system)| exchange(account, i, system))
        };
        let lake = folded(&(0..2).flat_map(of).collect::<Vec<_>>());
        let rows: Vec<Vec<usize>> = (0..2).map(|a| (lake.starts[a]..lake.starts[a + 1]).collect()).collect();
        Framing::of(&lake, &rows)
    }

    const PLAIN: &str =
        "Walk through the logic from premise to conclusion. Take care of the task at the end.";
    const OTHER: &str = "Walk through the logic from premise to conclusion. Solve the problem stated below.";
    const THIRD: &str = "Take care of the task at the end. List first what is known about it.";

    #[test]
    fn one_program_says_the_same_each_time() {
        assert_eq!(framing([&[PLAIN; 3], &[PLAIN; 3]]), Framing { reworded: 0.0, changes: 0.0 });
        let own = framing([&[PLAIN; 3], &["You help people to cook what is in their fridge today."; 3]]);
        assert_eq!(own, Framing { reworded: 0.0, changes: 0.0 });
        assert_eq!(framing([&["", ""], &[""]]), Framing { reworded: 0.0, changes: 0.0 });
    }

    #[test]
    fn paraphrase_says_the_same_in_other_words() {
        let found = framing([&[PLAIN, THIRD], &[OTHER, ""]]);
        assert!((found.reworded - 0.5).abs() < 1e-12, "{found:?}");
        assert!((found.changes - 1.0).abs() < 1e-12, "{found:?}");
    }
}
