//! What the words around a sum make of it: money or not, how limited, and whether for every party.

use rust_decimal::Decimal;

use crate::mask::pieces::{Kind, Pieces};
use crate::values::money::Bound;
use crate::values::number::Quantity;

/// Whether the words around a bare quantity tell that it is money, and what follows is not what it counts; `ended` is where
/// the last sum did.
pub(super) fn asks_for_money(pieces: &Pieces, at: usize, end: usize, ended: usize) -> bool {
    let (before, earlier) = (pieces.word_before(at, 1), pieces.word_before(at, 2));
    let asked = match before {
        "of" => [
            "fine",
            "fines",
            "penalty",
            "penalties",
            "sum",
            "total",
            "award",
            "bill",
            "damages",
            "levy",
            "payment",
            "arrears",
            "debt",
            "charge",
            "bail",
            "settlement",
            "compensation",
        ]
        .contains(&earlier),
        "to" => ["cut", "reduced", "lowered", "raised", "increased", "doubled", "halved"].contains(&earlier),
        "with" => matches!(earlier, "up"),
        "which" => earlier == "of",
        // "47.5 billion would fall to Google and 20.5 billion to Apple"
        "and" => at - ended <= 8,
        "fined" | "pay" | "pays" | "paid" | "paying" | "owe" | "owes" | "owed" | "want" | "wants" | "demand"
        | "demands" | "demanded" | "seek" | "seeks" | "sought" => true,
        _ => false,
    };
    let counts = match pieces.next(end).map(|piece| piece.kind) {
        None | Some(Kind::Number) => false,
        Some(Kind::Mark(mark)) => matches!(mark, '-' | '%' | '°'),
        Some(Kind::Word) => ![
            "of", "for", "to", "in", "on", "from", "by", "and", "would", "will", "could", "was", "were", "is", "last",
            "this", "handed", "imposed", "out", "each", "apiece", "over", "after", "while", "but", "because", "as",
            "when", "at", "under", "with", "had", "has", "or",
        ]
        .contains(&pieces.next_word(end)),
    };
    asked && !counts
}

/// What stands before the sum and limits it, and where the masked expression then begins.
///
/// Words that are prepositions as well ("over", "up to", "around") belong to the sum only after a preposition or a verb of
/// paying: "a fine of over $5m", but "a dispute over $5m".
pub(super) fn limit_before(pieces: &Pieces, at: usize, from: usize) -> (usize, Bound) {
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
        || [
            "of",
            "pay",
            "pays",
            "paid",
            "paying",
            "for",
            "with",
            "was",
            "were",
            "be",
            "is",
            "to",
            "at",
            "by",
            "worth",
            "fined",
            "from",
            "total",
            "totals",
            "totalled",
            "totaled",
            "totalling",
            "totaling",
            "cost",
            "costs",
            "owe",
            "owes",
            "owed",
            "lost",
            "raised",
            "seeks",
            "sought",
            "demanded",
            "them",
            "it",
            "him",
            "her",
            "and",
            "or",
        ]
        .contains(&word(length + 1));
    (if inside { at - length } else { at }, bound)
}

/// The piece after "each" or "apiece" that distributes the sum before `at`; "each month" does not.
pub(super) fn each_after(pieces: &Pieces, at: usize) -> Option<usize> {
    match pieces.next_word(at) {
        "apiece" => Some(at + 1),
        "a" if pieces.next_word(at + 1) == "piece" => Some(at + 2),
        "each" => {
            let goes_on = [
                "for",
                "to",
                "by",
                "on",
                "over",
                "and",
                "in",
                "after",
                "from",
                "under",
                "as",
                "while",
                "with",
                "against",
                "at",
                "when",
                "because",
                "but",
                "or",
                "had",
                "were",
                "was",
                "last",
                "this",
                "respectively",
                "earlier",
                "since",
                "until",
                "yesterday",
                "today",
                "that",
                "than",
                "is",
                "are",
            ]
            .contains(&pieces.next_word(at + 1));
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
pub(super) fn each_before(pieces: &Pieces, at: usize, from: usize) -> bool {
    for back in 1..=5 {
        if at < from + back || pieces.get(at - back).is_none_or(|piece| piece.kind != Kind::Word) {
            return false;
        }
        if pieces.word_before(at, back) == "each" {
            // "for each violation $500" counts violations, not parties.
            return back == 1
                || [
                    "of", "be", "been", "to", "pay", "paid", "fined", "ordered", "owe", "a", "received", "faces",
                    "face", "got", "must", "will", "handed",
                ]
                .contains(&pieces.word(at - back + 1));
        }
    }
    false
}

/// Whether a currency's name after `quantity` means money: weights, verbs and other homonyms are told apart.
pub(super) fn is_money(
    pieces: &Pieces,
    at: usize,
    start: usize,
    next: usize,
    quantity: &Quantity,
    first: usize,
) -> bool {
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
                && ![
                    "tax",
                    "taxpayer",
                    "taxpayers",
                    "public",
                    "fines",
                    "damages",
                    "debt",
                    "funding",
                    "investment",
                    "assets",
                    "savings",
                    "compensation",
                ]
                .contains(&pieces.next_word(next + 1));
            let measure = matches!(pieces.next_word(next), "per" | "heavier" | "lighter" | "overweight");
            !(weighed || of_goods || measure || pieces.hyphen(at) && !big)
        }
        // "the party, which in 2020 won"
        "mark" => big,
        "won" => big || quantity.value >= Decimal::from(10_000),
        "sum" | "sums" | "colon" | "crown" | "crowns" | "dong" | "dram" | "drams" | "kip" | "lei" | "leone"
        | "marks" | "som" | "soms" | "tala" => big || quantity.value >= Decimal::ONE_HUNDRED,
        "bucks" => big || quantity.value >= Decimal::TEN,
        _ => true,
    }
}
