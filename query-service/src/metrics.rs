//! What the service counts and measures, in the text format of Prometheus at `GET /metrics`.
//!
//! Labels come from closed lists only, never from what clients send, so that the number of series is bounded.

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use parking_lot::Mutex;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

use crate::store::Store;

/// Why something happened, from a closed list.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// The counts and measures of one service.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    sent_events: Counter,
    refused_events: Counter,
    stream_ends: Family<Reason, Counter>,
    stream_gaps: Family<Reason, Counter>,
    lag_events: Histogram,
    filter_seconds: Histogram,
    scan_seconds: Histogram,
    open_streams: Gauge,
    head_sequence: Gauge,
    earliest_sequence: Gauge,
    held_events: Gauge,
    encoded_bytes: Gauge,
    held_bytes: Gauge,
    appended_events: Gauge,
    duplicate_events: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("fineprint_query");
        let metrics = Self {
            sent_events: Counter::default(),
            refused_events: Counter::default(),
            stream_ends: Family::default(),
            stream_gaps: Family::default(),
            lag_events: Histogram::new(exponential_buckets(1.0, 10.0, 8)),
            filter_seconds: Histogram::new(exponential_buckets(1e-6, 10.0, 6)),
            scan_seconds: Histogram::new(exponential_buckets(1e-4, 10.0, 6)),
            open_streams: Gauge::default(),
            head_sequence: Gauge::default(),
            earliest_sequence: Gauge::default(),
            held_events: Gauge::default(),
            encoded_bytes: Gauge::default(),
            held_bytes: Gauge::default(),
            appended_events: Gauge::default(),
            duplicate_events: Gauge::default(),
            registry: Mutex::new(Registry::default()),
        };
        registry.register("stream_events", "Events sent in streams", metrics.sent_events.clone());
        registry.register("refused_events", "Events refused on ingest", metrics.refused_events.clone());
        registry.register("stream_ends", "Streams that ended, by reason", metrics.stream_ends.clone());
        registry.register("stream_gaps", "Gaps told in streams, by reason", metrics.stream_gaps.clone());
        registry.register("stream_lag_events", "Events between a stream and the head", metrics.lag_events.clone());
        let seconds = || Unit::Seconds;
        registry.register_with_unit("filter", "Time to compile a filter", seconds(), metrics.filter_seconds.clone());
        registry.register_with_unit("scan", "Time of a list, count or facet", seconds(), metrics.scan_seconds.clone());
        registry.register("open_streams", "Streams open now", metrics.open_streams.clone());
        registry.register("head_sequence", "Last sequence of the log", metrics.head_sequence.clone());
        registry.register("earliest_sequence", "First sequence held", metrics.earliest_sequence.clone());
        registry.register("held_events", "Events held", metrics.held_events.clone());
        registry.register("encoded_bytes", "Encoded bytes of the events held", metrics.encoded_bytes.clone());
        registry.register("held_bytes", "Memory that the events held take", metrics.held_bytes.clone());
        registry.register("appended_events", "Events appended since the start", metrics.appended_events.clone());
        registry.register("duplicate_events", "Duplicates since the start", metrics.duplicate_events.clone());
        *metrics.registry.lock() = registry;
        metrics
    }
}

impl Metrics {
    /// Counts events that were sent.
    pub fn sent(&self, count: u64) {
        self.sent_events.inc_by(count);
    }

    /// Counts events that were refused.
    pub fn refused(&self, count: u64) {
        self.refused_events.inc_by(count);
    }

    /// Counts the end of a stream. `reason` is from a closed list.
    pub fn stream_ended(&self, reason: &'static str) {
        self.stream_ends.get_or_create(&Reason { reason }).inc();
    }

    /// Counts a gap. `reason` is from a closed list.
    pub fn gap(&self, reason: &'static str) {
        self.stream_gaps.get_or_create(&Reason { reason }).inc();
    }

    /// Measures how many events a stream is behind.
    pub fn lag(&self, events: u64) {
        // Exact up to 2^53, far beyond the largest bucket.
        self.lag_events.observe(events as f64);
    }

    /// Measures how long a filter took to compile.
    pub fn filter_compiled(&self, time: Duration) {
        self.filter_seconds.observe(time.as_secs_f64());
    }

    /// Measures how long a scan took.
    pub fn scanned(&self, time: Duration) {
        self.scan_seconds.observe(time.as_secs_f64());
    }

    /// Everything, in the text format of Prometheus.
    #[must_use]
    pub fn render(&self, store: &Store, open_streams: u64) -> String {
        let set = |gauge: &Gauge, value: u64| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        let (snapshot, counts) = (store.snapshot(), store.counts());
        set(&self.open_streams, open_streams);
        set(&self.head_sequence, snapshot.head().get());
        set(&self.earliest_sequence, snapshot.earliest().get());
        set(&self.held_events, snapshot.event_count());
        set(&self.encoded_bytes, counts.encoded_bytes.load(Relaxed));
        set(&self.held_bytes, store.held_bytes());
        set(&self.appended_events, counts.appended_events.load(Relaxed));
        set(&self.duplicate_events, counts.duplicate_events.load(Relaxed));
        let mut rendered = String::new();
        // Writing to a string does not fail.
        if text::encode(&mut rendered, &self.registry.lock()).is_err() {
            rendered.clear();
        }
        rendered
    }
}
