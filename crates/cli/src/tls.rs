//! The listener: plain on this machine or behind a proxy, else TLS by a certificate and its key, read again when the files change.

use crate::house::Refusal;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How long somebody may take to shake hands.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at once.
const HANDSHAKES: usize = 256;
/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(30);

/// A connection, whatever it goes over.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A certificate with its key.
pub(crate) struct Certificate {
    files: [PathBuf; 2],
    now: RwLock<(Arc<ServerConfig>, [Option<SystemTime>; 2])>,
}

impl Certificate {
    /// Reads both files.
    pub(crate) fn open(certificate: &Path, key: &Path) -> Result<Arc<Self>, Refusal> {
        let files = [certificate.to_owned(), key.to_owned()];
        let now = RwLock::new((read(&files)?, changed(&files)));
        Ok(Arc::new(Self { files, now }))
    }

    fn acceptor(&self) -> Option<TlsAcceptor> {
        self.now.read().ok().map(|now| TlsAcceptor::from(Arc::clone(&now.0)))
    }

    /// Reads the files again if they changed. A pair that does not fit (one file is there already, the other not yet) leaves the old one in use.
    fn look(&self) {
        let stamps = changed(&self.files);
        if self.now.read().is_ok_and(|now| now.1 == stamps) {
            return;
        }
        match read(&self.files) {
            Ok(config) => {
                if let Ok(mut now) = self.now.write() {
                    *now = (config, stamps);
                }
                tracing::info!("the certificate has changed and is in use");
            }
            Err(refusal) => tracing::error!(%refusal, "the changed certificate cannot be used; the old one stays"),
        }
    }
}

fn changed(files: &[PathBuf; 2]) -> [Option<SystemTime>; 2] {
    files.each_ref().map(|file| std::fs::metadata(file).and_then(|meta| meta.modified()).ok())
}

fn read([certificate, key]: &[PathBuf; 2]) -> Result<Arc<ServerConfig>, Refusal> {
    let trouble = |path: &Path, why: &dyn std::fmt::Display| Refusal::new(format!("证书 {} 无法使用：{why} (TLS certificate or key)", path.display()));
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain = chain.map_err(|why| trouble(certificate, &why))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|why| trouble(key, &why))?;
    let config =
        ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions().map_err(|why| trouble(certificate, &why))?;
    let mut config = config.with_no_client_auth().with_single_cert(chain, secret).map_err(|why| trouble(certificate, &why))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Who has come in, ready to be served.
pub(crate) struct Doorway {
    came: mpsc::Receiver<(Box<dyn Wire>, SocketAddr)>,
    address: SocketAddr,
}

impl Doorway {
    /// Opens it over a listener. Handshakes go on beside each other, so that somebody slow keeps nobody waiting. Inside a runtime.
    pub(crate) fn open(listener: TcpListener, certificate: Option<Arc<Certificate>>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, came) = mpsc::channel(64);
        if let Some(certificate) = certificate.clone() {
            let gone = sender.clone();
            tokio::spawn(async move {
                loop {
                    tokio::select! {
                        () = gone.closed() => break,
                        () = tokio::time::sleep(LOOK) => certificate.look(),
                    }
                }
            });
        }
        tokio::spawn(take(listener, certificate, sender));
        Ok(Self { came, address })
    }
}

async fn take(listener: TcpListener, certificate: Option<Arc<Certificate>>, sender: mpsc::Sender<(Box<dyn Wire>, SocketAddr)>) {
    let turns = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let (stream, address) = tokio::select! {
            () = sender.closed() => return,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let Some(certificate) = &certificate else {
            if sender.send((Box::new(stream), address)).await.is_err() {
                return;
            }
            continue;
        };
        let (Some(acceptor), Ok(turn)) = (certificate.acceptor(), Arc::clone(&turns).acquire_owned().await) else { return };
        let sender = sender.clone();
        tokio::spawn(async move {
            if let Some(wire) = shake(acceptor, stream).await {
                drop(sender.send((wire, address)).await);
            }
            drop(turn);
        });
    }
}

async fn shake(acceptor: TlsAcceptor, stream: TcpStream) -> Option<Box<dyn Wire>> {
    match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => Some(Box::new(stream)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a handshake failed");
            None
        }
        Err(_) => None,
    }
}

impl Listener for Doorway {
    type Io = Box<dyn Wire>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.came.recv().await {
            Some(came) => came,
            // Whoever took connections has ended, which happens only when all of this ends.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

/// The address of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct From(pub(crate) SocketAddr);

impl axum::extract::connect_info::Connected<IncomingStream<'_, Doorway>> for From {
    fn connect_info(stream: IncomingStream<'_, Doorway>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Tells the routes from where a request came.
pub(crate) fn with_peers(router: axum::Router) -> axum::Router {
    use axum::extract::{ConnectInfo, Request};
    use axum::middleware::{Next, from_fn};
    router.layer(from_fn(|mut request: Request, next: Next| {
        if let Some(ConnectInfo(From(address))) = request.extensions().get::<ConnectInfo<From>>().copied() {
            request.extensions_mut().insert(api::Peer(address));
        }
        next.run(request)
    }))
}
