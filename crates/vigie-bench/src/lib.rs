//! Baselines from the literature and whole-run benchmarks
