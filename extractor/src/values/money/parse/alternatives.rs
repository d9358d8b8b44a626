//! The same sum in other currencies: in parentheses, after "or" or "about", after a slash.

use super::sum;
use crate::mask::pieces::{Kind, Pieces};
use crate::values::money::Amount;

/// Most pieces between the last sum in a parenthesis and its end ("at the rate of that day").
const TRAILING_PIECES_MAX: usize = 10;

/// Most currencies of one sum.
const CURRENCIES_MAX: usize = 6;

/// Adds the same sum in other currencies: in parentheses, after "or" or "about", after a slash. Gives the end.
pub(super) fn alternatives(pieces: &Pieces, at: usize, amounts: &mut Vec<Amount>) -> usize {
    let mut end = at;
    while amounts.len() < CURRENCIES_MAX {
        match parenthesis(pieces, end, amounts).or_else(|| in_line(pieces, end, amounts)) {
            Some(after) => end = after,
            None => break,
        }
    }
    end
}

/// "($265,000)", "(about $1.3bn; £1bn at the time)".
fn parenthesis(pieces: &Pieces, at: usize, amounts: &mut Vec<Amount>) -> Option<usize> {
    let close = match pieces.next(at)?.kind {
        Kind::Mark('(') => ')',
        Kind::Mark('[') => ']',
        _ => return None,
    };
    let mut next = approximation(pieces, at + 1);
    let mut found: Vec<Amount> = Vec::new();
    loop {
        let (other, end) = sum(pieces, next)?;
        if amounts.iter().chain(&found).any(|amount| amount.currency == other.currency) {
            return None;
        }
        found.push(other);
        let mark = matches!(pieces.next(end)?.kind, Kind::Mark(',' | ';' | '/' | '='));
        let word = matches!(pieces.next_word(end), "or" | "and");
        let start = approximation(pieces, end + usize::from(mark || word));
        next = end;
        if !(mark || word) || found.len() + 1 >= CURRENCIES_MAX || sum(pieces, start).is_none() {
            break;
        }
        next = start;
    }
    for end in next..next + TRAILING_PIECES_MAX {
        match pieces.next(end)?.kind {
            Kind::Mark(mark) if mark == close => {
                amounts.append(&mut found);
                return Some(end + 1);
            }
            Kind::Number | Kind::Mark('(' | ')' | '[' | ']' | ';') => return None,
            _ => {}
        }
    }
    None
}

/// "or $265,000", ", about $265,000,", "/$1.3bn".
fn in_line(pieces: &Pieces, at: usize, amounts: &mut Vec<Amount>) -> Option<usize> {
    let comma = pieces.is_mark(at, ',');
    let slash = ['/', '=', '≈'].iter().any(|mark| pieces.is_mark(at, *mark));
    let start = at + usize::from(comma || slash);
    let next = approximation(pieces, start);
    // "or" or a comma with "about" makes it the same sum; a comma alone makes a list.
    if !(slash || pieces.next_word(start) == "or" || comma && next > start) {
        return None;
    }
    let (other, mut end) = sum(pieces, next)?;
    if amounts.iter().any(|amount| amount.currency == other.currency) {
        return None;
    }
    amounts.push(other);
    // The closing comma of the insertion belongs to it.
    if comma && pieces.is_mark(end, ',') && !pieces.is_number(end + 1) {
        end += 1;
    }
    Some(end)
}

/// Passes over what makes a sum an approximate equivalent: "about", "or roughly", "the equivalent of", "~".
fn approximation(pieces: &Pieces, at: usize) -> usize {
    let mut next = at;
    while next - at < 5 {
        let known = [
            "about",
            "around",
            "approximately",
            "approx",
            "roughly",
            "some",
            "or",
            "nearly",
            "almost",
            "just",
            "over",
            "under",
            "more",
            "less",
            "than",
            "equivalent",
            "equal",
            "equals",
            "to",
            "of",
            "the",
            "worth",
            "currently",
            "then",
            "circa",
            "ca",
            "close",
            "now",
            "i",
            "e",
        ]
        .contains(&pieces.next_word(next));
        let mark = matches!(pieces.next(next).map(|piece| piece.kind), Some(Kind::Mark('~' | '≈' | '=' | '.' | '∼')));
        if !known && !mark {
            break;
        }
        next += 1;
    }
    next
}
