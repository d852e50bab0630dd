//! Connected components over shared addresses and payments.
//!
//! Source: practice; airdrop hunters (Hop, Arbitrum) and star-fraud hunters name every large component. Faithful: two
//! accounts that share an object are one component, and components of a minimal size are accused. Adapted: objects
//! that more accounts share than a cap are left out (those hunters keep lists of exchanges and contracts for the same
//! end), and a component that holds more than a tenth of all accounts is taken for the hairball that it is. Accounts
//! rank by the size of their component.

use rustc_hash::FxHashMap;
use vigie_graph::UnionFind;

use super::Verdict;
use crate::digest::Digest;

/// Components of this size are accused.
const ACCOUNTS_MIN: usize = 5;

/// Which objects join accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joins {
    Address,
    Payment,
    Both,
}

/// Runs every choice of objects and caps.
pub fn run(digest: &Digest) -> Vec<Verdict> {
    let addresses = holders(digest.rows().iter().filter(|r| r.address != 0).map(|r| (r.address, r.account)));
    let payments =
        holders(digest.indices().map(|a| (digest.payments[a as usize], a)).filter(|(p, _)| *p != 0));
    let mut verdicts = Vec::new();
    for (joins, name) in
        [(Joins::Address, "address"), (Joins::Payment, "payment"), (Joins::Both, "address or payment")]
    {
        for cap in [5, 20, 100, 1_000] {
            let mut objects: Vec<&Vec<u32>> = Vec::new();
            if joins != Joins::Payment {
                objects.extend(&addresses);
            }
            if joins != Joins::Address {
                objects.extend(&payments);
            }
            let setting = format!("{name}, objects of at most {cap} accounts");
            verdicts.push(components(digest.len(), &objects, cap, setting));
        }
    }
    verdicts
}

fn components(accounts: usize, objects: &[&Vec<u32>], cap: usize, setting: String) -> Verdict {
    let mut sets = UnionFind::new(accounts);
    for members in objects.iter().filter(|m| m.len() <= cap) {
        for pair in members.windows(2) {
            sets.union(pair[0], pair[1]);
        }
    }
    let groups: Vec<Vec<u32>> = sets.groups(2).into_iter().filter(|g| 10 * g.len() <= accounts).collect();
    let scores = groups.iter().flat_map(|g| g.iter().map(|&a| (a, g.len() as f64))).collect();
    Verdict { setting, scores, groups: groups.into_iter().filter(|g| g.len() >= ACCOUNTS_MIN).collect() }
}

/// The distinct accounts of every object that at least two share.
fn holders(touches: impl Iterator<Item = (u64, u32)>) -> Vec<Vec<u32>> {
    let mut of: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    for (object, account) in touches {
        let accounts = of.entry(object).or_default();
        // Rows come by account, so that an account's touches of an object stand together.
        if accounts.last() != Some(&account) {
            accounts.push(account);
        }
    }
    let mut shared: Vec<Vec<u32>> = of.into_values().filter(|a| a.len() > 1).collect();
    shared.sort_unstable();
    shared
}

#[cfg(test)]
mod tests {
    use crate::digest::tests::digest;

    #[test]
    fn shared_addresses_and_payments_chain_up() {
        let names: Vec<String> = (0..60).map(|i| format!("a{i:02}")).collect();
        // a0–a3 in a chain of addresses, a4 joined by payment, the rest alone.
        let own: Vec<String> = (0..60).map(|i| format!("10.0.0.{i}")).collect();
        let mut rows: Vec<_> =
            names.iter().zip(&own).map(|(n, address)| (n.as_str(), 0, address.as_str(), "p")).collect();
        for i in 1..4 {
            rows.push((names[i].as_str(), 1, own[i - 1].as_str(), "p"));
        }
        let digest = digest(&rows, &[("a03", "card"), ("a04", "card")]);
        let verdicts = super::run(&digest);
        let groups =
            |setting: &str| verdicts.iter().find(|v| v.setting.starts_with(setting)).unwrap().groups.clone();
        assert_eq!(groups("address or payment, objects of at most 5"), [vec![0, 1, 2, 3, 4]]);
        assert!(groups("address, objects of at most 5").is_empty());
    }
}
