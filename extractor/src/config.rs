//! The only reader of flags, environment and files.
