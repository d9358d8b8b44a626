//! Compares extracted events with gold answers: how many acts were found, missed and made up, and how many of their
//! fields are right.
//!
//! Comes in: events as proto3 JSON (one `fineprint.v1.Event` each) and the gold files of `seeds/README.md`. Goes out:
//! a [`Report`]. The rules of matching:
//!
//! - An event can match a gold event of the same document whose `types` hold its type, where a party agrees, or, where
//!   gold names no party or none agrees, where the quotes share most of their words.
//! - Pairs are taken greedily, best first; the score of a pair counts the target twice, the actor, the quote, the
//!   amount twice and the date by half.
//! - Two names are the same where at least two thirds of the words of the shorter one stand in the other, after
//!   demonyms, plurals and legal forms are evened out.
//! - Gold events marked optional count neither when found nor when missed.

mod names;

pub use names::same_name;

use anyhow::Context;
use names::names_agreement;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

#[allow(clippy::cast_precision_loss, reason = "counts of words and events are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn harmonic(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

/// The fields of an extracted event that are compared.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Stem of the document's id.
    pub document: String,
    kind: String,
    actor: Vec<String>,
    target: Vec<String>,
    amounts: Vec<(f64, String)>,
    date: Option<String>,
    countries: Vec<String>,
    factuality: String,
    source: String,
    quote: String,
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let items = value.get(key).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

fn number(value: Option<&Value>) -> f64 {
    match value {
        Some(Value::Number(n)) => n.as_f64().unwrap_or_default(),
        Some(Value::String(s)) => s.parse().unwrap_or_default(),
        _ => 0.0,
    }
}

fn iso_date(value: &Value) -> Option<String> {
    let part = |key| value.get(key).and_then(Value::as_u64).unwrap_or(0);
    match (part("year"), part("month"), part("day")) {
        (0, _, _) => None,
        (year, 0, _) => Some(format!("{year:04}")),
        (year, month, 0) => Some(format!("{year:04}-{month:02}")),
        (year, month, day) => Some(format!("{year:04}-{month:02}-{day:02}")),
    }
}

impl Found {
    /// Takes what is compared out of one proto3-JSON event.
    #[must_use]
    pub fn from_json(event: &Value) -> Self {
        let participants = || event.get("participants").and_then(Value::as_array).into_iter().flatten();
        let names = |role: &str| {
            let named = participants().filter(|p| text(p, "role") == role).filter_map(|p| {
                let entity = p.get("entity").map(|e| text(e, "name")).filter(|name| !name.is_empty());
                entity.or_else(|| p.get("mention").map(|m| text(m, "text")).filter(|words| !words.is_empty()))
            });
            named.collect()
        };
        let within = |outer: &str, key: &str| event.get(outer).map(|v| text(v, key)).unwrap_or_default();
        let money = |m: &Value| (number(m.get("units")) + number(m.get("nanos")) / 1e9, text(m, "currencyCode"));
        let document = Some(within("document", "documentId")).filter(|id| !id.is_empty());
        let document = document.unwrap_or_else(|| within("document", "uri"));
        let stem = document.rsplit('/').next().unwrap_or_default();
        Self {
            document: stem.strip_suffix(".txt").unwrap_or(stem).to_owned(),
            kind: text(event, "type").trim_start_matches("EVENT_TYPE_").to_owned(),
            actor: names("ROLE_ACTOR"),
            target: names("ROLE_TARGET"),
            amounts: event.get("amounts").and_then(Value::as_array).into_iter().flatten().map(money).collect(),
            date: event.get("occurred").and_then(iso_date),
            countries: texts(event, "countries"),
            factuality: text(event, "factuality").trim_start_matches("FACTUALITY_").to_owned(),
            source: within("attribution", "source"),
            quote: within("evidence", "quote"),
        }
    }
}

/// The answer for one event.
#[derive(Clone, Debug, Default)]
pub struct Gold {
    types: Vec<String>,
    actor: Vec<String>,
    target: Vec<String>,
    amounts: Vec<(f64, String)>,
    date: Option<String>,
    countries: Vec<String>,
    factuality: String,
    source: String,
    quote: String,
    optional: bool,
}

