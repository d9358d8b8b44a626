//! `GET /metrics` on the port of the service, in front of everything else; status 503 before the log is there.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Method, Request, Response, StatusCode, header};
use tonic::body::Body;
use tower::{Layer, Service};

use crate::rpc::{gate::Gate, query::Reader};

/// Content type of the text format.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers scrapes, and leaves all other requests to the service behind it.
#[derive(Clone, Debug)]
pub struct ScrapeLayer(pub Gate<Reader>);

impl<S> Layer<S> for ScrapeLayer {
    type Service = Scrape<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Scrape { reader: self.0.clone(), inner }
    }
}

/// A service with scrapes in front.
#[derive(Clone, Debug)]
pub struct Scrape<S> {
    reader: Gate<Reader>,
    inner: S,
}

impl<S, R> Service<Request<Body>> for Scrape<S>
where
    S: Service<Request<Body>, Response = Response<R>>,
    S::Future: Send + 'static,
    R: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    R::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if request.method() == Method::GET && request.uri().path() == "/metrics" {
            let Some(reader) = self.reader.get() else {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                return Box::pin(async move { Ok(response) });
            };
            let mut response = Response::new(Body::new(http_body_util::Full::from(reader.metrics())));
            response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(CONTENT_TYPE));
            return Box::pin(async move { Ok(response) });
        }
        let answer = self.inner.call(request);
        Box::pin(async move { Ok(answer.await?.map(Body::new)) })
    }
}
