//! Verdicts on clusters: the case against each, its core where it is a mixture, who is let go, and what falls apart into
//! several campaigns. What clusters do to each other stands in `overlap`, `join` and `adopt`.

use rustc_hash::FxHashMap;
use vigie_detectors::{Judgement, judge, vouched};
use vigie_graph::{Graph, UnionFind};
use vigie_model::{Kind, Layer, Severity};

use crate::Settings;
use crate::assemble::Judged;
use crate::classes::{Traits, classes};
use crate::cluster::{Cluster, ClusterOptions, Index, gather};
use crate::facts::facts;
use crate::intrusion::commonest;
use crate::job::Job;
use crate::matched::Pool;
use crate::member::likeness;
use crate::population::Population;
use crate::refine::{alike, core, labelled, stays};
use crate::seeds::split;
use crate::slice::slice;
use crate::touch::ObjectKind;
use crate::vouched::vouched_members;

/// What a verdict is made from.
#[derive(Clone, Copy)]
pub(crate) struct Bench<'a> {
    pub(crate) index: &'a Index<'a>,
    pub(crate) graph: &'a Graph,
    pub(crate) population: &'a Population,
    pub(crate) pool: &'a Pool,
    pub(crate) settings: &'a Settings,
}

/// Log-odds, in nats, from which a cluster that is not accused is searched for a core that may be.
pub const SUSPECTED: f64 = -3.5;
/// Rounds in which a core is drawn together.
const ROUNDS: usize = 2;

impl Bench<'_> {
    /// The case against just these accounts.
    pub(crate) fn look(&self, cluster: Cluster) -> Judged {
        let slice = slice(self.index, self.population, &cluster);
        let facts = facts(self.index, self.population, self.pool, &cluster, &slice, self.settings.seed);
        let judgement = judge(&facts);
        let mut judged = Judged { cluster, slice, facts, judgement, likeness: Vec::new(), q_value: 1.0 };
        if suspected(&judged) {
            self.compare(&mut judged);
        }
        judged
    }

    /// Compares every member with the others.
    pub(crate) fn compare(&self, judged: &mut Judged) {
        let Judged { cluster, slice, facts, judgement, .. } = &*judged;
        judged.likeness = likeness(self.index, self.population, cluster, slice, facts, judgement.log_odds());
    }

    /// Judges a cluster. Where it is a mixture of a campaign and others, its core is judged in its place; where it is
    /// accused, bystanders are let go and the rest is judged again. `None` where too few are left.
    pub(crate) fn judge(&self, cluster: Cluster) -> Option<Judged> {
        let mut judged = self.look(cluster);
        if let Some(rest) = self.unlabelled(&judged)
            && rest.judgement.log_odds() > judged.judgement.log_odds()
        {
            judged = rest;
        }
        let judged = if accused(&judged) { judged } else { self.accused_core(&judged).unwrap_or(judged) };
        if accused(&judged) { self.without_bystanders(judged, &[]) } else { Some(judged) }
    }

    /// The accounts of a cluster that the operator's labels do not vouch for, where those are most of it and nobody
    /// vouches for the whole. Who is labelled does openly what a campaign does in hiding, and beside them it looks open.
    pub(crate) fn unlabelled(&self, whole: &Judged) -> Option<Judged> {
        let stays: Vec<bool> = whole.cluster.members.iter().map(|&a| !labelled(self.index, a)).collect();
        let kept = stays.iter().filter(|&&s| s).count();
        let guests = kept < stays.len() && kept * 2 > stays.len();
        if !guests || kept < self.settings.accounts_min || vouched(&whole.judgement.alternatives) {
            return None;
        }
        let mut rest = self.look(whole.cluster.clone().keep(&stays));
        // Whom it was chosen from was tested.
        rest.facts.chance = rest.facts.chance.max(whole.facts.chance);
        Some(rest)
    }

    /// Judges accounts as one operation, if they make a case as a whole. Who is `sure`, sorted, stays: these were tested
    /// among their own, where each looks more like the others than in the whole.
    pub(crate) fn judge_whole(&self, cluster: Cluster, sure: &[u32]) -> Option<Judged> {
        let whole = self.look(cluster);
        if accused(&whole) { self.without_bystanders(whole, sure).filter(accused) } else { None }
    }

    /// The core of a suspected mixture, or of its core, if that is accused.
    fn accused_core(&self, whole: &Judged) -> Option<Judged> {
        let mut core = self.core(whole)?;
        for _ in 1..ROUNDS {
            if accused(&core) {
                break;
            }
            core = self.core(&core)?;
        }
        accused(&core).then_some(core)
    }

    /// The accounts of a suspected cluster that look like one campaign's, as a cluster of their own; `None` where those
    /// are all of it or too few.
    pub(crate) fn core(&self, whole: &Judged) -> Option<Judged> {
        let stays = core(&whole.likeness);
        let kept = stays.iter().filter(|&&s| s).count();
        if kept < self.settings.accounts_min || kept == stays.len() {
            return None;
        }
        let mut core = self.look(whole.cluster.clone().keep(&stays));
        // Whom it was chosen from was tested.
        core.facts.chance = core.facts.chance.max(whole.facts.chance);
        Some(core)
    }

    fn without_bystanders(&self, judged: Judged, sure: &[u32]) -> Option<Judged> {
        let victims = judged.judgement.kind == Kind::KeyTakeover;
        let mut stays = stays(self.index, self.population, &judged.cluster, &judged.likeness, victims);
        for (stays, account) in stays.iter_mut().zip(&judged.cluster.members) {
            *stays |= sure.binary_search(account).is_ok();
        }
        let kept = stays.iter().filter(|&&s| s).count();
        if kept < self.settings.accounts_min {
            return None;
        }
        if kept == stays.len() {
            return Some(judged);
        }
        let first = judged.judgement;
        let mut rest = self.look(judged.cluster.keep(&stays));
        if victims && !accused(&rest) {
            // Who is left was broken into, everyone of them: what made the case has only become clearer.
            rest.judgement = Judgement {
                kind: first.kind,
                severity: first.severity,
                margin: first.margin,
                ..rest.judgement
            };
            self.compare(&mut rest);
        }
        Some(rest)
    }
}

