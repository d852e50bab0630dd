//! `vigie score`: a hunt against the truth.

use std::path::Path;
use std::process::ExitCode;

use vigie_hunt::{Quiet, Settings, SideTables, Window};
use vigie_ingest::ReadOptions;
use vigie_sim::score::{Lag, LagLimits, Timelines, Truth, lag, score};

use crate::args::Score;
use crate::failure::{Failure, Outcome, Writing as _};
use crate::out;
use crate::progress::Show;

/// Runs the command.
pub fn run(args: &Score) -> Outcome {
    super::use_threads(args.run)?;
    let mut figures = score(&args.world, &args.hunt)?;
    if args.lag {
        figures.lag = Some(measured_lag(&args.world, &Show::new(args.run.quiet))?);
    }
    let text = match args.json {
        true => serde_json::to_string_pretty(&figures).writing()? + "\n",
        false => figures.table(),
    };
    out::result(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Folds the world once and hunts it up to many moments.
fn measured_lag(world: &Path, show: &Show) -> Result<Lag, Failure> {
    let mut found = vigie_ingest::resolve(&[world.display().to_string()])?;
    if let Some(problem) = found.problems.pop() {
        return Err(problem.into());
    }
    show.reading("reading", found.sources.iter().filter_map(vigie_ingest::Source::bytes).sum());
    let mut broken = None;
    let mut reader = vigie_ingest::open_exchanges(&found.sources, &ReadOptions::default())?;
    let meter = reader.meter();
    let mut batches = std::iter::from_fn(|| {
        show.bytes_done(meter.bytes_done());
        match reader.next()? {
            Ok(decoded) => Some(decoded.batch),
            Err(error) => {
                broken = Some(error);
                None
            }
        }
    });
    let lake = vigie_hunt::fold(&mut batches, &Quiet)?;
    if let Some(error) = broken {
        return Err(error.into());
    }
    let side = side_tables(&found)?;
    let truth = Truth::read(world)?;
    let timelines = Timelines::read(world, &truth)?;
    let limits = LagLimits::default();
    let mut hunts = 0;
    let lag = lag(&truth, &timelines, limits, |until| {
        hunts += 1;
        vigie_hunt::Progress::stage(show, &format!("hunt {hunts} of at most {}", limits.hunts_max), None);
        let window = Window { since: None, until: Some(until) };
        vigie_hunt::hunt(&lake, &side, window, &Settings::default(), &Quiet)
    });
    show.finish();
    Ok(lag)
}

fn side_tables(found: &vigie_ingest::Resolved) -> Result<SideTables, Failure> {
    let mut side = SideTables::default();
    for file in &found.accounts {
        side.accounts.append(&mut vigie_ingest::read_accounts(file)?.0);
    }
    for file in &found.models {
        side.models.append(&mut vigie_ingest::read_models(file)?.0);
    }
    Ok(side)
}
