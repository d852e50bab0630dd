//! From arguments to a running server, and its orderly end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::Listener as _;
use vigie_store::records::{Records, RecordsError};

use crate::jobs::hunts::{ImportError, import_once};
use crate::listen::{Doors, Peer, tls_from_files};
use crate::problem::Problem;
use crate::router::app;
use crate::state::{Config, Server};
use crate::{jobs, secret};

/// Time that open requests are given when the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Why the server does not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A file or the network.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The records.
    #[error("{0}")]
    Records(#[from] RecordsError),
    /// What a hunt wrote.
    #[error("{0}")]
    Import(#[from] ImportError),
    /// Chance.
    #[error("{0}")]
    Secret(String),
}

/// What to tell the operator once the doors are open.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Where the server listens now.
    pub addr: SocketAddr,
    /// How people reach it.
    pub url: String,
    /// The one-time token for `URL/setup?token=…`, when there is no admin yet.
    pub setup_token: Option<String>,
}

/// Serves until `stop` is done. `ready` is called once, when the doors are open.
///
/// # Errors
/// [`ServeError`] when the records, the certificate or the address cannot be had.
pub async fn serve(
    records: Records,
    mut config: Config,
    ready: impl FnOnce(&Ready),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    std::fs::create_dir_all(&config.data)?;
    // Records name folders: their names must mean the same wherever the server is started next.
    config.data = std::fs::canonicalize(&config.data)?;
    let tls = config.tls.as_ref().map(|(cert, key)| tls_from_files(cert, key)).transpose()?;
    for dir in &config.imports {
        let (asked, dir) = (records.clone(), dir.clone());
        let taken = move || import_once(&asked, crate::state::now(), &dir);
        tokio::task::spawn_blocking(taken).await.map_err(io::Error::other)??;
    }
    let asked = records.clone();
    let has_admin =
        tokio::task::spawn_blocking(move || asked.admin_exists()).await.map_err(io::Error::other)??;
    let secret = |problem: Problem| ServeError::Secret(problem.detail);
    let setup_token = if has_admin { None } else { Some(secret::new_secret().map_err(secret)?) };

    let (opened, open) = tokio::sync::watch::channel(has_admin);
    let doors = Doors::open(config.addr, tls, open).await?;
    let addr = doors.local_addr()?;
    config.addr.set_port(addr.port());
    let url = match (&config.public_url, has_admin) {
        (Some(url), _) => url.clone(),
        (None, true) => config.public_url(),
        // Only this machine is let in, whatever the address.
        (None, false) => Config { addr, ..config.clone() }.public_url(),
    };
    let server = Server::new(records, config, opened);
    if let Ok(mut token) = server.setup.lock() {
        token.clone_from(&setup_token);
    }
    let routes = app(server.clone()).into_make_service_with_connect_info::<Peer>();
    let jobs = jobs::start(&server);
    ready(&Ready { addr, url, setup_token });

    // Streams of events never end by themselves, so that the grace has an end.
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let serving = axum::serve(doors, routes).with_graceful_shutdown(async move {
        stop.await;
        let _ = stopping.send(());
    });
    tokio::select! {
        ended = serving.into_future() => ended?,
        () = after_grace(stopped) => {}
    }
    jobs.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(())
}

/// Ends a while after the server was told to stop.
async fn after_grace(stopped: tokio::sync::oneshot::Receiver<()>) {
    match stopped.await {
        Ok(()) => tokio::time::sleep(GRACE).await,
        Err(_) => std::future::pending().await,
    }
}
