//! What a user may set about a world: its size, its campaigns, its look-alikes, and the named presets.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use vigie_model::{Kind, Micros};

use super::WorldError;

/// Most exchanges that one world may hold; its plan takes about 40 bytes each in memory.
pub const EXCHANGES_MAX: usize = 20_000_000;
/// Most accounts that one world may hold.
pub const ACCOUNTS_MAX: usize = 2_000_000;

/// A world in full. Every key is optional; what is left out is drawn from the seed or taken from [`Default`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorldConfig {
    /// Same seed and settings, same bytes.
    pub seed: u64,
    /// Exchanges aimed at; the world comes within a few percent.
    pub exchanges: usize,
    /// Accounts aimed at, all kinds together.
    pub accounts: usize,
    /// Length of the log in days.
    pub days: u32,
    /// Midnight (UTC) of the first day.
    pub start: Micros,
    /// Folder with real prompts and arrivals; built-in grammar where absent.
    pub corpus: Option<PathBuf>,
    /// Campaigns to plant. Absent: drawn from the seed, every archetype that fits the size.
    pub campaigns: Option<Vec<CampaignSpec>>,
    /// Innocent groups to plant. Absent: drawn from the seed, every kind.
    pub lookalikes: Option<Vec<LookalikeSpec>>,
    /// Largest part of all exchanges that campaigns drawn from the seed may take, 0–0.6.
    pub campaign_share_max: f64,
}

impl Default for WorldConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            exchanges: 300_000,
            accounts: 6_000,
            days: 14,
            start: Micros(20_486 * Micros::DAY),
            corpus: None,
            campaigns: None,
            lookalikes: None,
            campaign_share_max: 0.22,
        }
    }
}

/// The names that [`WorldConfig::preset`] knows.
pub const PRESETS: [&str; 6] = ["demo", "small", "bench-500k", "bench-4m", "none", "honest-only"];

impl WorldConfig {
    /// A named size: `demo` (the default), `small`, `bench-500k`, `bench-4m`, `none` (look-alikes but no
    /// campaign), `honest-only` (neither). `None` for another name.
    pub fn preset(name: &str) -> Option<Self> {
        let demo = Self::default();
        Some(match name {
            "demo" => demo,
            "small" => Self { exchanges: 30_000, accounts: 1_200, days: 10, ..demo },
            "bench-500k" => Self { exchanges: 500_000, accounts: 12_000, days: 21, ..demo },
            "bench-4m" => Self { exchanges: 4_000_000, accounts: 80_000, days: 28, ..demo },
            "none" => Self { campaigns: Some(Vec::new()), ..demo },
            "honest-only" => Self { campaigns: Some(Vec::new()), lookalikes: Some(Vec::new()), ..demo },
            _ => return None,
        })
    }

    pub(crate) fn check(&self) -> Result<(), WorldError> {
        let bad = |what: String| Err(WorldError::Config(what));
        if !(100..=EXCHANGES_MAX).contains(&self.exchanges) {
            return bad(format!("exchanges = {} is outside 100..={EXCHANGES_MAX}", self.exchanges));
        }
        if !(20..=ACCOUNTS_MAX).contains(&self.accounts) || self.accounts > self.exchanges {
            return bad(format!(
                "accounts = {} is outside 20..={ACCOUNTS_MAX} or above exchanges = {}",
                self.accounts, self.exchanges
            ));
        }
        if !(2..=400).contains(&self.days) {
            return bad(format!("days = {} is outside 2..=400", self.days));
        }
        if !(0.0..=0.6).contains(&self.campaign_share_max) {
            return bad(format!("campaign_share_max = {} is outside 0..=0.6", self.campaign_share_max));
        }
        self.campaigns.iter().flatten().try_for_each(CampaignSpec::check)
    }
}

