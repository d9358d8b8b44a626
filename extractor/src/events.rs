//! Frame matches in, events out: one act told twice is one event.