impl Gold {
    fn from_json(event: &Value) -> Self {
        let amounts = event
            .get("amount")
            .into_iter()
            .chain(event.get("amount_alt").and_then(Value::as_array).into_iter().flatten());
        let told = event.get("amount").is_some_and(|a| !a.is_null());
        Self {
            types: texts(event, "types"),
            actor: texts(event, "actor"),
            target: texts(event, "target"),
            amounts: if told {
                amounts.filter(|a| !a.is_null()).map(|a| (number(a.get("value")), text(a, "currency"))).collect()
            } else {
                Vec::new()
            },
            date: Some(text(event, "date")).filter(|date| !date.is_empty()),
            countries: texts(event, "countries"),
            factuality: text(event, "factuality"),
            source: text(event, "source"),
            quote: text(event, "quote"),
            optional: event.get("optional").and_then(Value::as_bool).unwrap_or(false),
        }
    }
}

/// The answers for one document.
#[derive(Clone, Debug)]
pub struct GoldDocument {
    /// Its name: the stem of the file, or the id of the line.
    pub name: String,
    /// Its events.
    pub events: Vec<Gold>,
}

/// Reads every gold file (`*.json`) under `folders`, in order of path.
///
/// # Errors
/// A folder or file cannot be read, or a file is not JSON.
pub fn read_gold(folders: &[PathBuf]) -> anyhow::Result<Vec<GoldDocument>> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
        for entry in
            std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                walk(&path, files)?;
            } else if path.extension().is_some_and(|ending| ending == "json") {
                files.push(path);
            }
        }
        Ok(())
    }
    let mut files = Vec::new();
    for folder in folders {
        walk(folder, &mut files)?;
    }
    files.sort();
    files
        .iter()
        .map(|path| {
            let content = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let value: Value =
                serde_json::from_str(&content).with_context(|| format!("{} is not JSON", path.display()))?;
            let events = value.get("events").and_then(Value::as_array).into_iter().flatten();
            Ok(GoldDocument { name: text(&value, "doc"), events: events.map(Gold::from_json).collect() })
        })
        .collect()
}

/// Reads proto3-JSON events, one a line.
///
/// # Errors
/// A line is not JSON; the message names its number.
pub fn read_events(lines: &str) -> anyhow::Result<Vec<Found>> {
    let lines = lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let value: Value =
                serde_json::from_str(line).with_context(|| format!("line {} is not JSON", number + 1))?;
            Ok(Found::from_json(&value))
        })
        .collect()
}

fn quotes_agreement(found: &Found, gold: &Gold) -> f64 {
    let words = |quote: &str| quote.to_lowercase().split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    let (a, b) = (words(&found.quote), words(&gold.quote));
    ratio(a.intersection(&b).count(), a.len().min(b.len()))
}

fn amount_is_right(found: &Found, gold: &Gold) -> bool {
    let same = |(value, currency): &(f64, String), (wanted, unit): &(f64, String)| {
        (value - wanted).abs() <= 0.005 * wanted && currency == unit
    };
    found.amounts.iter().any(|amount| gold.amounts.iter().any(|wanted| same(amount, wanted)))
}

fn similarity(found: &Found, gold: &Gold) -> f64 {
    if !gold.types.contains(&found.kind) {
        return 0.0;
    }
    let target = names_agreement(&found.target, &gold.target);
    let actor = names_agreement(&found.actor, &gold.actor);
    let quote = quotes_agreement(found, gold);
    let (target_score, actor_score) = (target.unwrap_or(0.0), actor.unwrap_or(0.0));
    let quote_min = if target.is_none() && actor.is_none() {
        0.6
    } else if target_score == 0.0 && actor_score == 0.0 {
        0.9
    } else {
        0.0
    };
    if quote < quote_min {
        return 0.0;
    }
    let mut score = 1.0 + 2.0 * target_score + actor_score + quote;
    if !gold.amounts.is_empty() && amount_is_right(found, gold) {
        score += 2.0;
    }
    if gold.date.is_some() && found.date == gold.date {
        score += 0.5;
    }
    score
}

/// Pairs of (found, gold) indices, best first, each index at most once.
fn align(found: &[Found], gold: &[Gold]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, f) in found.iter().enumerate() {
        pairs.extend(gold.iter().enumerate().map(|(j, g)| (similarity(f, g), i, j)).filter(|(score, ..)| *score > 0.0));
    }
    pairs.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then(b.1.cmp(&a.1)).then(b.2.cmp(&a.2)));
    let (mut taken_found, mut taken_gold, mut out) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (_, i, j) in pairs {
        if !taken_found.contains(&i) && !taken_gold.contains(&j) {
            taken_found.insert(i);
            taken_gold.insert(j);
            out.push((i, j));
        }
    }
    out
}