/// The pattern of a planted campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Archetype {
    /// A fleet shares out one extraction job; no account stands out.
    SplitExtraction,
    /// The same in lockstep behind a load balancer, with shared payments; often grading work.
    BalancedExtraction,
    /// A fleet that turns to a new model within a day of its release.
    ReleasePivot,
    /// Asks for reasoning traces, in several languages.
    TraceCoercion,
    /// A slice of extraction inside the traffic of a reseller's ordinary users.
    ResoldAccess,
    /// Dormant keys, probed, then drained from a new network.
    KeyTakeover,
    /// Accounts made in series, partly used, partly held in reserve.
    SignupFarm,
    /// Comment, like and post scripts for many personas.
    ScriptedPersonas,
    /// Many accounts take steps of one operation's scripts.
    SharedPlaybook,
}

impl Archetype {
    /// All archetypes.
    pub const ALL: [Self; 9] = [
        Self::SplitExtraction,
        Self::BalancedExtraction,
        Self::ReleasePivot,
        Self::TraceCoercion,
        Self::ResoldAccess,
        Self::KeyTakeover,
        Self::SignupFarm,
        Self::ScriptedPersonas,
        Self::SharedPlaybook,
    ];

    /// The name that the truth carries: the same as the kind that a hunt would report.
    pub fn id(self) -> &'static str {
        match self {
            Self::SplitExtraction => Kind::SplitExtraction,
            Self::BalancedExtraction => Kind::BalancedExtraction,
            Self::ReleasePivot => Kind::ReleasePivot,
            Self::TraceCoercion => Kind::TraceCoercion,
            Self::ResoldAccess => Kind::ResoldAccess,
            Self::KeyTakeover => Kind::KeyTakeover,
            Self::SignupFarm => Kind::SignupFarm,
            Self::ScriptedPersonas => Kind::ScriptedPersonas,
            Self::SharedPlaybook => Kind::SharedPlaybook,
        }
        .id()
    }
}

/// How a fleet hides where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyKind {
    /// A few addresses of its own.
    None,
    /// Addresses of cloud providers, several accounts on each.
    Datacentre,
    /// Addresses of private homes, another one every request or so.
    ResidentialRotating,
    /// Exits of commercial VPNs and carrier gateways that many honest people use too.
    SharedWithHonest,
}

impl ProxyKind {
    /// All kinds.
    pub const ALL: [Self; 4] =
        [Self::None, Self::Datacentre, Self::ResidentialRotating, Self::SharedWithHonest];
}

/// Which operation a shared playbook belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flavour {
    /// A scam funnel: staged messages to contacts.
    ScamFunnel,
    /// A list of software parts, each account asks for one.
    StepList,
    /// Cards about people, filled row by row.
    Profiling,
}

/// One campaign to plant. What is left out is drawn from the seed, in ranges that suit the archetype.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignSpec {
    /// The pattern.
    pub archetype: Archetype,
    /// Accounts at any one time; replacements after bans come on top.
    #[serde(default)]
    pub accounts: Option<usize>,
    /// Campaign requests of one account and day.
    #[serde(default)]
    pub requests_per_account_day: Option<f64>,
    /// ε: part of mixed accounts' own traffic that is the campaign's, 0–1.
    #[serde(default)]
    pub share: Option<f64>,
    /// How far the same request is said in other words, 0 (verbatim) to 1 (anew each time).
    #[serde(default)]
    pub paraphrase: Option<f64>,
    /// Where the traffic comes from.
    #[serde(default)]
    pub proxy: Option<ProxyKind>,
    /// 0 = the dispatcher's clock shows, 1 = each account keeps hours like a person.
    #[serde(default)]
    pub jitter: Option<f64>,
    /// Payment instruments per account, 0 (one for all) to 1 (one each).
    #[serde(default)]
    pub payment_diversity: Option<f64>,
    /// Part of the accounts that are banned on the way and replaced by fresh ones, 0–1.
    #[serde(default)]
    pub rotation: Option<f64>,
    /// Cover traffic: ordinary talk per campaign request, 0–1.
    #[serde(default)]
    pub cover: Option<f64>,
    /// Whether the fleet works around the clock rather than in somebody's hours.
    #[serde(default)]
    pub round_the_clock: Option<bool>,
    /// First day of the campaign, counted from the start of the world.
    #[serde(default)]
    pub start_day: Option<f64>,
    /// Length in days.
    #[serde(default)]
    pub days: Option<f64>,
    /// Only for `shared-playbook`.
    #[serde(default)]
    pub flavour: Option<Flavour>,
}

