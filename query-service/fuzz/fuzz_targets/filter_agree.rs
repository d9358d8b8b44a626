//! Plans find what scans find: for filters at random from a seed, and for the text itself where it is a filter.
#![no_main]

use query_service::{event, filter, index, plan};

#[path = "../../testing/agreement.rs"]
#[allow(dead_code, reason = "shared with tests")]
mod agreement;
#[path = "../../testing/samples.rs"]
#[allow(dead_code, reason = "shared with tests")]
mod samples;

libfuzzer_sys::fuzz_target!(|input: (u64, u8, &str)| {
    let (seed, events_count, text) = input;
    let segment = agreement::Segment::new(seed, 1 + seed % 300, u64::from(events_count));
    let mut dice = samples::Dice(seed);
    let depth = dice.below(5);
    agreement::check_agreement(&segment, &samples::filter(&mut dice, depth));
    agreement::check_agreement(&segment, text);
});
