//! The forms of a verb or noun, made when frames are loaded, so that a wrong lemma cannot hide a trigger.

use std::sync::OnceLock;

use hashbrown::HashMap;

/// Base form, then past forms and participles: the list by which the model finds dictionary forms.
static IRREGULAR: &str = include_str!("../../data/model/irregular.txt");

/// Forms that neither the rules of spelling nor the list of past forms gives.
const OTHERS: [(&str, &[&str]); 3] = [("be", &["is", "are", "am", "being"]), ("have", &["has"]), ("lie", &["lay"])];

fn irregular(base: &str) -> &'static [&'static str] {
    static TABLE: OnceLock<HashMap<&str, Vec<&str>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let lines = IRREGULAR.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some((words.next()?, words.collect()))
            })
            .collect()
    });
    table.get(base).map_or(&[], Vec::as_slice)
}

/// All forms of the verb `base`, itself first. Regular forms are made of irregular verbs, too: a form that nobody writes does
/// no harm.
pub(super) fn verb_forms(base: &str) -> Vec<String> {
    let mut forms = vec![base.to_owned(), plural(base)];
    if let Some(stem) = base.strip_suffix('e') {
        forms.push(format!("{stem}ed"));
        if let Some(stem) = base.strip_suffix("ie") {
            forms.push(format!("{stem}ying"));
        } else if base.ends_with("ee") || base.ends_with("oe") || base.ends_with("ye") {
            forms.push(format!("{base}ing"));
        } else {
            forms.push(format!("{stem}ing"));
        }
    } else if let Some(stem) = base.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        forms.push(format!("{stem}ied"));
        forms.push(format!("{base}ing"));
    } else {
        let doubled = doubled(base);
        for stem in std::iter::once(base).chain(doubled.as_deref()) {
            forms.push(format!("{stem}ed"));
            forms.push(format!("{stem}ing"));
        }
    }
    let others = OTHERS.iter().filter(|(verb, _)| *verb == base).flat_map(|(_, others)| *others);
    forms.extend(irregular(base).iter().chain(others).map(|&form| form.to_owned()));
    forms
}

/// Nouns whose plural the rules of spelling do not give.
const PLURALS: [(&str, &str); 6] = [
    ("child", "children"),
    ("half", "halves"),
    ("knife", "knives"),
    ("life", "lives"),
    ("person", "people"),
    ("wife", "wives"),
];

/// The noun `base` and its plurals. Of "policeman" and "video" both are made: a form that nobody writes does no harm.
pub(super) fn noun_forms(base: &str) -> Vec<String> {
    let mut forms = vec![base.to_owned(), plural(base)];
    forms.extend(base.strip_suffix("man").map(|stem| format!("{stem}men")));
    // "embargoes", but "videos".
    forms.extend(base.ends_with('o').then(|| format!("{base}s")));
    forms.extend(PLURALS.iter().filter(|(noun, _)| *noun == base).map(|(_, plural)| (*plural).to_owned()));
    forms
}

fn plural(base: &str) -> String {
    if let Some(stem) = base.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']) && !stem.is_empty())
    {
        return format!("{stem}ies");
    }
    if base.ends_with(['s', 'x', 'z']) || base.ends_with("ch") || base.ends_with("sh") || base.ends_with('o') {
        return format!("{base}es");
    }
    format!("{base}s")
}

/// The stem with its last consonant twice, where English may double it ("bar" → "barr", "quit" → "quitt"). Both spellings
/// are made for longer verbs ("cancelled", "canceled").
fn doubled(base: &str) -> Option<String> {
    let mut letters = base.chars().rev();
    let (last, before, third, fourth) = (letters.next()?, letters.next()?, letters.next(), letters.next());
    let vowel = |c: char| "aeiou".contains(c);
    let long = third.is_some_and(vowel) && !(third == Some('u') && fourth == Some('q'));
    let closed = !vowel(last) && !"wxy".contains(last) && vowel(before) && !long;
    closed.then(|| format!("{base}{last}"))
}

#[cfg(test)]
mod tests {
    use super::{noun_forms, verb_forms};

    fn check(base: &str, wanted: &[&str]) {
        let forms = verb_forms(base);
        for form in wanted {
            assert!(forms.iter().any(|f| f == form), "{base}: {form} not in {forms:?}");
        }
    }

    #[test]
    fn verbs_have_their_forms() {
        check("fine", &["fine", "fines", "fined", "fining"]);
        check("ban", &["bans", "banned", "banning"]);
        check("levy", &["levies", "levied", "levying"]);
        check("freeze", &["froze", "frozen"]);
        check("punish", &["punishes", "punished"]);
        check("cancel", &["cancelled", "canceled", "cancelling"]);
        check("appeal", &["appealed", "appealing"]);
        check("agree", &["agreed", "agreeing"]);
        check("obey", &["obeys", "obeyed"]);
        check("have", &["has", "had", "having"]);
        check("be", &["is", "are", "was", "were", "been", "being"]);
        check("cut", &["cuts", "cut", "cutting"]);
        check("dig", &["dug", "digging"]);
        check("quit", &["quits", "quitting"]);
        check("uphold", &["upheld", "upholding"]);
    }

    #[test]
    fn nouns_have_their_plural() {
        assert_eq!(noun_forms("penalty"), ["penalty", "penalties"]);
        assert_eq!(noun_forms("launch"), ["launch", "launches"]);
        assert!(noun_forms("video").contains(&"videos".to_owned()));
        assert!(noun_forms("policeman").contains(&"policemen".to_owned()));
        assert!(noun_forms("person").contains(&"people".to_owned()));
    }
}
