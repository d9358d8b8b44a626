//! Matches in, candidate events out: roles resolved to parties, and every field of an event read.

use crate::{
    document::ByteSpan,
    events::{
        Event, EventType, PartialDate, Participant, Role,
        amounts::{self, Sum},
        attribution, confidence,
        countries::{self, CountryOption, Scene},
        dates::{self, DateOption, Timeline},
        earlier::Earlier,
        factuality::{self, FactualityOption},
        places::Setting,
        reading::{Party, Reading},
        roles::{self, Around, RoleOption},
        split,
        sums::{self, Purse, SumOption},
    },
    frames::{self, FrameMatch},
    gazetteer::Country,
};

/// A match with its roles resolved, before acts told twice are merged.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Number of the sentence.
    pub sentence: usize,
    /// The frame that fired.
    pub matched: FrameMatch,
    /// Who acts.
    pub actors: Vec<Party>,
    /// Who or what is acted on.
    pub targets: Vec<Party>,
    /// What the act is about.
    pub products: Vec<Party>,
    /// The mentions that were weighed for each role.
    pub options: [(Role, Vec<RoleOption>); 2],
    /// The dates that were weighed.
    pub dates: Vec<DateOption>,
    /// Share of the chosen date among them; 0 where none was chosen.
    pub date_share: f64,
    /// The countries that were weighed.
    pub countries: Vec<CountryOption>,
    /// The countries whose currency a sum of the act may be in, likeliest first.
    pub(super) homes: Vec<Country>,
    /// The sums that were weighed.
    pub sums: Vec<SumOption>,
    /// Whether its sum stands in another sentence than its own.
    pub(super) borrowed: bool,
    /// The certainties that were weighed.
    pub certainties: Vec<FactualityOption>,
    /// Whether another frame tells the act of the same trigger better.
    pub outdone: bool,
    /// The event, without id.
    pub event: Event,
    /// What its confidence rests on, where that was asked for.
    pub features: Vec<String>,
}

impl Candidate {
    /// Whether its own sentence tells its sum: one that was taken from elsewhere speaks neither for the act nor for its being
    /// another one told again.
    pub(super) fn tells_sum(&self) -> bool {
        !self.event.amounts.is_empty() && !self.borrowed
    }
}

/// The candidates of a document, in order of the text: one a match, and several where a match shares sums out. Of frames that
/// are rivals for a trigger the likelier one tells the act; the candidates of the others come last, marked as outdone, and so do
/// those of parts of other acts that are hardly acts of their own.
pub fn candidates(reading: &Reading<'_>, matches: &[(usize, FrameMatch)]) -> Vec<Candidate> {
    assemble(reading, matches, Earlier::new(false))
}

/// [`candidates`] that tell by name what speaks for each of their options: for fitting the weights.
pub fn candidates_with_features(reading: &Reading<'_>, matches: &[(usize, FrameMatch)]) -> Vec<Candidate> {
    assemble(reading, matches, Earlier::new(true))
}

fn assemble(reading: &Reading<'_>, matches: &[(usize, FrameMatch)], mut found: Earlier) -> Vec<Candidate> {
    let setting = Setting::of(reading);
    let timeline = Timeline::new(reading);
    let purse = Purse::new(reading);
    let ranks = roles::ranks(reading);
    let mut aside: Vec<Candidate> = Vec::new();
    for here in matches.chunk_by(|a, b| a.0 == b.0) {
        let Some(&(sentence, _)) = here.first() else { continue };
        let homes = setting.homes(sentence);
        let site = Site {
            sentence,
            matches,
            purse: &purse,
            around: Around::new(reading, sentence, here, &ranks),
            scene: Scene::new(&setting, sentence, &homes, found.named()),
            home: homes.first().map(|(country, _)| *country),
        };
        for rivals in here.chunk_by(|a, b| a.1.head == b.1.head) {
            if rivals.iter().any(|(_, matched)| matched.absorbed_by.is_some() && is_own(reading, matched)) {
                continue;
            }
            let mut best: Option<Candidate> = None;
            for (_, matched) in rivals {
                let dates = dates::options(reading, &timeline, sentence, matched, here, &found);
                let mut next = candidate(reading, &site, matched.clone(), dates, &found);
                let features = confidence::features(reading, &next, here, &found);
                next.event.confidence = confidence::confidence(&features);
                next.features = features.into_names();
                let loser = match best.take() {
                    Some(first) if !likelier(&next, &first) => {
                        best = Some(first);
                        Some(next)
                    }
                    first => {
                        best = Some(next);
                        first
                    }
                };
                aside.extend(loser.map(|loser| Candidate { outdone: true, ..loser }));
            }
            let Some(best) = best else { continue };
            // What is most likely but a part of another act is none that later acts may point back to.
            if best.matched.absorbed_by.is_some() && best.event.confidence < confidence::threshold() {
                aside.push(best);
                continue;
            }
            for act in split::split(reading, best) {
                found.push(act);
            }
        }
    }
    let mut all = found.into_acts();
    all.extend(aside);
    all
}

