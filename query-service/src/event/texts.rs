//! Reads the texts of an event out of its encoded bytes, without decoding the rest.
//!
//! A filter that the index cannot decide (a phrase or a pattern in a quote) looks at the text itself. Walking the wire
//! format to four strings costs a fraction of decoding the event. Fields are those of `event.proto`.

/// Tags of `Event` and of its parts.
const EVENT_ID: u64 = 1;
const EVENT_REASON: u64 = 13;
const EVENT_LEGAL_BASIS: u64 = 14;
const EVENT_EVIDENCE: u64 = 16;
const EVENT_DOCUMENT: u64 = 17;
const EVIDENCE_QUOTE: u64 = 1;
const DOCUMENT_TITLE: u64 = 2;

/// The texts of one event, as told (not folded), and its id; empty where untold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Texts<'a> {
    /// The event's id.
    pub event_id: &'a str,
    /// The words that the event was read from.
    pub quote: &'a str,
    /// What the act is for.
    pub reason: &'a str,
    /// The law named.
    pub legal_basis: &'a str,
    /// The document's title.
    pub title: &'a str,
}

impl<'a> Texts<'a> {
    /// Finds the texts in an encoded `fineprint.v1.Event`. What is not well formed reads as empty.
    #[must_use]
    pub fn read(encoded: &'a [u8]) -> Self {
        let mut texts = Self::default();
        for (tag, value) in Fields(encoded) {
            match tag {
                EVENT_ID => texts.event_id = text(value),
                EVENT_REASON => texts.reason = text(value),
                EVENT_LEGAL_BASIS => texts.legal_basis = text(value),
                EVENT_EVIDENCE => {
                    for (tag, value) in Fields(value) {
                        if tag == EVIDENCE_QUOTE {
                            texts.quote = text(value);
                        }
                    }
                }
                EVENT_DOCUMENT => {
                    for (tag, value) in Fields(value) {
                        if tag == DOCUMENT_TITLE {
                            texts.title = text(value);
                        }
                    }
                }
                _ => {}
            }
        }
        texts
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// The length-delimited fields of a message: tag and content. Ends where the bytes are not well formed.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.0.is_empty() {
            let key = varint(&mut self.0)?;
            let size = match key & 7 {
                0 => {
                    varint(&mut self.0)?;
                    continue;
                }
                1 => 8,
                5 => 4,
                2 => usize::try_from(varint(&mut self.0)?).ok()?,
                _ => return None,
            };
            let (content, rest) = self.0.split_at_checked(size)?;
            self.0 = rest;
            if key & 7 == 2 {
                return Some((key >> 3, content));
            }
        }
        None
    }
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in 0..10 {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f).checked_shl(shift * 7)?;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
