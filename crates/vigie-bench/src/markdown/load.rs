//! The section on reads beside a hunt.

use std::fmt::{Result, Write as _};

use crate::load::{Load, Reads};
use crate::worlds::thousands;

pub fn write(out: &mut String, load: &Load) -> Result {
    writeln!(out, "\n## Reads beside a hunt\n")?;
    writeln!(
        out,
        "{} reads a second for {} s with {} consoles listening, in the mix in which the console's pages make them, over a world \
         of {} exchanges, {} accounts and {} cases; hunts over the same world ran one after the other. Server, database, hunts \
         and the measuring program share the machine. Times count from the moment at which a read was due, in milliseconds.",
        load.reads_per_s,
        load.seconds,
        load.analysts,
        thousands(load.exchanges as usize),
        thousands(load.accounts as usize),
        load.cases
    )?;
    for store in &load.stores {
        writeln!(
            out,
            "\n### {}\n\nA hunt was running {:.0} % of the time; {} ended meanwhile. The measuring program sent 95 of 100 reads \
             at most {:.1} ms late.\n",
            store.store,
            store.hunting_share * 100.0,
            store.hunts,
            store.late_p95_ms
        )?;
        writeln!(out, "| what is read | reads | failed | p50 | p95 | p99 | slowest |")?;
        writeln!(out, "|---|---|---|---|---|---|---|")?;
        write_row(out, "**all**", &store.total)?;
        for endpoint in &store.endpoints {
            write_row(out, &endpoint.what, &endpoint.reads)?;
        }
    }
    Ok(())
}

fn write_row(out: &mut String, what: &str, reads: &Reads) -> Result {
    let Reads { reads, failed, p50_ms, p95_ms, p99_ms, max_ms } = reads;
    writeln!(out, "| {what} | {reads} | {failed} | {p50_ms:.1} | {p95_ms:.1} | {p99_ms:.1} | {max_ms:.1} |")
}
