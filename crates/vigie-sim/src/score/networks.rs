//! Networks: which were recovered, how pure the campaigns are, and which innocents were accused.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::found::Found;
use super::truth::{Truth, TruthNetwork};

/// From this Jaccard similarity of members on, a campaign is a network found again.
pub const RECOVERED_JACCARD: f64 = 0.5;

/// Networks of this size are large enough that every one must be recovered.
pub const LARGE_ACCOUNTS: u64 = 20;

/// What became of one malicious network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkRow {
    /// Its id.
    pub network_id: String,
    /// Its pattern, as the world's author calls it.
    pub archetype: String,
    /// Its accounts.
    pub accounts: u64,
    /// The campaign that matches it best, where any shares a member.
    pub campaign_id: Option<String>,
    /// The kind of that campaign.
    pub kind: Option<String>,
    /// Whether that kind is the archetype.
    pub kind_is_right: bool,
    /// Jaccard similarity of the members; 0 without a campaign.
    pub jaccard: f64,
    /// Share of the network's accounts that any campaign accuses.
    pub accused: f64,
    /// Whether the similarity reaches [`RECOVERED_JACCARD`].
    pub recovered: bool,
}

/// Networks of one archetype together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArchetypeRow {
    /// The archetype.
    pub archetype: String,
    /// Its networks.
    pub networks: u64,
    /// Those recovered.
    pub recovered: u64,
    /// Those recovered under the right kind.
    pub kind_is_right: u64,
    /// Accounts in them.
    pub accounts: u64,
    /// Share of those that is accused.
    pub recall: f64,
}

/// How much of what campaigns hold belongs together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Purity {
    /// Accusing campaigns.
    pub campaigns: u64,
    /// Groups that were found and judged innocent.
    pub judged_innocent: u64,
    /// Share of memberships that fall to the campaign's commonest malicious network; absent without campaigns.
    pub weighted: Option<f64>,
    /// Mean of the same share over campaigns.
    pub mean: Option<f64>,
    /// Accusing campaigns without any malicious account.
    pub empty_handed: u64,
}

/// Innocent look-alikes of one archetype.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LookAlikeRow {
    /// The archetype.
    pub archetype: String,
    /// Its networks.
    pub networks: u64,
    /// Networks with any member accused.
    pub any_accused: u64,
    /// Networks with at least a fifth of their members accused.
    pub fifth_accused: u64,
    /// Accounts in them.
    pub accounts: u64,
    /// Accounts in them that are accused and in no malicious network.
    pub accused: u64,
}

/// Who was wrongly accused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Innocents {
    /// By archetype of look-alike.
    pub look_alikes: Vec<LookAlikeRow>,
    /// Accused accounts of no network at all, unknown ones among them.
    pub others_accused: u64,
}

/// Accusing groups as indices of the truth's accounts; accounts that the truth does not know count by number only.
struct Groups<'a> {
    ids: Vec<(&'a str, &'a str)>,
    members: Vec<Vec<u32>>,
    sizes: Vec<u64>,
    of_account: FxHashMap<u32, Vec<usize>>,
}

impl<'a> Groups<'a> {
    fn new(truth: &Truth, found: &'a Found) -> Self {
        let mut groups = Self {
            ids: Vec::new(),
            members: Vec::new(),
            sizes: Vec::new(),
            of_account: FxHashMap::default(),
        };
        for (i, group) in found.accusing().enumerate() {
            let names: FxHashSet<&str> = group.members.iter().map(|(id, _)| id.as_str()).collect();
            let mut members: Vec<u32> = names.iter().filter_map(|id| truth.account(id)).collect();
            members.sort_unstable();
            for &account in &members {
                groups.of_account.entry(account).or_default().push(i);
            }
            groups.ids.push((&group.campaign_id, &group.kind));
            groups.members.push(members);
            groups.sizes.push(names.len() as u64);
        }
        groups
    }

    fn best_match(&self, members: &[u32]) -> Option<(usize, f64)> {
        let mut shared: BTreeMap<usize, u64> = BTreeMap::new();
        for &group in members.iter().filter_map(|a| self.of_account.get(a)).flatten() {
            *shared.entry(group).or_insert(0) += 1;
        }
        let jaccard =
            |group: usize, both: u64| both as f64 / (self.sizes[group] + members.len() as u64 - both) as f64;
        // The first of equals, so that the answer does not depend on chance.
        shared.into_iter().map(|(group, both)| (group, jaccard(group, both))).fold(None, |best, next| {
            match best {
                Some((_, jaccard)) if jaccard >= next.1 => best,
                _ => Some(next),
            }
        })
    }
}

/// Jaccard similarity of the best accusing campaign with a set of accounts; 0 when none shares a member. `members`
/// must be distinct.
pub fn best_jaccard(truth: &Truth, found: &Found, members: &[u32]) -> f64 {
    Groups::new(truth, found).best_match(members).map_or(0.0, |(_, jaccard)| jaccard)
}

/// The best similarities for many sets at once.
pub fn best_jaccards<'m>(truth: &Truth, found: &Found, sets: impl Iterator<Item = &'m [u32]>) -> Vec<f64> {
    let groups = Groups::new(truth, found);
    sets.map(|members| groups.best_match(members).map_or(0.0, |(_, jaccard)| jaccard)).collect()
}

