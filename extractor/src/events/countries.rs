//! Which countries an act is about: where it takes effect, whose authority acts, whose territory is meant; and where the
//! act tells nothing of that, where its passage is set.
//!
//! A log-linear model chooses among the countries that the parties, the sentence and the passage tell, and none. The
//! weights stand in `data/model/countries.json`, fitted by `training/choices.py`.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::{
    events::{
        EntityKind, EventType,
        earlier::Earlier,
        places::{Clue, ClueKind, Setting},
        reading::{Party, Reading},
    },
    frames::{self, FrameMatch},
    gazetteer::{self, Country},
    linear::{self, Features, tell},
    predicates::{Slot, case_of},
};

/// Countries of the passage that are weighed, the likeliest first.
const HOMES_MAX: usize = 8;
/// Sentences before the act whose clues are told one by one.
const SENTENCES_BACK_MAX: usize = 3;
/// Acts back whose countries are looked at.
const ACTS_BACK_MAX: usize = 8;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    /// Another country than the likeliest one is told too at this share or more.
    told: f64,
    /// The same for types with a share of their own: sanctions are an act of one state on the parties of another.
    told_of_type: BTreeMap<String, f64>,
    weights: linear::Weights,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| linear::embedded(include_str!("../../data/model/countries.json")));

/// Reads the weights, where they have not been read.
pub(super) fn ready() {
    LazyLock::force(&WEIGHTS);
}

/// A country that an act may be about; none is an option too.
#[derive(Clone, Debug)]
pub struct CountryOption {
    /// The country, or that the text tells none.
    pub country: Option<Country>,
    /// What speaks for and against it, where that was asked for.
    pub features: Vec<String>,
    /// Share of this option among all.
    probability: f64,
}

/// The likeliest country and those that are told beside it, likeliest first; empty where the text most likely tells none.
pub(super) fn choose(event_type: &EventType, options: &[CountryOption]) -> Vec<Country> {
    let mut ranked: Vec<&CountryOption> = options.iter().collect();
    ranked.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.country.cmp(&b.country)));
    if ranked.first().is_none_or(|best| best.country.is_none()) {
        return Vec::new();
    }
    let least = WEIGHTS.told_of_type.get(event_type.as_str()).copied().unwrap_or(WEIGHTS.told);
    let told = ranked.iter().enumerate().filter(|(rank, option)| *rank == 0 || option.probability >= least);
    told.filter_map(|(_, option)| option.country).collect()
}

/// The countries of the passage around a sentence with what speaks for each: the same for all acts of the sentence.
#[derive(Debug)]
pub(super) struct Scene {
    passage: Vec<Home>,
    nowhere: Features<'static>,
}

