//! The only door: `cargo xtask demo`, `ui`, `test`, `ci`, `bench`, `load`, `gen`, `new-detector`.
//!
//! What lives here: which commands run in which order, and what they need on a fresh machine. What does not: any logic
//! of the product.

mod browser;
mod console;
mod demo;
mod generate;
mod load;
mod out;
mod scaffold;
mod schema;
mod shell;
mod sign_in;
mod suite;
mod walk;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  demo                 build, make a world with hidden campaigns, hunt it, score the hunt, open the console on it
  ui                   build the console into ui/dist, from where vigie embeds it (Node.js 20)
  test                 everything that CI checks
  api                  of that, only the API against its document (schemathesis)
  walk                 of that, only the console: its words, and a walk through it in a browser
  ci                   the same, and installs what is missing where it may
  bench [ARGS…]        measure; writes docs/benchmarks.md (hours; --quick for minutes)
  load [ARGS…]         measure reads of the server beside hunts; writes docs/benchmarks.md (--seconds N, --pace N; --quick)
  gen [--check]        write reference pages, man pages and completions
  new-detector NAME    start a detector

";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["demo"] => demo::run(),
        ["ui"] => console::build(),
        ["api"] => suite::one(schema::test_api),
        ["walk"] => walk::run(),
        ["test"] => suite::run(suite::Place::Here),
        ["ci"] => suite::run(suite::Place::Ci),
        ["bench", rest @ ..] => demo::bench(rest),
        ["load", rest @ ..] => load::run(rest),
        ["gen"] => generate::run(generate::Mode::Write),
        ["gen", "--check"] => generate::run(generate::Mode::Check),
        ["new-detector", name] => scaffold::run(name),
        _ => {
            out::say(HELP.trim_end());
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            out::say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
