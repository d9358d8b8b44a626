//! Events at random, the same for the same seed: for property tests, benchmarks and fuzzing.
//!
//! Values come from small lists, some of them skewed, so that random filters find something; every event is valid.

use fineprint_proto::google::r#type::{Date, Money};
use fineprint_proto::v1;

/// A small generator of numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound as u64) as usize
    }

    /// One of a list; the first are the likelier.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let (one, other) = (self.below(list.len()), self.below(list.len()));
        &list[one.min(other)]
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// Names of parties, with id, kind and country.
pub const PARTIES: &[(&str, &str, v1::EntityKind, &str)] = &[
    ("Google", "org:google", v1::EntityKind::Organisation, "US"),
    ("Google LLC", "org:google", v1::EntityKind::Organisation, "US"),
    ("Roskomnadzor", "org:roskomnadzor", v1::EntityKind::Authority, "RU"),
    ("Tagansky District Court", "org:tagansky-court", v1::EntityKind::Authority, "RU"),
    ("Apple", "org:apple", v1::EntityKind::Organisation, "US"),
    ("Telegram", "org:telegram", v1::EntityKind::Organisation, ""),
    ("Société Générale", "name:societe generale", v1::EntityKind::Organisation, "FR"),
    ("European Commission", "org:european-commission", v1::EntityKind::Authority, "EU"),
    ("Pavel Durov", "", v1::EntityKind::Person, ""),
    ("Google Play", "product:google-play", v1::EntityKind::Product, ""),
    ("Moscow", "place:moscow", v1::EntityKind::Place, "RU"),
    ("Russian users", "", v1::EntityKind::Group, "RU"),
    ("The Court", "", v1::EntityKind::Unspecified, ""),
];
/// Media.
pub const SOURCES: &[&str] = &["Reuters", "Kommersant", "Interfax", "TASS", "The New York Times", "RIA Novosti"];
/// Words of quotes and reasons.
pub const WORDS: &[&str] = &[
    "a",
    "court",
    "fined",
    "Google",
    "million",
    "roubles",
    "for",
    "refusing",
    "to",
    "store",
    "personal",
    "data",
    "of",
    "Russian",
    "users",
    "blocked",
    "the",
    "messenger",
    "Telegram",
    "suspended",
    "sales",
    "in",
    "Russia",
    "Société",
    "15",
    "2022",
    "said",
    "on",
    "Thursday",
];
const COUNTRIES: &[&str] = &["RU", "US", "EU", "BY", "CN", "FR"];
const CURRENCIES: &[&str] = &["RUB", "USD", "EUR"];

fn sentence(dice: &mut Dice, words_max: usize) -> String {
    let count = 1 + dice.below(words_max);
    let words: Vec<&str> = (0..count).map(|_| *dice.pick(WORDS)).collect();
    words.join(if dice.once_in(10) { ", " } else { " " })
}

fn maybe(dice: &mut Dice, times: usize, words_max: usize) -> String {
    if dice.once_in(times) { sentence(dice, words_max) } else { String::new() }
}

fn date(dice: &mut Dice) -> Option<Date> {
    let (year, month, day) = (2020 + dice.below(4) as i32, 1 + dice.below(12) as i32, 1 + dice.below(28) as i32);
    match dice.below(6) {
        0 => None,
        1 => Some(Date { year, month: 0, day: 0 }),
        2 => Some(Date { year, month, day: 0 }),
        _ => Some(Date { year, month, day }),
    }
}

fn participant(dice: &mut Dice) -> v1::Participant {
    let (name, id, kind, country) = *dice.pick(PARTIES);
    v1::Participant {
        role: 1 + dice.below(4) as i32,
        entity: Some(v1::Entity {
            name: name.into(),
            entity_id: id.into(),
            kind: kind.into(),
            country: country.into(),
        }),
        mention: Some(v1::Mention { text: "the company".into(), span: Some(v1::ByteSpan { start: 3, end: 14 }) }),
    }
}

