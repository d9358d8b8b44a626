//! A word and its tags in, its dictionary form out: a table of exceptions, then the endings of English, checked
//! against a vocabulary.

use super::Error;
use crate::syntax::{Upos, Xpos};
use hashbrown::{Equivalent, HashMap};
use serde::Deserialize;
use std::borrow::Cow;

/// Parts of speech that the vocabulary keeps apart; proper nouns count as nouns and auxiliaries as verbs.
const CLASSES: usize = 4;

#[derive(Deserialize)]
struct Tables {
    /// Form in lower case, Penn tag, lemma.
    exceptions: Vec<(String, String, String)>,
    /// Lemma in lower case, universal tag, how often it was met.
    vocab: Vec<(String, String, u32)>,
}

/// How often a lemma was met: as noun, verb, adjective, adverb, and in all.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    by_class: [u32; CLASSES],
    all: u32,
}

/// The lemmatiser.
#[derive(Debug)]
pub(super) struct Lemmatiser {
    exceptions: HashMap<(Box<str>, Xpos), Box<str>>,
    vocabulary: HashMap<Box<str>, Counts>,
    /// Past forms and participles of irregular verbs, whatever the training texts held.
    irregular: HashMap<Box<str>, Box<str>>,
}

/// A key of the exceptions, borrowed: it hashes as the one that is kept does.
#[derive(Hash)]
struct Exception<'w>(&'w str, Xpos);

impl Equivalent<(Box<str>, Xpos)> for Exception<'_> {
    fn equivalent(&self, (form, xpos): &(Box<str>, Xpos)) -> bool {
        *self.0 == **form && self.1 == *xpos
    }
}

fn class(upos: Upos) -> Option<usize> {
    match upos {
        Upos::Noun | Upos::Propn => Some(0),
        Upos::Verb | Upos::Aux => Some(1),
        Upos::Adj => Some(2),
        Upos::Adv => Some(3),
        _ => None,
    }
}

impl Lemmatiser {
    /// Reads the tables (JSON) and the irregular verbs (lines of base, past forms and participles).
    pub(super) fn read(tables: &str, irregular: &str) -> Result<Self, Error> {
        let tables: Tables = serde_json::from_str(tables).map_err(|source| Error::Lemmas { source })?;
        let mut exceptions = HashMap::with_capacity(tables.exceptions.len());
        for (form, xpos, lemma) in tables.exceptions {
            let xpos = Xpos::parse(&xpos).ok_or(Error::Label { label: xpos })?;
            exceptions.insert((form.into_boxed_str(), xpos), lemma.into_boxed_str());
        }
        let mut vocabulary: HashMap<Box<str>, Counts> = HashMap::with_capacity(tables.vocab.len());
        for (lemma, upos, count) in tables.vocab {
            let upos = Upos::parse(&upos).ok_or(Error::Label { label: upos })?;
            let counts = vocabulary.entry(lemma.into_boxed_str()).or_default();
            counts.all += count;
            if let Some(class) = class(upos) {
                counts.by_class[class] += count;
            }
        }
        let mut verbs: HashMap<Box<str>, Box<str>> = HashMap::new();
        for line in irregular.lines().filter(|line| !line.starts_with('#')) {
            let mut forms = line.split_whitespace();
            let Some(base) = forms.next() else { continue };
            for form in forms {
                verbs.entry_ref(form).or_insert_with(|| base.into());
            }
        }
        Ok(Self { exceptions, vocabulary, irregular: verbs })
    }

