//! The path as one function: a document in, its events and problems out.

use std::{borrow::Cow, path::PathBuf};

use crate::{
    coreference,
    document::{self, Document, Problem, ProblemCode},
    events::{self, Event, EventType, Reading},
    frames::{self, Attempt, FrameMatch, FrameSet, Kind, KindSet, Sentence, Words},
    gazetteer::{self, Gazetteer},
    mask::{self, Mask, MaskedValue},
    model::Model,
    names,
    predicates::{Predicate, predicates},
    syntax::Tree,
    tokenize,
};

/// Why an extractor could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The frames could not be loaded.
    #[error(transparent)]
    Frames(#[from] frames::Error),
    /// The gazetteer could not be loaded.
    #[error(transparent)]
    Gazetteer(#[from] gazetteer::Error),
}

/// Where an extractor takes its data from; what is unset comes from the binary.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder of frame files.
    pub frames: Option<PathBuf>,
    /// Folder of gazetteer tables.
    pub gazetteer: Option<PathBuf>,
}

/// All that reading needs: model, names and frames. Immutable; one serves any number of threads.
#[derive(Debug)]
pub struct Extractor {
    model: &'static Model,
    gazetteer: Cow<'static, Gazetteer>,
    frames: FrameSet,
}

/// What was read out of a document.
#[derive(Clone, Debug, Default)]
pub struct Extraction {
    /// The events, in order of the text.
    pub events: Vec<Event>,
    /// What could not be read as meant.
    pub problems: Vec<Problem>,
}

/// How much of a document is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// All of it, for explanations.
    All,
    /// What may lead to an event: frames are tried where the words could evoke one, and a document without any such
    /// sentence is not parsed. Where there is one, every sentence is: names and pronouns are resolved by all that the
    /// document tells.
    Evoking,
}

/// A document read up to its frame matches: what assembly, explanations and frame tests start from.
#[derive(Debug)]
pub struct Read {
    /// Money, dates and the like.
    pub masks: Vec<Mask>,
    /// The sentences.
    pub trees: Vec<Tree>,
    /// The slots of every word.
    pub predicates: Vec<Vec<Predicate>>,
    /// The words in lower case.
    pub forms: Vec<Vec<String>>,
    /// Who stands for whom.
    pub chains: coreference::Chains,
    /// What matched, with the number of its sentence.
    pub matches: Vec<(usize, FrameMatch)>,
    /// Every frame that was tried, with the number of its sentence.
    pub attempts: Vec<(usize, Attempt)>,
}

impl Extractor {
    /// The extractor of the binary.
    pub fn embedded() -> Result<Self, Error> {
        Self::new(&Options::default())
    }

    /// An extractor with the user's own frames or names, where `options` tells a folder of them.
    pub fn new(options: &Options) -> Result<Self, Error> {
        document::ready();
        coreference::ready();
        events::ready();
        Ok(Self {
            model: Model::embedded(),
            gazetteer: match &options.gazetteer {
                Some(folder) => Cow::Owned(Gazetteer::load(folder)?),
                None => Cow::Borrowed(Gazetteer::embedded()),
            },
            frames: match &options.frames {
                Some(folder) => FrameSet::load(folder)?,
                None => FrameSet::embedded()?,
            },
        })
    }

    /// The frames in use.
    pub fn frames(&self) -> &FrameSet {
        &self.frames
    }

    /// The names in use.
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// The events of a document. Pure: the same document gives the same events.
    pub fn extract(&self, document: &Document) -> Extraction {
        let events = self.events(document, &self.read_of(document, Extent::Evoking));
        let mut problems = Vec::new();
        if document.published.is_none() {
            problems.push(Problem {
                code: ProblemCode::NoPublicationDate,
                message: "neither the caller nor the text gives a publication date; relative dates stay unset"
                    .to_owned(),
            });
        }
        Extraction { events, problems }
    }

    /// The events of a document that was read.
    fn events(&self, document: &Document, read: &Read) -> Vec<Event> {
        let reading = self.reading(document, read);
        let mut candidates = events::candidates(&reading, &read.matches);
        // How sure the event of a user's own type is, nobody has fitted: what its frame finds is told.
        candidates.retain(|candidate| {
            let own = matches!(candidate.event.event_type, EventType::Custom(_));
            !candidate.outdone && (own || candidate.event.confidence >= events::threshold())
        });
        events::merge(&reading, candidates)
    }

    /// Reads a document up to its frame matches, with every attempt in every sentence.
    pub fn read(&self, document: &Document) -> Read {
        self.read_of(document, Extent::All)
    }

