use super::*;

#[test]
fn embedded_tables_load() {
    let gazetteer = load::embedded().unwrap_or_else(|error| panic!("{error}"));
    let organisations = gazetteer.entries().iter().filter(|entry| entry.entity_id.starts_with("org:")).count();
    let authorities = gazetteer.entries().iter().filter(|entry| entry.kind == EntityKind::Authority).count();
    assert!(organisations + authorities >= 800, "{organisations} organisations, {authorities} authorities");
    assert!(gazetteer.entries().iter().filter(|entry| entry.kind == EntityKind::Country).count() >= 250);
}

#[test]
fn entity_ids_are_unique() {
    let mut ids: Vec<&str> = Gazetteer::embedded().entries().iter().map(|entry| entry.entity_id.as_str()).collect();
    ids.sort_unstable();
    for pair in ids.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
}

#[test]
fn names_are_found_under_all_their_forms() {
    fn check(name: &str, expected: Option<&str>) {
        let found = Gazetteer::embedded().lookup(name).map(|entry| entry.entity_id.as_str());
        assert_eq!(found, expected, "{name:?}");
    }
    check("Google", Some("org:google"));
    check("GOOGLE", Some("org:google"));
    check("Google's", Some("org:google"));
    check("Google’s", Some("org:google"));
    check("google", None);
    check("Google LLC", Some("org:google"));
    check("OOO Yandex", Some("org:yandex"));
    check("Gazprom PJSC", Some("org:gazprom"));
    check("Apple Inc.", Some("org:apple"));
    check("Meta Platforms, Inc.", Some("org:meta-platforms"));
    check("the Meta", Some("org:meta-platforms"));
    check("Booking.com", Some("org:booking-com"));
    check("X", Some("org:x"));
    check("x", None);
    check("the FTC", Some("authority:federal-trade-commission"));
    check("Sec", None);
    check("SEC", Some("authority:securities-and-exchange-commission"));
    check("Roskomnadzor", Some("authority:roskomnadzor"));
    check("Kommersant", Some("org:kommersant"));
    check("Telegram", Some("org:telegram"));
    check("U.S.", Some("country:US"));
    check("US", Some("country:US"));
    check("us", None);
    check("Us", None);
    check("the United States", Some("country:US"));
    check("EU", Some("country:EU"));
    check("Kremlin", Some("authority:kremlin"));
    check("Moscow", Some("place:moscow"));
    check("iPhone", Some("product:iphone"));
    check("Zorblax Industries", None);
}

#[test]
fn demonyms_tell_countries() {
    fn check(word: &str, expected: Option<&str>) {
        let found = Gazetteer::embedded().demonym(word).map(|country| country.to_string());
        assert_eq!(found.as_deref(), expected, "{word:?}");
    }
    check("Russian", Some("RU"));
    check("Russians", Some("RU"));
    check("Swiss", Some("CH"));
    check("Dutch", Some("NL"));
    check("Briton", Some("GB"));
    check("polish", None);
    check("us", None);
    check("U.S.", Some("US"));
    check("South Korean", Some("KR"));
    check("Company", None);
}

#[test]
fn places_and_seats_tell_countries() {
    fn check(name: &str, place: Option<&str>, state: Option<&str>) {
        let gazetteer = Gazetteer::embedded();
        assert_eq!(gazetteer.place(name).map(|c| c.to_string()).as_deref(), place, "place {name:?}");
        assert_eq!(gazetteer.state(name).map(|c| c.to_string()).as_deref(), state, "state {name:?}");
    }
    check("Moscow", Some("RU"), Some("RU"));
    check("Washington", Some("US"), Some("US"));
    check("Brussels", Some("EU"), Some("EU"));
    check("Novosibirsk", Some("RU"), None);
    check("Texas", Some("US"), None);
    check("The Hague", Some("NL"), Some("NL"));
    check("Russia", Some("RU"), Some("RU"));
    check("Atlantis", None, None);
}

#[test]
fn nouns_tell_kinds() {
    fn check(lemma: &str, expected: Option<EntityKind>) {
        assert_eq!(Gazetteer::embedded().head_noun(lemma), expected, "{lemma:?}");
    }
    check("watchdog", Some(EntityKind::Authority));
    check("messenger", Some(EntityKind::Organisation));
    check("app", Some(EntityKind::Product));
    check("user", Some(EntityKind::Group));
    check("spokesman", Some(EntityKind::Person));
    check("ex-minister", Some(EntityKind::Person));
    check("country", Some(EntityKind::Country));
    check("banana", None);
}

#[test]
fn a_folder_replaces_tables_and_errors_name_the_line() {
    fn check(file: &str, text: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(file), text).unwrap();
        let error = Gazetteer::load(folder.path()).map(|_| ()).unwrap_err().to_string();
        let error = error.replace(&format!("{}/", folder.path().display()), "");
        assert_eq!(error, expected);
    }
    check(
        "organisations.tsv",
        "# ours\nZorblax\tRUS\tbank\n",
        "organisations.tsv:2: \"RUS\" in column 2; expected a country code of two capital letters, or nothing",
    );
    check(
        "organisations.tsv",
        "Zorblax\n",
        "organisations.tsv:1: 1 columns; expected columns separated by tabs: name, country, sector, other names",
    );
    check(
        "organisations.tsv",
        "Zorblax\tNL\tbank\nOther\tNL\tbank\tZORBLAX\n",
        "organisations.tsv:2: \"ZORBLAX\", which line 1 has, too; expected each name once",
    );
    check(
        "nouns.tsv",
        "widget\tTHING\t*\n",
        "nouns.tsv:1: \"THING\" in column 2; expected ORGANISATION, AUTHORITY, PERSON, COUNTRY, PLACE, PRODUCT, GROUP or OTHER",
    );

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("organisations.tsv"), "Zorblax\tNL\tbank\tZBX\n").unwrap();
    let gazetteer = Gazetteer::load(folder.path()).unwrap();
    assert_eq!(gazetteer.lookup("ZBX").map(|entry| entry.name.as_str()), Some("Zorblax"));
    assert_eq!(gazetteer.lookup("Google").map(|entry| entry.kind), None);
    assert_eq!(gazetteer.lookup("Ofcom").map(|entry| entry.kind), Some(EntityKind::Authority));
}
