//! The methods of `EventQueryService`, over the store.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fineprint_proto::v1;
use tokio::sync::Semaphore;
use tonic::metadata::MetadataMap;

use super::{
    codec::EncodedEvent,
    facet::Facet,
    messages::{About, MessageStream},
    page::{One, Page, PageToken},
    rate::Rate,
    status::{Error, Fault},
    wire,
};
use crate::{
    clock,
    event::{EventId, Timestamp},
    filter,
    limits::{Limits, PAGE_EVENTS_DEFAULT},
    log::Snapshot,
    metrics::Metrics,
    query::{Queries, Query},
    schema,
    store::Store,
    stream::{self, Drain, Found, GapReason, Scan, Subscription},
};

/// Answers the reading methods.
#[derive(Clone, Debug)]
pub struct Reader(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    limits: Limits,
    drain: Drain,
    streams: Arc<Semaphore>,
    scans: Arc<Semaphore>,
    rate: Rate,
    start_time: Timestamp,
    metrics: Arc<Metrics>,
    queries: Queries,
}

fn permits(limit: u64) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(usize::try_from(limit).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS)))
}

impl Reader {
    /// A reader of a store.
    #[must_use]
    pub fn new(store: Store, limits: Limits, drain: Drain, metrics: Arc<Metrics>) -> Self {
        let (streams, scans) = (permits(limits.streams_max), permits(limits.scans_max));
        Self(Arc::new(Shared {
            store,
            rate: Rate::new(limits.calls_per_second_max),
            limits,
            drain,
            streams,
            scans,
            start_time: clock::now(),
            metrics,
            queries: Queries::default(),
        }))
    }

    /// `StreamEvents`.
    ///
    /// # Errors
    /// As documented in `query.proto`.
    pub fn stream_events(
        &self,
        request: &v1::StreamEventsRequest,
        metadata: &MetadataMap,
    ) -> Result<MessageStream, Error> {
        let shared = &self.0;
        if shared.drain.is_begun() {
            return Err(Error::Draining);
        }
        shared.rate.admit()?;
        let mask = wire::mask(request.read_mask.as_ref());
        let mut warnings = Vec::new();
        let request = wire::stream_request(request, deadline(metadata), &shared.limits, |filter| {
            let (query, told) = self.compile(filter)?;
            warnings = told;
            Ok(query)
        })?;
        let mask = mask?;
        let permit = Arc::clone(&shared.streams).try_acquire_owned().map_err(|_| Error::TooMany {
            what: "streams",
            name: "streams_max",
            limit: shared.limits.streams_max,
        })?;
        let about = About { query: Arc::clone(&request.query), warnings, mask };
        let subscription = Subscription::begin(shared.store.clone(), request, shared.drain.clone())?;
        Ok(MessageStream::new(subscription, about, shared.store.clone(), Arc::clone(&shared.metrics), permit))
    }

    /// Compiles a filter and measures how long it takes.
    fn compile(&self, filter: &str) -> Result<(Arc<Query>, Vec<String>), Error> {
        let began = Instant::now();
        let compiled = wire::query(filter);
        self.0.metrics.filter_compiled(began.elapsed());
        let (query, warnings) = compiled?;
        Ok((self.0.queries.shared(query), warnings))
    }

    fn open_streams(&self) -> u64 {
        self.0.limits.streams_max.saturating_sub(self.0.streams.available_permits() as u64)
    }

    /// What the service counts and measures, in the text format of Prometheus.
    #[must_use]
    pub fn metrics(&self) -> String {
        self.0.metrics.render(&self.0.store, self.open_streams())
    }

