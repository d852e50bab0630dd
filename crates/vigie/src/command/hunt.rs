//! `vigie hunt`: read, fold, hunt, write, show.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use vigie_cases::HuntConfig;
use vigie_hunt::{Options, SideTables, Window};
use vigie_ingest::{ReadOptions, Resolved, Source};
use vigie_model::HuntReport;
use vigie_report::HtmlOptions;
use vigie_store::RejectsWriter;

use crate::args::Hunt;
use crate::config;
use crate::failure::{Failure, Outcome, Writing as _, code};
use crate::interrupt::clean_on_interrupt;
use crate::out;
use crate::progress::Show;
use crate::read::{self, Ledger};

/// Name of the report in the output directory.
pub(super) const REPORT: &str = "report.html";
/// Sources whose counts are told one by one; the report lists them all.
const SOURCES_TOLD: usize = 20;

/// Runs the command.
pub fn run(args: &Hunt) -> Outcome {
    super::use_threads(args.run)?;
    let window = window(args)?;
    let config = args.config.as_deref().map_or_else(|| Ok(HuntConfig::default()), config::read_hunt)?;
    let options = read_options(args, &config);
    let found = vigie_ingest::resolve(if args.objects.is_empty() { &args.logs } else { &args.objects })?;
    keep_inputs_safe(&found, args)?;
    note_left_out(&found, args.run.quiet);

    clean_on_interrupt(&args.out);
    let mut rejects = RejectsWriter::create(&args.out, options.rejects_max).writing()?;
    let show = Show::new(args.run.quiet);
    let hunted = hunt(args, &config, &options, window, &found, &mut rejects, &show);
    show.finish();
    // The rows that were skipped are told also where nothing was left to hunt.
    if hunted.is_ok() || rejects.seen() > 0 {
        rejects.finish().writing()?;
    }
    let Hunted { report, sources, incomplete } = hunted?;

    write(&args.out, &report, sources)?;
    if !args.run.quiet {
        out::note(&format!("Wrote {}", args.out.join(REPORT).display()));
    }
    show_result(args, &report)?;
    Ok(ExitCode::from(match report.campaigns.iter().any(|c| c.accuses()) {
        _ if incomplete => code::INPUT,
        true => code::CAMPAIGNS_FOUND,
        false => code::NOTHING_FOUND,
    }))
}

/// What a hunt came to.
struct Hunted {
    report: HuntReport,
    /// One line per source, for the report.
    sources: Vec<String>,
    /// Whether a source could not be read, or not to its end.
    incomplete: bool,
}

fn window(args: &Hunt) -> Result<Window, Failure> {
    match (args.since, args.until) {
        (Some(since), Some(until)) if since >= until => Err(Failure::usage(format!(
            "--since {} is not before --until {}",
            since.to_rfc3339(),
            until.to_rfc3339()
        ))),
        (since, until) => Ok(Window { since, until }),
    }
}

fn read_options(args: &Hunt, config: &HuntConfig) -> ReadOptions {
    let default = ReadOptions::default();
    let read = &config.read;
    let trust = args.trust_addresses.or(read.address_trust.map(Into::into));
    ReadOptions {
        format: args.format,
        row_bytes_max: read.row_bytes_max.unwrap_or(default.row_bytes_max),
        file_bytes_max: read.file_bytes_max.unwrap_or(default.file_bytes_max),
        rejects_max: read.rejects_max.unwrap_or(default.rejects_max),
        address_trust: trust.map_or(default.address_trust, Into::into),
        ..default
    }
}

/// Refuses to write where the inputs lie: both know a file called `exchanges.parquet`.
fn keep_inputs_safe(found: &Resolved, args: &Hunt) -> Result<(), Failure> {
    let Ok(out) = fs::canonicalize(&args.out) else { return Ok(()) };
    let logs = found.sources.iter().filter_map(|source| match source {
        Source::File(path) => Some(path.as_path()),
        _ => None,
    });
    let side = args.accounts.iter().chain(&args.models).map(std::path::PathBuf::as_path);
    for input in logs.chain(side) {
        if fs::canonicalize(input).is_ok_and(|input| input.parent() == Some(&out)) {
            return Err(Failure::usage(format!(
                "`{}` lies in the output directory, where it could be overwritten; choose another --out",
                input.display()
            )));
        }
    }
    Ok(())
}

