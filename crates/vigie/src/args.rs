//! Arguments: one definition for parsing, help, completions and man pages.

mod serve;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueHint};
use vigie_bench::Part;
use vigie_ingest::Format;
use vigie_model::Micros;

pub use self::serve::{Audit, AuditCommand, AuditExport, AuditVerify, NewUsers, Serve};
use crate::config::AddressTrust;

/// Exit codes, as the help of every command shows them.
const EXIT_CODES: &str = "\
Exit codes:
  0  done; for `hunt`: nothing stands above the cut-off
  1  `hunt` only: campaigns were found
  2  wrong usage or configuration, or the output cannot be written
  3  an input cannot be read; `hunt` still uses and writes what could be read";

/// Finds the accounts that work together to misuse a language-model API.
///
/// Vigie reads request logs, links accounts that share rare things, tests whether the groups are more coordinated
/// than honest ones of their kind, and names campaigns with evidence and with the innocent explanations that it tried.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_long_help = concat!("\
Start here:
  vigie sim world                        make a world with campaigns hidden in it
  vigie hunt world                       find them; writes vigie-out/report.html
  vigie score world vigie-out            compare with what was planted

  vigie hunt 'logs/2026-02-*.parquet' --accounts accounts.parquet
  vigie explain vigie-out CAMPAIGN       why one campaign was named
  vigie serve --inputs logs/             cases, decisions and appeals in the browser

Exit codes: 0 nothing found, 1 campaigns found, 2 wrong usage, 3 input unreadable."))]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Hunt(Hunt),
    Report(Report),
    Explain(Explain),
    Serve(Box<Serve>),
    Audit(Audit),
    Sim(Sim),
    Score(Score),
    Bench(Bench),
    Completions(Completions),
    Man(Man),
}

/// Find campaigns in request logs
///
/// Reads logs, prints the campaigns and writes them to a directory: campaigns.jsonl, members.parquet,
/// exchanges.parquet, activity.parquet, summary.json, rejects.jsonl and report.html. Nothing is written elsewhere, and no prompt text
/// is kept.
///
/// LOGS are files, quoted globs, directories or `-` for standard input: the exchange table as Parquet or JSON Lines
/// (plain, gzip or zstd), or LiteLLM's StandardLoggingPayload. The format is told by content. In a directory, files
/// called accounts.* and models.* are read as side tables. The same event counts once, however often it is there.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES, after_long_help = concat!("\
Examples:
  vigie hunt logs/                                      a directory of logs and side tables
  vigie hunt 'logs/*.jsonl.zst' --since 2026-02-01      one month on
  zcat gateway.json.gz | vigie hunt - --format litellm  from standard input
  vigie hunt --objects touches.csv                      who touched what, when: no prompt at all
  vigie hunt logs/ --json | jq '.campaigns[].kind'      for programs
  vigie hunt logs/ --explain c-4f81d20e                 one campaign in full

Exit codes:
  0  nothing stands above the cut-off
  1  campaigns were found
  2  wrong usage or configuration, or the output cannot be written
  3  an input cannot be read (named on standard error); what could be read is hunted and written all the same"))]
pub struct Hunt {
    /// Logs: files, globs, directories, or `-` for standard input
    #[arg(value_name = "LOGS", value_hint = ValueHint::AnyPath, required_unless_present = "objects")]
    pub logs: Vec<String>,
    /// Hunt by accounts and objects alone: a table of account_id, object_id, timestamp and optionally layer, as CSV,
    /// Parquet or JSON Lines. May be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::AnyPath, conflicts_with_all = ["logs", "accounts", "models"])]
    pub objects: Vec<String>,
    /// Accounts table (Parquet, JSON Lines or CSV), joined on account_id. May be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub accounts: Vec<PathBuf>,
    /// Release calendar: model, released_at. May be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub models: Vec<PathBuf>,
    /// Format of all inputs, instead of telling it by content: parquet, jsonl, litellm, objects-csv, objects-parquet
    /// or objects-jsonl
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// First moment that counts: RFC 3339, or a date for its midnight in UTC
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub since: Option<Micros>,
    /// First moment that no longer counts
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub until: Option<Micros>,
    /// Directory to write to
    #[arg(long, value_name = "DIR", default_value = "vigie-out", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Print summary and campaigns as JSON instead of the table
    #[arg(long, conflicts_with = "explain")]
    pub json: bool,
    /// Print everything about one campaign instead of the table
    #[arg(long, value_name = "CAMPAIGN")]
    pub explain: Option<String>,
    /// Settings; unknown keys are errors
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Seed of the resampling tests; overrides the settings
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How far client addresses of gateway logs can be believed; LiteLLM logs what the client claims unless your
    /// proxy overwrites it
    #[arg(long, value_name = "TRUST", value_enum)]
    pub trust_addresses: Option<AddressTrust>,
    #[command(flatten)]
    pub run: Run,
}

/// How any long command runs.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Run {
    /// Threads to use; 0 for one per core. The result does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// Say nothing about progress
    #[arg(long, short)]
    pub quiet: bool,
}