    /// Runs work that takes long on a thread of its own, as many at once as allowed.
    async fn scan<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store, &Patience) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let shared = &self.0;
        shared.rate.admit()?;
        let permit = Arc::clone(&shared.scans).try_acquire_owned().map_err(|_| Error::TooMany {
            what: "scans",
            name: "scans_max",
            limit: shared.limits.scans_max,
        })?;
        let store = shared.store.clone();
        let patience = Patience { began: Instant::now(), seconds: shared.limits.scan_seconds_max };
        let metrics = Arc::clone(&shared.metrics);
        let work = tokio::task::spawn_blocking(move || {
            let done = work(&store, &patience);
            metrics.scanned(patience.began.elapsed());
            drop(permit);
            done
        });
        work.await.map_err(|_| Error::Broken)?
    }

    /// `ListEvents`.
    ///
    /// # Errors
    /// As documented in `query.proto`.
    pub async fn list_events(&self, request: v1::ListEventsRequest) -> Result<Page, Error> {
        let (query, _) = self.compile(&request.filter)?;
        let mask = wire::mask(request.read_mask.as_ref())?;
        let order: Vec<&str> = request.order_by.split_whitespace().collect();
        let newest_first = match order.as_slice() {
            [] | ["sequence"] | ["sequence", "asc"] => false,
            ["sequence", "desc"] => true,
            _ => {
                let description = "expected `sequence` or `sequence desc`";
                return Err(Error::field(Fault::InvalidField, "order_by", description));
            }
        };
        let Ok(size) = u64::try_from(request.page_size) else {
            return Err(Error::field(Fault::InvalidField, "page_size", "expected 0 or more"));
        };
        let limits = &self.0.limits;
        let size = if size == 0 { PAGE_EVENTS_DEFAULT } else { size }.min(limits.page_events_max);
        let bytes_max = limits.page_bytes_max;
        let paths = request.read_mask.map(|mask| mask.paths).unwrap_or_default();
        let order = if newest_first { "sequence desc" } else { "sequence" };
        let asked = PageToken::request_of(&request.filter, order, &paths);
        let token = match request.page_token.as_str() {
            "" => None,
            text => Some(PageToken::parse(text)?),
        };
        if token.is_some_and(|token| token.request != asked) {
            let description =
                "given out for another filter, order or mask; keep all other fields of the request the same";
            return Err(Error::field(Fault::TokenMismatch, "page_token", description));
        }
        self.scan(move |store, patience| {
            let snapshot = store.snapshot();
            let (earliest, head, epoch) = (snapshot.earliest(), snapshot.head(), store.epoch());
            let (next, upper) = match token {
                None if newest_first => (head, head),
                None => (earliest, head),
                Some(token) if token.epoch != epoch => {
                    return Err(stream::Error::EpochChanged { epoch, requested: token.epoch, earliest, head }.into());
                }
                Some(token) => (token.next, token.upper),
            };
            let evicted =
                |requested| Error::Stream(stream::Error::PositionEvicted { epoch, requested, earliest, head });
            let mut scan = if newest_first {
                Scan::descending(query, next, earliest)
            } else {
                Scan::ascending(query, next, upper)
            };
            let mut page = Page::default();
            let mut bytes = 0;
            loop {
                patience.check()?;
                match scan.step(|| snapshot.clone()) {
                    Found::Nothing => {}
                    Found::End => return Ok(page),
                    Found::Missing { first, last, reason: GapReason::Damage } => {
                        let position = if newest_first { last.next() } else { first.previous() };
                        return Err(stream::Error::Damaged { epoch, position, first, last }.into());
                    }
                    Found::Missing { first, .. } => return Err(evicted(first)),
                    Found::Match(event) => {
                        if page.events.len() as u64 >= size || bytes >= bytes_max {
                            let next = event.sequence();
                            page.next_page_token = PageToken { epoch, next, upper, request: asked }.text();
                            return Ok(page);
                        }
                        bytes += event.bytes().len() as u64;
                        page.events.push(match &mask {
                            Some(mask) => EncodedEvent::Masked(mask.apply(event.bytes())),
                            None => EncodedEvent::Stored(event),
                        });
                    }
                }
            }
        })
        .await
    }

    /// `GetEvent`.
    ///
    /// # Errors
    /// As documented in `query.proto`.
    pub fn get_event(&self, request: &v1::GetEventRequest) -> Result<One, Error> {
        self.0.rate.admit()?;
        let mask = wire::mask(request.read_mask.as_ref())?;
        let Some(id) = EventId::parse(&request.event_id) else {
            let description = "expected an event's id: 32 lower-case hexadecimal digits";
            return Err(Error::field(Fault::InvalidField, "event_id", description));
        };
        let event = self.0.store.get(id).ok_or_else(|| Error::EventNotFound { id: request.event_id.clone() })?;
        Ok(One(match mask {
            Some(mask) => EncodedEvent::Masked(mask.apply(event.bytes())),
            None => EncodedEvent::Stored(event),
        }))
    }

    /// `CountEvents`.
    ///
    /// # Errors
    /// As documented in `query.proto`.
    pub async fn count_events(&self, request: v1::CountEventsRequest) -> Result<v1::CountEventsResponse, Error> {
        let (query, _) = self.compile(&request.filter)?;
        self.scan(move |store, patience| {
            let snapshot = store.snapshot();
            let count = count(&query, &snapshot, patience)?;
            Ok(v1::CountEventsResponse { count, head_sequence: snapshot.head().get() })
        })
        .await
    }

    /// `FacetEvents`.
    ///
    /// # Errors
    /// As documented in `query.proto`.
    pub async fn facet_events(&self, request: v1::FacetEventsRequest) -> Result<v1::FacetEventsResponse, Error> {
        let mut facet = Facet::new(&request.field)?;
        let Ok(requested) = u64::try_from(request.value_count) else {
            return Err(Error::field(Fault::InvalidField, "value_count", "expected 0 or more"));
        };
        let (query, _) = self.compile(&request.filter)?;
        let (with_value, _) = self.compile(&Facet::with_value(&request.field))?;
        let max = self.0.limits.facet_values_max;
        self.scan(move |store, patience| {
            let snapshot = store.snapshot();
            let counted = facet.add(&query, &with_value, &snapshot, || patience.check())?;
            let (values, distinct_count) = facet.values(requested, max, &snapshot);
            Ok(v1::FacetEventsResponse {
                values,
                event_count: counted.events_count,
                missing_count: counted.missing_count,
                distinct_count,
                head_sequence: snapshot.head().get(),
            })
        })
        .await
    }

    /// `GetStatus`.
    #[must_use]
    pub fn get_status(&self) -> v1::GetStatusResponse {
        use std::sync::atomic::Ordering::Relaxed;

        let shared = &self.0;
        let snapshot = shared.store.snapshot();
        let counts = shared.store.counts();
        let event_count = snapshot.event_count();
        let limit = |name: &str, value: u64, description: &str| v1::Limit {
            name: name.to_owned(),
            value,
            description: description.to_owned(),
        };
        let own = shared.limits.table();
        let fixed = [
            ("filter_bytes_max", filter::FILTER_BYTES_MAX, "bytes of a filter"),
            ("filter_depth_max", filter::FILTER_DEPTH_MAX, "nesting of parentheses, negations and calls in a filter"),
            ("filter_terms_max", filter::FILTER_TERMS_MAX, "restrictions in a filter"),
            ("filter_regexes_max", filter::FILTER_REGEXES_MAX, "regular expressions in a filter"),
            ("filter_regex_bytes_max", filter::FILTER_REGEX_BYTES_MAX, "memory of a compiled regular expression"),
        ];
        v1::GetStatusResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            epoch: wire::epoch(shared.store.epoch()),
            earliest_sequence: if event_count == 0 { 0 } else { snapshot.earliest().get() },
            head_sequence: snapshot.head().get(),
            event_count,
            event_bytes: counts.encoded_bytes.load(Relaxed),
            stream_count: u32::try_from(self.open_streams()).unwrap_or(u32::MAX),
            durability: wire::durability(shared.store.durability()).into(),
            start_time: Some(shared.start_time.to_wire()),
            limits: own
                .iter()
                .map(|entry| limit(entry.name, entry.value, entry.description))
                .chain(fixed.iter().map(|(name, value, description)| limit(name, *value as u64, description)))
                .collect(),
            held_bytes: shared.store.held_bytes(),
            evicted_sequence: counts.evicted_sequence.load(Relaxed),
            retention: Some(wire::retention(shared.store.retention())),
            lost: snapshot.lost().map(wire::lost).collect(),
        }
    }

    /// `GetFilterSchema`.
    #[must_use]
    pub fn get_filter_schema(&self) -> v1::GetFilterSchemaResponse {
        schema_response()
    }

    /// `ValidateFilter`.
    ///
    /// # Errors
    /// [`Error::Filter`].
    pub fn validate_filter(&self, request: &v1::ValidateFilterRequest) -> Result<v1::ValidateFilterResponse, Error> {
        let (query, warnings) = self.compile(&request.filter)?;
        Ok(v1::ValidateFilterResponse {
            canonical_filter: query.canonical().to_owned(),
            warnings,
            plan: query.explain(),
        })
    }
}