/// An event with a sequence and an ingest time that rises with it, by tens of events.
pub fn event(seed: u64, sequence: u64) -> v1::Event {
    let mut rolls = Dice(seed ^ sequence.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let dice = &mut rolls;
    let custom = dice.once_in(20);
    let amounts_count = dice.below(4).saturating_sub(1);
    v1::Event {
        event_id: format!("{:016x}{:016x}", dice.roll(), dice.roll()),
        sequence,
        r#type: if custom { 24 } else { 1 + dice.below(23).min(dice.below(23)) as i32 },
        custom_type: if custom { (*dice.pick(&["DATA_BREACH", "LEAK"])).into() } else { String::new() },
        factuality: 1 + dice.below(4).min(dice.below(4)) as i32,
        reported: dice.once_in(5),
        participants: (0..dice.below(4)).map(|_| participant(dice)).collect(),
        amounts: (0..amounts_count)
            .map(|_| Money {
                currency_code: (*dice.pick(CURRENCIES)).into(),
                units: [0, 1, 5, 34_000, 1_000_000, 15_000_000][dice.below(6)],
                nanos: if dice.once_in(4) { 500_000_000 } else { 0 },
            })
            .collect(),
        amount_bound: dice.below(4).min(dice.below(4)) as i32,
        amount_each: dice.once_in(8),
        occurred: date(dice),
        countries: (0..dice.below(3)).map(|_| (*dice.pick(COUNTRIES)).into()).collect(),
        reason: maybe(dice, 2, 6),
        legal_basis: maybe(dice, 6, 4),
        attribution: dice.once_in(2).then(|| v1::Attribution {
            source: (*dice.pick(SOURCES)).into(),
            speaker: if dice.once_in(3) { PARTIES[dice.below(PARTIES.len())].0.into() } else { String::new() },
        }),
        evidence: Some(v1::Evidence {
            quote: sentence(dice, 12),
            quote_span: Some(v1::ByteSpan { start: 0, end: 60 }),
            trigger_span: Some(v1::ByteSpan { start: 8, end: 13 }),
            frame_id: (*dice.pick(&["fine.verb", "fine.noun", "block.verb", ""])).into(),
        }),
        document: Some(v1::Document {
            document_id: format!("2022-{:02}-{}", 1 + sequence / 5 % 12, sequence / 5),
            title: maybe(dice, 2, 6),
            uri: format!("https://news.example/{}", sequence / 5),
            publisher: (*dice.pick(SOURCES)).into(),
            published: date(dice),
        }),
        confidence: dice.below(101) as f64 / 100.0,
        background: dice.once_in(6),
        ingest_time: Some(prost_types::Timestamp { seconds: 1_795_000_000 + (sequence / 10) as i64, nanos: 0 }),
    }
}

/// A filter at random: terms that the lists above make likely to match, joined in any way.
pub fn filter(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.once_in(3) {
        return term(dice);
    }
    match dice.below(7) {
        0 | 1 => format!("{} AND {}", filter(dice, depth - 1), filter(dice, depth - 1)),
        2 => format!("{} OR {}", grouped(dice, depth), grouped(dice, depth)),
        3 => format!("{} {}", grouped(dice, depth), grouped(dice, depth)),
        4 => format!("NOT {}", grouped(dice, depth)),
        5 => format!("-{}", grouped(dice, depth)),
        _ => grouped(dice, depth),
    }
}

fn grouped(dice: &mut Dice, depth: usize) -> String {
    format!("({})", filter(dice, depth - 1))
}

fn term(dice: &mut Dice) -> String {
    let any = |dice: &mut Dice, list: &[&str]| (*dice.pick(list)).to_owned();
    let relation = any(dice, &["=", "!=", "<", "<=", ">", ">="]);
    let equality = any(dice, &["=", "!=", ":"]);
    let role = any(dice, &["actor", "target", "product", "place", "participant"]);
    let name = any(
        dice,
        &["Google", "google play", "court", "Societe", "Goog*", "org:google", "org:*", "*a*", "*", "tagansky d*"],
    );
    let words =
        any(dice, &["data", "personal data", "fin*", "store per*", "a court fined", "*data*", "*", "Russia*", "*ed"]);
    let part = any(dice, &["o", "data", "al da", "Russia", "15"]);
    let text = any(dice, &["quote", "reason", "legal_basis", "title"]);
    match dice.below(24) {
        0 => format!("type {equality} {}", any(dice, &["FINE", "LAWSUIT", "CUSTOM", "SUBSTITUTION"])),
        1 => format!("factuality {equality} {}", any(dice, &["ACTUAL", "DENIED"])),
        2 => format!("{} = {}", any(dice, &["reported", "background", "amount_each"]), any(dice, &["true", "false"])),
        3 if !name.starts_with("*a") => format!("{role}:\"{name}\""),
        3 | 4 => format!("{role} = \"{name}\""),
        5 => format!(
            "{role}.kind {equality} {}",
            any(dice, &["ORGANISATION", "AUTHORITY", "GROUP", "*"]).replace('*', "PERSON")
        ),
        6 => format!("{role}.country {equality} {}", any(dice, &["US", "RU", "CN"])),
        7 => format!("{role}.id = \"{}\"", any(dice, &["org:google", "org:*", "*", "*court"])),
        8 => format!("country {equality} {}", any(dice, COUNTRIES)),
        9 => format!("amount.{} {relation} {}", any(dice, CURRENCIES), any(dice, &["1000000", "5.5", "0", "34000"])),
        10 => format!("amount:{}", any(dice, &["RUB", "USD", "GBP", "*"])),
        11 => format!(
            "{} {relation} {}",
            any(dice, &["occurred", "published"]),
            any(dice, &["2021", "2021-06", "2022-03-15"])
        ),
        12 => format!(
            "{}:*",
            any(dice, &["occurred", "reason", "source", "custom_type", "amount_bound", "type", "target.id", "country"])
        ),
        13 => format!("sequence {relation} {}", dice.below(400)),
        14 => format!("confidence {relation} {}", any(dice, &["0.5", "0.9", "0", "1"])),
        15 => format!("source {} \"{}\"", equality.replace(':', "="), any(dice, &["Reuters", "The*", "*ass", "*o*"])),
        16 => format!("publisher:\"{}\"", any(dice, &["new york", "tass", "novo*"])),
        17 if !words.starts_with('*') => format!("{text}:\"{words}\""),
        17 | 18 => format!("{text} = \"{words}\""),
        19 if !words.starts_with('*') => format!("\"{words}\""),
        19 | 20 => format!("contains({text}, \"{part}\")"),
        21 => format!(
            "matches({text}, \"{}\")",
            any(dice, &["^a ", "data$", "fined .* (million|data)", "soci[eé]t", "\\\\d+"])
        ),
        22 => format!(
            "participant({}, \"{name}\"{})",
            any(dice, &["ACTOR", "TARGET", "ANY"]),
            any(dice, &["", ", AUTHORITY", ", US", ", ORGANISATION, US"])
        )
        .replace("\"*a*\"", "*"),
        _ => any(
            dice,
            &[
                "ingest_time >= 2026-11-18T00:00:00Z",
                "ingest_time < \"2026-11-18\"",
                "ingest_time = \"2026-11\"",
                "document_id = \"2022-0*\"",
                "document_id = \"*-7\"",
                "frame = \"fine.*\"",
                "custom_type = LEAK",
                "event_id = \"00000000000000000000000000000000\"",
                "ingest_time > 2026-11-18T11:06:50Z",
            ],
        ),
    }
}
