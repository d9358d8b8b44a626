//! Text cut into words, numbers and marks for the recognisers of money and dates: one pass, no allocation a piece.

use std::cell::Cell;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A run of letters.
    Word,
    /// ASCII digits with the commas and dots between them.
    Number,
    /// Any other single character.
    Mark(char),
}

/// Longest word that the recognisers know, in bytes.
const KNOWN_BYTES_MAX: usize = 14;

/// Shortest line, in bytes, that is taken to be wrapped rather than ended.
const WRAPPED_BYTES_MIN: usize = 50;

/// A word, a number or a mark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
    /// Whether white space stands before it.
    pub(crate) gap: bool,
    /// Whether no expression may cross from the piece before to this one: a paragraph ends between them.
    pub(crate) barrier: bool,
    lower: [u8; KNOWN_BYTES_MAX],
    lower_len: u8,
}

/// The pieces of a text. Every look beyond the ends answers "nothing", so that recognisers need no bounds.
#[derive(Debug)]
pub(crate) struct Pieces<'t> {
    text: &'t str,
    all: Vec<Piece>,
    /// Where the expression that is being tried begins: a paragraph may begin there, too.
    origin: Cell<usize>,
}

impl<'t> Pieces<'t> {
    /// Cuts `text`.
    pub(crate) fn new(text: &'t str) -> Self {
        let mut all: Vec<Piece> = Vec::with_capacity(text.len() / 5 + 1);
        let bytes = text.as_bytes();
        let (mut at, mut gap, mut line_start, mut newlines, mut wrapped) = (0, false, 0, 0usize, false);
        while at < bytes.len() {
            let Some(first) = text[at..].chars().next() else { break };
            if first.is_whitespace() {
                if first == '\n' {
                    wrapped = at - line_start >= WRAPPED_BYTES_MIN;
                    newlines += 1;
                    line_start = at + 1;
                }
                gap = true;
                at += first.len_utf8();
                continue;
            }
            // Marks without width ("RM\u{200e}13.5") part nothing.
            if matches!(first, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}') {
                at += first.len_utf8();
                continue;
            }
            let (kind, end) = if first.is_ascii_digit() {
                (Kind::Number, number_end(bytes, at))
            } else if first.is_alphabetic() {
                let rest = &text[at..];
                let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
                (Kind::Word, at + length)
            } else {
                (Kind::Mark(first), at + first.len_utf8())
            };
            let goes_on = first.is_lowercase() || all.last().is_some_and(|p| p.kind == Kind::Number);
            let barrier = newlines > 1 || (newlines == 1 && !(wrapped && goes_on));
            let mut lower = [0; KNOWN_BYTES_MAX];
            let mut lower_len = 0;
            if kind == Kind::Word && end - at <= KNOWN_BYTES_MAX {
                for (to, from) in lower.iter_mut().zip(&bytes[at..end]) {
                    *to = from.to_ascii_lowercase();
                    lower_len += 1;
                }
            }
            all.push(Piece { start: at, end, kind, gap, barrier, lower, lower_len });
            (gap, newlines) = (false, 0);
            at = end;
        }
        Self { text, all, origin: Cell::new(0) }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The piece at `index`.
    pub(crate) fn get(&self, index: usize) -> Option<&Piece> {
        self.all.get(index)
    }

    /// Tells that the next attempts are at expressions that begin at `index`.
    pub(crate) fn begin(&self, index: usize) {
        self.origin.set(index);
    }

    /// The piece at `index`, if an expression that began before may go on with it.
    pub(crate) fn next(&self, index: usize) -> Option<&Piece> {
        self.all.get(index).filter(|piece| !piece.barrier || index == self.origin.get())
    }

    /// The text of the piece at `index`, empty beyond the ends.
    pub(crate) fn text(&self, index: usize) -> &'t str {
        self.all.get(index).map_or("", |piece| &self.text[piece.start..piece.end])
    }

    /// The form of a short word at `index`, its ASCII letters in lower case; empty for all else.
    pub(crate) fn word(&self, index: usize) -> &str {
        self.all
            .get(index)
            .and_then(|piece| std::str::from_utf8(&piece.lower[..usize::from(piece.lower_len)]).ok())
            .unwrap_or("")
    }

    /// As [`Self::word`], empty where an expression that began before may not go on with it.
    pub(crate) fn next_word(&self, index: usize) -> &str {
        if self.next(index).is_some() { self.word(index) } else { "" }
    }

    /// The lower-case word `back` pieces before `index`, unless a paragraph ends between; empty otherwise.
    pub(crate) fn word_before(&self, index: usize, back: usize) -> &str {
        let Some(at) = index.checked_sub(back) else { return "" };
        if (at + 1..=index).any(|i| self.all.get(i).is_some_and(|piece| piece.barrier)) { "" } else { self.word(at) }
    }

    /// Whether the piece at `index` is `mark` and may go on an expression.
    pub(crate) fn is_mark(&self, index: usize, mark: char) -> bool {
        self.next(index).is_some_and(|piece| piece.kind == Kind::Mark(mark))
    }

    /// Whether the piece at `index` stands right after the one before, without white space.
    pub(crate) fn attached(&self, index: usize) -> bool {
        self.next(index).is_some_and(|piece| !piece.gap)
    }

    /// Whether the piece at `index` is a hyphen between two pieces without white space.
    pub(crate) fn hyphen(&self, index: usize) -> bool {
        self.next(index)
            .is_some_and(|piece| matches!(piece.kind, Kind::Mark('-' | '\u{2010}' | '\u{2011}')) && !piece.gap)
            && self.attached(index + 1)
    }

    /// Whether the word at `index` begins with a capital letter.
    pub(crate) fn capital(&self, index: usize) -> bool {
        self.text(index).chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether the piece at `index` is a number.
    pub(crate) fn is_number(&self, index: usize) -> bool {
        self.all.get(index).is_some_and(|piece| piece.kind == Kind::Number)
    }

    /// The whole number of at most four digits at `index`, if it goes on an expression.
    pub(crate) fn small(&self, index: usize) -> Option<i32> {
        self.next(index).filter(|piece| piece.kind == Kind::Number && piece.end - piece.start <= 4)?;
        self.text(index).parse().ok()
    }
}

/// End of the number that starts at `at`: digits, and single commas and dots with a digit on both sides.
fn number_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(byte) = bytes.get(end) {
        let inner = matches!(byte, b',' | b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !byte.is_ascii_digit() && !inner {
            break;
        }
        end += 1;
    }
    end
}
