//! Makes a world: `cargo run --release -p vigie-sim --example world -- PRESET SEED OUT [CORPUS]`.

use std::path::PathBuf;
use std::time::Instant;

use vigie_sim::world::config::{PRESETS, WorldConfig};
use vigie_sim::world::generate;

#[expect(clippy::print_stdout, reason = "an example shows what it did")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [preset, seed, out, corpus @ ..] = args.as_slice() else {
        return Err(format!("usage: world PRESET SEED OUT [CORPUS]; presets: {}", PRESETS.join(", ")).into());
    };
    let mut config = WorldConfig::preset(preset)
        .ok_or_else(|| format!("no preset `{preset}`; there are: {}", PRESETS.join(", ")))?;
    config.seed = seed.parse()?;
    config.corpus = corpus.first().map(PathBuf::from);
    let start = Instant::now();
    let summary = generate(&config, &PathBuf::from(out), &mut |_| {})?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{summary:?}");
    println!("{seconds:.1} s, {:.0} rows/s", summary.exchanges as f64 / seconds);
    Ok(())
}
