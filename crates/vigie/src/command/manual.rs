//! `vigie completions` and `vigie man`: made from the same definition as the help.

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::args::{Args, Completions, Man};
use crate::failure::{Failure, Outcome, Writing as _};
use crate::out;

/// Prints completions for a shell.
pub fn completions(args: &Completions) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "vigie", &mut script);
    out::result(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the man page of `vigie`, or writes one per command to a directory.
pub fn man(args: &Man) -> Outcome {
    let mut command = Args::command();
    command.build();
    let Some(dir) = &args.dir else {
        out::result(&rendered(&command)?)?;
        return Ok(ExitCode::SUCCESS);
    };
    vigie_store::write_text(dir, "vigie.1", &rendered(&command)?).writing()?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let name = format!("vigie-{}", sub.get_name());
        let page = rendered(sub)?;
        vigie_store::write_text(dir, &format!("{name}.1"), &page).writing()?;
    }
    out::result(&format!("{}\n", dir.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn rendered(command: &clap::Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page).writing()?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
