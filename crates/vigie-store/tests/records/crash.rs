//! kill -9 at any point loses nothing that was acknowledged: writers are killed a hundred times under load on each store,
//! and on PostgreSQL the server with them in every tenth round.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use vigie_cases::{DecisionId, Role};
use vigie_model::Action;
use vigie_store::records::{AuditNote, Records};

use crate::fixtures::{NOW, ctx, hunter, new_decision, person};
use crate::place;

/// How often the writer is killed on each store.
const ROUNDS: u64 = 100;
/// Name of the variable that makes [`writer`] write.
const STORE: &str = "VIGIE_TEST_CRASH_STORE";
/// Threads that write at once.
const THREADS: u64 = 4;
/// Acknowledgements after which the longest rounds are cut.
const ACKNOWLEDGED_MAX: u64 = 60;

/// The process that is killed: writes decisions and audit entries as fast as it can and prints each once the records have
/// answered.
#[test]
#[ignore = "started and killed by the two tests below"]
fn writer() {
    let Ok(url) = std::env::var(STORE) else { return };
    let records = Records::open(&url).unwrap();
    let actor = vigie_cases::Actor::system("writer");
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (records, actor) = (&records, &actor);
            scope.spawn(move || {
                for i in 0_u64.. {
                    let line = if i % 2 == 0 {
                        let new = new_decision(&format!("a{thread}-{i}"), Action::Label);
                        records
                            .create_decision(&ctx(actor, NOW), &new)
                            .map(|d| format!("decision {}", d.decision_id))
                    } else {
                        let note = AuditNote {
                            action: "test.noted".to_owned(),
                            target: format!("t{i}"),
                            detail: serde_json::json!({ "thread": thread }),
                        };
                        records.note(&ctx(actor, NOW), &note).map(|e| format!("audit {} {}", e.seq, e.hash))
                    };
                    // Once the server is gone, nothing is acknowledged any more.
                    let Ok(line) = line else { return };
                    let mut out = std::io::stdout().lock();
                    out.write_all(format!("\nack {line}\n").as_bytes()).unwrap();
                    out.flush().unwrap();
                }
            });
        }
    });
}

struct Acknowledged {
    decisions: Vec<String>,
    entries: Vec<(u64, String)>,
}

fn start(url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::writer", "--ignored", "--nocapture", "--test-threads=1"])
        .env(STORE, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a writer write until it has acknowledged `enough`, waits a little longer, ends it with `end`, and gives what it had
/// acknowledged until then.
fn round(url: &str, enough: u64, pause: Duration, end: impl FnOnce(&mut Child)) -> Acknowledged {
    let mut child = start(url);
    let out = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            if let Some(ack) = line.strip_prefix("ack ") {
                sender.send(ack.to_owned()).unwrap();
            }
        }
    });
    let mut acks: Vec<String> = Vec::new();
    for _ in 0..enough {
        acks.push(lines.recv_timeout(Duration::from_secs(60)).expect("the writer writes"));
    }
    std::thread::sleep(pause);
    end(&mut child);
    child.wait().unwrap();
    reader.join().unwrap();
    // What stood in the pipe when the writer died had been acknowledged, too.
    acks.extend(lines.try_iter());
    let mut acknowledged = Acknowledged { decisions: Vec::new(), entries: Vec::new() };
    for ack in acks {
        match ack.split(' ').collect::<Vec<_>>()[..] {
            ["decision", id] => acknowledged.decisions.push(id.to_owned()),
            ["audit", seq, hash] if hash.len() == 64 => {
                acknowledged.entries.push((seq.parse().unwrap(), hash.to_owned()));
            }
            // A line that the end cut in two was acknowledged as well, but cannot be asked for.
            _ => {}
        }
    }
    acknowledged
}

/// How long round `n` waits before the end, spread over the time of a few commits so that the end falls anywhere.
fn pause(n: u64) -> Duration {
    Duration::from_micros(n * 7919 % 20_000)
}

fn enough(n: u64) -> u64 {
    1 + n * 37 % ACKNOWLEDGED_MAX
}

