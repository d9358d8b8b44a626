use proptest::prelude::*;

use super::{MaskedValue, find};

/// What the parser sees: the text with every mask as its stand-in.
fn seen(text: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    for mask in find(text) {
        out.push_str(&text[at..mask.span.start as usize]);
        out.push_str(mask.stand_in());
        at = mask.span.end as usize;
    }
    out.push_str(&text[at..]);
    out
}

#[test]
fn the_parser_sees_one_word_for_each_expression() {
    for (text, expected) in [
        ("A court fined Google 15 million rubles ($265,000) on Thursday.", "A court fined Google $00 on Thursday."),
        ("fined Meta and Google 2m roubles each for it", "fined Meta and Google $00 for it"),
        ("a fine of up to €20 million on Apple", "a fine of $00 on Apple"),
        ("faces a fine up to €20 million", "faces a fine up to $00"),
        ("a dispute over $5 million", "a dispute over $00"),
        ("must pay over $5 million", "must pay $00"),
        ("a 21.1 billion-ruble fine", "a $00 fine"),
        ("a $10-million-a-year deal", "a $00-a-year deal"),
        ("up to 4% of turnover", "up to % of turnover"),
        ("ten per cent of turnover", "% of turnover"),
        ("on June 16, 2022, the court", "on June, the court"),
        ("on Thursday, June 16, the court", "on Thursday, the court"),
        ("in the third quarter of 2022", "in 2022"),
        ("by the end of 2023", "by 2023"),
        ("it said last month that", "it said yesterday that"),
        ("it said a year earlier that", "it said yesterday that"),
        ("it will open next month", "it will open tomorrow"),
        ("since early March", "since March"),
        ("on Sept. 25 it", "on September it"),
        ("over the weekend", "over Sunday"),
        (
            "see https://example.org/a?b=c, or www.example.net.",
            "see http://www.example.com, or http://www.example.com.",
        ),
        ("Booking.com and Amazon.com", "Booking.com and Amazon.com"),
        ("in March\n\n22 people", "in March\n\n22 people"),
        (
            "the court sentenced it to a payment of fifteen million\nrubles",
            "the court sentenced it to a payment of $00",
        ),
        ("Court fines Google in March\n16 June 2022", "Court fines Google in March\nJune"),
        ("It left.\n\nA year earlier it came.", "It left.\n\nyesterday it came."),
        ("It left.\n\n30 days ago", "It left.\n\nyesterday"),
        ("Theresa May may march in May", "Theresa May may march in May"),
    ] {
        assert_eq!(seen(text), expected, "{text:?}");
    }
}

#[test]
fn percentages_have_a_value() {
    for (text, expected) in
        [("4%", "4"), ("4.5 percent", "4.5"), ("ten per cent", "10"), ("a 10-percent stake", "10"), ("20 pct", "20")]
    {
        let masks = find(text);
        let Some(MaskedValue::Percent(value)) = masks.first().map(|mask| &mask.value) else {
            panic!("{text:?}: {masks:?}")
        };
        assert_eq!(value.to_string(), expected, "{text:?}");
    }
}

#[test]
fn long_texts_of_one_kind_take_linear_time() {
    // Each of these made a careless recogniser look at the rest of the text from every piece.
    for unit in [
        "$",
        "$1 (",
        "$1 or ",
        "1 and ",
        "a ",
        "million ",
        "9",
        "9,",
        "9.",
        "1 2 3 ",
        "June ",
        "the ",
        "of the end ",
        "(",
        "one hundred ",
        "2022-",
        "each ",
        "first quarter of ",
        "http://",
        "\u{200b}",
        "é",
        "5 million and ",
        "last ",
        "Monday, ",
        "$1/",
        "1-",
        "1 to ",
    ] {
        let text = unit.repeat(400_000 / unit.len());
        let masks = find(&text);
        assert!(masks.len() <= text.len(), "{unit:?}");
    }
}

/// Words and marks that the recognisers care about, and some that they do not.
fn fragment() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "$",
        "€",
        "US$",
        "R$",
        "Rs",
        "5",
        "15",
        "2022",
        "1,500",
        "3.2",
        "31",
        "million",
        "bn",
        "m",
        "crore",
        "rubles",
        "dollars",
        "(",
        ")",
        ",",
        ".",
        "-",
        "–",
        "/",
        "or",
        "about",
        "to",
        "and",
        "between",
        "each",
        "up to",
        "more than",
        "June",
        "May",
        "Thursday",
        "last",
        "next",
        "the",
        "of",
        "year",
        "month",
        "week",
        "end",
        "third",
        "quarter",
        "two",
        "a",
        "half",
        "days",
        "later",
        "ago",
        "%",
        "percent",
        "http://",
        "\n",
        "\n\n",
        "q",
        "'s",
        "since",
        "on",
        "in",
        "weekend",
        "spring",
        "fined",
        "Google",
        "16th",
        "ü",
        "\u{a0}",
        "日本",
        "🙂",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #[test]
    fn masks_are_ordered_disjoint_and_on_character_boundaries(
        parts in prop::collection::vec((fragment(), prop::bool::weighted(0.7)), 0..60)
    ) {
        let text: String = parts.into_iter().map(|(part, gap)| if gap { part + " " } else { part }).collect();
        let mut at = 0;
        for mask in find(&text) {
            let (start, end) = (mask.span.start as usize, mask.span.end as usize);
            prop_assert!(at <= start && start < end && end <= text.len(), "{mask:?} after {at} in {text:?}");
            prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{mask:?} in {text:?}");
            prop_assert!(!mask.stand_in().is_empty() && !mask.stand_in().contains(char::is_whitespace), "{mask:?}");
            at = end;
        }
    }

    #[test]
    fn what_is_found_is_found_again_in_its_own_words(parts in prop::collection::vec(fragment(), 0..30)) {
        let text = parts.join(" ");
        prop_assert_eq!(find(&text), find(&text.clone()));
    }
}
