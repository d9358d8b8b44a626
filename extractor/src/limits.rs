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

/// Encoded bytes of one event that the query service takes.
pub const EVENT_BYTES_MAX: usize = 256 * 1024;

/// Events without an acknowledgement that the outbox holds.
pub const OUTBOX_EVENTS_MAX: usize = 50_000;

/// Encoded bytes of events without an acknowledgement that the outbox holds.
pub const OUTBOX_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Acknowledged events of running submissions that are kept for a query service that starts empty.
pub const KEPT_EVENTS_MAX: usize = 200_000;

/// Encoded bytes of acknowledged events of running submissions that are kept.
pub const KEPT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Events in one batch to the query service.
pub const BATCH_EVENTS_MAX: usize = 500;

/// Encoded bytes of events in one batch to the query service, but for a single larger event.
pub const BATCH_BYTES_MAX: usize = 1024 * 1024;

/// Documents that wait for an extracting thread.
pub const WORK_DOCUMENTS_MAX: usize = 64;

/// Documents of one submission that are under way: read, extracted, or waiting for the query service.
pub const SUBMISSION_DOCUMENTS_MAX: usize = 256;

/// Submissions that run at the same time.
pub const SUBMISSIONS_MAX: usize = 64;

/// Bytes of one request message: the largest document with its other fields.
pub const REQUEST_BYTES_MAX: usize = DOCUMENT_BYTES_MAX + 64 * 1024;

/// Bytes of one answer of the query service.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Calls under way on one connection.
pub const CONNECTION_CALLS_MAX: u32 = 256;

/// Milliseconds that the query service may take to accept a connection.
pub const CONNECT_MS_MAX: u64 = 5_000;

/// Milliseconds that the query service may take to answer a batch before the connection counts as dead.
pub const ANSWER_MS_MAX: u64 = 15_000;

/// Milliseconds between pings on a silent connection, and that the answer to one may take.
pub const KEEPALIVE_MS: u64 = 5_000;

/// Milliseconds before the first attempt to connect again; doubled with each attempt.
pub const BACKOFF_FIRST_MS: u64 = 50;

/// Longest milliseconds between attempts to connect again.
pub const BACKOFF_MS_MAX: u64 = 2_000;

/// Milliseconds that running calls may take to end when the service stops.
pub const DRAIN_MS_MAX: u64 = 10_000;

/// Stack of an extracting thread, in bytes: pages and sentences nest.
pub const WORKER_STACK_BYTES: usize = 16 * 1024 * 1024;
