//! What a labelled world knows: who is in which network, and which exchanges the networks sent.

use std::path::Path;

use arrow_array::Array;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::error::ScoreError;
use super::input::{each_batch, json_lines};

/// A network of the world, malicious or an innocent look-alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthNetwork {
    /// Its id.
    pub network_id: String,
    /// The pattern that the world's author gave it.
    pub archetype: String,
    /// Whether its members should be accused.
    pub malicious: bool,
    /// Its members, as indices of [`Truth`]'s accounts, ascending.
    pub members: Vec<u32>,
}

/// The truth files of a world.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    accounts: Vec<String>,
    index: FxHashMap<String, u32>,
    networks: Vec<TruthNetwork>,
    networks_of: Vec<Vec<u32>>,
    mixed: Vec<bool>,
    /// Exchanges that each account sent for malicious networks; empty where the world's exchanges are not there.
    served: Vec<u32>,
    /// Accounts with a life of their own that were meant for a malicious network and never sent anything for it.
    idle: FxHashSet<u32>,
    /// Event → malicious network.
    events: FxHashMap<String, u32>,
}

#[derive(Deserialize)]
struct NetworkLine {
    network_id: String,
    archetype: String,
    malicious: bool,
}

/// A row of `truth_accounts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthAccount {
    /// The account.
    pub account_id: String,
    /// Its network; an account of several networks has several rows.
    pub network_id: Option<String>,
    /// Whether only a part of its traffic belongs to the network.
    pub mixed: bool,
}

impl Truth {
    /// Reads `truth_accounts.parquet`, `truth_networks.jsonl` and `truth_exchanges.parquet` of a world and, where it is
    /// there, who sent what in `exchanges.parquet`.
    ///
    /// # Errors
    /// [`ScoreError`] naming the file, and the row's network when no line defines it.
    pub fn read(world_dir: &Path) -> Result<Self, ScoreError> {
        let lines: Vec<NetworkLine> = json_lines(&world_dir.join("truth_networks.jsonl"))?;
        let mut truth = Self::default();
        let mut network_index = FxHashMap::default();
        for line in lines {
            network_index.insert(line.network_id.clone(), truth.networks.len() as u32);
            truth.add_network(line.network_id, line.archetype, line.malicious);
        }
        truth.read_accounts(&world_dir.join("truth_accounts.parquet"), &network_index)?;
        truth.read_events(&world_dir.join("truth_exchanges.parquet"), &network_index)?;
        let exchanges = world_dir.join("exchanges.parquet");
        if exchanges.exists() {
            truth.read_senders(&exchanges)?;
        }
        truth.settle();
        Ok(truth)
    }

    /// A truth from parts, for tests and for labelled data of other shapes: networks as (id, archetype, malicious).
    /// Rows that name an unknown network count as honest; exchanges are unknown.
    pub fn from_parts(networks: &[(&str, &str, bool)], accounts: &[TruthAccount]) -> Self {
        let mut truth = Self::default();
        let mut network_index = FxHashMap::default();
        for (i, (id, archetype, malicious)) in networks.iter().enumerate() {
            network_index.insert((*id).to_owned(), i as u32);
            truth.add_network((*id).to_owned(), (*archetype).to_owned(), *malicious);
        }
        for row in accounts {
            let network = row.network_id.as_ref().and_then(|n| network_index.get(n)).copied();
            truth.add_account(&row.account_id, network, row.mixed);
        }
        truth.settle();
        truth
    }

    fn add_network(&mut self, network_id: String, archetype: String, malicious: bool) {
        self.networks.push(TruthNetwork { network_id, archetype, malicious, members: Vec::new() });
    }

    fn add_account(&mut self, account_id: &str, network: Option<u32>, mixed: bool) {
        let account = match self.index.get(account_id) {
            Some(&account) => account,
            None => {
                let account = self.accounts.len() as u32;
                self.accounts.push(account_id.to_owned());
                self.index.insert(account_id.to_owned(), account);
                self.networks_of.push(Vec::new());
                self.mixed.push(false);
                account
            }
        };
        let Some(network) = network else { return };
        self.networks[network as usize].members.push(account);
        self.networks_of[account as usize].push(network);
        self.mixed[account as usize] |= mixed && self.networks[network as usize].malicious;
    }

    /// Sorts what came in file order, so that no figure depends on it.
    fn settle(&mut self) {
        for network in &mut self.networks {
            network.members.sort_unstable();
            network.members.dedup();
        }
        for networks in &mut self.networks_of {
            networks.sort_unstable();
            networks.dedup();
        }
    }

    fn read_accounts(&mut self, path: &Path, networks: &FxHashMap<String, u32>) -> Result<(), ScoreError> {
        each_batch(path, &["account_id", "network_id", "role"], |table| {
            let (account, network, role) =
                (table.text("account_id")?, table.text("network_id")?, table.text("role")?);
            for i in 0..table.rows() {
                let network =
                    if network.is_null(i) { None } else { Some(look_up(networks, network.value(i), path)?) };
                let mixed = !role.is_null(i) && role.value(i) == "mixed";
                self.add_account(account.value(i), network, mixed);
            }
            Ok(())
        })
    }

