//! The extractor's service, and its client of the query service.
