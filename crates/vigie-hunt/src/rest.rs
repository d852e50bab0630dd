//! The rest of a slice: few of the exchanges that a campaign sends bear the same words. What became of the others is read
//! from how the slice was sent.

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::FxHashMap;
use vigie_model::Layer;

use crate::cluster::{Cluster, Index, Mark};
use crate::matched::cross_similarity;
use crate::population::Population;
use crate::profile::Profile;
use crate::rows::{DIMS, Rows};
use crate::slice::{Side, Slice, WHOLE_SHARE, all_rows, row_bears, widen};
use crate::touch::{ObjectKind, harness_objects};

/// Part of a slice's exchanges that must bear another mark of the cluster's for it to tell the slice.
const BORNE: f64 = 0.8;
/// Part of the members' traffic, or of what they send in one way, from which on a slice is not what a relay mixes into
/// its users' traffic but what they are for.
const MOSTLY: f64 = 0.5;
/// Part of its share of the rest that a way must have of the slice for what else is sent so to be the slice's.
const AS_COMMON: f64 = 0.5;
/// Part of the rest that must be sent as the slice is for both to be one hand's.
const ONE_HAND: f64 = 0.5;
/// How much more alike than everybody's traffic the rest must be from member to member for it to be one job's.
const ALIKE: f64 = 1.2;

/// How an exchange was sent: client, model and parameters.
type Way = (u64, u64, u64);

/// Exchanges of the slice and of the rest by the way they were sent in.
struct Hands {
    ways: FxHashMap<Way, [f64; 2]>,
    all: [f64; 2],
}

impl Hands {
    /// Counts the members' exchanges. O(rows of the members).
    fn new(index: &Index<'_>, cluster: &Cluster, slice: &Slice) -> Self {
        let mut hands = Self { ways: FxHashMap::default(), all: [0.0; 2] };
        for (&a, told) in cluster.members.iter().zip(&slice.rows) {
            for row in index.view.ranges[a as usize].clone() {
                let rest = usize::from(told.binary_search(&row).is_err());
                hands.ways.entry(way(&index.view.lake.rows, row)).or_default()[rest] += 1.0;
                hands.all[rest] += 1.0;
            }
        }
        hands
    }

    /// Shares of the slice and of the rest that were sent in a way.
    fn shares(&self, [told, rest]: [f64; 2]) -> [f64; 2] {
        [told / self.all[0].max(1.0), rest / self.all[1].max(1.0)]
    }

    /// Whether the slice is sent in this way not much more rarely than the rest.
    fn fits(&self, way: Way) -> bool {
        let [told, rest] = self.shares(self.ways.get(&way).copied().unwrap_or_default());
        told > 0.0 && told >= AS_COMMON * rest
    }

    /// Whether most of what is sent in this way is told, so that the rest of it belongs there, too.
    fn mostly_told(&self, way: Way) -> bool {
        self.ways.get(&way).is_some_and(|[told, rest]| *told >= MOSTLY * (told + rest))
    }

    /// The part that the ways of slice and rest have in common, 0 to 1: one less their total variation.
    fn in_common(&self) -> f64 {
        self.ways.values().map(|&n| self.shares(n)).map(|[told, rest]| told.min(rest)).sum()
    }
}

fn way(rows: &Rows, row: usize) -> Way {
    (rows.client[row], rows.model[row], rows.parameters[row])
}

