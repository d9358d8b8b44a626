//! One trigger that tells several acts: each party with a sum of its own has an act of its own.
//!
//! "Fined A and B 1 million each", "fined A and B 1 and 2 million respectively", "fined A 1 million and B 2 million",
//! "penalties of 1 million on A and 2 million on B". Which sum is whose follows the order of the words: the parser hangs
//! the second half of such sentences anywhere.

use crate::{
    document::ByteSpan,
    events::{
        Candidate, Role,
        amounts::{self, Sum},
        reading::{Party, Reading},
    },
    gazetteer::EntityKind,
    names::{Form, Mention},
    predicates::case_of,
};

/// Words between a sum and the party that it stands beside: "A, the publisher, 2 million".
const WORDS_BETWEEN_MAX: usize = 2;

/// The acts that the candidate tells: itself where no sums are shared out.
pub(super) fn split(reading: &Reading<'_>, candidate: Candidate) -> Vec<Candidate> {
    if !candidate.tells_sum() {
        return vec![candidate];
    }
    if candidate.event.amount_each && candidate.targets.len() >= 2 {
        let each = |target: &Party| with(&candidate, Role::Target, target.clone(), None);
        return candidate.targets.iter().map(each).collect();
    }
    let (role, shares) = shares(reading, &candidate);
    if shares.len() < 2 {
        return vec![candidate];
    }
    let acts: Vec<Candidate> = shares
        .into_iter()
        .filter_map(|(party, money)| {
            let sum = amounts::sum(reading, candidate.sentence, money, &candidate.homes)?;
            let party = reading.parties(candidate.sentence, party).into_iter().next()?;
            Some(with(&candidate, role, party, Some(sum)))
        })
        .collect();
    if acts.len() < 2 { vec![candidate] } else { acts }
}

/// The candidate with `party` as the only one in its role, and with `sum` as its sum where there is one.
fn with(candidate: &Candidate, role: Role, party: Party, sum: Option<Sum>) -> Candidate {
    let mut one = candidate.clone();
    one.event.participants.retain(|participant| participant.role != role);
    one.event.participants.push(party.as_participant(role));
    one.event.participants.sort_by_key(|participant| (participant.role, participant.mention.span));
    match role {
        Role::Actor => one.actors = vec![party],
        _ => one.targets = vec![party],
    }
    if let Some(sum) = sum {
        one.event.amounts = sum.amounts;
        one.event.amount_bound = sum.bound;
        // Whose it is was told by the order of the words: nothing was chosen.
        one.sums.clear();
    }
    one
}

