//! Hunts in the background: one at a time, its progress told, its campaigns taken in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use vigie_cases::{Actor, Hunt, HuntProgress, HuntStatus};
use vigie_model::{AccountActivity, Campaign, HuntSummary, Member, Micros};
use vigie_store::StoreError;
use vigie_store::records::{
    ACTIVITY_OF_A_HUNT_MAX, Ctx, HuntUpdate, ImportReport, ListQuery, NewHunt, Records, RecordsError,
};

use super::child::{self, Order, Step};
use crate::state::{App, Config};

/// Time between two notes of progress in the records.
const PROGRESS_PAUSE: Duration = Duration::from_secs(1);

/// What a hunt left in its directory, campaign by campaign.
pub struct Found {
    /// Counts.
    pub summary: HuntSummary,
    /// Campaigns with their members.
    pub campaigns: Vec<(Campaign, Vec<Member>)>,
    /// What accounts did.
    pub activity: Vec<AccountActivity>,
}

/// Where the server's own hunts write.
pub fn folder(config: &Config) -> PathBuf {
    config.data.join("hunts")
}

/// Reads what a hunt wrote.
///
/// # Errors
/// [`StoreError`], naming the file.
pub fn read(dir: &Path) -> Result<Found, StoreError> {
    let summary = vigie_store::read_summary(dir)?;
    let campaigns = vigie_store::read_campaigns(dir)?;
    let mut members: HashMap<String, Vec<Member>> = HashMap::new();
    for member in vigie_store::read_members(dir)? {
        members.entry(member.campaign_id.clone()).or_default().push(member);
    }
    let with_members = |campaign: Campaign| {
        let members = members.remove(&campaign.campaign_id).unwrap_or_default();
        (campaign, members)
    };
    let campaigns: Vec<_> = campaigns.into_iter().map(with_members).collect();
    let named = campaigns.iter().flat_map(|(_, members)| members).map(|m| m.account_id.as_str()).collect();
    let activity = vigie_store::read_activity_of(dir, ACTIVITY_OF_A_HUNT_MAX, &named)?;
    Ok(Found { summary, campaigns, activity })
}

