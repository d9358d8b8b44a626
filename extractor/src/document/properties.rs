//! What holds of any document.

use super::{Document, InputForm, Metadata, decode};
use proptest::prelude::*;

/// Every block lies in the text on character boundaries, they are ordered and disjoint, and every letter is in one.
fn check(document: &Document) {
    let mut end = 0;
    for block in &document.blocks {
        let (from, to) = (block.span.start as usize, block.span.end as usize);
        assert!(end <= from && from < to && to <= document.text.len(), "{block:?} after {end} in {:?}", document.text);
        assert!(document.text.is_char_boundary(from) && document.text.is_char_boundary(to), "{block:?}");
        let between = &document.text[end..from];
        assert!(between.trim().is_empty(), "{between:?} is in no block of {:?}", document.text);
        end = to;
    }
    assert!(document.text[end..].trim().is_empty(), "the end is in no block of {:?}", document.text);
}

/// Lines as pages have them, with their ends, and anything between.
fn text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("Read more".to_owned()),
        Just("Home > News".to_owned()),
        Just("By A. Writer | 3 May 2021".to_owned()),
        Just("OSLO, May 3 (Wire) — A court fined Arvo five million crowns on Monday for its late reports.".to_owned()),
        Just("Also on paper.example Large saleHowever, it went on.".to_owned()),
        Just("date 2021-05-03 Arvo was fined".to_owned()),
        "[A-Za-z ,.–—()…\u{a0}]{0,80}",
        "\\PC{0,40}",
        any::<String>(),
    ];
    prop::collection::vec((line, prop_oneof!["\n", "\r\n", "\n\n", " "]), 0..12)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + &end).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn plain_text_is_never_altered_and_is_all_in_blocks(text in text(), title in "\\PC{0,20}") {
        let metadata = Metadata { title, ..Metadata::default() };
        if let Ok((document, _)) = decode(text.as_bytes(), InputForm::Text, metadata) {
            prop_assert_eq!(document.text.as_str(), text.strip_prefix('\u{feff}').unwrap_or(&text));
            check(&document);
        }
    }

    #[test]
    fn any_bytes_are_a_document_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for form in [InputForm::Text, InputForm::Html] {
            if let Ok((document, _)) = decode(&bytes, form, Metadata::default()) {
                check(&document);
            }
        }
    }

    #[test]
    fn any_page_is_read(parts in prop::collection::vec(prop_oneof!["<[a-z]{1,6}>", "</[a-z]{1,6}>", "[a-zA-Z .]{0,60}", "<[^>]{0,20}", "&[a-z#0-9]{0,6};?"], 0..60)) {
        let page = parts.concat();
        if let Ok((document, _)) = decode(page.as_bytes(), InputForm::Html, Metadata::default()) {
            check(&document);
        }
    }
}
