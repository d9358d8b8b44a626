//! The query service: holds events in memory and answers filtered streaming requests.
//!
//! The modules stand in the order of the path that an event and a question take: an event is checked once ([`event`]),
//! a question is read against one table of fields ([`schema`], [`filter`]), sealed events are found through posting
//! lists ([`index`]), and a plan joins the two ([`plan`]). The events stand in segments ([`log`]) behind one writer
//! ([`store`]); a question that is compiled ([`query`]) becomes a stream of updates over them ([`stream`]). The edge turns
//! messages into requests and errors into statuses ([`rpc`]), and [`server`] puts it on a port.

pub mod event;
pub mod schema;
pub mod filter;
pub mod index;
pub mod plan;
pub mod facet;
pub mod log;
pub mod store;
pub mod query;
pub mod stream;
pub mod rpc;
pub mod server;

pub mod clock;
pub mod config;
pub mod limits;
pub mod metrics;
pub mod telemetry;

#[cfg(test)]
#[path = "../testing/samples.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with benchmarks and fuzzing")]
mod samples;
#[cfg(test)]
#[path = "../testing/agreement.rs"]
#[allow(missing_debug_implementations, unreachable_pub, reason = "shared with fuzzing")]
mod agreement;