/// Right or wrong for each field that the gold event fills.
fn fields(found: &Found, gold: &Gold) -> Vec<(&'static str, bool)> {
    let mut right = vec![("factuality", found.factuality == gold.factuality)];
    right.extend(names_agreement(&found.actor, &gold.actor).map(|score| ("actor", score >= 0.5)));
    right.extend(names_agreement(&found.target, &gold.target).map(|score| ("target", score >= 0.5)));
    if !gold.amounts.is_empty() {
        right.push(("amount", amount_is_right(found, gold)));
    }
    if gold.date.is_some() {
        right.push(("date", found.date == gold.date));
    }
    if !gold.countries.is_empty() {
        right.push(("countries", found.countries.iter().any(|country| gold.countries.contains(country))));
    }
    if !gold.source.is_empty() {
        right.push(("source", !found.source.is_empty() && same_name(&found.source, &gold.source)));
    }
    right
}

/// Found, missed and made up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Gold events that were found.
    pub found: usize,
    /// Gold events that were not.
    pub missed: usize,
    /// Events that answer no gold event.
    pub invented: usize,
}

/// The figures of one comparison. `Display` prints them as a table.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many documents were compared.
    pub documents: usize,
    /// All types together.
    pub total: Counts,
    /// By event type.
    pub by_type: BTreeMap<String, Counts>,
    /// Right and all, by field, over the events found.
    pub fields: BTreeMap<&'static str, (usize, usize)>,
    /// Events found with every field right.
    pub full: usize,
    /// What was missed, wrong or made up, one line each.
    pub remarks: Vec<String>,
}

impl Report {
    /// Every figure by its name: `precision`, `recall`, `f1`, `full`, and the share right of each field.
    #[must_use]
    pub fn figures(&self) -> BTreeMap<&'static str, f64> {
        let Counts { found, missed, invented } = self.total;
        let (precision, recall) = (ratio(found, found + invented), ratio(found, found + missed));
        let mut figures: BTreeMap<&'static str, f64> =
            self.fields.iter().map(|(name, (right, all))| (*name, ratio(*right, *all))).collect();
        figures.insert("precision", precision);
        figures.insert("recall", recall);
        figures.insert("f1", harmonic(precision, recall));
        figures.insert("full", ratio(self.full, found + missed));
        figures
    }

    /// The figures that lie below the minimums given, one line each. A figure that does not exist counts as 0.
    #[must_use]
    pub fn below(&self, minimums: &[(&str, f64)]) -> Vec<String> {
        let figures = self.figures();
        let short = minimums.iter().filter_map(|(name, minimum)| {
            let value = figures.get(name).copied().unwrap_or(0.0);
            (value < *minimum).then(|| format!("{name} {value:.3} < {minimum}"))
        });
        short.collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { found, missed, invented } = self.total;
        writeln!(f, "{} documents: {found} found, {missed} missed, {invented} invented", self.documents)?;
        writeln!(f, "type           found missed invented")?;
        for (kind, counts) in &self.by_type {
            writeln!(f, "{kind:14} {:5} {:6} {:8}", counts.found, counts.missed, counts.invented)?;
        }
        let figures: Vec<String> = self.figures().iter().map(|(name, value)| format!("{name} {value:.3}")).collect();
        write!(f, "{}", figures.join("  "))
    }
}

/// Compares extracted events with the answers. Events of documents without answers are left out.
#[must_use]
pub fn compare(events: &[Found], gold: &[GoldDocument]) -> Report {
    let mut report = Report { documents: gold.len(), ..Report::default() };
    for document in gold {
        let found: Vec<Found> = events.iter().filter(|event| event.document == document.name).cloned().collect();
        compare_document(&found, document, &mut report);
    }
    report
}

