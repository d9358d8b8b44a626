//! Every bound of the service, with its unit in the name; knows nothing else.
//!
//! [`Limits`] holds the ones an operator may change, [`Limits::table`] lists them for `GetStatus`. Over a bound
//! there is a typed error, never a crash and never a silent cut.

use std::fmt;

/// One bound, as `GetStatus` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name with its unit, as the configuration spells it.
    pub name: &'static str,
    /// Value in the unit that the name tells.
    pub value: u64,
    /// What it bounds.
    pub description: &'static str,
}

/// Why a bound could not be set.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No bound has this name.
    #[error("limit `{name}` is unknown; the limits are {known}")]
    Unknown {
        /// The name as given.
        name: String,
        /// All names.
        known: String,
    },
    /// The text is not `NAME=VALUE` with a whole number.
    #[error("limit `{text}` is not NAME=VALUE with a whole number from 1")]
    Malformed {
        /// The text as given.
        text: String,
    },
}

macro_rules! limits {
    ($($name:ident = $default:expr, $description:literal;)*) => {
        /// The bounds in force.
        #[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Limits {
            $(#[doc = $description] pub $name: u64,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Limits {
            /// All bounds, in the order of this file.
            #[must_use]
            pub fn table(&self) -> Vec<Entry> {
                vec![$(Entry { name: stringify!($name), value: self.$name, description: $description },)*]
            }

            /// Sets one bound from `NAME=VALUE`.
            ///
            /// # Errors
            /// [`Error::Malformed`] where the text has another form or the value is 0, [`Error::Unknown`] where no
            /// bound has the name.
            pub fn set(&mut self, text: &str) -> Result<(), Error> {
                let malformed = || Error::Malformed { text: text.to_owned() };
                let (name, value) = text.split_once('=').ok_or_else(malformed)?;
                let value: u64 = value.trim().replace('_', "").parse().map_err(|_| malformed())?;
                if value == 0 {
                    return Err(malformed());
                }
                match name.trim() {
                    $(stringify!($name) => self.$name = value,)*
                    name => {
                        return Err(Error::Unknown {
                            name: name.to_owned(),
                            known: [$(stringify!($name)),*].join(", "),
                        });
                    }
                }
                Ok(())
            }
        }
    };
}

limits! {
    streams_max = 1_000, "StreamEvents calls open at once";
    ingest_streams_max = 64, "IngestEvents calls open at once";
    scans_max = 32, "ListEvents, CountEvents and FacetEvents calls at work at once";
    calls_per_second_max = 10_000, "calls of StreamEvents, ListEvents, GetEvent, CountEvents and FacetEvents that begin in one second";
    request_bytes_max = 1 << 20, "encoded bytes of one reading request";
    ingest_bytes_max = 4 << 20, "encoded bytes of one ingest request";
    event_bytes_max = 256 << 10, "encoded bytes of one event";
    batch_events_max = 1_000, "events in one ingest batch";
    credit_events_max = 8_000, "events a producer may have under way without an answer";
    append_queue_batches_max = 64, "batches that wait for the log's writer";
    page_events_max = 1_000, "events on one page of ListEvents";
    page_bytes_max = 4 << 20, "encoded bytes of one page of ListEvents, its last event aside";
    facet_values_max = 1_000, "values of one facet";
    last_events_max = 1_000_000, "events that `last` may ask for";
    segment_events_max = 65_536, "events in one segment of the log";
    segment_bytes_max = 8 << 20, "encoded bytes in one segment of the log, its last event aside";
    connection_streams_max = 256, "calls open at once on one connection";
    connections_max = 20_000, "connections open at once";
    header_bytes_max = 16 << 10, "bytes of the header list of one call";
    stream_window_bytes = 1 << 20, "HTTP/2 flow-control window of one call, towards the service";
    connection_window_bytes = 4 << 20, "HTTP/2 flow-control window of one connection, towards the service";
    pending_resets_max = 64, "calls reset by a client before they were accepted, on one connection";
    local_resets_max = 1_024, "calls reset by the service for a client's errors, on one connection";
    keepalive_interval_seconds = 20, "seconds between HTTP/2 pings on a quiet connection";
    keepalive_timeout_seconds = 10, "seconds until a ping without an answer closes the connection";
    drain_seconds_max = 10, "seconds that open calls have to end when the service stops";
    scan_seconds_max = 30, "seconds that ListEvents, CountEvents and FacetEvents may take";
}

/// Smallest and largest `progress_interval` of a stream, in seconds.
pub const PROGRESS_SECONDS: std::ops::RangeInclusive<u64> = 1..=60;
/// `progress_interval` of a stream that does not ask for one, in seconds.
pub const PROGRESS_SECONDS_DEFAULT: u64 = 10;
/// Events that a stream scans without a match before it tells how far it has come.
pub const PROGRESS_SCANNED_EVENTS: u64 = 1 << 20;
/// Events on a page of `ListEvents` that does not ask for a size.
pub const PAGE_EVENTS_DEFAULT: u64 = 100;
/// Values of a facet that does not ask for a number.
pub const FACET_VALUES_DEFAULT: u64 = 10;
/// Bytes of an error's message and details together: what every client and proxy takes in a trailer.
pub const ERROR_BYTES_MAX: usize = 4 << 10;
/// Bytes of a chunk on its way to one reader, its last message aside: one DATA frame of HTTP/2.
pub const CHUNK_BYTES: usize = 16 << 10;
/// Bytes that a reader that stops may cost: the transport holds a chunk that waits for the reader's window, and the one
/// behind it.
pub const UNREAD_BYTES_MAX: usize = 2 * CHUNK_BYTES;
/// Events that one step of a scan evaluates one by one before it lets other work run.
pub const STEP_EVENTS: usize = 1_024;
/// Segments that may wait to be sealed before the writer waits for them.
pub const SEALING_SEGMENTS_MAX: usize = 4;

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {} ({})", self.name, self.value, self.description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_set_by_its_name() {
        let mut limits = Limits::default();
        limits.set("streams_max=2").expect("a known limit");
        assert_eq!(limits.streams_max, 2);
        assert!(limits.table().iter().any(|entry| entry.name == "streams_max" && entry.value == 2));
    }

    #[test]
    fn unknown_and_malformed_limits_are_refused() {
        let mut limits = Limits::default();
        for (text, expected) in [
            ("stream_max=2", "limit `stream_max` is unknown"),
            ("streams_max", "limit `streams_max` is not NAME=VALUE"),
            ("streams_max=x", "limit `streams_max=x` is not NAME=VALUE"),
            ("streams_max=0", "limit `streams_max=0` is not NAME=VALUE"),
        ] {
            let error = limits.set(text).expect_err(text).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        assert_eq!(limits, Limits::default());
    }
}
