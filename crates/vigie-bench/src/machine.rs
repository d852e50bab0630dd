//! The machine that a figure was measured on, and what the process took of it.
//!
//! Read from `/proc`; on systems without it the figures are absent.

use std::fs;
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// Clock ticks of `/proc/self/stat` in one second: 100 on every Linux that is not built otherwise.
const TICKS_PER_SECOND: f64 = 100.0;

/// What the figures were measured on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Cores that the process may use.
    pub cores: usize,
    /// Processor, as the system names it.
    pub processor: Option<String>,
    /// Main memory in MiB.
    pub memory_mib: Option<u64>,
}

impl Machine {
    /// This machine.
    pub fn this() -> Self {
        let field = |file: &str, name: &str| {
            let text = fs::read_to_string(file).ok()?;
            let line = text.lines().find(|l| l.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        Self {
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            processor: field("/proc/cpuinfo", "model name"),
            memory_mib: field("/proc/meminfo", "MemTotal").as_deref().and_then(kib).map(|kib| kib / 1024),
        }
    }
}

/// What a stretch of work took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Seconds on the wall.
    pub wall_s: f64,
    /// Seconds of all cores together.
    pub cpu_s: Option<f64>,
    /// Resident memory before, in MiB: what other parts of the run still held.
    pub before_mib: Option<u64>,
    /// Largest resident memory meanwhile, in MiB.
    pub peak_mib: Option<u64>,
}

/// Measures one stretch of work.
pub fn measure<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    // Sets the high-water mark back to what is resident now; where that is not allowed the peak is the process's.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before_mib = status_mib("VmRSS");
    let (clock, cpu) = (Instant::now(), cpu_seconds());
    let result = work();
    let cost = Cost {
        wall_s: clock.elapsed().as_secs_f64(),
        cpu_s: cpu_seconds().zip(cpu).map(|(after, before)| after - before),
        before_mib,
        peak_mib: status_mib("VmHWM"),
    };
    (result, cost)
}

fn status_mib(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let value = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(':'))?;
    kib(value).map(|kib| kib / 1024)
}

fn kib(value: &str) -> Option<u64> {
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn cpu_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The process's name may hold spaces and ends with the last parenthesis; user and system time are fields 14 and 15.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |i: usize| fields.get(i)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::measure;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_peak_sees_memory_that_is_gone_again() {
        let (sum, cost) = measure(|| {
            let block = vec![1u8; 64 << 20];
            block.iter().step_by(4_096).map(|&b| u64::from(b)).sum::<u64>()
        });
        assert_eq!(sum, 16_384);
        assert!(cost.peak_mib.unwrap() >= cost.before_mib.unwrap() + 60, "{cost:?}");
        assert!(cost.cpu_s.is_some() && cost.wall_s > 0.0);
    }
}
