//! Bytes in, a [`Document`] out: its text, unaltered, with every later span a byte span into it.
//!
//! Plain text stays as it is, line ends and all. A page's main text is found by a library and keeps its title as first
//! line. The text is cut into [`Block`]s of one kind each, so that the navigation of a page, the byline and the
//! headlines of other stories do not lend their words to the story. The publication date comes from the caller, else
//! from cues of the document itself, else there is none: it is never invented.

mod blocks;
mod decode;
mod html;
mod published;
mod record;
#[cfg(test)]
mod properties;

pub use decode::{InputForm, decode};
pub use record::{Record, read_record};

use crate::limits;
use crate::values::date::PartialDate;

/// Makes what decoding needs, so that the first document waits no longer for it than the next one.
pub(crate) fn ready() {
    blocks::ready();
    published::ready();
}

/// A half-open range of bytes in a document's text, on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ByteSpan {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl ByteSpan {
    /// The span of `range`. Texts are at most [`crate::limits::DOCUMENT_BYTES_MAX`], so that offsets fit.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end && u32::try_from(end).is_ok(), "span {start}..{end}");
        #[allow(clippy::cast_possible_truncation, reason = "texts are bounded far below u32::MAX bytes")]
        Self { start: start as u32, end: end as u32 }
    }

    /// The words of `text` that the span covers.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Whether every byte of `other` lies in this span.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// What a block of a document is to its story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BlockKind {
    /// The headline, also where it is repeated as the first line.
    Title,
    /// The story itself.
    Body,
    /// A line about another story.
    Teaser,
    /// Navigation, bylines, calls to subscribe, copyright.
    Boilerplate,
}

/// A run of lines of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where it stands, without the line end.
    pub span: ByteSpan,
    /// What it is.
    pub kind: BlockKind,
}

/// Kind of a [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemCode {
    /// Neither the caller nor the text gives a publication date: relative dates stay unset.
    NoPublicationDate,
    /// Bytes that are not text in the detected character set were replaced.
    ReplacedBytes,
    /// No article text was found in the page.
    NoText,
    /// A sentence is longer than the limit and was read in parts.
    LongSentence,
}

/// Something in a document that could not be read as meant. It never stops the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem it is.
    pub code: ProblemCode,
    /// What is wrong and what to do, in one line.
    pub message: String,
}

impl Problem {
    /// Adds those of `more` to `problems` that are not told there already.
    pub fn add(problems: &mut Vec<Self>, more: Vec<Self>) {
        for problem in more {
            // A document has one publication date or none, whoever notices it.
            let known =
                problem.code == ProblemCode::NoPublicationDate && problems.iter().any(|p| p.code == problem.code);
            if !known && !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
}

/// A document as the rest of the path sees it.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The caller's id, or one made from the content.
    pub id: String,
    /// Headline, where it is known apart from the text; empty otherwise.
    pub title: String,
    /// Address, or empty.
    pub uri: String,
    /// Who published it, or empty.
    pub publisher: String,
    /// When it was published, as told by the caller or by the text itself; the anchor of relative dates.
    pub published: Option<PartialDate>,
    /// The text. Never altered after decoding.
    pub text: String,
    /// The blocks of the text, in order, disjoint; a sentence never crosses one.
    pub blocks: Vec<Block>,
}

/// What a caller knows of a document beside its content. Empty fields are looked for in the content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Id of the document; made from the content where empty.
    pub id: String,
    /// Title, where it is not part of the content.
    pub title: String,
    /// Address.
    pub uri: String,
    /// Who published it.
    pub publisher: String,
    /// When it was published.
    pub published: Option<PartialDate>,
}

/// Why bytes are no document. The caller names the file or line in front.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No content, or white space alone.
    #[error("holds no text; give it some, or leave it out")]
    Empty,
    /// The bytes are of a known or plainly binary format.
    #[error("is not text but {0}; give plain text, HTML or JSON lines")]
    Binary(&'static str),
    /// More bytes than one document may have.
    #[error("has {bytes} bytes, more than the {} that one document may have; split it", limits::DOCUMENT_BYTES_MAX)]
    TooLarge {
        /// Size of the content.
        bytes: u64,
    },
    /// The markup nests deeper than a page does.
    #[error("nests its elements more than {} deep; it is no page of text", limits::HTML_DEPTH_MAX)]
    TooDeep,
    /// An id longer than the limit.
    #[error("has an id of {bytes} bytes, more than the {} allowed; shorten it", limits::DOCUMENT_ID_BYTES_MAX)]
    IdTooLong {
        /// Size of the id.
        bytes: usize,
    },
    /// A line of JSON lines that is not JSON.
    #[error("is not a JSON object: {0}; write one object a line, as in {{\"id\": \"a\", \"text\": \"...\"}}")]
    NotJson(String),
    /// A line of JSON lines without its text.
    #[error("has no \"text\"; every line needs one")]
    NoTextField,
    /// A field of a line that holds something else than it should.
    #[error("has a \"{field}\" that is {found}; write {expected}")]
    WrongField {
        /// Name of the field.
        field: &'static str,
        /// What stands there.
        found: String,
        /// What should stand there.
        expected: &'static str,
    },
}
