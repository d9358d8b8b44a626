//! The forms of a verb or noun, made when frames are loaded, so that a wrong lemma cannot hide a trigger.

/// Irregular verbs that news uses: base, third person, past, past participle, -ing form.
const IRREGULAR: &[(&str, &[&str])] = &[
    ("be", &["is", "are", "was", "were", "been", "being", "am"]),
    ("become", &["becomes", "became", "becoming"]),
    ("begin", &["begins", "began", "begun", "beginning"]),
    ("bind", &["binds", "bound", "binding"]),
    ("bite", &["bites", "bit", "bitten", "biting"]),
    ("bow", &["bows", "bowed", "bowing"]),
    ("break", &["breaks", "broke", "broken", "breaking"]),
    ("bring", &["brings", "brought", "bringing"]),
    ("build", &["builds", "built", "building"]),
    ("buy", &["buys", "bought", "buying"]),
    ("cast", &["casts", "casting"]),
    ("catch", &["catches", "caught", "catching"]),
    ("choke", &["chokes", "choked", "choking"]),
    ("come", &["comes", "came", "coming"]),
    ("cut", &["cuts", "cutting"]),
    ("deal", &["deals", "dealt", "dealing"]),
    ("do", &["does", "did", "done", "doing"]),
    ("drag", &["drags", "dragged", "dragging"]),
    ("draw", &["draws", "drew", "drawn", "drawing"]),
    ("fall", &["falls", "fell", "fallen", "falling"]),
    ("fight", &["fights", "fought", "fighting"]),
    ("find", &["finds", "found", "finding"]),
    ("forbid", &["forbids", "forbade", "forbad", "forbidden", "forbidding"]),
    ("freeze", &["freezes", "froze", "frozen", "freezing"]),
    ("get", &["gets", "got", "gotten", "getting"]),
    ("give", &["gives", "gave", "given", "giving"]),
    ("go", &["goes", "went", "gone", "going"]),
    ("hand", &["hands", "handed", "handing"]),
    ("have", &["has", "had", "having"]),
    ("hear", &["hears", "heard", "hearing"]),
    ("hit", &["hits", "hitting"]),
    ("hold", &["holds", "held", "holding"]),
    ("keep", &["keeps", "kept", "keeping"]),
    ("lay", &["lays", "laid", "laying"]),
    ("lead", &["leads", "led", "leading"]),
    ("leave", &["leaves", "left", "leaving"]),
    ("let", &["lets", "letting"]),
    ("lie", &["lies", "lay", "lain", "lying", "lied"]),
    ("lose", &["loses", "lost", "losing"]),
    ("make", &["makes", "made", "making"]),
    ("mete", &["metes", "meted", "meting"]),
    ("meet", &["meets", "met", "meeting"]),
    ("overthrow", &["overthrows", "overthrew", "overthrown", "overthrowing"]),
    ("overturn", &["overturns", "overturned", "overturning"]),
    ("pay", &["pays", "paid", "paying"]),
    ("put", &["puts", "putting"]),
    ("quit", &["quits", "quitted", "quitting"]),
    ("read", &["reads", "reading"]),
    ("rid", &["rids", "ridding"]),
    ("rise", &["rises", "rose", "risen", "rising"]),
    ("run", &["runs", "ran", "running"]),
    ("say", &["says", "said", "saying"]),
    ("see", &["sees", "saw", "seen", "seeing"]),
    ("seek", &["seeks", "sought", "seeking"]),
    ("sell", &["sells", "sold", "selling"]),
    ("send", &["sends", "sent", "sending"]),
    ("set", &["sets", "setting"]),
    ("shake", &["shakes", "shook", "shaken", "shaking"]),
    ("show", &["shows", "showed", "shown", "showing"]),
    ("shut", &["shuts", "shutting"]),
    ("slam", &["slams", "slammed", "slamming"]),
    ("slap", &["slaps", "slapped", "slapping"]),
    ("speak", &["speaks", "spoke", "spoken", "speaking"]),
    ("split", &["splits", "splitting"]),
    ("stand", &["stands", "stood", "standing"]),
    ("steal", &["steals", "stole", "stolen", "stealing"]),
    ("stick", &["sticks", "stuck", "sticking"]),
    ("sting", &["stings", "stung", "stinging"]),
    ("strike", &["strikes", "struck", "stricken", "striking"]),
    ("sue", &["sues", "sued", "suing"]),
    ("swear", &["swears", "swore", "sworn", "swearing"]),
    ("take", &["takes", "took", "taken", "taking"]),
    ("tear", &["tears", "tore", "torn", "tearing"]),
    ("tell", &["tells", "told", "telling"]),
    ("throw", &["throws", "threw", "thrown", "throwing"]),
    ("uphold", &["upholds", "upheld", "upholding"]),
    ("withdraw", &["withdraws", "withdrew", "withdrawn", "withdrawing"]),
    ("withhold", &["withholds", "withheld", "withholding"]),
    ("withstand", &["withstands", "withstood", "withstanding"]),
    ("wind", &["winds", "wound", "winding"]),
    ("win", &["wins", "won", "winning"]),
    ("write", &["writes", "wrote", "written", "writing"]),
    ("overrule", &["overrules", "overruled", "overruling"]),
    ("undertake", &["undertakes", "undertook", "undertaken", "undertaking"]),
    ("undo", &["undoes", "undid", "undone", "undoing"]),
    ("spell", &["spells", "spelled", "spelt", "spelling"]),
    ("bid", &["bids", "bade", "bidden", "bidding"]),
    ("think", &["thinks", "thought", "thinking"]),
    ("rethink", &["rethinks", "rethought", "rethinking"]),
    ("sink", &["sinks", "sank", "sunk", "sinking"]),
    ("shrink", &["shrinks", "shrank", "shrunk", "shrinking"]),
    ("swing", &["swings", "swung", "swinging"]),
    ("forgo", &["forgoes", "forwent", "forgone", "forgoing"]),
    ("grind", &["grinds", "ground", "grinding"]),
    ("bend", &["bends", "bent", "bending"]),
    ("bear", &["bears", "bore", "borne", "bearing"]),
    ("part", &["parts", "parted", "parting"]),
    ("hang", &["hangs", "hung", "hanged", "hanging"]),
    ("lean", &["leans", "leant", "leaned", "leaning"]),
    ("spend", &["spends", "spent", "spending"]),
    ("lend", &["lends", "lent", "lending"]),
    ("choose", &["chooses", "chose", "chosen", "choosing"]),
    ("drive", &["drives", "drove", "driven", "driving"]),
    ("forsake", &["forsakes", "forsook", "forsaken", "forsaking"]),
    ("feed", &["feeds", "fed", "feeding"]),
    ("retake", &["retakes", "retook", "retaken", "retaking"]),
    ("cost", &["costs", "costing"]),
    ("shed", &["sheds", "shedding"]),
    ("fly", &["flies", "flew", "flown", "flying"]),
    ("hide", &["hides", "hid", "hidden", "hiding"]),
    ("oversee", &["oversees", "oversaw", "overseen", "overseeing"]),
];

