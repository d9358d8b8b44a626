//! Any text is a frame file or refused with its name and line.
#![no_main]

use extractor::frames::FrameSet;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Err(error) = FrameSet::from_sources([("fuzz.toml".to_owned(), text.to_owned())].into_iter()) {
        assert!(error.to_string().contains("fuzz.toml"), "{error} does not name the file");
    }
});
