//! A frame file as its values are read: lists, paths, slots, kinds and certainties, each with its line where it is refused.

use hashbrown::HashMap;
use toml::Spanned;

use crate::{
    frames::{KindSet, Modality, Path, file::OneOrMany, load::Error},
    predicates::Slot,
};

/// File and line of a byte.
pub(super) fn origin(name: &str, text: &str, offset: usize) -> String {
    let line = text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count() + 1;
    format!("{name}:{line}")
}

/// The file that is read, and the lists of all files.
pub(super) struct Source<'a> {
    /// Name of the file, for messages.
    pub(super) name: &'a str,
    /// What it holds.
    pub(super) text: &'a str,
    /// What `$name` stands for.
    pub(super) lists: &'a HashMap<String, Vec<String>>,
}

impl Source<'_> {
    /// File and line of what stands at `at`.
    pub(super) fn origin<T>(&self, at: &Spanned<T>) -> String {
        origin(self.name, self.text, at.span().start)
    }

    pub(super) fn error<T>(&self, at: &Spanned<T>, message: impl Into<String>) -> Error {
        Error::Syntax { origin: self.origin(at), message: message.into() }
    }

    pub(super) fn list<T>(&self, name: &str, at: &Spanned<T>) -> Result<&[String], Error> {
        self.lists
            .get(name)
            .map(Vec::as_slice)
            .ok_or_else(|| self.error(at, format!("list {name:?} is unknown; define it under [list] in a frame file")))
    }

    /// The words as written, with those of a list for its `$name`.
    pub(super) fn words<T>(&self, written: &[String], at: &Spanned<T>) -> Result<Vec<String>, Error> {
        let mut words = Vec::new();
        for word in written {
            match word.strip_prefix('$') {
                Some(list) => words.extend_from_slice(self.list(list, at)?),
                None => words.push(word.clone()),
            }
        }
        Ok(words)
    }

    /// The path that `text` is, a part of what stands at `written`.
    pub(super) fn path(&self, text: &str, written: &Spanned<String>) -> Result<Path, Error> {
        Path::parse(text).ok_or_else(|| {
            self.error(
                written,
                format!(
                    "path {text:?} is unknown; steps are subj, obj, obj2, comp, adv, tmp, poss, compound, amod, appos, \
                     p:PREPOSITION, support.A0, support.A1, under, theme, agent, governor and self, joined by dots"
                ),
            )
        })
    }

    pub(super) fn slots(&self, written: &[Spanned<String>]) -> Result<Vec<Slot>, Error> {
        written
            .iter()
            .map(|slot| {
                Slot::parse(slot.get_ref())
                    .ok_or_else(|| self.error(slot, format!("slot {:?} is unknown", slot.get_ref())))
            })
            .collect()
    }

    /// All the kinds written together; any where none is.
    pub(super) fn kinds(&self, written: &OneOrMany) -> Result<KindSet, Error> {
        let mut all: Option<KindSet> = None;
        for item in written.get_ref().items() {
            let kinds = KindSet::parse(item).ok_or_else(|| {
                self.error(
                    written,
                    format!(
                        "kind {item:?} is unknown; give ORG, AUTHORITY, PERSON, COUNTRY, PLACE, PRODUCT, GROUP, MONEY, \
                         DATE, PERCENT, CLAUSE, THING, PARTY, STATE, TERRITORY, SERVICE, NOMINAL or ANY"
                    ),
                )
            })?;
            all = Some(all.map_or(kinds, |before| before.or(kinds)));
        }
        Ok(all.unwrap_or(KindSet::ANY))
    }

    pub(super) fn modality(&self, written: &Spanned<String>) -> Result<Modality, Error> {
        Modality::parse(written.get_ref()).ok_or_else(|| {
            self.error(
                written,
                format!("factuality {:?} is unknown; give ACTUAL, PLANNED, POSSIBLE or DENIED", written.get_ref()),
            )
        })
    }
}
