//! One trigger that tells several acts: each party with a sum of its own has an act of its own.
//!
//! "Fined A and B 1 million each", "fined A and B 1 and 2 million respectively", "fined A 1 million and B 2 million",
//! "penalties of 1 million on A and 2 million on B". Which sum is whose follows the order of the words: the parser hangs
//! the second half of such sentences anywhere.

use crate::{
    document::ByteSpan,
    events::{
        Candidate, Participant, Role,
        amounts::{self, Sum},
        reading::{Party, Reading},
    },
    gazetteer::EntityKind,
    mask::MaskedValue,
    names::{Form, Mention},
    predicates::case_of,
};

/// Words between a sum and the party that it stands beside: "A, the publisher, 2 million".
const WORDS_BETWEEN_MAX: usize = 2;

/// The acts that the candidate tells: itself where no sums are shared out.
pub(super) fn split(reading: &Reading<'_>, candidate: Candidate) -> Vec<Candidate> {
    if candidate.event.amounts.is_empty() {
        return vec![candidate];
    }
    if candidate.event.amount_each && candidate.targets.len() >= 2 {
        return candidate.targets.iter().map(|target| with(&candidate, target.clone(), None)).collect();
    }
    let shares = shares(reading, &candidate);
    if shares.len() < 2 {
        return vec![candidate];
    }
    let acts: Vec<Candidate> = shares
        .into_iter()
        .filter_map(|(party, money)| {
            let sum = amounts::sum(reading, candidate.sentence, money, &candidate.homes)?;
            let party = reading.parties(candidate.sentence, party).into_iter().next()?;
            Some(with(&candidate, party, Some(sum)))
        })
        .collect();
    if acts.len() < 2 { vec![candidate] } else { acts }
}

/// The candidate with `target` as its only target, and with `sum` as its sum where there is one.
fn with(candidate: &Candidate, target: Party, sum: Option<Sum>) -> Candidate {
    let mut one = candidate.clone();
    one.event.participants.retain(|participant| participant.role != Role::Target);
    one.event.participants.push(Participant {
        role: Role::Target,
        name: target.name.clone(),
        entity_id: target.entity_id.clone(),
        kind: target.kind,
        country: target.country.clone().unwrap_or_default(),
        mention: target.mention.clone(),
    });
    one.event.participants.sort_by_key(|participant| (participant.role, participant.mention.span));
    one.targets = vec![target];
    if let Some(sum) = sum {
        one.event.amounts = sum.amounts;
        one.event.amount_bound = sum.bound;
    }
    one
}

/// Heads of parties with the words of their sums, where the sentence shares sums out.
fn shares(reading: &Reading<'_>, candidate: &Candidate) -> Vec<(usize, usize)> {
    let tree = &reading.trees[candidate.sentence];
    let sums: Vec<usize> = (0..tree.words.len())
        .filter(|&word| {
            tree.words[word].mask.is_some_and(|mask| matches!(reading.masks[mask].value, MaskedValue::Money(_)))
        })
        .collect();
    if sums.len() < 2 {
        return Vec::new();
    }
    let mentions: Vec<&Mention> = reading.chains.mentions()
        [reading.chains.mentions_in(candidate.sentence..candidate.sentence + 1)]
    .iter()
    .filter(|mention| may_pay(mention))
    .filter(|mention| !candidate.matched.trigger.contains(&mention.head))
    .collect();
    let respectively = tree.words.iter().position(|word| word.form.eq_ignore_ascii_case("respectively"));
    match respectively {
        Some(at) => in_order(reading, candidate, &mentions, &sums, at),
        None => side_by_side(reading, candidate, &mentions, &sums),
    }
}

/// Whether two phrases share words.
fn meet(a: ByteSpan, b: ByteSpan) -> bool {
    a.start < b.end && b.start < a.end
}

/// Whether a sum may be a mention's to pay.
fn may_pay(mention: &Mention) -> bool {
    matches!(
        mention.kind,
        EntityKind::Organisation | EntityKind::Person | EntityKind::Product | EntityKind::Group | EntityKind::Other
    ) && (mention.form == Form::Name || mention.kind != EntityKind::Other)
}