/// All forms of the verb `base`, itself first.
pub(super) fn verb_forms(base: &str) -> Vec<String> {
    let mut forms = vec![base.to_owned()];
    if let Some((_, irregular)) = IRREGULAR.iter().find(|(verb, _)| *verb == base) {
        forms.extend(irregular.iter().map(|&form| form.to_owned()));
        return forms;
    }
    forms.push(plural(base));
    let stem = base.strip_suffix('e');
    if let Some(stem) = stem {
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
    forms
}

/// The noun `base` and its plural.
pub(super) fn noun_forms(base: &str) -> Vec<String> {
    vec![base.to_owned(), plural(base)]
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

/// The stem with its last consonant twice, where English may double it ("bar" → "barr"). Both spellings are made
/// for longer verbs ("cancelled", "canceled"): a form that nobody writes does no harm.
fn doubled(base: &str) -> Option<String> {
    let mut letters = base.chars().rev();
    let (last, before, third) = (letters.next()?, letters.next()?, letters.next());
    let vowel = |c: char| "aeiou".contains(c);
    let closed = !vowel(last) && !"wxy".contains(last) && vowel(before) && !third.is_some_and(vowel);
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
    }

    #[test]
    fn nouns_have_their_plural() {
        assert_eq!(noun_forms("penalty"), ["penalty", "penalties"]);
        assert_eq!(noun_forms("launch"), ["launch", "launches"]);
    }
}
