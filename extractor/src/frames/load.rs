//! Frame files in, a [`FrameSet`] out; every problem named with file, line and what was expected.

use std::{fs, io, path::Path as FilePath};

use hashbrown::{HashMap, HashSet};
use toml::Spanned;

use crate::{
    frames::{
        Attempt, Condition, Frame, FrameMatch, FrameTest, Inner, KindSet, Modality, Path, Requirement, Role, RoleRule,
        Sentence, Trigger, TriggerClass, Words,
        evidence::Evidence,
        factuality::FactualityTable,
        file::{self, OneOrMany},
        inflect::{noun_forms, verb_forms},
        matcher,
        trigger::TriggerIndex,
    },
    predicates::Slot,
    syntax::Deprel,
};

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
            Loading { name, text, lists: &lists, set: &mut set }.file(file)?;
        }
        for (number, frame) in set.frames.iter().enumerate() {
            for trigger in &frame.triggers {
                set.triggers.add(number, trigger);
            }
        }
        set.evidence = Evidence::new(&set.frames);
        Ok(set)
    }

    /// The frames, in order of files and of their place in them.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The words that credit a report.
    pub fn attribution(&self) -> &AttributionTable {
        &self.attribution
    }

    /// Tries every frame on a sentence: the matches in order of their triggers, and every attempt.
    pub fn match_sentence(&self, sentence: Sentence<'_>) -> (Vec<FrameMatch>, Vec<Attempt>) {
        matcher::match_sentence(self, sentence)
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

fn origin(name: &str, text: &str, offset: usize) -> String {
    let line = text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count() + 1;
    format!("{name}:{line}")
}

struct Loading<'a> {
    name: &'a str,
    text: &'a str,
    lists: &'a HashMap<String, Vec<String>>,
    set: &'a mut FrameSet,
}