pub fn network_rows(truth: &Truth, found: &Found) -> Vec<NetworkRow> {
    let groups = Groups::new(truth, found);
    let row = |network: &TruthNetwork| {
        let best = groups.best_match(&network.members);
        let accused = network.members.iter().filter(|a| groups.of_account.contains_key(a)).count();
        let kind = best.map(|(group, _)| groups.ids[group].1);
        let jaccard = best.map_or(0.0, |(_, jaccard)| jaccard);
        NetworkRow {
            network_id: network.network_id.clone(),
            archetype: network.archetype.clone(),
            accounts: network.members.len() as u64,
            campaign_id: best.map(|(group, _)| groups.ids[group].0.to_owned()),
            kind: kind.map(str::to_owned),
            kind_is_right: kind.is_some_and(|kind| is_kind(&network.archetype, kind)),
            jaccard,
            accused: share(accused as u64, network.members.len() as u64),
            recovered: jaccard >= RECOVERED_JACCARD,
        }
    };
    let mut rows: Vec<NetworkRow> = truth.networks().iter().filter(|n| n.malicious).map(row).collect();
    rows.sort_by(|a, b| {
        (&a.archetype, b.accounts, &a.network_id).cmp(&(&b.archetype, a.accounts, &b.network_id))
    });
    rows
}

/// A world may know flavours of a kind: `shared-playbook-scam` and `shared-playbook/scam` are `shared-playbook`.
fn is_kind(archetype: &str, kind: &str) -> bool {
    archetype
        .strip_prefix(kind)
        .is_some_and(|flavour| flavour.is_empty() || flavour.starts_with(['-', '/', ':', '.']))
}

pub fn archetype_rows(networks: &[NetworkRow]) -> Vec<ArchetypeRow> {
    let mut rows: BTreeMap<&str, (u64, u64, u64, u64, f64)> = BTreeMap::new();
    for network in networks {
        let row = rows.entry(&network.archetype).or_default();
        row.0 += 1;
        row.1 += u64::from(network.recovered);
        row.2 += u64::from(network.recovered && network.kind_is_right);
        row.3 += network.accounts;
        row.4 += network.accused * network.accounts as f64;
    }
    rows.into_iter()
        .map(|(archetype, (networks, recovered, kind_is_right, accounts, accused))| ArchetypeRow {
            archetype: archetype.to_owned(),
            networks,
            recovered,
            kind_is_right,
            accounts,
            recall: if accounts == 0 { 0.0 } else { accused / accounts as f64 },
        })
        .collect()
}

pub fn purity(truth: &Truth, found: &Found) -> Purity {
    let groups = Groups::new(truth, found);
    let (mut main, mut all, mut shares, mut empty_handed) = (0, 0, 0.0, 0);
    for (members, &size) in groups.members.iter().zip(&groups.sizes) {
        let mut counts: FxHashMap<u32, u64> = FxHashMap::default();
        for network in members.iter().flat_map(|&a| truth.malicious_networks_of(a)) {
            *counts.entry(network).or_insert(0) += 1;
        }
        let commonest = counts.into_values().max().unwrap_or(0);
        empty_handed += u64::from(commonest == 0);
        main += commonest;
        all += size;
        shares += share(commonest, size);
    }
    let campaigns = groups.sizes.len() as u64;
    Purity {
        campaigns,
        judged_innocent: found.groups.len() as u64 - campaigns,
        weighted: (all > 0).then(|| share(main, all)),
        mean: (campaigns > 0).then(|| shares / campaigns as f64),
        empty_handed,
    }
}

pub fn innocents(truth: &Truth, found: &Found) -> Innocents {
    let accused = found.accused();
    let known: FxHashSet<u32> = accused.iter().filter_map(|(id, _)| truth.account(id)).collect();
    let unknown = accused.len() - known.len();
    let wrongly: FxHashSet<u32> = known.into_iter().filter(|&a| !truth.is_malicious(a)).collect();
    let mut rows: BTreeMap<&str, LookAlikeRow> = BTreeMap::new();
    for network in truth.networks().iter().filter(|n| !n.malicious) {
        let count = network.members.iter().filter(|a| wrongly.contains(a)).count() as u64;
        let size = network.members.len() as u64;
        let row = rows.entry(&network.archetype).or_insert_with(|| LookAlikeRow {
            archetype: network.archetype.clone(),
            networks: 0,
            any_accused: 0,
            fifth_accused: 0,
            accounts: 0,
            accused: 0,
        });
        row.networks += 1;
        row.any_accused += u64::from(count > 0);
        row.fifth_accused += u64::from(count > 0 && 5 * count >= size);
        row.accounts += size;
        row.accused += count;
    }
    let others = wrongly.iter().filter(|&&a| truth.networks_of(a).is_empty()).count();
    Innocents { look_alikes: rows.into_values().collect(), others_accused: (others + unknown) as u64 }
}

fn share(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

#[cfg(test)]
mod tests {
    use super::is_kind;

    #[test]
    fn flavours_of_a_kind_are_that_kind() {
        assert!(is_kind("shared-playbook", "shared-playbook"));
        assert!(is_kind("shared-playbook-scam", "shared-playbook"));
        assert!(!is_kind("shared-playbooks", "shared-playbook"));
        assert!(!is_kind("signup-farm", "shared-playbook"));
    }
}
