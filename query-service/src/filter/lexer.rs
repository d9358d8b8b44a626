//! Cuts a filter into lexemes: words, strings and signs, each with whether white space stands before it.
//!
//! A word is a run of characters without white space, quotes, parentheses, commas, dots or operators; a hyphen may
//! stand inside it but not begin it, except before a digit where a value is due. A quote mark inside a word
//! ("Moscow's") belongs to it. An instant ("2022-06-16T10:00:00Z") is one word in spite of its colons and dots.

use super::ast::{ByteSpan, Comparator};
use super::error::{Error, Problem};

/// What a lexeme is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// In its span, quotes included.
    String,
    Comparator(Comparator),
    Dot,
    Comma,
    Minus,
    Open,
    Close,
    End,
}

/// One lexeme.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexeme {
    pub(super) kind: Kind,
    pub(super) span: ByteSpan,
    /// Whether white space, or the start of the filter, stands before it.
    pub(super) spaced: bool,
}

/// Cuts the whole filter; the last lexeme is the end.
pub(super) fn lex(text: &str) -> Result<Vec<Lexeme>, Error> {
    let mut lexemes: Vec<Lexeme> = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let skipped = rest.len() - rest.trim_start().len();
        at += skipped;
        let spaced = skipped > 0 || lexemes.is_empty();
        let value_due = matches!(
            &*lexemes,
            [.., Lexeme { kind: Kind::Comparator(_) | Kind::Comma, .. }]
                | [.., Lexeme { kind: Kind::Text, .. }, Lexeme { kind: Kind::Open, spaced: false, .. }]
        );
        let (kind, length) = next(text, at, value_due)?;
        lexemes.push(Lexeme { kind, span: ByteSpan { start: at, end: at + length }, spaced });
        if kind == Kind::End {
            return Ok(lexemes);
        }
        at += length;
    }
}

fn next(text: &str, at: usize, value_due: bool) -> Result<(Kind, usize), Error> {
    let rest = &text[at..];
    let Some(first) = rest.chars().next() else { return Ok((Kind::End, 0)) };
    let fault =
        |length: usize, message: &str| Error::InvalidFilter(Box::new(Problem::at(text, at..at + length, message)));
    let second = rest[first.len_utf8()..].chars().next();
    let comparator = |comparator, length| Ok((Kind::Comparator(comparator), length));
    match first {
        '(' => Ok((Kind::Open, 1)),
        ')' => Ok((Kind::Close, 1)),
        ',' => Ok((Kind::Comma, 1)),
        '.' => Ok((Kind::Dot, 1)),
        ':' => comparator(Comparator::Has, 1),
        '=' if second == Some('=') => Err(fault(2, "expected `=`, found `==`: equality has one sign")),
        '=' if second == Some('~') => Err(fault(2, "`=~` is no operator: write matches(field, \"regex\")")),
        '=' => comparator(Comparator::Equal, 1),
        '!' if second == Some('=') => comparator(Comparator::NotEqual, 2),
        '!' => Err(fault(1, "`!` is no operator: negation is written NOT or -")),
        '<' if second == Some('>') => Err(fault(2, "`<>` is no operator: write !=")),
        '<' if second == Some('=') => comparator(Comparator::LessEqual, 2),
        '<' => comparator(Comparator::Less, 1),
        '>' if second == Some('=') => comparator(Comparator::GreaterEqual, 2),
        '>' => comparator(Comparator::Greater, 1),
        '"' | '\'' => match string_length(rest, first) {
            Some(length) => Ok((Kind::String, length)),
            None => Err(fault(rest.len(), "this string has no closing quote")),
        },
        '-' if !(value_due && second.is_some_and(|digit| digit.is_ascii_digit())) => Ok((Kind::Minus, 1)),
        control if control.is_control() => {
            Err(fault(first.len_utf8(), "control characters stand only in strings, escaped"))
        }
        _ => Ok((Kind::Text, text_length(rest))),
    }
}

/// Bytes of the string that begins here, both quotes included.
fn string_length(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn text_length(rest: &str) -> usize {
    let instant = instant_length(rest);
    if instant > 0 {
        return instant;
    }
    let mut before = ' ';
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let inside_word = before.is_alphanumeric() && characters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        let ends = match character {
            '(' | ')' | ',' | '.' | ':' | '=' | '!' | '<' | '>' | '"' => true,
            '\'' => !inside_word,
            _ => character.is_whitespace() || character.is_control(),
        };
        if ends {
            return at;
        }
        before = character;
    }
    rest.len()
}

/// Bytes of the RFC 3339 instant that begins here, or 0.
fn instant_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    // In a shape, 0 stands for any digit and + for a sign.
    let follows = |at: usize, shape: &str| {
        let fits = |(byte, wanted): (&u8, u8)| match wanted {
            b'0' => byte.is_ascii_digit(),
            b'+' => matches!(byte, b'+' | b'-'),
            _ => byte.eq_ignore_ascii_case(&wanted),
        };
        bytes.len() >= at + shape.len() && bytes[at..].iter().zip(shape.bytes()).all(fits)
    };
    if !follows(0, "0000-00-00T00:00:00") {
        return 0;
    }
    let mut length = "0000-00-00T00:00:00".len();
    if follows(length, ".0") {
        length += 1 + bytes[length + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    if follows(length, "Z") {
        length + 1
    } else if follows(length, "+00:00") {
        length + "+00:00".len()
    } else {
        length
    }
}
