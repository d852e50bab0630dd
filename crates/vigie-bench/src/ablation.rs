//! What pooling gives: one content test, per account and over the campaigns that a hunt found.
//!
//! The test is the MMD of [`crate::baselines::mmd`]: how far traffic lies from benign traffic. Per account it sees the account's
//! own prompts, pooled those of all members that a campaign names together. Both are held to the same price: the
//! threshold is the 99th percentile over honest accounts for the one, over groups of as many honest accounts for the
//! other. What the pooled test adds is power, not judgement: innocent groups with a common job pass it as well, which
//! is why a hunt tests more than content and tries innocent explanations.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use vigie_fold::DIMS;
use vigie_graph::stats::quantile;
use vigie_sim::score::{Found, FoundGroup, Truth, TruthNetwork};

use crate::baselines::mmd::Bench;
use crate::compare::honest;
use crate::digest::Digest;
use crate::draw::Draw;
use crate::error::BenchError;
use crate::plan::Plan;
use crate::worlds::World;

/// Upper ends of the classes of accounts by exchanges.
const CLASSES: [usize; 4] = [50, 200, 1_000, usize::MAX];
/// Honest groups that set the pooled threshold.
const GROUPS: usize = 400;
/// Share of honest accounts, or honest groups, that either test may pass.
const FALSE_RATE: f64 = 0.01;
/// Smaller groups are not pooled.
const GROUP_MIN: usize = 4;
/// Prompts that one member of a group adds to it.
const EACH_MAX: usize = 30;
/// Prompts of one account, and of one group, that are looked at.
const PROMPTS_MAX: usize = 1_500;

/// The test with and without pooling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ablation {
    /// Size and seed.
    pub world: String,
    /// False rate that both thresholds are set to.
    pub false_rate: f64,
    /// Malicious accounts by their number of exchanges.
    pub classes: Vec<VolumeClass>,
    /// Innocent look-alikes of at least `GROUP_MIN` accounts.
    pub look_alikes: u64,
    /// Those whose pooled traffic passes the test too.
    pub look_alikes_passing: u64,
}

/// Malicious accounts of similar volume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VolumeClass {
    /// Largest number of exchanges; absent for the last class.
    pub exchanges_max: Option<u64>,
    /// Malicious accounts.
    pub accounts: u64,
    /// Share that its own traffic gives away.
    pub alone: f64,
    /// Share that is in a campaign whose pooled traffic gives it away.
    pub pooled: f64,
    /// Share that is in a planted network whose pooled traffic would give it away, if it were found.
    pub planted: f64,
}

/// Runs both on the first medium world.
pub fn ablation(plan: &Plan, progress: &mut dyn FnMut(&str)) -> Result<Option<Ablation>, BenchError> {
    let Some(config) = plan.medium().into_iter().next() else { return Ok(None) };
    let world = World::open_shared(plan, &config)?;
    progress(&format!("ablation: {}", world.name));
    let (report, _) = world.fold()?.hunt();
    let digest = Digest::read(world.batches()?, &world.side()?.accounts)?;
    let honest = honest(&world.truth, &digest);
    let Some(test) = Bench::new(&digest, &honest) else { return Ok(None) };

    let found = accusing_groups(&digest, &Found::from_report(&report));
    let planted = networks(&digest, &world.truth, true);
    let innocent = networks(&digest, &world.truth, false);
    let alone = passing_alone(&digest, &test, &honest);
    let pooled = passing_pooled(&digest, &test, &honest, &found);
    let ideal = passing_pooled(&digest, &test, &honest, &planted);
    let cleared = passing_pooled(&digest, &test, &honest, &innocent);
    Ok(Some(Ablation {
        world: world.name.clone(),
        false_rate: FALSE_RATE,
        classes: classes(
            &digest,
            &world.truth,
            [&alone, &members(&digest, &found, &pooled), &members(&digest, &planted, &ideal)],
        ),
        look_alikes: innocent.len() as u64,
        look_alikes_passing: cleared.iter().filter(|&&passes| passes).count() as u64,
    }))
}

