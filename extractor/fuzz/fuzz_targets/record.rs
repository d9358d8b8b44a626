//! Any line is a record or refused with a reason.
#![no_main]

use extractor::document::read_record;

libfuzzer_sys::fuzz_target!(|line: &str| match read_record(line) {
    Ok(record) => drop(record),
    Err(refused) => assert!(!refused.to_string().is_empty()),
});
