//! A codec that copies stored events into responses as they are.
//!
//! An event is encoded once, when it comes in. A response that carries it is written as the few bytes around it and a
//! copy; nothing is decoded or encoded again. On the wire there is no difference.

use std::marker::PhantomData;

use bytes::{Buf as _, BufMut};
use prost::Message;
use tonic::{
    Status,
    codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

use crate::{limits::CHUNK_BYTES, log::EventRef};

/// Bytes that a buffer of responses begins with.
const BUFFER_BYTES: usize = 8 << 10;

/// An encoded `fineprint.v1.Event`.
#[derive(Clone, Debug)]
pub enum EncodedEvent {
    /// As the log holds it.
    Stored(EventRef),
    /// With some fields left out.
    Masked(Vec<u8>),
}

impl EncodedEvent {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Stored(event) => event.bytes(),
            Self::Masked(bytes) => bytes,
        }
    }
}

/// A response that knows how to write itself.
pub trait WriteResponse: Send + 'static {
    /// Writes the message, without a length before it.
    fn write(&self, buffer: &mut impl BufMut);
}

impl<M: Message + Send + 'static> WriteResponse for M {
    fn write(&self, buffer: &mut impl BufMut) {
        self.encode(buffer).expect("a buffer that grows as it must has room");
    }
}

/// Writes a field of embedded bytes.
pub(crate) fn write_field(number: u32, bytes: &[u8], buffer: &mut impl BufMut) {
    prost::encoding::encode_key(number, prost::encoding::WireType::LengthDelimited, buffer);
    prost::encoding::encode_varint(bytes.len() as u64, buffer);
    buffer.put_slice(bytes);
}

/// Reads requests of type `Q` with prost, writes responses of type `A`.
#[derive(Debug)]
pub struct PassThrough<Q, A>(PhantomData<fn(Q) -> A>);

impl<Q, A> Default for PassThrough<Q, A> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<Q, A> Codec for PassThrough<Q, A>
where
    Q: Message + Default + Send + 'static,
    A: WriteResponse,
{
    type Encode = A;
    type Decode = Q;
    type Encoder = ResponseEncoder<A>;
    type Decoder = RequestDecoder<Q>;

    fn encoder(&mut self) -> Self::Encoder {
        ResponseEncoder(PhantomData)
    }

    fn decoder(&mut self) -> Self::Decoder {
        RequestDecoder::default()
    }
}

/// Writes responses.
#[derive(Debug)]
pub struct ResponseEncoder<A>(PhantomData<fn(A)>);

impl<A: WriteResponse> Encoder for ResponseEncoder<A> {
    type Item = A;
    type Error = Status;

    fn encode(&mut self, response: A, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        response.write(buffer);
        Ok(())
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(BUFFER_BYTES, CHUNK_BYTES)
    }
}

/// Reads requests.
#[derive(Debug)]
pub struct RequestDecoder<Q>(PhantomData<fn() -> Q>);

impl<Q> Default for RequestDecoder<Q> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<Q: Message + Default> Decoder for RequestDecoder<Q> {
    type Item = Q;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Q>, Status> {
        let whole = buffer.copy_to_bytes(buffer.remaining());
        Q::decode(whole).map(Some).map_err(|error| super::status::malformed(&error))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::default()
    }
}
