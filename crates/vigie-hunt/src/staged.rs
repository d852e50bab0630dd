//! A small world as it stands once clusters are judged, for tests of what comes after.

use vigie_ingest::{ReadOptions, Source, open_exchanges, read_accounts, read_models};
use vigie_model::{Exchange, ExchangeBatchBuilder, Kind};
use vigie_sim::score::Truth;
use vigie_sim::world::config::WorldConfig;
use vigie_sim::world::generate;

use crate::assemble::Judged;
use crate::cluster::ClusterOptions;
use crate::pipeline::{Found, cluster, pool};
use crate::verdict::{Bench, accused};
use crate::{Lake, Quiet, Settings, SideTables, Window, fold};

/// Fewest members of a campaign that is handed on: enough to take some away.
const MEMBERS_MIN: usize = 12;

/// What tests are handed.
pub(crate) struct Staged<'a> {
    pub(crate) bench: Bench<'a>,
    /// Accused clusters, largest first, of which no two share an account; takeovers, which are told by other things, are
    /// left out.
    pub(crate) campaigns: Vec<Judged>,
    pub(crate) options: &'a ClusterOptions,
    /// Whether each account is in a network that should be accused.
    pub(crate) guilty: Vec<bool>,
    /// That network, by its number in the truth.
    pub(crate) networks: Vec<Option<u32>>,
    /// Whether such a network sent each row.
    pub(crate) planted: Vec<bool>,
}

/// Hands on a world of 30,000 exchanges with campaigns as they are drawn.
pub(crate) fn staged(then: impl FnOnce(&Staged<'_>)) {
    staged_in(&world(), |staged| {
        assert!(staged.campaigns.len() >= 2, "{} campaigns prove little", staged.campaigns.len());
        then(staged);
    });
}

/// The settings of [`staged`]'s world.
pub(crate) fn world() -> WorldConfig {
    let small = WorldConfig::preset("small").unwrap();
    WorldConfig { seed: 12, exchanges: 30_000, accounts: 1_000, ..small }
}

/// Rows as they are folded.
pub(crate) fn folded(rows: &[Exchange]) -> Lake {
    let mut builder = ExchangeBatchBuilder::default();
    rows.iter().for_each(|row| builder.push(row));
    fold(&mut std::iter::once(builder.finish()), &Quiet).unwrap()
}

/// Makes a world, judges its clusters and hands them on.
pub(crate) fn staged_in(config: &WorldConfig, then: impl FnOnce(&Staged<'_>)) {
    let dir = tempfile::tempdir().unwrap();
    generate(config, dir.path(), &mut |_| ()).unwrap();
    let truth = Truth::read(dir.path()).unwrap();
    let exchanges = Source::File(dir.path().join("exchanges.parquet"));
    let mut batches =
        open_exchanges(&[exchanges], &ReadOptions::default()).unwrap().map(|portion| portion.unwrap().batch);
    let lake = fold(&mut batches, &Quiet).unwrap();
    let (accounts, _) = read_accounts(&dir.path().join("accounts.parquet")).unwrap();
    let (models, _) = read_models(&dir.path().join("models.parquet")).unwrap();
    let (side, settings) = (SideTables { accounts, models }, Settings::default());
    cluster(&lake, &side, Window::default(), &settings, &Quiet, |found| {
        let Found { index, population, graph, clusters, cutting, .. } = found;
        let pool = pool(index, &population, &clusters);
        let bench = Bench { index, graph: &graph, population: &population, pool: &pool, settings: &settings };
        let mut campaigns: Vec<Judged> = Vec::new();
        for judged in clusters.into_iter().filter_map(|cluster| bench.judge(cluster)) {
            let members = &judged.cluster.members;
            let apart =
                |other: &Judged| members.iter().all(|a| other.cluster.members.binary_search(a).is_err());
            if accused(&judged)
                && judged.judgement.kind != Kind::KeyTakeover
                && members.len() >= MEMBERS_MIN
                && campaigns.iter().all(apart)
            {
                campaigns.push(judged);
            }
        }
        let network = |name: &str| truth.malicious_networks_of(truth.account(name)?).next();
        let networks = lake.accounts.iter().map(|name| network(name)).collect();
        let guilty = |name: &str| truth.account(name).is_some_and(|a| truth.is_malicious(a));
        let guilty = lake.accounts.iter().map(|name| guilty(name)).collect();
        let planted = |row: usize| truth.network_of_event(lake.event_id(row)).is_some();
        let planted = (0..lake.rows.time.len()).map(planted).collect();
        then(&Staged { bench, campaigns, options: &cutting, guilty, networks, planted });
    });
}
