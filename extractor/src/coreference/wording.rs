//! What the words of a phrase tell beside its noun: a person's gender, and how else it describes its party.

use crate::gazetteer::Gazetteer;
use crate::names::Mention;
use crate::syntax::{Deprel, Tree};

/// Gender of a person, as far as words tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    Female,
    Male,
}

impl Gender {
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "he" | "him" | "his" | "himself" | "mr" | "mr." | "sir" | "lord" | "king" | "prince" | "man"
            | "spokesman" | "chairman" | "businessman" | "brother" | "father" | "son" | "husband" | "boy" | "datuk"
            | "congressman" | "councilman" | "policeman" | "actor" | "herr" | "don" | "salesman" | "widower" => {
                Self::Male
            }
            "she" | "her" | "hers" | "herself" | "mrs" | "mrs." | "ms" | "ms." | "miss" | "lady" | "dame" | "queen"
            | "princess" | "woman" | "spokeswoman" | "chairwoman" | "businesswoman" | "sister" | "mother"
            | "daughter" | "wife" | "girl" | "datin" | "congresswoman" | "actress" | "widow" | "baroness" | "frau"
            | "madame" => Self::Female,
            _ => return None,
        })
    }
}

/// Whether a noun names an office that one person holds.
pub(super) fn is_office(noun: &str) -> bool {
    matches!(
        noun,
        "commissioner"
            | "minister"
            | "secretary"
            | "judge"
            | "justice"
            | "magistrate"
            | "ombudsman"
            | "prosecutor"
            | "attorney"
            | "general"
            | "speaker"
            | "receiver"
            | "president"
            | "governor"
            | "mayor"
            | "premier"
            | "chancellor"
            | "chair"
    )
}

/// Words that describe a nominal beside its noun, without countries and such as tell nothing of it.
pub(super) fn modifiers(tree: &Tree, mention: &Mention, gazetteer: &Gazetteer) -> Vec<String> {
    let mut found = Vec::new();
    for &dependent in tree.dependents(mention.head) {
        let word = &tree.words[dependent];
        if dependent >= mention.core.0 || word.mask.is_some() || !matches!(word.deprel, Deprel::Compound | Deprel::Amod)
        {
            continue;
        }
        let form = word.form.to_lowercase();
        let empty = matches!(
            form.as_str(),
            "same"
                | "said"
                | "latter"
                | "former"
                | "own"
                | "new"
                | "whole"
                | "entire"
                | "big"
                | "giant"
                | "large"
                | "small"
                | "tech"
                | "technology"
                | "social"
                | "media"
                | "state"
                | "national"
                | "federal"
                | "local"
                | "foreign"
                | "online"
                | "public"
                | "popular"
                | "embattled"
                | "troubled"
                | "current"
                | "previous"
                | "other"
                | "government"
                | "global"
                | "based"
                | "owned"
                | "run"
                | "registered"
                | "listed"
                | "internet"
                | "digital"
                | "country"
                | "top"
                | "high"
        );
        let place = gazetteer.demonym(&word.form).is_some() || gazetteer.place(&word.form).is_some();
        if !empty && !place {
            found.push(form);
        }
    }
    found
}
