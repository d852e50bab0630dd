//! `vigie sim`: makes a labelled world.

use std::process::ExitCode;

use vigie_hunt::Progress as _;
use vigie_sim::world::config::{PRESETS, WorldConfig};
use vigie_sim::world::{WorldError, generate};

use crate::args::Sim;
use crate::config;
use crate::failure::{Failure, Outcome};
use crate::interrupt::clean_on_interrupt;
use crate::out;
use crate::progress::Show;

/// Runs the command.
pub fn run(args: Sim) -> Outcome {
    super::use_threads(args.run)?;
    let mut world = match &args.config {
        Some(file) => config::read(file)?,
        None => WorldConfig::preset(&args.preset).ok_or_else(|| {
            Failure::usage(format!("no preset `{}`; there are {}", args.preset, PRESETS.join(", ")))
        })?,
    };
    world.seed = args.seed.unwrap_or(world.seed);
    world.exchanges = args.exchanges.unwrap_or(world.exchanges);
    world.accounts = args.accounts.unwrap_or(world.accounts);
    world.corpus = args.corpus.or(world.corpus);

    clean_on_interrupt(&args.out);
    let show = Show::new(args.run.quiet);
    show.stage("making", Some(world.exchanges as u64));
    let made = generate(&world, &args.out, &mut |written| show.advance(written));
    show.finish();
    let made = made.map_err(|error| match error {
        WorldError::Corpus { .. } => Failure::Input(error.into()),
        other => Failure::Usage(other.into()),
    })?;
    out::result(&format!(
        "{}: {} exchanges of {} accounts; {} campaigns of {} accounts and {} innocent groups among them\n",
        args.out.display(),
        made.exchanges,
        made.accounts,
        made.campaigns,
        made.campaign_accounts,
        made.lookalikes,
    ))?;
    Ok(ExitCode::SUCCESS)
}
