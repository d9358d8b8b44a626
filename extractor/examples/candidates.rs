//! Prints every candidate event of the documents on standard input, one JSON object a line: what `training/` fits
//! confidence on. The input is JSON lines with `id`, `text` and `published`.
//!
//!     cargo run --release -p extractor --example candidates [--merged] [FRAMES] < documents.jsonl
//!
//! `--merged` prints the events after acts told twice were made one; FRAMES is a folder of frame files to try.

use std::io::{self, BufRead as _, Write as _};

use extractor::{
    document::{Document, InputForm, decode, read_record},
    events,
    pipeline::{Extractor, Options},
};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let merged = std::env::args().any(|argument| argument == "--merged");
    let frames = std::env::args().skip(1).find(|argument| argument != "--merged").map(Into::into);
    let options = Options { frames, ..Options::default() };
    let extractor = Extractor::new(&options)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let record = read_record(&line?)?;
        let (document, _) = decode(record.text.as_bytes(), InputForm::Text, record.metadata)?;
        if merged {
            for event in extractor.extract(&document).events {
                writeln!(out, "{}", as_json(&document, &event))?;
            }
            continue;
        }
        let mut read = extractor.read(&document);
        let matches = std::mem::take(&mut read.matches);
        let reading = extractor.reading(&document, &read);
        let all = events::candidates_with_features(&reading, &matches);
        for (number, candidate) in all.iter().enumerate() {
            let mut value = as_json(&document, &candidate.event);
            value["features"] = json!(candidate.features);
            // Which of the candidates before it may tell the same act, and what speaks for it.
            value["same"] = all[..number]
                .iter()
                .enumerate()
                .filter(|(_, earlier)| earlier.event.event_type == candidate.event.event_type)
                .filter(|(_, earlier)| !earlier.outdone && !candidate.outdone)
                .map(|(with, earlier)| {
                    json!({"with": with, "features": events::same_act_features(&reading, earlier, candidate)})
                })
                .collect();
            value["head"] = json!([candidate.sentence, candidate.matched.head]);
            value["rival"] = json!(!candidate.matched.stands());
            let mut options = Vec::new();
            for (role, all) in &candidate.options {
                for option in all {
                    if option.nobody {
                        options.push(json!({"role": role.as_str(), "features": option.features}));
                        continue;
                    }
                    let parties = reading.parties_of(option.sentence, option.word, option.chain);
                    let names: Vec<String> = parties.into_iter().map(|party| party.name).collect();
                    options.push(json!({
                        "role": role.as_str(), "names": names, "local": option.local, "group": option.group,
                        "span": [option.span.start, option.span.end], "framed": option.framed,
                        "features": option.features,
                    }));
                }
            }
            value["options"] = Value::Array(options);
            value["dates"] = candidate
                .dates
                .iter()
                .map(|option| json!({"value": option.date.map(|date| date.to_string()), "features": option.features}))
                .collect();
            value["country_options"] = candidate
                .countries
                .iter()
                .map(
                    |option| json!({"value": option.country.map(|code| code.to_string()), "features": option.features}),
                )
                .collect();
            value["sums"] = candidate
                .sums
                .iter()
                .map(|option| {
                    let sum = option.sum.as_ref();
                    let amounts = sum.map(|sum| sum.amounts.iter().map(money).collect::<Vec<_>>());
                    let first = sum.and_then(|sum| sum.amounts.first());
                    let value = first.map(|first| format!("{} {}", first.value.normalize(), first.currency));
                    json!({"value": value, "amounts": amounts, "features": option.features})
                })
                .collect();
            value["factualities"] = candidate
                .certainties
                .iter()
                .map(|option| json!({"value": option.factuality.as_str(), "features": option.features}))
                .collect();
            writeln!(out, "{value}")?;
        }
    }
    Ok(())
}

fn money(amount: &events::Amount) -> Value {
    json!({"units": amount.value.trunc().to_string(), "currencyCode": amount.currency})
}

fn as_json(document: &Document, event: &events::Event) -> Value {
    let participants: Vec<Value> = event
        .participants
        .iter()
        .map(|p| json!({"role": format!("ROLE_{}", p.role.as_str()), "entity": {"name": p.name}, "mention": {"text": p.mention.text}}))
        .collect();
    let amounts: Vec<Value> = event.amounts.iter().map(money).collect();
    json!({
        "document": {"documentId": document.id},
        "type": format!("EVENT_TYPE_{}", event.event_type.as_str()),
        "factuality": format!("FACTUALITY_{}", event.factuality.as_str()),
        "participants": participants,
        "amounts": amounts,
        "occurred": event.occurred.map(|d| json!({"year": d.year, "month": d.month.unwrap_or(0), "day": d.day.unwrap_or(0)})),
        "countries": event.countries,
        "attribution": {"source": event.source},
        "evidence": {"quote": event.quote_span.of(&document.text)},
        "trigger": event.trigger_span.of(&document.text),
        "triggerSpan": [event.trigger_span.start, event.trigger_span.end],
        "frame": event.frame_id,
        "confidence": event.confidence,
    })
}
