//! Names that are another's in this text.

use std::collections::BTreeSet;

use super::units::Unit;
use crate::document::ByteSpan;
use crate::gazetteer::{Gazetteer, fold};
use crate::syntax::Tree;

/// "The Food and Drugs Authority (FDA)" of Accra: an abbreviation that the text explains is not the better known body that
/// the gazetteer calls so, where the two are called by other nouns.
pub(super) fn unlink(text: &str, trees: &[Tree], gazetteer: &Gazetteer, all: &mut [Vec<Unit>]) {
    let name = |tree: &Tree, unit: &Unit| {
        let words = &tree.words;
        ByteSpan { start: words[unit.first].span.start, end: words[unit.last].span.end }.of(text)
    };
    let mut explained = BTreeSet::new();
    for (tree, units) in trees.iter().zip(all.iter()) {
        for unit in units.iter().filter(|unit| unit.entry.is_none()) {
            let noun = tree.words[unit.last].form.to_lowercase();
            for alias in &unit.aliases {
                let known = gazetteer.lookup(alias);
                if known.is_some_and(|entry| !fold(&entry.name).split(' ').any(|word| word == noun)) {
                    explained.insert(alias.clone());
                }
            }
        }
    }
    if explained.is_empty() {
        return;
    }
    for (tree, units) in trees.iter().zip(all) {
        for unit in units {
            if explained.contains(name(tree, unit)) {
                unit.entry = None;
            }
        }
    }
}
