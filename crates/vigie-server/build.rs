//! Embeds the console: every file of `ui/dist`, plain and gzipped, as a list in source form. Without `ui/dist` the
//! list is empty and the server says how to build it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Files that the console may have; more is a mistake of the build.
const FILES_MAX: usize = 2_000;
/// Kinds of file that gzip makes smaller.
const PACKED: &[&str] = &["html", "js", "css", "svg", "json", "txt", "map", "webmanifest"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
    println!("cargo:rerun-if-changed=build.rs");
    if dist.parent().is_some_and(Path::is_dir) {
        // A folder that is not there counts as changed with every build, and would compile this crate anew each time.
        fs::create_dir_all(&dist)?;
    }
    println!("cargo:rerun-if-changed={}", dist.display());
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut files = Vec::new();
    if dist.is_dir() {
        collect(&dist, &mut files)?;
    }
    files.sort();
    let mut source = String::from("[\n");
    for (i, file) in files.iter().enumerate() {
        println!("cargo:rerun-if-changed={}", file.display());
        source.push_str(&entry(&dist, file, i, &out)?);
    }
    source.push_str("]\n");
    fs::write(out.join("assets.rs"), source)?;
    Ok(())
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if files.len() < FILES_MAX {
            files.push(path);
        } else {
            return Err(std::io::Error::other(format!("{} holds too many files", dir.display())));
        }
    }
    Ok(())
}

/// One line of the list.
fn entry(dist: &Path, file: &Path, i: usize, out: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let name = file.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
    let bytes = fs::read(file)?;
    let copy = out.join(format!("asset-{i}"));
    fs::write(&copy, &bytes)?;
    let kind = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let mut packed = String::from("None");
    if PACKED.contains(&kind) {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes)?;
        let path = out.join(format!("asset-{i}.gz"));
        fs::write(&path, encoder.finish()?)?;
        packed = format!("Some(include_bytes!({path:?}))");
    }
    Ok(format!("    Asset {{ path: {name:?}, bytes: include_bytes!({copy:?}), gzip: {packed} }},\n"))
}