impl Loading<'_> {
    fn error<T>(&self, at: &Spanned<T>, message: impl Into<String>) -> Error {
        Error::Syntax { origin: origin(self.name, self.text, at.span().start), message: message.into() }
    }

    fn file(&mut self, file: &file::File) -> Result<(), Error> {
        if file.schema.get_ref() != SCHEMA {
            return Err(
                self.error(&file.schema, format!("schema is {:?}; this build reads {SCHEMA:?}", file.schema.get_ref()))
            );
        }
        for support in &file.support {
            self.support(support)?;
        }
        if let Some(table) = &file.factuality {
            self.factuality(table)?;
        }
        if let Some(table) = &file.attribution {
            self.set.attribution = AttributionTable {
                verbs: table.verb.iter().flat_map(|verb| verb_forms(verb)).collect(),
                nouns: table.noun.iter().cloned().collect(),
                prepositions: table.preposition.clone(),
            };
        }
        for frame in &file.frame {
            let frame = self.frame(frame)?;
            self.set.frames.push(frame);
        }
        Ok(())
    }

    fn support(&mut self, support: &Spanned<file::Support>) -> Result<(), Error> {
        let entry = support.get_ref();
        let row = Support {
            at: self.slots(&entry.at)?,
            giver: self.slots(&entry.giver)?,
            receiver: self.slots(&entry.receiver)?,
        };
        for verb in &entry.verb {
            let (base, particle) = match verb.split_once(' ') {
                Some((base, particle)) => (base, Some(particle.to_owned())),
                None => (verb.as_str(), None),
            };
            for form in verb_forms(base) {
                self.set.support.entry(form).or_default().push((particle.clone(), row.clone()));
            }
        }
        Ok(())
    }

    fn factuality(&mut self, table: &file::Factuality) -> Result<(), Error> {
        for (rows, words) in [(&table.modal, 0), (&table.embed, 1), (&table.mark, 2)] {
            for (modality, listed) in rows {
                let value = self.modality(modality)?;
                let map = match words {
                    0 => &mut self.set.factuality.modal,
                    1 => &mut self.set.factuality.embed,
                    _ => &mut self.set.factuality.mark,
                };
                map.extend(listed.iter().map(|word| (word.clone(), value)));
            }
        }
        self.set.factuality.negation.extend(table.negation.iter().cloned());
        self.set.factuality.reported.extend(table.reported.iter().cloned());
        self.set.factuality.earlier.extend(table.earlier.iter().cloned());
        self.set.factuality.claim.extend(table.claim.iter().cloned());
        self.set.factuality.refute.extend(table.refute.iter().cloned());
        Ok(())
    }

    fn frame(&self, spanned: &Spanned<file::Frame>) -> Result<Frame, Error> {
        let entry = spanned.get_ref();
        let id = entry.id.get_ref().clone();
        if self.set.frames.iter().any(|frame| frame.id == id) {
            return Err(self.error(&entry.id, format!("frame id {id:?} is taken; give each frame its own")));
        }
        let event_type = entry.event_type.get_ref().clone();
        if event_type.is_empty()
            || !event_type.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        {
            return Err(self.error(&entry.event_type, format!("type {event_type:?} is not in UPPER_SNAKE_CASE")));
        }
        let mut triggers = Vec::new();
        for (class, written) in [
            (TriggerClass::Verb, &entry.verb),
            (TriggerClass::Noun, &entry.noun),
            (TriggerClass::Phrase, &entry.phrase),
        ] {
            for item in written {
                triggers.extend(self.trigger(class, item)?);
            }
        }
        if triggers.is_empty() {
            return Err(self.error(spanned, format!("frame {id:?} has no trigger; give verb, noun or phrase")));
        }
        let mut roles = Vec::new();
        for (name, role) in &entry.role {
            roles.push(self.role(name, role)?);
        }
        roles.sort_by_key(|rule: &RoleRule| rule.role != Role::Amount);
        let mut require = Vec::new();
        for item in &entry.require {
            require.push(self.requirement(item, &roles)?);
        }
        let inner = match &entry.inner {
            None => Inner::Keep,
            Some(value) => match value.get_ref().as_str() {
                "keep" => Inner::Keep,
                "swallow" => Inner::Swallow,
                "yield" => Inner::Yield,
                other => {
                    return Err(self.error(value, format!("inner is {other:?}; give keep, swallow or yield")));
                }
            },
        };
        let modality = entry.factuality.as_ref().map(|value| self.modality(value)).transpose()?;
        Ok(Frame {
            id,
            event_type,
            triggers,
            priority: entry.priority,
            under_required: entry.require.iter().all(|item| !item.get_ref().contains("under")),
            under: self.words(&entry.under, spanned)?,
            roles,
            require,
            need: self.conditions(&entry.need)?,
            veto: self.conditions(&entry.veto)?,
            negated: entry.negated,
            inner,
            yield_to: entry.yield_to.iter().map(|item| item.get_ref().clone()).collect(),
            modality,
            tests: entry.test.iter().map(|test| self.test(test)).collect::<Result<_, _>>()?,
            origin: origin(self.name, self.text, spanned.span().start),
        })
    }

    /// A trigger as written; `a|b` in a word stands for either.
    fn trigger(&self, class: TriggerClass, item: &Spanned<String>) -> Result<Vec<Trigger>, Error> {
        let mut all: Vec<Vec<String>> = vec![Vec::new()];
        for word in item.get_ref().split_whitespace() {
            let alternatives: Vec<String> = match word.strip_prefix('$') {
                Some(list) => self.list(list, item)?,
                None => word.split('|').map(str::to_owned).collect(),
            };
            all = all
                .iter()
                .flat_map(|words| {
                    alternatives.iter().map(move |alternative| {
                        words.iter().cloned().chain(alternative.split_whitespace().map(str::to_owned)).collect()
                    })
                })
                .collect();
        }
        if all.iter().any(|words: &Vec<String>| words.is_empty() || words.iter().any(|w| *w != w.to_lowercase())) {
            return Err(self.error(item, "a trigger is one or more words in lower case"));
        }
        Ok(all.into_iter().map(|words| Trigger { class, words }).collect())
    }

    fn role(&self, name: &Spanned<String>, role: &file::Role) -> Result<RoleRule, Error> {
        let known = Role::parse(name.get_ref()).ok_or_else(|| {
            let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
            self.error(name, format!("role {:?} is unknown; give one of {}", name.get_ref(), names.join(", ")))
        })?;
        Ok(RoleRule {
            role: known,
            at: role.at.iter().map(|path| self.path(path)).collect::<Result<_, _>>()?,
            kinds: match &role.is {
                Some(kinds) => self.kinds(kinds)?,
                None => KindSet::parse("ANY").unwrap_or_else(|| unreachable!("ANY is a kind")),
            },
            soft: role.soft,
        })
    }

    fn requirement(&self, item: &Spanned<String>, roles: &[RoleRule]) -> Result<Vec<Requirement>, Error> {
        item.get_ref()
            .split('|')
            .map(|alternative| match alternative.trim() {
                "support" => Ok(Requirement::Support),
                "under" => Ok(Requirement::Under),
                name => Role::parse(name)
                    .filter(|role| roles.iter().any(|rule| rule.role == *role))
                    .map(Requirement::Role)
                    .ok_or_else(|| {
                        self.error(item, format!("{name:?} is required but is no role of this frame, support or under"))
                    }),
            })
            .collect()
    }

    fn conditions(
        &self,
        written: &std::collections::BTreeMap<Spanned<String>, file::Condition>,
    ) -> Result<Vec<Condition>, Error> {
        written
            .iter()
            .map(|(path, condition)| {
                Ok(Condition {
                    paths: path
                        .get_ref()
                        .split('|')
                        .map(|alternative| self.path_of(alternative.trim(), path))
                        .collect::<Result<_, _>>()?,
                    lemmas: match &condition.lemma {
                        Some(lemmas) => {
                            let mut words = Vec::new();
                            for item in lemmas.get_ref().items() {
                                match item.strip_prefix('$') {
                                    Some(list) => words.extend(self.list(list, lemmas)?),
                                    None => words.push(item.clone()),
                                }
                            }
                            // All forms, so that a wrong lemma meets no wrong answer.
                            let forms = |word: &String| noun_forms(word).into_iter().chain(verb_forms(word));
                            words.iter().flat_map(forms).collect()
                        }
                        None => HashSet::new(),
                    },
                    kinds: condition.is.as_ref().map(|kinds| self.kinds(kinds)).transpose()?,
                })
            })
            .collect()
    }

    fn test(&self, spanned: &Spanned<file::Test>) -> Result<FrameTest, Error> {
        let entry = spanned.get_ref();
        let mut want = Vec::new();
        for (name, values) in &entry.want {
            let role = Role::parse(name.get_ref())
                .ok_or_else(|| self.error(name, format!("role {:?} is unknown", name.get_ref())))?;
            want.push((role, values.get_ref().items().to_vec()));
        }
        if let Some(value) = &entry.factuality {
            self.modality(value)?;
        }
        Ok(FrameTest {
            text: entry.text.clone(),
            fires: entry.fires,
            rival: entry.rival,
            want,
            factuality: entry.factuality.as_ref().map(|value| value.get_ref().clone()),
            origin: origin(self.name, self.text, spanned.span().start),
        })
    }

    fn list<T>(&self, name: &str, at: &Spanned<T>) -> Result<Vec<String>, Error> {
        self.lists
            .get(name)
            .cloned()
            .ok_or_else(|| self.error(at, format!("list {name:?} is unknown; define it under [list] in a frame file")))
    }

    fn words<T>(&self, written: &[String], at: &Spanned<T>) -> Result<Vec<String>, Error> {
        let mut words = Vec::new();
        for word in written {
            match word.strip_prefix('$') {
                Some(list) => words.extend(
                    self.lists
                        .get(list)
                        .ok_or_else(|| self.error(at, format!("list {list:?} is unknown")))?
                        .iter()
                        .cloned(),
                ),
                None => words.push(word.clone()),
            }
        }
        Ok(words)
    }

    fn path(&self, written: &Spanned<String>) -> Result<Path, Error> {
        self.path_of(written.get_ref(), written)
    }

    fn path_of(&self, text: &str, written: &Spanned<String>) -> Result<Path, Error> {
        Path::parse(text).ok_or_else(|| {
            self.error(
                written,
                format!(
                    "path {:?} is unknown; steps are subj, obj, obj2, comp, adv, tmp, poss, compound, amod, appos, \
                     p:PREPOSITION, support.A0, support.A1, under, theme, agent, governor and self, joined by dots",
                    text
                ),
            )
        })
    }

    fn slots(&self, written: &[Spanned<String>]) -> Result<Vec<Slot>, Error> {
        written
            .iter()
            .map(|slot| {
                Slot::parse(slot.get_ref())
                    .ok_or_else(|| self.error(slot, format!("slot {:?} is unknown", slot.get_ref())))
            })
            .collect()
    }

    fn kinds(&self, written: &OneOrMany) -> Result<KindSet, Error> {
        let mut all: Option<KindSet> = None;
        for item in written.get_ref().items() {
            let kinds = KindSet::parse(item).ok_or_else(|| {
                self.error(
                    written,
                    format!(
                        "kind {:?} is unknown; give ORG, AUTHORITY, PERSON, COUNTRY, PLACE, PRODUCT, GROUP, MONEY, DATE, \
                         PERCENT, CLAUSE, THING, PARTY, STATE, TERRITORY, SERVICE, NOMINAL or ANY",
                        item
                    ),
                )
            })?;
            all = Some(all.map_or(kinds, |before| before.or(kinds)));
        }
        Ok(all.unwrap_or_else(|| KindSet::parse("ANY").unwrap_or_else(|| unreachable!("ANY is a kind"))))
    }

    fn modality(&self, written: &Spanned<String>) -> Result<Modality, Error> {
        Modality::parse(written.get_ref()).ok_or_else(|| {
            self.error(
                written,
                format!("factuality {:?} is unknown; give ACTUAL, PLANNED, POSSIBLE or DENIED", written.get_ref()),
            )
        })
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
