//! The API against its own document: schemathesis makes up requests for a real server, on SQLite and, where there is one,
//! on PostgreSQL. No answer may be a 5xx, and every answer must be as the document says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::out;
use crate::shell::{cargo, find, heard, must, printed, program, root, target};
use crate::suite::{Count, Place};

/// The version that is installed; its checks change between versions.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Operations that are left out: a stream without end, the session and the token that the run itself needs, and the way
/// to an identity provider, which there is none of.
const LEFT_OUT: &[&str] = &["streamEvents", "signIn", "signOut", "deleteToken", "startOidc"];
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// Time for the server to start.
const START_MAX: Duration = Duration::from_secs(30);

/// Runs schemathesis, or says what is missing.
///
/// # Errors
/// When the server cannot be built or does not start.
pub fn test_api(_: Place) -> Result<Count> {
    let Some(python) = find("python3") else {
        out::say("Skipped: schemathesis needs Python 3. On Debian or Ubuntu: apt-get install python3-venv");
        return Ok(Count::SKIPPED);
    };
    let folder = target().join("xtask").join("schemathesis");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let Some(schemathesis) = installed(&python, &folder)? else {
        out::say("Skipped: pip could not install schemathesis; is the network there?");
        return Ok(Count::SKIPPED);
    };
    must(&mut cargo(&["build", "--locked", "--quiet", "--package", "vigie"]))?;
    let mut count = run(&schemathesis, &folder, None)?;
    match std::env::var("VIGIE_TEST_POSTGRES") {
        Ok(url) => count.add(run(&schemathesis, &folder, Some(&url))?),
        Err(_) => out::say("On SQLite only; with VIGIE_TEST_POSTGRES=postgres://… on PostgreSQL as well."),
    }
    Ok(count)
}

/// The program, in an environment of its own.
fn installed(python: &Path, folder: &Path) -> Result<Option<PathBuf>> {
    let environment = folder.join("venv");
    let schemathesis = environment.join("bin").join("schemathesis");
    let wanted = environment.join("installed.txt");
    if fs::read_to_string(&wanted).is_ok_and(|have| have == SCHEMATHESIS) && schemathesis.is_file() {
        return Ok(Some(schemathesis));
    }
    let made = heard(Command::new(python).args(["-m", "venv"]).arg(&environment))?.0;
    let pip = environment.join("bin").join("pip");
    if !made || !heard(Command::new(pip).args(["install", "--quiet", SCHEMATHESIS]))?.0 {
        return Ok(None);
    }
    fs::write(&wanted, SCHEMATHESIS).with_context(|| format!("{} cannot be written", wanted.display()))?;
    Ok(Some(schemathesis))
}

/// A server that ends with the run.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(schemathesis: &Path, folder: &Path, postgres: Option<&str>) -> Result<Count> {
    let data = folder.join("data");
    let _ = fs::remove_dir_all(&data);
    fs::create_dir_all(&data).with_context(|| format!("{} cannot be made", data.display()))?;
    hunted(&data)?;
    let token_file = data.join("setup-token");
    let log = fs::File::create(data.join("server.log")).context("the server's log cannot be made")?;
    let mut command = program(&vigie(), &["serve"]);
    command.args(["--addr", "127.0.0.1:8419", "--data"]).arg(&data).arg("--inputs").arg(&data);
    command.arg("--setup-token-file").arg(&token_file);
    if let Some(url) = postgres {
        command.args(["--db", url]);
    }
    let child =
        command.stdin(Stdio::null()).stderr(log).spawn().context("`vigie serve` cannot be started")?;
    let _server = Server(child);
    let secret = set_up(&token_file)?;
    let mut command = Command::new(schemathesis);
    // It keeps notes where it is started.
    command.current_dir(folder).args([
        "run",
        "http://127.0.0.1:8419/openapi.json",
        "--checks",
        CHECKS,
        "--no-color",
    ]);
    command.arg("--header").arg(format!("Authorization: Bearer {secret}"));
    command.args([
        "--phases",
        "coverage,fuzzing,stateful",
        "--max-examples",
        "20",
        "--generation-deterministic",
    ]);
    for operation in LEFT_OUT {
        command.args(["--exclude-operation-id", operation]);
    }
    let (passed, said) = heard(&mut command)?;
    Ok(counted(passed, &said))
}

fn vigie() -> String {
    target().join("debug").join("vigie").display().to_string()
}

/// A hunt's output in `found`, to be imported.
fn hunted(data: &Path) -> Result<()> {
    let (world, found) = (data.join("world"), data.join("found"));
    must(program(&vigie(), &["sim", "--preset", "small", "--seed", "1", "--quiet"]).arg(&world))?;
    // It finds campaigns, and says so by its exit code.
    heard(program(&vigie(), &["hunt", "--quiet"]).arg(&world).arg("--out").arg(&found))?;
    Ok(())
}

/// Makes the first admin by the set-up token, an API token of theirs, and one of everything, so that the ids that lists
/// show lead somewhere.
fn set_up(token_file: &Path) -> Result<String> {
    const URL: &str = "http://127.0.0.1:8419/api/v1";
    let began = Instant::now();
    let token = loop {
        match fs::read_to_string(token_file) {
            Ok(token) if !token.is_empty() => break token,
            _ if began.elapsed() > START_MAX => {
                bail!("`vigie serve` did not start; see server.log beside its data")
            }
            _ => std::thread::sleep(Duration::from_millis(100)),
        }
    };
    // Python is there, and speaks HTTP; this crate does not.
    let seed = root().join("xtask").join("src").join("schema").join("seed.py");
    Ok(printed(program("python3", &[]).arg(seed).args([URL, &token]))?.trim().to_owned())
}

/// Adds up its summary: `5219 generated, 5219 passed`.
fn counted(passed: bool, said: &str) -> Count {
    let line = said.lines().find(|line| line.contains(" generated, ")).unwrap_or_default();
    let before = |word: &str| -> u64 {
        let head = line.split_once(word).map_or("", |(head, _)| head);
        head.split([' ', ',']).rfind(|part| !part.is_empty()).and_then(|n| n.parse().ok()).unwrap_or(0)
    };
    let failed = before(" failed") + before(" found");
    let count = Count { passed: before(" passed"), failed, skipped: 0 };
    // It may also fail without having come as far as counting.
    if passed { count } else { Count { failed: count.failed.max(1), ..count } }
}

#[cfg(test)]
mod tests {
    use super::counted;
    use crate::suite::Count;

    #[test]
    fn its_summary_is_understood() {
        let said = "Test cases:\n  5219 generated, 5219 passed\n";
        assert_eq!(counted(true, said), Count { passed: 5219, failed: 0, skipped: 0 });
        let said = "  5153 generated, 2 found 2 unique failures, 5151 passed";
        assert_eq!(counted(false, said), Count { passed: 5151, failed: 2, skipped: 0 });
        assert_eq!(counted(false, "no such file"), Count { passed: 0, failed: 1, skipped: 0 });
    }
}
