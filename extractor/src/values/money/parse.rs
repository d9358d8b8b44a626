//! Recognises sums of money in the pieces of a text. Every attempt looks at a bounded number of pieces.

mod alternatives;
mod context;

use rust_decimal::Decimal;

use super::{Amount, Bound, Currency, Expression};
use crate::mask::pieces::{Kind, Pieces};
use crate::values::currency::{self, Prefix};
use crate::values::number::{self, Quantity};
use alternatives::alternatives;
use context::{asks_for_money, each_after, each_before, is_money, limit_before};

/// An expression and the pieces that it takes.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) expression: Expression,
}

/// The sum of money that begins with the digits, symbol or number word at `at`; `from` is where the last expression ended,
/// `recent` the currency of the last sum with the piece where it ended.
pub(crate) fn find(pieces: &Pieces, at: usize, from: usize, recent: Option<(Currency, usize)>) -> Option<Found> {
    let (sum, mut end) = sum_or_range(pieces, at).or_else(|| without_currency(pieces, at, recent))?;
    let mut amounts = vec![sum.amount];
    end = alternatives(pieces, end, &mut amounts);
    let (first, told) = limit_before(pieces, at, from);
    let mut bound = sum.upper.map_or(told, Bound::Upto);
    if bound == Bound::Exact && pieces.next_word(end) == "or" && matches!(pieces.next_word(end + 1), "more" | "less") {
        bound = if pieces.word(end + 1) == "more" { Bound::AtLeast } else { Bound::AtMost };
        end += 2;
    }
    let each = match each_after(pieces, end) {
        Some(after) => {
            end = alternatives(pieces, after, &mut amounts);
            true
        }
        None => each_before(pieces, first, from),
    };
    Some(Found { first, end, expression: Expression { amounts, bound, each } })
}

struct Sum {
    amount: Amount,
    upper: Option<Decimal>,
}

/// A sum or a range of sums: "$5 million", "$5-10 million", "between 2 and 4 million rubles".
fn sum_or_range(pieces: &Pieces, at: usize) -> Option<(Sum, usize)> {
    let single = sum(pieces, at);
    let (low, low_end) = match &single {
        Some((_, end)) => (sum_quantity(pieces, at)?, *end),
        None if before_is_attached(pieces, at) => return None,
        None => number::quantity(pieces, at)?,
    };
    match upper_end(pieces, at, &low, low_end, single.as_ref().map(|(amount, _)| amount.currency)) {
        Some(range) => Some(range),
        None => single.map(|(amount, end)| (Sum { amount, upper: None }, end)),
    }
}

/// The range whose lower end is `low`, when an upper end follows at `at` and either end names the currency.
fn upper_end(
    pieces: &Pieces,
    first: usize,
    low: &Quantity,
    at: usize,
    currency: Option<Currency>,
) -> Option<(Sum, usize)> {
    let second = range_joint(pieces, at, first)?;
    let (high, scale, high_currency, end) = match sum(pieces, second) {
        Some((amount, end)) => (amount.value, sum_quantity(pieces, second)?.scale, amount.currency, end),
        None => {
            let (quantity, end) = number::quantity(pieces, second)?;
            (quantity.value, quantity.scale, currency?, end)
        }
    };
    if currency.is_some_and(|currency| currency != high_currency) {
        return None;
    }
    let lower = if low.scaled() { low.value } else { low.value.checked_mul(scale)? };
    (lower < high).then_some((Sum { amount: Amount { value: lower, currency: high_currency }, upper: Some(high) }, end))
}

/// Most letters of an abbreviation or name that stands before digits.
const LETTERS_MAX: usize = 7;

/// Most sums that share the currency of the last: "4m, 3m and 2m roubles".
const SHARING_MAX: usize = 5;

/// Farthest sum, in pieces, whose currency a sum without one takes.
const RECENT_PIECES_MAX: usize = 300;

