//! Where the scenarios run: a file that is removed afterwards, or a PostgreSQL server of the test's own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use vigie_store::records::Records;

/// A fresh store.
pub struct Store {
    /// The records on it.
    pub records: Records,
    /// Its address.
    pub url: String,
    _dir: Option<tempfile::TempDir>,
}

/// A fresh SQLite file.
pub fn sqlite() -> Store {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("records.sqlite").display());
    Store { records: Records::open(&url).unwrap(), url, _dir: Some(dir) }
}

/// Whether a server waits for the disk.
#[derive(Clone, Copy)]
pub enum Disk {
    /// As in service.
    Honest,
    /// Never, for tests that are not about what a sudden end leaves.
    Lazy,
}

/// A PostgreSQL server that ends with the test.
pub struct Server {
    disk: Disk,
    child: Option<Child>,
    /// Where it listens for who encrypts.
    port: Option<u16>,
    bin: PathBuf,
    dir: tempfile::TempDir,
}

impl Server {
    /// Starts a server in a directory of its own, reached by a socket there. `None`, with a word on standard error, where
    /// PostgreSQL is not installed; under `CI=true` that is a failure.
    pub fn start(disk: Disk) -> Option<Self> {
        let Some(bin) = binaries() else {
            let remedy = "PostgreSQL is not installed (no postgres below /usr/lib/postgresql/*/bin): apt-get install postgresql";
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{remedy}");
            eprintln!("skipped: {remedy}");
            return None;
        };
        let dir = tempfile::Builder::new().prefix("vigie-pg").tempdir().unwrap();
        if root() {
            let done = Command::new("chown").arg("postgres").arg(dir.path()).status().unwrap();
            assert!(done.success());
        }
        let mut server = Self { disk, child: None, port: None, bin, dir };
        let data = server.data();
        let made = server
            .command("initdb")
            .args(["-A", "trust", "-U", "vigie", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        server.up();
        Some(server)
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A command of PostgreSQL, which refuses to run as root.
    fn command(&self, name: &str) -> Command {
        let program = self.bin.join(name);
        let mut command = if root() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        command.stdin(Stdio::null()).current_dir(self.dir.path());
        command
    }

    /// Stops, and starts again with TLS only: on `port` of this machine, for who encrypts. `cert` and `key` are PEM files.
    pub fn encrypt(&mut self, port: u16, cert: &Path, key: &Path) {
        self.kill();
        let own = |from: &Path, name: &str| {
            let to = self.data().join(name);
            std::fs::copy(from, &to).unwrap();
            #[cfg(unix)]
            std::fs::set_permissions(&to, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            if root() {
                assert!(Command::new("chown").arg("postgres").arg(&to).status().unwrap().success());
            }
        };
        own(cert, "server.crt");
        own(key, "server.key");
        let hba = "local all all trust\nhostssl all all 127.0.0.1/32 trust\nhostnossl all all all reject\n";
        std::fs::write(self.data().join("pg_hba.conf"), hba).unwrap();
        self.port = Some(port);
        self.up();
    }

    /// Starts the server and waits until it answers.
    pub fn up(&mut self) {
        let sockets = format!("unix_socket_directories={}", self.dir.path().display());
        let fsync = match self.disk {
            Disk::Honest => "fsync=on",
            Disk::Lazy => "fsync=off",
        };
        let log = std::fs::File::create(self.dir.path().join("log")).unwrap();
        let child = self
            .command("postgres")
            .arg("-D")
            .arg(self.data())
            .args(["-c", &sockets, "-c", "max_connections=60", "-c", fsync])
            .args(self.port.map_or_else(
                || vec!["-c".to_owned(), "listen_addresses=".to_owned()],
                |port| {
                    let settings = ["listen_addresses=127.0.0.1", &format!("port={port}"), "ssl=on"];
                    settings.iter().flat_map(|s| ["-c".to_owned(), (*s).to_owned()]).collect()
                },
            ))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let began = Instant::now();
        while let Err(error) = postgres::Client::connect(&self.url("postgres"), postgres::NoTls) {
            assert!(began.elapsed() < Duration::from_secs(60), "the server does not answer: {error}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends the server at once, as a power failure would end its processes.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The processes of the server are in no group of their own; each would notice that the first is gone, but a
            // round that waits for that is no sudden end.
            let of = child.id().to_string();
            let listed = Command::new("ps").args(["-o", "pid=", "--ppid", &of]).output().unwrap();
            let text = String::from_utf8_lossy(&listed.stdout).into_owned();
            let mut kill = Command::new("kill");
            kill.arg("-9").arg(&of).args(text.split_whitespace());
            let _status = kill.stderr(Stdio::null()).status().unwrap();
            child.wait().unwrap();
            let _gone = std::fs::remove_file(self.data().join("postmaster.pid"));
        }
    }

    /// Address of a database.
    pub fn url(&self, database: &str) -> String {
        let port = self.port.map_or_else(String::new, |port| format!("&port={port}"));
        format!("postgres://vigie@/{database}?host={}{port}", self.dir.path().display())
    }

    /// A fresh database with records on it.
    pub fn database(&self, name: &str) -> Store {
        let name: String = name.chars().take(60).collect();
        let mut client = postgres::Client::connect(&self.url("postgres"), postgres::NoTls).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let url = self.url(&name);
        Store { records: Records::open(&url).unwrap(), url, _dir: None }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim() == "0"
}

fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions.flatten().map(|e| e.path().join("bin")).collect();
    found.retain(|bin: &PathBuf| Path::new(bin).join("postgres").exists());
    found.sort();
    found.pop()
}

/// Runs a statement behind the records' back.
pub fn tamper(url: &str, sql: &str) {
    match url.strip_prefix("sqlite:") {
        Some(path) => rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap(),
        None => postgres::Client::connect(url, postgres::NoTls).unwrap().batch_execute(sql).unwrap(),
    }
}
