//! Recognises sums of money in the pieces of a text. Every attempt looks at a bounded number of pieces.

use rust_decimal::Decimal;

use super::{Amount, Bound, Currency, Expression};
use crate::mask::pieces::{Kind, Pieces};
use crate::values::currency::{self, Prefix};
use crate::values::number::{self, Quantity};

/// An expression and the pieces that it takes.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) expression: Expression,
}

/// Most pieces between the last sum in a parenthesis and its end ("at the rate of that day").
const TRAILING_PIECES_MAX: usize = 10;

/// Most currencies of one sum.
const CURRENCIES_MAX: usize = 6;

/// The sum of money that begins with the digits, symbol or number word at `at`; `from` is where the last one ended.
pub(crate) fn find(pieces: &Pieces, at: usize, from: usize) -> Option<Found> {
    let (sum, mut end) = sum_or_range(pieces, at)?;
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
        if strict && !quantity.scaled() && !quantity.grouped {
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
        Kind::Word if piece.end - piece.start > 5 || before_is_attached(pieces, at) => return None,
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
    match currency::abbreviation(letters)? {
        (currency, Prefix::Free) => Some((currency, false, start)),
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
    if matches!(text, "RMB" | "TL" | "NIS" | "Kč" | "zł" | "Ft" | "kr" | "RM") {
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

/// Whether a currency's name after `quantity` means money: weights, verbs and other homonyms are told apart.
fn is_money(pieces: &Pieces, at: usize, start: usize, next: usize, quantity: &Quantity, first: usize) -> bool {
    let big = quantity.scaled() || quantity.grouped;
    match pieces.word(start) {
        "pound" | "pounds" => {
            let weighed = (1..=3).any(|back| {
                matches!(
                    pieces.word_before(first, back),
                    "weigh" | "weighs" | "weighed" | "weighing" | "lost" | "gained"
                )
            });
            let of_goods = pieces.next_word(next) == "of"
                && quantity.scale < Decimal::from(1_000_000)
                && !matches!(
                    pieces.next_word(next + 1),
                    "tax"
                        | "taxpayer"
                        | "taxpayers"
                        | "public"
                        | "fines"
                        | "damages"
                        | "debt"
                        | "funding"
                        | "investment"
                        | "assets"
                        | "savings"
                        | "compensation"
                );
            let measure = matches!(pieces.next_word(next), "per" | "heavier" | "lighter" | "overweight");
            !(weighed || of_goods || measure || pieces.hyphen(at) && !big)
        }
        // "the party, which in 2020 won"
        "won" => big || quantity.value >= Decimal::from(10_000),
        "sum" | "sums" | "colon" | "crown" | "crowns" | "dong" | "dram" | "drams" | "kip" | "lei" | "leone" | "som"
        | "soms" | "tala" => big || quantity.value >= Decimal::ONE_HUNDRED,
        "bucks" => big || quantity.value >= Decimal::TEN,
        _ => true,
    }
}

/// Adds the same sum in other currencies: in parentheses, after "or" or "about", after a slash. Gives the end.
fn alternatives(pieces: &Pieces, at: usize, amounts: &mut Vec<Amount>) -> usize {
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
        let known = matches!(
            pieces.next_word(next),
            "about"
                | "around"
                | "approximately"
                | "approx"
                | "roughly"
                | "some"
                | "or"
                | "nearly"
                | "almost"
                | "just"
                | "over"
                | "under"
                | "more"
                | "less"
                | "than"
                | "equivalent"
                | "equal"
                | "equals"
                | "to"
                | "of"
                | "the"
                | "worth"
                | "currently"
                | "then"
                | "circa"
                | "ca"
                | "close"
                | "now"
                | "i"
                | "e"
        );
        let mark = matches!(pieces.next(next).map(|piece| piece.kind), Some(Kind::Mark('~' | '≈' | '=' | '.' | '∼')));
        if !known && !mark {
            break;
        }
        next += 1;
    }
    next
}

/// What stands before the sum and limits it, and where the masked expression then begins.
///
/// Words that are prepositions as well ("over", "up to", "around") belong to the sum only after a preposition or a verb of
/// paying: "a fine of over $5m", but "a dispute over $5m".
fn limit_before(pieces: &Pieces, at: usize, from: usize) -> (usize, Bound) {
    let word = |back: usize| if at >= from + back { pieces.word_before(at, back) } else { "" };
    let (length, bound, preposition) = match (word(3), word(2), word(1)) {
        ("no", "more" | "greater" | "higher", "than") => (3, Bound::AtMost, false),
        ("no" | "not", "less" | "fewer" | "lower", "than") => (3, Bound::AtLeast, false),
        ("as", "much" | "many" | "high", "as") | ("a", "maximum", "of") => (3, Bound::AtMost, false),
        ("as", "little" | "low", "as") | ("a", "minimum", "of") | ("in", "excess", "of") => (3, Bound::AtLeast, false),
        (_, "more" | "greater" | "higher", "than") | (_, "at", "least") | (_, "upwards" | "upward", "of") => {
            (2, Bound::AtLeast, false)
        }
        (_, "less" | "fewer" | "lower", "than") | (_, "at", "most") => (2, Bound::AtMost, false),
        (_, "up", "to") => (2, Bound::AtMost, true),
        (_, "close", "to") => (2, Bound::About, false),
        (_, "a", "mere" | "staggering" | "whopping" | "record" | "hefty" | "total") => (2, Bound::Exact, false),
        (_, "just" | "well" | "slightly" | "far", "over" | "above") => (2, Bound::AtLeast, true),
        (_, "just" | "slightly" | "well", "under" | "below") => (2, Bound::AtMost, true),
        (.., "nearly" | "almost" | "approximately" | "roughly" | "some" | "circa" | "approx") => {
            (1, Bound::About, false)
        }
        (.., "about" | "around") => (1, Bound::About, true),
        (.., "over" | "above" | "exceeding") => (1, Bound::AtLeast, true),
        (.., "under" | "below") => (1, Bound::AtMost, true),
        (.., "only" | "just" | "exactly") => (1, Bound::Exact, false),
        _ => (0, Bound::Exact, false),
    };
    let inside = !preposition
        || matches!(
            word(length + 1),
            "of" | "pay"
                | "pays"
                | "paid"
                | "paying"
                | "for"
                | "with"
                | "was"
                | "were"
                | "be"
                | "is"
                | "to"
                | "at"
                | "by"
                | "worth"
                | "fined"
                | "from"
                | "total"
                | "totals"
                | "totalled"
                | "totaled"
                | "totalling"
                | "totaling"
                | "cost"
                | "costs"
                | "owe"
                | "owes"
                | "owed"
                | "lost"
                | "raised"
                | "seeks"
                | "sought"
                | "demanded"
                | "them"
                | "it"
                | "him"
                | "her"
                | "and"
                | "or"
        );
    (if inside { at - length } else { at }, bound)
}

/// The piece after "each" or "apiece" that distributes the sum before `at`; "each month" does not.
fn each_after(pieces: &Pieces, at: usize) -> Option<usize> {
    match pieces.next_word(at) {
        "apiece" => Some(at + 1),
        "a" if pieces.next_word(at + 1) == "piece" => Some(at + 2),
        "each" => {
            let goes_on = matches!(
                pieces.next_word(at + 1),
                "for"
                    | "to"
                    | "by"
                    | "on"
                    | "over"
                    | "and"
                    | "in"
                    | "after"
                    | "from"
                    | "under"
                    | "as"
                    | "while"
                    | "with"
                    | "against"
                    | "at"
                    | "when"
                    | "because"
                    | "but"
                    | "or"
                    | "had"
                    | "were"
                    | "was"
                    | "last"
                    | "this"
                    | "respectively"
                    | "earlier"
                    | "since"
                    | "until"
                    | "yesterday"
                    | "today"
                    | "that"
                    | "than"
                    | "is"
                    | "are"
            );
            let ends = match pieces.next(at + 1).map(|piece| piece.kind) {
                None | Some(Kind::Mark(_)) => true,
                Some(Kind::Word) => goes_on || pieces.capital(at + 1),
                Some(Kind::Number) => false,
            };
            ends.then_some(at + 1)
        }
        _ => None,
    }
}

/// Whether "each" stands shortly before the sum, in its clause: "were each fined $5m", "fined A and B each $5m".
fn each_before(pieces: &Pieces, at: usize, from: usize) -> bool {
    for back in 1..=5 {
        if at < from + back || pieces.get(at - back).is_none_or(|piece| piece.kind != Kind::Word) {
            return false;
        }
        if pieces.word_before(at, back) == "each" {
            // "for each violation $500" counts violations, not parties.
            return back == 1
                || matches!(
                    pieces.word(at - back + 1),
                    "of" | "be"
                        | "been"
                        | "to"
                        | "pay"
                        | "paid"
                        | "fined"
                        | "ordered"
                        | "owe"
                        | "a"
                        | "received"
                        | "faces"
                        | "face"
                        | "got"
                        | "must"
                        | "will"
                        | "handed"
                );
        }
    }
    false
}
