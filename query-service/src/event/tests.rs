use super::*;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use prost::Message;

fn fine() -> v1::Event {
    let party = |role: Role, name: &str, id: &str, kind: EntityKind, country: &str| v1::Participant {
        role: role.into(),
        entity: Some(v1::Entity {
            name: name.into(),
            entity_id: id.into(),
            kind: kind.into(),
            country: country.into(),
        }),
        mention: None,
    };
    v1::Event {
        event_id: "00112233445566778899aabbccddeeff".into(),
        r#type: EventType::Fine.into(),
        factuality: Factuality::Actual.into(),
        participants: vec![
            party(Role::Actor, "Tagansky  Court", "org:tagansky-court", EntityKind::Authority, "RU"),
            party(Role::Target, "Société Générale", "", EntityKind::Organisation, ""),
        ],
        amounts: vec![Money { currency_code: "RUB".into(), units: 15_000_000, nanos: 500_000_000 }],
        occurred: Some(Date { year: 2022, month: 6, day: 0 }),
        countries: vec!["RU".into()],
        reason: "Refusing to store data".into(),
        evidence: Some(v1::Evidence { quote: "The court “fined” it".into(), ..Default::default() }),
        document: Some(v1::Document { document_id: "d1".into(), title: "A Fine".into(), ..Default::default() }),
        confidence: 0.75,
        ..Default::default()
    }
}

fn check_violations(change: impl FnOnce(&mut v1::Event), expected: &Expect) {
    let mut event = fine();
    change(&mut event);
    let shown = match StoredEvent::try_from(&event) {
        Ok(_) => "accepted".to_owned(),
        Err(Error::Invalid(violations)) => violations.iter().map(|one| format!("{one}\n")).collect(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn a_whole_event_is_accepted_and_folded() {
    let event = StoredEvent::try_from(&fine()).unwrap();
    assert_eq!(&*event.participants[0].name, "tagansky court");
    assert_eq!(&*event.participants[1].name, "societe generale");
    assert_eq!(event.participants[1].country, None);
    assert_eq!(event.amounts[0].nanos, 15_000_000_500_000_000);
    assert_eq!(&*event.quote, "the court \"fined\" it");
    assert_eq!(event.occurred.unwrap().to_string(), "2022-06");
    assert_eq!(event.event_id.to_string(), fine().event_id);
}

#[test]
fn every_violation_is_told_at_once() {
    check_violations(
        |event| {
            event.event_id = "00112233445566778899AABBCCDDEEFF".into();
            event.r#type = 99;
            event.factuality = 0;
            event.custom_type = "X".into();
            event.participants[0].role = 0;
            event.participants[1].entity = None;
            event.amounts[0] = Money { currency_code: "rub".into(), units: -1, nanos: -5 };
            event.amount_bound = 9;
            event.occurred = Some(Date { year: 2022, month: 2, day: 29 });
            event.countries = vec!["Russia".into()];
            event.confidence = f64::NAN;
            event.evidence =
                Some(v1::Evidence { quote_span: Some(v1::ByteSpan { start: 3, end: 2 }), ..Default::default() });
            event.document = None;
        },
        &expect![[r#"
            event_id: expected 32 lower-case hexadecimal digits
            type: 99 is not a known value
            factuality: required
            custom_type: allowed only where type is EVENT_TYPE_CUSTOM
            participants[0].role: required
            participants[1].entity.name: required
            amounts[0].currency_code: "rub" is not an ISO 4217 code (three capital letters)
            amounts[0].units: negative
            amounts[0].nanos: expected 0 to 999,999,999
            amount_bound: 9 is not a known value
            occurred: 2022-2-29 is not a date: expected a year from 1 to 9999, then a month or 0, then a day or 0
            countries[0]: "Russia" is not an ISO 3166-1 alpha-2 code (two capital letters)
            confidence: expected a number from 0 to 1
            evidence.quote: required
            evidence.quote_span: ends before it starts
            document.document_id: required
        "#]],
    );
}

#[test]
fn a_custom_type_needs_its_name() {
    check_violations(
        |event| event.r#type = EventType::Custom.into(),
        &expect![[r#"
            custom_type: required where type is EVENT_TYPE_CUSTOM, in UPPER_SNAKE_CASE
        "#]],
    );
    check_violations(
        |event| {
            event.r#type = EventType::Custom.into();
            event.custom_type = "DATA_BREACH".into();
        },
        &expect!["accepted"],
    );
}

#[test]
fn texts_are_found_in_the_encoded_event() {
    let event = fine();
    let encoded = event.encode_to_vec();
    let texts = Texts::read(&encoded);
    assert_eq!(texts.quote, "The court “fined” it");
    assert_eq!(texts.reason, "Refusing to store data");
    assert_eq!((texts.legal_basis, texts.title), ("", "A Fine"));
}

#[test]
fn partial_dates_read_and_print() {
    for text in ["2022", "2022-03", "2022-03-15", "2024-02-29", "0001-01-01"] {
        assert_eq!(PartialDate::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "22", "2022-3", "2022-13", "2022-02-30", "2022-03-15-1", "2022-00", "2022-", "+022", "0000"] {
        assert_eq!(PartialDate::parse(text), None, "{text}");
    }
    let february = PartialDate::parse("2024-02").unwrap();
    assert_eq!(
        (february.first_day().to_string(), february.last_day().to_string()),
        ("2024-02-01".into(), "2024-02-29".into())
    );
    let day = PartialDate::parse("2026-11-22").unwrap();
    assert_eq!(Timestamp::start_of(day).unwrap().to_string(), "2026-11-22T00:00:00Z");
    assert_eq!(Timestamp::parse("2026-11-22T23:59:59.5+02:00").unwrap().day(), Some(day));
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in "\\PC{0,40}|[ \tA-Zİßﬁ½’“é\u{301}]{0,20}") {
        let once = fold(&text);
        prop_assert_eq!(&fold(&once), &once);
    }

    #[test]
    fn any_bytes_have_texts(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _texts = Texts::read(&bytes);
    }
}