/// A country of the passage.
#[derive(Debug)]
struct Home {
    country: Country,
    features: Features<'static>,
    /// Where clues of it stand and of which kind they are.
    clues: Vec<(&'static str, ClueKind)>,
}

impl Scene {
    /// What is told around a sentence; what speaks for each country is kept by name where it is `named`.
    pub(super) fn new(setting: &Setting, sentence: usize, homes: &[(Country, f64)], named: bool) -> Self {
        let total: f64 = homes.iter().map(|(_, score)| score).sum();
        let clues = setting.clues(sentence.saturating_sub(SENTENCES_BACK_MAX)..sentence + 2);
        let mut passage = Vec::new();
        for (rank, &(country, score)) in homes.iter().take(HOMES_MAX).enumerate() {
            let mut features = Features::new(&WEIGHTS.weights, named);
            let share = (score / total * 10.0) as usize;
            tell!(features, "home=" rank);
            tell!(features, "home/share=" share);
            tell!(features, "home=" (rank.min(2)) "/share=" share);
            if matches!(country.as_str(), "EU" | "UN") {
                tell!(features, "code=" country);
            }
            tell!(features, "only="(homes.len() == 1));
            let clues = near(setting, sentence, clues, country, &mut features);
            passage.push(Home { country, features, clues });
        }
        let mut nowhere = Features::new(&WEIGHTS.weights, named);
        tell!(nowhere, "none");
        tell!(nowhere, "none/homes="(homes.len().min(4)));
        let told = clues.iter().any(|clue| clue.sentence == sentence);
        tell!(nowhere, "none/told=" told);
        Self { passage, nowhere }
    }
}

/// What the sentences around `sentence` tell of `country`, and which kinds of clue they tell at which place. Clues of a kind at
/// a place count once, and those that are told again or stand in the act's paragraph apart from the others.
fn near(
    setting: &Setting,
    sentence: usize,
    clues: &[Clue],
    country: Country,
    features: &mut Features<'static>,
) -> Vec<(&'static str, ClueKind)> {
    let paragraph = setting.paragraph(sentence);
    let mut kinds = Vec::new();
    let mut seen = Vec::new();
    for clue in clues.iter().filter(|clue| clue.country == country) {
        let place = match clue.sentence {
            at if at > sentence => "next",
            at if at == sentence => "here",
            at => ["back1", "back2", "back3"][sentence - at - 1],
        };
        let (kind, repeated, same) = (clue.kind, clue.repeated, clue.paragraph == paragraph);
        if seen.contains(&(place, kind, repeated, same)) {
            continue;
        }
        seen.push((place, kind, repeated, same));
        features.add(format_args!("near={place}/{kind:?}"));
        features.add(format_args!("near={place}/{kind:?}/repeated={repeated}/paragraph={same}"));
        if !kinds.contains(&(place, kind)) {
            kinds.push((place, kind));
        }
    }
    let before = clues.iter().rev().find(|clue| clue.sentence < sentence && clue.paragraph == paragraph);
    if let Some(last) = before {
        features.add(format_args!("last_before={}/{:?}", last.country == country, last.kind));
    }
    kinds
}

/// An act as far as it is read when its countries are looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act<'a> {
    /// Its sentence.
    pub(super) sentence: usize,
    /// Its frame.
    pub(super) matched: &'a FrameMatch,
    /// Its type.
    pub(super) event_type: &'a EventType,
    /// Who acts.
    pub(super) actors: &'a [Party],
    /// Who or what is acted on.
    pub(super) targets: &'a [Party],
    /// The places that its frame finds.
    pub(super) places: &'a [Party],
}

