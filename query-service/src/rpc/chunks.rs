//! The body of a stream's response: messages framed one after the other into chunks, each sent whole.
//!
//! What tonic's own encoder does, with less work for a message: a stored event is copied once, into the chunk that goes to
//! the socket, and nothing stands between the log and that copy. A chunk is sent when it is full, or when nothing more
//! is there at once; between chunks a stream holds no buffer. The first full chunk of a stream is a small one, and the
//! connection has its turn right behind it: a search that finds much must not keep its first find back.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use bytes::Bytes;
use futures::{Stream, task::AtomicWaker};
use http::{HeaderMap, HeaderValue, Response, header::CONTENT_TYPE};
use http_body::{Body, Frame};
use tonic::{Status, body, metadata::GRPC_CONTENT_TYPE};

use super::codec::WriteResponse;
use crate::limits::CHUNK_BYTES;

/// Bytes before each message: whether it is compressed, and its length.
const PREFIX_BYTES: usize = 5;
/// Bytes of the first full chunk, its last message aside.
const FIRST_CHUNK_BYTES: usize = 1 << 10;

/// A response without compression that sends the messages of a stream.
pub fn response<S, A>(messages: S) -> Response<body::Body>
where
    S: Stream<Item = Result<A, Status>> + Send + Unpin + 'static,
    A: WriteResponse,
{
    let mut response = Response::new(body::Body::new(Chunks::new(messages)));
    response.headers_mut().insert(CONTENT_TYPE, GRPC_CONTENT_TYPE);
    response
}

/// The messages of a stream as chunks, then its status as trailers.
#[derive(Debug)]
struct Chunks<S> {
    messages: S,
    /// Bytes of the next chunk.
    room: usize,
    /// Whether the last chunk was full; the next one is likely to be.
    was_full: bool,
    /// What the next chunk waits for.
    turn: Option<Arc<Turn>>,
    state: State,
}

#[derive(Debug)]
enum State {
    Open,
    /// Only the status is left.
    Ending(Box<Status>),
    Over,
}

/// The turn of the connection, which writes what it has on the thread that makes the chunks. It is over once that thread
/// has nothing else to do. A wake for the task's own sake does not do: another thread would take the task, and on a busy
/// machine run before the one that is about to write; nor is the task woken for this alone.
#[derive(Debug, Default)]
struct Turn {
    is_over: AtomicBool,
    waiting: AtomicWaker,
}

impl Turn {
    fn begin() -> Arc<Self> {
        let turn = Arc::new(Self::default());
        let waker = Waker::from(Arc::clone(&turn));
        // Its first poll is to be woken at that moment.
        let begun = std::pin::pin!(tokio::task::yield_now()).poll(&mut Context::from_waker(&waker));
        turn.is_over.fetch_or(begun.is_ready(), Ordering::AcqRel);
        turn
    }

    fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        self.waiting.register(cx.waker());
        if self.is_over.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Wake for Turn {
    fn wake(self: Arc<Self>) {
        self.is_over.store(true, Ordering::Release);
        self.waiting.wake();
    }
}

impl<S> Chunks<S> {
    const fn new(messages: S) -> Self {
        Self { messages, room: FIRST_CHUNK_BYTES, was_full: false, turn: None, state: State::Open }
    }
}

impl<S, A> Chunks<S>
where
    S: Stream<Item = Result<A, Status>> + Unpin,
    A: WriteResponse,
{
    /// The messages that are there, as far as they go into one chunk; empty where the stream has ended.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Vec<u8>> {
        let mut chunk = Vec::new();
        let room = self.room;
        let begun = if std::mem::take(&mut self.was_full) { room } else { FIRST_CHUNK_BYTES };
        loop {
            match Pin::new(&mut self.messages).poll_next(cx) {
                Poll::Pending if chunk.is_empty() => return Poll::Pending,
                Poll::Pending => return Poll::Ready(chunk),
                Poll::Ready(Some(Ok(message))) => {
                    if chunk.is_empty() {
                        chunk.reserve(begun);
                    }
                    let frame_bytes = write_frame(&message, &mut chunk);
                    // The next one is likely as long.
                    if chunk.len() + frame_bytes > room {
                        self.turn = (room == FIRST_CHUNK_BYTES).then(Turn::begin);
                        (self.room, self.was_full) = (CHUNK_BYTES, true);
                        return Poll::Ready(chunk);
                    }
                }
                Poll::Ready(Some(Err(status))) => {
                    self.state = State::Ending(Box::new(status));
                    return Poll::Ready(chunk);
                }
                Poll::Ready(None) => {
                    self.state = State::Ending(Box::new(Status::ok("")));
                    return Poll::Ready(chunk);
                }
            }
        }
    }
}

