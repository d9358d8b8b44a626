//! Which sequence each event id has, over everything that the log holds.

use hashbrown::HashMap;

use crate::{event::EventId, log::Sequence};

/// The id that an encoded event begins with; the log's own encoding puts it first.
pub(super) fn id_of(event: &[u8]) -> Option<EventId> {
    match event {
        [0x0a, 32, rest @ ..] => EventId::parse(std::str::from_utf8(rest.get(..32)?).ok()?),
        _ => None,
    }
}

/// Sequences by id. The hash has a random key, so that no producer can choose ids that collide.
#[derive(Debug, Default)]
pub(super) struct Ids(HashMap<EventId, Sequence, std::hash::RandomState>);

impl Ids {
    pub(super) fn get(&self, id: EventId) -> Option<Sequence> {
        self.0.get(&id).copied()
    }

    pub(super) fn insert(&mut self, id: EventId, sequence: Sequence) {
        self.0.insert(id, sequence);
    }

    pub(super) fn remove(&mut self, id: EventId) {
        self.0.remove(&id);
    }

    /// Bytes of memory taken.
    pub(super) fn held_bytes(&self) -> u64 {
        self.0.allocation_size() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_read_off_an_encoded_event() {
        let mut encoded = vec![0x0a, 32];
        encoded.extend_from_slice(b"0123456789abcdef0123456789abcdef");
        assert_eq!(id_of(&encoded), EventId::parse("0123456789abcdef0123456789abcdef"));
        assert_eq!(id_of(&encoded[..20]), None);
        assert_eq!(id_of(&[0x10, 1]), None);
    }
}
