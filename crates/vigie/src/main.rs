//! The command line: the only crate with argument parsing, standard output and exit codes.
//!
//! What lives here: arguments ([`args`]), one file per command ([`command`]), and the edges to the terminal. What does
//! not: any decision about accounts; the libraries take and return plain values.

mod args;
mod command;
mod config;
mod failure;
mod interrupt;
mod out;
mod progress;
mod read;

use std::process::ExitCode;

use clap::Parser as _;

/// The hunt makes many small allocations on several threads; mimalloc serves them faster than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match command::run(args.command) {
        Ok(code) => code,
        Err(failure) => {
            out::error(&failure.to_string());
            failure.code()
        }
    }
}
