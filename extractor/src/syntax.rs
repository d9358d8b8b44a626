//! Sentences as plain Universal Dependencies values: words with tags, and a tree over them. No inference happens here.

pub mod conllu;
mod described;

use crate::document::{BlockKind, ByteSpan};

macro_rules! labels {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the labels are those of Universal Dependencies; see universaldependencies.org")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// Every label, in the order of the enum.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The label as CoNLL-U writes it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The label that CoNLL-U writes as `text`.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

labels! {
    /// Universal part of speech.
    Upos {
        Adj = "ADJ", Adp = "ADP", Adv = "ADV", Aux = "AUX", Cconj = "CCONJ", Det = "DET", Intj = "INTJ", Noun = "NOUN",
        Num = "NUM", Part = "PART", Pron = "PRON", Propn = "PROPN", Punct = "PUNCT", Sconj = "SCONJ", Sym = "SYM",
        Verb = "VERB", X = "X",
    }
}

labels! {
    /// Part of speech as the Penn Treebank names it: tense, number and participles are told here.
    Xpos {
        Nn = "NN", In = "IN", Dt = "DT", Nnp = "NNP", Jj = "JJ", Prp = "PRP", Stop = ".", Rb = "RB", Comma = ",",
        Nns = "NNS", Vb = "VB", Cc = "CC", Vbp = "VBP", Vbd = "VBD", Vbz = "VBZ", Cd = "CD", Vbn = "VBN", Vbg = "VBG",
        To = "TO", Md = "MD", PrpPoss = "PRP$", Uh = "UH", Colon = ":", Rrb = "-RRB-", Lrb = "-LRB-", Wdt = "WDT",
        Wrb = "WRB", Wp = "WP", Hyph = "HYPH", OpenQuote = "``", CloseQuote = "''", Rp = "RP", Pos = "POS",
        Nnps = "NNPS", Jjr = "JJR", Jjs = "JJS", Ex = "EX", Rbr = "RBR", Sym = "SYM", Fw = "FW", Nfp = "NFP",
        Currency = "$", Gw = "GW", Add = "ADD", Pdt = "PDT", Rbs = "RBS", Ls = "LS", Afx = "AFX", WpPoss = "WP$",
    }
}

labels! {
    /// Universal dependency relation, with the subtypes that extraction needs; rarer ones are merged into their base.
    Deprel {
        Acl = "acl", AclRelcl = "acl:relcl", Advcl = "advcl", Advmod = "advmod", Amod = "amod", Appos = "appos",
        Aux = "aux", AuxPass = "aux:pass", Case = "case", Cc = "cc", CcPreconj = "cc:preconj", Ccomp = "ccomp",
        Compound = "compound", CompoundPrt = "compound:prt", Conj = "conj", Cop = "cop", Csubj = "csubj",
        CsubjPass = "csubj:pass", Dep = "dep", Det = "det", DetPredet = "det:predet", Discourse = "discourse",
        Dislocated = "dislocated", Expl = "expl", Fixed = "fixed", Flat = "flat", Goeswith = "goeswith", Iobj = "iobj",
        List = "list", Mark = "mark", Nmod = "nmod", NmodPoss = "nmod:poss", NmodUnmarked = "nmod:unmarked",
        Nsubj = "nsubj", NsubjPass = "nsubj:pass", Nummod = "nummod", Obj = "obj", Obl = "obl", OblAgent = "obl:agent",
        OblUnmarked = "obl:unmarked", Orphan = "orphan", Parataxis = "parataxis", Punct = "punct",
        Reparandum = "reparandum", Root = "root", Vocative = "vocative", Xcomp = "xcomp",
    }
}

impl Deprel {
    /// The label that stands for a treebank's `text`, with subtypes that this set leaves out merged into their base.
    pub fn merged(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| match text {
            "obl:tmod" | "obl:npmod" => Some(Self::OblUnmarked),
            "nmod:tmod" | "nmod:npmod" => Some(Self::NmodUnmarked),
            other => Self::parse(other.split(':').next().unwrap_or(other)),
        })
    }
}

/// Kind of a name as the network tags it; `names` mends it with the gazetteer and a vote over the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// A person.
    Person,
    /// A company, agency, court, medium or other body.
    Organisation,
    /// A country, city or other place.
    Location,
}

impl NameKind {
    /// The kind as the files of the name tagger write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "PER",
            Self::Organisation => "ORG",
            Self::Location => "LOC",
        }
    }
}

/// A word's place in a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NameTag {
    /// Not in a name.
    #[default]
    Outside,
    /// First word of a name.
    Begin(NameKind),
    /// Later word of a name.
    Inside(NameKind),
}