/// Write report.html again from what a hunt wrote
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Report {
    /// Directory that a hunt wrote
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Heading of the page
    #[arg(long, value_name = "TEXT", default_value = "Hunt report")]
    pub title: String,
}

/// Print everything about one campaign that a hunt wrote
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Explain {
    /// Directory that a hunt wrote
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// Id of a campaign or of a group judged innocent
    #[arg(value_name = "CAMPAIGN")]
    pub campaign: String,
}

/// Make a labelled world: honest accounts, hidden campaigns, innocent look-alikes
///
/// Writes exchanges.parquet, accounts.parquet and models.parquet as a gateway would log them, and the truth beside
/// them (truth_accounts.parquet, truth_networks.jsonl, truth_exchanges.parquet), which `vigie hunt` never reads. The
/// same seed and settings give the same bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES, after_long_help = concat!("\
Examples:
  vigie sim world                              300,000 exchanges of 6,000 accounts over 14 days
  vigie sim world --preset small --seed 7
  vigie sim world --config world.toml          every knob; see docs/reference/worlds.md

Exit codes:
  0  done
  2  wrong usage or settings, or the output cannot be written
  3  the corpus cannot be read"))]
pub struct Sim {
    /// Directory to write to
    #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Named size: demo, small, bench-500k, bench-4m, none (no campaign), honest-only (no look-alike either)
    #[arg(long, value_name = "NAME", default_value = "demo", conflicts_with = "config")]
    pub preset: String,
    /// Seed
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Exchanges to aim at
    #[arg(long, value_name = "N")]
    pub exchanges: Option<usize>,
    /// Accounts to aim at
    #[arg(long, value_name = "N")]
    pub accounts: Option<usize>,
    /// Folder of real prompts and arrivals to draw text from, instead of the built-in grammar
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub corpus: Option<PathBuf>,
    /// Settings of the world as TOML; unknown keys are errors
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub run: Run,
}

/// Compare what a hunt wrote with the truth of a labelled world
///
/// HUNT is the output directory of `vigie hunt`, or of any tool that writes campaigns.jsonl and members.parquet.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Score {
    /// Directory of the world
    #[arg(value_name = "WORLD", value_hint = ValueHint::DirPath)]
    pub world: PathBuf,
    /// Directory that the hunt wrote
    #[arg(value_name = "HUNT", value_hint = ValueHint::DirPath)]
    pub hunt: PathBuf,
    /// Print JSON instead of tables
    #[arg(long)]
    pub json: bool,
    /// Measure detection lag too: hunts the world again, up to each of many moments
    #[arg(long)]
    pub lag: bool,
    #[command(flatten)]
    pub run: Run,
}

/// Measure accuracy, false alarms, baselines and speed, and write them down
///
/// Takes hours in full. Each part is written down when it is done, beside what earlier runs measured; the figures lie
/// as JSON next to the page. Seeds are kept apart from those used for tuning.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Bench {
    /// Parts to run, separated by commas: speed, accuracy, baselines, ablation, sweeps, quiet, real; all when left out
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    pub only: Vec<Part>,
    /// Smaller worlds and fewer seeds: minutes instead of hours
    #[arg(long)]
    pub quick: bool,
    /// File to write
    #[arg(long, value_name = "FILE", default_value = "docs/benchmarks.md", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
    /// Folder of real prompts, arrivals and labelled networks; without it text comes from the built-in grammar and the
    /// part `real` is left out
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub corpus: Option<PathBuf>,
    /// Folder for worlds while the run lasts
    #[arg(long, value_name = "DIR", default_value = "out/bench", value_hint = ValueHint::DirPath)]
    pub scratch: PathBuf,
    /// Keep the worlds for the next run
    #[arg(long)]
    pub keep_worlds: bool,
    #[command(flatten)]
    pub run: Run,
}

/// Print shell completions
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie completions bash > /etc/bash_completion.d/vigie")]
pub struct Completions {
    /// Shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Print the man page, or write one per command to a directory
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Directory for vigie.1, vigie-hunt.1 and so on
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}

/// RFC 3339, or a date for its midnight in UTC.
fn moment(text: &str) -> Result<Micros, String> {
    Micros::parse_rfc3339(text)
        .or_else(|| Micros::parse_rfc3339(&format!("{}T00:00:00Z", text.trim())))
        .ok_or_else(|| "write a date such as 2026-02-23, or a time such as 2026-02-23T08:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn dates_and_times_are_moments() {
        assert_eq!(moment("2026-02-23"), moment("2026-02-23T00:00:00Z"));
        assert_eq!(moment("2026-02-23T01:00:00+01:00"), moment("2026-02-23"));
        assert!(moment("last week").is_err());
        assert!(moment("2026-02-30").is_err());
    }

    #[test]
    fn every_command_teaches() {
        for command in Args::command().get_subcommands() {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name}: no help");
            for argument in command.get_arguments() {
                let id = argument.get_id();
                assert!(
                    argument.get_help().is_some() || id == "version" || id == "help",
                    "{name} {id}: no help"
                );
            }
        }
    }
}
