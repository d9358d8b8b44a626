//! The body of a stream's response: messages framed one after the other into chunks, each sent whole.
//!
//! What tonic's own encoder does, with less work for a message: a stored event is copied once, into the chunk that goes to
//! the socket, and nothing stands between the log and that copy. A chunk is sent when it is full, or when nothing more
//! is there at once; between chunks a stream holds no buffer. The first full chunk of a stream is a small one, and nothing
//! more is made before it has left; the next ones grow, and others may have the processor between them. A search that finds
//! much must not keep its first find back.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
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
/// Bytes of the first full chunk, its last message aside; each full one behind it may have twice as many.
const FIRST_CHUNK_BYTES: usize = 1 << 10;

/// The messages of a stream.
pub trait Messages: Stream<Item = Result<Self::Message, Status>> + Unpin {
    /// One message.
    type Message: WriteResponse;

    /// Writes messages that come next, where they are at hand and need not be made first, as far as there is room.
    fn write_more(&mut self, frames: &mut Frames);
}

/// A chunk in the making.
#[derive(Debug, Default)]
pub struct Frames {
    chunk: Vec<u8>,
    /// Bytes that the chunk is to have, its last message aside.
    room: usize,
    is_full: bool,
}

impl Frames {
    /// Writes a message of `bytes` where it still has room; tells whether it had.
    pub fn add(&mut self, bytes: usize, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        self.is_full |= self.chunk.len() + PREFIX_BYTES + bytes > self.room;
        if !self.is_full {
            self.chunk.extend_from_slice(&prefix(bytes));
            write(&mut self.chunk);
        }
        !self.is_full
    }

    /// Writes a message, with or without room.
    fn push(&mut self, message: &impl WriteResponse) {
        let start = self.chunk.len();
        self.chunk.extend_from_slice(&[0; PREFIX_BYTES]);
        message.write(&mut self.chunk);
        let frame_bytes = self.chunk.len() - start;
        self.chunk[start..start + PREFIX_BYTES].copy_from_slice(&prefix(frame_bytes - PREFIX_BYTES));
        // The next one is likely as long.
        self.is_full = self.chunk.len() + frame_bytes > self.room;
    }
}

/// What stands before a message of so many bytes.
fn prefix(message_bytes: usize) -> [u8; PREFIX_BYTES] {
    // Events are bounded by `event_bytes_max`, far below 2^32, and so is what stands around them.
    let [a, b, c, d] = (message_bytes as u32).to_be_bytes();
    [0, a, b, c, d]
}

/// A response without compression that sends the messages of a stream. Nothing comes behind the first full chunk of its
/// body before whoever asks for more has let that one go.
pub fn response<S>(messages: S) -> Response<body::Body>
where
    S: Messages + Send + 'static,
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
    /// What the next chunk waits for. The connection is a task of its own; where another thread has it, and the processors
    /// are busy, this one would make all the chunks that the reader's window takes before that one writes the first.
    departure: Option<Arc<Departure>>,
    state: State,
}

#[derive(Debug)]
enum State {
    Open,
    /// Only the status is left.
    Ending(Box<Status>),
    Over,
}

/// Whether a chunk has left for the socket.
#[derive(Debug, Default)]
struct Departure {
    is_over: AtomicBool,
    waiting: AtomicWaker,
}

impl Departure {
    fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        self.waiting.register(cx.waker());
        if self.is_over.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// A chunk that tells when it has left: the connection lets it go once it is written.
struct Leaving {
    chunk: Vec<u8>,
    departure: Arc<Departure>,
}

impl AsRef<[u8]> for Leaving {
    fn as_ref(&self) -> &[u8] {
        &self.chunk
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.departure.is_over.store(true, Ordering::Release);
        self.departure.waiting.wake();
    }
}

impl<S> Chunks<S> {
    const fn new(messages: S) -> Self {
        Self { messages, room: FIRST_CHUNK_BYTES, was_full: false, departure: None, state: State::Open }
    }
}

impl<S: Messages> Chunks<S> {
    /// A chunk behind which the next one is made only once it has left.
    fn leaving(&mut self, chunk: Vec<u8>) -> Bytes {
        let departure = Arc::clone(self.departure.insert(Arc::default()));
        Bytes::from_owner(Leaving { chunk, departure })
    }

