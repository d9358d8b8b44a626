//! Any text is read: the promises of the pipeline hold for texts that nobody wrote.

#[path = "../testing/mangled.rs"]
#[allow(dead_code, reason = "shared with the example of that name, which reads longer texts")]
mod mangled;

use extractor::pipeline::Extractor;
use std::path::Path;

/// Reads the texts `numbers` of `seed`.
fn check(seed: u64, numbers: std::ops::Range<u64>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds");
    let samples = mangled::samples(&folder).expect("the sample documents");
    let extractor = Extractor::embedded().expect("the embedded data");
    for number in numbers {
        let (form, bytes) = mangled::text(&samples, seed, number);
        let told = mangled::read(&extractor, form, &bytes);
        let again = std::thread::scope(|scope| scope.spawn(|| mangled::read(&extractor, form, &bytes)).join());
        assert_eq!(Ok(&told), again.as_ref().map_err(|_| "panics"), "text {number} of seed {seed}");
        if let Err(problem) = told {
            panic!("text {number} of seed {seed}: {problem}\n{:?}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn the_promises_hold_for_mangled_texts() {
    check(1, 0..300);
}