fn compare_document(found: &[Found], document: &GoldDocument, report: &mut Report) {
    let pairs = align(found, &document.events);
    let first_type = |gold: &Gold| gold.types.first().cloned().unwrap_or_default();
    for (i, j) in &pairs {
        let (event, gold) = (&found[*i], &document.events[*j]);
        if gold.optional {
            continue;
        }
        report.total.found += 1;
        report.by_type.entry(first_type(gold)).or_default().found += 1;
        let right = fields(event, gold);
        report.full += usize::from(right.iter().all(|(_, ok)| *ok));
        for (name, ok) in right {
            let tally = report.fields.entry(name).or_default();
            tally.0 += usize::from(ok);
            tally.1 += 1;
            if !ok {
                report.remarks.push(format!(
                    "wrong {name}: {} {} {:?} in {event:?}",
                    document.name,
                    first_type(gold),
                    gold.quote
                ));
            }
        }
    }
    for (i, event) in found.iter().enumerate().filter(|(i, _)| !pairs.iter().any(|(taken, _)| taken == i)) {
        report.total.invented += 1;
        report.by_type.entry(event.kind.clone()).or_default().invented += 1;
        report.remarks.push(format!("made up: {} {} {:?} ({i})", document.name, event.kind, event.quote));
    }
    for (_, gold) in document.events.iter().enumerate().filter(|(j, _)| !pairs.iter().any(|(_, taken)| taken == j)) {
        if !gold.optional {
            report.total.missed += 1;
            report.by_type.entry(first_type(gold)).or_default().missed += 1;
            report.remarks.push(format!("missed: {} {} {:?}", document.name, first_type(gold), gold.quote));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_compared_by_their_telling_words() {
        for (a, b, same) in [
            ("Google", "Google Inc.", true),
            ("a Russian court", "the court in Russia", true),
            ("Moscow court", "a court in Moscow", true),
            ("Meta Platforms", "Meta", true),
            ("U.S.", "United States", true),
            ("Apple", "Alphabet", false),
            ("Data Protection Commission", "Securities Commission", false),
            ("the company", "company", true),
            ("regulators", "regulator", true),
            ("", "Google", false),
        ] {
            assert_eq!(same_name(a, b), same, "{a:?} and {b:?}");
        }
    }

    fn event(kind: &str, target: &str, units: &str, quote: &str) -> Value {
        json!({"type": format!("EVENT_TYPE_{kind}"), "factuality": "FACTUALITY_ACTUAL",
            "participants": [{"role": "ROLE_TARGET", "entity": {"name": target}}],
            "amounts": [{"currencyCode": "RUB", "units": units}], "occurred": {"year": 2022, "month": 6},
            "countries": ["RU"], "evidence": {"quote": quote}, "document": {"documentId": "d.txt"}})
    }

    fn gold(events: &Value) -> Vec<GoldDocument> {
        let events = events.as_array().into_iter().flatten().map(Gold::from_json).collect();
        vec![GoldDocument { name: "d".into(), events }]
    }

    fn fine(target: &str, value: f64, optional: bool) -> Value {
        json!({"types": ["FINE"], "actor": [], "target": [target], "amount": {"value": value, "currency": "RUB"},
            "amount_alt": [], "date": "2022-06", "countries": ["RU"], "factuality": "ACTUAL", "source": null,
            "quote": "fined", "optional": optional})
    }

    #[test]
    fn each_answer_takes_the_event_that_fits_it_best() {
        let found = [event("FINE", "Zoom", "1000000", "fined"), event("FINE", "Apple", "2000000", "fined")];
        let found: Vec<Found> = found.iter().map(Found::from_json).collect();
        let report = compare(&found, &gold(&json!([fine("Apple", 2e6, false), fine("Zoom", 1e6, false)])));
        assert_eq!(report.total, Counts { found: 2, missed: 0, invented: 0 });
        assert_eq!(report.full, 2, "{:?}", report.remarks);
        assert!(report.below(&[("f1", 1.0), ("full", 1.0), ("amount", 1.0), ("date", 1.0)]).is_empty());
    }

    #[test]
    fn what_is_missed_wrong_or_made_up_counts_against() {
        let found = [event("FINE", "Apple", "3", "fined"), event("BLOCK", "Apple", "3", "blocked")];
        let found: Vec<Found> = found.iter().map(Found::from_json).collect();
        let answers = json!([fine("Apple", 2e6, false), fine("Zoom", 1e6, false), fine("Meta", 1e6, true)]);
        let report = compare(&found, &gold(&answers));
        assert_eq!(report.total, Counts { found: 1, missed: 1, invented: 1 });
        assert_eq!((report.full, report.fields["amount"]), (0, (0, 1)));
        assert_eq!(
            report.below(&[("f1", 0.6), ("nothing", 0.1), ("recall", 0.5)]),
            ["f1 0.500 < 0.6", "nothing 0.000 < 0.1"]
        );
    }

    #[test]
    fn an_optional_answer_that_is_found_counts_neither_way() {
        let found = [Found::from_json(&event("FINE", "Apple", "2000000", "fined"))];
        let report = compare(&found, &gold(&json!([fine("Apple", 2e6, true)])));
        assert_eq!(report.total, Counts::default());
    }
}
