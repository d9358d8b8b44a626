//! What a party does by the verb beside it: authorities fine, order and ban; parties comply, refuse and appeal.

use crate::syntax::{Deprel, Tree, Upos};

/// Acts of those in power on others.
const POWER: &[&str] = &[
    "accuse",
    "acquit",
    "annul",
    "arrest",
    "ban",
    "bar",
    "blacklist",
    "block",
    "charge",
    "clear",
    "condemn",
    "convict",
    "designate",
    "detain",
    "dismiss",
    "fine",
    "forbid",
    "gazette",
    "impose",
    "indict",
    "instruct",
    "investigate",
    "jail",
    "levy",
    "license",
    "oblige",
    "order",
    "outlaw",
    "overturn",
    "penalise",
    "penalize",
    "probe",
    "prohibit",
    "prosecute",
    "quash",
    "reprimand",
    "require",
    "restrain",
    "rule",
    "saddle",
    "sanction",
    "search",
    "seize",
    "sentence",
    "slap",
    "strike",
    "summon",
    "suspect",
    "throttle",
    "unblock",
    "uphold",
    "warn",
];

/// Acts of those over whom there is power.
const SUBJECTION: &[&str] = &[
    "abide",
    "appeal",
    "apologise",
    "apologize",
    "comply",
    "contest",
    "deny",
    "disobey",
    "exit",
    "face",
    "flout",
    "localise",
    "localize",
    "obey",
    "owe",
    "pay",
    "quit",
    "reapply",
    "refuse",
    "register",
    "resume",
    "ship",
    "sue",
    "supply",
    "violate",
    "withdraw",
];

/// A party's part in the clause that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// It does what those in power do.
    Rules,
    /// That is done to it, or it does what those do to whom it is done.
    Bears,
}

/// What the word does in its clause, as far as the verb tells.
pub(super) fn deed(tree: &Tree, word: usize) -> Option<Deed> {
    let w = &tree.words[word];
    let mut verb = w.head?;
    let mut active = match w.deprel {
        Deprel::Nsubj | Deprel::OblAgent => true,
        Deprel::NsubjPass | Deprel::Obj | Deprel::Iobj => false,
        // "a fine was imposed on it"
        Deprel::Obl
            if tree.with(word, Deprel::Case).any(|case| matches!(tree.words[case].form.as_str(), "on" | "against")) =>
        {
            false
        }
        _ => return None,
    };
    // "it decided to fine", "it has said it will": what the subject goes on to do counts, too.
    loop {
        let lemma = tree.words[verb].lemma.to_lowercase();
        if POWER.contains(&lemma.as_str()) {
            let acts = active && !(w.deprel == Deprel::Nsubj && passive(tree, verb));
            return Some(if acts { Deed::Rules } else { Deed::Bears });
        }
        if active && SUBJECTION.contains(&lemma.as_str()) {
            return Some(Deed::Bears);
        }
        let next = tree.with(verb, Deprel::Xcomp).find(|&below| tree.words[below].upos == Upos::Verb)?;
        if w.deprel != Deprel::Nsubj {
            return None;
        }
        active = !passive(tree, next);
        verb = next;
    }
}

fn passive(tree: &Tree, verb: usize) -> bool {
    tree.first(verb, Deprel::AuxPass).is_some()
}
