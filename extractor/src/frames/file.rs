//! What a frame file looks like: the shapes that serde reads. `load` gives them meaning.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A list that may be written as one word.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Words {
    One(String),
    Many(Vec<String>),
}

/// Where it stands is told for the whole list: untagged values have no places of their own.
pub(super) type OneOrMany = Spanned<Words>;

impl Words {
    pub(super) fn items(&self) -> &[String] {
        match self {
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) schema: Spanned<String>,
    #[serde(default)]
    pub(super) frame: Vec<Spanned<Frame>>,
    #[serde(default)]
    pub(super) list: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) support: Vec<Spanned<Support>>,
    pub(super) factuality: Option<Factuality>,
    pub(super) attribution: Option<Attribution>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frame {
    pub(super) id: Spanned<String>,
    #[serde(rename = "type")]
    pub(super) event_type: Option<Spanned<String>>,
    #[serde(rename = "types")]
    pub(super) event_types: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    pub(super) verb: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) noun: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) phrase: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) priority: i32,
    #[serde(default)]
    pub(super) under: Vec<String>,
    #[serde(default)]
    pub(super) role: BTreeMap<Spanned<String>, Role>,
    #[serde(default)]
    pub(super) require: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) need: BTreeMap<Spanned<String>, Condition>,
    #[serde(default)]
    pub(super) veto: BTreeMap<Spanned<String>, Condition>,
    #[serde(default)]
    pub(super) negated: bool,
    pub(super) inner: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) yield_to: Vec<Spanned<String>>,
    pub(super) factuality: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) test: Vec<Spanned<Test>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) at: Vec<Spanned<String>>,
    pub(super) is: Option<OneOrMany>,
    #[serde(default)]
    pub(super) soft: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    pub(super) lemma: Option<OneOrMany>,
    pub(super) is: Option<OneOrMany>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    pub(super) text: String,
    #[serde(rename = "type")]
    pub(super) event_type: Option<Spanned<String>>,
    #[serde(default = "yes")]
    pub(super) fires: bool,
    #[serde(default)]
    pub(super) rival: bool,
    #[serde(default)]
    pub(super) want: BTreeMap<Spanned<String>, OneOrMany>,
    pub(super) factuality: Option<Spanned<String>>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Support {
    pub(super) verb: Vec<String>,
    pub(super) at: Vec<Spanned<String>>,
    #[serde(rename = "A0", default)]
    pub(super) giver: Vec<Spanned<String>>,
    #[serde(rename = "A1", default)]
    pub(super) receiver: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Factuality {
    pub(super) modal: BTreeMap<Spanned<String>, Vec<String>>,
    pub(super) embed: BTreeMap<Spanned<String>, Vec<String>>,
    pub(super) mark: BTreeMap<Spanned<String>, Vec<String>>,
    pub(super) negation: Vec<String>,
    pub(super) reported: Vec<String>,
    pub(super) earlier: Vec<String>,
    pub(super) claim: Vec<String>,
    pub(super) refute: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attribution {
    pub(super) verb: Vec<String>,
    pub(super) noun: Vec<String>,
    pub(super) preposition: Vec<String>,
}