/// Why what a hunt wrote was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Its files.
    #[error("{0}")]
    Files(#[from] StoreError),
    /// The records.
    #[error("{0}")]
    Records(#[from] RecordsError),
}

/// Takes in what a hunt wrote into a directory, as a hunt of its own.
///
/// # Errors
/// [`ImportError::Files`] when it cannot be read, and then leaves no trace; [`ImportError::Records`] when its campaigns
/// cannot be recorded, and then the hunt is recorded as failed.
pub fn import(records: &Records, ctx: &Ctx, dir: &Path) -> Result<(Hunt, ImportReport), ImportError> {
    let found = read(dir)?;
    let name = dir.display().to_string();
    let new = NewHunt {
        inputs: vec![name.clone()],
        until: None,
        config: None,
        out_dir: name,
        status: HuntStatus::Running,
    };
    let hunt = records.create_hunt(ctx, &new)?;
    match records.import_campaigns(ctx, &hunt.hunt_id, &found.summary, &found.campaigns, &found.activity) {
        Ok(report) => Ok((records.hunt(&hunt.hunt_id)?, report)),
        Err(error) => {
            let failed = HuntUpdate {
                status: Some(HuntStatus::Failed),
                error: Some(error.to_string()),
                ..HuntUpdate::default()
            };
            records.update_hunt(ctx, &hunt.hunt_id, &failed)?;
            Err(error.into())
        }
    }
}

/// The same at the start of a server, but for directories that were taken in before; tells the cases that came to be.
///
/// # Errors
/// Those of [`import`].
pub fn import_once(records: &Records, now: Micros, dir: &Path) -> Result<usize, ImportError> {
    let dir = std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
    let list = ListQuery { limit: vigie_store::records::LIMIT_MAX, ..ListQuery::default() };
    let known = records.hunts(&list)?.items;
    let before = known.iter().any(|hunt| hunt.status == HuntStatus::Done && Path::new(&hunt.out_dir) == dir);
    if before {
        return Ok(0);
    }
    let (_, report) = import(records, &Ctx::new(Actor::system("hunt"), now), &dir)?;
    Ok(report.opened.len())
}

fn ctx(app: &App) -> Ctx {
    Ctx::new(Actor::system("hunt"), app.now())
}

/// This server has to run it.
pub fn own(app: &App, hunt: &Hunt) {
    if let Ok(mut own) = app.own_hunts.lock() {
        own.insert(hunt.hunt_id.clone());
    }
}

/// At the start: this server's hunts that were running when it stopped have failed; those that waited wait still.
///
/// # Errors
/// Those of the records.
pub fn clean_up(app: &App) -> Result<(), RecordsError> {
    for hunt in unfinished(app)? {
        if !Path::new(&hunt.out_dir).starts_with(folder(&app.config)) {
            continue;
        }
        match hunt.status {
            HuntStatus::Running => {
                end(app, &hunt, Some("the server stopped while it ran; start it again".to_owned()))?;
            }
            _ => own(app, &hunt),
        }
    }
    Ok(())
}

/// Hunts that wait or run, oldest first, among the latest.
fn unfinished(app: &App) -> Result<Vec<Hunt>, RecordsError> {
    let list = ListQuery { limit: vigie_store::records::LIMIT_MAX, ..ListQuery::default() };
    let mut hunts = app.records.hunts(&list)?.items;
    hunts.retain(|hunt| matches!(hunt.status, HuntStatus::Queued | HuntStatus::Running));
    hunts.sort_by_key(|hunt| hunt.started_at);
    Ok(hunts)
}

/// The next hunt of this server.
fn next(app: &App) -> Result<Option<Hunt>, RecordsError> {
    let own = app.own_hunts.lock().map(|own| own.clone()).unwrap_or_default();
    if own.is_empty() {
        return Ok(None);
    }
    let waiting = |hunt: &Hunt| hunt.status == HuntStatus::Queued && own.contains(&hunt.hunt_id);
    Ok(unfinished(app)?.into_iter().find(waiting))
}

fn end(app: &App, hunt: &Hunt, error: Option<String>) -> Result<(), RecordsError> {
    let update = HuntUpdate { status: Some(HuntStatus::Failed), error, ..HuntUpdate::default() };
    app.records.update_hunt(&ctx(app), &hunt.hunt_id, &update).map(drop)
}

/// Runs every hunt that waits, one after the other.
///
/// # Errors
/// Those of the records; a hunt that fails is recorded as failed and is no error here.
pub async fn run_waiting(app: &App) -> Result<(), RecordsError> {
    loop {
        let asked = app.clone();
        let Some(hunt) = blocking(move || next(&asked)).await? else { return Ok(()) };
        app.metrics.hunts_running.fetch_add(1, Ordering::Relaxed);
        let ran = run_one(app, &hunt).await;
        app.metrics.hunts_running.fetch_sub(1, Ordering::Relaxed);
        if let Ok(mut own) = app.own_hunts.lock() {
            own.remove(&hunt.hunt_id);
        }
        if let Err(why) = ran {
            let asked = app.clone();
            blocking(move || end(&asked, &hunt, Some(why))).await?;
        }
        app.changed.notify_waiters();
    }
}

async fn run_one(app: &App, hunt: &Hunt) -> Result<(), String> {
    let out = folder(&app.config).join(hunt.hunt_id.as_str());
    let begun = HuntUpdate {
        status: Some(HuntStatus::Running),
        out_dir: Some(out.display().to_string()),
        progress: Some(HuntProgress { stage: "start".to_owned(), done: 0, total: 0 }),
        ..HuntUpdate::default()
    };
    let (asked, id, dir) = (app.clone(), hunt.hunt_id.clone(), out.clone());
    blocking(move || {
        std::fs::create_dir_all(&dir)
            .map_err(|error| RecordsError::Unavailable(format!("`{}`: {error}", dir.display())))?;
        asked.records.update_hunt(&ctx(&asked), &id, &begun).map(drop)
    })
    .await
    .map_err(|error| error.to_string())?;
    let order = Order {
        program: app.config.program.clone(),
        inputs: hunt.inputs.clone(),
        until: hunt.until,
        config: hunt.config.clone(),
        out: out.clone(),
        threads: app.config.hunt_threads,
    };
    let mut told = Instant::now();
    child::run(&order, |step| {
        if told.elapsed() >= PROGRESS_PAUSE {
            told = Instant::now();
            tell(app, hunt, step);
        }
    })
    .await?;
    let (asked, id) = (app.clone(), hunt.hunt_id.clone());
    blocking(move || {
        let found = read(&out).map_err(|error| RecordsError::Unavailable(error.to_string()))?;
        let Found { summary, campaigns, activity } = &found;
        asked.records.import_campaigns(&ctx(&asked), &id, summary, campaigns, activity).map(drop)
    })
    .await
    .map_err(|error| error.to_string())
}

/// Notes how far the hunt is; that it cannot be noted is no reason to stop it.
fn tell(app: &App, hunt: &Hunt, step: Step) {
    let (app, id) = (app.clone(), hunt.hunt_id.clone());
    let progress = HuntProgress { stage: step.stage, done: step.done, total: step.total };
    tokio::task::spawn_blocking(move || {
        let update = HuntUpdate { progress: Some(progress), ..HuntUpdate::default() };
        let _ = app.records.update_hunt(&ctx(&app), &id, &update);
        app.changed.notify_waiters();
    });
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RecordsError> + Send + 'static,
) -> Result<T, RecordsError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(RecordsError::Unavailable(error.to_string())),
    }
}
