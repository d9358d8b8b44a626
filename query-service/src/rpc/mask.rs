//! Read masks: which fields of an event a reader wants, applied to the encoded event.
//!
//! A mask is checked against the descriptor of `fineprint.v1.Event` and becomes a tree of field numbers; applying it
//! walks the wire format and copies what the tree holds. Nothing is decoded.

use std::{collections::BTreeMap, sync::LazyLock};

use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};

use super::codec::write_field;

static EVENT: LazyLock<MessageDescriptor> = LazyLock::new(|| {
    DescriptorPool::decode(fineprint_proto::FILE_DESCRIPTOR_SET)
        .ok()
        .and_then(|pool| pool.get_message_by_name("fineprint.v1.Event"))
        .expect("the generated descriptor set holds the event")
});

/// Fields of a message that are wanted: the whole field, or some fields of the messages in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Fields(BTreeMap<u32, Option<Fields>>);

/// Which fields of an event to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask(Fields);

/// A path that no event has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: `{field}` is not a field of {message}{}; its fields are {known}", .nearest.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_default())]
pub struct UnknownPath {
    /// Number of the path in the mask, from 0.
    pub index: usize,
    /// The path.
    pub path: String,
    /// The part of it that is wrong.
    pub field: String,
    /// The message that has no such field.
    pub message: String,
    /// The field with the nearest name.
    pub nearest: Option<String>,
    /// The fields that it has.
    pub known: String,
}

impl Mask {
    /// The mask of these paths; `None` where there are none, which means everything. `*` alone means everything too.
    ///
    /// # Errors
    /// Every [`UnknownPath`].
    pub fn new<'a>(paths: impl IntoIterator<Item = &'a str>) -> Result<Option<Self>, Vec<UnknownPath>> {
        let mut fields = Fields::default();
        let mut unknown = Vec::new();
        let mut everything = true;
        for (index, path) in paths.into_iter().enumerate() {
            if path == "*" {
                return Ok(None);
            }
            everything = false;
            if let Err(error) = fields.add(index, path) {
                unknown.push(*error);
            }
        }
        match (unknown.is_empty(), everything) {
            (false, _) => Err(unknown),
            (true, true) => Ok(None),
            (true, false) => Ok(Some(Self(fields))),
        }
    }

    /// An encoded event with the mask's fields only.
    #[must_use]
    pub fn apply(&self, event: &[u8]) -> Vec<u8> {
        let mut masked = Vec::with_capacity(event.len());
        self.0.copy(event, &mut masked);
        masked
    }
}

impl Fields {
    fn add(&mut self, index: usize, path: &str) -> Result<(), Box<UnknownPath>> {
        let mut fields = self;
        let mut message = Some(EVENT.clone());
        let mut names = path.split('.').peekable();
        while let Some(name) = names.next() {
            let descriptor = message.as_ref().and_then(|message| message.get_field_by_name(name));
            let Some(descriptor) = descriptor else {
                return Err(unknown(index, path, name, message.as_ref()));
            };
            message = match descriptor.kind() {
                Kind::Message(inner) => Some(inner),
                _ => None,
            };
            if names.peek().is_none() {
                fields.0.insert(descriptor.number(), None);
                break;
            }
            // Where the whole field is wanted already, a part of it adds nothing.
            match fields.0.entry(descriptor.number()).or_insert_with(|| Some(Self::default())) {
                Some(inner) => fields = inner,
                None => {
                    let rest: Vec<&str> = names.collect();
                    return Self::default().check(index, path, message.as_ref(), &rest);
                }
            }
        }
        Ok(())
    }

    fn check(
        self,
        index: usize,
        path: &str,
        message: Option<&MessageDescriptor>,
        rest: &[&str],
    ) -> Result<(), Box<UnknownPath>> {
        let Some((name, rest)) = rest.split_first() else { return Ok(()) };
        let descriptor = message.and_then(|message| message.get_field_by_name(name));
        let descriptor = descriptor.ok_or_else(|| unknown(index, path, name, message))?;
        match descriptor.kind() {
            Kind::Message(inner) => self.check(index, path, Some(&inner), rest),
            _ => self.check(index, path, None, rest),
        }
    }

    fn copy(&self, message: &[u8], to: &mut Vec<u8>) {
        let mut rest = message;
        while !rest.is_empty() {
            let field = rest;
            let Some((number, value)) = next_field(&mut rest) else { return };
            match (self.0.get(&number), value) {
                (None, _) => {}
                (Some(Some(inner)), Some(value)) => {
                    let mut masked = Vec::with_capacity(value.len());
                    inner.copy(value, &mut masked);
                    write_field(number, &masked, to);
                }
                (Some(_), _) => to.extend_from_slice(&field[..field.len() - rest.len()]),
            }
        }
    }
}

