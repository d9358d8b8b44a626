//! Where events meet wire bytes.
