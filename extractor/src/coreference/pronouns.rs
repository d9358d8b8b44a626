//! How well a chain fits a pronoun.

use super::deeds::{Deed, deed};
use super::ranking::{Context, Place, State, is_subject};
use super::wording::{Gender, is_office};
use crate::gazetteer::EntityKind;
use crate::names::Number;
use crate::syntax::Tree;

/// Weights of what speaks for an antecedent, set by hand and by search over the texts with local arguments.
mod weight {
    pub(super) const NEAR: f32 = 1.8;
    pub(super) const SALIENCE: f32 = 1.0;
    pub(super) const SUBJECT: f32 = 1.0;
    pub(super) const RULES_AUTHORITY: f32 = 0.6;
    pub(super) const RULES_OTHER: f32 = -0.6;
    pub(super) const BEARS_AUTHORITY: f32 = -0.6;
    pub(super) const SAME_DEED: f32 = 0.3;
    pub(super) const OTHER_DEED: f32 = -0.3;
    pub(super) const IT_PERSON: f32 = -0.6;
    pub(super) const IT_UNSURE_PLACE: f32 = -0.2;
    pub(super) const IT_ORGANISATION: f32 = 0.7;
    pub(super) const IT_AUTHORITY: f32 = 0.4;
    pub(super) const IT_PRODUCT: f32 = -0.3;
    pub(super) const IT_COUNTRY: f32 = 0.0;
    pub(super) const IT_PLACE: f32 = -0.8;
    pub(super) const IT_OTHER: f32 = -1.0;
    pub(super) const THEY_PLURAL: f32 = 0.8;
    pub(super) const THEY_BODY: f32 = -0.9;
    pub(super) const GOVERNING_SUBJECT: f32 = 0.6;
    pub(super) const FAR_IN_SENTENCE: f32 = 0.4;
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
        if place.here.iter().any(|&word| governs(tree, word, pronoun)) {
            score += weight::GOVERNING_SUBJECT;
        }
        // Of two in one sentence the farther: it is more often the subject that the sentence is about.
        score += weight::FAR_IN_SENTENCE * (pronoun.abs_diff(other).min(30) as f32) / 10.0;
        score
    }
}

/// Whether `word` is the subject of a verb above `below`.
fn governs(tree: &Tree, word: usize, below: usize) -> bool {
    is_subject(tree, word) && tree.words[word].head.is_some_and(|verb| tree.dominates(verb, below))
}
