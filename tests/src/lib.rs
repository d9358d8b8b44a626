//! Shared pieces of the acceptance tests and benchmarks.
//!
//! [`repository`] knows where things lie, [`tidy`] holds the repository's own rules, [`score`] compares events with gold
//! answers, [`process`] runs the programs, [`proxy`] is a network that fails on command, [`pair`] is both services,
//! [`samples`] makes documents and events, [`bare`] is the yardstick of streaming, [`mod@bench`] holds the measurements.

pub mod repository;
pub mod tidy;
pub mod score;
pub mod process;
pub mod proxy;
pub mod pair;
pub mod samples;
pub mod bare;
pub mod bench;
