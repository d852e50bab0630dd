//! Detectors from the literature, to stand beside Vigie in the same run.
//!
//! Each is written anew from its paper over the same digest of a log; its module says what is faithful and what had
//! to be adapted. None sees the truth, save where a paper assumes traffic that is known to be benign: then it gets
//! that of accounts that truly are. Each is run at several settings and the report shows the best of them, chosen with
//! the truth in hand: an advantage that Vigie does not get.

pub mod components;
pub mod mmd;
pub mod prada;
pub mod shapiro;
pub mod synchrotrap;
pub mod volume;

use vigie_sim::score::{Found, FoundGroup};

use crate::digest::Digest;

/// What a baseline says about a log at one setting.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The setting, for the report.
    pub setting: String,
    /// Suspicion of accounts, any unit, more is worse; accounts that are left out are beyond suspicion.
    pub scores: Vec<(u32, f64)>,
    /// Groups accused at the method's own cut-off. A method that knows no groups gives one an account.
    pub groups: Vec<Vec<u32>>,
}

impl Verdict {
    /// The verdict of a per-account method: accused is who scores at least `cut_off`.
    pub fn per_account(setting: String, scores: Vec<(u32, f64)>, cut_off: f64) -> Self {
        let groups = scores.iter().filter(|s| s.1 >= cut_off).map(|s| vec![s.0]).collect();
        Self { setting, scores, groups }
    }

    /// In the form that the scorer reads.
    pub fn to_found(&self, digest: &Digest) -> Found {
        let name = |account: u32| digest.accounts[account as usize].clone();
        let group = |(i, members): (usize, &Vec<u32>)| FoundGroup {
            campaign_id: i.to_string(),
            kind: String::new(),
            accuses: true,
            members: members.iter().map(|&a| (name(a), 1.0)).collect(),
        };
        Found {
            groups: self.groups.iter().enumerate().map(group).collect(),
            events: None,
            ranking: Some(self.scores.iter().map(|&(a, score)| (name(a), score)).collect()),
        }
    }
}

/// A baseline and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Baseline {
    /// Name for tables.
    pub name: &'static str,
    /// Paper or practice.
    pub source: &'static str,
    /// What had to be changed for this kind of log.
    pub adapted: &'static str,
    /// Runs every setting. The second argument names accounts known to be honest, for papers that assume such.
    pub run: fn(&Digest, &[u32]) -> Vec<Verdict>,
}

/// All baselines.
pub const BASELINES: [Baseline; 5] = [
    Baseline {
        name: "volume and duplicates",
        source: "practice: rate limit with a duplicate rule; duplicate counting per account as in SEAT (AISec'21)",
        adapted: "duplicates by hash, not by a trained encoder; one quantile sweeps both thresholds",
        run: |digest, _| volume::run(digest),
    },
    Baseline {
        name: "connected components",
        source: "practice of airdrop and star-fraud hunters: everything that shares an address or a payment",
        adapted: "objects held by too many accounts are left out, components above a tenth of all accounts too",
        run: |digest, _| components::run(digest),
    },
    Baseline {
        name: "SynchroTrap",
        source: "Cao, Yang, Yu, Palow, CCS 2014",
        adapted: "constraint objects are client addresses and prompt templates; crowded windows are left out",
        run: |digest, _| synchrotrap::run(digest),
    },
    Baseline {
        name: "MMD windows",
        source: "Liu, Guo, Dong, arXiv 2606.05725 (2026)",
        adapted: "windows per account; hashed 64-dimensional embedding in place of bge-small",
        run: mmd::run,
    },
    Baseline {
        name: "PRADA on text",
        source: "Juuti, Szyller, Marchal, Asokan, EuroS&P 2019 (1805.02628)",
        adapted: "one class; L2 distance of hashed embeddings in place of images",
        run: |digest, _| prada::run(digest),
    },
];
