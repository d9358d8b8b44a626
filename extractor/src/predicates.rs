//! Trees in, predicates with voice-free slots out, so that frames stay tiny.
