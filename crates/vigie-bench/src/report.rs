//! The outcome of a benchmark run, and what it says about what was promised.

use serde::{Deserialize, Serialize};

use crate::ablation::Ablation;
use crate::accuracy::WorldResult;
use crate::compare::Comparison;
use crate::load::Load;
use crate::machine::Machine;
use crate::quiet::Quiet;
use crate::real::RealData;
use crate::speed::Speed;
use crate::sweeps::Sweep;

/// Everything that was measured; parts that were not run are absent or empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchReport {
    /// Where.
    pub machine: Machine,
    /// Whether worlds were small: then the figures show that everything runs, and no more.
    pub quick: bool,
    /// Large worlds.
    pub accuracy: Vec<WorldResult>,
    /// Methods side by side.
    pub baselines: Vec<Comparison>,
    /// Pooling.
    pub ablation: Option<Ablation>,
    /// Knobs.
    pub sweeps: Vec<Sweep>,
    /// Worlds without campaigns.
    pub quiet: Option<Quiet>,
    /// Real data.
    pub real: Option<RealData>,
    /// Speed.
    pub speed: Option<Speed>,
    /// Reads of the server while it hunts, which another program measures.
    pub load: Option<Load>,
    /// What a person says about the figures, a paragraph each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// Exchanges from which on a log counts as one of four million: worlds come within a few percent.
const LARGE_EXCHANGES: u64 = 3_800_000;

/// One promise and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What was promised.
    pub what: &'static str,
    /// How much.
    pub promised: String,
    /// What was measured, the worst over worlds where there are several.
    pub measured: String,
    /// Whether the promise is kept.
    pub kept: bool,
}

impl BenchReport {
    /// Fills the parts that this run left out from an `older` one, so that parts can be run one by one.
    #[must_use]
    pub fn merge(mut self, older: Self) -> Self {
        if self.quick != older.quick {
            return self;
        }
        if self.accuracy.is_empty() {
            self.accuracy = older.accuracy;
        }
        if self.baselines.is_empty() {
            self.baselines = older.baselines;
        }
        if self.sweeps.is_empty() {
            self.sweeps = older.sweeps;
        }
        self.ablation = self.ablation.or(older.ablation);
        self.quiet = self.quiet.or(older.quiet);
        self.real = self.real.or(older.real);
        self.speed = self.speed.or(older.speed);
        self.load = self.load.or(older.load);
        if self.remarks.is_empty() {
            self.remarks = older.remarks;
        }
        self
    }