/// Adds a message with its prefix; gives the bytes of both.
fn write_frame(message: &impl WriteResponse, chunk: &mut Vec<u8>) -> usize {
    let start = chunk.len();
    chunk.extend_from_slice(&[0; PREFIX_BYTES]);
    message.write(chunk);
    let frame_bytes = chunk.len() - start;
    // Events are bounded by `event_bytes_max`, far below 2^32, and so is what stands around them.
    let length = (frame_bytes - PREFIX_BYTES) as u32;
    chunk[start + 1..start + PREFIX_BYTES].copy_from_slice(&length.to_be_bytes());
    frame_bytes
}

fn trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    if status.add_header(&mut trailers).is_err() {
        // What cannot be written as a header is told by its code alone.
        trailers.insert(Status::GRPC_STATUS, HeaderValue::from(i32::from(status.code())));
    }
    trailers
}

impl<S, A> Body for Chunks<S>
where
    S: Stream<Item = Result<A, Status>> + Unpin,
    A: WriteResponse,
{
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if matches!(this.state, State::Open) {
            if let Some(turn) = &this.turn {
                std::task::ready!(turn.poll(cx));
                this.turn = None;
            }
            let chunk = std::task::ready!(this.poll_chunk(cx));
            if !chunk.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(Bytes::from(chunk)))));
            }
        }
        match std::mem::replace(&mut this.state, State::Over) {
            State::Ending(status) => Poll::Ready(Some(Ok(Frame::trailers(trailers(&status))))),
            State::Open | State::Over => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::Over)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use http_body_util::BodyExt as _;
    use tonic::Code;

    use super::*;

    /// What a stream gives: messages of these sizes, moments of nothing, an error.
    #[derive(Clone, Copy, Debug)]
    enum Given {
        Message(usize),
        Nothing,
        Error,
    }

    struct Zeros(usize);

    impl WriteResponse for Zeros {
        fn write(&self, buffer: &mut impl bytes::BufMut) {
            buffer.put_bytes(0, self.0);
        }
    }

    fn stream(given: &'static [Given]) -> impl Stream<Item = Result<Zeros, Status>> + Unpin {
        let mut given = given.iter();
        futures::stream::poll_fn(move |cx| match given.next() {
            None => Poll::Ready(None),
            Some(Given::Message(bytes)) => Poll::Ready(Some(Ok(Zeros(*bytes)))),
            Some(Given::Error) => Poll::Ready(Some(Err(Status::aborted("too slow")))),
            Some(Given::Nothing) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        })
    }

    /// Checks the lengths of the messages of each chunk, and the status behind them.
    fn check(given: &'static [Given], expected: &[&[usize]], code: Code) {
        let mut chunks = Chunks::new(stream(given));
        let mut found = Vec::new();
        let status = loop {
            let frame = loop {
                if let Some(frame) = chunks.frame().now_or_never() {
                    break frame.expect("not over").expect("no error");
                }
            };
            match frame.into_data() {
                Ok(mut data) => {
                    let mut lengths = Vec::new();
                    while !data.is_empty() {
                        let prefix = data.split_to(PREFIX_BYTES);
                        let length = prefix[1..].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                        assert_eq!((prefix[0], data.split_to(length).len()), (0, length));
                        lengths.push(length);
                    }
                    found.push(lengths);
                }
                Err(frame) => break Status::from_header_map(&frame.into_trailers().expect("trailers")),
            }
        };
        assert_eq!(found, expected, "{given:?}");
        assert_eq!(status.expect("a status").code(), code);
        assert!(chunks.is_end_stream() && chunks.frame().now_or_never().expect("at once").is_none());
    }

    #[test]
    fn messages_come_framed_in_chunks_and_the_status_behind_them() {
        use Given::{Error, Message, Nothing};
        check(&[], &[], Code::Ok);
        check(&[Message(0), Message(3), Nothing, Nothing, Message(70_000)], &[&[0, 3], &[70_000]], Code::Ok);
        check(&[Message(7_000), Message(7_000), Message(7_000)], &[&[7_000], &[7_000, 7_000]], Code::Ok);
        check(&[Nothing, Message(1), Error], &[&[1]], Code::Aborted);
        check(&[Error], &[], Code::Aborted);
    }
}
