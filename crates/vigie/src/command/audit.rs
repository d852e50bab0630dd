//! `vigie audit`: the chain verified and exported, from the records or from an exported file.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use vigie_cases::{AuditEntry, ChainCheck};
use vigie_store::records::Records;

use super::serve::open;
use crate::args::{Audit, AuditCommand, AuditExport, AuditVerify};
use crate::failure::{Failure, Outcome, Reading as _, Writing as _};
use crate::out;

/// Entries that are read at once.
const AT_ONCE: usize = 1_000;
/// Exit code for a broken chain.
const BROKEN: u8 = 1;

/// Runs the command.
pub fn run(args: &Audit) -> Outcome {
    match &args.command {
        AuditCommand::Verify(args) => verify(args),
        AuditCommand::Export(args) => export(args),
    }
}

fn verify(args: &AuditVerify) -> Outcome {
    let check = match &args.file {
        Some(file) => file_check(file)?,
        None => open(&args.place.data, args.place.db.as_deref())?.audit_verify().reading()?,
    };
    let head = &check.head;
    if check.ok {
        out::result(&format!("whole: {} entries, head {head}\n", check.entries))?;
        return Ok(ExitCode::SUCCESS);
    }
    let at = check.broken_at.map_or_else(|| "the end".to_owned(), |seq| format!("entry {seq}"));
    let why = check.why.unwrap_or_default();
    out::result(&format!("broken at {at}: {why}; sound up to {} entries, head {head}\n", check.entries))?;
    Ok(ExitCode::from(BROKEN))
}

fn file_check(file: &Path) -> Result<ChainCheck, Failure> {
    let unreadable = |line: usize, error: &dyn std::fmt::Display| {
        Failure::input(format!("`{}`, line {line}: {error}", file.display()))
    };
    let lines = BufReader::new(File::open(file).map_err(|error| unreadable(0, &error))?).lines();
    let mut check = ChainCheck::default();
    for (i, line) in lines.enumerate() {
        let line = line.map_err(|error| unreadable(i + 1, &error))?;
        let entry: AuditEntry = serde_json::from_str(&line).map_err(|error| unreadable(i + 1, &error))?;
        check.take(&entry);
    }
    Ok(check)
}

fn export(args: &AuditExport) -> Outcome {
    let records = open(&args.place.data, args.place.db.as_deref())?;
    let entries = match &args.out {
        Some(path) => {
            let mut file = BufWriter::new(File::create(path).writing()?);
            let entries = pour(&records, |lines| file.write_all(lines).writing())?;
            file.flush().writing()?;
            entries
        }
        None => pour(&records, |lines| out::result(&String::from_utf8_lossy(lines)))?,
    };
    out::note(&format!("{entries} entries"));
    Ok(ExitCode::SUCCESS)
}

/// Reads all entries, oldest first, and hands them on as lines.
fn pour(records: &Records, mut sink: impl FnMut(&[u8]) -> Result<(), Failure>) -> Result<u64, Failure> {
    let (mut seq, mut count) = (0, 0);
    loop {
        let entries = records.audit_after(seq, AT_ONCE).reading()?;
        let Some(last) = entries.last() else { return Ok(count) };
        seq = last.seq;
        count += entries.len() as u64;
        let mut lines = Vec::new();
        for entry in &entries {
            serde_json::to_writer(&mut lines, entry).writing()?;
            lines.push(b'\n');
        }
        sink(&lines)?;
    }
}
