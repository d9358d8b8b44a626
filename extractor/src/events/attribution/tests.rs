//! Whom a text credits: the source of its first event of the given type.

use crate::{
    document::{Document, InputForm, Metadata, decode},
    pipeline::Extractor,
};

fn read(text: &str) -> Document {
    decode(text.as_bytes(), InputForm::Text, Metadata::default()).unwrap().0
}

fn check(text: &str, event_type: &str, source: &str) {
    let extractor = Extractor::embedded().unwrap();
    let events = extractor.extract(&read(text)).events;
    let found = events.iter().find(|event| event.event_type.as_str() == event_type);
    assert_eq!(found.map(|event| event.source.as_str()), Some(source), "{text}: {events:#?}");
}

#[test]
fn a_verb_of_saying_above_the_act_credits_its_subject() {
    check("Interfax reported on Monday that a court in Perm had fined Zuuka 3 million roubles.", "FINE", "Interfax");
    check("The regulator said that it had blocked Zuuka for refusing to open an office.", "BLOCK", "The regulator");
    check("Deputy minister Oskar Lund warned that Zuuka would be blocked in March.", "BLOCK", "Oskar Lund");
}

#[test]
fn an_aside_credits_whoever_speaks_in_it() {
    check(
        "Zuuka has been blocked in the country, the telecoms watchdog said on Friday.",
        "BLOCK",
        "the telecoms watchdog",
    );
    check("Zuuka was fined $2m by a court in Lagos, its lawyer, Amara Obi, told reporters.", "FINE", "Amara Obi");
    check("Zuuka was fined 2 million euros, said the mediator, Petra Holm.", "FINE", "Petra Holm");
    check("Zuuka was fined 2 million euros, Reuters reports.", "FINE", "Reuters");
    check("Zuuka was fined 2 million euros, Norwegian media reported.", "FINE", "Norwegian media");
}

#[test]
fn a_phrase_of_reference_credits_who_follows_it() {
    check("According to Kommersant, Zuuka was fined 2 million roubles.", "FINE", "Kommersant");
    check(
        "Zuuka was fined 2 million roubles, a spokesman told the Interfax news agency.",
        "FINE",
        "Interfax news agency",
    );
}

#[test]
fn a_headline_takes_the_credit_of_the_lead() {
    check(
        "Court fines Zuuka 2 million roubles\n\nA court in Perm has fined Zuuka 2 million roubles, TASS reported.",
        "FINE",
        "TASS",
    );
}

#[test]
fn nobody_is_credited_for_what_the_text_tells_itself() {
    check("A court in Perm has fined Zuuka 2 million roubles.", "FINE", "");
    check("A court in Perm ordered Zuuka to pay a fine of 2 million roubles.", "FINE", "");
}
