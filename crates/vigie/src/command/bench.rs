//! `vigie bench`: runs the parts one by one and writes down each when it is done.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use vigie_bench::{BenchReport, Part, Plan, bench};

use crate::args::Bench;
use crate::failure::{Failure, Outcome, Reading as _, Writing as _};
use crate::interrupt::clean_on_interrupt;
use crate::out;

/// Runs the command.
pub fn run(args: &Bench) -> Outcome {
    super::use_threads(args.run)?;
    let (dir, name) = folder_and_name(&args.out)?;
    let figures = format!("{}.json", Path::new(&name).file_stem().unwrap_or_default().to_string_lossy());
    clean_on_interrupt(&dir);
    let mut report = measured_before(&dir.join(&figures))?;
    let parts: &[Part] = if args.only.is_empty() { &Part::ALL } else { &args.only };
    for &part in parts {
        let plan = Plan {
            parts: vec![part],
            quick: args.quick,
            keep_worlds: args.keep_worlds,
            ..Plan::full(args.scratch.clone(), args.corpus.clone())
        };
        let quiet = args.run.quiet;
        let measured = bench(&plan, &mut |line| {
            if !quiet {
                out::note(line);
            }
        })
        .writing()?;
        report = match report {
            Some(older) => Some(measured.merge(older)),
            None => Some(measured),
        };
        if let Some(report) = &report {
            let json = serde_json::to_string_pretty(report).writing()? + "\n";
            vigie_store::write_text(&dir, &figures, &json).writing()?;
            vigie_store::write_text(&dir, &name, &report.to_markdown()).writing()?;
        }
    }
    out::result(&format!("{}\n", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn folder_and_name(file: &Path) -> Result<(PathBuf, String), Failure> {
    let name = file.file_name().and_then(OsStr::to_str);
    let name = name.ok_or_else(|| Failure::usage(format!("`{}` names no file", file.display())))?;
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((dir.to_path_buf(), name.to_owned()))
}

/// The figures of earlier runs, if there are any.
fn measured_before(file: &Path) -> Result<Option<BenchReport>, Failure> {
    match fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| anyhow::anyhow!("`{}` holds no figures of a benchmark: {error}", file.display()))
            .reading(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::input(format!("`{}` cannot be read: {error}", file.display()))),
    }
}
