//! Gives the errors that the transport itself answers with the form that all others have.
//!
//! A message over its bound, an unknown service or an encoding that is not spoken never reaches a method; the transport
//! refuses it with a bare status. This layer adds the reason, so that clients can rely on one.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::{HeaderMap, Request, Response};
use tonic::{Code, Status};
use tower::{Layer, Service};

use super::status::Error;

/// Puts [`CompleteErrors`] around a service.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompleteErrorsLayer;

impl<S> Layer<S> for CompleteErrorsLayer {
    type Service = CompleteErrors<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CompleteErrors { inner }
    }
}

/// Completes the bare errors of a service.
#[derive(Clone, Debug)]
pub struct CompleteErrors<S> {
    inner: S,
}

impl<S, B, R> Service<Request<B>> for CompleteErrors<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Completed<Pin<Box<S::Future>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        Completed(Box::pin(self.inner.call(request)))
    }
}

/// A response on its way.
#[derive(Debug)]
pub struct Completed<F>(F);

impl<F, R, E> Future for Completed<F>
where
    F: Future<Output = Result<Response<R>, E>> + Unpin,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = ready!(Pin::new(&mut self.get_mut().0).poll(cx))?;
        complete(response.headers_mut());
        Poll::Ready(Ok(response))
    }
}

/// Adds the reason to an error without one. Errors after the first message stand in trailers, and are all our own.
fn complete(headers: &mut HeaderMap) {
    let Some(bare) = Status::from_header_map(headers) else { return };
    if bare.code() == Code::Ok || !bare.details().is_empty() {
        return;
    }
    let whole = Status::from(Error::Client(Box::new(bare)));
    let kept = headers.clone();
    headers.remove(Status::GRPC_STATUS);
    headers.remove(Status::GRPC_MESSAGE);
    if whole.add_header(headers).is_err() {
        // What cannot be written as a header stays as it was.
        *headers = kept;
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt as _;

    use super::*;

    fn completed(status: &Status) -> Status {
        let mut headers = HeaderMap::new();
        status.add_header(&mut headers).expect("a header");
        complete(&mut headers);
        Status::from_header_map(&headers).expect("a status")
    }

    #[test]
    fn bare_errors_get_a_reason_and_others_stay() {
        let bare =
            Status::out_of_range("Error, decoded message length too large: found 9 bytes, the limit is: 8 bytes");
        let whole = completed(&bare);
        assert_eq!(whole.code(), Code::ResourceExhausted);
        assert_eq!(whole.get_error_details().error_info().expect("a reason").reason, "LIMIT_EXCEEDED");

        let own = Status::from(Error::Draining);
        assert_eq!(completed(&own).details(), own.details());
        assert_eq!(completed(&Status::ok("")).code(), Code::Ok);
    }
}
