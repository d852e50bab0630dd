//! What was asked for and what the seed decides: every knob of a campaign with a value.

use serde_json::{Map, Value, json};
use vigie_model::Micros;

use crate::world::config::{Archetype, CampaignSpec, Flavour, ProxyKind};
use crate::world::dice::Dice;
use crate::world::plan::Plan;

/// A campaign with every knob set.
#[derive(Clone, Debug)]
pub(crate) struct Knobs {
    pub(crate) archetype: Archetype,
    pub(crate) accounts: usize,
    pub(crate) rate: f64,
    pub(crate) share: f64,
    pub(crate) paraphrase: f64,
    pub(crate) proxy: ProxyKind,
    pub(crate) jitter: f64,
    pub(crate) payment_diversity: f64,
    pub(crate) rotation: f64,
    pub(crate) cover: f64,
    pub(crate) round_the_clock: bool,
    pub(crate) window: (i64, i64),
    pub(crate) flavour: Flavour,
}

/// What suits an archetype: accounts, requests per account and day, days, all as (low, high).
struct Range {
    accounts: (f64, f64),
    rate: (f64, f64),
    days: (f64, f64),
}

fn range(archetype: Archetype) -> Range {
    let (accounts, rate, days) = match archetype {
        Archetype::SplitExtraction => ((18.0, 110.0), (3.0, 36.0), (4.0, 30.0)),
        Archetype::BalancedExtraction => ((10.0, 70.0), (4.0, 40.0), (3.0, 20.0)),
        Archetype::ReleasePivot => ((15.0, 90.0), (3.0, 30.0), (6.0, 20.0)),
        Archetype::TraceCoercion => ((10.0, 80.0), (2.5, 28.0), (3.0, 20.0)),
        Archetype::ResoldAccess => ((25.0, 120.0), (1.0, 10.0), (6.0, 30.0)),
        Archetype::KeyTakeover => ((4.0, 40.0), (8.0, 60.0), (2.0, 14.0)),
        Archetype::SignupFarm => ((25.0, 150.0), (0.5, 6.0), (4.0, 20.0)),
        Archetype::ScriptedPersonas => ((8.0, 50.0), (3.0, 20.0), (4.0, 25.0)),
        Archetype::SharedPlaybook => ((8.0, 60.0), (1.0, 12.0), (4.0, 25.0)),
    };
    Range { accounts, rate, days }
}

impl Knobs {
    /// Fills what the specification leaves open. `budget` limits the exchanges of a campaign whose size was not
    /// asked for.
    pub(crate) fn resolve(spec: &CampaignSpec, plan: &Plan<'_>, budget: f64, dice: &mut Dice) -> Self {
        let range = range(spec.archetype);
        let scale = (plan.config.accounts as f64 / 6_000.0).sqrt();
        let drawn = dice.log_range(range.accounts.0, range.accounts.1) * scale;
        let tail = if dice.chance(0.08) { dice.range(1.5, 4.0) } else { 1.0 };
        let ceiling = (plan.config.accounts as f64 * 0.035).max(5.0);
        let accounts = spec.accounts.unwrap_or((drawn * tail).clamp(5.0, ceiling.min(2_000.0)) as usize);
        let log = f64::from(plan.config.days);
        let (rate_drawn, days_drawn) =
            (dice.log_range(range.rate.0, range.rate.1), dice.log_range(range.days.0, range.days.1));
        let mut days = spec.days.unwrap_or(days_drawn).min(log);
        let start_day = spec.start_day.unwrap_or_else(|| start(spec.archetype, plan, log, days, dice));
        days = days.min(log - start_day).max(0.1);
        let mut rate = spec.requests_per_account_day.unwrap_or(rate_drawn);
        let budget = budget * dice.log_range(0.5, 2.2);
        let wanted = accounts as f64 * rate * days;
        if spec.requests_per_account_day.is_none() && wanted > budget {
            rate = (rate * budget / wanted).max(0.3);
        }
        let begin = plan.window().0 + (start_day * Micros::DAY as f64) as i64;
        Self {
            archetype: spec.archetype,
            accounts,
            rate,
            share: spec.share.unwrap_or_else(|| dice.log_range(0.05, 0.5)),
            paraphrase: spec.paraphrase.unwrap_or_else(|| *dice.pick(&[0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])),
            proxy: spec.proxy.unwrap_or_else(|| *dice.pick(&ProxyKind::ALL)),
            jitter: spec.jitter.unwrap_or_else(|| jitter(spec.archetype, dice)),
            payment_diversity: spec.payment_diversity.unwrap_or_else(|| diversity(spec.archetype, dice)),
            rotation: spec
                .rotation
                .unwrap_or_else(|| if dice.chance(0.5) { dice.range(0.1, 0.45) } else { 0.0 }),
            round_the_clock: spec.round_the_clock.unwrap_or_else(|| dice.chance(0.35)),
            cover: spec.cover.unwrap_or_else(|| if dice.chance(0.4) { dice.range(0.1, 0.8) } else { 0.0 }),
            window: (begin, begin + (days * Micros::DAY as f64) as i64),
            flavour: spec
                .flavour
                .unwrap_or_else(|| *dice.pick(&[Flavour::ScamFunnel, Flavour::StepList, Flavour::Profiling])),
        }
    }

    /// For the truth file.
    pub(crate) fn record(&self) -> Map<String, Value> {
        let value = json!({
            "fleet": self.accounts,
            "requests_per_account_day": round(self.rate),
            "share": round(self.share),
            "paraphrase": self.paraphrase,
            "proxy": self.proxy,
            "jitter": round(self.jitter),
            "payment_diversity": round(self.payment_diversity),
            "rotation": round(self.rotation),
            "cover": round(self.cover),
            "round_the_clock": self.round_the_clock,
            "from": Micros(self.window.0),
            "until": Micros(self.window.1),
            "flavour": (self.archetype == Archetype::SharedPlaybook).then_some(self.flavour),
        });
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

fn round(x: f64) -> f64 {
    (x * 1_000.0).round() / 1_000.0
}

/// First day: anywhere that leaves time; a pivot runs before and after the release.
fn start(archetype: Archetype, plan: &Plan<'_>, log: f64, days: f64, dice: &mut Dice) -> f64 {
    let latest = (log - days).max(0.0);
    if archetype == Archetype::ReleasePivot {
        let release = (plan.stage.last_release() - plan.window().0) as f64 / Micros::DAY as f64;
        return (release - days * dice.range(0.35, 0.6)).clamp(0.0, latest);
    }
    dice.range(0.0, latest)
}

fn jitter(archetype: Archetype, dice: &mut Dice) -> f64 {
    match archetype {
        Archetype::BalancedExtraction => dice.range(0.0, 0.3),
        Archetype::SharedPlaybook | Archetype::ResoldAccess => dice.range(0.6, 1.0),
        _ => dice.range(0.1, 1.0),
    }
}

fn diversity(archetype: Archetype, dice: &mut Dice) -> f64 {
    match archetype {
        Archetype::BalancedExtraction => dice.range(0.02, 0.25),
        _ => *dice.pick(&[0.1, 0.3, 0.6, 0.9, 1.0, 1.0]),
    }
}
