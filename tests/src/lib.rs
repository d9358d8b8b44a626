//! Shared pieces of the acceptance tests and benchmarks.
//!
//! [`repository`] knows where things lie, [`tidy`] holds the repository's own rules, [`score`] compares events with
//! gold answers.

pub mod repository;
pub mod tidy;
pub mod score;
