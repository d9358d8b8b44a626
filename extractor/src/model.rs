//! Sentences in, trees out: the tokeniser's words are tagged and parsed by a small network whose weights are in the binary.
//!
//! Every form is hashed into a few embedding tables, a two-layer memory that is read both ways makes a state for each
//! word, and linear and bilinear heads on the states tell part of speech, head, relation and names. All of it is plain
//! arithmetic on the CPU whose bits are the same on every machine, for one sentence or many, from one thread or more
//! (see `kernel`). The trees are sound whatever the weights say: exactly one root, no cycle, and no name that
//! continues what was not begun.

mod counted;
mod decode;
mod encoder;
mod features;
mod heads;
mod kernel;
mod lemma;
mod weights;

pub use encoder::STATE;

use crate::syntax::{NameTag, Tree, Word};
use crate::tokenize::Sentence;
use counted::Instructions;
use heads::Analysis;
use parking_lot::Mutex;
use pulp::Arch;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Sentences that run in lock-step: enough to use each weight many times once it is at hand, and as many as a tile has
/// rows.
const LOCK_STEP: usize = 16;

/// Tokens of a sentence up to which the memory that it took is kept for the next.
const ROOM_TOKENS_MAX: usize = 500;

static WEIGHTS: &[u8] = include_bytes!("../data/model/weights.bin");
static MANIFEST: &str = include_str!("../data/model/manifest.json");
static LEMMAS: &str = include_str!("../data/model/lemma.json");
static IRREGULAR: &str = include_str!("../data/model/irregular.txt");

/// Why a model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The manifest is no JSON of the expected form.
    #[error("the model's manifest cannot be read; see data/model/README.md for its form: {source}")]
    Manifest {
        /// What the reader met.
        source: serde_json::Error,
    },
    /// The manifest tells another version of the format.
    #[error("the model's format is {found}, but this program reads {known}; export the model anew")]
    Format {
        /// The version found.
        found: u32,
        /// The version that can be read.
        known: u32,
    },
    /// The weights are not those that the manifest speaks of.
    #[error(
        "the weights ({bytes} bytes, crc32 {crc32}) are not those of the manifest ({expected_bytes} bytes, crc32 {expected}); copy both from the same export"
    )]
    Checksum {
        /// Length of the weights.
        bytes: usize,
        /// Checksum of the weights.
        crc32: u32,
        /// Length that the manifest tells.
        expected_bytes: usize,
        /// Checksum that the manifest tells.
        expected: u32,
    },
    /// A tensor that the network needs is not in the manifest.
    #[error("the model has no tensor {tensor:?}; export it with the training code of this version")]
    Missing {
        /// Its name.
        tensor: String,
    },
    /// A tensor has other dimensions than the network.
    #[error(
        "tensor {tensor:?} has shape {found:?} where {expected:?} is needed, or reaches past the end of the weights"
    )]
    Shape {
        /// Its name.
        tensor: String,
        /// Dimensions in the manifest.
        found: Vec<usize>,
        /// Dimensions that the network has.
        expected: Vec<usize>,
    },
    /// A label is unknown, or one that is needed is not there.
    #[error("label {label:?} is unknown or missing; `syntax` lists the labels that a model may tell")]
    Label {
        /// The label.
        label: String,
    },
    /// The tables of dictionary forms are no JSON of the expected form.
    #[error("the tables of dictionary forms cannot be read; see data/model/README.md for their form: {source}")]
    Lemmas {
        /// What the reader met.
        source: serde_json::Error,
    },
}

/// The language model: immutable but for the forms that it remembers, and free to share between threads.
#[derive(Debug)]
pub struct Model {
    encoder: encoder::Encoder,
    heads: heads::Heads,
    lemmatiser: lemma::Lemmatiser,
    /// Memory of the calls before, one a thread at most: what is at hand need not be asked of the system.
    rooms: Mutex<Vec<Room>>,
}

/// Memory to work in.
#[derive(Debug, Default)]
struct Room {
    encoder: encoder::Scratch,
    heads: heads::Scratch,
}

