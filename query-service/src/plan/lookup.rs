//! What the index says to each test: the events that pass, or those that may.

use crate::event::Role;
use crate::filter::ast::Comparator;
use crate::filter::{Node, PartyTest, Pattern, Phrase, Shown, Test, date_holds, instant_holds};
use crate::index::{OrdinalSet, Party, RangeIndex, SegmentIndex, TermIndex};
use crate::schema::TextField;

/// Whether the index decides a part of a predicate without the text.
pub(super) fn decides(node: &Node) -> bool {
    match node {
        Node::All => true,
        Node::And(parts) | Node::Or(parts) => parts.iter().all(decides),
        Node::Not(part) => decides(part),
        Node::Test(Test::EventId(_)) => false,
        Node::Test(Test::Words(phrase, _)) => phrase.words().len() == 1,
        Node::Test(Test::Text(_, Some(shown))) => {
            matches!(&shown.pattern, Pattern::Words(phrase) if phrase.words().len() == 1)
        }
        Node::Test(_) => true,
    }
}

/// The events that pass a part that the index decides.
pub(super) fn node(index: &SegmentIndex, node: &Node) -> OrdinalSet {
    match node {
        Node::All => index.all(),
        Node::And(parts) => {
            let mut all: Option<OrdinalSet> = None;
            for part in parts {
                all = Some(match (all, part) {
                    (Some(set), _) if set.is_empty() => return set,
                    (Some(set), Node::Not(part)) => set.without(&self::node(index, part)),
                    (Some(set), part) => set.and(&self::node(index, part)),
                    (None, part) => self::node(index, part),
                });
            }
            all.unwrap_or_else(|| index.all())
        }
        Node::Or(parts) => parts.iter().fold(OrdinalSet::default(), |any, part| self::node(index, part).or(&any)),
        Node::Not(part) => index.all().without(&self::node(index, part)),
        Node::Test(test) => candidates(index, test),
    }
}

/// The events that may pass a test; where the index decides it, those that do.
pub(super) fn candidates(index: &SegmentIndex, test: &Test) -> OrdinalSet {
    match test {
        Test::Enum(field, number) => index.enum_value(*field, *number),
        Test::EnumSet(field) => index.all().without(&index.enum_value(*field, 0)),
        Test::Flag(field, true) => index.flag(*field),
        Test::Flag(field, false) => index.all().without(&index.flag(*field)),
        Test::Exact(field, shown) => strings(index.exact(*field), shown.as_ref()),
        Test::EventId(id) => index.with_id(*id),
        Test::Name(field, shown) => strings(index.name(*field), shown.as_ref()),
        Test::Text(field, None) => index.text_set(*field),
        Test::Text(field, Some(shown)) => text(index, *field, &shown.pattern),
        Test::Party(test) => parties(index, test),
        Test::Country(None) => index.countries().any(),
        Test::Country(Some(code)) => index.countries().equal(&code.to_string()),
        Test::Amount(currency, relation) => {
            let wanted = index.amounts().iter().filter(|(code, _)| currency.is_none_or(|wanted| wanted == *code));
            wanted.fold(OrdinalSet::default(), |any, (_, values)| in_relation(values, *relation).or(&any))
        }
        Test::Date(field, relation) => index
            .dates(*field)
            .filtered(|date| relation.is_none_or(|(comparator, value)| date_holds(comparator, date, value))),
        Test::IngestTime(comparator, _, range) => index.ingested(|instant| instant_holds(*comparator, instant, *range)),
        Test::Sequence(comparator, value) => sequences(index, *comparator, *value),
        Test::Confidence(comparator, value) => in_relation(index.confidences(), Some((*comparator, value.to_bits()))),
        Test::Words(phrase, written) => {
            let [names, quote] = names_and_quote(phrase, written);
            candidates(index, &names).or(&candidates(index, &quote))
        }
    }
}

/// A search for words as a test of the names and one of the quote.
pub(super) fn names_and_quote(phrase: &Phrase, written: &str) -> [Test; 2] {
    let shown = || Shown { pattern: Pattern::Words(phrase.clone()), written: written.into() };
    let names = PartyTest { name: Some(shown()), ..PartyTest::default() };
    [Test::Party(names), Test::Text(TextField::Quote, Some(shown()))]
}

