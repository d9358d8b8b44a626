//! The acts told so far, and what the models ask of them for every option: counts are kept, so that a document of many
//! acts is not gone through anew for each.

use hashbrown::HashMap;

use crate::events::{Candidate, EventType, PartialDate, reading::Party};

/// The acts told so far, in order of the text.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    acts: Vec<Candidate>,
    /// Acts of each type.
    types: HashMap<EventType, usize>,
    /// Acts of each type in which a chain acts (true), or is acted on.
    parts: HashMap<(usize, bool), Vec<(EventType, usize)>>,
    last_date: Option<PartialDate>,
    named: bool,
}

impl Earlier {
    /// None yet. What speaks for each option is kept by name where it is `named`.
    pub(super) fn new(named: bool) -> Self {
        Self { named, ..Self::default() }
    }

    /// Whether what speaks for each option is kept by name.
    pub(super) fn named(&self) -> bool {
        self.named
    }

    /// Adds an act.
    pub(super) fn push(&mut self, act: Candidate) {
        let event_type = &act.event.event_type;
        *self.types.entry(event_type.clone()).or_default() += 1;
        for (acts, parties) in [(true, &act.actors), (false, &act.targets)] {
            for (index, party) in parties.iter().enumerate() {
                let Some(chain) = party.chain.filter(|_| !holds(&parties[..index], party)) else { continue };
                let counts = self.parts.entry((chain, acts)).or_default();
                match counts.iter_mut().find(|(known, _)| known == event_type) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((event_type.clone(), 1)),
                }
            }
        }
        self.last_date = act.event.occurred.or(self.last_date);
        self.acts.push(act);
    }

    /// The acts, in order of the text.
    pub(super) fn acts(&self) -> &[Candidate] {
        &self.acts
    }

    /// The acts, in order of the text.
    pub(super) fn into_acts(self) -> Vec<Candidate> {
        self.acts
    }

    /// How many acts are of a type.
    pub(super) fn of_type(&self, event_type: &EventType) -> usize {
        self.types.get(event_type).copied().unwrap_or_default()
    }

    /// In how many acts a chain acts, or is acted on; those of one type alone where it is told.
    pub(super) fn parts(&self, chain: usize, acts: bool, event_type: Option<&str>) -> usize {
        let counts = self.parts.get(&(chain, acts)).into_iter().flatten();
        counts
            .filter(|(known, _)| event_type.is_none_or(|wanted| known.as_str() == wanted))
            .map(|(_, count)| count)
            .sum()
    }

    /// The date of the last act that has one.
    pub(super) fn last_date(&self) -> Option<PartialDate> {
        self.last_date
    }
}

/// Whether the chain of `party` stands among `parties`.
fn holds(parties: &[Party], party: &Party) -> bool {
    parties.iter().any(|other| other.chain == party.chain)
}