/// A sum whose currency is told by another: "4m and 3m roubles", "a penalty of 18m" after a sum in roubles.
fn without_currency(pieces: &Pieces, at: usize, recent: Option<(Currency, usize)>) -> Option<(Sum, usize)> {
    if before_is_attached(pieces, at) {
        return None;
    }
    let (quantity, end) = number::quantity(pieces, at)?;
    let currency = shared_with_next(pieces, end, &quantity).or_else(|| {
        let (currency, ended) = recent.filter(|(_, ended)| at - ended <= RECENT_PIECES_MAX)?;
        (at >= ended && quantity.scale >= Decimal::ONE_THOUSAND && asks_for_money(pieces, at, end, ended))
            .then_some(currency)
    })?;
    Some((Sum { amount: Amount { value: quantity.value, currency }, upper: None }, end))
}

/// The currency of the last sum of a list that the quantity before `at` is in: "870 and 290 roubles respectively".
fn shared_with_next(pieces: &Pieces, at: usize, first: &Quantity) -> Option<Currency> {
    let mut next = at;
    for _ in 0..SHARING_MAX {
        let last = pieces.next_word(next) == "and";
        if !last && !pieces.is_mark(next, ',') {
            return None;
        }
        let start = next + 1 + usize::from(!last && pieces.next_word(next + 1) == "and");
        pieces.next(start)?;
        if let Some((amount, end)) = sum(pieces, start) {
            let told_to_share = pieces.next_word(end) == "respectively";
            let plain = first.scaled() || first.grouped || told_to_share;
            return (plain && prefix(pieces, start).is_none()).then_some(amount.currency);
        }
        next = number::quantity(pieces, start)?.1;
    }
    None
}

/// The quantity of the sum that begins at `at`, as it was written.
fn sum_quantity(pieces: &Pieces, at: usize) -> Option<Quantity> {
    let start = prefix(pieces, at).map_or(at, |(.., next)| next);
    number::quantity(pieces, start).map(|(quantity, _)| quantity)
}

/// The piece after what joins the two ends of a range: "-", "–", "to", and "and" after "between".
fn range_joint(pieces: &Pieces, at: usize, first: usize) -> Option<usize> {
    match pieces.next(at)?.kind {
        Kind::Mark('-' | '–' | '\u{2011}') => Some(at + 1),
        Kind::Word => match pieces.word(at) {
            "to" => Some(at + 1),
            "and" if (1..=2).any(|back| pieces.word_before(first, back) == "between") => Some(at + 1),
            _ => None,
        },
        _ => None,
    }
}

/// One sum in one currency that begins at `at`.
fn sum(pieces: &Pieces, at: usize) -> Option<(Amount, usize)> {
    if let Some((currency, strict, start)) = prefix(pieces, at) {
        let (quantity, end) = number::quantity(pieces, start).filter(|(quantity, _)| !quantity.worded)?;
        // "Y2K" is no sum of yen and "SR22T" none of riyals, but "R500k" is one of rand.
        let scaled = quantity.scaled() && quantity.value >= Decimal::from(10_000) && pieces.text(end - 1) != "T";
        let told = quantity.grouped || scaled;
        if strict && !told {
            return None;
        }
        let value = local_groups(pieces, start, &quantity, currency);
        let (currency, end) = confirmed(pieces, end, currency);
        return Some((Amount { value, currency }, end));
    }
    if before_is_attached(pieces, at) {
        return None;
    }
    let (quantity, end) = number::quantity(pieces, at)?;
    let (currency, after) = suffix(pieces, end, &quantity, at)?;
    Some((Amount { value: local_groups(pieces, at, &quantity, currency), currency }, after))
}

/// "3.000 euros", "R$ 3.000": a dot before three digits groups thousands in currencies whose countries write it so.
fn local_groups(pieces: &Pieces, at: usize, quantity: &Quantity, currency: Currency) -> Decimal {
    let text = pieces.text(at);
    let grouped = text.split_once('.').is_some_and(|(whole, rest)| {
        rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit()) && !whole.contains(',') && whole != "0"
    });
    let continental = matches!(currency, Currency::Code("EUR" | "BRL" | "IDR" | "CLP" | "COP" | "VND" | "TRY"));
    if grouped && continental && !quantity.scaled() {
        return text.replace('.', "").parse().unwrap_or(quantity.value);
    }
    quantity.value
}