/// Completes a slice that content told.
///
/// A relay's own questions come through its program, its users' through theirs. Where nearly all that is told came through
/// addresses of the cluster's own, or under its own system prompts or tools, so did the rest of what was sent in these
/// ways; so did what bears a system prompt or tools that are the cluster's own and that most members used. What hardly
/// anything that the members do goes without tells nothing. Where most of what comes in one way is told, so is the rest
/// of it.
///
/// A fleet has no users: what bears its words and what does not come from one hand, in the same ways. Where it is so, and
/// what is not told is alike from member to member, as no users' traffic is, or little of it is left, as cover is, the
/// slice is all that they do. So it is where most members do nothing else: a relay's users come to all of its accounts.
/// O(objects of the members' rows).
pub(crate) fn rest_of(
    index: &Index<'_>,
    population: &Population,
    cluster: &Cluster,
    mut slice: Slice,
) -> Slice {
    if !slice.by_content {
        return slice;
    }
    let everything: usize = cluster.members.iter().map(|&a| index.view.exchanges[a as usize] as usize).sum();
    let rows = &index.view.lake.rows;
    let size = cluster.members.len() as u32;
    let hands = Hands::new(index, cluster, &slice);
    if hands.in_common() >= ONE_HAND && alike(index, population, cluster, &slice) {
        return Slice { rows: all_rows(index, cluster), ..slice };
    }
    for (layer, most) in [(Layer::Infrastructure, false), (Layer::Harness, false), (Layer::Harness, true)] {
        let telling = |kind: ObjectKind| kind.layer() == layer && kind != ObjectKind::Network;
        // Single phrases of system prompts meet by accident, and among users of one trade often.
        let own = |m: &&Mark| {
            let kind = index.kind(m.motif);
            telling(kind) && (!(most || kind == ObjectKind::SystemPhrase) || m.members * 2 >= size)
        };
        let own = Side::of_marks(index, cluster.marks.iter().filter(own));
        let bears = |&row: &usize| {
            let mut best = 0.0f32;
            let mut weigh =
                |kind, hash| best = best.max(if telling(kind) { own.of(kind, hash) } else { 0.0 });
            match layer {
                Layer::Harness => harness_objects(index.view.lake, row, weigh),
                _ => weigh(ObjectKind::Address, rows.address[row]),
            }
            row_bears(best)
        };
        let of = |a: &u32| index.view.ranges[*a as usize].clone().filter(bears).collect();
        let borne: Vec<Vec<usize>> = cluster.members.par_iter().map(of).collect();
        let all: usize = borne.iter().map(Vec::len).sum();
        let inside = |(told, borne): (&Vec<usize>, &Vec<usize>)| {
            told.iter().filter(|row| borne.binary_search(row).is_ok()).count()
        };
        let both: usize = slice.rows.iter().zip(&borne).map(inside).sum();
        let told = most || both as f64 >= BORNE * slice.len() as f64;
        if told && (all as f64) < WHOLE_SHARE * everything as f64 {
            for (told, borne) in slice.rows.iter_mut().zip(borne) {
                told.extend(borne.into_iter().filter(|&row| hands.fits(way(rows, row))));
                told.sort_unstable();
                told.dedup();
            }
        }
    }
    let hands = Hands::new(index, cluster, &slice);
    for (&a, told) in cluster.members.iter().zip(&mut slice.rows) {
        told.extend(index.view.ranges[a as usize].clone().filter(|&row| hands.mostly_told(way(rows, row))));
        told.sort_unstable();
        told.dedup();
    }
    let exchanges = |&a: &u32| f64::from(index.view.exchanges[a as usize]);
    let wholly = |(a, told): &(&u32, &Vec<usize>)| told.len() as f64 >= WHOLE_SHARE * exchanges(a);
    let wholly = cluster.members.iter().zip(&slice.rows).filter(wholly).count();
    let mostly = slice.len() as f64 >= MOSTLY * everything as f64;
    let whole = mostly && (hands.in_common() >= ONE_HAND || wholly as f64 >= MOSTLY * f64::from(size));
    let rows = if whole { all_rows(index, cluster) } else { widen(index, cluster, slice.rows) };
    Slice { rows, ..slice }
}