impl NameTag {
    /// The tag that is written `O`, `B-ORG`, `I-ORG` and the like.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "O" {
            return Some(Self::Outside);
        }
        let (place, kind) = text.split_once('-')?;
        let all = [NameKind::Person, NameKind::Organisation, NameKind::Location];
        let kind = all.into_iter().find(|known| known.as_str() == kind)?;
        match place {
            "B" => Some(Self::Begin(kind)),
            "I" => Some(Self::Inside(kind)),
            _ => None,
        }
    }
}

impl std::fmt::Display for NameTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Outside => f.write_str("O"),
            Self::Begin(kind) => write!(f, "B-{}", kind.as_str()),
            Self::Inside(kind) => write!(f, "I-{}", kind.as_str()),
        }
    }
}

/// One word of a sentence with all that the model tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands in the document's text. A masked word covers the whole expression ("15 million rubles").
    pub span: ByteSpan,
    /// The word as written; for a masked word the form that the model saw.
    pub form: String,
    /// Dictionary form, lower case but for proper nouns.
    pub lemma: String,
    /// Universal part of speech.
    pub upos: Upos,
    /// Penn part of speech.
    pub xpos: Xpos,
    /// Index of the head in the sentence; none for the root.
    pub head: Option<usize>,
    /// Relation to the head.
    pub deprel: Deprel,
    /// Place in a name.
    pub name: NameTag,
    /// Index of the masked expression in the document's masks, where the word stands for one.
    pub mask: Option<usize>,
}

/// A sentence with its tree: exactly one root, no cycle.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Where the sentence stands in the document's text.
    pub span: ByteSpan,
    /// Kind of the block that the sentence stands in.
    pub block: BlockKind,
    /// The words, in order.
    pub words: Vec<Word>,
    dependents: Vec<Vec<usize>>,
}

impl Tree {
    /// A tree over `words`, whose heads must form one.
    pub fn new(span: ByteSpan, block: BlockKind, words: Vec<Word>) -> Self {
        let mut dependents = vec![Vec::new(); words.len()];
        for (index, word) in words.iter().enumerate() {
            if let Some(head) = word.head {
                dependents[head].push(index);
            }
        }
        Self { span, block, words, dependents }
    }

    /// Index of the root; none for an empty sentence.
    pub fn root(&self) -> Option<usize> {
        self.words.iter().position(|word| word.head.is_none())
    }

    /// Indices of the words whose head is `index`, in order.
    pub fn dependents(&self, index: usize) -> &[usize] {
        &self.dependents[index]
    }

    /// Dependents of `index` with relation `deprel`, in order.
    pub fn with(&self, index: usize, deprel: Deprel) -> impl Iterator<Item = usize> + '_ {
        self.dependents[index].iter().copied().filter(move |&d| self.words[d].deprel == deprel)
    }

    /// First dependent of `index` with relation `deprel`.
    pub fn first(&self, index: usize, deprel: Deprel) -> Option<usize> {
        self.with(index, deprel).next()
    }

    /// All words below `index` and itself, in order of the sentence.
    pub fn subtree(&self, index: usize) -> Vec<usize> {
        self.subtree_without(index, |_| false)
    }

    /// The subtree of `index` without the dependents (and all below them) for which `leave_out` holds.
    pub fn subtree_without(&self, index: usize, leave_out: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut found = vec![index];
        let mut next = 0;
        while next < found.len() {
            let word = found[next];
            next += 1;
            found.extend(self.dependents[word].iter().copied().filter(|&d| !leave_out(d)));
        }
        found.sort_unstable();
        found
    }

    /// Whether `below` is `above` or one of its descendants.
    pub fn dominates(&self, above: usize, below: usize) -> bool {
        let mut at = Some(below);
        while let Some(index) = at {
            if index == above {
                return true;
            }
            at = self.words[index].head;
        }
        false
    }

    /// The relations from one word up to the common one above and down to the other, shortened where they are many.
    pub fn path(&self, from: usize, to: usize) -> String {
        let chain = |mut word: usize| {
            let mut all = vec![word];
            while let Some(head) = self.words[word].head {
                all.push(head);
                word = head;
            }
            all
        };
        let (up, down) = (chain(from), chain(to));
        let Some(meet) = up.iter().copied().find(|word| down.contains(word)) else { return "apart".to_owned() };
        let rises: Vec<&str> = up.iter().take_while(|&&w| w != meet).map(|&w| self.words[w].deprel.as_str()).collect();
        let falls: Vec<&str> =
            down.iter().take_while(|&&w| w != meet).map(|&w| self.words[w].deprel.as_str()).collect();
        if rises.len() + falls.len() > 4 {
            return format!("long/{}/{}", rises.len().min(4), falls.len().min(4));
        }
        let mut text = String::new();
        for step in rises {
            text.push('^');
            text.push_str(step);
        }
        for step in falls.iter().rev() {
            text.push('_');
            text.push_str(step);
        }
        text
    }
}
