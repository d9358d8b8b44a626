//! One act told twice is one event: candidates in, events out.

use crate::events::{
    Amount, Candidate, Event, Role,
    assemble::same_party,
    reading::{Party, Reading},
    same,
};

/// Acts back that one is held against, so that a text of nothing but acts takes time linear in its length.
const ACTS_BACK_MAX: usize = 1000;
/// Acts back that are weighed against one; those before are held against it by rule, which takes a hundredth of the time.
const WEIGHED_BACK_MAX: usize = 64;
/// Acts before and behind a telling of several acts at once among which those are looked for.
const PARTS_AWAY_MAX: usize = 64;

/// Makes one event of the candidates that tell the same act. The fullest roles and the surest telling win; the first place
/// in the text stays.
pub fn merge(reading: &Reading<'_>, candidates: Vec<Candidate>) -> Vec<Event> {
    let mut merged: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let told = merged
            .iter_mut()
            .rev()
            .take(ACTS_BACK_MAX)
            .enumerate()
            .map(|(back, earlier)| {
                let weighed = back < WEIGHED_BACK_MAX;
                (same::probability(reading, earlier, &candidate, weighed), earlier)
            })
            .filter(|(probability, _)| *probability >= 0.5)
            // The nearest of equals.
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        match told {
            Some((_, earlier)) => absorb(earlier, candidate),
            None => merged.push(candidate),
        }
    }
    share_out(merged)
        .into_iter()
        .map(|candidate| {
            let mut event = candidate.event;
            event.id = event.identify(&reading.document.id, &reading.document.text);
            event
        })
        .collect()
}

/// "Apple and Zoom fined in Russia", where the story then tells what each has to pay: a telling of several acts at once is
/// none of its own beside them. What it tells more than they do goes to each.
fn share_out(mut acts: Vec<Candidate>) -> Vec<Candidate> {
    let mut at = 0;
    while at < acts.len() {
        let parts = parts_of(&acts, at);
        if parts.len() < 2 {
            at += 1;
            continue;
        }
        let whole = acts.remove(at);
        for part in parts {
            absorb(&mut acts[if part > at { part - 1 } else { part }], whole.clone());
        }
    }
    acts
}

/// The acts that the one at `at` tells at once: of its type and certainty, with a sum each, which together are done to all
/// of its targets and to nobody else.
fn parts_of(acts: &[Candidate], at: usize) -> Vec<usize> {
    let whole = &acts[at];
    if whole.targets.len() < 2 || whole.tells_sum() {
        return Vec::new();
    }
    let holds = |targets: &[Party], party: &Party| targets.iter().any(|other| same_party(other, party));
    let near = at.saturating_sub(PARTS_AWAY_MAX)..acts.len().min(at + PARTS_AWAY_MAX);
    let parts: Vec<usize> = near
        .filter(|&other| {
            let part = &acts[other];
            other != at
                && part.event.event_type == whole.event.event_type
                && part.event.factuality == whole.event.factuality
                && part.tells_sum()
                && !part.targets.is_empty()
                && part.targets.len() < whole.targets.len()
                && part.targets.iter().all(|party| holds(&whole.targets, party))
        })
        .collect();
    let all = whole.targets.iter().all(|party| parts.iter().any(|&part| holds(&acts[part].targets, party)));
    if all { parts } else { Vec::new() }
}

/// Whether the first sum is what a headline makes of one of the others.
fn rounds(coarse: &[Amount], fine: &[Amount]) -> bool {
    coarse.first().is_some_and(|coarse| fine.iter().any(|fine| coarse.is_rounded(fine)))
}

