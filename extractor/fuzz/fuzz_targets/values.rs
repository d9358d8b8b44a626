//! Money, dates, percentages and addresses of any text stand in order on its characters and can be given their meaning;
//! the tokens around them are disjoint.
#![no_main]

use extractor::mask::{self, MaskedValue};
use extractor::tokenize::tokenize;
use extractor::values::{date, money};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let masks = mask::find(text);
    let published = "2022-06-17".parse().ok();
    let mut end = 0;
    for mask in &masks {
        assert!(mask.span.start >= end && !mask.span.of(text).is_empty(), "{mask:?} is empty or out of order");
        end = mask.span.end;
        match &mask.value {
            MaskedValue::Money(expression) => drop(money::resolve(expression, &["US"])),
            MaskedValue::Date(expression) => {
                for tense in [date::Tense::Past, date::Tense::Future] {
                    let resolved = date::resolve(expression, published, tense, None);
                    date::resolve(expression, None, tense, resolved);
                }
            }
            MaskedValue::Percent(_) | MaskedValue::Url => {}
        }
    }
    let mut end = 0;
    for token in tokenize(text, &[], &masks).iter().flat_map(|sentence| &sentence.tokens) {
        assert!(token.span.start >= end && !token.span.of(text).is_empty(), "{token:?} is empty or out of order");
        end = token.span.end;
    }
});
