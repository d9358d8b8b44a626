//! Frame files and predicates in, frame matches out.
