//! Trees in, the mentions of parties, places and things in them out, each with its kind.
