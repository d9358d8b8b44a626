//! Text in, sentences of tokens out. Total on any UTF-8; token spans are ordered and disjoint, and no sentence crosses
//! a block.
//!
//! Tokens are those of the English treebanks of Universal Dependencies: clitics, punctuation and the parts of hyphened
//! words stand alone. The rules need no model and take time linear in the text: a run of bytes without a space is read
//! in pieces of at most [`CHUNK_BYTES_MAX`]. A masked expression is always one token.

mod sentence;
mod word;

use crate::document::{Block, BlockKind, ByteSpan};
use crate::limits::SENTENCE_TOKENS_MAX;
use crate::mask::Mask;

/// Longest run of non-space characters that is read as one word with its punctuation, in bytes; a longer one is read
/// in pieces of that size, so that no rule meets an unbounded word.
pub const CHUNK_BYTES_MAX: usize = 512;

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

/// A token before it is given its form: bytes of the text, and the mask that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    start: usize,
    end: usize,
    mask: Option<usize>,
}

impl Piece {
    fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

/// Cuts `text` into sentences of tokens.
///
/// Only what stands in a block is read; inside of one, a line end is a space and an empty line ends a sentence. Without
/// any block the whole text is one body, in which every line end ends a sentence. Each of `masks` becomes one
/// token with the form of its stand-in; a mask that overlaps an earlier one, is empty or crosses a block's end is
/// passed over, and its words are read like any others. A sentence of more than [`SENTENCE_TOKENS_MAX`] tokens is cut,
/// after a semicolon or comma where there is one.
pub fn tokenize(text: &str, blocks: &[Block], masks: &[Mask]) -> Vec<Sentence> {
    let masks: Vec<(ByteSpan, &str)> = masks.iter().map(|mask| (mask.span, mask.stand_in())).collect();
    cut_sentences(text, blocks, &masks)
}

/// [`tokenize`] with each mask as its span and the form that stands in for it.
fn cut_sentences(text: &str, blocks: &[Block], masks: &[(ByteSpan, &str)]) -> Vec<Sentence> {
    let breaks = if blocks.is_empty() { sentence::Breaks::Lines } else { sentence::Breaks::EmptyLines };
    let whole = [Block { span: ByteSpan::new(0, text.len()), kind: BlockKind::Body }];
    let blocks = if blocks.is_empty() { &whole[..] } else { blocks };
    let mut order: Vec<usize> = (0..masks.len()).collect();
    order.sort_by_key(|&index| (masks[index].0.start, std::cmp::Reverse(masks[index].0.end), index));
    let mut order = order.into_iter().peekable();
    let mut sentences = Vec::new();
    let mut pieces = Vec::new();
    for block in blocks {
        let (start, end) = (block.span.start as usize, block.span.end as usize);
        let mut at = start;
        pieces.clear();
        while let Some(index) = order.next_if(|&index| (masks[index].0.start as usize) < end) {
            let span = masks[index].0;
            let (from, to) = (span.start as usize, span.end as usize);
            if from >= at && to <= end && text.get(from..to).is_some_and(|masked| !masked.trim().is_empty()) {
                cut_words(text, at, from, &mut pieces);
                pieces.push(Piece { start: from, end: to, mask: Some(index) });
                at = to;
            }
        }
        cut_words(text, at, end, &mut pieces);
        for range in sentence::split(text, &pieces, breaks) {
            push_cut(text, &pieces[range], block.kind, masks, &mut sentences);
        }
    }
    sentences
}

/// Cuts the words of `text[start..end]`; nothing where the range is none of the text's.
fn cut_words(text: &str, start: usize, end: usize, out: &mut Vec<Piece>) {
    let Some(part) = text.get(start..end) else { return };
    let mut push = |from: usize, to: usize| out.push(Piece { start: from, end: to, mask: None });
    let mut chunk_start = None;
    for (offset, c) in part.char_indices() {
        match (is_space(c), chunk_start) {
            (true, Some(from)) => {
                cut_chunk(text, from, start + offset, end, &mut push);
                chunk_start = None;
            }
            (false, None) => chunk_start = Some(start + offset),
            _ => {}
        }
    }
    if let Some(from) = chunk_start {
        cut_chunk(text, from, end, end, &mut push);
    }
}

/// Cuts a run without a space, in bounded pieces. `limit` bounds what may be looked at behind it.
fn cut_chunk(text: &str, start: usize, end: usize, limit: usize, push: &mut impl FnMut(usize, usize)) {
    if let Some(length) = word::address_length(&text[start..end]) {
        push(start, start + length);
        if start + length < end {
            cut_chunk(text, start + length, end, limit, push);
        }
        return;
    }
    let mut at = start;
    while end - at > CHUNK_BYTES_MAX {
        let cut = text.floor_char_boundary(at + CHUNK_BYTES_MAX);
        word::split(text, at, cut, limit, push);
        at = cut;
    }
    word::split(text, at, end, limit, push);
}

/// Spaces of any script, and the marks without width that web pages put between words.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}')
}

fn push_cut(
    text: &str,
    mut pieces: &[Piece],
    block: BlockKind,
    masks: &[(ByteSpan, &str)],
    sentences: &mut Vec<Sentence>,
) {
    while !pieces.is_empty() {
        let length = if pieces.len() <= SENTENCE_TOKENS_MAX { pieces.len() } else { cut_at(text, pieces) };
        let (head, rest) = pieces.split_at(length);
        pieces = rest;
        let tokens: Vec<Token> = head
            .iter()
            .map(|piece| Token {
                span: ByteSpan::new(piece.start, piece.end),
                form: piece.mask.map_or_else(|| piece.of(text).to_owned(), |index| masks[index].1.to_owned()),
                mask: piece.mask,
            })
            .collect();
        let span = ByteSpan::new(head[0].start, head[length - 1].end);
        sentences.push(Sentence { span, block, tokens });
    }
}

/// How many tokens of an overlong sentence make one that is not: up to the last semicolon or dash of the second half
/// of what is allowed, else the last comma, else all that is allowed.
fn cut_at(text: &str, pieces: &[Piece]) -> usize {
    let window = SENTENCE_TOKENS_MAX / 2..SENTENCE_TOKENS_MAX;
    let last = |marks: &[&str]| {
        window.clone().rev().find(|&index| pieces[index].mask.is_none() && marks.contains(&pieces[index].of(text)))
    };
    last(&[";", "—", "–", "--", "•"]).or_else(|| last(&[",", ":"])).map_or(SENTENCE_TOKENS_MAX, |index| index + 1)
}

#[cfg(test)]
mod tests;
