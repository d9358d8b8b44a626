//! Why a text gives the events that it gives: the tree, the slots, the frames tried on each trigger, and what came of
//! them; for a terminal and as JSON.

use std::fmt::{self, Write as _};

use serde_json::{Value, json};

use crate::{
    document::Document,
    frames::{self, Outcome, Requirement},
    pipeline::Extractor,
    syntax::{NameKind, NameTag},
};

/// An explanation of one document.
#[derive(Clone, Debug)]
pub struct Explanation {
    sentences: Vec<Sentence>,
}

#[derive(Clone, Debug)]
struct Sentence {
    text: String,
    words: Vec<Word>,
    frames: Vec<Frame>,
}

#[derive(Clone, Debug)]
struct Word {
    form: String,
    upos: &'static str,
    deprel: &'static str,
    head: Option<usize>,
    name: &'static str,
    stands_for: String,
    slots: Vec<(String, usize)>,
}

#[derive(Clone, Debug)]
struct Frame {
    id: String,
    trigger: String,
    outcome: String,
    fired: bool,
    arguments: Vec<(String, String)>,
    factuality: String,
}

/// Explains how `extractor` reads `document`.
pub fn explain(extractor: &Extractor, document: &Document) -> Explanation {
    let read = extractor.read(document);
    let reading = extractor.reading(document, &read);
    let mut sentences = Vec::new();
    for (number, tree) in read.trees.iter().enumerate() {
        let words = tree
            .words
            .iter()
            .enumerate()
            .map(|(index, word)| Word {
                form: word.span.of(&document.text).to_owned(),
                upos: word.upos.as_str(),
                deprel: word.deprel.as_str(),
                head: word.head,
                name: match word.name {
                    NameTag::Outside => "",
                    NameTag::Begin(kind) | NameTag::Inside(kind) => match kind {
                        NameKind::Person => "person",
                        NameKind::Organisation => "organisation",
                        NameKind::Location => "location",
                    },
                },
                stands_for: read
                    .chains
                    .index_of(number, index)
                    .map(|chain| {
                        let chain = &read.chains.chains()[chain];
                        format!("{} ({:?})", chain.name, chain.kind)
                    })
                    .unwrap_or_default(),
                slots: read.predicates[number][index]
                    .fillers
                    .iter()
                    .map(|filler| (filler.slot.to_string(), filler.word))
                    .collect(),
            })
            .collect();
        let words_of = |indices: &[usize]| -> String {
            let forms: Vec<&str> = indices.iter().map(|&i| tree.words[i].span.of(&document.text)).collect();
            forms.join(" ")
        };
        let frames = read
            .attempts
            .iter()
            .filter(|(sentence, _)| *sentence == number)
            .map(|(_, attempt)| {
                let frame = &extractor.frames().frames()[attempt.frame];
                let matched = read.matches.iter().find(|(sentence, matched)| {
                    *sentence == number && matched.frame == attempt.frame && matched.trigger == attempt.trigger
                });
                Frame {
                    id: frame.id.clone(),
                    trigger: words_of(&attempt.trigger),
                    outcome: outcome(frame, &attempt.outcome),
                    fired: attempt.outcome == Outcome::Fired,
                    arguments: matched
                        .map(|(_, matched)| {
                            matched
                                .arguments
                                .iter()
                                .map(|argument| {
                                    let span = reading.phrase(number, argument.word);
                                    let mut text = span.of(&document.text).to_owned();
                                    if argument.rescued {
                                        text.push_str(" [rescued]");
                                    }
                                    if argument.soft {
                                        text.push_str(" [soft]");
                                    }
                                    (argument.role.as_str().to_owned(), text)
                                })
                                .collect()
                        })
                        .unwrap_or_default(),
                    factuality: matched
                        .map(|(_, matched)| format!("{:?}", matched.certainty.modality).to_uppercase())
                        .unwrap_or_default(),
                }
            })
            .collect();
        sentences.push(Sentence { text: tree.span.of(&document.text).to_owned(), words, frames });
    }
    Explanation { sentences }
}

/// What came of trying `frame`, in words.
pub(crate) fn outcome(frame: &frames::Frame, outcome: &Outcome) -> String {
    let condition =
        |all: &[frames::Condition], number: usize| all.get(number).map(ToString::to_string).unwrap_or_default();
    match outcome {
        Outcome::Fired => "fired".to_owned(),
        Outcome::Missing(alternatives) => {
            let names: Vec<&str> = alternatives
                .iter()
                .map(|requirement| match requirement {
                    Requirement::Role(role) => role.as_str(),
                    Requirement::Support => "support verb",
                    Requirement::Under => "governing word",
                })
                .collect();
            format!("failed: no {}", names.join(" or "))
        }
        Outcome::Unmet(number) => format!("failed: {} is not as needed", condition(&frame.need, *number)),
        Outcome::Vetoed(number) => format!("failed: {} forbids it", condition(&frame.veto, *number)),
        Outcome::NotUnder => "failed: no governing word of its list".to_owned(),
        Outcome::NotNegated => "failed: it is not negated".to_owned(),
        Outcome::Beaten(id) => format!("gave the trigger to {id}"),
        Outcome::Absorbed(id) => format!("is part of {id}"),
    }
}

impl Explanation {
    /// The explanation as JSON: an array of sentences.
    pub fn to_json(&self) -> Value {
        let sentence = |sentence: &Sentence| {
            let words: Vec<Value> = sentence
                .words
                .iter()
                .map(|word| {
                    let slots: Vec<Value> =
                        word.slots.iter().map(|(slot, filler)| json!({"slot": slot, "word": filler})).collect();
                    json!({"form": word.form, "upos": word.upos, "deprel": word.deprel, "head": word.head,
                           "name": word.name, "standsFor": word.stands_for, "slots": slots})
                })
                .collect();
            let frames: Vec<Value> = sentence
                .frames
                .iter()
                .map(|frame| {
                    let arguments: Vec<Value> =
                        frame.arguments.iter().map(|(role, text)| json!({"role": role, "text": text})).collect();
                    json!({"frame": frame.id, "trigger": frame.trigger, "fired": frame.fired,
                           "outcome": frame.outcome, "arguments": arguments, "factuality": frame.factuality})
                })
                .collect();
            json!({"text": sentence.text, "words": words, "frames": frames})
        };
        Value::Array(self.sentences.iter().map(sentence).collect())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for sentence in &self.sentences {
            writeln!(f, "{}", sentence.text)?;
            for (index, word) in sentence.words.iter().enumerate() {
                let mut line = format!(
                    "  {index:>3} {:<22} {:<6} {:<13} {:>4}",
                    word.form,
                    word.upos,
                    word.deprel,
                    word.head.map_or_else(|| "-".to_owned(), |head| head.to_string()),
                );
                for (slot, filler) in &word.slots {
                    let form = sentence.words.get(*filler).map_or("", |word| word.form.as_str());
                    write!(line, "  {slot}={form}")?;
                }
                if !word.stands_for.is_empty() {
                    write!(line, "  = {}", word.stands_for)?;
                }
                writeln!(f, "{}", line.trim_end())?;
            }
            for frame in &sentence.frames {
                writeln!(f, "  {} on \"{}\": {}", frame.id, frame.trigger, frame.outcome)?;
                for (role, text) in &frame.arguments {
                    writeln!(f, "      {role}: {text}")?;
                }
                if frame.fired {
                    writeln!(f, "      factuality: {}", frame.factuality)?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