fn strings(terms: &TermIndex, shown: Option<&Shown>) -> OrdinalSet {
    match shown.map(|shown| &shown.pattern) {
        None => terms.any(),
        Some(Pattern::Equal(whole)) => terms.equal(whole),
        Some(Pattern::Prefix(start)) => terms.starting_with(start),
        Some(pattern) => terms.filtered(|term| pattern.matches(term)),
    }
}

/// Events whose text has every word that the pattern needs; all events with the text where it needs none.
fn text(index: &SegmentIndex, field: TextField, pattern: &Pattern) -> OrdinalSet {
    let terms = index.words(field);
    let mut sets: Vec<OrdinalSet> = pattern.required_words().into_iter().map(|word| terms.equal(word)).collect();
    if let Pattern::Words(phrase) = pattern
        && let Some(last) = phrase.words().last().filter(|_| phrase.is_open())
    {
        sets.push(terms.starting_with(last));
    }
    sets.sort_by_key(OrdinalSet::len);
    sets.into_iter().reduce(|all, set| all.and(&set)).unwrap_or_else(|| index.text_set(field))
}

fn parties(index: &SegmentIndex, test: &PartyTest) -> OrdinalSet {
    let parties = index.parties();
    let role: Option<Role> = test.role;
    let passes = |party: Party<'_>| test.admits(party.name, party.id, party.kind, party.country);
    match (&test.name, &test.id) {
        (None, None) if !test.has_id && test.kind.is_none() && test.country.is_none() => parties.any(role),
        // An id may stand for any name: every party is looked at.
        (_, Some(_)) | (None, None) => parties.filtered(role, passes),
        (Some(Shown { pattern: Pattern::Words(phrase), .. }), None) => {
            let longest = phrase.whole_words().max_by_key(|word| word.len());
            match (longest, phrase.words()) {
                (Some(word), _) => parties.filtered_by_word(role, word, false, passes),
                (None, [.., last]) => parties.filtered_by_word(role, last, true, passes),
                (None, []) => OrdinalSet::default(),
            }
        }
        (Some(Shown { pattern: Pattern::Equal(start) | Pattern::Prefix(start), .. }), None) => {
            parties.filtered_by_prefix(role, start, passes)
        }
        (Some(_), None) => parties.filtered(role, passes),
    }
}

fn in_relation<V: Copy + Ord>(values: &RangeIndex<V>, relation: Option<(Comparator, V)>) -> OrdinalSet {
    let Some((comparator, bound)) = relation else { return values.between(|_| false, |_| false) };
    match comparator {
        Comparator::Equal | Comparator::Has => values.between(|value| value < bound, |value| value > bound),
        Comparator::NotEqual => values.filtered(|value| value != bound),
        Comparator::Less => values.between(|_| false, |value| value >= bound),
        Comparator::LessEqual => values.between(|_| false, |value| value > bound),
        Comparator::Greater => values.between(|value| value <= bound, |_| false),
        Comparator::GreaterEqual => values.between(|value| value < bound, |_| false),
    }
}

fn sequences(index: &SegmentIndex, comparator: Comparator, value: u64) -> OrdinalSet {
    // Events of the segment below the value, and below its successor.
    let below = |bound: u64| {
        let count = bound.saturating_sub(index.first_sequence());
        OrdinalSet::first(usize::try_from(count).unwrap_or(usize::MAX).min(index.events_count()))
    };
    // The largest value has no successor, and no event after it.
    let through = || value.checked_add(1).map_or_else(|| index.all(), below);
    match comparator {
        Comparator::Equal | Comparator::Has => through().without(&below(value)),
        Comparator::NotEqual => index.all().without(&through().without(&below(value))),
        Comparator::Less => below(value),
        Comparator::LessEqual => through(),
        Comparator::Greater => index.all().without(&through()),
        Comparator::GreaterEqual => index.all().without(&below(value)),
    }
}