/// Whether the piece at `at` hangs on a letter or number before it ("A320", "COVID-19", "v2.5").
fn before_is_attached(pieces: &Pieces, at: usize) -> bool {
    let kind = |index: usize| pieces.get(index).map(|piece| piece.kind);
    if at == 0 || !pieces.attached(at) {
        return false;
    }
    match kind(at - 1) {
        Some(Kind::Word | Kind::Number) => true,
        Some(Kind::Mark('-' | '.' | '/' | '_' | '#' | '@')) => {
            at > 1
                && pieces.attached(at - 1)
                && matches!(kind(at - 2), Some(Kind::Word | Kind::Number))
                && pieces.word(at - 2) != "a"
        }
        _ => false,
    }
}

/// The currency before digits at `at`, whether it asks for a grouped or scaled number, and where the digits begin.
fn prefix(pieces: &Pieces, at: usize) -> Option<(Currency, bool, usize)> {
    let digits_at = |index: usize| pieces.next(index).is_some_and(|piece| piece.kind == Kind::Number);
    let piece = pieces.get(at)?;
    let letters = match piece.kind {
        Kind::Number => return None,
        Kind::Mark(mark) => {
            let currency = currency::symbol(mark)?;
            return digits_at(at + 1).then_some((currency, false, at + 1));
        }
        Kind::Word if piece.end - piece.start > LETTERS_MAX || before_is_attached(pieces, at) => return None,
        Kind::Word => pieces.text(at),
    };
    if let Some(Kind::Mark(mark)) = pieces.next(at + 1).filter(|piece| !piece.gap).map(|piece| piece.kind) {
        if let Some(symbol) = currency::symbol(mark) {
            // "US$5", "R$ 50", "GH₵5"
            let currency = match (symbol, letters) {
                (Currency::Shared("dollar"), _) => Currency::Code(currency::dollar_of(letters)?),
                (Currency::Shared("pound"), "E" | "EG" | "LE") => Currency::Code("EGP"),
                (Currency::Shared("pound"), "LL") => Currency::Code("LBP"),
                (Currency::Shared("pound"), "GB") => Currency::Code("GBP"),
                (Currency::Shared("pound"), _) => return None,
                (Currency::Shared("yen"), "CN" | "RMB") => Currency::Code("CNY"),
                (other, _) => other,
            };
            return digits_at(at + 2).then_some((currency, false, at + 2));
        }
        match (letters, mark) {
            // "U.S.$5 million"
            ("U", '.') if pieces.text(at + 2) == "S" && pieces.is_mark(at + 3, '.') && pieces.is_mark(at + 4, '$') => {
                return digits_at(at + 5).then_some((Currency::Code("USD"), false, at + 5));
            }
            // "S/963,050", "S/.200"
            ("S", '/') if digits_at(at + 2) => return Some((Currency::Code("PEN"), false, at + 2)),
            ("S", '/') if pieces.is_mark(at + 2, '.') && digits_at(at + 3) => {
                return Some((Currency::Code("PEN"), false, at + 3));
            }
            // "B/.500"
            ("B", '/') if pieces.is_mark(at + 2, '.') && digits_at(at + 3) => {
                return Some((Currency::Code("PAB"), false, at + 3));
            }
            ("GH", '¢') if digits_at(at + 2) => return Some((Currency::Code("GHS"), false, at + 2)),
            _ => {}
        }
    }
    let dot = usize::from(pieces.is_mark(at + 1, '.') && pieces.attached(at + 1));
    let start = at + 1 + dot;
    if !digits_at(start) {
        return None;
    }
    if let Some(code) = currency::iso(letters).filter(|_| dot == 0) {
        return Some((Currency::Code(code), currency::also_a_word(code), start));
    }
    if let Some(currency) = currency::noun_before(letters) {
        return Some((currency, true, start));
    }
    match currency::abbreviation(letters)? {
        (currency, Prefix::Free) => Some((currency, false, start)),
        (currency, Prefix::Told) => Some((currency, true, start)),
        (currency, Prefix::Letter) => (dot == 0 && pieces.attached(start)).then_some((currency, true, start)),
    }
}

