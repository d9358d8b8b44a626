//! What passes which filter, on a handful of events.

use super::NOW;
use crate::event::{EntityKind, EventType, Factuality, Role, StoredEvent};
use crate::filter::compile;
use expect_test::{Expect, expect};
use fineprint_proto::google::r#type::{Date, Money};
use fineprint_proto::v1;

fn party(role: Role, name: &str, id: &str, kind: EntityKind, country: &str) -> v1::Participant {
    let entity = v1::Entity { name: name.into(), entity_id: id.into(), kind: kind.into(), country: country.into() };
    v1::Participant { role: role.into(), entity: Some(entity), mention: None }
}

fn event(number: u32, event_type: EventType, quote: &str) -> v1::Event {
    v1::Event {
        event_id: format!("{number:032x}"),
        sequence: u64::from(number),
        r#type: event_type.into(),
        factuality: Factuality::Actual.into(),
        evidence: Some(v1::Evidence { quote: quote.into(), frame_id: "a.verb".into(), ..Default::default() }),
        document: Some(v1::Document { document_id: format!("doc-{number}"), ..Default::default() }),
        confidence: f64::from(number) / 10.0,
        ingest_time: Some(prost_types::Timestamp { seconds: 1_795_348_800 - i64::from(number) * 3_600, nanos: 0 }),
        ..Default::default()
    }
}

fn money(currency: &str, units: i64) -> Money {
    Money { currency_code: currency.into(), units, nanos: 0 }
}

/// A fine, a block that is denied, a suspension with little known, and a type of a user's own.
fn events() -> Vec<(&'static str, StoredEvent)> {
    let fine = v1::Event {
        participants: vec![
            party(Role::Actor, "Tagansky District Court", "org:tagansky", EntityKind::Authority, "RU"),
            party(Role::Target, "Google LLC", "org:google", EntityKind::Organisation, "US"),
        ],
        amounts: vec![money("RUB", 15_000_000), money("USD", 265_000)],
        occurred: Some(Date { year: 2022, month: 6, day: 16 }),
        countries: vec!["RU".into()],
        reason: "repeatedly refusing to store data".into(),
        attribution: Some(v1::Attribution { source: "Interfax".into(), speaker: String::new() }),
        ..event(1, EventType::Fine, "A Russian court on Thursday fined Google 15 million rubles")
    };
    let block = v1::Event {
        factuality: Factuality::Denied.into(),
        participants: vec![
            party(Role::Actor, "Roskomnadzor", "org:roskomnadzor", EntityKind::Authority, "RU"),
            party(Role::Target, "Telegram", "org:telegram", EntityKind::Organisation, ""),
            party(Role::Target, "Société Générale", "", EntityKind::Organisation, "FR"),
        ],
        occurred: Some(Date { year: 2022, month: 3, day: 0 }),
        countries: vec!["RU".into(), "BY".into()],
        reported: true,
        ..event(2, EventType::Block, "Roskomnadzor denied that it blocked Telegram")
    };
    let suspension = v1::Event {
        participants: vec![party(Role::Actor, "Google Play", "", EntityKind::Unspecified, "")],
        occurred: Some(Date { year: 2022, month: 0, day: 0 }),
        ..event(3, EventType::Suspension, "Google Play paused sales")
    };
    let breach = v1::Event {
        custom_type: "DATA_BREACH".into(),
        amounts: vec![money("RUB", 500)],
        ..event(4, EventType::Custom, "Data leaked")
    };
    [("fine", fine), ("block", block), ("suspension", suspension), ("breach", breach)]
        .map(|(name, event)| (name, StoredEvent::try_from(&event).unwrap()))
        .into()
}

fn check(filters: &[&str], expected: &Expect) {
    let events = events();
    let mut shown = String::new();
    for filter in filters {
        let predicate = compile(filter, NOW).unwrap_or_else(|error| panic!("{}", error.problem().render(filter)));
        let passed: Vec<&str> =
            events.iter().filter(|(_, event)| predicate.matches(event)).map(|(name, _)| *name).collect();
        shown.push_str(&format!("{filter}  ->  {}\n", passed.join(" ")));
    }
    expected.assert_eq(&shown);
}