    /// Parts of a whole benchmark that are not here.
    pub fn absent(&self) -> Vec<&'static str> {
        let parts = [
            ("worlds with campaigns", !self.accuracy.is_empty()),
            ("detectors from the literature", !self.baselines.is_empty()),
            ("what pooling gives", self.ablation.is_some()),
            ("where it begins to fail", !self.sweeps.is_empty()),
            ("worlds without any campaign", self.quiet.is_some()),
            ("real data", self.real.is_some()),
            ("speed", self.speed.is_some()),
            ("reads beside a hunt", self.load.is_some()),
        ];
        parts.into_iter().filter(|(_, here)| !here).map(|(name, _)| name).collect()
    }

    /// Every promise for which this run has a figure.
    pub fn targets(&self) -> Vec<Target> {
        let mut targets = self.accuracy_targets();
        targets.extend(self.baseline_targets());
        if let Some(quiet) = &self.quiet {
            let allowed = (quiet.promised * quiet.worlds as f64).floor() as u64;
            targets.push(Target {
                what: "hunts that report a campaign where there is none",
                promised: format!("≤ {allowed} of {}", quiet.worlds),
                measured: quiet.reporting.to_string(),
                kept: quiet.reporting <= allowed,
            });
        }
        if let Some(hop) = self.real.as_ref().and_then(|r| r.hop.as_ref()) {
            let runs = [&hop.transfers_alone, &hop.with_amounts];
            let best = runs.iter().filter_map(|run| run.vigie.f1).fold(0.0f64, f64::max);
            targets.push(least("F1 on Hop's labels", 0.80, best));
        }
        if let Some(crowd) = self.real.as_ref().and_then(|r| r.flash_crowd.as_ref()) {
            targets.push(most_count("campaigns in the organic flash crowd", 0, crowd.campaigns));
        }
        if let Some(speed) = &self.speed {
            targets.extend(speed_targets(speed));
        }
        if let Some(load) = &self.load {
            targets.extend(load_targets(load));
        }
        targets
    }

    fn accuracy_targets(&self) -> Vec<Target> {
        let scores = || self.accuracy.iter().map(|w| &w.score);
        if self.accuracy.is_empty() {
            return Vec::new();
        }
        let worst = |figures: &mut dyn Iterator<Item = f64>| figures.fold(1.0f64, f64::min);
        let missed: u64 = scores().map(|s| s.recovered.large - s.recovered.large_recovered).sum();
        let look_alikes = |s: &vigie_sim::score::Score| -> u64 {
            s.innocents.look_alikes.iter().map(|l| l.fifth_accused).sum()
        };
        let mut targets = vec![
            least(
                "account recall at 10 false accounts per million honest",
                0.95,
                worst(&mut scores().map(|s| s.recall_at.first().map_or(0.0, |r| r.recall))),
            ),
            most_count("networks of ≥ 20 accounts not recovered", 0, missed),
            least("B-cubed F1", 0.95, worst(&mut scores().map(|s| s.b_cubed.f1.unwrap_or(0.0)))),
            most_count(
                "look-alikes with a fifth of their members accused",
                0,
                scores().map(look_alikes).sum(),
            ),
        ];
        let slices: Vec<f64> = scores().filter_map(|s| s.exchanges.as_ref()?.mixed_from_tenth.f1).collect();
        if !slices.is_empty() {
            targets.push(least(
                "exchange F1 in mixed accounts at ε ≥ 10 %",
                0.90,
                worst(&mut slices.into_iter()),
            ));
        }
        let lags: Vec<f64> = scores().filter_map(|s| s.lag.as_ref()?.median).collect();
        if !lags.is_empty() {
            let lag = lags.into_iter().fold(0.0f64, f64::max);
            targets.push(Target {
                what: "median share of a campaign's volume before it is named",
                promised: "≤ 5 %".to_owned(),
                measured: format!("{:.1} %", lag * 100.0),
                kept: lag <= 0.05,
            });
        }
        targets
    }

    fn baseline_targets(&self) -> Vec<Target> {
        let lead = |c: &Comparison| {
            let (vigie, others) = c.methods.split_first()?;
            let best = others.iter().map(|m| m.recall_at_vigie).fold(0.0f64, f64::max);
            Some((vigie.recall_at_vigie, best))
        };
        self.baselines
            .iter()
            .filter_map(lead)
            .map(|(vigie, best)| Target {
                what: "recall at equal false accounts, against the best baseline",
                promised: "clearly above".to_owned(),
                measured: format!("{vigie:.3} against {best:.3}"),
                kept: vigie > best + 0.1,
            })
            .collect()
    }
}

fn speed_targets(speed: &Speed) -> Vec<Target> {
    let seconds = speed.fold.wall_s + speed.hunt.wall_s;
    let mut targets = vec![Target {
        what: "prompts folded per second and core",
        promised: "≥ 250,000 at 300 characters".to_owned(),
        measured: format!("{:.0} at {:.0} bytes", speed.prompts_per_s, speed.prompt_bytes),
        // Work is linear in the text: the promise is held against bytes.
        kept: speed.prompts_per_s * speed.prompt_bytes >= 250_000.0 * 300.0,
    }];
    // A smaller log says nothing about the large one.
    if speed.exchanges < LARGE_EXCHANGES {
        return targets;
    }
    targets.push(Target {
        what: "hunt of 4,000,000 exchanges from Parquet",
        promised: "≤ 90 s".to_owned(),
        measured: format!("{seconds:.0} s for {}", speed.exchanges),
        kept: seconds <= 90.0,
    });
    if let Some(peak) = speed.fold.peak_mib.max(speed.hunt.peak_mib) {
        targets.push(Target {
            what: "memory of that hunt",
            promised: "≤ 4,096 MiB".to_owned(),
            measured: format!("{peak} MiB"),
            kept: peak <= 4_096,
        });
    }
    targets
}

fn load_targets(load: &Load) -> Vec<Target> {
    let slowest = load.stores.iter().map(|store| store.total.p95_ms).fold(0.0f64, f64::max);
    let failed: u64 = load.stores.iter().map(|store| store.total.failed).sum();
    vec![
        Target {
            what: "p95 of 50 reads a second beside a running hunt",
            promised: "≤ 100 ms".to_owned(),
            measured: format!("{slowest:.0} ms at {} a second", load.reads_per_s),
            // Fewer reads, or without a hunt, keep no promise.
            kept: slowest <= 100.0
                && load.reads_per_s >= 50.0
                && load.stores.iter().all(|store| store.hunting_share >= 0.9),
        },
        most_count("of these reads, failed", 0, failed),
    ]
}

fn least(what: &'static str, promised: f64, measured: f64) -> Target {
    Target {
        what,
        promised: format!("≥ {promised:.2}"),
        measured: format!("{measured:.3}"),
        kept: measured >= promised,
    }
}

fn most_count(what: &'static str, promised: u64, measured: u64) -> Target {
    Target {
        what,
        promised: promised.to_string(),
        measured: measured.to_string(),
        kept: measured <= promised,
    }
}
