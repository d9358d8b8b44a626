//! Tells how a plan works, one line a step.

use super::{Step, lookup};
use crate::filter::{Node, PartyTest, Pattern, Shown, Test};
use crate::index::SegmentIndex;
use std::fmt::Write;

/// The steps, indented; with the number of events that each finds where a segment is given.
pub(super) fn explain(root: &Step, index: Option<&SegmentIndex>) -> String {
    let mut text = String::new();
    write_step(&mut text, root, 0, index);
    text
}

fn line(text: &mut String, depth: usize, content: &str, count: Option<usize>) {
    let events = count.map(|count| format!(": {count}")).unwrap_or_default();
    // Writing to a string cannot fail.
    let _written = writeln!(text, "{:width$}{content}{events}", "", width = depth * 2);
}

fn write_step(text: &mut String, step: &Step, depth: usize, index: Option<&SegmentIndex>) {
    match step {
        Step::Sets(node, _) => write_node(text, node, depth, index),
        Step::Read(test) => {
            let count = index.map(|index| lookup::candidates(index, test).len());
            line(text, depth, &format!("{test}  [{}, then the text]", access(test)), count);
        }
        Step::And(steps) => {
            line(text, depth, "all of", None);
            steps.iter().for_each(|step| write_step(text, step, depth + 1, index));
        }
        Step::Or(steps) => {
            line(text, depth, "any of", None);
            steps.iter().for_each(|step| write_step(text, step, depth + 1, index));
        }
        Step::Not(step) => {
            line(text, depth, "all but", None);
            write_step(text, step, depth + 1, index);
        }
    }
}

fn write_node(text: &mut String, node: &Node, depth: usize, index: Option<&SegmentIndex>) {
    let count = index.map(|index| lookup::node(index, node).len());
    match node {
        Node::All => line(text, depth, "every event", count),
        Node::And(parts) => {
            line(text, depth, "all of", count);
            parts.iter().for_each(|part| write_node(text, part, depth + 1, index));
        }
        Node::Or(parts) => {
            line(text, depth, "any of", count);
            parts.iter().for_each(|part| write_node(text, part, depth + 1, index));
        }
        Node::Not(part) => {
            line(text, depth, "all but", count);
            write_node(text, part, depth + 1, index);
        }
        Node::Test(test) => line(text, depth, &format!("{test}  [{}]", access(test)), count),
    }
}

/// What the index does for a test.
fn access(test: &Test) -> &'static str {
    let string = |shown: &Option<Shown>| match shown.as_ref().map(|shown| &shown.pattern) {
        None => "all posting lists",
        Some(Pattern::Equal(_)) => "one posting list",
        Some(Pattern::Prefix(_)) => "posting lists of a range of terms",
        Some(_) => "posting lists of the terms that match",
    };
    match test {
        Test::Enum(..) | Test::EnumSet(_) | Test::Flag(..) | Test::Country(Some(_)) => "one posting list",
        Test::Country(None) => "all posting lists",
        Test::Exact(_, shown) => string(shown),
        Test::Name(_, shown) => string(shown),
        Test::EventId(_) => "column of ids",
        Test::Text(_, None) => "one posting list",
        Test::Text(_, Some(shown)) => match &shown.pattern {
            Pattern::Words(phrase) if phrase.words().len() == 1 => "posting lists of the word",
            pattern if pattern.required_words().is_empty() => "every event that has one",
            _ => "posting lists of the words",
        },
        Test::Party(PartyTest { id: None, name: Some(shown), .. }) => match &shown.pattern {
            Pattern::Words(_) => "parties by word, then their posting lists",
            Pattern::Equal(_) | Pattern::Prefix(_) => "parties by name, then their posting lists",
            _ => "all parties, then the posting lists of those that match",
        },
        Test::Party(_) => "all parties, then the posting lists of those that match",
        Test::Amount(..) | Test::Confidence(..) => "posting lists of a range of values",
        Test::Date(..) => "posting lists of the dates that match",
        Test::IngestTime(..) => "runs of instants",
        Test::Sequence(..) => "position",
        Test::Words(..) => "parties by word and posting lists of the word",
    }
}
