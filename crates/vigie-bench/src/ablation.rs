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
use vigie_sim::score::Found;

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

    let groups = accusing_groups(&digest, &Found::from_report(&report));
    let alone = passing_alone(&digest, &test, &honest);
    let pooled = passing_pooled(&digest, &test, &honest, &groups);
    let mut classes: Vec<VolumeClass> = CLASSES
        .iter()
        .map(|&max| VolumeClass {
            exchanges_max: (max != usize::MAX).then_some(max as u64),
            ..VolumeClass::default()
        })
        .collect();
    for account in digest.indices() {
        let id = &digest.accounts[account as usize];
        if !world.truth.account(id).is_some_and(|a| world.truth.is_malicious(a)) {
            continue;
        }
        let class = CLASSES.partition_point(|&max| max < digest.of(account).len());
        let class = &mut classes[class];
        class.accounts += 1;
        class.alone += f64::from(u8::from(alone[account as usize]));
        class.pooled += f64::from(u8::from(pooled[account as usize]));
    }
    for class in &mut classes {
        class.alone /= class.accounts.max(1) as f64;
        class.pooled /= class.accounts.max(1) as f64;
    }
    Ok(Some(Ablation { world: world.name.clone(), false_rate: FALSE_RATE, classes }))
}

fn accusing_groups(digest: &Digest, found: &Found) -> Vec<Vec<u32>> {
    let index: FxHashMap<&str, u32> =
        digest.accounts.iter().enumerate().map(|(i, id)| (id.as_str(), i as u32)).collect();
    let members = |group: &vigie_sim::score::FoundGroup| {
        group.members.iter().filter_map(|(id, _)| index.get(id.as_str()).copied()).collect()
    };
    found.accusing().map(members).collect()
}

fn passing_alone(digest: &Digest, test: &Bench, honest: &[u32]) -> Vec<bool> {
    let scores: Vec<Option<f64>> =
        digest.indices().map(|a| test.score(&prompts(digest, &[a], &mut Draw::new(u64::from(a))))).collect();
    let benign: Vec<f64> = honest.iter().filter_map(|&a| scores[a as usize]).collect();
    let threshold = quantile(&benign, 1.0 - FALSE_RATE);
    scores.into_iter().map(|score| score.is_some_and(|s| s > threshold)).collect()
}

fn passing_pooled(digest: &Digest, test: &Bench, honest: &[u32], groups: &[Vec<u32>]) -> Vec<bool> {
    let mut draw = Draw::new(1);
    let mut sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    let mut passing = vec![false; digest.len()];
    if sizes.is_empty() {
        return passing;
    }
    // Honest groups as large as the campaigns are, each size as often as it occurs.
    let benign: Vec<f64> = (0..GROUPS)
        .filter_map(|i| {
            let group = draw.sample(honest, sizes[i % sizes.len()]);
            test.score(&prompts(digest, &group, &mut draw))
        })
        .collect();
    let threshold = quantile(&benign, 1.0 - FALSE_RATE);
    for group in groups {
        if test.score(&prompts(digest, group, &mut draw)).is_some_and(|s| s > threshold) {
            group.iter().for_each(|&a| passing[a as usize] = true);
        }
    }
    passing
}

/// At most [`PROMPTS_MAX`] prompts of the accounts together, drawn.
fn prompts(digest: &Digest, accounts: &[u32], draw: &mut Draw) -> Vec<[i8; DIMS]> {
    let all: Vec<&[i8; DIMS]> = accounts.iter().flat_map(|&a| digest.of(a)).map(|r| &r.embedding).collect();
    draw.sample(&all, PROMPTS_MAX).into_iter().copied().collect()
}
