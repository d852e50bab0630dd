//! A made-up hunt with one campaign of each kind and three innocent groups, for tests, pictures and trying the page.
//!
//! Every account, address and figure in it is invented. What does not live here: anything that a hunt calls.

mod texts;

use vigie_model::{
    Campaign, CampaignExchange, DetectorHealth, HuntReport, HuntSummary, Kind, Member, Micros, NetworkEdge,
    NetworkNode, Severity, Sight, TimelineBucket,
};

use texts::{SPECS, Spec};

/// 2026-02-02T00:00:00Z, when the made-up log begins.
const BEGIN: Micros = Micros(1_769_990_400_000_000);
/// Days in the made-up log.
const DAYS: i64 = 14;

/// The made-up hunt.
pub fn report() -> HuntReport {
    let mut report = HuntReport { summary: summary(), ..HuntReport::default() };
    for (index, spec) in SPECS.iter().enumerate() {
        let mut dice = Dice(0x5EED + index as u64);
        let members = members(spec, index, &mut dice);
        report.campaigns.push(campaign(spec, &members, &mut dice));
        for number in 0..3 {
            report.exchanges.push(CampaignExchange {
                campaign_id: spec.id.to_owned(),
                event_id: format!("ev-{index}-{number}"),
            });
        }
        report.members.extend(members);
    }
    report
}

/// The same with one campaign blown up to `accounts` members: how the page bears a big one.
pub fn report_with_members(accounts: usize) -> HuntReport {
    let mut report = report();
    let mut dice = Dice(7);
    let id = report.campaigns[0].campaign_id.clone();
    report.campaigns[0].accounts = accounts as u64;
    report.members.retain(|m| m.campaign_id != id);
    report.members.extend((0..accounts).map(|i| Member {
        campaign_id: id.clone(),
        account_id: format!("acct_{:012x}{i:06}", dice.next() & 0xffff_ffff_ffff),
        score: 0.5 + 0.5 * dice.unit(),
        share: dice.unit(),
    }));
    report
}

fn summary() -> HuntSummary {
    let sees = |kind: Kind, campaigns: u64| DetectorHealth {
        kind,
        sight: Sight::Full,
        missing: Vec::new(),
        campaigns,
    };
    let lacks = |kind: Kind, sight: Sight, missing: &[&str], campaigns: u64| DetectorHealth {
        kind,
        sight,
        missing: missing.iter().map(|&m| m.to_owned()).collect(),
        campaigns,
    };
    HuntSummary {
        exchanges: 301_482,
        duplicates: 212,
        rejected: 17,
        outside_window: 0,
        accounts: 6_118,
        first_seen: Some(BEGIN),
        last_seen: Some(Micros(BEGIN.0 + DAYS * Micros::DAY - Micros::SECOND)),
        rare_objects: 48_310,
        links: 91_227,
        clusters: 164,
        alpha: 0.05,
        seed: 1,
        fold_version: 1,
        detectors: vec![
            sees(Kind::SplitExtraction, 1),
            sees(Kind::BalancedExtraction, 1),
            lacks(Kind::ReleasePivot, Sight::Partial, &["models.released_at"], 1),
            sees(Kind::TraceCoercion, 1),
            sees(Kind::ResoldAccess, 1),
            sees(Kind::KeyTakeover, 1),
            lacks(Kind::SignupFarm, Sight::Partial, &["accounts.failed_payments"], 1),
            sees(Kind::ScriptedPersonas, 1),
            sees(Kind::SharedPlaybook, 1),
            lacks(Kind::CoordinatedAccounts, Sight::Blind, &["objects"], 0),
        ],
    }
}

fn members(spec: &Spec, index: usize, dice: &mut Dice) -> Vec<Member> {
    let mut members: Vec<Member> = (0..spec.accounts)
        .map(|_| Member {
            campaign_id: spec.id.to_owned(),
            account_id: format!("acct_{:010x}{index:02}", dice.next() & 0xff_ffff_ffff),
            score: (1.0 - 0.45 * dice.unit() * dice.unit()).min(0.999),
            share: (spec.share + (1.0 - spec.share) * 0.4 * (dice.unit() - 0.5)).clamp(0.01, 1.0),
        })
        .collect();
    members.sort_by(|a, b| b.score.total_cmp(&a.score));
    members
}

fn campaign(spec: &Spec, members: &[Member], dice: &mut Dice) -> Campaign {
    let (from, to) = spec.hours;
    let timeline = timeline(spec, dice);
    let (network_nodes, network_edges) = network(spec, members, dice);
    let exchanges = timeline.iter().map(|b| b.exchanges).sum();
    Campaign {
        campaign_id: spec.id.to_owned(),
        kind: spec.kind,
        severity: spec.severity,
        q_value: spec.q_value,
        first_seen: Micros(BEGIN.0 + from * Micros::HOUR + 7 * 60 * Micros::SECOND),
        last_seen: Micros(BEGIN.0 + to * Micros::HOUR),
        accounts: members.len() as u64,
        exchanges,
        tokens: (spec.severity > Severity::None).then_some(exchanges * 612),
        summary: spec.summary.to_owned(),
        evidence: texts::evidence(spec),
        alternatives: texts::alternatives(spec),
        recommended_decision: texts::decision(spec),
        timeline,
        network_nodes,
        network_edges,
    }
}

fn timeline(spec: &Spec, dice: &mut Dice) -> Vec<TimelineBucket> {
    let (from, to) = spec.hours;
    (from / 4..=to / 4)
        .map(|quarter| {
            let hour = (quarter * 4) % 24;
            let day = if (8..20).contains(&hour) { 1.6 } else { 0.5 };
            let own = spec.per_hour * 4.0 * (0.8 + 0.4 * dice.unit()) * if spec.by_day { day } else { 1.0 };
            let other = own * (1.0 - spec.share) / spec.share * day * (0.7 + 0.6 * dice.unit());
            TimelineBucket {
                start: Micros(BEGIN.0 + quarter * 4 * Micros::HOUR),
                exchanges: own as u64,
                other_exchanges: other as u64,
                accounts: (spec.accounts as f64 * (0.5 + 0.4 * dice.unit())) as u64,
            }
        })
        .collect()
}

/// A few hubs of members that share one object each, as pools of addresses and templates make them.
fn network(spec: &Spec, members: &[Member], dice: &mut Dice) -> (Vec<NetworkNode>, Vec<NetworkEdge>) {
    let nodes: Vec<NetworkNode> = members
        .iter()
        .take(140)
        .map(|m| NetworkNode { account_id: m.account_id.clone(), score: m.score, first: None })
        .collect();
    let count = nodes.len() as u64;
    let pools = (count / 14).max(1);
    let mut edges = Vec::new();
    for a in 0..count {
        for step in 1..=3_u64 {
            let same_pool = (a + step * pools) % count;
            let b = if dice.unit() < 0.82 { same_pool } else { dice.next() % count };
            let layer = spec.layers[(dice.next() as usize) % spec.layers.len()];
            if a != b {
                let weight = 2.0 + 6.0 * dice.unit();
                edges.push(NetworkEdge { a: a as u32, b: b as u32, weight, layer });
            }
        }
    }
    (nodes, edges)
}

/// SplitMix64 (Steele, Lea and Flood, 2014): enough randomness for made-up figures.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
