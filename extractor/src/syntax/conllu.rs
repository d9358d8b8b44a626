//! Treebanks in, sentences out, and trees in, CoNLL-U out (universaldependencies.org/format.html).
//!
//! What is read are the words of the basic tree: lines of multiword tokens tell only which words have no space between
//! them, and empty nodes are passed over.

use super::{Deprel, Tree, Upos, Xpos};
use std::fmt::Write as _;

/// Why a file is no CoNLL-U.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A line has not the ten columns of the format.
    #[error("line {line}: {found} columns where CoNLL-U has 10, divided by tabs")]
    Columns {
        /// Line, from 1.
        line: usize,
        /// Columns found.
        found: usize,
    },
    /// A column holds what it may not.
    #[error("line {line}: {column} {value:?} is none that is known")]
    Value {
        /// Line, from 1.
        line: usize,
        /// Name of the column.
        column: &'static str,
        /// What it holds.
        value: String,
    },
    /// A head lies outside of its sentence.
    #[error("the sentence that ends before line {line}: head {head} lies outside of its {words} words")]
    Head {
        /// Line after the sentence, from 1.
        line: usize,
        /// The head.
        head: usize,
        /// Words of the sentence.
        words: usize,
    },
}

/// A sentence of a treebank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// Whether a document starts with it.
    pub starts_document: bool,
    /// Whether a paragraph starts with it.
    pub starts_paragraph: bool,
    /// Its words, in order.
    pub words: Vec<Word>,
}

/// A word of a treebank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word as written.
    pub form: String,
    /// Dictionary form.
    pub lemma: String,
    /// Universal part of speech.
    pub upos: Upos,
    /// Penn part of speech, where it is one that is known.
    pub xpos: Option<Xpos>,
    /// Index of the head in the sentence; none for the root.
    pub head: Option<usize>,
    /// Relation to the head, merged to the set of [`Deprel`].
    pub deprel: Deprel,
    /// Whether a space follows.
    pub space_after: bool,
}

/// Reads the sentences of `text`.
///
/// # Errors
/// At the first line that is no CoNLL-U or tells what is not known.
pub fn read(text: &str) -> Result<Vec<Sentence>, Error> {
    let mut sentences = Vec::new();
    let mut now = Sentence::default();
    let mut joined: Option<Joined> = None;
    for (index, line) in text.lines().chain([""]).enumerate() {
        let line_number = index + 1;
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            joined = None;
            if !now.words.is_empty() {
                let words = now.words.len();
                if let Some(head) = now.words.iter().filter_map(|word| word.head).find(|&head| head >= words) {
                    return Err(Error::Head { line: line_number, head: head + 1, words });
                }
                sentences.push(std::mem::take(&mut now));
            }
            continue;
        }
        if let Some(comment) = line.strip_prefix('#') {
            now.starts_document |= comment.trim_start().starts_with("newdoc");
            now.starts_paragraph |= comment.trim_start().starts_with("newpar");
            continue;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let &[id, form, lemma, upos, xpos, _, head, deprel, _, misc] = &columns[..] else {
            return Err(Error::Columns { line: line_number, found: columns.len() });
        };
        let value = |column, value: &str| Error::Value { line: line_number, column, value: value.to_owned() };
        let space_after = !misc.split('|').any(|entry| entry == "SpaceAfter=No");
        if let Some((_, last)) = id.split_once('-') {
            let last = last.parse().map_err(|_| value("id", id))?;
            joined = Some(Joined { last, space_after });
            continue;
        }
        if id.contains('.') {
            continue;
        }
        let space_after = match &joined {
            Some(joined) if now.words.len() + 1 < joined.last => false,
            Some(joined) if now.words.len() + 1 == joined.last => joined.space_after,
            _ => space_after,
        };
        let head: usize = head.parse().map_err(|_| value("head", head))?;
        now.words.push(Word {
            form: form.to_owned(),
            lemma: lemma.to_owned(),
            upos: Upos::parse(upos).ok_or_else(|| value("upos", upos))?,
            xpos: Xpos::parse(xpos),
            head: head.checked_sub(1),
            deprel: Deprel::merged(deprel).ok_or_else(|| value("deprel", deprel))?,
            space_after,
        });
    }
    Ok(sentences)
}

/// A multiword token: the number of its last word, and whether a space follows it.
struct Joined {
    last: usize,
    space_after: bool,
}