/// "A and B … 1 and 2 million respectively": the coordinated parties and the sums before the word, in their order.
fn in_order(
    reading: &Reading<'_>,
    candidate: &Candidate,
    mentions: &[&Mention],
    sums: &[usize],
    respectively: usize,
) -> Vec<(usize, usize)> {
    let tree = &reading.trees[candidate.sentence];
    let before: Vec<usize> = sums.iter().copied().filter(|&sum| sum < respectively).collect();
    // The sums that stand side by side: nothing but "and" or a comma between them.
    let mut listed: Vec<usize> = Vec::new();
    for &sum in before.iter().rev() {
        if listed.last().is_none_or(|&next| next - sum <= 3) {
            listed.push(sum);
        }
    }
    listed.reverse();
    let mut heads: Vec<usize> = mentions
        .iter()
        .filter(|mention| candidate.targets.iter().any(|target| meet(target.mention.span, mention.span)))
        .map(|mention| mention.head)
        .collect();
    heads.sort_unstable();
    heads.dedup();
    if heads.len() != listed.len() {
        // The parties that one coordination joins, nearest before the sums.
        let limit = listed.first().copied().unwrap_or_default();
        let earlier: Vec<usize> = mentions.iter().map(|mention| mention.head).filter(|&head| head < limit).collect();
        let group = |head: usize| super::roles::group_of(tree, head);
        let Some(last) = earlier.iter().copied().max_by_key(|&head| {
            (earlier.iter().filter(|&&other| group(other) == group(head)).count() == listed.len(), head)
        }) else {
            return Vec::new();
        };
        heads = earlier.into_iter().filter(|&head| group(head) == group(last)).collect();
        heads.sort_unstable();
        heads.dedup();
    }
    if heads.len() == listed.len() && heads.len() >= 2 { heads.into_iter().zip(listed).collect() } else { Vec::new() }
}

/// "A 1 million and B 2 million", "1 million on A and 2 million on B": each sum with the party beside it, all on the same
/// side.
fn side_by_side(
    reading: &Reading<'_>,
    candidate: &Candidate,
    mentions: &[&Mention],
    sums: &[usize],
) -> Vec<(usize, usize)> {
    let tree = &reading.trees[candidate.sentence];
    let actor = |mention: &Mention| candidate.actors.iter().any(|actor| meet(actor.mention.span, mention.span));
    // First and last word of each party that may pay, and its head.
    let parties: Vec<(usize, usize, usize)> = mentions
        .iter()
        .filter(|mention| !actor(mention))
        .filter_map(|mention| {
            let inside = |&word: &usize| mention.span.contains(tree.words[word].span);
            let first = (0..tree.words.len()).find(inside)?;
            let last = (0..tree.words.len()).rfind(inside)?;
            Some((first, last, mention.head))
        })
        .collect();
    let only_marks = |from: usize, to: usize| {
        (from..to).all(|word| matches!(tree.words[word].form.as_str(), "," | "(" | ")" | "–" | "-" | "a" | "an"))
    };
    let near = |from: usize, to: usize| from < to && to - from <= WORDS_BETWEEN_MAX + 1;
    let takes = |head: usize| matches!(case_of(tree, head), Some("on" | "against" | "for" | "to" | "from"));
    let beside = |pick: &dyn Fn(usize) -> Option<usize>| -> Vec<(usize, usize)> {
        sums.iter().filter_map(|&sum| pick(sum).map(|head| (head, sum))).collect()
    };
    let after = beside(&|sum| {
        let next = parties.iter().filter(|&&(first, _, head)| near(sum, first) && takes(head));
        next.min_by_key(|(first, ..)| *first).map(|&(.., head)| head)
    });
    let before = beside(&|sum| {
        let last = parties.iter().filter(|&&(_, last, _)| near(last, sum) && only_marks(last + 1, sum));
        last.max_by_key(|(first, last, _)| (*last, std::cmp::Reverse(*first))).map(|&(.., head)| head)
    });
    let best = if after.len() > before.len() { after } else { before };
    let mut heads: Vec<usize> = best.iter().map(|&(head, _)| head).collect();
    heads.sort_unstable();
    heads.dedup();
    if heads.len() == best.len() { best } else { Vec::new() }
}
