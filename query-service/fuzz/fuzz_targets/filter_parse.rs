//! Any text is read or refused with a place in it; what is read prints and reads the same.
#![no_main]

use query_service::{event, filter, index, plan};

#[path = "../../testing/agreement.rs"]
#[allow(dead_code, reason = "shared with tests")]
mod agreement;
#[path = "../../testing/samples.rs"]
#[allow(dead_code, reason = "shared with tests")]
mod samples;

libfuzzer_sys::fuzz_target!(|text: &str| agreement::check_text(text));
