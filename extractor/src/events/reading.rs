//! A document as read so far: what assembly looks things up in.

use crate::{
    coreference::Chains,
    document::{ByteSpan, Document},
    events::{EntityKind, Mention, Participant, Role},
    frames::{FrameSet, Kind, Kinds},
    gazetteer::{self, Gazetteer},
    mask::{Mask, MaskedValue},
    names::Form,
    predicates::{Predicate, is_clause_head},
    syntax::{Deprel, NameTag, Tree, Upos},
};

/// Everything that was read out of a document before its acts are assembled.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The document.
    pub document: &'a Document,
    /// Its sentences.
    pub trees: &'a [Tree],
    /// The slots of every word of every sentence.
    pub predicates: &'a [Vec<Predicate>],
    /// The words of every sentence in lower case.
    pub forms: &'a [Vec<String>],
    /// Money, dates and the like.
    pub masks: &'a [Mask],
    /// Who stands for whom.
    pub chains: &'a Chains,
    /// Known names.
    pub gazetteer: &'a Gazetteer,
    /// The frames and their tables.
    pub frames: &'a FrameSet,
}

/// Who or what a phrase stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Number of its chain; none for a phrase that no mention covers.
    pub chain: Option<usize>,
    /// Fullest name in the document.
    pub name: String,
    /// Identity across documents.
    pub entity_id: String,
    /// What it is.
    pub kind: EntityKind,
    /// Home, as ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The phrase at the act.
    pub mention: Mention,
}

impl Party {
    /// The party in a role of an event.
    pub(super) fn as_participant(&self, role: Role) -> Participant {
        Participant {
            role,
            name: self.name.clone(),
            entity_id: self.entity_id.clone(),
            kind: self.kind,
            country: self.country.clone().unwrap_or_default(),
            mention: self.mention.clone(),
        }
    }
}

