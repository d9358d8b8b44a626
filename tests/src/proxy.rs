//! A TCP proxy that can cut every connection and change where it leads: a network that fails on command.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Clone, Debug)]
struct Route {
    target: String,
    /// Connections of an earlier generation are cut.
    generation: u64,
}

/// A running proxy; ends with its value.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    route: watch::Sender<Route>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port of the loopback and passes connections on to `target` (`host:port`).
    ///
    /// # Errors
    /// No port can be bound.
    pub async fn start(target: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (route, routes) = watch::channel(Route { target: target.to_owned(), generation: 0 });
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(carry(client, routes.clone()));
            }
        });
        Ok(Self { address, route, connections, task })
    }

    /// Where it listens, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Connections taken so far.
    #[must_use]
    pub fn connection_count(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Cuts every connection; new ones are taken as before.
    pub fn cut(&self) {
        self.route.send_modify(|route| route.generation += 1);
    }

    /// Cuts every connection and leads new ones to `target`.
    pub fn lead_to(&self, target: &str) {
        self.route.send_modify(|route| {
            target.clone_into(&mut route.target);
            route.generation += 1;
        });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut client: TcpStream, mut routes: watch::Receiver<Route>) {
    let Route { target, generation } = routes.borrow_and_update().clone();
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    tokio::select! {
        // Either side ended the connection; the other one sees the end of its own.
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = routes.wait_for(|route| route.generation != generation) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// A server that greets each connection with `greeting` and keeps it open.
    async fn greeter(greeting: &'static [u8]) -> std::io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                if stream.write_all(greeting).await.is_ok() {
                    open.push(stream);
                }
            }
        });
        Ok(address)
    }

    #[tokio::test]
    async fn connections_are_cut_and_led_elsewhere() -> std::io::Result<()> {
        let proxy = Proxy::start(&greeter(b"one").await?).await?;
        let address = proxy.url().trim_start_matches("http://").to_owned();
        let mut greeting = [0; 3];
        let mut first = TcpStream::connect(&address).await?;
        first.read_exact(&mut greeting).await?;
        assert_eq!(&greeting, b"one");
        proxy.lead_to(&greeter(b"two").await?);
        assert_eq!(first.read(&mut greeting).await.unwrap_or(0), 0, "the connection is cut");
        let mut second = TcpStream::connect(&address).await?;
        second.read_exact(&mut greeting).await?;
        assert_eq!(&greeting, b"two");
        proxy.cut();
        assert_eq!(second.read(&mut greeting).await.unwrap_or(0), 0, "the connection is cut");
        assert_eq!(proxy.connection_count(), 2);
        Ok(())
    }
}