/// The schema table on the wire.
fn schema_response() -> v1::GetFilterSchemaResponse {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let field = |field: &schema::Field| v1::FilterField {
        path: field.path.to_owned(),
        r#type: field.kind.type_name().to_owned(),
        operators: owned(field.kind.operators()),
        values: owned(&field.kind.values()),
        description: format!("{} Example: `{}`", field.doc, field.example),
        facet: Facet::counts(field),
    };
    let function = |function: &schema::Function| v1::FilterFunction {
        signature: function.signature.to_owned(),
        description: format!("{} Example: `{}`", function.doc, function.example),
    };
    v1::GetFilterSchemaResponse {
        fields: schema::FIELDS.iter().map(field).collect(),
        functions: schema::FUNCTIONS.iter().map(function).collect(),
        grammar: filter::GRAMMAR.to_owned(),
    }
}

/// How long a scan may go on.
#[derive(Debug)]
struct Patience {
    began: Instant,
    seconds: u64,
}

impl Patience {
    fn check(&self) -> Result<(), Error> {
        if self.began.elapsed() >= Duration::from_secs(self.seconds) {
            return Err(Error::TooLong { seconds: self.seconds });
        }
        Ok(())
    }
}

/// Counts the events of a snapshot that match.
fn count(query: &Query, snapshot: &Snapshot, patience: &Patience) -> Result<u64, Error> {
    let mut count = 0;
    for part in snapshot.parts() {
        count += query.count(part, snapshot.head(), || patience.check())?;
    }
    Ok(count)
}

/// The client's deadline, from `grpc-timeout`: up to eight digits and a unit.
fn deadline(metadata: &MetadataMap) -> Option<Duration> {
    let text = metadata.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_read_as_grpc_writes_them() {
        for (text, expected) in [
            ("5S", Some(Duration::from_secs(5))),
            ("100m", Some(Duration::from_millis(100))),
            ("2H", Some(Duration::from_secs(7_200))),
            ("7u", Some(Duration::from_micros(7))),
            ("123456789S", None),
            ("S", None),
            ("5", None),
            ("5X", None),
        ] {
            let mut metadata = MetadataMap::new();
            metadata.insert("grpc-timeout", text.parse().expect("ascii"));
            assert_eq!(deadline(&metadata), expected, "{text}");
        }
    }
}
