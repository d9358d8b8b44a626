//! Every bound of the extractor, with its unit in the name.

/// Largest document, in bytes of text.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Longest sentence that gets one tree, in tokens; longer ones are cut.
pub const SENTENCE_TOKENS_MAX: usize = 200;

/// Longest id of a document, in bytes.
pub const DOCUMENT_ID_BYTES_MAX: usize = 512;

/// Longest line of JSON lines, in bytes: a document of the largest size with every second byte escaped.
pub const RECORD_BYTES_MAX: usize = 2 * DOCUMENT_BYTES_MAX;

/// Deepest nesting of elements in a page.
pub const HTML_DEPTH_MAX: usize = 512;

/// Deepest nesting of directories that are read.
pub const DIRECTORY_DEPTH_MAX: usize = 32;
