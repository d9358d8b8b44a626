//! Events as a table.

use super::words::{amount, certainty, clean, clip, date, names, type_name};
use comfy_table::LineStyle;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};
use fineprint_proto::v1::{self, Role};

/// Width where no terminal tells one.
const WIDTH_DEFAULT: u16 = 120;

/// Below this width the document and the confidence are left out, above [`QUOTE_WIDTH`] the quote is shown.
const NARROW_WIDTH: u16 = 90;
const QUOTE_WIDTH: u16 = 150;

/// Columns of the terminal; `COLUMNS` where there is none.
pub(crate) fn terminal_width() -> u16 {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|&columns| columns >= 20);
    let terminal = Table::new().set_content_arrangement(ContentArrangement::Dynamic).width();
    terminal.or(told).unwrap_or(WIDTH_DEFAULT).max(20)
}

/// A table of `events` that is at most `width` columns wide. It holds colours; a stream without them takes them out.
pub(crate) fn render(events: &[v1::Event], width: u16) -> String {
    let (narrow, quoted) = (width < NARROW_WIDTH, width >= QUOTE_WIDTH);
    let mut table = Table::new();
    table
        .load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .enforce_styling();
    let mut header = vec!["when", "what", "who", "whom", "amount", "where"];
    if !narrow {
        header.extend(["sure", "document"]);
    }
    if quoted {
        header.push("words");
    }
    table.set_header(header.into_iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    for event in events {
        let certainty = certainty(event);
        let what = if certainty.is_empty() { type_name(event) } else { format!("{} ({certainty})", type_name(event)) };
        let actors = names(event, Role::Actor).join(", ");
        let mut whom = names(event, Role::Target);
        if whom.is_empty() {
            whom = names(event, Role::Product);
        }
        let mut row = vec![
            Cell::new(event.occurred.as_ref().map(date).unwrap_or_default()),
            Cell::new(clean(&what)).fg(colour(event)),
            Cell::new(clean(&actors)),
            Cell::new(clean(&whom.join(", "))),
            Cell::new(amount(event).unwrap_or_default()).set_alignment(CellAlignment::Right),
            Cell::new(clean(&event.countries.join(" "))),
        ];
        if !narrow {
            let document = event.document.as_ref().map(|document| document.document_id.as_str()).unwrap_or_default();
            row.push(Cell::new(format!("{:.2}", event.confidence)));
            row.push(Cell::new(clip(&clean(document), 24)));
        }
        if quoted {
            let quote = event.evidence.as_ref().map(|evidence| evidence.quote.as_str()).unwrap_or_default();
            row.push(Cell::new(clip(&clean(quote), 160)).add_attribute(Attribute::Dim));
        }
        table.add_row(row);
    }
    table.trim_fmt()
}

fn colour(event: &v1::Event) -> Color {
    match event.factuality() {
        v1::Factuality::Denied => Color::DarkGrey,
        v1::Factuality::Planned | v1::Factuality::Possible => Color::Yellow,
        v1::Factuality::Actual | v1::Factuality::Unspecified => match event.r#type() {
            v1::EventType::Lifting | v1::EventType::Resumption | v1::EventType::Compliance => Color::Green,
            _ => Color::Red,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> v1::Event {
        let participant = |role: Role, name: &str| v1::Participant {
            role: role.into(),
            entity: Some(v1::Entity { name: name.to_owned(), ..v1::Entity::default() }),
            mention: None,
        };
        v1::Event {
            r#type: v1::EventType::Fine.into(),
            factuality: v1::Factuality::Possible.into(),
            participants: vec![
                participant(Role::Actor, "Moscow's Tagansky District Court"),
                participant(Role::Target, "Zoom Video Communications"),
            ],
            amounts: vec![fineprint_proto::google::r#type::Money {
                currency_code: "RUB".to_owned(),
                units: 15_000_000,
                nanos: 0,
            }],
            countries: vec!["RU".to_owned()],
            document: Some(v1::Document {
                document_id: "a-document-with-a-very-long-name-indeed".to_owned(),
                ..v1::Document::default()
            }),
            ..v1::Event::default()
        }
    }

    #[test]
    fn a_table_fits_its_width() {
        for width in [40u16, 60, 80, 100, 120, 160, 240] {
            let plain = anstream::adapter::strip_str(&render(&[event(), event()], width)).to_string();
            for line in plain.lines() {
                assert!(line.chars().count() <= usize::from(width), "{width}: {line}");
            }
            let joined: String = plain.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(joined.contains("FINE"), "{plain}");
        }
    }

    #[test]
    fn a_row_holds_what_happened() {
        let plain = anstream::adapter::strip_str(&render(&[event()], 160)).to_string();
        for words in
            ["FINE (possible)", "Moscow's Tagansky District Court", "Zoom Video Communications", "15,000,000 RUB", "RU"]
        {
            assert!(plain.contains(words), "{words} in {plain}");
        }
    }
}