#[test]
fn what_is_unset_fails_every_test_and_passes_its_negation() {
    check(
        &[
            "reason:*",
            "NOT reason:*",
            "reason = \"x\"",
            "reason != \"x\"",
            "NOT reason = \"x\"",
            "source != Reuters",
            "NOT source = Reuters",
            "occurred != 2021",
            "NOT occurred = 2021",
            "occurred > 2000",
            "NOT occurred > 2000",
            "amount.RUB != 500",
            "NOT amount.RUB = 500",
            "target != Telegram",
            "NOT target = Telegram",
            "actor.kind != AUTHORITY",
            "actor.kind:*",
            "country != RU",
            "amount_bound:*",
            "custom_type != X",
        ],
        &expect![[r#"
            reason:*  ->  fine
            NOT reason:*  ->  block suspension breach
            reason = "x"  ->  
            reason != "x"  ->  fine
            NOT reason = "x"  ->  fine block suspension breach
            source != Reuters  ->  fine
            NOT source = Reuters  ->  fine block suspension breach
            occurred != 2021  ->  fine block suspension
            NOT occurred = 2021  ->  fine block suspension breach
            occurred > 2000  ->  fine block suspension
            NOT occurred > 2000  ->  breach
            amount.RUB != 500  ->  fine
            NOT amount.RUB = 500  ->  fine block suspension
            target != Telegram  ->  fine
            NOT target = Telegram  ->  fine suspension breach
            actor.kind != AUTHORITY  ->  
            actor.kind:*  ->  fine block
            country != RU  ->  
            amount_bound:*  ->  
            custom_type != X  ->  breach
        "#]],
    );
}

#[test]
fn dates_hold_for_every_day_that_they_may_stand_for() {
    check(
        &[
            "occurred = 2022",
            "occurred = 2022-03",
            "occurred = 2022-06",
            "occurred = 2022-06-16",
            "occurred:2022-06",
            "occurred >= 2022",
            "occurred >= 2022-01",
            "occurred >= 2022-03",
            "occurred >= 2022-03-02",
            "occurred > 2022-02",
            "occurred > 2022-03",
            "occurred > 2022",
            "occurred > 2021",
            "occurred <= 2022",
            "occurred <= 2022-03",
            "occurred <= 2022-03-31",
            "occurred <= 2022-03-30",
            "occurred < 2022-04",
            "occurred < 2022-03-31",
            "occurred < 2023",
            "occurred < 2022",
            "occurred:*",
        ],
        &expect![[r#"
            occurred = 2022  ->  fine block suspension
            occurred = 2022-03  ->  block
            occurred = 2022-06  ->  fine
            occurred = 2022-06-16  ->  fine
            occurred:2022-06  ->  fine
            occurred >= 2022  ->  fine block suspension
            occurred >= 2022-01  ->  fine block suspension
            occurred >= 2022-03  ->  fine block
            occurred >= 2022-03-02  ->  fine
            occurred > 2022-02  ->  fine block
            occurred > 2022-03  ->  fine
            occurred > 2022  ->  
            occurred > 2021  ->  fine block suspension
            occurred <= 2022  ->  fine block suspension
            occurred <= 2022-03  ->  block
            occurred <= 2022-03-31  ->  block
            occurred <= 2022-03-30  ->  
            occurred < 2022-04  ->  block
            occurred < 2022-03-31  ->  
            occurred < 2023  ->  fine block suspension
            occurred < 2022  ->  
            occurred:*  ->  fine block suspension
        "#]],
    );
}

#[test]
fn names_are_found_by_word_whole_part_and_id() {
    check(
        &[
            "target:Google",
            "target:google",
            "target = Google",
            "target = \"google llc\"",
            "target = \"Google*\"",
            "target:\"LLC\"",
            "target:Goo",
            "target:Goo*",
            "target:\"oogle\"",
            "contains(target, \"oogle\")",
            "target:\"org:google\"",
            "target = \"org:*\"",
            "target.id = \"org:goo*\"",
            "target.id:*",
            "actor:Google",
            "participant:Google",
            "target:\"societe generale\"",
            "target = SOCIÉTÉ*",
            "matches(target, \"^soci.t.\")",
            "actor.kind = AUTHORITY",
            "target.country = US",
            "participant.country = FR",
            "target:(Telegram Generale)",
            "target:(Telegram OR Google)",
            "participant(ACTOR, court)",
            "participant(TARGET, court)",
            "participant(TARGET, *, ORGANISATION, FR)",
            "participant(TARGET, Telegram, FR)",
            "participant(ANY, \"org:telegram\")",
            "target:\"Google LLC\"",
            "target:\"LLC Google\"",
            "target:(LLC Google)",
        ],
        &expect![[r#"
            target:Google  ->  fine
            target:google  ->  fine
            target = Google  ->  
            target = "google llc"  ->  fine
            target = "Google*"  ->  fine
            target:"LLC"  ->  fine
            target:Goo  ->  
            target:Goo*  ->  fine
            target:"oogle"  ->  
            contains(target, "oogle")  ->  fine
            target:"org:google"  ->  fine
            target = "org:*"  ->  fine block
            target.id = "org:goo*"  ->  fine
            target.id:*  ->  fine block
            actor:Google  ->  suspension
            participant:Google  ->  fine suspension
            target:"societe generale"  ->  block
            target = SOCIÉTÉ*  ->  block
            matches(target, "^soci.t.")  ->  block
            actor.kind = AUTHORITY  ->  fine block
            target.country = US  ->  fine
            participant.country = FR  ->  block
            target:(Telegram Generale)  ->  block
            target:(Telegram OR Google)  ->  fine block
            participant(ACTOR, court)  ->  fine
            participant(TARGET, court)  ->  
            participant(TARGET, *, ORGANISATION, FR)  ->  block
            participant(TARGET, Telegram, FR)  ->  
            participant(ANY, "org:telegram")  ->  block
            target:"Google LLC"  ->  fine
            target:"LLC Google"  ->  
            target:(LLC Google)  ->  fine
        "#]],
    );
}

#[test]
fn words_are_looked_for_in_quote_and_names() {
    check(
        &[
            "Google",
            "google",
            "\"Google Play\"",
            "Play",
            "fined",
            "fine",
            "fine*",
            "Tagansky",
            "\"court on thursday\"",
            "\"thursday court\"",
            "court Thursday",
            "generale",
            "data",
            "quote:data",
            "reason:data",
            "reason:\"store data\"",
            "reason = \"*store data\"",
            "reason = \"store*\"",
            "matches(reason, \"STORE\\\\s+data$\")",
            "Google -fined",
            "Google OR Telegram",
            "Google AND Telegram OR fined",
        ],
        &expect![[r#"
            Google  ->  fine suspension
            google  ->  fine suspension
            "Google Play"  ->  suspension
            Play  ->  suspension
            fined  ->  fine
            fine  ->  
            fine*  ->  fine
            Tagansky  ->  fine
            "court on thursday"  ->  fine
            "thursday court"  ->  
            court Thursday  ->  fine
            generale  ->  block
            data  ->  breach
            quote:data  ->  breach
            reason:data  ->  fine
            reason:"store data"  ->  fine
            reason = "*store data"  ->  fine
            reason = "store*"  ->  
            matches(reason, "STORE\\s+data$")  ->  fine
            Google -fined  ->  suspension
            Google OR Telegram  ->  fine block suspension
            Google AND Telegram OR fined  ->  fine
        "#]],
    );
}

#[test]
fn numbers_flags_and_ids() {
    check(
        &[
            "amount.RUB >= 15000000",
            "amount.RUB > 15000000",
            "amount.RUB > 1e6",
            "amount.RUB < 1000",
            "amount:USD",
            "amount:*",
            "amount.EUR > 0",
            "NOT amount.USD > 0",
            "confidence >= 0.2",
            "confidence < 0.2",
            "sequence > 2",
            "sequence = 2",
            "reported = true",
            "reported = false",
            "reported:*",
            "event_id = \"00000000000000000000000000000002\"",
            "document_id = \"doc-*\"",
            "document_id = \"DOC-1\"",
            "custom_type = \"DATA_*\"",
            "type = CUSTOM",
            "ingest_time >= ago(\"2h\")",
            "ingest_time < ago(\"2h\")",
            "ingest_time = \"2026-11-22\"",
            "ingest_time > 2026-11",
            "type:*",
            "NOT type:*",
            "type = (FINE OR BLOCK)",
            "frame = a.verb",
            "country = RU AND (type = BLOCK OR type = THROTTLE) AND -factuality = DENIED",
            "type = FINE AND target:\"Google\" AND amount.RUB >= 1000000 AND occurred >= \"2022-01\"",
        ],
        &expect![[r#"
            amount.RUB >= 15000000  ->  fine
            amount.RUB > 15000000  ->  
            amount.RUB > 1e6  ->  fine
            amount.RUB < 1000  ->  breach
            amount:USD  ->  fine
            amount:*  ->  fine breach
            amount.EUR > 0  ->  
            NOT amount.USD > 0  ->  block suspension breach
            confidence >= 0.2  ->  block suspension breach
            confidence < 0.2  ->  fine
            sequence > 2  ->  suspension breach
            sequence = 2  ->  block
            reported = true  ->  block
            reported = false  ->  fine suspension breach
            reported:*  ->  block
            event_id = "00000000000000000000000000000002"  ->  block
            document_id = "doc-*"  ->  fine block suspension breach
            document_id = "DOC-1"  ->  
            custom_type = "DATA_*"  ->  breach
            type = CUSTOM  ->  breach
            ingest_time >= ago("2h")  ->  fine block
            ingest_time < ago("2h")  ->  suspension breach
            ingest_time = "2026-11-22"  ->  fine block suspension breach
            ingest_time > 2026-11  ->  
            type:*  ->  fine block suspension breach
            NOT type:*  ->  
            type = (FINE OR BLOCK)  ->  fine block
            frame = a.verb  ->  fine block suspension breach
            country = RU AND (type = BLOCK OR type = THROTTLE) AND -factuality = DENIED  ->  
            type = FINE AND target:"Google" AND amount.RUB >= 1000000 AND occurred >= "2022-01"  ->  fine
        "#]],
    );
}