/// Every country that an act may be about. `found` are the acts told before.
pub(super) fn options(reading: &Reading<'_>, scene: &Scene, act: Act<'_>, found: &Earlier) -> Vec<CountryOption> {
    let mut all = Options { all: Vec::with_capacity(scene.passage.len()), named: found.named() };
    let event_type = act.event_type.as_str();
    let who = format!("{}/{}", known(act.actors), known(act.targets));
    for (rank, home) in scene.passage.iter().enumerate() {
        let mut features = home.features.clone();
        tell!(features, "home=" (rank.min(2)) "/who=" who);
        tell!(features, "home=" (rank.min(2)) "/" event_type);
        for (place, kind) in &home.clues {
            features.add(format_args!("near={place}/{kind:?}/who={who}"));
        }
        all.all.push((home.country, features));
    }
    all.parties("place", act.places, event_type);
    all.parties("actor", act.actors, event_type);
    all.parties("target", act.targets, event_type);
    all.sentence(reading, act);
    for (back, earlier) in found.acts().iter().rev().take(ACTS_BACK_MAX).enumerate() {
        let shared = |mine: &[Party], theirs: &[Party]| {
            mine.iter().any(|party| party.chain.is_some() && theirs.iter().any(|other| other.chain == party.chain))
        };
        let actor = shared(act.actors, &earlier.actors);
        let target = shared(act.targets, &earlier.targets);
        for (rank, country) in earlier.event.countries.iter().filter_map(|code| Country::parse(code)).enumerate() {
            let features = all.of(country);
            tell!(features, "act=" (back.min(3)) "/rank=" (rank.min(1)));
            tell!(features, "act/actor=" actor "/target=" target "/rank=" (rank.min(1)));
            if back == 0 {
                let sentences = (act.sentence - earlier.sentence).min(3);
                tell!(features, "last_act/sentences=" sentences "/rank=" (rank.min(1)));
            }
        }
    }
    let mut nowhere = scene.nowhere.clone();
    tell!(nowhere, "none/" event_type);
    let told: Vec<(Option<Country>, Features<'_>)> =
        all.all.into_iter().map(|(country, features)| (Some(country), features)).chain([(None, nowhere)]).collect();
    let scores: Vec<f64> = told.iter().map(|(_, features)| features.sum()).collect();
    told.into_iter()
        .zip(linear::softmax(&scores))
        .map(|((country, features), probability)| CountryOption {
            country,
            features: features.into_names(),
            probability,
        })
        .collect()
}

struct Options {
    all: Vec<(Country, Features<'static>)>,
    named: bool,
}

impl Options {
    /// What speaks for a country; one that was not thought of becomes an option.
    fn of(&mut self, country: Country) -> &mut Features<'static> {
        let at = self.all.iter().position(|(known, _)| *known == country).unwrap_or_else(|| {
            let mut features = Features::new(&WEIGHTS.weights, self.named);
            tell!(features, "home=none");
            self.all.push((country, features));
            self.all.len() - 1
        });
        &mut self.all[at].1
    }

    /// The homes of the parties of a role.
    fn parties(&mut self, role: &str, parties: &[Party], event_type: &str) {
        let mut seen: Vec<Country> = Vec::new();
        for party in parties {
            let Some(country) = party.country.as_deref().and_then(Country::parse) else { continue };
            if seen.contains(&country) {
                continue;
            }
            let kind = party.kind;
            let further = !seen.is_empty();
            seen.push(country);
            let features = self.of(country);
            features.add(format_args!("{role}/{kind:?}"));
            features.add(format_args!("{role}/{kind:?}/{event_type}"));
            tell!(features, role "/" (class(kind)) "/further=" further);
        }
        // That a party of a state acts speaks against all other countries.
        let state = parties.iter().find(|party| party.country.is_some() && class(party.kind) == "state");
        if let Some(party) = state {
            for (country, features) in &mut self.all {
                if !seen.contains(country) {
                    features.add(format_args!("other_{role}/{:?}", party.kind));
                    features.add(format_args!("other_{role}/{:?}/{event_type}", party.kind));
                }
            }
        }
    }

    /// The mentions of the act's sentence.
    fn sentence(&mut self, reading: &Reading<'_>, act: Act<'_>) {
        let tree = &reading.trees[act.sentence];
        let chains = reading.chains;
        let head = act.matched.head;
        let here = chains.mentions_in(act.sentence..act.sentence + 1);
        let mut told: Vec<(usize, Country)> = Vec::new();
        for index in here {
            let mention = &chains.mentions()[index];
            let chain = &chains.chains()[chains.chain_of_mention(index)];
            let own = mention.country.filter(|_| mention.country_told);
            let Some(country) = own.or(chain.country) else { continue };
            if chain.entry.is_some_and(|id| reading.gazetteer.entry(id).medium) {
                continue;
            }
            let kind = chain.kind;
            let away = mention.head.abs_diff(head);
            told.push((away, country));
            let place = matches!(kind, gazetteer::EntityKind::Country | gazetteer::EntityKind::Place);
            let case = if place { case_of(tree, mention.head).unwrap_or("none") } else { "-" };
            let order = if mention.head < head { "before" } else { "after" };
            let event_type = act.event_type.as_str();
            let way = tree.path(head, mention.head);
            let own = own.is_some();
            let features = self.of(country);
            features.add(format_args!("mention/{kind:?}/own={own}/{order}"));
            features.add(format_args!("mention/{kind:?}/case={case}"));
            features.add(format_args!("mention/{kind:?}/case={case}/{event_type}"));
            tell!(features, "mention/place=" place "/" way);
        }
        if let Some(&(_, nearest)) = told.iter().min() {
            self.of(nearest).add(format_args!("mention/nearest"));
        }
        for holder in std::iter::once(head).chain(act.matched.support) {
            for filler in &reading.predicates[act.sentence][holder].fillers {
                let Slot::P(preposition) = filler.slot else { continue };
                for party in reading.parties(act.sentence, filler.word) {
                    if let Some(country) = party.country.as_deref().and_then(Country::parse)
                        && matches!(party.kind, EntityKind::Country | EntityKind::Place)
                    {
                        self.of(country).add(format_args!("clause/{preposition}"));
                        self.of(country).add(format_args!("clause/{preposition}/{}", act.event_type.as_str()));
                    }
                }
            }
        }
        for argument in act.matched.arguments.iter().filter(|argument| argument.role == frames::Role::Amount) {
            let Some(country) = super::places::currency_country(reading, act.sentence, argument.word) else { continue };
            self.of(country).add(format_args!("sum"));
        }
    }
}

/// Whether the parties of a role tell a state's country.
fn known(parties: &[Party]) -> &'static str {
    let state = || parties.iter().filter(|party| class(party.kind) == "state");
    if state().any(|party| party.country.is_some()) {
        "state"
    } else if state().next().is_some() {
        "untold"
    } else if parties.is_empty() {
        "nobody"
    } else {
        "party"
    }
}

