//! The yardstick of streaming: a tonic service that sends bytes made beforehand, or as they are published, and does
//! nothing else; and a client that counts messages without decoding them.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures::{StreamExt, stream};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::broadcast;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::{Request, Response};
use tonic::codegen::{Body, BoxFuture, Service, StdError};
use tonic::server::{Grpc, NamedService, ServerStreamingService, StreamingService, UnaryService};
use tonic::{Status, Streaming, body};

/// The path of the one method of the bare service.
pub const BARE_PATH: &str = "/fineprint.bench.Bare/Stream";

/// The path of its method that answers with the first of its messages.
pub const BARE_UNARY_PATH: &str = "/fineprint.bench.Bare/First";

/// The path of its method that takes batches (see [`batch`]) and answers each with an empty message.
pub const BARE_PUBLISH_PATH: &str = "/fineprint.bench.Bare/Publish";

/// The path of its method that streams an empty message, and then every message published from then on.
pub const BARE_TAIL_PATH: &str = "/fineprint.bench.Bare/Tail";

/// Batches that a reader of the tail may lie behind before its stream ends with an error.
const TAIL_BATCHES_MAX: usize = 4_096;

/// Messages as one batch: each after its length as four bytes.
#[must_use]
pub fn batch(messages: &[Bytes]) -> Bytes {
    let mut batch = BytesMut::new();
    for message in messages {
        batch.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
        batch.put_slice(message);
    }
    batch.freeze()
}

/// The messages of a [`batch`], as parts of its bytes.
#[must_use]
pub fn unbatch(mut batch: Bytes) -> Vec<Bytes> {
    let mut messages = Vec::new();
    while batch.remaining() >= 4 {
        let length = batch.get_u32() as usize;
        messages.push(batch.split_to(length.min(batch.len())));
    }
    messages
}

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

/// The bare service: every call streams the same messages, or those that are published.
#[derive(Clone, Debug)]
pub struct Bare {
    messages: Arc<Vec<Bytes>>,
    published: broadcast::Sender<Arc<Vec<Bytes>>>,
}

impl Bare {
    /// A service that streams `messages`.
    #[must_use]
    pub fn new(messages: Vec<Bytes>) -> Self {
        Self { messages: Arc::new(messages), published: broadcast::Sender::new(TAIL_BATCHES_MAX) }
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

/// The method that takes batches.
struct Publish(Bare);

impl StreamingService<Bytes> for Publish {
    type Response = Bytes;
    type ResponseStream = Messages;
    type Future = BoxFuture<tonic::Response<Messages>, Status>;

    fn call(&mut self, request: tonic::Request<Streaming<Bytes>>) -> Self::Future {
        let published = self.0.published.clone();
        let answers = request.into_inner().map(move |batch| {
            // Nobody may be listening.
            drop(published.send(Arc::new(unbatch(batch?))));
            Ok(Bytes::new())
        });
        Box::pin(async move { Ok(tonic::Response::new(Box::pin(answers) as Messages)) })
    }
}

/// The method that streams what is published.
struct Tail(Bare);

impl ServerStreamingService<Bytes> for Tail {
    type Response = Bytes;
    type ResponseStream = Messages;
    type Future = BoxFuture<tonic::Response<Messages>, Status>;

    fn call(&mut self, _request: tonic::Request<Bytes>) -> Self::Future {
        let begun = (self.0.published.subscribe(), Arc::new(vec![Bytes::new()]), 0);
        let messages = stream::unfold(begun, |(mut published, mut batch, mut index)| async move {
            while index == batch.len() {
                match published.recv().await {
                    Ok(next) => (batch, index) = (next, 0),
                    Err(broadcast::error::RecvError::Closed) => return None,
                    Err(broadcast::error::RecvError::Lagged(count)) => {
                        let status = Status::aborted(format!("{count} batches behind"));
                        return Some((Err(status), (published, batch, index)));
                    }
                }
            }
            let message = batch[index].clone();
            Some((Ok(message), (published, batch, index + 1)))
        });
        Box::pin(async move { Ok(tonic::Response::new(Box::pin(messages) as Messages)) })
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
                BARE_PUBLISH_PATH => Grpc::new(Raw).streaming(Publish(service), request).await,
                BARE_TAIL_PATH => Grpc::new(Raw).server_streaming(Tail(service), request).await,
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

    #[test]
    fn a_batch_gives_its_messages_back() {
        let messages = vec![Bytes::new(), Bytes::from_static(b"one"), Bytes::from(vec![7; 300])];
        assert_eq!(unbatch(batch(&messages)), messages);
    }

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
