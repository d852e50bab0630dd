//! Clusters that only a wording tells which its bundle hides: they are judged once the others are, and only where those
//! leave most of their members unnamed and did not show them. A sentence that several operations say would tell them as
//! one.

use rayon::iter::{IntoParallelIterator, ParallelExtend, ParallelIterator};
use vigie_graph::Graph;

use crate::assemble::Judged;
use crate::cluster::{Cluster, ClusterOptions, Index, distinct, gather, settled};
use crate::verdict::{accused, union};

/// The clusters that hidden seeds make beside what was judged already. O((seeds + judged) · members), and what settling
/// takes for seeds that are mostly unnamed.
pub(crate) fn beside(
    index: &Index<'_>,
    graph: &Graph,
    mut seeds: Vec<Vec<u32>>,
    judged: &[Judged],
    options: &ClusterOptions,
) -> Vec<Cluster> {
    let campaigns = Campaigns::of(judged);
    seeds.retain(|seed| campaigns.leave(seed, options.accounts_min).is_some());
    let left = |cluster| campaigns.part(cluster, options.accounts_min);
    let mut found: Vec<Cluster> =
        tried(index, graph, unlike(seeds), options).into_iter().filter_map(left).collect();
    found.retain(|cluster| !judged.iter().any(|group| !accused(group) && shows(group, &cluster.members)));
    found
}

/// What seeds settle into, and the seeds as they are: of a relay's accounts with one exchange each, settling leaves those
/// few that share more than the wording. Largest first.
pub(crate) fn tried(
    index: &Index<'_>,
    graph: &Graph,
    seeds: Vec<Vec<u32>>,
    options: &ClusterOptions,
) -> Vec<Cluster> {
    let mut found = settled(index, graph, &seeds, options);
    found.par_extend(seeds.into_par_iter().map(|seed| gather(index, seed, options)));
    distinct(found)
}

/// Part of a group that nearly all of a cluster must make up for the group to show it.
const SHOWN: f64 = 0.3;

/// Whether a group shows a cluster: the cluster is in there and makes up a fair part of it, so that whoever judged the
/// group judged this with it. A handful of a class is no campaign for being picked from it by a wording.
fn shows(group: &Judged, members: &[u32]) -> bool {
    let both = inside(members, &group.cluster.members) as f64;
    both >= ALIKE * members.len() as f64 && both >= SHOWN * group.cluster.members.len() as f64
}

/// Part of a seed's accounts from which on a smaller one is nearly the same.
const ALIKE: f64 = 0.8;

/// The seeds without those that are nearly a larger one. O(seeds² · accounts).
pub(crate) fn unlike(mut seeds: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    seeds.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    let mut unlike: Vec<Vec<u32>> = Vec::new();
    for seed in seeds {
        let alike = |other: &Vec<u32>| inside(&seed, other) as f64 >= ALIKE * other.len() as f64;
        if !unlike.iter().any(alike) {
            unlike.push(seed);
        }
    }
    unlike
}

/// What is accused.
struct Campaigns<'j> {
    each: Vec<&'j [u32]>,
    /// All their members, sorted.
    named: Vec<u32>,
}

impl<'j> Campaigns<'j> {
    fn of(judged: &'j [Judged]) -> Self {
        let each: Vec<&[u32]> =
            judged.iter().filter(|j| accused(j)).map(|j| &j.cluster.members[..]).collect();
        Self { named: union(each.iter().copied()), each }
    }

    /// How many of these nobody names, where that is half of them and no fewer than a cluster needs.
    fn leave(&self, members: &[u32], accounts_min: usize) -> Option<usize> {
        let unnamed = members.len() - inside(members, &self.named);
        (unnamed >= accounts_min && unnamed * 2 >= members.len()).then_some(unnamed)
    }

    /// The unnamed of a cluster that is mostly unnamed, with each campaign that is mostly inside and smaller than half of
    /// them, for it is a piece. Who is in any other campaign stays there.
    fn part(&self, cluster: Cluster, accounts_min: usize) -> Option<Cluster> {
        let unnamed = self.leave(&cluster.members, accounts_min)?;
        let apart = |campaign: &&&[u32]| {
            let inside = inside(&cluster.members, campaign);
            inside > 0 && (inside * 2 < campaign.len() || campaign.len() * 2 >= unnamed)
        };
        let others = union(self.each.iter().filter(apart).copied());
        let stays: Vec<bool> = cluster.members.iter().map(|a| others.binary_search(a).is_err()).collect();
        Some(cluster.keep(&stays))
    }
}

/// How many members are among others, which are sorted.
fn inside(members: &[u32], of: &[u32]) -> usize {
    members.iter().filter(|a| of.binary_search(a).is_ok()).count()
}

#[cfg(test)]
mod tests {
    use vigie_model::{Exchange, Micros, Severity};