/// A code or name after a sum that has its currency already: "$5 million USD", "$10 million Australian dollars".
fn confirmed(pieces: &Pieces, at: usize, currency: Currency) -> (Currency, usize) {
    if pieces.next(at).is_none() {
        return (currency, at);
    }
    if let Some(code) = currency::iso(pieces.text(at)).filter(|code| currency::narrows(code, currency)) {
        return (Currency::Code(code), at + 1);
    }
    match named(pieces, at) {
        Some((name, next)) if name == currency => (currency, next),
        Some((Currency::Code(code), next)) if currency::narrows(code, currency) => (Currency::Code(code), next),
        _ => (currency, at),
    }
}

/// The currency after a quantity, and the piece after it; none where the noun means something else there.
fn suffix(pieces: &Pieces, at: usize, quantity: &Quantity, first: usize) -> Option<(Currency, usize)> {
    let start = if pieces.hyphen(at) { at + 1 } else { at };
    let piece = pieces.next(start)?;
    if let Kind::Mark(mark) = piece.kind {
        // "500€", "15 million $"; but in "15 $20" the sign belongs to what follows.
        let follows = pieces.is_number(start + 1) && pieces.attached(start + 1);
        return currency::symbol(mark).filter(|_| !follows).map(|currency| (currency, start + 1));
    }
    if piece.kind != Kind::Word {
        return None;
    }
    let text = pieces.text(start);
    let big = quantity.scaled() || quantity.grouped;
    if let Some(code) = currency::iso(text).filter(|code| big || !currency::also_a_word(code)) {
        return Some((Currency::Code(code), start + 1));
    }
    if matches!(text, "RMB" | "TL" | "NIS" | "Kč" | "zł" | "Ft" | "kr" | "RM" | "FCFA" | "CFAF" | "Afs") {
        return currency::abbreviation(text).map(|(currency, _)| (currency, start + 1));
    }
    if pieces.is_mark(start + 1, '$') && pieces.attached(start + 1) && !pieces.is_number(start + 2) {
        return currency::dollar_of(text).map(|code| (Currency::Code(code), start + 2));
    }
    let (currency, next) = named(pieces, start)?;
    is_money(pieces, at, start, next, quantity, first).then_some((currency, next))
}

/// The currency named at `at`, with its country where one is told: "Turkish Liras", "CFA francs", "pounds sterling".
fn named(pieces: &Pieces, at: usize) -> Option<(Currency, usize)> {
    let word = pieces.next_word(at);
    if let Some(currency) = currency::noun(word) {
        return Some(match (currency, pieces.next_word(at + 1)) {
            (Currency::Shared("pound"), "sterling") => (Currency::Code("GBP"), at + 2),
            _ => (currency, at + 1),
        });
    }
    if word == "cfa" && matches!(pieces.next_word(at + 1), "franc" | "francs") {
        return Some((Currency::Shared("cfa"), at + 2));
    }
    // "U.S. dollars"
    if word == "u" && pieces.is_mark(at + 1, '.') && pieces.next_word(at + 2) == "s" {
        let next = at + 3 + usize::from(pieces.is_mark(at + 3, '.'));
        return matches!(pieces.next_word(next), "dollar" | "dollars").then_some((Currency::Code("USD"), next + 1));
    }
    if word.is_empty() || !pieces.capital(at) {
        return None;
    }
    let mut names = word.to_owned();
    for next in at + 1..=at + 3 {
        let noun = pieces.next_word(next);
        if let Some(currency) = currency::noun(noun).or((noun == "real").then_some(Currency::Code("BRL"))) {
            let country = currency::country_called(&names)?;
            return currency::qualified(country, currency).map(|currency| (currency, next + 1));
        }
        if noun.is_empty() {
            return None;
        }
        names.push(' ');
        names.push_str(noun);
    }
    None
}
