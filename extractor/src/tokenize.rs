//! Text in, sentences of tokens out. Total on any UTF-8; token spans are ordered and disjoint, and no sentence crosses
//! a block.

use crate::document::{BlockKind, ByteSpan};

/// One token: a word, a punctuation mark, or a whole masked expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it stands in the document's text.
    pub span: ByteSpan,
    /// What the model sees: the words of the text, or the stand-in of a masked expression.
    pub form: String,
    /// Index of the masked expression, where the token is one.
    pub mask: Option<usize>,
}

/// A sentence before annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Where it stands in the document's text.
    pub span: ByteSpan,
    /// Kind of the block that it stands in.
    pub block: BlockKind,
    /// Its tokens, in order; never empty.
    pub tokens: Vec<Token>,
}
