//! Whole texts, read by the embedded model: whom does a phrase stand for?

use super::*;
use crate::document::{Block, ByteSpan};
use crate::model::Model;
use crate::{mask, names, tokenize};

fn read(text: &str) -> (Vec<Tree>, Chains) {
    let mut blocks = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = ByteSpan::new(at, at + line.trim_end().len());
        let kind = match line.trim_end() {
            line if line.starts_with("Read more:") => BlockKind::Teaser,
            line if !line.ends_with(['.', '”', '"']) => BlockKind::Title,
            _ => BlockKind::Body,
        };
        if span.end > span.start {
            blocks.push(Block { span, kind });
        }
        at += line.len();
    }
    let document = Document { text: text.to_owned(), blocks, ..Document::default() };
    let masks = mask::find(text);
    let trees: Vec<Tree> = Model::embedded()
        .annotate_all(&tokenize::tokenize(text, &document.blocks, &masks))
        .into_iter()
        .map(Tree::with_described_names)
        .collect();
    let gazetteer = Gazetteer::embedded();
    let mentions = names::mentions(&document, &trees, gazetteer);
    let chains = resolve(&document, &trees, mentions, gazetteer);
    (trees, chains)
}

/// Checks whom each of `expected` stands for: the words, which occurrence of them (from 1), the names.
fn check(text: &str, expected: &[(&str, usize, &[&str])]) {
    let (trees, chains) = read(text);
    for &(words, occurrence, names) in expected {
        let (at, _) =
            text.match_indices(words).nth(occurrence - 1).unwrap_or_else(|| panic!("{words:?} is not in the text"));
        let end = at + words.len();
        let mention = chains
            .mentions()
            .iter()
            .filter(|m| {
                let span = trees[m.sentence].words[m.head].span;
                at <= span.start as usize && (span.end as usize) <= end
            })
            .max_by_key(|m| m.span.end - m.span.start)
            .unwrap_or_else(|| panic!("no mention in {words:?}"));
        let found: Vec<&str> = chains.parties(mention.sentence, mention.head).iter().map(|c| c.name.as_str()).collect();
        assert_eq!(found, names, "{words:?}, occurrence {occurrence}");
    }
}

#[test]
fn short_names_join_their_full_names() {
    check(
        "Zentora fined again\nZentora Logistics B.V. was fined by the Competition Bureau. Zentora said it would appeal.",
        &[
            ("Zentora", 1, &["Zentora Logistics B.V."]),
            ("Zentora", 3, &["Zentora Logistics B.V."]),
            (" it ", 1, &["Zentora Logistics B.V."]),
        ],
    );
    check(
        "Theo Ostrander was convicted of fraud. Ostrander said he would appeal.",
        &[("Ostrander", 2, &["Theo Ostrander"]), (" he ", 1, &["Theo Ostrander"])],
    );
}

#[test]
fn acronyms_join_the_names_that_they_abbreviate() {
    check(
        "The Maritime Safety Commission (MSC) fined Harborline. The MSC said the company had ignored warnings.",
        &[("MSC", 2, &["Maritime Safety Commission"]), ("the company", 1, &["Harborline"])],
    );
    check(
        "The Telecommunications Authority of Freedonia blocked the site. The TAF gave no reason.",
        &[("TAF", 1, &["Telecommunications Authority of Freedonia"])],
    );
}

#[test]
fn different_names_never_join() {
    check(
        "Google Play removed the app. Google said nothing. Apple Pay stopped working and Apple apologised.",
        &[
            ("Google", 2, &["Google"]),
            ("Apple", 2, &["Apple"]),
            ("Google Play", 1, &["Google Play"]),
            ("Apple Pay", 1, &["Apple Pay"]),
        ],
    );
    check(
        "Lanhai Precision was blacklisted. Its sister company Lanhai Quantum was spared.",
        &[("Lanhai Precision", 1, &["Lanhai Precision"]), ("Lanhai Quantum", 1, &["Lanhai Quantum"])],
    );
    check(
        "Moscow blocked the shares of the Moscow Exchange.",
        &[("Moscow", 1, &["Moscow"]), ("Moscow Exchange", 1, &["Moscow Exchange"])],
    );
}

#[test]
fn nominals_take_the_antecedent_of_their_kind() {
    check(
        "Roskomnadzor slowed down the messenger Perchik on Monday. The watchdog said the messenger had ignored its demands.",
        &[("The watchdog", 1, &["Roskomnadzor"]), ("the messenger", 2, &["Perchik"])],
    );
    check(
        "The Swiss messenger service Threema will not hand over keys to Roskomnadzor. The company told reporters so on Friday.",
        &[("The company", 1, &["Threema"])],
    );
    check(
        "Ryanair sued Booking.com in Dublin. The airline wants damages from the platform.",
        &[("The airline", 1, &["Ryanair"]), ("the platform", 1, &["Booking.com"])],
    );
    check(
        "A Moscow court fined Google on Thursday. The court said that the US tech giant had refused to delete posts.",
        &[("The court", 1, &["A Moscow court"]), ("the US tech giant", 1, &["Google"])],
    );
}

