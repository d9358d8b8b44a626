//! A service that opens once the log is there; until then its calls are answered with NOT_READY.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use futures::future::Either;
use http::{Request, Response};
use tonic::{Status, body::Body, server::NamedService};
use tower::Service;

use super::status::Error;

/// A service behind a gate, closed at first. Clones share it.
#[derive(Debug)]
pub struct Gate<S>(Arc<OnceLock<S>>);

impl<S> Default for Gate<S> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<S> Clone for Gate<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Gate<S> {
    /// Opens the gate to a service, for good; a second service is not taken.
    pub fn open(&self, service: S) {
        self.0.get_or_init(|| service);
    }

    /// The service, once the gate is open.
    #[must_use]
    pub fn get(&self) -> Option<&S> {
        self.0.get()
    }
}

impl<S: NamedService> NamedService for Gate<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Gate<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<S::Future, Ready<Result<Response<Body>, Infallible>>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The services of this process are always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match self.get() {
            Some(service) => Either::Left(service.clone().call(request)),
            None => Either::Right(ready(Ok(Status::from(Error::NotReady).into_http()))),
        }
    }
}
