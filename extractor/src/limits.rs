//! Every bound of the extractor, with its unit in the name.

/// Largest document, in bytes of text.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Longest sentence that gets one tree, in tokens; longer ones are cut.
pub const SENTENCE_TOKENS_MAX: usize = 200;