#[test]
fn a_word_of_a_name_alone_calls_no_body_of_another_kind() {
    check(
        "The Securities and Exchange Commission sued Coinvale on Monday. The exchange said it would fight.",
        &[("The exchange", 1, &["Coinvale"])],
    );
    check(
        "The Securities and Exchange Commission sued Coinvale on Monday. The commission said it would win.",
        &[("The commission", 1, &["Securities and Exchange Commission"])],
    );
}

#[test]
fn a_description_and_the_name_behind_it_are_one_party() {
    fn check(text: &str, name: &str, kind: EntityKind) {
        let (_, chains) = read(text);
        let told = chains.chains().iter().filter(|chain| chain.kind != EntityKind::Other);
        let found: Vec<(&str, EntityKind)> = told.map(|chain| (chain.name.as_str(), chain.kind)).collect();
        assert_eq!(found, [(name, kind)], "{text:?}");
    }
    check("Oil trader Vitrel said nothing.", "Vitrel", EntityKind::Organisation);
    check("Carmaker Valmont stopped.", "Valmont", EntityKind::Organisation);
    check("Carmaker Valmont stopped sales.", "Valmont", EntityKind::Organisation);
}

#[test]
fn a_nominal_without_antecedent_stands_for_itself() {
    check(
        "The communications ministry blocked Zuuka on Monday.",
        &[("The communications ministry", 1, &["The communications ministry"])],
    );
    check("A court in Bursa fined Zuuka. Another court acquitted it.", &[("Another court", 1, &["Another court"])]);
}

#[test]
fn plurals_stand_for_their_members() {
    check(
        "Russia fined Zuuka and Perchik on Monday. Both companies said they would appeal.",
        &[("Both companies", 1, &["Zuuka", "Perchik"])],
    );
    check(
        "Hamisi Kesh and Daudi Kesh were arrested on Friday. The pair deny the charges.",
        &[("The pair", 1, &["Hamisi Kesh", "Daudi Kesh"])],
    );
}

#[test]
fn headlines_find_their_names_in_the_body() {
    check(
        "Court fines Zuuka for refusing to delete posts\nThe Varnholm District Court on Monday fined the video app Zuuka.",
        &[("Court", 1, &["Varnholm District Court"])],
    );
}

#[test]
fn we_are_those_who_speak() {
    check(
        "Red Altavoz, a network of radio stations, was fined on Monday. “We will appeal,” Red Altavoz said.",
        &[("We", 1, &["Red Altavoz"])],
    );
}

#[test]
fn a_spokesman_speaks_for_his_body() {
    check(
        "Zentora was fined on Monday. “We will appeal,” said its founder, Ana Lima. “We owe nothing.”",
        &[("We", 1, &["Zentora"]), ("We", 2, &["Zentora"])],
    );
    check(
        "The Competition Bureau fined Zentora. “We take no orders from anybody,” a Perchik executive said.",
        &[("We", 1, &["Perchik"])],
    );
}

#[test]
fn a_statement_speaks_for_whom_its_first_lines_name() {
    check(
        "Zentora must pay its drivers\nHarborline Group regrets the silence of the carrier Zentora. We wrote to the ministry. We will not sell our boats to it.",
        &[("We", 1, &["Harborline Group"]), ("We", 2, &["Harborline Group"])],
    );
}

#[test]
fn pronouns_do_what_their_party_does() {
    check(
        "Verizon says the Maritime Safety Commission went too far when it fined the carrier.",
        &[(" it ", 1, &["Maritime Safety Commission"]), ("the carrier", 1, &["Verizon"])],
    );
}

#[test]
fn the_latter_is_the_second_of_two() {
    check(
        "The court fined Zentora and Harborline on Monday. The latter will appeal.",
        &[("The latter", 1, &["Harborline"])],
    );
}

#[test]
fn a_pronoun_of_nobody_known_is_unresolved() {
    let (trees, chains) = read("They were fined.");
    let they = trees[0].words.iter().position(|word| word.form == "They").unwrap_or_default();
    assert!(chains.is_unresolved(0, they));
}

#[test]
fn relative_pronouns_stand_for_their_noun() {
    check("Zentora, which was fined by the Competition Bureau, will appeal.", &[("which", 1, &["Zentora"])]);
}

#[test]
fn teasers_lend_no_names() {
    check(
        "Perchik was fined on Monday.\nRead more: Zuuka leaves the market\nThe company will appeal.",
        &[("The company", 1, &["Perchik"])],
    );
}

#[test]
fn entity_ids_are_those_of_the_gazetteer_or_the_folded_name() {
    let (_, chains) = read("Google was fined in Russia. Zentora Logistics B.V. was not.");
    let ids: Vec<&str> = chains.chains().iter().map(|chain| chain.entity_id.as_str()).collect();
    assert_eq!(ids, ["org:google", "country:RU", "name:zentora logistics"]);
}

#[test]
fn no_text_fails_and_long_texts_take_linear_time() {
    for text in ["", " ", "\u{feff}", "He.", "The the the.", "“", "and and", "X", "'s", "Google's"] {
        let _ = read(text);
    }
    let sentence = "Zentora fined Perchik on Monday, and the company said it would appeal.\n";
    let time = |count: usize| {
        let (_, chains) = read(&sentence.repeat(count));
        chains.mentions().len()
    };
    assert_eq!(time(40), 10 * time(4));
}
