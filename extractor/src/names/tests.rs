//! Whole sentences, read by the embedded model: which names and kinds are found?

use super::*;
use crate::model::Model;
use crate::{mask, tokenize};

fn read(text: &str) -> Vec<Mention> {
    let document = Document { text: text.to_owned(), ..Document::default() };
    let masks = mask::find(text);
    let trees = Model::embedded().annotate_all(&tokenize::tokenize(text, &[], &masks));
    mentions(&document, &trees, Gazetteer::embedded())
}

/// The mention whose name or text is `words`.
fn find<'m>(mentions: &'m [Mention], words: &str) -> &'m Mention {
    let told = || mentions.iter().map(|m| (m.form, m.kind, m.name.as_str())).collect::<Vec<_>>();
    mentions.iter().find(|m| m.name == words).unwrap_or_else(|| panic!("no {words:?} in {:?}", told()))
}

#[test]
fn names_have_one_kind_in_a_document() {
    fn check(text: &str, name: &str, kind: EntityKind) {
        for mention in read(text).iter().filter(|m| m.name == name) {
            assert_eq!(mention.kind, kind, "{name:?} in {text:?}");
        }
        assert_eq!(find(&read(text), name).form, Form::Name);
    }
    check("Roskomnadzor blocked Telegram, Kommersant reported.", "Roskomnadzor", EntityKind::Authority);
    check("Roskomnadzor blocked Telegram, Kommersant reported.", "Telegram", EntityKind::Organisation);
    check("Roskomnadzor blocked Telegram, Kommersant reported.", "Kommersant", EntityKind::Organisation);
    check("The Varnholm District Court fined Zuuka.", "Varnholm District Court", EntityKind::Authority);
    check("The Ministry of Digital Affairs blocked Zuuka.", "Ministry of Digital Affairs", EntityKind::Authority);
    check("Spokesman Dmitry Vartanov denied it.", "Dmitry Vartanov", EntityKind::Person);
    check("Norrskog Holdings Ltd was fined on Monday.", "Norrskog Holdings Ltd", EntityKind::Organisation);
    check("The watchdog, Adecop, opened a case against Perchik.", "Adecop", EntityKind::Authority);
    check("Moscow said it would answer. Washington was silent.", "Washington", EntityKind::Place);
}

#[test]
fn names_end_where_the_next_thing_begins() {
    fn check(text: &str, expected: &[&str]) {
        let found = read(text);
        let names: Vec<&str> = found.iter().filter(|m| m.form == Form::Name).map(|m| m.name.as_str()).collect();
        assert_eq!(names, expected, "{text:?}");
    }
    check(
        "The Securities and Exchange Commission sued Zuuka and Perchik.",
        &["Securities and Exchange Commission", "Zuuka", "Perchik"],
    );
    check("Commerce Secretary Gina Halvorsen spoke in Tampa.", &["Gina Halvorsen", "Tampa"]);
    check("The Competition Commission of Freedonia fined Google.", &["Competition Commission of Freedonia", "Google"]);
    check("Freedonia's Varnholm District Court fined Zuuka.", &["Freedonia", "Varnholm District Court", "Zuuka"]);
    // An office is what somebody is, not who.
    check("The Communications Minister, Gina Halvorsen, warned Zuuka.", &["Gina Halvorsen", "Zuuka"]);
    check("Communications Minister Gina Halvorsen warned Zuuka.", &["Gina Halvorsen", "Zuuka"]);
}

#[test]
fn phrases_tell_country_number_and_how_they_are_determined() {
    fn check(text: &str, words: &str, country: Option<&str>, number: Number, determined: Determined) {
        let all = read(text);
        let mention = all
            .iter()
            .find(|m| m.text == words)
            .unwrap_or_else(|| panic!("no {words:?} in {:?}", all.iter().map(|m| m.text.as_str()).collect::<Vec<_>>()));
        let told = mention.country.map(|country| country.to_string());
        assert_eq!((told.as_deref(), mention.number, mention.determined), (country, number, determined), "{words:?}");
    }
    check("A Moscow court fined it.", "A Moscow court", Some("RU"), Number::Singular, Determined::Indefinite);
    check("The Swiss firm left.", "The Swiss firm", Some("CH"), Number::Singular, Determined::Definite);
    check("Both firms will appeal.", "Both firms", None, Number::Plural, Determined::Definite);
    check("The pair will appeal.", "The pair", None, Number::Plural, Determined::Definite);
    check("Russia's regulator fined it.", "Russia's regulator", Some("RU"), Number::Singular, Determined::Possessed);
    check("The same court fined Zuuka.", "The same court", None, Number::Singular, Determined::Same);
    check("The regulator fined users of WhatsApp.", "users of WhatsApp", None, Number::Plural, Determined::Bare);
}

#[test]
fn pronouns_are_mentions_and_expletives_are_not() {
    let all = read("It was raining when it fined them.");
    let pronouns: Vec<&str> = all.iter().filter(|m| m.form == Form::Pronoun).map(|m| m.text.as_str()).collect();
    assert!(pronouns.contains(&"it") && pronouns.contains(&"them"), "{pronouns:?}");
}

#[test]
fn every_head_is_told_once() {
    let all = read(
        "Google and Apple, which Russia's watchdog fined, said they would appeal to the Supreme Court of India (SCI).",
    );
    let mut heads: Vec<(usize, usize)> = all.iter().map(|m| (m.sentence, m.head)).collect();
    let count = heads.len();
    heads.dedup();
    assert_eq!(heads.len(), count);
}

#[test]
fn a_name_at_the_start_of_a_sentence_is_known_from_another() {
    let all = read("Under the deal, Pixelgrove must pay. Pixelgrove will pay in May.");
    let names: Vec<(usize, Form)> =
        all.iter().filter(|m| m.name == "Pixelgrove").map(|m| (m.sentence, m.form)).collect();
    assert_eq!(names, [(0, Form::Name), (1, Form::Name)]);
}

#[test]
fn a_short_form_in_quotes_is_the_name_before_it() {
    fn check(text: &str, short: &str, name: Option<&str>) {
        let all = read(text);
        let mention = all.iter().find(|m| m.text.contains(short)).unwrap_or_else(|| panic!("no {short:?} in {text:?}"));
        assert_eq!(mention.same_as.map(|other| all[other].name.as_str()), name, "{text:?}");
    }
    check("Vale Sereno S.A. (the \"Company\") will pay 2 million reais.", "Company", Some("Vale Sereno S.A."));
    // Words in quotes that nothing introduces are somebody's words.
    check("Vale Sereno S.A. called the fine of the \"Company\" police unjust.", "Company", None);
}

#[test]
fn an_abbreviation_that_the_text_explains_is_no_better_known_body() {
    fn check(text: &str, entry: bool) {
        let all = read(text);
        let mention = all.iter().rfind(|m| m.name == "FDA").unwrap_or_else(|| panic!("no FDA in {text:?}"));
        assert_eq!(mention.entry.is_some(), entry, "{text:?}");
    }
    check("The Food and Drugs Authority (FDA) closed a plant in Tema. It was told by the FDA on Monday.", false);
    check("The plant was closed by the FDA on Monday.", true);
}
