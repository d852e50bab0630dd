//! Doors: plain TCP or TLS from files; only this machine is let in until an admin exists.
//!
//! **Invariant:** while there is no admin, the server listens on loopback only.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Handshakes at once, at most.
const HANDSHAKES_MAX: usize = 256;
/// Time for a handshake.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// Pause after the system refuses a connection, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(200);

/// A connection.
#[derive(Debug)]
pub enum Connection {
    /// Without encryption.
    Plain(TcpStream),
    /// With.
    Tls(Box<TlsStream<TcpStream>>),
}

/// A listener that hands out connections which are ready to speak HTTP.
#[derive(Debug)]
pub struct Doors {
    ready: mpsc::Receiver<(Connection, SocketAddr)>,
    addr: SocketAddr,
}

/// TLS settings from a certificate chain and a key in PEM.
///
/// # Errors
/// When a file cannot be read, or the two do not belong together.
pub fn tls_from_files(cert: &Path, key: &Path) -> io::Result<Arc<ServerConfig>> {
    let bad = |path: &Path, error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidData, format!("`{}`: {error}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| bad(cert, &error))?;
    let key_der = PrivateKeyDer::from_pem_file(key).map_err(|error| bad(key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(cert, &error))?
        .with_no_client_auth()
        .with_single_cert(chain, key_der)
        .map_err(|error| bad(cert, &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

impl Doors {
    /// Listens on `addr`, but on loopback with the same port until `open` is true.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn open(
        addr: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        open: watch::Receiver<bool>,
    ) -> io::Result<Self> {
        let first = if *open.borrow() { addr } else { loopback_of(addr) };
        let listener = TcpListener::bind(first)
            .await
            .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {first}: {error}")))?;
        let bound = listener.local_addr()?;
        // A port that the system chose is kept.
        let addr = SocketAddr::new(addr.ip(), bound.port());
        let (send, ready) = mpsc::channel(HANDSHAKES_MAX);
        tokio::spawn(accept(listener, addr, tls.map(TlsAcceptor::from), open, send));
        Ok(Self { ready, addr: bound })
    }
}

fn loopback_of(addr: SocketAddr) -> SocketAddr {
    match addr.ip() {
        ip if ip.is_loopback() => addr,
        IpAddr::V4(_) => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), addr.port()),
        IpAddr::V6(_) => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), addr.port()),
    }
}

async fn accept(
    mut listener: TcpListener,
    addr: SocketAddr,
    tls: Option<TlsAcceptor>,
    mut open: watch::Receiver<bool>,
    send: mpsc::Sender<(Connection, SocketAddr)>,
) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    let mut narrow = listener.local_addr().is_ok_and(|bound| bound.ip() != addr.ip());
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            changed = open.changed(), if narrow => {
                if changed.is_ok() && *open.borrow() {
                    narrow = false;
                    // The narrow listener must go first: both want the same port.
                    drop(listener);
                    listener = rebound(addr).await;
                } else if changed.is_err() {
                    narrow = false;
                }
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let Some(tls) = tls.clone() else {
            if send.send((Connection::Plain(stream), peer)).await.is_err() {
                return;
            }
            continue;
        };
        let Ok(permit) = Arc::clone(&handshakes).acquire_owned().await else { return };
        let send = send.clone();
        tokio::spawn(async move {
            let _permit = permit;
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_MAX, tls.accept(stream)).await {
                let _ = send.send((Connection::Tls(Box::new(stream)), peer)).await;
            }
        });
    }
}

/// Listens on `addr`, and on loopback again as long as it cannot be had.
async fn rebound(addr: SocketAddr) -> TcpListener {
    loop {
        if let Ok(listener) = TcpListener::bind(addr).await {
            return listener;
        }
        if let Ok(listener) = TcpListener::bind(loopback_of(addr)).await {
            return listener;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl Listener for Doors {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The task that accepts has ended: nobody comes any more.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.addr)
    }
}

/// Where a connection comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Doors>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Doors>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
