//! The fields of an event in words, for rows, lines and records.

use fineprint_proto::google::r#type::{Date, Money};
use fineprint_proto::v1::{self, AmountBound, Factuality, Role};

/// Columns of the CSV form, in order.
pub(super) const COLUMNS: [&str; 21] = [
    "event_id",
    "type",
    "factuality",
    "reported",
    "actors",
    "targets",
    "products",
    "amount",
    "currency",
    "amount_bound",
    "amount_each",
    "occurred",
    "countries",
    "reason",
    "legal_basis",
    "source",
    "confidence",
    "background",
    "document_id",
    "published",
    "quote",
];

/// The values of [`COLUMNS`]; several values of one column stand with "; " between them.
pub(super) fn record(event: &v1::Event) -> [String; COLUMNS.len()] {
    let amount = event.amounts.first();
    let evidence = event.evidence.as_ref();
    let document = event.document.as_ref();
    let bound = event.amount_bound().as_str_name().trim_start_matches("AMOUNT_BOUND_");
    [
        event.event_id.clone(),
        type_name(event),
        factuality(event).to_owned(),
        event.reported.to_string(),
        names(event, Role::Actor).join("; "),
        names(event, Role::Target).join("; "),
        names(event, Role::Product).join("; "),
        amount.map(|money| decimal(money, false)).unwrap_or_default(),
        amount.map(|money| money.currency_code.clone()).unwrap_or_default(),
        if bound == "UNSPECIFIED" { String::new() } else { bound.to_owned() },
        event.amount_each.to_string(),
        event.occurred.as_ref().map(date).unwrap_or_default(),
        event.countries.join("; "),
        event.reason.clone(),
        event.legal_basis.clone(),
        event.attribution.as_ref().map(|told| told.source.clone()).unwrap_or_default(),
        format!("{:.3}", event.confidence),
        event.background.to_string(),
        document.map(|document| document.document_id.clone()).unwrap_or_default(),
        document.and_then(|document| document.published.as_ref()).map(date).unwrap_or_default(),
        evidence.map(|evidence| evidence.quote.clone()).unwrap_or_default(),
    ]
}

/// One event on one line of at most `width` columns.
pub(crate) fn line(event: &v1::Event, width: u16) -> String {
    let mut parts = vec![event.occurred.as_ref().map_or_else(|| " ".repeat(10), |day| format!("{:10}", date(day)))];
    let mut name = type_name(event);
    let certainty = certainty(event);
    if !certainty.is_empty() {
        name = format!("{name} ({certainty})");
    }
    parts.push(name);
    let (actors, targets) = (names(event, Role::Actor).join(", "), names(event, Role::Target).join(", "));
    match (actors.is_empty(), targets.is_empty()) {
        (false, false) => parts.push(format!("{actors} → {targets}")),
        (false, true) => parts.push(actors),
        (true, false) => parts.push(format!("→ {targets}")),
        (true, true) => {}
    }
    parts.extend(amount(event));
    if !event.countries.is_empty() {
        parts.push(event.countries.join(" "));
    }
    parts.extend(event.document.as_ref().map(|document| format!("[{}]", document.document_id)));
    clip(&clean(&parts.join("  ")), width.into())
}

/// The type as filters write it.
pub(super) fn type_name(event: &v1::Event) -> String {
    match event.r#type() {
        v1::EventType::Custom => event.custom_type.clone(),
        other => other.as_str_name().trim_start_matches("EVENT_TYPE_").to_owned(),
    }
}

fn factuality(event: &v1::Event) -> &'static str {
    event.factuality().as_str_name().trim_start_matches("FACTUALITY_")
}

/// What makes an event less than a plain fact; empty for a plain fact.
pub(super) fn certainty(event: &v1::Event) -> String {
    let told = match event.factuality() {
        Factuality::Actual | Factuality::Unspecified => "",
        Factuality::Planned => "planned",
        Factuality::Possible => "possible",
        Factuality::Denied => "denied",
    };
    match (told, event.reported) {
        (told, false) => told.to_owned(),
        ("", true) => "reported".to_owned(),
        (told, true) => format!("{told}, reported"),
    }
}

/// The names of the participants with `role`, in order.
pub(super) fn names(event: &v1::Event, role: Role) -> Vec<String> {
    event
        .participants
        .iter()
        .filter(|participant| participant.role() == role)
        .filter_map(|participant| {
            let name = participant.entity.as_ref().map(|entity| &entity.name).filter(|name| !name.is_empty());
            name.or(participant.mention.as_ref().map(|mention| &mention.text)).cloned()
        })
        .collect()
}

/// The sum as told first, with its bound, in words.
pub(super) fn amount(event: &v1::Event) -> Option<String> {
    let money = event.amounts.first()?;
    let bound = match event.amount_bound() {
        AmountBound::Unspecified => "",
        AmountBound::Approximate => "about ",
        AmountBound::Maximum => "up to ",
        AmountBound::Minimum => "at least ",
    };
    let each = if event.amount_each { " each" } else { "" };
    Some(format!("{bound}{} {}{each}", decimal(money, true), money.currency_code))
}

fn decimal(money: &Money, grouped: bool) -> String {
    let digits = money.units.unsigned_abs().to_string();
    let mut whole = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if grouped && at > 0 && (digits.len() - at).is_multiple_of(3) {
            whole.push(',');
        }
        whole.push(digit);
    }
    let sign = if money.units < 0 || money.nanos < 0 { "-" } else { "" };
    let fraction = format!("{:09}", money.nanos.unsigned_abs());
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// ISO 8601, as exact as the date is.
pub(super) fn date(date: &Date) -> String {
    match (date.month, date.day) {
        (0, _) => format!("{:04}", date.year),
        (month, 0) => format!("{:04}-{month:02}", date.year),
        (month, day) => format!("{:04}-{month:02}-{day:02}", date.year),
    }
}

/// `words` on one line, without characters that steer a terminal.
pub(super) fn clean(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `words` cut to `width` characters.
pub(super) fn clip(words: &str, width: usize) -> String {
    if words.chars().count() <= width {
        return words.to_owned();
    }
    let mut cut: String = words.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_read_as_people_write_them() {
        for (units, nanos, grouped, written) in [
            (15_000_000, 0, true, "15,000,000"),
            (999, 0, true, "999"),
            (1_000, 500_000_000, true, "1,000.5"),
            (-2, -250_000_000, true, "-2.25"),
            (0, 10_000_000, true, "0.01"),
            (15_000_000, 0, false, "15000000"),
            (i64::MIN, 0, false, "-9223372036854775808"),
        ] {
            let money = Money { currency_code: "EUR".to_owned(), units, nanos };
            assert_eq!(decimal(&money, grouped), written);
        }
    }

    #[test]
    fn dates_are_as_exact_as_told() {
        for ((year, month, day), written) in
            [((2022, 6, 16), "2022-06-16"), ((2022, 6, 0), "2022-06"), ((2022, 0, 0), "2022")]
        {
            assert_eq!(date(&Date { year, month, day }), written);
        }
    }

    #[test]
    fn words_that_steer_a_terminal_are_disarmed() {
        assert_eq!(clean("a\u{1b}[2Jb\nc"), "a [2Jb c");
        assert_eq!(clip("abcdef", 4), "abc…");
        assert_eq!(clip("abcd", 4), "abcd");
    }
}
