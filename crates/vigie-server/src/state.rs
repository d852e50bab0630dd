//! What all requests share.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Notify, watch};
use vigie_cases::HuntId;
use vigie_model::Micros;
use vigie_store::records::Records;

use crate::auth::forwarded::AddressRange;
use crate::auth::limiter::Limiter;
use crate::auth::oidc::{self, OidcConfig};
use crate::events::Hub;
use crate::jobs::webhook;
use crate::metrics::Metrics;

/// Attempts to sign in that may follow each other at once, per name and per address.
const SIGN_IN_BURST: u32 = 10;
/// Time in which one more attempt is allowed.
const SIGN_IN_REFILL: Duration = Duration::from_secs(30);
/// Appeals that one address may file at once.
const APPEAL_BURST: u32 = 20;
/// Time in which one more is allowed.
const APPEAL_REFILL: Duration = Duration::from_secs(60);

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen once an admin exists.
    pub addr: SocketAddr,
    /// Folder of the server: hunts' output.
    pub data: PathBuf,
    /// Folders that hunts may read.
    pub inputs: Vec<PathBuf>,
    /// What hunts wrote, to be taken in at the start unless it was before.
    pub imports: Vec<PathBuf>,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<AddressRange>,
    /// How people reach the server, without a slash at the end; for links and for the identity provider.
    pub public_url: Option<String>,
    /// Certificate chain and key in PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Sign-in by OpenID Connect.
    pub oidc: Option<OidcConfig>,
    /// The `vigie` program, for hunts.
    pub program: PathBuf,
    /// Threads of a hunt; 0 for one per core.
    pub hunt_threads: usize,
}

impl Config {
    /// Whether cookies travel over HTTPS only.
    pub fn secure_cookies(&self) -> bool {
        self.tls.is_some() || self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// How people reach the server.
    pub fn public_url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", self.addr))
    }
}

/// Everything.
pub struct Server {
    /// The records.
    pub records: Records,
    /// How it is set up.
    pub config: Config,
    /// Counts.
    pub metrics: Metrics,
    /// Who listens to what happens.
    pub hub: Hub,
    /// Attempts to sign in.
    pub sign_in: Limiter,
    /// Appeals by address.
    pub appeals: Limiter,
    /// The one-time token of the set-up link, until an admin exists.
    pub setup: Mutex<Option<String>>,
    /// Whether an admin exists: opens the doors to other machines.
    pub has_admin: watch::Sender<bool>,
    /// The identity provider.
    pub oidc: Option<oidc::Client>,
    /// The OpenAPI document.
    pub openapi: RwLock<serde_json::Value>,
    /// Something changed: look for events and webhooks to send.
    pub changed: Notify,
    /// A hunt waits.
    pub hunt_waits: Notify,
    /// Hunts that this server has to run; another one over the same records has its own.
    pub own_hunts: Mutex<BTreeSet<HuntId>>,
    /// Calls webhooks.
    pub webhooks: webhook::Caller,
}

/// The server, as handlers hold it.
pub type App = Arc<Server>;

impl Server {
    /// Over these records.
    pub fn new(records: Records, config: Config, has_admin: watch::Sender<bool>) -> App {
        let oidc = config.oidc.clone().map(oidc::Client::new);
        Arc::new(Self {
            records,
            config,
            metrics: Metrics::default(),
            hub: Hub::new(),
            sign_in: Limiter::new(SIGN_IN_BURST, SIGN_IN_REFILL),
            appeals: Limiter::new(APPEAL_BURST, APPEAL_REFILL),
            setup: Mutex::default(),
            has_admin,
            oidc,
            openapi: RwLock::default(),
            changed: Notify::new(),
            hunt_waits: Notify::new(),
            own_hunts: Mutex::default(),
            webhooks: webhook::Caller::new(),
        })
    }

    /// The time.
    pub fn now(&self) -> Micros {
        now()
    }
}

/// The only clock of the server.
pub fn now() -> Micros {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