    fn read_of(&self, document: &Document, extent: Extent) -> Read {
        let masks = mask::find(&document.text);
        let mut sentences = tokenize::tokenize(&document.text, &document.blocks, &masks);
        // The words in lower case, which are those of the trees.
        let lower = |sentence: &tokenize::Sentence| -> Vec<String> {
            sentence.tokens.iter().map(|token| token.form.to_lowercase()).collect()
        };
        let mut forms: Vec<Vec<String>> = sentences.iter().map(lower).collect();
        let masked: Vec<KindSet> = sentences.iter().map(|sentence| masked_kinds(sentence, &masks)).collect();
        let may_evoke = |(forms, &masked): (&Vec<String>, _)| {
            extent == Extent::All || self.frames.may_evoke(Words { forms, tree: None, masked })
        };
        let evoking: Vec<bool> = forms.iter().zip(&masked).map(may_evoke).collect();
        if !evoking.contains(&true) {
            sentences.clear();
            forms.clear();
        }
        let trees: Vec<Tree> =
            self.model.annotate_all(&sentences).into_iter().map(Tree::with_described_names).collect();
        let predicates: Vec<Vec<Predicate>> = trees.iter().map(predicates).collect();
        let mentions = names::mentions(document, &trees, &self.gazetteer);
        let chains = coreference::resolve(document, &trees, mentions, &self.gazetteer);
        let mut read = Read { masks, trees, predicates, forms, chains, matches: Vec::new(), attempts: Vec::new() };
        let mut matches = Vec::new();
        let mut attempts = Vec::new();
        let reading = self.reading(document, &read);
        for (number, tree) in read.trees.iter().enumerate().filter(|(number, _)| evoking[*number]) {
            let kinds = reading.kinds(number);
            let sentence =
                Sentence { tree, predicates: &read.predicates[number], forms: &read.forms[number], kinds: &kinds };
            let (found, tried) = match extent {
                Extent::All => self.frames.match_sentence(sentence),
                Extent::Evoking => (self.frames.matches(sentence, masked[number]), Vec::new()),
            };
            matches.extend(found.into_iter().map(|matched| (number, matched)));
            attempts.extend(tried.into_iter().map(|attempt| (number, attempt)));
        }
        read.matches = matches;
        read.attempts = attempts;
        read
    }

    /// The lookups that assembly needs over what was read.
    pub fn reading<'a>(&'a self, document: &'a Document, read: &'a Read) -> Reading<'a> {
        Reading {
            document,
            trees: &read.trees,
            predicates: &read.predicates,
            forms: &read.forms,
            masks: &read.masks,
            chains: &read.chains,
            gazetteer: &self.gazetteer,
            frames: &self.frames,
        }
    }
}

/// The kinds of the masked words of a sentence.
fn masked_kinds(sentence: &tokenize::Sentence, masks: &[Mask]) -> KindSet {
    let kind = |mask: usize| match masks[mask].value {
        MaskedValue::Money(_) => Kind::Money,
        MaskedValue::Date(_) => Kind::Date,
        MaskedValue::Percent(_) => Kind::Percent,
        MaskedValue::Url => Kind::Product,
    };
    sentence.tokens.iter().filter_map(|token| token.mask).map(kind).fold(KindSet::NONE, KindSet::with)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{InputForm, Metadata, decode};

    fn document(text: &str) -> Document {
        decode(text.as_bytes(), InputForm::Text, Metadata::default()).expect("plain text").0
    }

    #[test]
    fn the_sample_documents_tell_the_same_events_when_all_is_tried() {
        let extractor = Extractor::embedded().expect("the embedded data");
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds");
        let mut files = 0;
        for entry in std::fs::read_dir(folder).expect("the sample documents") {
            let path = entry.expect("a file").path();
            if path.extension().is_some_and(|ending| ending == "txt") {
                files += 1;
                let document = document(&std::fs::read_to_string(&path).expect("a text"));
                let events = extractor.extract(&document).events;
                let all = extractor.events(&document, &extractor.read(&document));
                assert_eq!(events, all, "{}", path.display());
            }
        }
        assert!(files > 5);
    }

    #[test]
    fn the_examples_of_the_frames_tell_the_same_events_when_all_is_tried() {
        let extractor = Extractor::embedded().expect("the embedded data");
        for frame in extractor.frames().frames() {
            for test in &frame.tests {
                let document = document(&test.text);
                let events = extractor.extract(&document).events;
                let all = extractor.events(&document, &extractor.read(&document));
                assert_eq!(events, all, "{}: {}", frame.id, test.text);
            }
        }
    }

    #[test]
    fn the_examples_of_the_frames_may_evoke_them() {
        let extractor = Extractor::embedded().expect("the embedded data");
        for frame in extractor.frames().frames() {
            for test in frame.tests.iter().filter(|test| test.fires) {
                let document = document(&test.text);
                let masks = mask::find(&document.text);
                let sentences = tokenize::tokenize(&document.text, &document.blocks, &masks);
                let may = sentences.iter().any(|sentence| {
                    let forms: Vec<String> = sentence.tokens.iter().map(|token| token.form.to_lowercase()).collect();
                    let masked = masked_kinds(sentence, &masks);
                    extractor.frames.may_evoke(Words { forms: &forms, tree: None, masked })
                });
                assert!(may, "{}: {}", frame.id, test.text);
            }
        }
    }

    #[test]
    fn a_text_without_acts_is_not_parsed() {
        let extractor = Extractor::embedded().expect("the embedded data");
        let check = |text: &str, trees: usize| {
            assert_eq!(extractor.read_of(&document(text), Extent::Evoking).trees.len(), trees, "{text}");
        };
        check("The weather was mild. Birds sang in the old trees.", 0);
        check("The weather was mild. A court fined Zentavo 5 million euros.", 2);
    }
}
