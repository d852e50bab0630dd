//! One file per command. Each turns arguments into calls of the libraries and hands on text and an exit code.

mod audit;
mod bench;
mod explain;
mod hunt;
mod manual;
mod report;
mod score;
mod serve;
mod sim;

use crate::args::{Command, Run};
use crate::failure::{Failure, Outcome};

/// Runs a command.
///
/// # Errors
/// [`Failure`], which knows its exit code.
pub fn run(command: Command) -> Outcome {
    match command {
        Command::Hunt(args) => hunt::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Serve(args) => serve::run(*args),
        Command::Audit(args) => audit::run(&args),
        Command::Sim(args) => sim::run(args),
        Command::Score(args) => score::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    }
}

/// Sets the number of threads, once per process.
fn use_threads(run: Run) -> Result<(), Failure> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(run.threads)
        .build_global()
        .map_err(|error| Failure::usage(format!("--threads {}: {error}", run.threads)))
}