    /// The dictionary form of `word`, lower case but for proper nouns.
    pub(super) fn lemma(&self, word: &str, upos: Upos, xpos: Xpos) -> String {
        let lower = word.to_lowercase();
        let straight =
            if lower.contains('’') { Cow::Owned(lower.replace('’', "'")) } else { Cow::Borrowed(&*lower) };
        if let Some(lemma) = self.exceptions.get(&Exception(&straight, xpos)) {
            return lemma.to_string();
        }
        if upos == Upos::Propn {
            return match word.strip_suffix(['s', 'S']) {
                Some(single) if xpos == Xpos::Nnps && single.chars().count() > 2 => single.to_owned(),
                _ => word.to_owned(),
            };
        }
        if matches!(xpos, Xpos::Vbd | Xpos::Vbn)
            && let Some(base) = self.irregular.get(&*straight)
        {
            return base.to_string();
        }
        let found = match xpos {
            Xpos::Nns | Xpos::Vbz => self.without_s(&lower, upos, xpos),
            Xpos::Vbd | Xpos::Vbn | Xpos::Vbg => self.without_verb_ending(&lower, upos, xpos),
            Xpos::Jjr | Xpos::Rbr => lower.strip_suffix("er").map(|stem| self.positive(stem)),
            Xpos::Jjs | Xpos::Rbs => lower.strip_suffix("est").map(|stem| self.positive(stem)),
            _ => None,
        };
        found.unwrap_or(lower)
    }

    fn count(&self, lemma: &str, class: usize) -> u32 {
        self.vocabulary.get(lemma).map_or(0, |counts| counts.by_class[class])
    }

    /// The candidate that the vocabulary knows best in this class; for verbs, else the one it knows best at all.
    fn pick(&self, candidates: &[String], class: Option<usize>) -> Option<String> {
        let best = |count: &dyn Fn(&str) -> u32| {
            let mut best: Option<(u32, &String)> = None;
            for candidate in candidates {
                let met = count(candidate);
                if met > best.map_or(0, |(most, _)| most) {
                    best = Some((met, candidate));
                }
            }
            best.map(|(_, candidate)| candidate.clone())
        };
        let class = class?;
        let verb = 1;
        best(&|lemma| self.count(lemma, class)).or_else(|| {
            (class == verb).then(|| best(&|lemma| self.vocabulary.get(lemma).map_or(0, |counts| counts.all))).flatten()
        })
    }

    /// Plural noun, or third person of a verb.
    fn without_s(&self, word: &str, upos: Upos, xpos: Xpos) -> Option<String> {
        let stem = word.strip_suffix('s').filter(|stem| stem.chars().count() > 1)?;
        let is_long = word.chars().count() > 4;
        let mut candidates = Vec::new();
        let singular_y = word.strip_suffix("ies").filter(|_| is_long).map(|stem| format!("{stem}y"));
        candidates.extend(singular_y.clone());
        if let Some(stem) = word.strip_suffix("ves").filter(|_| xpos == Xpos::Nns) {
            candidates.extend([format!("{stem}f"), format!("{stem}fe")]);
        }
        candidates.extend(word.strip_suffix("es").map(str::to_owned));
        candidates.push(stem.to_owned());
        if let Some(lemma) = self.pick(&candidates, class(upos)).or(singular_y) {
            return Some(lemma);
        }
        if ["sses", "shes", "ches", "xes", "zzes", "oes"].iter().any(|ending| word.ends_with(ending)) {
            return Some(word[..word.len() - 2].to_owned());
        }
        let keeps = ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending));
        Some(if keeps { word } else { stem }.to_owned())
    }

    /// Past form or participle of a regular verb.
    fn without_verb_ending(&self, word: &str, upos: Upos, xpos: Xpos) -> Option<String> {
        let class = class(upos);
        let length = word.chars().count();
        if xpos != Xpos::Vbg
            && length > 4
            && let Some(stem) = word.strip_suffix("ied")
        {
            let candidates = [format!("{stem}y"), format!("{stem}ie")];
            return Some(self.pick(&candidates, class).unwrap_or_else(|| format!("{stem}y")));
        }
        let stem = if xpos == Xpos::Vbg {
            word.strip_suffix("ing").filter(|_| length > 4)
        } else {
            word.strip_suffix("ed").filter(|_| length > 3)
        }?;
        let mut candidates = vec![format!("{stem}e"), stem.to_owned()];
        let single = undoubled(stem);
        candidates.extend(single.filter(|_| stem.chars().count() > 2).map(str::to_owned));
        candidates.extend(stem.strip_suffix("k").filter(|rest| rest.ends_with('c')).map(str::to_owned));
        if xpos == Xpos::Vbg {
            candidates.extend(stem.strip_suffix('y').map(|rest| format!("{rest}ie")));
        }
        if let Some(lemma) = self.pick(&candidates, class) {
            return Some(lemma);
        }
        if let Some(single) = single
            && stem.chars().count() > 3
            && !stem.ends_with(['l', 's', 'z'])
        {
            return Some(single.to_owned());
        }
        Some(if lost_e(stem) { format!("{stem}e") } else { stem.to_owned() })
    }

    /// The plain form of a comparative or superlative without its ending.
    fn positive(&self, stem: &str) -> String {
        let mut candidates = vec![stem.to_owned(), format!("{stem}e")];
        candidates.extend(undoubled(stem).filter(|_| stem.chars().count() > 2).map(str::to_owned));
        let with_y = stem.strip_suffix('i').map(|rest| format!("{rest}y"));
        candidates.extend(with_y.clone());
        self.pick(&candidates, class(Upos::Adj))
            .or_else(|| self.pick(&candidates, class(Upos::Adv)))
            .or(with_y)
            .unwrap_or_else(|| stem.to_owned())
    }
}