    use super::{Campaigns, beside, shows, unlike};
    use crate::assemble::Judged;
    use crate::cluster::gather;
    use crate::pipeline::cluster;
    use crate::staged::{Staged, folded, staged};
    use crate::{Quiet, Settings, SideTables, Window};

    #[test]
    fn who_is_named_stays_where_he_is_unless_his_campaign_is_a_piece() {
        staged(|Staged { bench, campaigns, options, .. }| {
            let (one, other) = (&campaigns[0], &campaigns[1]);
            let members = &one.cluster.members;
            let judged = |of: &Judged, n: usize| {
                let stays: Vec<bool> = (0..of.cluster.members.len()).map(|i| i < n).collect();
                Judged { judgement: of.judgement.clone(), ..bench.look(of.cluster.clone().keep(&stays)) }
            };
            let left = |members: &[u32], judged: &[Judged]| {
                let hidden = gather(bench.index, members.to_vec(), options);
                Campaigns::of(judged).part(hidden, 5).map(|cluster| cluster.members)
            };
            assert_eq!(left(members, &[]).as_ref(), Some(members), "nobody is named");
            assert_eq!(left(members, &[judged(one, members.len())]), None, "all are named");
            assert_eq!(left(members, &[judged(one, 3)]).as_ref(), Some(members), "a piece is a part of it");
            let mut both = [&members[..], &other.cluster.members[..2]].concat();
            both.sort_unstable();
            let beside_other = left(&both, &[judged(other, other.cluster.members.len())]);
            assert_eq!(beside_other.as_ref(), Some(members), "two of another campaign stay there");
        });
    }

    #[test]
    fn what_makes_up_a_fair_part_of_a_group_was_judged_with_it() {
        staged(|Staged { bench, campaigns, options, .. }| {
            let all = &campaigns[0].cluster.members;
            let group = bench.look(gather(bench.index, all.clone(), options));
            let part = |n: usize| all.iter().copied().take(n).collect::<Vec<u32>>();
            assert!(shows(&group, &part(all.len())) && shows(&group, &part(all.len() / 3)));
            assert!(!shows(&group, &part(all.len() / 4)), "what is a small part hides");
            let others = &campaigns[1].cluster.members;
            let mut both = [&all[..], &others[..(all.len() / 2).min(others.len())]].concat();
            both.sort_unstable();
            assert!(!shows(&group, &both), "what reaches beyond it is another");
            let tried = |judged: &[Judged]| {
                beside(bench.index, bench.graph, vec![part(all.len() / 2)], judged, options)
            };
            let mut cleared = group;
            cleared.judgement.severity = Severity::None;
            assert!(!tried(&[]).is_empty() && tried(&[cleared]).is_empty());
        });
    }

    #[test]
    fn of_seeds_that_are_nearly_the_same_the_largest_stays() {
        let seed = |from: u32, to: u32| (from..to).collect::<Vec<u32>>();
        let seeds = unlike(vec![seed(0, 8), seed(0, 10), seed(5, 15), seed(0, 10)]);
        assert_eq!(seeds, [seed(0, 10), seed(5, 15)]);
    }

    #[test]
    fn a_wording_is_found_though_its_sentences_are_many_peoples() {
        let openings = [
            "paint the seven lanterns by the northern harbour wall before the evening ferry leaves for",
            "count every copper kettle that the travelling merchant left behind when winter came to",
            "describe how the old clockmaker winds his tower while pigeons watch from the roof of",
            "list those gardens where the blue thistle grows taller than the fence around it near",
        ];
        let exchange = |account: usize, i: usize, prompt: String| Exchange {
            event_id: format!("{account}-{i}"),
            account_id: format!("account {account:03}"),
            timestamp: Micros((account * 100 + i) as i64 * 1_000_000),
            prompt: Some(prompt),
            ..Exchange::default()
        };
        let of = |account: usize| -> Vec<Exchange> {
            // Eight accounts say the first, sixteen the second, 32 the third, 64 the last.
            let said = (0..4).filter(move |k| account < 8 << k);
            let prompts = said.flat_map(|k| (0..4).map(move |q| (k, q))).map(|(k, q)| {
                let question = ["amber", "birch", "cedar", "dogwood"][q];
                format!("{} {question} {}", openings[k], ["maple", "rowan", "alder"][account % 3])
            });
            let own = std::iter::once(format!("what is good about the number {} in words", account * 7));
            prompts.chain(own).enumerate().map(|(i, prompt)| exchange(account, i, prompt)).collect()
        };
        let lake = folded(&(0..640).flat_map(of).collect::<Vec<_>>());
        let settings = Settings::default();
        cluster(&lake, &SideTables::default(), Window::default(), &settings, &Quiet, |found| {
            let first: Vec<u32> = (0..8).collect();
            assert!(found.clusters.iter().all(|c| c.members != first), "its bundle hides it");
            assert!(found.hidden.contains(&first), "{:?}", found.hidden);
        });
    }
}