/// Whether the frame is one of a user's own type: of those the weights know nothing, and what its frame absorbs is absorbed.
fn is_own(reading: &Reading<'_>, matched: &FrameMatch) -> bool {
    matches!(EventType::parse(&reading.frames.frames()[matched.frame].event_type), EventType::Custom(_))
}

/// Whether `next` tells the act of a trigger rather than `first`, whose frame ranks higher. The weights know nothing of a
/// user's own types: those go by the frames' rank alone.
fn likelier(next: &Candidate, first: &Candidate) -> bool {
    let own = |candidate: &Candidate| matches!(candidate.event.event_type, EventType::Custom(_));
    !own(next) && !own(first) && next.event.confidence > first.event.confidence
}

/// A sentence with acts, and what is the same for all of them.
struct Site<'a> {
    sentence: usize,
    /// The matches of the document.
    matches: &'a [(usize, FrameMatch)],
    purse: &'a Purse,
    around: Around<'a>,
    scene: Scene,
    /// Where its passage is set.
    home: Option<Country>,
}

fn candidate(
    reading: &Reading<'_>,
    site: &Site<'_>,
    matched: FrameMatch,
    dates: Vec<DateOption>,
    found: &Earlier,
) -> Candidate {
    let Site { sentence, matches, purse, around, scene, home } = site;
    let sentence = *sentence;
    let tree = &reading.trees[sentence];
    let frame = &reading.frames.frames()[matched.frame];
    let resolve = |role: frames::Role| -> Vec<Party> {
        let mut parties: Vec<Party> = Vec::new();
        for argument in matched.role(role) {
            for party in reading.parties(sentence, argument.word) {
                let known =
                    |seen: &Party| seen.name == party.name || (seen.chain.is_some() && seen.chain == party.chain);
                if !parties.iter().any(known) {
                    parties.push(party);
                }
            }
        }
        parties
    };
    let actor_options = roles::options(reading, around, sentence, &matched, frames::Role::Actor, found);
    let target_options = roles::options(reading, around, sentence, &matched, frames::Role::Target, found);
    // The weights know nothing of a user's own types: there the frame's choice stands.
    let own = is_own(reading, &matched);
    let (actors, targets) = if own {
        (resolve(frames::Role::Actor), resolve(frames::Role::Target))
    } else {
        parties(reading, &actor_options, &target_options)
    };
    let products = resolve(frames::Role::Product);
    let place_parties = resolve(frames::Role::Place);
    let event_type = EventType::parse(&frame.event_type);
    let act = countries::Act {
        sentence,
        matched: &matched,
        event_type: &event_type,
        actors: &actors,
        targets: &targets,
        places: &place_parties,
    };
    let country_options = countries::options(reading, scene, act, found);
    let chosen_countries = countries::choose(&event_type, &country_options);
    // Bare dollars are those of the act's country, else of who acts, else of the passage.
    let actor_home = actors.iter().filter_map(|party| party.country.as_deref().and_then(Country::parse));
    let homes: Vec<Country> = chosen_countries.iter().copied().chain(actor_home).chain(*home).collect();
    let act = sums::Act {
        reading,
        purse,
        sentence,
        matched: &matched,
        event_type: &event_type,
        actors: &actors,
        targets: &targets,
        homes: &homes,
        matches,
        found,
    };
    let sum_options = sums::options(&act);
    let (sum, borrowed) = if own {
        (sum_of_frame(reading, sentence, &matched, &homes), false)
    } else {
        let chosen = sums::choose(&sum_options);
        (chosen.and_then(|option| option.sum.clone()), chosen.is_some_and(|option| !option.local))
    };
    let sum = sum.unwrap_or_default();
    let countries = chosen_countries.iter().map(Country::to_string).collect();
    let certainties = factuality::options(reading, sentence, &matched, found.named());
    let when = dates::choose(&dates);
    let occurred = when.map(|(date, _)| date);
    let text_of = |role: frames::Role| {
        matched
            .role(role)
            .next()
            .map(|argument| reading.clause(sentence, argument.word).of(&reading.document.text).to_owned())
            .unwrap_or_default()
    };
    let parties: Vec<&Party> = actors.iter().chain(&targets).collect();
    let credit = attribution::credit(reading, sentence, &matched, &parties);
    let trigger_span = matched
        .trigger
        .iter()
        .map(|&word| tree.words[word].span)
        .reduce(ByteSpan::cover)
        .unwrap_or(tree.words[matched.head].span);
    let mut quote_span = trigger_span;
    for argument in &matched.arguments {
        if matches!(argument.role, frames::Role::Actor | frames::Role::Target | frames::Role::Amount) {
            let span = match tree.words[argument.word].mask {
                Some(_) => tree.words[argument.word].span,
                None => reading.phrase(sentence, argument.word),
            };
            quote_span = quote_span.cover(span);
        }
    }
    let participants = participants(&actors, &targets, &products, &place_parties);
    let background = matched.certainty.earlier || is_older(occurred, reading);
    let event = Event {
        id: String::new(),
        event_type,
        factuality: factuality::choose(&certainties),
        reported: matched.certainty.reported,
        participants,
        amounts: sum.amounts,
        amount_bound: sum.bound,
        amount_each: sum.each,
        occurred,
        countries,
        reason: text_of(frames::Role::Reason),
        legal_basis: text_of(frames::Role::LegalBasis),
        source: if credit.source.is_empty() { credit.speaker.clone() } else { credit.source },
        speaker: credit.speaker,
        quote_span,
        trigger_span,
        frame_id: frame.id.clone(),
        confidence: 0.0,
        background,
    };
    let options = [(Role::Actor, actor_options), (Role::Target, target_options)];
    let date_share = when.map_or(0.0, |(_, share)| share);
    Candidate {
        sentence,
        matched,
        actors,
        targets,
        products,
        options,
        dates,
        date_share,
        countries: country_options,
        homes,
        sums: sum_options,
        borrowed,
        certainties,
        outdone: false,
        event,
        features: Vec::new(),
    }
}

