//! Mentions in, chains out: which mentions of a document stand for the same party, and its fullest name.