/// The stem without the second of two equal last letters.
fn undoubled(stem: &str) -> Option<&str> {
    let mut letters = stem.chars().rev();
    let last = letters.next()?;
    (letters.next() == Some(last)).then(|| &stem[..stem.len() - last.len_utf8()])
}

/// Whether an unknown stem probably ended in a silent e.
fn lost_e(stem: &str) -> bool {
    const WITH: &[&str] = &[
        "at", "iz", "is", "us", "v", "c", "u", "dg", "rg", "nc", "bl", "tl", "pl", "dl", "gl", "kl", "fl", "ur", "ag",
        "eg",
    ];
    const WITHOUT: &[&str] = &["tt", "ss", "eat", "oat", "focus"];
    WITH.iter().any(|ending| stem.ends_with(ending)) && !WITHOUT.iter().any(|ending| stem.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use crate::model::Model;
    use crate::syntax::{Upos, Xpos};

    #[test]
    fn words_find_their_dictionary_form() {
        let check = |word: &str, upos, xpos, expected: &str| {
            assert_eq!(Model::embedded().lemmatiser.lemma(word, upos, xpos), expected, "{word}");
        };
        for (word, expected) in [
            ("upheld", "uphold"),
            ("froze", "freeze"),
            ("frozen", "freeze"),
            ("forbade", "forbid"),
            ("overturned", "overturn"),
            ("withdrew", "withdraw"),
            ("withdrawn", "withdraw"),
            ("overthrown", "overthrow"),
            ("banned", "ban"),
            ("fined", "fine"),
            ("denied", "deny"),
            ("Sanctioned", "sanction"),
            ("geoblocked", "geoblock"),
            ("was", "be"),
            ("cut", "cut"),
        ] {
            check(word, Upos::Verb, Xpos::Vbd, expected);
        }
        check("suing", Upos::Verb, Xpos::Vbg, "sue");
        check("throttling", Upos::Verb, Xpos::Vbg, "throttle");
        check("companies", Upos::Noun, Xpos::Nns, "company");
        check("taxes", Upos::Noun, Xpos::Nns, "tax");
        check("Roskomnadzor", Upos::Propn, Xpos::Nnp, "Roskomnadzor");
        check("Emirates", Upos::Propn, Xpos::Nnps, "Emirate");
        check("bigger", Upos::Adj, Xpos::Jjr, "big");
        check("É", Upos::Noun, Xpos::Nns, "é");
    }
}