/// Malicious accounts by volume, and the share of them that each of three tests gives away.
fn classes(digest: &Digest, truth: &Truth, tests: [&[bool]; 3]) -> Vec<VolumeClass> {
    let class = |max: &usize| VolumeClass {
        exchanges_max: (*max != usize::MAX).then_some(*max as u64),
        ..VolumeClass::default()
    };
    let mut classes: Vec<VolumeClass> = CLASSES.iter().map(class).collect();
    for account in digest.indices() {
        let id = &digest.accounts[account as usize];
        if !truth.account(id).is_some_and(|a| truth.is_malicious(a)) {
            continue;
        }
        let class = &mut classes[CLASSES.partition_point(|&max| max < digest.of(account).len())];
        let [alone, pooled, planted] = tests.map(|test| f64::from(u8::from(test[account as usize])));
        class.accounts += 1;
        class.alone += alone;
        class.pooled += pooled;
        class.planted += planted;
    }
    for class in &mut classes {
        let count = class.accounts.max(1) as f64;
        class.alone /= count;
        class.pooled /= count;
        class.planted /= count;
    }
    classes
}

/// Planted networks, malicious or innocent, as accounts of the digest.
fn networks(digest: &Digest, truth: &Truth, malicious: bool) -> Vec<Vec<u32>> {
    let index = index(digest);
    let members = |network: &TruthNetwork| -> Vec<u32> {
        network.members.iter().filter_map(|&a| index.get(truth.account_id(a)).copied()).collect()
    };
    let networks = truth.networks().iter().filter(|n| n.malicious == malicious).map(members);
    networks.filter(|members| members.len() >= GROUP_MIN).collect()
}

/// Which accounts are in a group that passes.
fn members(digest: &Digest, groups: &[Vec<u32>], passing: &[bool]) -> Vec<bool> {
    let mut given_away = vec![false; digest.len()];
    for (group, _) in groups.iter().zip(passing).filter(|(_, passes)| **passes) {
        group.iter().for_each(|&a| given_away[a as usize] = true);
    }
    given_away
}

fn index(digest: &Digest) -> FxHashMap<&str, u32> {
    digest.accounts.iter().enumerate().map(|(i, id)| (id.as_str(), i as u32)).collect()
}

fn accusing_groups(digest: &Digest, found: &Found) -> Vec<Vec<u32>> {
    let index = index(digest);
    let members = |group: &FoundGroup| -> Vec<u32> {
        group.members.iter().filter_map(|(id, _)| index.get(id.as_str()).copied()).collect()
    };
    found.accusing().map(members).filter(|members| members.len() >= GROUP_MIN).collect()
}

fn passing_alone(digest: &Digest, test: &Bench, honest: &[u32]) -> Vec<bool> {
    let scores: Vec<Option<f64>> =
        digest.indices().map(|a| test.score(&prompts(digest, &[a], &mut Draw::new(u64::from(a))))).collect();
    let benign: Vec<f64> = honest.iter().filter_map(|&a| scores[a as usize]).collect();
    let threshold = quantile(&benign, 1.0 - FALSE_RATE);
    scores.into_iter().map(|score| score.is_some_and(|s| s > threshold)).collect()
}

/// Which groups lie further from benign traffic than groups of as many honest accounts do.
fn passing_pooled(digest: &Digest, test: &Bench, honest: &[u32], groups: &[Vec<u32>]) -> Vec<bool> {
    let mut draw = Draw::new(1);
    let mut sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    if sizes.is_empty() {
        return Vec::new();
    }
    // Each size as often as it occurs.
    let benign: Vec<f64> = (0..GROUPS)
        .filter_map(|i| {
            let group = draw.sample(honest, sizes[i % sizes.len()]);
            test.score(&prompts(digest, &group, &mut draw))
        })
        .collect();
    let threshold = quantile(&benign, 1.0 - FALSE_RATE);
    let mut passes =
        |group: &Vec<u32>| test.score(&prompts(digest, group, &mut draw)).is_some_and(|s| s > threshold);
    groups.iter().map(&mut passes).collect()
}

/// At most [`PROMPTS_MAX`] prompts of the accounts together, drawn. Members of a group count alike, as far as their
/// traffic goes: otherwise one busy customer would speak for the group.
fn prompts(digest: &Digest, accounts: &[u32], draw: &mut Draw) -> Vec<[i8; DIMS]> {
    let each = (PROMPTS_MAX / accounts.len().max(1))
        .clamp(1, if accounts.len() > 1 { EACH_MAX } else { PROMPTS_MAX });
    let mut all = Vec::new();
    for &account in accounts {
        let own: Vec<&[i8; DIMS]> = digest.of(account).iter().map(|r| &r.embedding).collect();
        all.extend(draw.sample(&own, each).into_iter().copied());
    }
    draw.sample(&all, PROMPTS_MAX)
}