fn absorb(kept: &mut Candidate, other: Candidate) {
    let fuller = |c: &Candidate| {
        usize::from(!c.actors.is_empty()) + 2 * usize::from(!c.targets.is_empty()) + 2 * usize::from(c.tells_sum())
    };
    if fuller(&other) > fuller(kept) {
        kept.event.quote_span = other.event.quote_span;
        kept.event.trigger_span = other.event.trigger_span;
        kept.event.frame_id.clone_from(&other.event.frame_id);
    }
    // A sum belongs to the parties that it is told for: a headline may name more of them.
    if !kept.tells_sum() && other.tells_sum() && !other.targets.is_empty() {
        kept.targets.clear();
        kept.event.participants.retain(|participant| participant.role != Role::Target);
    }
    let known = kept.event.participants.clone();
    for participant in other.event.participants {
        if !known.iter().any(|seen| seen.role == participant.role) {
            kept.event.participants.push(participant);
        }
    }
    kept.event.participants.sort_by_key(|participant| (participant.role, participant.mention.span));
    if kept.actors.is_empty() {
        kept.actors = other.actors;
    }
    if kept.targets.is_empty() {
        kept.targets = other.targets;
    }
    // What it tells itself goes before what was taken from elsewhere, and a sum before what it was rounded to.
    if kept.event.amounts.is_empty()
        || (kept.borrowed && !other.event.amounts.is_empty() && !other.borrowed)
        || rounds(&kept.event.amounts, &other.event.amounts)
    {
        kept.borrowed = other.borrowed;
        kept.event.amounts = other.event.amounts;
        kept.event.amount_bound = other.event.amount_bound;
        kept.event.amount_each = other.event.amount_each;
    }
    // Of two tellings the surer date stays: an exact one is often borrowed, a told one rarely.
    if other.date_share > kept.date_share {
        kept.event.occurred = other.event.occurred;
        kept.date_share = other.date_share;
    }
    // What is told as done once is done, also where it is announced before.
    kept.event.factuality = kept.event.factuality.min(other.event.factuality);
    for (mine, theirs) in [
        (&mut kept.event.reason, other.event.reason),
        (&mut kept.event.legal_basis, other.event.legal_basis),
        (&mut kept.event.source, other.event.source),
        (&mut kept.event.speaker, other.event.speaker),
    ] {
        if mine.is_empty() {
            *mine = theirs;
        }
    }
    kept.event.confidence = kept.event.confidence.max(other.event.confidence);
    kept.event.background &= other.event.background;
}

#[cfg(test)]
mod tests {
    use crate::{
        document::{InputForm, Metadata, decode},
        pipeline::Extractor,
    };

    /// The targets and amounts of the fines that a text tells.
    fn check(text: &str, fines: &[(&str, &str)]) {
        let (document, _) = decode(text.as_bytes(), InputForm::Text, Metadata::default()).unwrap();
        let events = Extractor::embedded().unwrap().extract(&document).events;
        let found: Vec<(String, String)> = events
            .iter()
            .filter(|event| event.event_type.as_str() == "FINE")
            .map(|event| {
                let targets: Vec<&str> = event
                    .participants
                    .iter()
                    .filter(|p| p.role == super::Role::Target)
                    .map(|p| p.name.as_str())
                    .collect();
                let amounts: Vec<String> = event.amounts.iter().map(|sum| sum.value.normalize().to_string()).collect();
                (targets.join(" and "), amounts.join(" and "))
            })
            .collect();
        let expected: Vec<(String, String)> = fines.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_body_tells_the_sum_that_the_headline_rounds() {
        check(
            "Colombia's Bancolinda fined $61 million over cash checks\n\nBOGOTA - Colombia's banking regulator has fined the lender \
             Bancolinda $61.4 million over lax checks of cash, it said on Tuesday.",
            &[("Bancolinda", "61400000")],
        );
    }

    #[test]
    fn a_telling_of_several_acts_at_once_is_none_beside_them() {
        let each = "Zentora was fined 2 million euros on Monday, and Perlmutt was fined 3 million euros a day later.";
        check(
            &format!("Zentora and Perlmutt have been fined in Riga.\n\n{each}"),
            &[("Zentora", "2000000"), ("Perlmutt", "3000000")],
        );
    }
}