impl Model {
    /// The model in the binary, read at the first call.
    pub fn embedded() -> &'static Self {
        static MODEL: LazyLock<Model> = LazyLock::new(|| {
            Model::from_bytes(Cow::Borrowed(WEIGHTS), MANIFEST, LEMMAS)
                .expect("the embedded model is read by the tests of this build")
        });
        &MODEL
    }

    /// A model from the bytes of its weights, and the texts of its manifest and its tables of dictionary forms.
    ///
    /// # Errors
    /// When the parts do not belong together or lack what the network needs.
    pub fn from_bytes(weights: Cow<'static, [u8]>, manifest: &str, lemmas: &str) -> Result<Self, Error> {
        let arch = Arch::new();
        Self::with(arch, Instructions::of(arch), weights, manifest, lemmas)
    }

    /// The model in the binary without tiles, to measure what they gain: same bits, other speed, on machines that have
    /// them.
    ///
    /// # Errors
    /// None that the tests of this build let pass.
    pub fn without_tiles() -> Result<Self, Error> {
        let arch = Arch::new();
        Self::with(arch, Instructions::of(arch).without_tiles(), Cow::Borrowed(WEIGHTS), MANIFEST, LEMMAS)
    }

    /// The same without any instruction that multiplies bytes, which are those that the code needs `unsafe` for.
    ///
    /// # Errors
    /// None that the tests of this build let pass.
    pub fn without_byte_products() -> Result<Self, Error> {
        let arch = Arch::new();
        Self::with(arch, Instructions::of(arch).without_bytes(), Cow::Borrowed(WEIGHTS), MANIFEST, LEMMAS)
    }

    /// A model that uses the given instructions, and others for whole numbers.
    fn with(
        arch: Arch,
        counted: Instructions,
        weights: Cow<'static, [u8]>,
        manifest: &str,
        lemmas: &str,
    ) -> Result<Self, Error> {
        let weights = weights::Weights::read(weights, manifest)?;
        Ok(Self {
            encoder: encoder::Encoder::read(arch, counted, &weights)?,
            heads: heads::Heads::read(arch, counted, &weights)?,
            lemmatiser: lemma::Lemmatiser::read(lemmas, IRREGULAR)?,
            rooms: Mutex::default(),
        })
    }

    /// The tree of `sentence`.
    pub fn annotate(&self, sentence: &Sentence) -> Tree {
        self.annotate_with_states(sentence).0
    }

    /// The tree of `sentence`, and the states of its words: [`STATE`] values a word, in order, for what else may be
    /// learned on top of them.
    pub fn annotate_with_states(&self, sentence: &Sentence) -> (Tree, Vec<f32>) {
        self.annotate_all_with_states(std::slice::from_ref(sentence)).remove(0)
    }

    /// The trees of `sentences`, in order. The same trees as one by one, but several times as fast.
    pub fn annotate_all(&self, sentences: &[Sentence]) -> Vec<Tree> {
        self.annotate_each(sentences, |tree, _| tree)
    }

    /// The trees and states of `sentences`, in order; see [`Model::annotate_with_states`].
    pub fn annotate_all_with_states(&self, sentences: &[Sentence]) -> Vec<(Tree, Vec<f32>)> {
        self.annotate_each(sentences, |tree, states| (tree, counted::values(states)))
    }

    fn annotate_each<T>(&self, sentences: &[Sentence], keep: impl Fn(Tree, &[u8]) -> T) -> Vec<T> {
        let mut order: Vec<usize> = (0..sentences.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(sentences[index].tokens.len()));
        let mut found: Vec<Option<T>> = sentences.iter().map(|_| None).collect();
        let mut room = self.rooms.lock().pop().unwrap_or_default();
        for group in order.chunks(LOCK_STEP) {
            let words: Vec<Vec<&str>> = group.iter().map(|&index| forms(&sentences[index])).collect();
            let lengths: Vec<usize> = words.iter().map(Vec::len).collect();
            let states = self.encoder.states(&words, &mut room.encoder);
            let mut rest = states;
            for (&index, analysis) in group.iter().zip(self.heads.analyse(states, &lengths, &mut room.heads)) {
                let (own, more) = rest.split_at(analysis.len() * STATE);
                rest = more;
                found[index] = Some(keep(self.tree(&sentences[index], analysis), own));
            }
        }
        // What one endless sentence took is given back.
        if order.first().is_none_or(|&longest| sentences[longest].tokens.len() <= ROOM_TOKENS_MAX) {
            self.rooms.lock().push(room);
        }
        found.into_iter().flatten().collect()
    }

    /// Puts words and what the network tells of them together.
    fn tree(&self, sentence: &Sentence, mut analysis: Vec<Analysis>) -> Tree {
        mend_names(&mut analysis);
        let words = sentence.tokens.iter().zip(analysis).map(|(token, told)| Word {
            span: token.span,
            form: token.form.clone(),
            lemma: self.lemmatiser.lemma(&token.form, told.upos, told.xpos),
            upos: told.upos,
            xpos: told.xpos,
            head: told.head,
            deprel: told.deprel,
            name: told.name,
            mask: token.mask,
        });
        Tree::new(sentence.span, sentence.block, words.collect())
    }
}

fn forms(sentence: &Sentence) -> Vec<&str> {
    sentence.tokens.iter().map(|token| token.form.as_str()).collect()
}

/// Makes a name's later word its first where no word of its kind stands before it.
fn mend_names(words: &mut [Analysis]) {
    let mut previous = NameTag::Outside;
    for word in words {
        if let NameTag::Inside(kind) = word.name
            && previous != NameTag::Begin(kind)
            && previous != NameTag::Inside(kind)
        {
            word.name = NameTag::Begin(kind);
        }
        previous = word.name;
    }
}

#[cfg(test)]
mod tests;
