//! Extended B-cubed: how well groups match networks when an account may belong to several of both.
//!
//! Source: Amigó, Gonzalo, Artiles, Verdejo, "A comparison of extrinsic clustering evaluation metrics based on
//! formal constraints", Information Retrieval 12 (2009), §6. For accounts a and b (a = b included),
//! multiplicity precision = min(|G(a)∩G(b)|, |N(a)∩N(b)|) / |G(a)∩G(b)| where they share a group, multiplicity recall the
//! same over |N(a)∩N(b)| where they share a network; B-cubed averages over b, then over a.
//!
//! Accounts: those of a malicious network and those accused. A missed account is in no group (its recall is 0, it
//! has no precision); a wrongly accused one is in no network (its precision is 0, it has no recall).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::found::Found;
use super::truth::Truth;

/// Extended B-cubed over accounts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BCubed {
    /// Mean over accused accounts; absent when nobody was accused.
    pub precision: Option<f64>,
    /// Mean over accounts of malicious networks; absent without any.
    pub recall: Option<f64>,
    /// Harmonic mean of the two; 0 when nobody was accused but somebody should have been.
    pub f1: Option<f64>,
    /// Accounts that were compared.
    pub accounts: u64,
}

/// Groups and networks of one account, ascending. Accounts with the same signature are interchangeable, which makes
/// the sum over pairs of accounts a short sum over pairs of signatures.
type Signature = (Vec<u32>, Vec<u32>);

pub fn b_cubed(truth: &Truth, found: &Found) -> BCubed {
    let signatures = signatures(truth, found);
    let accounts = signatures.values().sum();
    let list: Vec<(&Signature, u64)> = signatures.iter().map(|(s, &count)| (s, count)).collect();
    let precision = mean_over(&list, |s| &s.0, |s| &s.1);
    let recall = mean_over(&list, |s| &s.1, |s| &s.0);
    let f1 = match (precision, recall) {
        (Some(p), Some(r)) if p + r > 0.0 => Some(2.0 * p * r / (p + r)),
        (None, None) => None,
        _ => Some(0.0),
    };
    BCubed { precision, recall, f1, accounts }
}

fn signatures(truth: &Truth, found: &Found) -> BTreeMap<Signature, u64> {
    let mut groups_of: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    for (group, found) in found.accusing().enumerate() {
        for (account, _) in &found.members {
            let groups = groups_of.entry(account).or_default();
            // A member listed twice is one member.
            if groups.last() != Some(&(group as u32)) {
                groups.push(group as u32);
            }
        }
    }
    let mut signatures = BTreeMap::new();
    for account in 0..truth.accounts_len() as u32 {
        let networks: Vec<u32> = truth.malicious_networks_of(account).collect();
        let groups = groups_of.remove(truth.account_id(account)).unwrap_or_default();
        if !networks.is_empty() || !groups.is_empty() {
            *signatures.entry((groups, networks)).or_insert(0) += 1;
        }
    }
    // Accused accounts that the truth does not know.
    for groups in groups_of.into_values() {
        *signatures.entry((groups, Vec::new())).or_insert(0) += 1;
    }
    signatures
}

