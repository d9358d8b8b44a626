//! Which countries an act is about.

use crate::{
    events::{EntityKind, EventType, reading::Party},
    gazetteer::Country,
};

/// The countries of an act: where it takes effect, the actor's state, the target's territory; else the home of the
/// story, which is where "the regulator" and "the court" sit.
pub(super) fn countries(
    event_type: &EventType,
    actors: &[Party],
    targets: &[Party],
    places: &[Country],
    home: Option<&str>,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |code: &str| {
        if !code.is_empty() && !found.iter().any(|seen| seen == code) {
            found.push(code.to_owned());
        }
    };
    for place in places {
        add(place.as_str());
    }
    let state = |party: &&Party| matches!(party.kind, EntityKind::Authority | EntityKind::Country);
    let territory = |party: &&Party| matches!(party.kind, EntityKind::Country | EntityKind::Place | EntityKind::Group);
    let market = matches!(event_type, EventType::Suspension | EventType::Exit | EventType::Resumption);
    let (first, second) = if market { (targets, actors) } else { (actors, targets) };
    for party in first.iter().filter(|party| if market { territory(party) } else { state(party) }) {
        add(party.country.as_deref().unwrap_or_default());
    }
    for party in second.iter().filter(|party| state(party) || territory(party)) {
        add(party.country.as_deref().unwrap_or_default());
    }
    if found.is_empty() {
        add_home(&mut found, home);
    }
    found
}

fn add_home(found: &mut Vec<String>, home: Option<&str>) {
    if let Some(home) = home {
        found.push(home.to_owned());
    }
}