/// Whether the case is close to accusing, or does, and nobody vouches for the group.
pub(crate) fn suspected(judged: &Judged) -> bool {
    judged.judgement.log_odds() >= SUSPECTED && !vouched(&judged.judgement.alternatives)
}

/// Whether the cluster is accused.
pub(crate) fn accused(judged: &Judged) -> bool {
    judged.judgement.severity > Severity::None
}

/// Part of an accused cluster that parts which are accused themselves must make up to stand in its place.
const PARTS_COVER: f64 = 0.6;
/// Layers in which one thing binds an operation; addresses do not: two operations rent the same proxies.
const BINDING: [Layer; 3] = [Layer::Content, Layer::Payment, Layer::SignUp];
/// Chance that two exchanges of a member stand under different system prompts from which on no prompt binds: of sentences
/// that change, single ones are other operations', too.
const REWORDED: f64 = 0.5;
/// Part of a thing's holders that must be of a cluster for it to be the cluster's own.
const OWN: f64 = 0.8;

impl Bench<'_> {
    /// An accused cluster that falls apart in the link graph into parts which are each accused is several campaigns that
    /// meet in something, such as a proxy or a way of asking, and is told as such; so is one whose members go about it in
    /// ways that set them [apart](classes). Accounts of one sign-up series and victims that were tried in one way stay
    /// together: they are one hand's, whatever they are used for.
    pub(crate) fn unmix(&self, whole: Judged, options: &ClusterOptions) -> Vec<Judged> {
        if !accused(&whole) || whole.cluster.members.len() < 2 * options.accounts_min {
            return vec![whole];
        }
        let members = &whole.cluster.members;
        let of_one_hand = |accounts: &Vec<u32>| {
            let inside = accounts.iter().filter(|a| members.binary_search(a).is_ok()).count();
            inside as f64 >= PARTS_COVER * members.len() as f64
        };
        if self.population.series.iter().chain(&self.population.rings).any(of_one_hand) {
            return vec![whole];
        }
        let parts = split(self.graph, members.clone(), options.accounts_min);
        let victims = whole.judgement.kind == Kind::KeyTakeover;
        let parts = if victims { self.of_one_job(&parts, options) } else { self.bound(&parts, &whole) };
        let by_way = |part| self.by_way(&whole, part, options);
        let parts: Vec<Vec<u32>> = parts.into_iter().flat_map(by_way).collect();
        if parts.len() < 2 {
            return vec![whole];
        }
        let parts: Vec<Judged> = parts
            .into_iter()
            .filter(|p| p.len() >= options.accounts_min)
            .filter_map(|members| self.judge(gather(self.index, members, options)))
            .filter(accused)
            .collect();
        let covered: usize = parts.iter().map(|p| p.cluster.members.len()).sum();
        if parts.len() >= 2 && covered as f64 >= PARTS_COVER * whole.cluster.members.len() as f64 {
            self.with_leftover(parts, &whole, options)
        } else {
            vec![whole]
        }
    }

    /// A part of a cluster, parted again by the ways in which its members go about their work in the slice.
    fn by_way(&self, whole: &Judged, part: Vec<u32>, options: &ClusterOptions) -> Vec<Vec<u32>> {
        if part.len() < 2 * options.accounts_min {
            return vec![part];
        }
        let rows = &self.index.view.lake.rows;
        let traits = |account: &u32| -> Traits {
            let at = whole.cluster.members.binary_search(account);
            let own = at.map_or(&[][..], |at| &whole.slice.rows[at]);
            let common = |of: &dyn Fn(usize) -> u64| {
                commonest(own.iter().map(|&row| of(row)).filter(|&value| value != 0)).unwrap_or(0)
            };
            [
                // One trait: who chooses the model sets its parameters.
                common(&|row| rows.model[row] ^ rows.parameters[row].rotate_left(17)),
                common(&|row| rows.client[row]),
                common(&|row| rows.network[row]),
            ]
        };
        let traits: Vec<Traits> = part.iter().map(traits).collect();
        let of = |class: Vec<usize>| class.into_iter().map(|at| part[at]).collect();
        classes(&traits).into_iter().map(of).collect()
    }

    /// What no part of an accused cluster kept though it looks like the whole: a part of its own where it makes a case,
    /// else each account goes with the part that it is linked to most.
    fn with_leftover(&self, mut parts: Vec<Judged>, whole: &Judged, options: &ClusterOptions) -> Vec<Judged> {
        let kept = union(parts.iter().map(|p| &p.cluster.members[..]));
        let members = whole.cluster.members.iter().zip(&whole.likeness);
        let left: Vec<u32> = members
            .filter(|(a, like)| alike(like) && kept.binary_search(a).is_err())
            .map(|(&a, _)| a)
            .collect();
        if left.len() >= options.accounts_min
            && let Some(rest) = self.judge_whole(gather(self.index, left.clone(), options), &[])
        {
            parts.push(rest);
            return parts;
        }
        let mut followers: Vec<Vec<u32>> = vec![Vec::new(); parts.len()];
        for account in left {
            let linked = |part: &Judged| -> f32 {
                let theirs = |b: u32| part.cluster.members.binary_search(&b).is_ok();
                self.graph.neighbours(account).iter().filter(|(b, _)| theirs(*b)).map(|(_, w)| w).sum()
            };
            let sums = parts.iter().map(linked).enumerate();
            if let Some((part, sum)) = sums.max_by(|a, b| a.1.total_cmp(&b.1))
                && sum > 0.0
            {
                followers[part].push(account);
            }
        }
        parts
            .into_iter()
            .zip(followers)
            .map(|(part, followers)| self.followed(part, &followers, options))
            .collect()
    }

    /// The cluster with its followers, where it names more accounts rightly with them.
    pub(crate) fn followed(&self, winner: Judged, followers: &[u32], options: &ClusterOptions) -> Judged {
        if followers.is_empty() {
            return winner;
        }
        let members = union([followers, &winner.cluster.members]);
        let whole = self.judge_whole(gather(self.index, members, options), &winner.cluster.members);
        whole.filter(|whole| whole.expected() > winner.expected()).unwrap_or(winner)
    }

    /// Joins the parts of a cluster again that one thing of their own binds: most members of each hold it and hardly
    /// anybody outside does, be it a wording, a payment or a domain; of system prompts only one that
    /// stays the same. Each is sorted.
    fn bound(&self, parts: &[Vec<u32>], whole: &Judged) -> Vec<Vec<u32>> {
        let (bundles, motifs) = (self.index.bundles, self.index.motifs);
        let binding = |bundle: u32| {
            let layer = bundles.motifs[bundle as usize].layer;
            BINDING.iter().any(|&binding| binding as u8 == layer)
        };
        // Of system prompts each by itself: their phrases draw together what several operations say.
        let reworded = whole.facts.content.frame_changes >= REWORDED;
        let exactly = |motif: u32| match self.index.kind(motif) {
            ObjectKind::SystemPrompt | ObjectKind::SystemBlock => !reworded,
            kind => kind == ObjectKind::Tools,
        };
        let mut sets = UnionFind::new(parts.len());
        for (things, binds) in [(bundles, &binding as &dyn Fn(u32) -> bool), (motifs, &exactly)] {
            let mut held: FxHashMap<u32, FxHashMap<usize, usize>> = FxHashMap::default();
            for (part, members) in parts.iter().enumerate() {
                for have in members.iter().flat_map(|&a| things.of(a)).filter(|have| binds(have.motif)) {
                    *held.entry(have.motif).or_default().entry(part).or_default() += 1;
                }
            }
            for (thing, by_part) in held {
                let inside: usize = by_part.values().sum();
                if inside as f64 >= OWN * things.holders(thing).len() as f64 {
                    let most = |&(part, n): &(&usize, &usize)| n * 2 >= parts[*part].len();
                    let of: Vec<usize> = by_part.iter().filter(most).map(|(part, _)| *part).collect();
                    of.windows(2).for_each(|pair| {
                        sets.union(pair[0] as u32, pair[1] as u32);
                    });
                }
            }
        }
        together(parts, sets)
    }

    /// Joins the parts of an intruder's victims again that were broken into for one job; the keys of others share
    /// nothing else.
    fn of_one_job(&self, parts: &[Vec<u32>], options: &ClusterOptions) -> Vec<Vec<u32>> {
        let job = |(i, part): (usize, &Vec<u32>)| {
            let part = self.look(gather(self.index, part.clone(), options));
            (i as u32, Job::of(self.index, &part.slice, &part.facts))
        };
        // A handful has no job that could be told.
        let large = |(_, part): &(usize, &Vec<u32>)| part.len() >= options.accounts_min;
        let jobs: Vec<(u32, Job)> = parts.iter().enumerate().filter(large).map(job).collect();
        let mut sets = UnionFind::new(parts.len());
        for (n, (i, job)) in jobs.iter().enumerate() {
            for (j, _) in jobs[..n].iter().filter(|(_, other)| job.is(other)) {
                sets.union(*i, *j);
            }
        }
        together(parts, sets)
    }

    /// Takes out of accused clusters whoever is vouched for among its own: a company whose staff asks what an operation
    /// asks, behind the same proxy, is a company still. A key may be stolen from anybody, so intruders' victims stay.
    /// Returns the clusters, and the p-values of those that were left with nothing.
    pub(crate) fn without_vouched(
        &self,
        judged: Vec<Judged>,
        options: &ClusterOptions,
    ) -> (Vec<Judged>, Vec<f64>) {
        let spoken_for = vouched_members(self.index, &judged);
        let (mut kept, mut taken) = (Vec::new(), Vec::new());
        for judged in judged {
            let stays: Vec<bool> = judged.cluster.members.iter().map(|a| !spoken_for.contains(a)).collect();
            let left = stays.iter().filter(|&&s| s).count();
            let victims = judged.judgement.kind == Kind::KeyTakeover;
            if !accused(&judged) || victims || left == stays.len() {
                kept.push(judged);
                continue;
            }
            let p = judged.facts.chance;
            let enough = left >= self.settings.accounts_min;
            match enough.then(|| self.judge(judged.cluster.keep(&stays))).flatten() {
                // Beside those who left, several campaigns may have looked like one.
                Some(rest) => kept.extend(self.unmix(rest, options)),
                None => taken.push(p),
            }
        }
        (kept, taken)
    }
}

