//! Phrases in, the money and dates that they tell out: the command behind the table in `docs/values.md`.
//!
//! Each line of standard input is `{"text": "…", "published": "2022-06-17", "country": "AU", "future": false}`, of which
//! only `text` is required. Each line of output is a list of what was found, in order:
//! `{"at": 0, "span": "…", "money": [["5000000", "AUD"]], "bound": "AtMost", "each": false}` or `{"at": 0, "span": "…", "date": "2022-06"}`.

use std::io::{self, BufRead, Write};

use anyhow::Context;
use extractor::mask::{self, MaskedValue};
use extractor::values::{date, money};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Phrase {
    text: String,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    future: bool,
}

fn main() -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let phrase: Phrase = serde_json::from_str(&line?).with_context(|| format!("line {}", number + 1))?;
        let anchor =
            phrase.published.as_deref().map(str::parse).transpose().with_context(|| format!("line {}", number + 1))?;
        let tense = if phrase.future { date::Tense::Future } else { date::Tense::Past };
        let mut previous = None;
        let mut found = Vec::new();
        for mask in mask::find(&phrase.text) {
            let (at, span) = (mask.span.start, mask.span.of(&phrase.text));
            found.push(match &mask.value {
                MaskedValue::Money(sum) => {
                    let amounts: Vec<_> = money::resolve(sum, phrase.country.as_deref().as_slice())
                        .into_iter()
                        .map(|(value, code)| (value.normalize().to_string(), code))
                        .collect();
                    json!({"at": at, "span": span, "money": amounts, "bound": format!("{:?}", sum.bound), "each": sum.each})
                }
                MaskedValue::Date(written) => {
                    let meant = date::resolve(written, anchor, tense, previous);
                    previous = meant.or(previous);
                    json!({"at": at, "span": span, "date": meant.map(|date| date.to_string())})
                }
                MaskedValue::Percent(value) => json!({"at": at, "span": span, "percent": value.normalize().to_string()}),
                MaskedValue::Url => json!({"at": at, "span": span, "url": true}),
            });
        }
        writeln!(out, "{}", serde_json::to_string(&found)?)?;
    }
    Ok(())
}