/// Mean over accounts with a non-empty `own` side of the mean multiplicity ratio against `other`.
fn mean_over<'a>(
    list: &[(&'a Signature, u64)],
    own: impl Fn(&'a Signature) -> &'a Vec<u32>,
    other: impl Fn(&'a Signature) -> &'a Vec<u32>,
) -> Option<f64> {
    let mut holders: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for (i, (signature, _)) in list.iter().enumerate() {
        for &id in own(signature) {
            holders.entry(id).or_default().push(i);
        }
    }
    let (mut sum, mut accounts) = (0.0, 0_u64);
    for (signature, count) in list {
        let mine = own(signature);
        if mine.is_empty() {
            continue;
        }
        let mut near: Vec<usize> = mine.iter().flat_map(|id| &holders[id]).copied().collect();
        near.sort_unstable();
        near.dedup();
        let (mut ratio, mut pairs) = (0.0, 0_u64);
        for i in near {
            let (peer, peers) = list[i];
            let shared = common(mine, own(peer));
            let agreed = common(other(signature), other(peer)).min(shared);
            ratio += agreed as f64 / shared as f64 * peers as f64;
            pairs += peers;
        }
        sum += ratio / pairs as f64 * *count as f64;
        accounts += count;
    }
    (accounts > 0).then(|| sum / accounts as f64)
}

/// Size of the intersection of two ascending lists.
fn common(a: &[u32], b: &[u32]) -> usize {
    a.iter().filter(|id| b.binary_search(id).is_ok()).count()
}

#[cfg(test)]
mod tests {
    use super::b_cubed;
    use crate::score::found::{Found, FoundGroup};
    use crate::score::truth::{Truth, TruthAccount};

    fn truth(networks: &[&[&str]]) -> Truth {
        let names: Vec<String> = (0..networks.len()).map(|i| format!("n{i}")).collect();
        let parts: Vec<_> = names.iter().map(|n| (n.as_str(), "signup-farm", true)).collect();
        let mut rows: Vec<TruthAccount> = Vec::new();
        for (name, members) in names.iter().zip(networks) {
            rows.extend(members.iter().map(|id| TruthAccount {
                account_id: (*id).to_owned(),
                network_id: Some(name.clone()),
                mixed: false,
            }));
        }
        Truth::from_parts(&parts, &rows)
    }

    fn found(groups: &[&[&str]]) -> Found {
        let group = |members: &&[&str]| FoundGroup {
            accuses: true,
            members: members.iter().map(|id| ((*id).to_owned(), 1.0)).collect(),
            ..FoundGroup::default()
        };
        Found { groups: groups.iter().map(group).collect(), ..Found::default() }
    }

    fn figures(networks: &[&[&str]], groups: &[&[&str]]) -> (f64, f64) {
        let figures = b_cubed(&truth(networks), &found(groups));
        (figures.precision.unwrap_or(f64::NAN), figures.recall.unwrap_or(f64::NAN))
    }

    #[test]
    fn the_truth_itself_is_perfect_with_overlap_too() {
        let networks: &[&[&str]] = &[&["a", "b", "c"], &["c", "d"]];
        assert_eq!(figures(networks, networks), (1.0, 1.0));
    }

    #[test]
    fn splitting_costs_recall_and_merging_costs_precision() {
        assert_eq!(figures(&[&["a", "b", "c", "d"]], &[&["a", "b"], &["c", "d"]]), (1.0, 0.5));
        assert_eq!(figures(&[&["a", "b"], &["c", "d"]], &[&["a", "b", "c", "d"]]), (0.5, 1.0));
    }

    #[test]
    fn a_group_found_twice_costs_precision_as_multiplicity_demands() {
        // Two copies of the network: each pair shares two groups but one network.
        assert_eq!(figures(&[&["a", "b"]], &[&["a", "b"], &["a", "b"]]), (0.5, 1.0));
    }

    #[test]
    fn missed_accounts_cost_recall_only_and_innocent_ones_precision_only() {
        // a, b found of a–d: a and b see half of their peers, c and d nobody.
        assert_eq!(figures(&[&["a", "b", "c", "d"]], &[&["a", "b"]]), (1.0, 0.25));
        // x is honest: pairs of a and b are right with each other and themselves, wrong with x; x is all wrong.
        let (precision, recall) = figures(&[&["a", "b"]], &[&["a", "b", "x"]]);
        assert!((precision - (2.0 / 3.0 + 2.0 / 3.0) / 3.0).abs() < 1e-12);
        assert_eq!(recall, 1.0);
    }

    #[test]
    fn nobody_accused_is_zero_and_nothing_to_find_is_absent() {
        assert_eq!(b_cubed(&truth(&[&["a", "b"]]), &found(&[])).f1, Some(0.0));
        assert_eq!(b_cubed(&truth(&[]), &found(&[])).f1, None);
    }
}