/// Writes `tree` as one sentence of CoNLL-U, an empty line at its end. `text` is the text that its spans are of; the
/// last column tells name tags and where no space follows.
pub fn write(tree: &Tree, text: &str) -> String {
    let mut out = String::new();
    let sentence: String = tree.span.of(text).split_whitespace().collect::<Vec<_>>().join(" ");
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# text = {sentence}");
    for (index, word) in tree.words.iter().enumerate() {
        let head = word.head.map_or(0, |head| head + 1);
        let mut misc = Vec::new();
        if let super::NameTag::Begin(_) | super::NameTag::Inside(_) = word.name {
            misc.push(format!("Name={}", word.name));
        }
        if tree.words.get(index + 1).is_some_and(|next| next.span.start == word.span.end) {
            misc.push("SpaceAfter=No".to_owned());
        }
        let misc = if misc.is_empty() { "_".to_owned() } else { misc.join("|") };
        let _ = writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}\t_\t{head}\t{}\t_\t{misc}",
            index + 1,
            word.form,
            word.lemma,
            word.upos,
            word.xpos,
            word.deprel,
        );
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{BlockKind, ByteSpan};
    use crate::syntax::{self, NameKind, NameTag};

    const SAMPLE: &str = "# newdoc id = a\n# newpar\n# text = Don't go.\n1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_\n\
        1\tDo\tdo\tAUX\tVB\t_\t3\taux\t3:aux\t_\n2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_\n\
        3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No\n3.1\tx\t_\t_\t_\t_\t_\t_\t_\t_\n\
        4\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_\n\n1\tOK\tok\tINTJ\tUH\t_\t0\troot\t_\t_\n";

    #[test]
    fn treebanks_are_read() {
        let sentences = read(SAMPLE).expect("the sample is sound");
        assert_eq!(sentences.len(), 2);
        assert!(sentences[0].starts_document && sentences[0].starts_paragraph && !sentences[1].starts_document);
        let words: Vec<_> = sentences[0].words.iter().map(|w| (w.form.as_str(), w.head, w.space_after)).collect();
        assert_eq!(words, [("Do", Some(2), false), ("n't", Some(2), true), ("go", None, false), (".", Some(2), true)]);
        assert_eq!(sentences[0].words[1].deprel, Deprel::Advmod);
    }

    #[test]
    fn rare_relations_are_merged() {
        let check = |text: &str, expected| assert_eq!(Deprel::merged(text), expected, "{text}");
        check("nsubj:outer", Some(Deprel::Nsubj));
        check("obl:tmod", Some(Deprel::OblUnmarked));
        check("nmod:npmod", Some(Deprel::NmodUnmarked));
        check("advcl:relcl", Some(Deprel::Advcl));
        check("acl:relcl", Some(Deprel::AclRelcl));
        check("nonsense", None);
    }

    #[test]
    fn errors_name_the_line() {
        let check = |text: &str, expected: &str| {
            assert_eq!(read(text).expect_err(expected).to_string(), expected);
        };
        check("1\tOK", "line 1: 2 columns where CoNLL-U has 10, divided by tabs");
        check(&SAMPLE.replace("INTJ", "HUH"), "line 11: upos \"HUH\" is none that is known");
        check(
            &SAMPLE.replace("INTJ\tUH\t_\t0", "INTJ\tUH\t_\t5"),
            "the sentence that ends before line 12: head 5 lies outside of its 1 words",
        );
    }

    #[test]
    fn trees_are_written_as_they_are_read() {
        let text = "Moscow sued.";
        let word = |start, end, upos, xpos, head, deprel, name| syntax::Word {
            span: ByteSpan::new(start, end),
            form: text[start..end].to_owned(),
            lemma: text[start..end].to_lowercase(),
            upos,
            xpos,
            head,
            deprel,
            name,
            mask: None,
        };
        let words = vec![
            word(0, 6, Upos::Propn, Xpos::Nnp, Some(1), Deprel::Nsubj, NameTag::Begin(NameKind::Location)),
            word(7, 11, Upos::Verb, Xpos::Vbd, None, Deprel::Root, NameTag::Outside),
            word(11, 12, Upos::Punct, Xpos::Stop, Some(1), Deprel::Punct, NameTag::Outside),
        ];
        let written = write(&Tree::new(ByteSpan::new(0, 12), BlockKind::Body, words), text);
        assert_eq!(
            written,
            "# text = Moscow sued.\n1\tMoscow\tmoscow\tPROPN\tNNP\t_\t2\tnsubj\t_\tName=B-LOC\n\
             2\tsued\tsued\tVERB\tVBD\t_\t0\troot\t_\tSpaceAfter=No\n3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_\n\n"
        );
        let read = read(&written).expect("what is written can be read");
        assert_eq!(read[0].words.iter().map(|word| word.head).collect::<Vec<_>>(), [Some(1), None, Some(1)]);
    }
}
