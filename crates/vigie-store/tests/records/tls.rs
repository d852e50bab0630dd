//! The way to PostgreSQL: encrypted when asked for, and the server's certificate checked when asked for.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use vigie_store::records::Records;

use crate::place::{Disk, Server};

/// A certificate of its own authority, for 127.0.0.1; `None` without openssl.
fn certificate(dir: &Path, name: &str) -> Option<()> {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-days", "1", "-subj", "/CN=db", "-addext", "subjectAltName=IP:127.0.0.1"])
        // Its own authority, and yet no authority: else it may not stand for a server.
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")])
        .current_dir(dir)
        .output();
    made.is_ok_and(|made| made.status.success()).then_some(())
}

#[test]
fn the_way_to_postgresql_is_as_secret_as_the_address_asks() {
    let dir = tempfile::tempdir().unwrap();
    if certificate(dir.path(), "db").and(certificate(dir.path(), "other")).is_none() {
        eprintln!("skipped: openssl is not there to make a certificate");
        return;
    }
    let Some(mut server) = Server::start(Disk::Lazy) else { return };
    let plain = Records::open(&format!("{}&sslmode=require", server.url("postgres"))).err().unwrap();
    assert!(plain.to_string().contains("does not support TLS"), "{plain}");

    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let file = |name: &str| dir.path().join(name);
    server.encrypt(port, &file("db.pem"), &file("db.key"));
    let open =
        |host: &str, way: &str| Records::open(&format!("postgres://vigie@{host}:{port}/postgres{way}"));
    let root = |name: &str| file(name).display().to_string().replace('/', "%2F");

    let refused = |host: &str, way: &str| open(host, way).err().unwrap().to_string();
    assert!(refused("127.0.0.1", "?sslmode=disable").contains("no encryption"), "the server wants TLS");
    for way in ["", "?sslmode=prefer", "?sslmode=require"] {
        open("127.0.0.1", way).unwrap().ping().unwrap();
    }
    for mode in ["verify-full", "require"] {
        let way = |name: &str| format!("?sslmode={mode}&sslrootcert={}", root(name));
        let records = open("127.0.0.1", &way("db.pem")).unwrap();
        assert_eq!(records.store(), "postgresql");
        records.ping().unwrap();
        let other = refused("127.0.0.1", &way("other.pem"));
        assert!(other.contains("certificate"), "{other}");
        let name = refused("localhost", &way("db.pem"));
        assert!(name.contains("certificate"), "{name}");
    }
    let unknown = refused("127.0.0.1", "?sslmode=verify-full");
    assert!(unknown.contains("certificate"), "{unknown}");
}
