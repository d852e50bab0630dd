//! The way to PostgreSQL, encrypted as the address asks with `sslmode` and `sslrootcert`, in the words of libpq.
//!
//! | `sslmode` | the way is | the server's certificate is |
//! |---|---|---|
//! | `disable` | plain | |
//! | `prefer`, or none | encrypted if the server can | not checked |
//! | `require` | encrypted | checked only with `sslrootcert`, then as below |
//! | `verify-full` | encrypted | checked, with its name, against `sslrootcert` or else the public authorities |

use std::path::{Path, PathBuf};
use std::sync::Arc;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::sql::{Answer, unavailable};

/// How much the way must keep secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyFull,
}

/// An address, with what it says of the way taken out: the driver knows less of it than libpq.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    url: String,
    mode: Mode,
    roots: Option<PathBuf>,
}

fn read(url: &str) -> Answer<Address> {
    let (front, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut roots) = (Mode::Prefer, None);
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", word)) => mode = mode_of(word)?,
            Some(("sslrootcert", file)) => roots = Some(PathBuf::from(decoded(file)?)),
            _ => rest.push(pair),
        }
    }
    let mark = if rest.is_empty() { "" } else { "?" };
    Ok(Address { url: format!("{front}{mark}{}", rest.join("&")), mode, roots })
}

fn mode_of(word: &str) -> Answer<Mode> {
    Ok(match word {
        "disable" => Mode::Disable,
        "prefer" => Mode::Prefer,
        "require" => Mode::Require,
        "verify-full" => Mode::VerifyFull,
        other => {
            let words = "disable, prefer, require or verify-full";
            return Err(unavailable(format!("the address is wrong: sslmode `{other}` is not {words}")));
        }
    })
}

/// `%2F` becomes `/`.
fn decoded(text: &str) -> Answer<String> {
    let wrong = || unavailable(format!("the address is wrong: `{text}` is not percent-encoded UTF-8"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        bytes.push(hex.and_then(|two| u8::from_str_radix(two, 16).ok()).ok_or_else(wrong)?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

/// Connects as `url` says.
pub(super) fn connect(
    url: &str,
    told: impl Fn(postgres::Error) -> super::error::RecordsError,
) -> Answer<Client> {
    let address = read(url)?;
    let mut config: Config =
        address.url.parse().map_err(|e| unavailable(format!("the address is wrong: {e}")))?;
    config.application_name("vigie");
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(std::time::Duration::from_secs(10));
    }
    let mode = match address.mode {
        Mode::Disable => SslMode::Disable,
        Mode::Prefer => SslMode::Prefer,
        Mode::Require | Mode::VerifyFull => SslMode::Require,
    };
    config.ssl_mode(mode);
    if mode == SslMode::Disable {
        return config.connect(NoTls).map_err(told);
    }
    let checked = address.mode == Mode::VerifyFull || address.roots.is_some();
    let tls = if checked { checking(address.roots.as_deref())? } else { unchecked()? };
    let connected = config.connect(MakeRustlsConnect::new(tls));
    match connected {
        // As libpq does: who only prefers takes the plain way where the other cannot be had.
        Err(error) if mode == SslMode::Prefer && error.as_db_error().is_none() => {
            config.ssl_mode(SslMode::Disable).connect(NoTls).map_err(told)
        }
        other => other.map_err(told),
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Checks the certificate against the authorities in a file, or the public ones.
fn checking(file: Option<&Path>) -> Answer<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            let bad = |error: &dyn std::fmt::Display| {
                unavailable(format!("sslrootcert `{}`: {error}", file.display()))
            };
            for found in CertificateDer::pem_file_iter(file).map_err(|error| bad(&error))? {
                roots.add(found.map_err(|error| bad(&error))?).map_err(|error| bad(&error))?;
            }
            if roots.is_empty() {
                return Err(bad(&"holds no certificate in PEM"));
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    Ok(config.map_err(unavailable)?.with_root_certificates(roots).with_no_client_auth())
}

/// Takes any certificate: who listens learns nothing, who stands in between is not noticed.
fn unchecked() -> Answer<ClientConfig> {
    let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let any = Arc::new(Any(provider()));
    Ok(config.map_err(unavailable)?.dangerous().with_custom_certificate_verifier(any).with_no_client_auth())
}

/// Takes any certificate, but holds the server to its key.
#[derive(Debug)]
struct Any(Arc<CryptoProvider>);

impl ServerCertVerifier for Any {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_address_says_of_the_way_is_taken_out() {
        let url =
            "postgres://v@db/vigie?sslmode=verify-full&host=%2Frun&sslrootcert=%2Fetc%2Fca%20of%20db.pem";
        let address = read(url).unwrap();
        assert_eq!(address.url, "postgres://v@db/vigie?host=%2Frun");
        assert_eq!(address.mode, Mode::VerifyFull);
        assert_eq!(address.roots.as_deref(), Some(Path::new("/etc/ca of db.pem")));
        let plain = read("postgres://v@db/vigie").unwrap();
        assert_eq!((plain.url.as_str(), plain.mode), ("postgres://v@db/vigie", Mode::Prefer));
        assert_eq!(read("postgres://v@db/vigie?sslmode=require").unwrap().url, "postgres://v@db/vigie");
    }

    #[test]
    fn wrong_words_are_named() {
        let said = read("postgres://db/x?sslmode=verify-maybe").unwrap_err().to_string();
        assert!(said.contains("`verify-maybe`") && said.contains("verify-full"), "{said}");
        assert!(read("postgres://db/x?sslrootcert=%2").is_err());
        assert!(
            checking(Some(Path::new("/nowhere/ca.pem"))).unwrap_err().to_string().contains("/nowhere/ca.pem")
        );
    }
}