    /// The messages that are there, as far as they go into one chunk; empty where the stream has ended.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Bytes> {
        let mut frames = Frames { room: self.room, ..Frames::default() };
        let begun = if std::mem::take(&mut self.was_full) { self.room } else { FIRST_CHUNK_BYTES };
        loop {
            match Pin::new(&mut self.messages).poll_next(cx) {
                Poll::Pending if frames.chunk.is_empty() => return Poll::Pending,
                Poll::Pending => return Poll::Ready(frames.chunk.into()),
                Poll::Ready(Some(Ok(message))) => {
                    if frames.chunk.is_empty() {
                        frames.chunk.reserve(begun);
                    }
                    frames.push(&message);
                    if !frames.is_full {
                        self.messages.write_more(&mut frames);
                    }
                    if frames.is_full {
                        self.was_full = true;
                        let is_first = self.room == FIRST_CHUNK_BYTES;
                        self.room = (self.room * 2).min(CHUNK_BYTES);
                        return Poll::Ready(if is_first { self.leaving(frames.chunk) } else { frames.chunk.into() });
                    }
                }
                Poll::Ready(Some(Err(status))) => {
                    self.state = State::Ending(Box::new(status));
                    return Poll::Ready(frames.chunk.into());
                }
                Poll::Ready(None) => {
                    self.state = State::Ending(Box::new(Status::ok("")));
                    return Poll::Ready(frames.chunk.into());
                }
            }
        }
    }
}

fn trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    if status.add_header(&mut trailers).is_err() {
        // What cannot be written as a header is told by its code alone.
        trailers.insert(Status::GRPC_STATUS, HeaderValue::from(i32::from(status.code())));
    }
    trailers
}

impl<S: Messages> Body for Chunks<S> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if matches!(this.state, State::Open) {
            if let Some(departure) = &this.departure {
                std::task::ready!(departure.poll(cx));
                this.departure = None;
            }
            if this.was_full && this.room < CHUNK_BYTES {
                // The reader may wait for this very processor, and would until the stream rests.
                std::thread::yield_now();
            }
            let chunk = std::task::ready!(this.poll_chunk(cx));
            if !chunk.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(chunk))));
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
        /// A message that need not be made first.
        AtHand(usize),
        Nothing,
        Error,
    }

    struct Zeros(usize);

    impl WriteResponse for Zeros {
        fn write(&self, buffer: &mut impl bytes::BufMut) {
            buffer.put_bytes(0, self.0);
        }
    }

    struct Stated(&'static [Given]);

    impl Stream for Stated {
        type Item = Result<Zeros, Status>;

        fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            let Some((given, others)) = self.0.split_first() else { return Poll::Ready(None) };
            self.0 = others;
            match given {
                Given::Message(bytes) | Given::AtHand(bytes) => Poll::Ready(Some(Ok(Zeros(*bytes)))),
                Given::Error => Poll::Ready(Some(Err(Status::aborted("too slow")))),
                Given::Nothing => {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
            }
        }
    }

    impl Messages for Stated {
        type Message = Zeros;

        fn write_more(&mut self, frames: &mut Frames) {
            while let Some((Given::AtHand(bytes), others)) = self.0.split_first()
                && frames.add(*bytes, |buffer| Zeros(*bytes).write(buffer))
            {
                self.0 = others;
            }
        }
    }

    /// Checks the lengths of the messages of each chunk, and the status behind them.
    fn check(given: &'static [Given], expected: &[&[usize]], code: Code) {
        let mut chunks = Chunks::new(Stated(given));
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
        use Given::{AtHand, Error, Message, Nothing};
        check(&[], &[], Code::Ok);
        check(&[Message(0), Message(3), Nothing, Nothing, Message(70_000)], &[&[0, 3], &[70_000]], Code::Ok);
        check(&[Message(7_000), Message(7_000), Nothing], &[&[7_000], &[7_000]], Code::Ok);
        check(&[Nothing, Message(1), Error], &[&[1]], Code::Aborted);
        check(&[Error], &[], Code::Aborted);
        check(&[Message(10), AtHand(20), AtHand(1_000), AtHand(5)], &[&[10, 20], &[1_000, 5]], Code::Ok);
        check(&[AtHand(2_000), AtHand(1), Nothing, AtHand(2)], &[&[2_000], &[1], &[2]], Code::Ok);
    }

    #[test]
    fn chunks_grow_to_their_full_size() {
        const EXPECTED: [&[usize]; 6] = [&[500; 2], &[500; 4], &[500; 8], &[500; 16], &[500; 32], &[500; 32]];
        check(&[Given::Message(500); 94], &EXPECTED, Code::Ok);
        check(&[Given::AtHand(500); 94], &EXPECTED, Code::Ok);
    }

    #[test]
    fn the_second_chunk_is_made_once_the_first_has_left() {
        let mut chunks = Chunks::new(Stated(&[Given::Message(2_000), Given::Message(1)]));
        let first = chunks.frame().now_or_never().expect("at once");
        assert!(chunks.frame().now_or_never().is_none());
        let (second, ()) = futures::executor::block_on(futures::future::join(chunks.frame(), async { drop(first) }));
        assert!(second.is_some_and(|second| second.is_ok_and(|frame| frame.is_data())));
    }
}
