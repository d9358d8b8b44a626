//! The extractor reads documents and tells, as structured events, who did what to whom, when, where, for how much,
//! how certain, and in which words.
//!
//! The module list below is the path that a document takes: [`document`] decodes bytes, [`mask`] finds money and
//! dates, [`tokenize`] cuts sentences and tokens, [`model`] annotates them with a tree ([`syntax`]), [`coreference`]
//! tells which words stand for whom ([`names`], [`gazetteer`]), [`predicates`] normalises the tree to slots,
//! [`frames`] matches the user-editable frames on them, [`values`] gives money and dates their meaning, and
//! [`events`] assembles what a reader would call one act. All of these are pure functions: the same input gives the
//! same bytes on every machine. [`inputs`] finds documents in files; [`emit`], [`outbox`] and [`rpc`] carry the events
//! out.

pub mod document;
pub mod mask;
pub mod values;
pub mod tokenize;
pub mod syntax;
pub mod model;
pub mod gazetteer;
mod linear;
pub mod names;
pub mod coreference;
pub mod predicates;
pub mod frames;
pub mod events;
pub mod pipeline;
pub mod explain;
pub mod check;
pub mod inputs;
pub mod emit;
pub mod outbox;
pub mod rpc;
pub mod config;
pub mod limits;
