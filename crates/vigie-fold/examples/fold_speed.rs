//! Prints prompts folded per second: `fold_speed FILE [SECONDS]`, one prompt a line. For side-by-side runs with
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
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs_f64(seconds) {
        for prompt in &prompts {
            black_box(folder.prompt(black_box(prompt)));
        }
        rounds += 1;
    }
    let folded = rounds * prompts.len();
    println!("vigie-fold {:.0} prompts/s, {folded} prompts", folded as f64 / start.elapsed().as_secs_f64());
    Ok(())
}