    fn read_events(&mut self, path: &Path, networks: &FxHashMap<String, u32>) -> Result<(), ScoreError> {
        each_batch(path, &["event_id", "network_id"], |table| {
            let (event, network) = (table.text("event_id")?, table.text("network_id")?);
            for i in (0..table.rows()).filter(|&i| !network.is_null(i)) {
                let network = look_up(networks, network.value(i), path)?;
                if self.networks[network as usize].malicious {
                    self.events.insert(event.value(i).to_owned(), network);
                }
            }
            Ok(())
        })
    }

    /// Counts what accounts sent for malicious networks. A mixed account that sent nothing for a network is in it by
    /// intention alone, which no log shows: it leaves the network.
    fn read_senders(&mut self, path: &Path) -> Result<(), ScoreError> {
        self.served = vec![0; self.accounts.len()];
        let mut pairs: FxHashSet<(u32, u32)> = FxHashSet::default();
        each_batch(path, &["event_id", "account_id"], |table| {
            let (event, account) = (table.text("event_id")?, table.text("account_id")?);
            for i in 0..table.rows() {
                if let Some(&network) = self.events.get(event.value(i))
                    && let Some(&account) = self.index.get(account.value(i))
                {
                    self.served[account as usize] += 1;
                    pairs.insert((account, network));
                }
            }
            Ok(())
        })?;
        for account in 0..self.accounts.len() as u32 {
            if !self.mixed[account as usize] {
                continue;
            }
            let networks = &mut self.networks_of[account as usize];
            networks.retain(|&n| !self.networks[n as usize].malicious || pairs.contains(&(account, n)));
            if !networks.iter().any(|&n| self.networks[n as usize].malicious) {
                self.idle.insert(account);
                self.mixed[account as usize] = false;
            }
        }
        for (n, network) in self.networks.iter_mut().enumerate() {
            network.members.retain(|&a| self.networks_of[a as usize].contains(&(n as u32)));
        }
        Ok(())
    }

    /// Number of accounts of the world.
    pub fn accounts_len(&self) -> usize {
        self.accounts.len()
    }

    /// The id of an account.
    pub fn account_id(&self, account: u32) -> &str {
        &self.accounts[account as usize]
    }

    /// The index of an account, `None` when the truth does not know it.
    pub fn account(&self, account_id: &str) -> Option<u32> {
        self.index.get(account_id).copied()
    }

    /// All networks, in the order of the file.
    pub fn networks(&self) -> &[TruthNetwork] {
        &self.networks
    }

    /// The networks of an account, as indices of [`Self::networks`].
    pub fn networks_of(&self, account: u32) -> &[u32] {
        &self.networks_of[account as usize]
    }

    /// The malicious networks of an account.
    pub fn malicious_networks_of(&self, account: u32) -> impl Iterator<Item = u32> + '_ {
        self.networks_of(account).iter().copied().filter(|&n| self.networks[n as usize].malicious)
    }

    /// Whether the account should be accused.
    pub fn is_malicious(&self, account: u32) -> bool {
        self.malicious_networks_of(account).next().is_some()
    }

    /// Whether only a part of the account's traffic belongs to a malicious network.
    pub fn is_mixed(&self, account: u32) -> bool {
        self.mixed[account as usize]
    }

    /// Whether the account was meant for a malicious network, lives a life of its own and never sent anything for the
    /// network: to accuse it is neither right nor wrong, so no figure of accounts or networks
    /// counts it.
    pub fn is_idle(&self, account: u32) -> bool {
        self.idle.contains(&account)
    }

    /// Accounts that are [idle](Self::is_idle).
    pub fn idle_len(&self) -> usize {
        self.idle.len()
    }

    /// Exchanges that an account sent for malicious networks; `None` where the world's exchanges are not there.
    pub fn served(&self, account: u32) -> Option<u32> {
        self.served.get(account as usize).copied()
    }

    /// Accounts that nobody should accuse.
    pub fn honest_len(&self) -> usize {
        (0..self.accounts.len() as u32).filter(|&a| !self.is_malicious(a) && !self.is_idle(a)).count()
    }

    /// The malicious network that sent an exchange.
    pub fn network_of_event(&self, event_id: &str) -> Option<u32> {
        self.events.get(event_id).copied()
    }

    /// All accounts that should be accused.
    pub fn malicious_accounts(&self) -> FxHashSet<u32> {
        (0..self.accounts.len() as u32).filter(|&a| self.is_malicious(a)).collect()
    }
}

fn look_up(networks: &FxHashMap<String, u32>, id: &str, path: &Path) -> Result<u32, ScoreError> {
    networks.get(id).copied().ok_or_else(|| ScoreError::Unknown {
        path: path.to_owned(),
        what: "network",
        id: id.to_owned(),
        companion: "truth_networks.jsonl",
    })
}