/// Takes the next field off an encoded message: its number, and its bytes where it is length-delimited. `None` where
/// the encoding is damaged, which the log's own never is.
fn next_field<'a>(rest: &mut &'a [u8]) -> Option<(u32, Option<&'a [u8]>)> {
    let key = prost::encoding::decode_varint(rest).ok()?;
    let number = u32::try_from(key >> 3).ok()?;
    let length = match key & 7 {
        0 => {
            prost::encoding::decode_varint(rest).ok()?;
            return Some((number, None));
        }
        1 => 8,
        5 => 4,
        2 => {
            let length = usize::try_from(prost::encoding::decode_varint(rest).ok()?).ok()?;
            let (value, after) = rest.split_at_checked(length)?;
            *rest = after;
            return Some((number, Some(value)));
        }
        _ => return None,
    };
    let (_, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some((number, None))
}

fn unknown(index: usize, path: &str, field: &str, message: Option<&MessageDescriptor>) -> Box<UnknownPath> {
    let known: Vec<String> =
        message.map(|message| message.fields().map(|field| field.name().to_owned()).collect()).unwrap_or_default();
    let nearest = known
        .iter()
        .map(|name| (distance(field, name), name))
        .min()
        .filter(|(distance, name)| *distance <= name.len() / 2)
        .map(|(_, name)| name.clone());
    Box::new(UnknownPath {
        index,
        path: path.chars().take(80).collect(),
        field: field.chars().take(40).collect(),
        message: message.map_or("a plain value", MessageDescriptor::name).to_owned(),
        nearest,
        known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
    })
}

/// Letters to add, remove or change to make one word of another; no more than 40 letters are looked at.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(40).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().take(40).enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, candidate) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *candidate);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use fineprint_proto::v1;
    use prost::Message as _;

    use super::*;

    fn event() -> v1::Event {
        let entity =
            |name: &str| v1::Entity { name: name.to_owned(), country: "RU".to_owned(), ..v1::Entity::default() };
        let participant = |name: &str| v1::Participant { role: 1, entity: Some(entity(name)), mention: None };
        v1::Event {
            event_id: "id".to_owned(),
            sequence: 7,
            confidence: 0.5,
            participants: vec![participant("A"), participant("B")],
            countries: vec!["RU".to_owned(), "US".to_owned()],
            ..v1::Event::default()
        }
    }

    fn check(paths: &[&str], expected: &v1::Event) {
        let mask = Mask::new(paths.iter().copied()).expect("a valid mask").expect("a mask");
        let masked = v1::Event::decode(mask.apply(&event().encode_to_vec()).as_slice()).expect("a valid event");
        assert_eq!(masked, *expected, "{paths:?}");
    }

    #[test]
    fn a_mask_keeps_its_fields_only() {
        let none = v1::Event::default;
        check(&["event_id"], &v1::Event { event_id: "id".to_owned(), ..none() });
        check(&["sequence", "confidence"], &v1::Event { sequence: 7, confidence: 0.5, ..none() });
        check(&["countries"], &v1::Event { countries: event().countries, ..none() });
        check(&["participants"], &v1::Event { participants: event().participants, ..none() });
        check(&["participants", "participants.role"], &v1::Event { participants: event().participants, ..none() });
        check(&["participants.role", "participants"], &v1::Event { participants: event().participants, ..none() });
        let named = |name: &str| v1::Participant {
            entity: Some(v1::Entity { name: name.to_owned(), ..v1::Entity::default() }),
            ..v1::Participant::default()
        };
        check(&["participants.entity.name"], &v1::Event { participants: vec![named("A"), named("B")], ..none() });
        check(&["evidence.quote"], &none());
    }

    #[test]
    fn no_paths_and_a_star_mean_everything() {
        assert_eq!(Mask::new([]), Ok(None));
        assert_eq!(Mask::new(["*"]), Ok(None));
    }

    #[test]
    fn every_unknown_path_is_told_with_the_nearest_name() {
        let errors =
            Mask::new(["participant.role", "type", "document.titel", "type.x", "participants", "participants.x"])
                .expect_err("unknown paths");
        let told: Vec<String> = errors.iter().map(|error| format!("{} {:?}", error.field, error.nearest)).collect();
        assert_eq!(told, ["participant Some(\"participants\")", "titel Some(\"title\")", "x None", "x None"]);
    }
}
