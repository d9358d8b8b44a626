//! Pages of `ListEvents`: tokens bound to the request and to the log as it was at the first page, and the responses.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    codec::{EncodedEvent, WriteResponse, write_field},
    status::{Error, Fault},
};
use crate::log::{Epoch, Sequence};

/// Where a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageToken {
    /// Which log.
    pub epoch: Epoch,
    /// The next sequence to look at.
    pub next: Sequence,
    /// Last sequence of the log at the first page: later events are on no page.
    pub upper: Sequence,
    /// What the request asked, shortened to a number.
    pub request: u64,
}

const VERSION: u8 = 2;
const BYTES: usize = 1 + 4 * 8 + 4;

impl PageToken {
    /// The number that stands for what a request asks.
    #[must_use]
    pub fn request_of(canonical_filter: &str, order: &str, mask: &[String]) -> u64 {
        let mut hasher = blake3::Hasher::new();
        let mut part = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        part(canonical_filter);
        part(order);
        mask.iter().for_each(|path| part(path));
        hasher.finalize().as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// The token as text.
    #[must_use]
    pub fn text(self) -> String {
        let mut raw = Vec::with_capacity(BYTES);
        raw.push(VERSION);
        for number in [self.epoch.get(), self.next.get(), self.upper.get(), self.request] {
            raw.extend_from_slice(&number.to_be_bytes());
        }
        raw.extend_from_slice(&crc32c::crc32c(&raw).to_be_bytes());
        URL_SAFE_NO_PAD.encode(raw)
    }

    /// Reads a token.
    ///
    /// # Errors
    /// [`Fault::InvalidToken`] where it is none.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let invalid = || {
            Error::field(
                Fault::InvalidToken,
                "page_token",
                "damaged, or never given out by this service; use `next_page_token` unchanged",
            )
        };
        let raw = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let (body, checksum) = raw.split_at_checked(BYTES - 4).ok_or_else(invalid)?;
        if checksum != crc32c::crc32c(body).to_be_bytes() || body.first() != Some(&VERSION) {
            return Err(invalid());
        }
        let mut numbers = body[1..]
            .chunks_exact(8)
            .map(|bytes| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)));
        let mut next = || numbers.next().ok_or_else(invalid);
        Ok(Self {
            epoch: Epoch::new(next()?),
            next: Sequence::new(next()?),
            upper: Sequence::new(next()?),
            request: next()?,
        })
    }
}

/// `ListEventsResponse`, written from encoded events.
#[derive(Debug, Default)]
pub struct Page {
    /// The events.
    pub events: Vec<EncodedEvent>,
    /// Token of the next page; empty at the end.
    pub next_page_token: String,
}

impl WriteResponse for Page {
    fn write(&self, buffer: &mut impl bytes::BufMut) {
        const EVENTS_FIELD: u32 = 1;
        const NEXT_PAGE_TOKEN_FIELD: u32 = 2;
        for event in &self.events {
            write_field(EVENTS_FIELD, event.bytes(), buffer);
        }
        if !self.next_page_token.is_empty() {
            write_field(NEXT_PAGE_TOKEN_FIELD, self.next_page_token.as_bytes(), buffer);
        }
    }
}

/// `GetEventResponse`, written from an encoded event.
#[derive(Debug)]
pub struct One(pub EncodedEvent);

impl WriteResponse for One {
    fn write(&self, buffer: &mut impl bytes::BufMut) {
        write_field(1, self.0.bytes(), buffer);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_page_token_tells_what_it_was_made_of(epoch: u64, next: u64, upper: u64, request: u64) {
            let token = PageToken {
                epoch: Epoch::new(epoch), next: Sequence::new(next), upper: Sequence::new(upper), request,
            };
            prop_assert_eq!(PageToken::parse(&token.text()).ok(), Some(token));
        }

        #[test]
        fn garbage_is_no_page_token(text in "[A-Za-z0-9_-]{0,60}") {
            prop_assert!(PageToken::parse(&text).is_err());
        }
    }

    #[test]
    fn requests_that_differ_have_different_numbers() {
        let base = PageToken::request_of("a", "sequence", &[]);
        assert_eq!(base, PageToken::request_of("a", "sequence", &[]));
        for other in [
            PageToken::request_of("b", "sequence", &[]),
            PageToken::request_of("a", "sequence desc", &[]),
            PageToken::request_of("a", "sequence", &["type".to_owned()]),
        ] {
            assert_ne!(base, other);
        }
    }
}
