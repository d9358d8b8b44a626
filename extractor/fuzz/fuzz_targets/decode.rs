//! Any bytes, as text or as a page, are read or refused; the blocks stand in order on characters of the text.
#![no_main]

use extractor::document::{InputForm, Metadata, decode};

libfuzzer_sys::fuzz_target!(|input: (bool, &[u8])| {
    let (page, bytes) = input;
    let form = if page { InputForm::Html } else { InputForm::Text };
    let Ok((document, _)) = decode(bytes, form, Metadata::default()) else { return };
    let mut end = 0;
    for block in &document.blocks {
        assert!(block.span.start >= end && block.span.start < block.span.end, "{block:?} is empty or out of order");
        assert!(!block.span.of(&document.text).is_empty());
        end = block.span.end;
    }
});