/// Accounts that are in any of these, sorted and distinct.
pub(crate) fn union<'a>(of: impl IntoIterator<Item = &'a [u32]>) -> Vec<u32> {
    let mut all: Vec<u32> = of.into_iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The parts by the set that each is in, as sorted accounts.
fn together(parts: &[Vec<u32>], mut sets: UnionFind) -> Vec<Vec<u32>> {
    let whole = |group: Vec<u32>| {
        let mut members: Vec<u32> =
            group.into_iter().flat_map(|part| parts[part as usize].iter().copied()).collect();
        members.sort_unstable();
        members
    };
    sets.groups(1).into_iter().map(whole).collect()
}

#[cfg(test)]
mod tests {
    use vigie_detectors::vouched;
    use vigie_model::{Explained, Severity};

    use crate::cluster::gather;
    use crate::refine::labelled;
    use crate::staged::{Staged, staged};

    #[test]
    fn a_cluster_is_looked_at_without_whom_labels_vouch_for() {
        staged(|Staged { bench, campaigns, options, .. }| {
            let all = 0..bench.index.view.accounts() as u32;
            let vouched_for: Vec<u32> = all.filter(|&a| labelled(bench.index, a)).collect();
            assert!(vouched_for.len() >= 3);
            for campaign in campaigns {
                let members = &campaign.cluster.members;
                let mut beside = [&members[..], &vouched_for[..3]].concat();
                beside.sort_unstable();
                let beside = bench.look(gather(bench.index, beside, options));
                assert_eq!(bench.unlabelled(&beside).unwrap().cluster.members, *members);
                assert!(bench.unlabelled(campaign).is_none(), "nobody is labelled");
            }
        });
    }

    #[test]
    fn operations_in_one_cluster_are_parted_by_their_ways_and_one_alone_is_not() {
        staged(|Staged { bench, campaigns, options, networks, .. }| {
            let of = |members: &[u32]| {
                let mut found: Vec<u32> = members.iter().filter_map(|&a| networks[a as usize]).collect();
                found.sort_unstable();
                found.dedup();
                found.len()
            };
            let mut parted = 0;
            for campaign in campaigns {
                let members = &campaign.cluster.members;
                let parts = bench.by_way(campaign, members.clone(), options);
                assert_eq!(parts.len(), of(members));
                assert!(parts.iter().all(|part| of(part) == 1), "{parts:?}");
                parted += usize::from(parts.len() > 1);
            }
            assert!((1..campaigns.len()).contains(&parted), "{parted} of {}", campaigns.len());
        });
    }

    #[test]
    fn whoever_is_vouched_for_among_its_own_leaves_an_accused_cluster() {
        staged(|Staged { bench, campaigns, options, .. }| {
            let organisation = |a: u32| bench.index.view.organisation(a as usize);
            let all = 0..bench.index.view.accounts() as u32;
            let first = all.clone().find(|&a| {
                organisation(a) != 0
                    && all.clone().filter(|&b| organisation(a) == organisation(b)).count() >= 6
            });
            let staff = all.filter(|&a| organisation(a) == organisation(first.unwrap()));
            let staff: Vec<u32> = staff.take(6).collect();
            for campaign in campaigns {
                let mut beside = [&campaign.cluster.members[..], &staff].concat();
                beside.sort_unstable();
                let mut mixed = bench.look(gather(bench.index, beside, options));
                mixed.judgement.severity = Severity::High;
                let mut house = bench.look(gather(bench.index, staff.clone(), options));
                house.judgement.severity = Severity::None;
                let customer = house.judgement.alternatives.iter_mut().find(|a| a.name == "one-customer");
                customer.unwrap().explained = Explained::Yes;
                assert!(vouched(&house.judgement.alternatives));
                let (after, _) = bench.without_vouched(vec![mixed, house], options);
                let rest: Vec<u32> = after[0].cluster.members.clone();
                assert!(!rest.is_empty() && staff.iter().all(|a| !rest.contains(a)), "{rest:?}");
            }
        });
    }
}