fn note_left_out(found: &Resolved, quiet: bool) {
    /// Names that one line bears.
    const NAMES_MAX: usize = 5;
    if quiet || found.left_out.is_empty() {
        return;
    }
    let names = found.left_out.iter().take(NAMES_MAX).map(|file| file.display().to_string());
    let more = match found.left_out.len().saturating_sub(NAMES_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    out::note(&format!("Left out, no logs: {}{more}", names.collect::<Vec<_>>().join(", ")));
}

fn hunt(
    args: &Hunt,
    config: &HuntConfig,
    options: &ReadOptions,
    window: Window,
    found: &Resolved,
    rejects: &mut RejectsWriter,
    show: &Show,
) -> Result<Hunted, Failure> {
    let side = side_tables(args, found, rejects, show)?;
    let mut hunt_options = Options { hunt: config::hunt_options(&config.hunt) };
    hunt_options.hunt.seed = args.seed.or(hunt_options.hunt.seed);
    let settings = (&hunt_options).into();

    let mut ledger = Ledger::new(&found.sources, rejects, show);
    let mut report = if args.objects.is_empty() {
        let lake = vigie_hunt::fold(&mut read::exchanges(&found.sources, options, &mut ledger), &Folding)?;
        tell(&mut ledger, found, show)?;
        vigie_hunt::hunt(&lake, &side, window, &settings, show)
    } else {
        let mut touches = read::objects(&found.sources, options, &mut ledger);
        let report = vigie_hunt::hunt_objects(&mut touches, window, &settings, show);
        drop(touches);
        tell(&mut ledger, found, show)?;
        report
    };
    report.summary.rejected = ledger.rejected();
    let sources = ledger
        .sources
        .iter()
        .map(|s| format!("{}: {} rows, {} skipped", s.name, s.rows, s.rejected))
        .collect();
    Ok(Hunted { report, sources, incomplete: ledger.incomplete() || !found.problems.is_empty() })
}

/// The bar shows bytes while reading, so the fold's own count of rows is not shown.
struct Folding;

impl vigie_hunt::Progress for Folding {
    fn stage(&self, _name: &str, _total: Option<u64>) {}
    fn advance(&self, _done: u64) {}
}

fn side_tables(
    args: &Hunt,
    found: &Resolved,
    rejects: &mut RejectsWriter,
    show: &Show,
) -> Result<SideTables, Failure> {
    if !args.objects.is_empty() {
        return Ok(SideTables::default());
    }
    // What the user names stands in for what lies in the directories.
    let accounts = if args.accounts.is_empty() { &found.accounts } else { &args.accounts };
    let models = if args.models.is_empty() { &found.models } else { &args.models };
    read::side_tables(accounts, models, rejects, show)
}

/// Tells how reading went; when not one row could be read there is nothing to hunt, and "nothing found" would be a lie.
fn tell(ledger: &mut Ledger<'_>, found: &Resolved, show: &Show) -> Result<(), Failure> {
    ledger.check().writing()?;
    let broken = ledger.sources.iter().filter_map(|s| s.error.as_ref());
    let mut errors: Vec<String> = found.problems.iter().chain(broken).map(ToString::to_string).collect();
    let mut skipped: Vec<String> = ledger.first_rejects.iter().map(|reject| format!("  {reject}")).collect();
    if ledger.rejected() > skipped.len() as u64 {
        skipped.push(format!("  all {} skipped rows are in rejects.jsonl", ledger.rejected()));
    }
    if ledger.rows() == 0 && !skipped.is_empty() {
        errors.push("not one row of the input can be read:".to_owned());
        errors.append(&mut skipped);
    }
    if ledger.rows() == 0 && !errors.is_empty() {
        return Err(Failure::input(errors.join("\n")));
    }
    for error in &errors {
        show.error(error);
    }
    for source in ledger.sources.iter().take(SOURCES_TOLD) {
        show.say(&format!("{}: {} rows, {} skipped", source.name, source.rows, source.rejected));
    }
    if ledger.sources.len() > SOURCES_TOLD {
        let files = ledger.sources.len();
        show.say(&format!("all {files} files: {} rows, {} skipped", ledger.rows(), ledger.rejected()));
    }
    skipped.iter().for_each(|line| show.say(line));
    if ledger.rows() == 0 {
        show.say("The input holds no row at all: there was nothing to hunt.");
    }
    Ok(())
}

/// Writes everything that a hunt leaves behind.
fn write(dir: &Path, report: &HuntReport, sources: Vec<String>) -> Result<(), Failure> {
    vigie_store::write_report(dir, report).writing()?;
    let page = vigie_report::html(report, &HtmlOptions { sources, ..HtmlOptions::default() });
    vigie_store::write_text(dir, REPORT, &page).writing()?;
    Ok(())
}

fn show_result(args: &Hunt, report: &HuntReport) -> Result<(), Failure> {
    match &args.explain {
        Some(campaign) => out::result(&explained(report, campaign, &args.out)?),
        None if args.json => out::result(&vigie_report::json(report).writing()?),
        None => out::result(&vigie_report::table(report, out::width())),
    }
}

/// One campaign in full.
///
/// # Errors
/// When there is no such campaign; names those that there are.
pub(super) fn explained(report: &HuntReport, campaign: &str, dir: &Path) -> Result<String, Failure> {
    vigie_report::explain(report, campaign, out::width()).ok_or_else(|| {
        let known: Vec<&str> = report.campaigns.iter().take(20).map(|c| c.campaign_id.as_str()).collect();
        Failure::usage(match known.is_empty() {
            true => format!("{} holds no campaign at all", dir.display()),
            false => format!("no campaign `{campaign}` in {}; there are {}", dir.display(), known.join(", ")),
        })
    })
}