/// Heads of parties with the words of their sums, where the sentence shares sums out, and the role that these parties have.
fn shares(reading: &Reading<'_>, candidate: &Candidate) -> (Role, Vec<(usize, usize)>) {
    let tree = &reading.trees[candidate.sentence];
    let sums: Vec<usize> =
        (0..tree.words.len()).filter(|&word| amounts::is_sum(reading, candidate.sentence, word)).collect();
    if sums.len() < 2 {
        return (Role::Target, Vec::new());
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
        None => {
            let beside = side_by_side(reading, candidate, &mentions, &sums);
            if beside.len() >= 2 { (Role::Target, beside) } else { in_turn(reading, candidate, &mentions, &sums) }
        }
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

/// Heads of the parties of a role that the sentence names, in their order.
fn heads_of(mentions: &[&Mention], parties: &[Party]) -> Vec<usize> {
    let named = |mention: &&&Mention| parties.iter().any(|party| meet(party.mention.span, mention.span));
    let mut heads: Vec<usize> = mentions.iter().filter(named).map(|mention| mention.head).collect();
    heads.sort_unstable();
    heads.dedup();
    heads
}

/// The sums before a word that stand side by side: nothing but "and" or a comma between them.
fn side_by_side_before(sums: &[usize], end: usize) -> Vec<usize> {
    let mut listed: Vec<usize> = Vec::new();
    for &sum in sums.iter().rev().filter(|&&sum| sum < end) {
        if listed.last().is_none_or(|&next| next - sum <= 3) {
            listed.push(sum);
        }
    }
    listed.reverse();
    listed
}

/// "A and B were fined 1 and 2 million": as many sums as parties, all of them side by side.
fn in_turn(
    reading: &Reading<'_>,
    candidate: &Candidate,
    mentions: &[&Mention],
    sums: &[usize],
) -> (Role, Vec<(usize, usize)>) {
    let listed = side_by_side_before(sums, reading.trees[candidate.sentence].words.len());
    let heads = heads_of(mentions, &candidate.targets);
    let shares = listed.len() == sums.len() && heads.len() == listed.len() && candidate.targets.len() == heads.len();
    (Role::Target, if shares { heads.into_iter().zip(listed).collect() } else { Vec::new() })
}

/// "A and B … 1 and 2 million respectively": the coordinated parties and the sums before the word, in their order.
fn in_order(
    reading: &Reading<'_>,
    candidate: &Candidate,
    mentions: &[&Mention],
    sums: &[usize],
    respectively: usize,
) -> (Role, Vec<(usize, usize)>) {
    let tree = &reading.trees[candidate.sentence];
    let listed = side_by_side_before(sums, respectively);
    let (targets, actors) = (heads_of(mentions, &candidate.targets), heads_of(mentions, &candidate.actors));
    let (role, mut heads) = if targets.len() != listed.len() && actors.len() == listed.len() {
        (Role::Actor, actors)
    } else {
        (Role::Target, targets)
    };
    if heads.len() != listed.len() {
        // The parties that one coordination joins: nearest before the sums, else between them and the word.
        let limits = (listed.first().copied().unwrap_or_default(), listed.last().copied().unwrap_or_default());
        let coordinated = |within: std::ops::Range<usize>| -> Option<Vec<usize>> {
            let all: Vec<usize> =
                mentions.iter().map(|mention| mention.head).filter(|head| within.contains(head)).collect();
            let group = |head: usize| super::roles::group_of(tree, head);
            let as_many =
                |head: usize| all.iter().filter(|&&other| group(other) == group(head)).count() == listed.len();
            let last = all.iter().copied().filter(|&head| as_many(head)).max()?;
            let mut heads: Vec<usize> = all.iter().copied().filter(|&head| group(head) == group(last)).collect();
            heads.sort_unstable();
            heads.dedup();
            Some(heads)
        };
        heads = coordinated(0..limits.0).or_else(|| coordinated(limits.1..respectively)).unwrap_or_default();
    }
    let all = heads.len() == listed.len() && heads.len() >= 2;
    (role, if all { heads.into_iter().zip(listed).collect() } else { Vec::new() })
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

#[cfg(test)]
mod tests {
    use crate::{
        document::{InputForm, Metadata, decode},
        events::Role,
        pipeline::Extractor,
    };

    /// Who has which sum in the acts of a type.
    fn check(text: &str, event_type: &str, role: Role, shares: &[(&str, &str)]) {
        let (document, _) = decode(text.as_bytes(), InputForm::Text, Metadata::default()).unwrap();
        let events = Extractor::embedded().unwrap().extract(&document).events;
        let found: Vec<(String, String)> = events
            .iter()
            .filter(|event| event.event_type.as_str() == event_type)
            .map(|event| {
                let parties = event.participants.iter().filter(|party| party.role == role);
                let names: Vec<&str> = parties.map(|party| party.name.as_str()).collect();
                let sum = event.amounts.first().map_or_else(String::new, |sum| sum.value.normalize().to_string());
                (names.join(" and "), sum)
            })
            .collect();
        let shares: Vec<(String, String)> = shares.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(found, shares, "{text}: {events:#?}");
    }

    #[test]
    fn each_party_has_its_own_sum() {
        let shares = [("Zentora", "2000000"), ("Perlmutt", "3000000")];
        for text in [
            "The agency fined Zentora 2 million euros and Perlmutt 3 million euros.",
            "The agency fined Zentora and Perlmutt 2 million and 3 million euros respectively.",
            "The agency fined Zentora and Perlmutt 2 million and 3 million euros.",
        ] {
            check(text, "FINE", Role::Target, &shares);
        }
    }

    #[test]
    fn who_sues_may_each_have_a_sum() {
        check(
            "Zentora and Perlmutt are suing Zuuka for 2 million and 3 million euros respectively.",
            "LAWSUIT",
            Role::Actor,
            &[("Zentora", "2000000"), ("Perlmutt", "3000000")],
        );
    }
}
