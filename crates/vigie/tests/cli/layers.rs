//! Who may know whom: a list, not ranks, since ranks would let detectors reach the store.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// Every crate of ours and the crates of ours that it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("vigie-model", &[]),
    ("vigie-ingest", &["vigie-model"]),
    ("vigie-fold", &["vigie-model"]),
    ("vigie-graph", &["vigie-model"]),
    ("vigie-detectors", &["vigie-model"]),
    ("vigie-hunt", &["vigie-model", "vigie-fold", "vigie-graph", "vigie-detectors"]),
    ("vigie-cases", &["vigie-model"]),
    ("vigie-report", &["vigie-model"]),
    ("vigie-store", &["vigie-model", "vigie-cases"]),
    ("vigie-server", &["vigie-model", "vigie-cases", "vigie-store"]),
    ("vigie-sim", &["vigie-model"]),
    (
        "vigie-bench",
        &[
            "vigie-model",
            "vigie-fold",
            "vigie-graph",
            "vigie-detectors",
            "vigie-hunt",
            "vigie-ingest",
            "vigie-sim",
            "vigie-store",
        ],
    ),
    (
        "vigie",
        &[
            "vigie-model",
            "vigie-ingest",
            "vigie-hunt",
            "vigie-report",
            "vigie-store",
            "vigie-cases",
            "vigie-server",
            "vigie-sim",
            "vigie-bench",
        ],
    ),
    ("xtask", &[]),
];

/// Crates without I/O, clock or chance.
const PURE: &[&str] = &[
    "vigie-model",
    "vigie-fold",
    "vigie-graph",
    "vigie-detectors",
    "vigie-hunt",
    "vigie-report",
    "vigie-cases",
];

/// What a pure crate may not use, at any depth.
const BANNED: &[&str] = &["tokio", "axum", "sqlx", "rand", "time", "ureq", "reqwest", "hyper"];

/// What the source of a pure crate may not say outside tests. Arrow brings chrono's clock into the build, so that the
/// ban of clocks is kept here rather than by the list of dependencies.
const UNSPEAKABLE: &[&str] = &[
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "std::fs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "std::env::var",
    "std::process",
    "println!",
];

fn metadata() -> Metadata {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    // Of this machine only: dependencies of other targets are not built, and may not even be downloaded.
    let options = vec!["--offline".to_owned(), "--filter-platform".to_owned(), host()];
    MetadataCommand::new().manifest_path(manifest).other_options(options).exec().unwrap()
}

fn host() -> String {
    let output = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

#[test]
fn arrows_go_down_only() {
    let metadata = metadata();
    let ours: BTreeSet<&str> = metadata.workspace_packages().iter().map(|p| p.name.as_str()).collect();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let may = allowed.get(name).unwrap_or_else(|| panic!("{name} is not in the list of allowed edges"));
        for dependency in package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
            let to = dependency.name.as_str();
            assert!(!ours.contains(to) || may.contains(&to), "{name} may not use {to}");
        }
    }
}

#[test]
fn pure_crates_reach_no_runtime_no_network_and_no_chance() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().unwrap();
    let nodes: BTreeMap<&PackageId, _> = resolve.nodes.iter().map(|n| (&n.id, n)).collect();
    for package in metadata.workspace_packages().into_iter().filter(|p| PURE.contains(&p.name.as_str())) {
        let mut open = vec![&package.id];
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let name = metadata[id].name.as_str();
            assert!(!BANNED.contains(&name), "{} reaches {name}", package.name);
            let normal =
                |d: &&cargo_metadata::NodeDep| d.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal);
            open.extend(nodes[id].deps.iter().filter(normal).map(|d| &d.pkg));
        }
    }
}

#[test]
fn pure_crates_do_not_speak_of_files_clocks_or_terminals() {
    for name in PURE {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src");
        crate::tidy::each_source(&src, &mut |path| {
            if path.ends_with("tests.rs") {
                return;
            }
            let text = fs::read_to_string(path).unwrap();
            let product = text.split("#[cfg(test)]").next().unwrap();
            for line in product.lines().filter(|l| !l.trim_start().starts_with("//")) {
                for word in UNSPEAKABLE {
                    assert!(!line.contains(word), "{}: {word}", path.display());
                }
            }
        });
    }
}
