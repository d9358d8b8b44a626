//! The query service: holds events in memory and answers filtered streaming requests.
//!
//! The modules stand in the order of the path that an event and a question take: an event is checked once ([`event`]),
//! a question is read against one table of fields ([`schema`], [`filter`]), sealed events are found through posting
//! lists ([`index`]), and a plan joins the two ([`plan`]).

pub mod event;
pub mod schema;
pub mod filter;
pub mod index;
pub mod plan;
