//! `cargo xtask test` and `ci`: one section after the other, all of them even when one fails, and a count at the end.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::shell::{cargo, find, heard, program};
use crate::{browser, generate, out, schema, sign_in, walk};

/// Where the suite runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On somebody's machine: nothing is installed outside the project.
    Here,
    /// On CI: what is missing is installed where that is allowed.
    Ci,
}

/// Tests and checks, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Count {
    pub const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    pub const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };
    pub const SKIPPED: Self = Self { passed: 0, failed: 0, skipped: 1 };

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// A section of the suite.
type Section = (&'static str, fn(Place) -> Result<Count>);

const SECTIONS: &[Section] = &[
    ("format", |_| check(&mut cargo(&["fmt", "--all", "--check"]))),
    ("clippy", |_| {
        check(&mut cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    }),
    ("tests", tests),
    ("doc tests", |_| counted(&mut cargo(&["test", "--locked", "--workspace", "--doc", "--no-fail-fast"]))),
    ("documentation", |_| {
        check(cargo(&["doc", "--locked", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    }),
    ("generated pages", |_| generate::run(generate::Mode::Check).map(|()| Count::PASSED)),
    ("report in a browser", browser::test_report),
    ("API against its document", schema::test_api),
    ("sign-in by a provider", sign_in::test),
    ("console", walk::test),
    ("dependencies", dependencies),
];

/// Runs every section.
///
/// # Errors
/// When any test or check fails.
pub fn run(place: Place) -> Result<()> {
    let place = if std::env::var("CI").is_ok_and(|ci| ci == "true") { Place::Ci } else { place };
    let mut total = Count::default();
    let mut lines = Vec::new();
    for (name, section) in SECTIONS {
        out::heading(name);
        let began = Instant::now();
        let count = section(place).unwrap_or_else(|error| {
            out::say(&format!("{name}: {error:#}"));
            Count::FAILED
        });
        let took = began.elapsed().as_secs();
        lines.push(format!("{name:<22}{}   {took} s", line(count)));
        total.add(count);
    }
    out::heading("summary");
    for line in lines {
        out::say(&line);
    }
    out::say(&line(total));
    if total.failed > 0 {
        bail!("{} failed", total.failed);
    }
    Ok(())
}

/// Runs one section.
///
/// # Errors
/// When it fails.
pub fn one(section: fn(Place) -> Result<Count>) -> Result<()> {
    let count = section(Place::Here)?;
    out::say(&line(count));
    if count.failed > 0 {
        bail!("{} failed", count.failed);
    }
    Ok(())
}

fn line(count: Count) -> String {
    format!("{} passed, {} failed, {} skipped", count.passed, count.failed, count.skipped)
}

/// A program that passes or fails as a whole.
fn check(command: &mut Command) -> Result<Count> {
    let (passed, _) = heard(command.env("CARGO_TERM_COLOR", "never"))?;
    Ok(if passed { Count::PASSED } else { Count::FAILED })
}

/// A program that counts its own tests.
pub fn counted(command: &mut Command) -> Result<Count> {
    let (passed, said) = heard(command.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1"))?;
    let mut count = count_of(&said);
    if !passed && count.failed == 0 {
        // It did not come as far as counting.
        count.failed = 1;
    }
    Ok(count)
}

fn tests(place: Place) -> Result<Count> {
    // The records are held to the same scenarios on both stores.
    if !Path::new("/usr/lib/postgresql").is_dir() {
        browser::apt_install("postgresql", place);
    }
    if find("cargo-nextest").is_some() {
        return counted(&mut cargo(&["nextest", "run", "--locked", "--workspace", "--no-fail-fast"]));
    }
    out::say("cargo-nextest is not installed, so cargo test runs the tests; it is slower.");
    out::say("Install it with: cargo install --locked cargo-nextest");
    counted(&mut cargo(&["test", "--locked", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"]))
}

fn dependencies(_: Place) -> Result<Count> {
    if find("cargo-deny").is_none() {
        out::say(
            "Skipped: cargo-deny is not installed, and building it takes longer than everything else here.",
        );
        out::say("Install it with: cargo install --locked cargo-deny");
        return Ok(Count::SKIPPED);
    }
    // Advisories need the network; `cargo deny check advisories` asks for them.
    check(&mut program("cargo", &["deny", "--all-features", "check", "bans", "licenses", "sources"]))
}

/// Adds up what nextest, cargo test and Node's test runner say at their ends.
fn count_of(said: &str) -> Count {
    let mut count = Count::default();
    for raw in said.lines() {
        let line = raw.trim();
        // Not trimmed: nextest repeats, indented, what a failed test's own runner said, and counts it itself.
        if let Some(rest) = raw.strip_prefix("test result:") {
            count.add(Count {
                passed: before(rest, "passed"),
                failed: before(rest, "failed"),
                skipped: before(rest, "ignored"),
            });
        } else if line.starts_with("Summary [") {
            count.add(Count {
                passed: before(line, "passed"),
                failed: before(line, "failed") + before(line, "timed out"),
                skipped: before(line, "skipped"),
            });
        } else if let Some(rest) = line.strip_prefix("# ") {
            let of = |name: &str| rest.strip_prefix(name).and_then(|n| n.trim().parse().ok()).unwrap_or(0);
            count.add(Count { passed: of("pass "), failed: of("fail "), skipped: of("skipped ") });
        }
    }
    count
}

/// The number before a word: `12 passed` → 12.
fn before(line: &str, word: &str) -> u64 {
    line.split_once(word)
        .and_then(|(head, _)| head.split_whitespace().next_back())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runner_is_understood() {
        let nextest = "     Summary [   5.117s] 42 tests run: 33 passed (1 slow), 9 failed, 2 skipped";
        assert_eq!(count_of(nextest), Count { passed: 33, failed: 9, skipped: 2 });
        let repeated = format!("    test result: FAILED. 0 passed; 1 failed; 0 ignored\n{nextest}");
        assert_eq!(count_of(&repeated), Count { passed: 33, failed: 9, skipped: 2 });
        let cargo = "test result: ok. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out";
        assert_eq!(count_of(cargo), Count { passed: 3, failed: 1, skipped: 2 });
        let node = "# tests 17\n# pass 15\n# fail 1\n# cancelled 0\n# skipped 1\n";
        assert_eq!(count_of(node), Count { passed: 15, failed: 1, skipped: 1 });
        assert_eq!(count_of("error: could not compile"), Count::default());
    }
}
