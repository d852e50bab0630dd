//! Arguments of `vigie serve` and `vigie audit`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum, ValueHint};

/// Serve the console and its API: cases, decisions, takedowns, appeals
///
/// Keeps its records in SQLite in the data folder, or in PostgreSQL by URL. The first start prints a one-time link that
/// makes the first admin; until then only this machine is let in, whatever --addr says.
#[derive(Debug, clap::Args)]
#[command(after_help = super::EXIT_CODES, after_long_help = concat!("\
Examples:
  vigie serve                                          on http://127.0.0.1:8420, records in vigie-data/
  vigie serve --import vigie-out                       with the cases of a hunt
  vigie serve --inputs logs/                           and let analysts hunt what lies in logs/
  vigie serve --db postgres://vigie@db/vigie           several servers over one PostgreSQL
  vigie serve --addr 0.0.0.0:443 --tls-cert chain.pem --tls-key key.pem --public-url https://vigie.example.com

Exit codes:
  0  stopped by SIGINT or SIGTERM
  2  wrong usage, or the address, the certificate or the records cannot be had"))]
pub struct Serve {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8420")]
    pub addr: SocketAddr,
    /// Folder for the records and for what hunts write
    #[arg(long, value_name = "DIR", default_value = "vigie-data", value_hint = ValueHint::DirPath)]
    pub data: PathBuf,
    /// The records: sqlite:FILE or postgres://…; records.sqlite in the data folder when left out
    #[arg(long, value_name = "URL", env = "VIGIE_DB", hide_env_values = true)]
    pub db: Option<String>,
    /// Folder whose logs may be hunted from the console. May be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub inputs: Vec<PathBuf>,
    /// Directory that `vigie hunt` wrote, to be taken in at the start unless it was before. May be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub import: Vec<PathBuf>,
    /// Addresses (such as 10.0.0.0/8) of proxies whose X-Forwarded-For is believed, for limits and audit. May be given several
    /// times
    #[arg(long, value_name = "CIDR")]
    pub trust_proxy: Vec<vigie_server::AddressRange>,
    /// How people reach the server, for links and for the identity provider
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Certificate chain in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key", value_hint = ValueHint::FilePath)]
    pub tls_cert: Option<PathBuf>,
    /// Its key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert", value_hint = ValueHint::FilePath)]
    pub tls_key: Option<PathBuf>,
    /// Issuer of the OpenID Connect provider
    #[arg(long, value_name = "URL", requires = "oidc_client_id")]
    pub oidc_issuer: Option<String>,
    /// Client id at the provider
    #[arg(long, value_name = "ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,
    /// Client secret at the provider
    #[arg(
        long,
        value_name = "SECRET",
        env = "VIGIE_OIDC_SECRET",
        hide_env_values = true,
        requires = "oidc_issuer"
    )]
    pub oidc_client_secret: Option<String>,
    /// Name of the provider on its button
    #[arg(long, value_name = "NAME", default_value = "single sign-on")]
    pub oidc_name: String,
    /// Role of people whom only the provider knows; without it an admin lets them in one by one
    #[arg(long, value_name = "ROLE", value_enum, requires = "oidc_issuer")]
    pub oidc_new_users: Option<NewUsers>,
    /// Threads of a hunt; 0 for one per core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub hunt_threads: usize,
    /// Write the one-time token of the set-up link to a file as well
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub setup_token_file: Option<PathBuf>,
    /// Print the OpenAPI document of the API and end
    #[arg(long)]
    pub print_openapi: bool,
}

/// Role of people whom only the identity provider knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NewUsers {
    /// May read.
    Viewer,
    /// May work on cases.
    Analyst,
    /// May approve.
    Approver,
}

/// Verify or export the audit
#[derive(Debug, clap::Args)]
pub struct Audit {
    /// What to do.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What to do with the audit.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check that no entry was changed, taken away or put in between
    ///
    /// Exit codes: 0 whole, 1 broken, 2 wrong usage, 3 cannot be read.
    Verify(AuditVerify),
    /// Write all entries as JSON Lines, oldest first
    Export(AuditExport),
}

/// Which audit.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// Folder of the server
    #[arg(long, value_name = "DIR", default_value = "vigie-data", value_hint = ValueHint::DirPath)]
    pub data: PathBuf,
    /// The records: sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL", env = "VIGIE_DB", hide_env_values = true)]
    pub db: Option<String>,
}

/// Check the audit
#[derive(Debug, clap::Args)]
pub struct AuditVerify {
    /// An exported audit instead of the records
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "db")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub place: Place,
}

/// Export the audit
#[derive(Debug, clap::Args)]
pub struct AuditExport {
    /// File to write; standard output when left out
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub place: Place,
}
