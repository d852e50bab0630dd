//! Prints prompts folded per second of processor time (of wall time where the system does not tell the former):
//! `fold_speed FILE [SECONDS]`, one prompt a line. For side-by-side runs with
//! `benches/rensa_peer.py`, and for profilers.
#![expect(clippy::print_stdout, reason = "a measuring tool speaks through standard output")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use vigie_fold::Folder;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name a file with one prompt a line")?;
    let seconds = arguments.next().map_or(Ok(3.0), |s| s.parse())?;
    let text = std::fs::read_to_string(path)?;
    let prompts: Vec<&str> = text.lines().collect();
    let mut folder = Folder::new();
    let mut rounds = 0_usize;
    let (start, start_cpu) = (Instant::now(), processor_seconds());
    while start.elapsed() < Duration::from_secs_f64(seconds) {
        for prompt in &prompts {
            black_box(folder.prompt(black_box(prompt)));
        }
        rounds += 1;
    }
    let folded = rounds * prompts.len();
    let seconds = match (start_cpu, processor_seconds()) {
        (Some(start), Some(end)) => end - start,
        _ => start.elapsed().as_secs_f64(),
    };
    println!("vigie-fold {:.0} prompts/s, {folded} prompts", folded as f64 / seconds);
    Ok(())
}

/// Processor time of this thread so far.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