/// Whether what is not told is more alike from member to member than everybody's traffic. O(rows of the members).
fn alike(index: &Index<'_>, population: &Population, cluster: &Cluster, slice: &Slice) -> bool {
    let rest = |(&a, told): (&u32, &Vec<usize>)| {
        let range = index.view.ranges[a as usize].clone();
        let single = &population.singles[a as usize];
        let mut profile = Profile::default();
        for row in range.clone().filter(|row| told.binary_search(row).is_err()) {
            profile.add(&index.view.lake.rows, row, index.view.span, single[row - range.start]);
        }
        (profile.exchanges > 0).then(|| profile.mean_embedding())
    };
    let rests: Vec<[f32; DIMS]> = cluster.members.par_iter().zip(&slice.rows).filter_map(rest).collect();
    cross_similarity(rests.iter()) >= ALIKE * population.similarity.max(0.01)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use vigie_sim::world::config::{Archetype, CampaignSpec, ProxyKind, WorldConfig};

    use super::rest_of;
    use crate::cluster::gather;
    use crate::slice::{Slice, slice};
    use crate::staged::{Staged, staged, staged_in, world};

    #[test]
    fn a_relays_own_addresses_give_back_what_few_of_its_words_tell() {
        let relay = CampaignSpec {
            accounts: Some(60),
            requests_per_account_day: Some(4.0),
            share: Some(0.3),
            proxy: Some(ProxyKind::Datacentre),
            paraphrase: Some(0.1),
            ..CampaignSpec::of(Archetype::ResoldAccess)
        };
        let campaigns = Some(vec![relay]);
        let config = WorldConfig { seed: 14, campaigns, lookalikes: Some(Vec::new()), ..world() };
        staged_in(&config, |Staged { bench, options, guilty, planted, .. }| {
            let members = (0..guilty.len() as u32).filter(|&a| guilty[a as usize]).collect();
            let cluster = gather(bench.index, members, options);
            let told = slice(bench.index, bench.population, &cluster);
            assert!(told.by_content);
            let right = |s: &Slice| s.rows.iter().flatten().filter(|&&row| planted[row]).count();
            let (all, had) = (told.len(), right(&told));
            let whole = rest_of(bench.index, bench.population, &cluster, told);
            let (all, right) = (whole.len() - all, right(&whole) - had);
            assert!(right >= 300 && right * 3 >= all * 2, "{right} of {all}");
        });
    }

    /// Of each member's exchanges, those whose turn it is.
    fn told(staged: &Staged<'_>, members: &[u32], is_told: impl Fn(usize) -> bool) -> Slice {
        let range = |&a: &u32| staged.bench.index.view.ranges[a as usize].clone();
        let rows = members.iter().map(|a| range(a).filter(|&row| is_told(row)).collect()).collect();
        Slice { rows, wrapped: 0, by_content: true }
    }

    #[test]
    fn of_a_fleet_a_tenth_tells_the_rest_and_of_a_relay_it_does_not() {
        let fleet = CampaignSpec { accounts: Some(40), ..CampaignSpec::of(Archetype::SplitExtraction) };
        let relay = CampaignSpec {
            accounts: Some(40),
            requests_per_account_day: Some(8.0),
            share: Some(0.3),
            ..CampaignSpec::of(Archetype::ResoldAccess)
        };
        let campaigns = Some(vec![fleet, relay]);
        let config = WorldConfig { seed: 15, campaigns, lookalikes: Some(Vec::new()), ..world() };
        staged_in(&config, |staged| {
            let Staged { bench, networks, planted, options, .. } = staged;
            let ranges = &bench.index.view.ranges;
            let mut fleets = 0;
            let told_of: BTreeSet<u32> = networks.iter().flatten().copied().collect();
            for &network in &told_of {
                let members: Vec<u32> =
                    (0..networks.len() as u32).filter(|&a| networks[a as usize] == Some(network)).collect();
                let rows = || members.iter().flat_map(|&a| ranges[a as usize].clone());
                let users = rows().filter(|&row| !planted[row]).count();
                let fleet = users * 2 < rows().count();
                let tenth = told(staged, &members, |row| planted[row] && row % 10 == 0);
                let cluster = gather(bench.index, members.clone(), options);
                let whole = rest_of(bench.index, bench.population, &cluster, tenth);
                let taken = whole.rows.iter().flatten().filter(|&&row| !planted[row]).count();
                assert!(!fleet || whole.len() == rows().count(), "{} of a fleet", whole.len());
                assert!(fleet || taken * 20 <= users, "{taken} of {users} are users'");
                fleets += usize::from(fleet);
            }
            assert_eq!((fleets, told_of.len()), (1, 2));
        });
    }

    #[test]
    fn who_mostly_works_for_a_campaign_works_for_it_alone() {
        staged(|Staged { bench, campaigns, .. }| {
            for campaign in campaigns {
                let cluster = &campaign.cluster;
                let ranges = cluster.members.iter().map(|&a| bench.index.view.ranges[a as usize].clone());
                let everything: usize = ranges.clone().map(|r| r.len()).sum();
                let rows =
                    ranges.map(|r| r.enumerate().filter(|(i, _)| i % 3 < 2).map(|(_, row)| row).collect());
                let most = Slice { rows: rows.collect(), wrapped: 0, by_content: true };
                assert!(most.len() < everything);
                assert_eq!(rest_of(bench.index, bench.population, cluster, most).len(), everything);
            }
        });
    }
}
