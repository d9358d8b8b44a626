//! Frame files in, a [`FrameSet`] out; every problem named with file, line and what was expected.

mod frame;
mod source;
mod tables;

use std::{fs, io, path::Path as FilePath};

use hashbrown::{HashMap, HashSet};

use crate::{
    frames::{
        Attempt, Frame, FrameMatch, KindSet, Sentence, Words, evidence::Evidence, factuality::FactualityTable, file,
        matcher, trigger::TriggerIndex,
    },
    predicates::Slot,
    syntax::Deprel,
};
use source::{Source, origin};

/// Version of the file format that this build reads.
const SCHEMA: &str = "frames/1";

/// Why frame files could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("frame file {path} could not be read: {source}; give a readable folder of .toml files")]
    Read {
        /// The file or folder.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// The folder holds no frame file.
    #[error("folder {path} holds no .toml file; give a folder with frame files")]
    Empty {
        /// The folder.
        path: String,
    },
    /// A file is not what a frame file looks like.
    #[error("{origin}: {message}")]
    Syntax {
        /// File and line.
        origin: String,
        /// What is wrong and what was expected.
        message: String,
    },
}

/// A support verb: it carries a noun that names an act ("impose a fine on").
#[derive(Clone, Debug)]
pub struct Support {
    /// Slots in which the noun stands.
    pub at: Vec<Slot>,
    /// Slots of who gives the act.
    pub giver: Vec<Slot>,
    /// Slots of who receives it.
    pub receiver: Vec<Slot>,
}

/// The words that credit a report to somebody.
#[derive(Clone, Debug, Default)]
pub struct AttributionTable {
    /// Verbs of saying.
    pub verbs: HashSet<String>,
    /// Nouns that name a report.
    pub nouns: HashSet<String>,
    /// Prepositions in front of a source.
    pub prepositions: Vec<String>,
}

/// All frames and the tables that they share.
#[derive(Clone, Debug, Default)]
pub struct FrameSet {
    frames: Vec<Frame>,
    triggers: TriggerIndex,
    evidence: Evidence,
    support: HashMap<String, Vec<(Option<String>, Support)>>,
    factuality: FactualityTable,
    attribution: AttributionTable,
}

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../data/frames/", $name)))),+]
    };
}

/// The frame files of the binary, in order of their names, as a folder's are: of equal frames the first one wins.
const EMBEDDED: &[(&str, &str)] = embedded![
    "accusation.toml",
    "appeal.toml",
    "arrest.toml",
    "ban.toml",
    "block.toml",
    "compliance.toml",
    "demand.toml",
    "exit.toml",
    "fine.toml",
    "investigation.toml",
    "lawsuit.toml",
    "legislation.toml",
    "lifting.toml",
    "lists.toml",
    "order.toml",
    "refusal.toml",
    "removal.toml",
    "resumption.toml",
    "same.toml",
    "sanction.toml",
    "shared.toml",
    "substitution.toml",
    "suspension.toml",
    "throttle.toml",
    "verdict.toml",
    "warning.toml",
];

