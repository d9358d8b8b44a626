//! Text in, the money, dates, percentages and addresses in it out, each as one span, before tokens are cut.
//!
//! What stands in such a span is parsed as a single token: a parser that sees "fined Google 15 million rubles ($265,000)"
//! takes half of the sum for a part of the company's name, one that sees "fined Google $00" does not.

pub(crate) mod pieces;

use rust_decimal::Decimal;

use crate::document::ByteSpan;
use crate::values::currency::Currency;
use crate::values::{date, money, number};
use pieces::{Kind, Pieces};

/// An expression that is parsed as one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Where it stands in the text.
    pub span: ByteSpan,
    /// What it means.
    pub value: MaskedValue,
}

/// What a masked expression means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaskedValue {
    /// A sum of money, with the same sum in other currencies.
    Money(money::Expression),
    /// A date as written.
    Date(date::Expression),
    /// A percentage: "4%", "ten per cent".
    Percent(Decimal),
    /// A web or mail address.
    Url,
}

impl Mask {
    /// The one word that the parser sees in its place. The network is trained with the same words.
    pub fn stand_in(&self) -> &str {
        match &self.value {
            MaskedValue::Money(_) => "$00",
            MaskedValue::Date(date) => &date.head,
            MaskedValue::Percent(_) => "%",
            MaskedValue::Url => "http://www.example.com",
        }
    }
}

/// The masked expressions of `text`: in order, disjoint, on character boundaries. Takes time linear in the text.
pub fn find(text: &str) -> Vec<Mask> {
    let pieces = Pieces::new(text);
    let mut masks: Vec<Mask> = Vec::new();
    let (mut at, mut from) = (0, 0);
    let mut recent = None;
    while at < pieces.len() {
        let Some((first, end, value)) = recognise(&pieces, at, from, recent) else {
            at += 1;
            continue;
        };
        let (Some(start), Some(last)) = (pieces.get(first), pieces.get(end - 1)) else { break };
        masks.push(Mask { span: ByteSpan::new(start.start, last.end), value });
        if let Some(Mask { value: MaskedValue::Money(sum), .. }) = masks.last() {
            recent = sum.amounts.first().map(|amount| (amount.currency, end));
        }
        at = end;
        from = end;
    }
    masks
}

/// The expression that begins at piece `at`: its first piece, which may lie before `at` but not before `from`, the piece
/// after its last, and what it means. `recent` is the currency of the last sum with the piece where it ended.
fn recognise(
    pieces: &Pieces,
    at: usize,
    from: usize,
    recent: Option<(Currency, usize)>,
) -> Option<(usize, usize, MaskedValue)> {
    pieces.begin(at);
    if let Some(end) = address(pieces, at) {
        return Some((at, end, MaskedValue::Url));
    }
    if let Some(found) = money::find(pieces, at, from, recent) {
        return Some((found.first, found.end, MaskedValue::Money(found.expression)));
    }
    if let Some((value, end)) = percent(pieces, at) {
        return Some((at, end, MaskedValue::Percent(value)));
    }
    let found = date::find(pieces, at)?;
    Some((found.first, found.end, MaskedValue::Date(found.expression)))
}

/// "4%", "4.5 percent", "ten per cent".
fn percent(pieces: &Pieces, at: usize) -> Option<(Decimal, usize)> {
    let attached =
        at > 0 && pieces.attached(at) && !matches!(pieces.get(at - 1)?.kind, Kind::Mark('(' | '[' | '"' | '“' | '~'));
    if attached {
        return None;
    }
    let (quantity, next) = number::quantity(pieces, at)?;
    let hyphen = usize::from(pieces.hyphen(next));
    let end = match pieces.next_word(next + hyphen) {
        "percent" | "pct" => next + hyphen + 1,
        "per" if pieces.next_word(next + hyphen + 1) == "cent" => next + hyphen + 2,
        _ if pieces.is_mark(next, '%') => next + 1,
        _ => return None,
    };
    Some((quantity.value, end))
}

/// The end of the web or mail address that begins at `at`.
fn address(pieces: &Pieces, at: usize) -> Option<usize> {
    let word = pieces.word(at);
    let scheme = matches!(word, "http" | "https" | "ftp")
        && pieces.is_mark(at + 1, ':')
        && pieces.is_mark(at + 2, '/')
        && pieces.is_mark(at + 3, '/');
    let www = word == "www" && pieces.is_mark(at + 1, '.') && pieces.attached(at + 1) && pieces.attached(at + 2);
    if !(scheme || www) {
        return None;
    }
    let mut end = at + 1;
    while pieces.attached(end)
        && !matches!(pieces.get(end).map(|p| p.kind), Some(Kind::Mark('"' | '”' | '»' | '<' | '>' | ')')))
    {
        end += 1;
    }
    // Marks that end the sentence around it are not part of it.
    while end > at + 1
        && matches!(pieces.get(end - 1).map(|p| p.kind), Some(Kind::Mark('.' | ',' | ';' | ':' | '!' | '?' | '\'')))
    {
        end -= 1;
    }
    Some(end)
}

#[cfg(test)]
mod tests;
