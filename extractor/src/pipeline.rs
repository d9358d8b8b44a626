//! The path as one function: a document in, its events and problems out.

use std::{borrow::Cow, path::PathBuf};

use crate::{
    coreference,
    document::{Document, Problem, ProblemCode},
    events::{self, Event, Reading},
    frames::{self, Attempt, FrameMatch, FrameSet, Sentence},
    gazetteer::{self, Gazetteer},
    mask::{self, Mask},
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
        let mut read = self.read(document);
        let matches = std::mem::take(&mut read.matches);
        let reading = self.reading(document, &read);
        let mut candidates = events::candidates(&reading, &matches);
        candidates.retain(|candidate| candidate.event.confidence >= events::threshold());
        let events = events::merge(&reading, candidates);
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

    /// Reads a document up to its frame matches.
    pub fn read(&self, document: &Document) -> Read {
        let masks = mask::find(&document.text);
        let sentences = tokenize::tokenize(&document.text, &document.blocks, &masks);
        let trees: Vec<Tree> =
            self.model.annotate_all(&sentences).into_iter().map(Tree::with_described_names).collect();
        let predicates: Vec<Vec<Predicate>> = trees.iter().map(predicates).collect();
        let forms: Vec<Vec<String>> =
            trees.iter().map(|tree| tree.words.iter().map(|word| word.form.to_lowercase()).collect()).collect();
        let mentions = names::mentions(document, &trees, &self.gazetteer);
        let chains = coreference::resolve(document, &trees, mentions, &self.gazetteer);
        let mut read = Read { masks, trees, predicates, forms, chains, matches: Vec::new(), attempts: Vec::new() };
        let mut matches = Vec::new();
        let mut attempts = Vec::new();
        let reading = self.reading(document, &read);
        for (number, tree) in read.trees.iter().enumerate() {
            let kinds = reading.kinds(number);
            let sentence =
                Sentence { tree, predicates: &read.predicates[number], forms: &read.forms[number], kinds: &kinds };
            let (found, tried) = self.frames.match_sentence(sentence);
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
