//! Hunts: asked for, imported, compared.

use std::path::PathBuf;

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_cases::{FieldError, Hunt, HuntConfig, HuntDiff, HuntId, HuntStatus};
use vigie_model::Micros;
use vigie_store::records::{ImportReport, NewHunt, Page};

use super::lists;
use crate::endpoint::{Answer, Api, Ask, Nothing, Reply};
use crate::jobs::{child, hunts};
use crate::operation::{get, post};
use crate::problem::Problem;

/// Inputs of one hunt, at most.
const INPUTS_MAX: usize = 1_000;

/// What to hunt.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Order {
    /// Files and directories on the server, in a folder that it may read.
    inputs: Vec<String>,
    /// First moment that no longer counts.
    #[serde(default)]
    until: Option<Micros>,
    /// How to hunt: the keys of `vigie.toml`; as always when absent.
    #[serde(default)]
    config: Option<HuntConfig>,
}

/// What to import.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Import {
    /// Directory that `vigie hunt` wrote, in a folder that the server may read.
    dir: String,
}

/// What an import did.
#[derive(Debug, Serialize, JsonSchema)]
struct Imported {
    /// The hunt.
    hunt: Hunt,
    /// What became of its campaigns.
    report: ImportReport,
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Hunts", "Looks at everybody at once, on demand.");
    api.add(get("/hunts", "listHunts", "Hunts, latest first").list(), list);
    api.add(
        post("/hunts", "startHunt", "Hunt in the background; one at a time").gives(StatusCode::ACCEPTED),
        start,
    );
    api.add(
        post("/hunts/import", "importHunt", "Take in what `vigie hunt` wrote").gives(StatusCode::CREATED),
        import,
    );
    api.add(get("/hunts/{id}", "getHunt", "One hunt and how far it is"), show);
    api.add(get("/hunts/{id}/diff/{other}", "diffHunts", "What changed between two hunts"), diff);
}

fn list(ask: &Ask<lists::Any>) -> Answer<Page<Hunt>> {
    Ok(Reply::ok(ask.app.records.hunts(&ask.query.list()?)?))
}

/// The inputs as paths that the server may read.
fn allowed<Q, B>(ask: &Ask<Q, B>, field: &str, inputs: &[String]) -> Result<Vec<PathBuf>, Problem> {
    let own = [hunts::folder(&ask.app.config)];
    let roots: Vec<PathBuf> = ask.app.config.inputs.iter().chain(&own).cloned().collect();
    child::allowed(inputs, &roots).map_err(|(i, why)| {
        let field = if field == "inputs" { format!("inputs[{i}]") } else { field.to_owned() };
        Problem::field(field, why)
    })
}

fn start(ask: &Ask<Nothing, Order>) -> Answer<Hunt> {
    let Order { inputs, until, config } = &ask.body;
    if inputs.is_empty() || inputs.len() > INPUTS_MAX {
        return Err(Problem::field("inputs", format!("1 to {INPUTS_MAX} files or directories")));
    }
    if let Some(config) = config {
        config.validate().map_err(of_config)?;
    }
    let inputs = allowed(ask, "inputs", inputs)?;
    let inputs = inputs.iter().map(|path| path.display().to_string()).collect();
    // The folder says whose hunt it is, should this server be started again before it ran.
    let out_dir = hunts::folder(&ask.app.config).display().to_string();
    let config = config.clone();
    let new = NewHunt { inputs, until: *until, config, out_dir, status: HuntStatus::Queued };
    let hunt = ask.app.records.create_hunt(&ask.ctx()?, &new)?;
    hunts::own(&ask.app, &hunt);
    ask.app.hunt_waits.notify_one();
    let version = hunt.version;
    Ok(Reply::accepted(hunt).version(version))
}

/// Says of each key that it is one of the configuration.
fn of_config(mut errors: Vec<FieldError>) -> Problem {
    errors.iter_mut().for_each(|error| error.field.insert_str(0, "config."));
    Problem::invalid(errors)
}

fn import(ask: &Ask<Nothing, Import>) -> Answer<Imported> {
    let dir = allowed(ask, "dir", std::slice::from_ref(&ask.body.dir))?;
    let dir = dir.first().ok_or_else(|| Problem::bug("an allowed folder got lost"))?;
    let (hunt, report) =
        hunts::import(&ask.app.records, &ask.ctx_once()?, dir).map_err(|error| match error {
            hunts::ImportError::Files(error) => Problem::field("dir", error.to_string()),
            hunts::ImportError::Records(error) => error.into(),
        })?;
    Ok(Reply::created(Imported { hunt, report }))
}

fn show(ask: &Ask) -> Answer<Hunt> {
    let hunt = ask.app.records.hunt(&ask.id("id")?)?;
    let version = hunt.version;
    Ok(Reply::ok(hunt).version(version))
}

fn diff(ask: &Ask) -> Answer<HuntDiff> {
    let (before, after): (HuntId, HuntId) = (ask.id("id")?, ask.id("other")?);
    Ok(Reply::ok(ask.app.records.hunt_diff(&before, &after)?))
}
