//! How well a chain fits a pronoun.

use super::deeds::{Deed, deed};
use super::ranking::{Context, Place, State, is_subject};
use super::wording::{Gender, is_office};
use crate::gazetteer::EntityKind;
use crate::names::{Form, Number};
use crate::syntax::{Deprel, Tree};

/// Weights of what speaks for an antecedent, set by hand and by search over the texts with local arguments.
mod weight {
    pub(super) const NEAR: f32 = 1.8;
    pub(super) const SALIENCE: f32 = 1.0;
    pub(super) const SUBJECT: f32 = 1.0;
    pub(super) const PARALLEL_SUBJECT: f32 = 0.0;
    pub(super) const PARALLEL_OBJECT: f32 = 0.0;
    pub(super) const TOPIC: f32 = 0.0;
    pub(super) const CONTINUES: f32 = 0.0;
    pub(super) const RULES_AUTHORITY: f32 = 0.6;
    pub(super) const RULES_OTHER: f32 = -0.6;
    pub(super) const BEARS_AUTHORITY: f32 = -0.6;
    pub(super) const SAME_DEED: f32 = 0.3;
    pub(super) const OTHER_DEED: f32 = -0.3;
    pub(super) const IT_PERSON: f32 = -0.6;
    pub(super) const IT_UNSURE_PLACE: f32 = -0.2;
    pub(super) const IT_ORGANISATION: f32 = 0.55;
    pub(super) const IT_AUTHORITY: f32 = 0.7;
    pub(super) const IT_PRODUCT: f32 = 0.3;
    pub(super) const IT_COUNTRY: f32 = 0.0;
    pub(super) const IT_PLACE: f32 = -0.8;
    pub(super) const IT_OTHER: f32 = -1.0;
    pub(super) const THEY_PLURAL: f32 = 0.8;
    pub(super) const THEY_BODY: f32 = -0.9;
    pub(super) const NAMED: f32 = 0.0;
    pub(super) const GOVERNING_SUBJECT: f32 = 0.6;
    pub(super) const GOVERNOR_STEPS: f32 = 0.0;
    pub(super) const OBLIQUE: f32 = 0.0;
    pub(super) const FAR_IN_SENTENCE: f32 = -0.4;
    pub(super) const GUESSED_PERSON: f32 = -1.2;
    pub(super) const OFFICE: f32 = -0.2;
}