/// Whether a party is one of a state, a territory, or neither.
fn class(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Authority | EntityKind::Country => "state",
        EntityKind::Place | EntityKind::Group => "territory",
        _ => "party",
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        document::{InputForm, Metadata, decode},
        pipeline::Extractor,
    };

    /// The countries of the first event whose quote holds `words`, in whatever order.
    fn check(text: &str, words: &str, countries: &[&str]) {
        let (document, _) = decode(text.as_bytes(), InputForm::Text, Metadata::default()).unwrap();
        let events = Extractor::embedded().unwrap().extract(&document).events;
        let found = events.iter().find(|event| event.quote_span.of(&document.text).contains(words));
        let mut told = found.map(|event| event.countries.clone()).unwrap_or_default();
        told.sort_unstable();
        assert_eq!(told, countries, "{text}: {events:#?}");
    }

    #[test]
    fn the_act_itself_tells_first() {
        check("A court in Nairobi fined the American firm Zuuka $2m.", "fined", &["KE"]);
        check("Poland's consumer office fined Zuuka 2 million euros.", "fined", &["PL"]);
        check("Apple stopped selling phones in Russia.", "stopped", &["RU"]);
    }

    #[test]
    fn sanctions_are_about_both_sides() {
        check("The United States put sanctions on the Chinese chipmaker Huaxin.", "sanctions", &["CN", "US"]);
        check("Britain imposed sanctions on two Russian banks.", "imposed", &["GB", "RU"]);
    }

    #[test]
    fn a_dateline_or_an_earlier_sentence_sets_the_scene() {
        check("LAGOS, May 3 - The commission fined Zuuka and it must pay by June.", "fined", &["NG"]);
        check("Hungary has a new media law. The regulator fined Zuuka on Friday.", "fined", &["HU"]);
        check("The regulator fined Zuuka 40 million tenge.", "fined", &["KZ"]);
    }

    #[test]
    fn each_passage_has_a_scene_of_its_own() {
        let text = "In Finland, the regulator fined Zuuka.\n\nIn Chile, meanwhile, prosecutors want more. The tribunal \
                    convicted Pirola on Monday.\n\nPERU. The police arrested Hugo Sarmiento on Sunday.";
        check(text, "fined", &["FI"]);
        check(text, "convicted", &["CL"]);
        check(text, "arrested", &["PE"]);
    }
}
