//! Hop: accounts of a real airdrop, labelled sybil or eligible, and the transfers between them.
//!
//! As objects: an account touches its own address and that of every account it exchanged a transfer with. Accounts
//! without a transfer have no such object, so a second run adds what else the table tells: the total volume, in steps
//! of 0.2, 1 and 5 percent, each with a second grid shifted by half a step, so that no pair falls between two steps. How
//! close in time equal volumes began is left to the hunt (scripted accounts start together with equal amounts): the time
//! of a touch is the account's first use; transfers carry none. Connected components know no time, so they join
//! accounts whose volume is equal to one percent and whose first use lies in the same stretch of two hours.
//!
//! The file is half of the set over which connected components of at least ten accounts reach precision .937, recall
//! .617, F1 .744: accounts are drawn, and transfers between the halves are gone, so that the same method has other
//! figures here. Both are reported, the half's is the one to compare with.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use vigie_graph::UnionFind;
use vigie_model::{Micros, ObjectTouch};
use vigie_sim::score::Hits;

use super::{hunt, rows};
use crate::error::BenchError;

/// Figures on Hop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// Accounts.
    pub accounts: u64,
    /// Those labelled sybil.
    pub sybils: u64,
    /// Transfers between accounts.
    pub transfers: u64,
    /// Sybils that exchanged no transfer with any account here: nobody can find them from this graph.
    pub sybils_without_transfer: u64,
    /// What each method makes of transfers alone.
    pub transfers_alone: HopRun,
    /// The same with amounts and first uses beside them.
    pub with_amounts: HopRun,
}

/// Methods over the same objects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HopRun {
    /// Touches of objects.
    pub touches: u64,
    /// Connected components by minimal size.
    pub components: Vec<Components>,
    /// Members of Vigie's accusing campaigns.
    pub vigie: Hits,
    /// Those campaigns.
    pub campaigns: u64,
}

/// Accounts in connected components of a minimal size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Components {
    /// Fewest accounts of a component.
    pub accounts_min: u64,
    /// Against the labels.
    pub hits: Hits,
}

/// What a run sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HopObjects {
    /// Addresses that transfers join.
    Transfers,
    /// Those, and equal volumes of accounts that started together.
    TransfersAndAmounts,
}

#[derive(Deserialize)]
struct AccountRow {
    address: String,
    first_seen: i64,
    total_volume: f64,
    label: String,
}

#[derive(Deserialize)]
struct EdgeRow {
    from: String,
    to: String,
}

struct Graph {
    accounts: Vec<AccountRow>,
    edges: Vec<(u32, u32)>,
}

/// Scores connected components and Vigie against the labels.
///
/// # Errors
/// [`BenchError::Data`] naming the file that cannot be read.
pub fn hop(accounts: &Path, edges: &Path) -> Result<Hop, BenchError> {
    let graph = Graph::read(accounts, edges)?;
    let linked: FxHashSet<u32> = graph.edges.iter().flat_map(|&(a, b)| [a, b]).collect();
    let lone = (0..graph.accounts.len() as u32).filter(|a| graph.is_sybil(*a) && !linked.contains(a)).count();
    Ok(Hop {
        accounts: graph.accounts.len() as u64,
        sybils: graph.accounts.iter().filter(|a| a.label == "sybil").count() as u64,
        transfers: graph.edges.len() as u64,
        sybils_without_transfer: lone as u64,
        transfers_alone: graph.run(HopObjects::Transfers),
        with_amounts: graph.run(HopObjects::TransfersAndAmounts),
    })
}

/// The objects table of one run.
///
/// # Errors
/// [`BenchError::Data`] naming the file that cannot be read.
pub fn hop_touches(accounts: &Path, edges: &Path, sees: HopObjects) -> Result<Vec<ObjectTouch>, BenchError> {
    Ok(Graph::read(accounts, edges)?.touches(sees))
}

impl Graph {
    fn read(accounts: &Path, edges: &Path) -> Result<Self, BenchError> {
        let accounts: Vec<AccountRow> = rows(accounts)?;
        let index: FxHashMap<&str, u32> =
            accounts.iter().enumerate().map(|(i, a)| (a.address.as_str(), i as u32)).collect();
        let edges = rows::<EdgeRow>(edges)?
            .iter()
            .filter_map(|e| Some((*index.get(e.from.as_str())?, *index.get(e.to.as_str())?)))
            .collect();
        Ok(Self { accounts, edges })
    }

