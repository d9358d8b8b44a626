//! The edge: where wire messages become requests, and answers and errors become wire messages. Wire types stop here.

pub mod chunks;
pub mod codec;
pub mod complete;
pub mod facet;
pub mod gate;
pub mod ingest;
pub mod mask;
pub mod messages;
pub mod page;
pub mod query;
pub mod rate;
pub mod reading;
pub mod status;
pub mod wire;
