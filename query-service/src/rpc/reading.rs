//! The routes of `EventQueryService`.
//!
//! Written out rather than generated, because the methods that carry events answer through the pass-through codec
//! ([`super::codec`]). A test asks for every method that the descriptor has.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use fineprint_proto::v1;
use http::{HeaderMap, Request, Response};
use prost::Message;
use tonic::{
    Status, Streaming,
    body::Body,
    codec::{CompressionEncoding, EnabledCompressionEncodings},
    metadata::MetadataMap,
    server::{Grpc, NamedService, ServerStreamingService, UnaryService},
};
use tower::Service;

use super::{
    chunks,
    codec::{PassThrough, RequestDecoder, WriteResponse},
    messages::MessageStream,
    query::Reader,
    status::Error,
    wire::StreamMessage,
};

/// `fineprint.v1.EventQueryService`.
pub const SERVICE_NAME: &str = v1::event_query_service_server::SERVICE_NAME;

/// Answers the calls of `EventQueryService`.
#[derive(Clone, Debug)]
pub struct ReadingService {
    reader: Arc<Reader>,
    request_bytes_max: usize,
}

impl ReadingService {
    /// Answers with a reader; requests have `request_bytes_max` encoded bytes at most.
    #[must_use]
    pub fn new(reader: Reader, request_bytes_max: u64) -> Self {
        let request_bytes_max = usize::try_from(request_bytes_max).unwrap_or(usize::MAX);
        Self { reader: Arc::new(reader), request_bytes_max }
    }
}

impl NamedService for ReadingService {
    const NAME: &'static str = SERVICE_NAME;
}

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A method with one response.
struct Unary<F>(F);

impl<F, Fut, Q, A> UnaryService<Q> for Unary<F>
where
    F: FnMut(Q) -> Fut,
    Fut: Future<Output = Result<A, Error>> + Send + 'static,
{
    type Response = A;
    type Future = BoxFuture<Result<tonic::Response<A>, Status>>;

    fn call(&mut self, request: tonic::Request<Q>) -> Self::Future {
        let answer = (self.0)(request.into_inner());
        Box::pin(async move { Ok(tonic::Response::new(answer.await?)) })
    }
}

/// `StreamEvents`.
struct StreamEvents(Arc<Reader>);

impl ServerStreamingService<v1::StreamEventsRequest> for StreamEvents {
    type Response = StreamMessage;
    type ResponseStream = MessageStream;
    type Future = std::future::Ready<Result<tonic::Response<MessageStream>, Status>>;

    fn call(&mut self, request: tonic::Request<v1::StreamEventsRequest>) -> Self::Future {
        let (metadata, _, request) = request.into_parts();
        let stream = self.0.stream_events(&request, &metadata);
        std::future::ready(stream.map(tonic::Response::new).map_err(Status::from))
    }
}

/// A call under way.
struct Call {
    request: Request<Body>,
    request_bytes_max: usize,
}

impl Call {
    fn grpc<Q, A>(&self) -> Grpc<PassThrough<Q, A>>
    where
        Q: Message + Default + Send + 'static,
        A: WriteResponse,
    {
        let mut accept = EnabledCompressionEncodings::default();
        accept.enable(CompressionEncoding::Gzip);
        accept.enable(CompressionEncoding::Zstd);
        Grpc::new(PassThrough::default())
            .apply_compression_config(accept, asked_compression(self.request.headers()))
            .apply_max_message_size_config(Some(self.request_bytes_max), None)
    }

    async fn unary<F, Fut, Q, A>(self, method: F) -> Response<Body>
    where
        F: FnMut(Q) -> Fut,
        Fut: Future<Output = Result<A, Error>> + Send + 'static,
        Q: Message + Default + Send + 'static,
        A: WriteResponse + Sync,
    {
        self.grpc::<Q, A>().unary(Unary(method), self.request).await
    }

    async fn stream_events(self, reader: Arc<Reader>) -> Response<Body> {
        if !self.request.headers().contains_key("grpc-encoding") {
            return match self.stream_plain(&reader).await {
                Ok(messages) => chunks::response(messages),
                Err(status) => status.into_http(),
            };
        }
        self.grpc::<v1::StreamEventsRequest, StreamMessage>().server_streaming(StreamEvents(reader), self.request).await
    }

    /// `StreamEvents` without compression, past tonic's encoder.
    async fn stream_plain(self, reader: &Reader) -> Result<MessageStream, Status> {
        let (head, body) = self.request.into_parts();
        let decoder = RequestDecoder::<v1::StreamEventsRequest>::default();
        let mut requests = Streaming::new_request(decoder, body, None, Some(self.request_bytes_max));
        let request = requests.message().await?.ok_or_else(|| Status::internal("the request has no message"))?;
        Ok(reader.stream_events(&request, &MetadataMap::from_headers(head.headers))?)
    }
}

/// Responses are compressed the way the request is: clients tell what they accept even where they do not want it.
fn asked_compression(headers: &HeaderMap) -> EnabledCompressionEncodings {
    let mut asked = EnabledCompressionEncodings::default();
    match headers.get("grpc-encoding").map(http::HeaderValue::as_bytes) {
        Some(b"gzip") => asked.enable(CompressionEncoding::Gzip),
        Some(b"zstd") => asked.enable(CompressionEncoding::Zstd),
        Some(_) | None => {}
    }
    asked
}

impl Service<Request<Body>> for ReadingService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let reader = Arc::clone(&self.reader);
        let method =
            request.uri().path().strip_prefix("/fineprint.v1.EventQueryService/").unwrap_or_default().to_owned();
        let call = Call { request, request_bytes_max: self.request_bytes_max };
        Box::pin(async move {
            let response = match method.as_str() {
                "StreamEvents" => call.stream_events(reader).await,
                "ListEvents" => {
                    call.unary(move |request| {
                        let reader = Arc::clone(&reader);
                        async move { reader.list_events(request).await }
                    })
                    .await
                }
                "GetEvent" => call.unary(move |request| std::future::ready(reader.get_event(&request))).await,
                "CountEvents" => {
                    call.unary(move |request| {
                        let reader = Arc::clone(&reader);
                        async move { reader.count_events(request).await }
                    })
                    .await
                }
                "FacetEvents" => {
                    call.unary(move |request| {
                        let reader = Arc::clone(&reader);
                        async move { reader.facet_events(request).await }
                    })
                    .await
                }
                "GetStatus" => {
                    call.unary(move |_: v1::GetStatusRequest| std::future::ready(Ok(reader.get_status()))).await
                }
                "GetFilterSchema" => {
                    call.unary(move |_: v1::GetFilterSchemaRequest| std::future::ready(Ok(reader.get_filter_schema())))
                        .await
                }
                "ValidateFilter" => {
                    call.unary(move |request| std::future::ready(reader.validate_filter(&request))).await
                }
                _ => Status::from(Error::UnknownMethod).into_http(),
            };
            Ok(response)
        })
    }
}
