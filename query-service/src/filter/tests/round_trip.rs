//! Printing and reading are each other's inverse, and no text makes the reader stumble.

use super::generate::expression;
use super::without_spans;
use crate::agreement::check_text;
use crate::filter::{Error, parse};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn what_is_printed_reads_as_it_was(expression in expression()) {
        match parse(&expression.text) {
            Ok(again) => {
                prop_assert_eq!(without_spans(&again), without_spans(&expression), "{}", expression.text);
                prop_assert_eq!(again.to_string(), &*expression.text);
            }
            Err(error @ Error::InvalidFilter(_)) => prop_assert!(false, "{}", error.problem().render(&expression.text)),
            Err(Error::FilterTooComplex(_)) => {}
        }
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place_in_it(text in "\\PC{0,60}|[a-c \"'().,:=<>!\\-*\\\\ANDORT\n]{0,60}") {
        check_text(&text);
    }
}
