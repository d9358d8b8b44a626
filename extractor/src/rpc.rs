//! The extractor's service, and its client of the query service. Wire types and status codes end here.
//!
//! Documents come in over [`server`], are extracted on the threads of `workers`, and their events go through the
//! outbox to the [`publisher`], which keeps one stream to the query service. A submission is answered, in order, once
//! its events are acknowledged there.

pub mod health;
pub mod publisher;
pub mod server;
mod service;
mod status;
mod submit;
mod workers;
