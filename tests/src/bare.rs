//! The yardstick of streaming: a tonic service that sends bytes made beforehand and does nothing else, and a client
//! that counts messages without decoding them.

use bytes::{Buf, BufMut, Bytes};
use futures::stream;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::{Request, Response};
use tonic::codegen::{Body, BoxFuture, Service, StdError};
use tonic::server::{Grpc, NamedService, ServerStreamingService, UnaryService};
use tonic::{Status, body};

/// The path of the one method of the bare service.
pub const BARE_PATH: &str = "/fineprint.bench.Bare/Stream";

/// The path of its method that answers with the first of its messages.
pub const BARE_UNARY_PATH: &str = "/fineprint.bench.Bare/First";

/// A codec that passes messages on as the bytes that they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length)))
    }
}

/// The bare service: every call streams the same messages.
#[derive(Clone, Debug)]
pub struct Bare {
    messages: Arc<Vec<Bytes>>,
}

impl Bare {
    /// A service that streams `messages`.
    #[must_use]
    pub fn new(messages: Vec<Bytes>) -> Self {
        Self { messages: Arc::new(messages) }
    }
}

impl NamedService for Bare {
    const NAME: &'static str = "fineprint.bench.Bare";
}

type Messages = Pin<Box<dyn futures::Stream<Item = Result<Bytes, Status>> + Send>>;

impl ServerStreamingService<Bytes> for Bare {
    type Response = Bytes;
    type ResponseStream = Messages;
    type Future = BoxFuture<tonic::Response<Messages>, Status>;

    fn call(&mut self, _request: tonic::Request<Bytes>) -> Self::Future {
        let messages = Arc::clone(&self.messages);
        let all = (0..messages.len()).map(move |index| Ok(messages[index].clone()));
        Box::pin(async move { Ok(tonic::Response::new(Box::pin(stream::iter(all)) as Messages)) })
    }
}

impl UnaryService<Bytes> for Bare {
    type Response = Bytes;
    type Future = BoxFuture<tonic::Response<Bytes>, Status>;

    fn call(&mut self, _request: tonic::Request<Bytes>) -> Self::Future {
        let first = self.messages.first().cloned().unwrap_or_default();
        Box::pin(async move { Ok(tonic::Response::new(first)) })
    }
}

impl<B> Service<Request<B>> for Bare
where
    B: Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    type Response = Response<body::Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            Ok(match request.uri().path() {
                BARE_UNARY_PATH => Grpc::new(Raw).unary(service, request).await,
                _ => Grpc::new(Raw).server_streaming(service, request).await,
            })
        })
    }
}

/// What one drained stream was.
#[derive(Clone, Copy, Debug)]
pub struct Drained {
    /// Messages received.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// From the call to the end of the stream.
    pub seconds: f64,
}

/// Calls `path` at `url` with the encoded `request` and drains the stream, handing every message to `each`.
///
/// # Errors
/// The service cannot be reached or ends the stream with an error.
pub async fn drain(
    url: &str,
    path: &'static str,
    request: Bytes,
    mut each: impl FnMut(Bytes),
) -> anyhow::Result<Drained> {
    let channel = tonic::transport::Endpoint::from_shared(url.to_owned())?.connect().await?;
    let mut client = tonic::client::Grpc::new(channel).max_decoding_message_size(usize::MAX);
    client.ready().await?;
    let start = std::time::Instant::now();
    let path = tonic::codegen::http::uri::PathAndQuery::from_static(path);
    let mut stream = client.server_streaming(tonic::Request::new(request), path, Raw).await?.into_inner();
    let (mut messages, mut bytes) = (0, 0);
    while let Some(message) = stream.message().await? {
        messages += 1;
        bytes += message.len() as u64;
        each(message);
    }
    Ok(Drained { messages, bytes, seconds: start.elapsed().as_secs_f64() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;
    use tokio_stream::wrappers::TcpListenerStream;

    #[tokio::test]
    async fn the_client_gets_the_bytes_that_the_service_was_given() -> anyhow::Result<()> {
        let messages: Vec<Bytes> = (0..100_u8).map(|i| Bytes::from(vec![i; usize::from(i)])).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = tonic::transport::Server::builder()
            .add_service(Bare::new(messages.clone()))
            .serve_with_incoming(TcpListenerStream::new(listener));
        let server = tokio::spawn(server);
        let mut received = Vec::new();
        let drained = drain(&url, BARE_PATH, Bytes::new(), |message| received.push(message)).await?;
        server.abort();
        assert_eq!(received, messages);
        assert_eq!((drained.messages, drained.bytes), (100, (0..100).sum()));
        Ok(())
    }
}
