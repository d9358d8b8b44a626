//! The path as one function: a document in, its events and problems out.