impl Reading<'_> {
    /// The parties that the phrase headed by `word` stands for: several for "the pair".
    pub fn parties(&self, sentence: usize, word: usize) -> Vec<Party> {
        self.parties_of(sentence, word, self.chains.index_of(sentence, word))
    }

    /// The parties of the phrase headed by `word` where it is taken to stand for `chain`.
    pub fn parties_of(&self, sentence: usize, word: usize, chain: Option<usize>) -> Vec<Party> {
        let span = self.phrase(sentence, word);
        let mention = |span: ByteSpan| Mention { text: span.of(&self.document.text).to_owned(), span };
        let Some(number) = chain else {
            let text = span.of(&self.document.text).to_owned();
            return vec![Party {
                chain: None,
                entity_id: format!("name:{}", gazetteer::fold(&text)),
                name: text,
                kind: EntityKind::Unknown,
                country: None,
                mention: mention(span),
            }];
        };
        let here = self.chains.mention(sentence, word).map_or(span, |found| found.span);
        let chain = &self.chains.chains()[number];
        let members: Vec<usize> = if chain.members.is_empty() { vec![number] } else { chain.members.clone() };
        members
            .into_iter()
            .map(|member| {
                let chain = &self.chains.chains()[member];
                Party {
                    chain: Some(member),
                    name: chain.name.clone(),
                    entity_id: chain.entity_id.clone(),
                    kind: entity_kind(chain.kind),
                    country: chain.country.map(|country| country.as_str().to_owned()),
                    mention: mention(here),
                }
            })
            .collect()
    }

    /// The span of the noun phrase headed by `word`: modifiers and "of" phrases, without clauses, appositions and
    /// coordinated phrases.
    pub fn phrase(&self, sentence: usize, word: usize) -> ByteSpan {
        let tree = &self.trees[sentence];
        let words = tree.subtree_without(word, |d| {
            let w = &tree.words[d];
            let clause = matches!(
                w.deprel,
                Deprel::AclRelcl
                    | Deprel::Acl
                    | Deprel::Advcl
                    | Deprel::Appos
                    | Deprel::Conj
                    | Deprel::Cc
                    | Deprel::Parataxis
                    | Deprel::Punct
                    | Deprel::Case
                    | Deprel::Mark
                    | Deprel::Dep
            ) && w.head == Some(word);
            let loose = w.head == Some(word)
                && matches!(w.deprel, Deprel::Nmod | Deprel::Obl)
                && crate::predicates::case_of(tree, d) != Some("of");
            let sum = w.head == Some(word) && w.mask.is_some() && d > word;
            let before = d < word && matches!(w.deprel, Deprel::Cop | Deprel::Aux | Deprel::Nsubj | Deprel::AuxPass);
            clause || loose || sum || before
        });
        // The phrase is one stretch around its head: what stands apart is no part of it.
        let at = words.iter().position(|&w| w == word).unwrap_or_default();
        let mut first = at;
        while first > 0 && words[first - 1] + 2 >= words[first] {
            first -= 1;
        }
        let mut last = at;
        while last + 1 < words.len() && words[last + 1] <= words[last] + 2 {
            last += 1;
        }
        tree.words[words[first]].span.cover(tree.words[words[last]].span)
    }

    /// The span of everything below `word`, without what stands in front of its clause.
    pub fn clause(&self, sentence: usize, word: usize) -> ByteSpan {
        let tree = &self.trees[sentence];
        let words = tree.subtree_without(word, |d| {
            tree.words[d].head == Some(word)
                && (matches!(tree.words[d].deprel, Deprel::Case | Deprel::Mark | Deprel::Cc)
                    || (tree.words[d].deprel == Deprel::Punct && d < word)
                    || (tree.words[d].deprel == Deprel::Conj && tree.words[d].upos == Upos::Verb && d > word + 25))
        });
        let mut span = tree.words[word].span;
        for &w in &words {
            if tree.words[w].upos != Upos::Punct {
                span = span.cover(tree.words[w].span);
            }
        }
        span
    }

    /// The kinds of the phrases of a sentence, as frames ask for them.
    pub fn kinds(&self, sentence: usize) -> SentenceKinds {
        let tree = &self.trees[sentence];
        let mut kinds = Vec::with_capacity(tree.words.len());
        for (word, w) in tree.words.iter().enumerate() {
            let kind = if let Some(mask) = w.mask {
                match self.masks[mask].value {
                    MaskedValue::Money(_) => Kind::Money,
                    MaskedValue::Date(_) => Kind::Date,
                    MaskedValue::Percent(_) => Kind::Percent,
                    MaskedValue::Url => Kind::Product,
                }
            } else if let Some(number) = self.chains.index_of(sentence, word) {
                let form = self.chains.mention(sentence, word).map(|mention| mention.form);
                let named = w.name != NameTag::Outside || w.upos == Upos::Propn || form == Some(Form::Name);
                match frame_kind(self.chains.chains()[number].kind) {
                    // A name of nobody known is most often a company's, and so is a pronoun that stands for nobody known.
                    Kind::Thing if named || form == Some(Form::Pronoun) => Kind::Organisation,
                    kind => kind,
                }
            } else if w.upos == Upos::Adj && self.gazetteer.demonym(&w.form).is_some() {
                Kind::Country
            } else if is_clause_head(tree, word) && w.upos == Upos::Verb {
                Kind::Clause
            } else if w.name != NameTag::Outside || w.upos == Upos::Propn {
                Kind::Organisation
            } else {
                Kind::Thing
            };
            kinds.push(kind);
        }
        SentenceKinds { kinds }
    }
}

/// The kinds of one sentence's phrases.
#[derive(Debug)]
pub struct SentenceKinds {
    kinds: Vec<Kind>,
}

impl Kinds for SentenceKinds {
    fn kind(&self, word: usize) -> Kind {
        self.kinds.get(word).copied().unwrap_or(Kind::Thing)
    }
}

fn frame_kind(kind: gazetteer::EntityKind) -> Kind {
    match kind {
        gazetteer::EntityKind::Organisation => Kind::Organisation,
        gazetteer::EntityKind::Authority => Kind::Authority,
        gazetteer::EntityKind::Person => Kind::Person,
        gazetteer::EntityKind::Country => Kind::Country,
        gazetteer::EntityKind::Place => Kind::Place,
        gazetteer::EntityKind::Product => Kind::Product,
        gazetteer::EntityKind::Group => Kind::Group,
        gazetteer::EntityKind::Other => Kind::Thing,
    }
}

fn entity_kind(kind: gazetteer::EntityKind) -> EntityKind {
    match kind {
        gazetteer::EntityKind::Organisation => EntityKind::Organisation,
        gazetteer::EntityKind::Authority => EntityKind::Authority,
        gazetteer::EntityKind::Person => EntityKind::Person,
        gazetteer::EntityKind::Country => EntityKind::Country,
        gazetteer::EntityKind::Place => EntityKind::Place,
        gazetteer::EntityKind::Product => EntityKind::Product,
        gazetteer::EntityKind::Group => EntityKind::Group,
        gazetteer::EntityKind::Other => EntityKind::Unknown,
    }
}