impl CampaignSpec {
    /// A campaign of which everything but the archetype is drawn.
    pub fn of(archetype: Archetype) -> Self {
        Self {
            archetype,
            accounts: None,
            requests_per_account_day: None,
            share: None,
            paraphrase: None,
            proxy: None,
            jitter: None,
            payment_diversity: None,
            rotation: None,
            cover: None,
            round_the_clock: None,
            start_day: None,
            days: None,
            flavour: None,
        }
    }

    fn check(&self) -> Result<(), WorldError> {
        let unit = [
            ("share", self.share),
            ("paraphrase", self.paraphrase),
            ("jitter", self.jitter),
            ("payment_diversity", self.payment_diversity),
            ("rotation", self.rotation),
            ("cover", self.cover),
        ];
        for (name, value) in unit {
            if value.is_some_and(|v| !(0.0..=1.0).contains(&v)) {
                return Err(WorldError::Config(format!(
                    "{name} of {} is outside 0..=1",
                    self.archetype.id()
                )));
            }
        }
        let positive = [self.requests_per_account_day, self.days];
        if positive.iter().flatten().any(|v| !(*v > 0.0 && *v < 100_000.0)) || self.accounts == Some(0) {
            return Err(WorldError::Config(format!(
                "accounts, requests_per_account_day and days of {} must be above 0",
                self.archetype.id()
            )));
        }
        Ok(())
    }
}

/// An innocent group that looks like a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lookalike {
    /// Licensed to resell; labelled.
    LicensedReseller,
    /// Research groups that run overlapping public benchmark items.
    UniversityBenchmark,
    /// One organisation's bulk job over a few keys.
    BatchJob,
    /// Pupils behind one NAT with the same assignments.
    Classroom,
    /// Vetted security testers; labelled.
    VerifiedRedTeam,
    /// Build machines.
    CiFleet,
    /// A company signs up all its people.
    CompanyRollout,
    /// Strangers who try a new model in its first hours with the same popular prompts.
    ReleaseRush,
    /// Allowed distillation of the operator's own model; labelled.
    AuthorisedDistillation,
    /// One hobbyist with many free accounts and ordinary questions.
    CreditFarmer,
    /// Strangers who use the same rare agent harness.
    AgentHarness,
}

impl Lookalike {
    /// All look-alikes.
    pub const ALL: [Self; 11] = [
        Self::LicensedReseller,
        Self::UniversityBenchmark,
        Self::BatchJob,
        Self::Classroom,
        Self::VerifiedRedTeam,
        Self::CiFleet,
        Self::CompanyRollout,
        Self::ReleaseRush,
        Self::AuthorisedDistillation,
        Self::CreditFarmer,
        Self::AgentHarness,
    ];

    /// The name that the truth carries.
    pub fn id(self) -> &'static str {
        match self {
            Self::LicensedReseller => "licensed-reseller",
            Self::UniversityBenchmark => "university-benchmark",
            Self::BatchJob => "batch-job",
            Self::Classroom => "classroom",
            Self::VerifiedRedTeam => "verified-red-team",
            Self::CiFleet => "ci-fleet",
            Self::CompanyRollout => "company-rollout",
            Self::ReleaseRush => "release-rush",
            Self::AuthorisedDistillation => "authorised-distillation",
            Self::CreditFarmer => "credit-farmer",
            Self::AgentHarness => "agent-harness",
        }
    }
}

/// One innocent group to plant. What is left out is drawn from the seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookalikeSpec {
    /// What it is.
    pub kind: Lookalike,
    /// Accounts.
    #[serde(default)]
    pub accounts: Option<usize>,
}