impl Context<'_> {
    pub(super) fn pronoun(&self, state: &State, place: &Place<'_>) -> Option<f32> {
        let mention = self.mention;
        let form = mention.text.to_lowercase();
        if place.distance > 4 {
            return None;
        }
        let mut score = Self::near(place) * weight::NEAR
            + Self::salience(state) * weight::SALIENCE
            + self.subject(state) * weight::SUBJECT
            + self.parallel(place)
            + self.deeds(state)
            + match form.as_str() {
                "he" | "him" | "his" | "himself" | "she" | "her" | "hers" | "herself" => Self::person(state, &form)?,
                "it" | "its" | "itself" => Self::thing(state)?,
                _ => match (state.number, state.kind) {
                    (Number::Plural, _) => weight::THEY_PLURAL,
                    (_, EntityKind::Organisation | EntityKind::Authority) => weight::THEY_BODY,
                    _ => return None,
                },
            };
        if state.medium && state.count <= 2 {
            score -= 1.2;
        } else if state.source {
            score -= 0.8;
        }
        if state.named {
            score += weight::NAMED;
        }
        if place.distance == 0 {
            score += self.within(place);
        }
        Some(score)
    }

    fn person(state: &State, form: &str) -> Option<f32> {
        // "the Commissioner of Competition" is an authority and a woman.
        let office =
            state.kind == EntityKind::Authority && state.nouns.iter().chain(&state.name_words).any(|n| is_office(n));
        let guess = state.named && !state.sure && !matches!(state.kind, EntityKind::Country | EntityKind::Authority);
        if state.number != Number::Singular || (state.kind != EntityKind::Person && !guess && !office) {
            return None;
        }
        if let (Some(a), Some(b)) = (Gender::of(form), state.gender)
            && a != b
        {
            return None;
        }
        Some(match state.kind {
            EntityKind::Person => 0.0,
            _ if office => weight::OFFICE,
            _ => weight::GUESSED_PERSON,
        })
    }

    fn thing(state: &State) -> Option<f32> {
        let guess = state.named && !state.sure;
        if state.number != Number::Singular || (state.kind == EntityKind::Person && !guess) {
            return None;
        }
        Some(match state.kind {
            EntityKind::Person => weight::IT_PERSON,
            EntityKind::Place if guess => weight::IT_UNSURE_PLACE,
            EntityKind::Organisation => weight::IT_ORGANISATION,
            EntityKind::Authority => weight::IT_AUTHORITY,
            EntityKind::Product => weight::IT_PRODUCT,
            EntityKind::Country => weight::IT_COUNTRY,
            EntityKind::Place => weight::IT_PLACE,
            _ => weight::IT_OTHER,
        })
    }

    /// Whether both stand in the same place of their clauses.
    fn parallel(&self, place: &Place<'_>) -> f32 {
        let mut score = 0.0;
        let (here, there) = (self.mention.head, place.last.head);
        let subject = is_subject(self.tree, here);
        if subject && is_subject(place.tree, there) {
            score += weight::PARALLEL_SUBJECT;
        }
        if is_object(self.tree, here) && (is_object(place.tree, there) || is_patient(place.tree, there)) {
            score += weight::PARALLEL_OBJECT;
        }
        if subject && place.distance == 1 && is_subject(place.tree, there) && in_main_clause(place.tree, there) {
            score += weight::TOPIC;
        }
        // "It said … It added": who was meant is meant on.
        if place.last.form == Form::Pronoun && place.distance <= 1 {
            score += weight::CONTINUES;
        }
        score
    }

    /// Whether the chain does what the pronoun does: who has fined fines again, who was fined appeals.
    fn deeds(&self, state: &State) -> f32 {
        let Some(deed) = deed(self.tree, self.mention.head) else { return 0.0 };
        let mut score = match (deed, state.kind) {
            (Deed::Rules, EntityKind::Authority | EntityKind::Country) => weight::RULES_AUTHORITY,
            (Deed::Rules, _) => weight::RULES_OTHER,
            (Deed::Bears, EntityKind::Authority) => weight::BEARS_AUTHORITY,
            (Deed::Bears, _) => 0.0,
        };
        let (same, other) = match deed {
            Deed::Rules => (state.rules, state.bears),
            Deed::Bears => (state.bears, state.rules),
        };
        if same > other {
            score += weight::SAME_DEED;
        } else if other > same {
            score += weight::OTHER_DEED;
        }
        score
    }

    /// What the grammar of the sentence says for a chain that it mentions before the pronoun.
    fn within(&self, place: &Place<'_>) -> f32 {
        let (tree, pronoun, other) = (self.tree, self.mention.head, place.last.head);
        let mut score = 0.0;
        // "Google said it would": the subject of the clause above the pronoun's.
        let steps = place.here.iter().filter_map(|&word| governs(tree, word, pronoun)).min();
        if let Some(steps) = steps {
            score += weight::GOVERNING_SUBJECT + weight::GOVERNOR_STEPS * steps.min(6) as f32;
        } else if matches!(tree.words[other].deprel, Deprel::Nmod | Deprel::Compound | Deprel::NmodPoss) {
            score -= weight::OBLIQUE;
        }
        // The nearer of two in one sentence.
        score -= weight::FAR_IN_SENTENCE * (pronoun.abs_diff(other).min(30) as f32) / 10.0;
        score
    }
}

fn is_object(tree: &Tree, word: usize) -> bool {
    matches!(tree.words[word].deprel, Deprel::Obj | Deprel::Iobj)
}

fn is_patient(tree: &Tree, word: usize) -> bool {
    tree.words[word].deprel == Deprel::NsubjPass
}

/// Whether a word hangs on the main verb of its sentence.
fn in_main_clause(tree: &Tree, word: usize) -> bool {
    tree.words[word].head.is_some_and(|verb| tree.words[verb].head.is_none())
}

/// How many steps below the verb whose subject `word` is `below` stands; none where that verb is not above it.
fn governs(tree: &Tree, word: usize, below: usize) -> Option<usize> {
    if !is_subject(tree, word) {
        return None;
    }
    let verb = tree.words[word].head?;
    let mut at = below;
    let mut steps = 0;
    while at != verb {
        at = tree.words[at].head?;
        steps += 1;
    }
    Some(steps)
}