impl FrameSet {
    /// The frames in the binary.
    pub fn embedded() -> Result<Self, Error> {
        Self::from_sources(EMBEDDED.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())))
    }

    /// The frames of a folder's `.toml` files, in order of their names. Where none of them has the shared tables
    /// (support verbs, factuality, attribution), those of the binary serve.
    pub fn load(folder: &FilePath) -> Result<Self, Error> {
        let unreadable = |source| Error::Read { path: folder.display().to_string(), source };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let text = fs::read_to_string(&path)
                    .map_err(|source| Error::Read { path: path.display().to_string(), source })?;
                files.push((path.display().to_string(), text));
            }
        }
        if files.is_empty() {
            return Err(Error::Empty { path: folder.display().to_string() });
        }
        files.sort();
        let has_tables = files.iter().any(|(_, text)| text.lines().any(|line| line.trim() == "[factuality]"));
        if !has_tables {
            files.extend(
                EMBEDDED.iter().filter(|(name, _)| *name == "shared.toml").map(|(n, t)| ((*n).into(), (*t).into())),
            );
        }
        Self::from_sources(files.into_iter())
    }

    /// The frames of the given files, each a name for messages and its text.
    pub fn from_sources(sources: impl Iterator<Item = (String, String)>) -> Result<Self, Error> {
        let mut set = Self::default();
        let mut parsed = Vec::new();
        let mut lists: HashMap<String, Vec<String>> = HashMap::new();
        for (name, text) in sources {
            let file: file::File = toml::from_str(&text).map_err(|error| Error::Syntax {
                origin: origin(&name, &text, error.span().map_or(0, |span| span.start)),
                message: error.message().to_owned(),
            })?;
            for (list, words) in &file.list {
                lists.entry(list.clone()).or_default().extend(words.iter().cloned());
            }
            parsed.push((name, text, file));
        }
        for (name, text, file) in &parsed {
            set.add(&Source { name, text, lists: &lists }, file)?;
        }
        for (number, frame) in set.frames.iter().enumerate() {
            for trigger in &frame.triggers {
                set.triggers.add(number, trigger);
            }
        }
        set.evidence = Evidence::new(&set.frames);
        Ok(set)
    }

    /// Takes in what one file holds.
    fn add(&mut self, source: &Source<'_>, file: &file::File) -> Result<(), Error> {
        let schema = file.schema.get_ref();
        if schema != SCHEMA {
            return Err(source.error(&file.schema, format!("schema is {schema:?}; this build reads {SCHEMA:?}")));
        }
        self.add_tables(source, file)?;
        for entry in &file.frame {
            for frame in source.frames(entry)? {
                if self.frames.iter().any(|other| other.id == frame.id) {
                    let message = format!("frame id {:?} is taken; give each frame its own", frame.id);
                    return Err(source.error(&entry.get_ref().id, message));
                }
                self.frames.push(frame);
            }
        }
        Ok(())
    }

    /// The frames, in order of files, of their place in them and of the types in their lists.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The words that credit a report.
    pub fn attribution(&self) -> &AttributionTable {
        &self.attribution
    }

    /// Tries every frame on a sentence: the matches in order of their triggers, and every attempt.
    pub fn match_sentence(&self, sentence: Sentence<'_>) -> (Vec<FrameMatch>, Vec<Attempt>) {
        matcher::match_sentence(self, sentence, |_| true)
    }

    /// The matches of [`Self::match_sentence`], without trying what its words, whose masked ones are of the kinds `masked`,
    /// cannot evoke.
    pub fn matches(&self, sentence: Sentence<'_>, masked: KindSet) -> Vec<FrameMatch> {
        let words = Words { forms: sentence.forms, tree: Some(sentence.tree), masked };
        matcher::match_sentence(self, sentence, self.evidence.possible(words)).0
    }

    /// Whether the words of a sentence may evoke a frame at all: a cheap test before it gets a tree.
    pub fn may_evoke(&self, words: Words<'_>) -> bool {
        self.evidence.may_evoke(&self.triggers, words)
    }

    pub(super) fn triggers(&self) -> &TriggerIndex {
        &self.triggers
    }

    pub(super) fn factuality(&self) -> &FactualityTable {
        &self.factuality
    }

    /// The support-verb rows of a word. Rows with its particle ("hand down") go first.
    pub(super) fn supports<'a>(&'a self, sentence: Sentence<'a>, word: usize) -> impl Iterator<Item = &'a Support> {
        let rows = self.support.get(&sentence.forms[word]).map_or(&[][..], Vec::as_slice);
        let particle = move |wanted: &str| {
            sentence.tree.dependents(word).iter().any(|&d| {
                matches!(sentence.tree.words[d].deprel, Deprel::CompoundPrt | Deprel::Advmod)
                    && sentence.forms[d] == wanted
            })
        };
        let with = rows.iter().filter(move |(needed, _)| needed.as_deref().is_some_and(particle));
        with.chain(rows.iter().filter(|(needed, _)| needed.is_none())).map(|(_, support)| support)
    }
}

#[cfg(test)]
mod tests {
    use super::FrameSet;

    /// The types of `docs/events.md`, each of which has frames.
    const TYPES: [&str; 23] = [
        "FINE",
        "LAWSUIT",
        "INVESTIGATION",
        "ORDER",
        "VERDICT",
        "ARREST",
        "SANCTION",
        "BAN",
        "BLOCK",
        "THROTTLE",
        "LIFTING",
        "LEGISLATION",
        "SUSPENSION",
        "EXIT",
        "RESUMPTION",
        "REMOVAL",
        "COMPLIANCE",
        "REFUSAL",
        "APPEAL",
        "WARNING",
        "ACCUSATION",
        "DEMAND",
        "SUBSTITUTION",
    ];

    #[test]
    fn the_embedded_frames_load_and_cover_every_type() {
        let set = FrameSet::embedded().unwrap();
        for event_type in TYPES {
            assert!(set.frames().iter().any(|frame| frame.event_type == event_type), "no frame for {event_type}");
        }
        for frame in set.frames() {
            assert!(!frame.tests.is_empty(), "{} has no test", frame.id);
            assert!(TYPES.contains(&frame.event_type.as_str()), "{} has type {}", frame.id, frame.event_type);
        }
    }

    #[test]
    fn the_folder_of_the_frames_gives_the_frames_of_the_binary_in_their_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/frames");
        let ids = |set: &FrameSet| set.frames().iter().map(|frame| frame.id.clone()).collect::<Vec<_>>();
        let loaded = FrameSet::load(folder.as_ref()).expect("the folder of the embedded frames");
        assert_eq!(ids(&FrameSet::embedded().expect("the embedded frames")), ids(&loaded));
    }
}