/// Opens the store again and looks for everything that was acknowledged in this round, and for the whole chain.
fn nothing_is_lost(url: &str, acknowledged: &Acknowledged, hashes: &mut BTreeSet<(u64, String)>) {
    let records = Records::open(url).unwrap();
    for id in &acknowledged.decisions {
        let found = records.decision(&DecisionId::parse(id).unwrap(), NOW);
        assert!(found.is_ok(), "decision {id} was acknowledged and is lost");
    }
    hashes.extend(acknowledged.entries.iter().cloned());
    let check = records.audit_verify().unwrap();
    assert!(check.ok, "{check:?}");
    for (seq, hash) in &acknowledged.entries {
        let entry = records.audit_after(seq - 1, 1).unwrap();
        assert!(
            entry.first().is_some_and(|e| e.hash == *hash),
            "entry {seq} was acknowledged and is lost or changed"
        );
    }
    // Every decision has its audit entry and every audit entry its decision: both or neither are there.
    let decisions = records.decisions(&Default::default(), &Default::default(), NOW).unwrap().total;
    let created = vigie_store::records::AuditFilter {
        action: Some("decision.created".to_owned()),
        ..Default::default()
    };
    assert_eq!(records.audit_page(&created, &Default::default()).unwrap().total, decisions);
    let ada = person_once(&records);
    records.create_decision(&ctx(&ada, NOW), &new_decision("after", Action::Label)).unwrap();
}

fn person_once(records: &Records) -> vigie_cases::Actor {
    match records.user_by_name("ada").unwrap() {
        Some((user, _)) => {
            vigie_cases::Actor::User { user_id: user.user_id, name: user.name, role: user.role }
        }
        None => person(records, "ada", Role::Analyst),
    }
}

fn kill(child: &mut Child) {
    // SIGKILL on Unix.
    child.kill().unwrap();
}

/// Every acknowledgement of all rounds is still there at the very end.
fn the_end(url: &str, hashes: &BTreeSet<(u64, String)>, decisions: usize) {
    let records = Records::open(url).unwrap();
    records
        .note(
            &ctx(&hunter(), NOW),
            &AuditNote {
                action: "test.ended".to_owned(),
                target: "end".to_owned(),
                detail: serde_json::json!({}),
            },
        )
        .unwrap();
    let mut left = hashes.clone();
    let mut seq = 0;
    loop {
        let entries = records.audit_after(seq, 10_000).unwrap();
        let Some(last) = entries.last() else { break };
        seq = last.seq;
        for entry in entries {
            left.remove(&(entry.seq, entry.hash));
        }
    }
    assert!(left.is_empty(), "{} acknowledged entries are lost", left.len());
    eprintln!(
        "{ROUNDS} kills: {} acknowledged audit entries and {decisions} decisions, none lost",
        hashes.len()
    );
}

#[test]
fn a_hundred_kills_lose_nothing_on_sqlite() {
    let store = place::sqlite();
    let (mut hashes, mut decisions) = (BTreeSet::new(), 0);
    for n in 0..ROUNDS {
        let acknowledged = round(&store.url, enough(n), pause(n), kill);
        decisions += acknowledged.decisions.len();
        nothing_is_lost(&store.url, &acknowledged, &mut hashes);
    }
    the_end(&store.url, &hashes, decisions);
}

#[test]
fn a_hundred_kills_lose_nothing_on_postgresql() {
    let Some(mut server) = place::Server::start(place::Disk::Honest) else { return };
    let url = server.database("crash").url;
    let (mut hashes, mut decisions) = (BTreeSet::new(), 0);
    for n in 0..ROUNDS {
        let acknowledged = if n % 10 == 9 {
            let acknowledged = round(&url, enough(n), pause(n), |child| {
                server.kill();
                // The writer ends by itself once nothing is acknowledged any more; if not, it is ended.
                std::thread::sleep(Duration::from_millis(50));
                let _gone = child.kill();
            });
            server.up();
            acknowledged
        } else {
            round(&url, enough(n), pause(n), kill)
        };
        decisions += acknowledged.decisions.len();
        nothing_is_lost(&url, &acknowledged, &mut hashes);
    }
    the_end(&url, &hashes, decisions);
}

#[test]
fn a_server_that_came_back_is_used_again_without_a_failure() {
    let Some(mut server) = place::Server::start(place::Disk::Lazy) else { return };
    let store = server.database("restart");
    let records = &store.records;
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| records.ping().unwrap());
        }
    });
    server.kill();
    assert!(matches!(records.ping(), Err(vigie_store::records::RecordsError::Unavailable(_))));
    server.up();
    for _ in 0..8 {
        records.ping().unwrap();
    }
    let ada = person(records, "ada", Role::Analyst);
    assert!(records.create_decision(&ctx(&ada, NOW), &new_decision("a", Action::Label)).is_ok());
}