/// The sum that the frame leads to, else the nearest of the trigger's clause.
fn sum_of_frame(reading: &Reading<'_>, sentence: usize, matched: &FrameMatch, homes: &[Country]) -> Option<Sum> {
    let framed = matched.role(frames::Role::Amount).map(|argument| argument.word);
    let mut words = framed.chain(amounts::nearest(reading, sentence, matched));
    words.find_map(|word| amounts::sum(reading, sentence, word, homes))
}

pub(super) fn same_party(a: &Party, b: &Party) -> bool {
    a.name == b.name || (a.chain.is_some() && a.chain == b.chain)
}

/// Who acts and who is acted on. Nobody acts on himself: a party that was chosen for both roles keeps the likelier one, and
/// the other goes to the next.
fn parties(reading: &Reading<'_>, actors: &[RoleOption], targets: &[RoleOption]) -> (Vec<Party>, Vec<Party>) {
    let likeliest = |options: &[RoleOption], party: &Party| {
        options
            .iter()
            .filter(|option| party.chain.is_some() && option.chain == party.chain)
            .map(|option| option.probability)
            .fold(0.0, f64::max)
    };
    let (acting, suffering) =
        (chosen(reading, frames::Role::Actor, actors, &[]), chosen(reading, frames::Role::Target, targets, &[]));
    let both = acting.iter().filter(|a| suffering.iter().any(|t| same_party(a, t))).cloned();
    let (only_act, only_suffer): (Vec<Party>, Vec<Party>) =
        both.partition(|party| likeliest(actors, party) >= likeliest(targets, party));
    let without = |found, role, options, taken: &[Party]| {
        if taken.is_empty() { found } else { chosen(reading, role, options, taken) }
    };
    (
        without(acting, frames::Role::Actor, actors, &only_suffer),
        without(suffering, frames::Role::Target, targets, &only_act),
    )
}

/// The parties of the options that fill a role, without those that are `taken`.
fn chosen(reading: &Reading<'_>, role: frames::Role, options: &[RoleOption], taken: &[Party]) -> Vec<Party> {
    // "who" and "it" of nobody known are no name for anybody.
    let unknown = |option: &RoleOption| {
        option.chain == reading.chains.index_of(option.sentence, option.word)
            && reading.chains.is_unresolved(option.sentence, option.word)
    };
    let barred = |option: &RoleOption| option.chain.is_some() && taken.iter().any(|party| party.chain == option.chain);
    let told: Vec<&RoleOption> = options.iter().filter(|option| !unknown(option) && !barred(option)).collect();
    let mut parties: Vec<Party> = Vec::new();
    for option in roles::choose(role, &told) {
        for party in reading.parties_of(option.sentence, option.word, option.chain) {
            if !parties.iter().chain(taken).any(|seen| same_party(seen, &party)) {
                parties.push(party);
            }
        }
    }
    parties
}

fn is_older(occurred: Option<PartialDate>, reading: &Reading<'_>) -> bool {
    let (Some(date), Some(published)) = (occurred, reading.document.published) else { return false };
    let months = |year: i16, month: i8| i32::from(year) * 12 + i32::from(month);
    months(published.year, published.month.unwrap_or(1)) - months(date.year, date.month.unwrap_or(12)) >= 2
}

fn participants(actors: &[Party], targets: &[Party], products: &[Party], places: &[Party]) -> Vec<Participant> {
    let mut all: Vec<Participant> = Vec::new();
    for (role, parties) in
        [(Role::Actor, actors), (Role::Target, targets), (Role::Product, products), (Role::Place, places)]
    {
        all.extend(parties.iter().map(|party| party.as_participant(role)));
    }
    all.sort_by_key(|participant| (participant.role, participant.mention.span));
    all
}
