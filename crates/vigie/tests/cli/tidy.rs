//! Order that no compiler keeps: sizes, introductions, no leftovers, links that lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of one file, at most: it should tell one story.
const LINES_MAX: usize = 700;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Calls `visit` with each Rust file below `dir`.
pub fn each_source(dir: &Path, visit: &mut impl FnMut(&Path)) {
    each_file(dir, "rs", visit);
}

fn each_file(dir: &Path, ending: &str, visit: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", "out"].contains(&name.as_str()) && !name.starts_with('.') {
                each_file(&path, ending, visit);
            }
        } else if path.extension().is_some_and(|e| e == ending) {
            visit(&path);
        }
    }
}

#[test]
fn files_tell_one_story_and_introduce_themselves() {
    each_source(&root(), &mut |path| {
        let text = fs::read_to_string(path).unwrap();
        let lines = text.lines().count();
        assert!(lines <= LINES_MAX, "{}: {lines} lines, at most {LINES_MAX}", path.display());
        let introduced = text.starts_with("//!") || text.starts_with("#!") || path.ends_with("tests.rs");
        assert!(introduced, "{}: begin with //! telling what lives here", path.display());
    });
}

#[test]
fn nothing_is_left_for_later_and_no_machine_is_named() {
    // Written in halves, so that this file does not hold what it forbids.
    let forbidden = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("X", "XX:"),
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
    ];
    let mut check = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        for (number, line) in text.lines().enumerate() {
            for word in forbidden {
                assert!(!line.contains(word), "{}:{}: {word}", path.display(), number + 1);
            }
        }
    };
    for ending in ["rs", "toml", "md", "mjs", "js", "css", "py"] {
        each_file(&root(), ending, &mut check);
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    each_file(&root(), "md", &mut |path| {
        let text = fs::read_to_string(path).unwrap();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap().split('#').next().unwrap();
            let local = !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:");
            if local {
                let file = path.parent().unwrap().join(target);
                assert!(file.exists(), "{}: {target} does not exist", path.display());
            }
        }
    });
}
