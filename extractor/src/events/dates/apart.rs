//! Acts that are dated by one another: "blocked the site three days after a court had ruled against it".

use super::{Act, DateOption, Timeline, distance::anchors};
use crate::{
    document::ByteSpan,
    events::{PartialDate, earlier::Earlier},
    linear::tell,
    syntax::{Deprel, Tree, Word},
    values::date::{self, Unit},
};

/// Acts back that a clause's act may be.
const BASES_MAX: usize = 4;

/// Most words that a span of time takes: "a couple of weeks".
const SPAN_WORDS_MAX: usize = 6;

/// A clause or noun, and how much later the act that governs it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Apart {
    clause: usize,
    unit: Unit,
    count: i32,
}

/// Every clause of the sentence that is told to lie a span of time before or after what governs it.
fn find(text: &str, tree: &Tree) -> Vec<Apart> {
    let told = |(at, word): (usize, &Word)| {
        let later = match word.form.to_ascii_lowercase().as_str() {
            "after" => 1,
            "before" => -1,
            _ => return None,
        };
        let clause = word.head.filter(|_| matches!(word.deprel, Deprel::Mark | Deprel::Case))?;
        let start = tree.words[at.saturating_sub(SPAN_WORDS_MAX)].span.start;
        let before = ByteSpan { start, end: word.span.start };
        let (unit, count) = date::span_at_end(before.of(text))?;
        Some(Apart { clause, unit, count: later * count })
    };
    tree.words.iter().enumerate().filter_map(told).collect()
}

/// The dates that `act` has by the distance to another act: of its clause, or of what governs it.
pub(super) fn options(act: &Act<'_>, timeline: &Timeline, found: &Earlier) -> Vec<DateOption> {
    let tree = act.tree;
    let mut all: Vec<DateOption> = Vec::new();
    let told = &timeline.told[timeline.before(act.sentence)..timeline.before(act.sentence + 1)];
    for apart in find(&act.reading.document.text, tree) {
        let anchors = anchors(tree, act.matched);
        let within = anchors.contains(&apart.clause);
        let governs = tree.words[apart.clause].head.is_some_and(|head| anchors.contains(&head));
        let (side, count) = match (within, governs) {
            (true, _) => ("clause", -apart.count),
            (false, true) => ("governor", apart.count),
            (false, false) => continue,
        };
        let inside = |word: usize| word == apart.clause || tree.dominates(apart.clause, word);
        let mut add = |base: &str, from: Option<PartialDate>| {
            let Some(date) = from.and_then(|from| date::shifted(from, apart.unit, count)) else { return };
            if all.iter().any(|option| option.date == Some(date)) {
                return;
            }
            let mut features = act.general("apart", !told.is_empty());
            tell!(features, "apart/" side "/base=" base);
            features.add(format_args!("apart/{side}/base={base}/{:?}", apart.unit));
            tell!(features, "apart/side=" (act.side(date)) "/" (act.form));
            all.push(act.option(Some(date), features));
        };
        for date in told.iter().filter(|told| inside(told.word) != within) {
            add("told", date.past);
        }
        let earlier = found.acts().iter().rev();
        for other in earlier.clone().filter(|other| other.sentence == act.sentence) {
            if inside(other.matched.head) != within {
                add("act", other.event.occurred);
            }
        }
        if within {
            add("published", act.reading.document.published);
        } else {
            for other in earlier.filter(|other| other.sentence != act.sentence).take(BASES_MAX) {
                add("before", other.event.occurred);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Apart, find};
    use crate::{mask, model::Model, tokenize, values::date::Unit};

    #[test]
    fn clauses_lie_a_span_of_time_apart() {
        fn check(text: &str, expected: &[(&str, Unit, i32)]) {
            let trees = Model::embedded().annotate_all(&tokenize::tokenize(text, &[], &mask::find(text)));
            let tree = &trees[0];
            let found: Vec<_> = find(text, tree)
                .into_iter()
                .map(|Apart { clause, unit, count }| (tree.words[clause].form.as_str(), unit, count))
                .collect();
            assert_eq!(found, expected, "{text:?}");
        }
        check("It blocked Zuuka three days after a court ruled against it.", &[("ruled", Unit::Day, 3)]);
        check("Two weeks before the fine, it blocked Zuuka.", &[("fine", Unit::Week, -2)]);
        check("It paid the day after it was fined.", &[("fined", Unit::Day, 1)]);
        check("It paid after a court ruled against it.", &[]);
        check("It paid for three days, after a court ruled against it.", &[]);
    }
}