    fn is_sybil(&self, account: u32) -> bool {
        self.accounts[account as usize].label == "sybil"
    }

    fn hits(&self, named: impl Fn(u32) -> bool) -> Hits {
        let count = |is_sybil: bool, is_named: bool| {
            let all = 0..self.accounts.len() as u32;
            all.filter(|&a| self.is_sybil(a) == is_sybil && named(a) == is_named).count() as u64
        };
        Hits::new(count(true, true), count(false, true), count(true, false))
    }

    fn run(&self, sees: HopObjects) -> HopRun {
        let touches = self.touches(sees);
        let count = touches.len() as u64;
        let components = [2, 5, 10, 20].map(|size| self.components(sees, size)).to_vec();
        let report = hunt(touches);
        let accusing: FxHashSet<&str> =
            report.campaigns.iter().filter(|c| c.accuses()).map(|c| c.campaign_id.as_str()).collect();
        let members = report.members.iter().filter(|m| accusing.contains(m.campaign_id.as_str()));
        let named: FxHashSet<&str> = members.map(|m| m.account_id.as_str()).collect();
        HopRun {
            touches: count,
            components,
            vigie: self.hits(|a| named.contains(self.accounts[a as usize].address.as_str())),
            campaigns: accusing.len() as u64,
        }
    }

    fn components(&self, sees: HopObjects, accounts_min: usize) -> Components {
        let mut sets = UnionFind::new(self.accounts.len());
        for &(a, b) in &self.edges {
            sets.union(a, b);
        }
        if sees == HopObjects::TransfersAndAmounts {
            let mut first: FxHashMap<String, u32> = FxHashMap::default();
            for account in 0..self.accounts.len() as u32 {
                let other = *first.entry(self.amount(account)).or_insert(account);
                sets.union(account, other);
            }
        }
        let named: FxHashSet<u32> = sets.groups(accounts_min).into_iter().flatten().collect();
        Components { accounts_min: accounts_min as u64, hits: self.hits(|a| named.contains(&a)) }
    }

    fn touches(&self, sees: HopObjects) -> Vec<ObjectTouch> {
        let touch = |account: u32, object_id: String, layer: &str| {
            let row = &self.accounts[account as usize];
            ObjectTouch {
                account_id: row.address.clone(),
                object_id,
                timestamp: Micros(row.first_seen * Micros::SECOND),
                layer: Some(layer.to_owned()),
            }
        };
        let distinct: FxHashSet<(u32, u32)> =
            self.edges.iter().flat_map(|&(a, b)| [(a, a), (b, b), (a, b), (b, a)]).collect();
        let mut distinct: Vec<(u32, u32)> = distinct.into_iter().collect();
        distinct.sort_unstable();
        let address = |(account, object): (u32, u32)| {
            touch(account, self.accounts[object as usize].address.clone(), "transfer")
        };
        let mut touches: Vec<ObjectTouch> = distinct.into_iter().map(address).collect();
        if sees == HopObjects::TransfersAndAmounts {
            let all = 0..self.accounts.len() as u32;
            touches.extend(all.flat_map(|account| {
                self.volumes(account).into_iter().map(move |volume| touch(account, volume, "amount"))
            }));
        }
        touches
    }

    /// The volume in steps of several sizes, on two grids each.
    fn volumes(&self, account: u32) -> Vec<String> {
        let ln = self.accounts[account as usize].total_volume.max(1e-9).ln();
        let grids = [0.002, 0.01, 0.05].into_iter().flat_map(|step| [(step, 0.0), (step, 0.5)]);
        grids.map(|(step, shift)| format!("volume {step} {shift} {}", (ln / step + shift).floor())).collect()
    }

    /// Volume to one percent and start to two hours, as one object.
    fn amount(&self, account: u32) -> String {
        let row = &self.accounts[account as usize];
        let step = (row.total_volume.max(1e-9).ln() / 0.01).floor();
        format!("volume {step} from {}", row.first_seen.div_euclid(7_200))
    }
}
