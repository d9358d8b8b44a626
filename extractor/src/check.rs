//! The tests inside frame files: each frame's examples are read, and what the frame matched is held against what is
//! wanted. What the fitted models make of a match later is held by the scores, not here.

use crate::{
    document::{Block, BlockKind, ByteSpan, Document},
    events, explain,
    frames::{FrameTest, Role},
    gazetteer,
    pipeline::Extractor,
};

/// An example that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The frame.
    pub frame: String,
    /// File and line of the example.
    pub origin: String,
    /// What is wrong.
    pub message: String,
}

/// What a run of all examples found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Frames loaded.
    pub frames: usize,
    /// Examples that hold.
    pub passed: usize,
    /// Examples that do not.
    pub failures: Vec<Failure>,
}

/// Runs every example of every frame of `extractor`.
pub fn check(extractor: &Extractor) -> Report {
    let mut report = Report { frames: extractor.frames().frames().len(), ..Report::default() };
    for (number, frame) in extractor.frames().frames().iter().enumerate() {
        for test in &frame.tests {
            match run(extractor, number, test) {
                Ok(()) => report.passed += 1,
                Err(message) => {
                    report.failures.push(Failure { frame: frame.id.clone(), origin: test.origin.clone(), message });
                }
            }
        }
    }
    report
}

fn run(extractor: &Extractor, frame: usize, test: &FrameTest) -> Result<(), String> {
    let span = ByteSpan::new(0, test.text.len());
    let document = Document {
        id: "example".to_owned(),
        text: test.text.clone(),
        blocks: vec![Block { span, kind: BlockKind::Body }],
        ..Document::default()
    };
    let mut read = extractor.read(&document);
    let matches = std::mem::take(&mut read.matches);
    let reading = extractor.reading(&document, &read);
    let fired: Vec<events::Candidate> = events::candidates(&reading, &matches)
        .into_iter()
        .filter(|candidate| {
            let matched = &candidate.matched;
            matched.frame == frame && (matched.stands() || (test.rival && matched.absorbed_by.is_none()))
        })
        .collect();
    if !test.fires {
        return if fired.is_empty() { Ok(()) } else { Err("fires, and should not".to_owned()) };
    }
    if fired.is_empty() {
        let outcomes: Vec<String> = read
            .attempts
            .iter()
            .filter(|(_, attempt)| attempt.frame == frame)
            .map(|(_, attempt)| explain::outcome(&extractor.frames().frames()[frame], &attempt.outcome))
            .collect();
        let why = if outcomes.is_empty() { "no trigger found".to_owned() } else { outcomes.join("; ") };
        return Err(format!("does not fire: {why}"));
    }
    let mut problems = Vec::new();
    for candidate in &fired {
        match compare(&reading, candidate, test) {
            None => return Ok(()),
            Some(problem) => problems.push(problem),
        }
    }
    Err(problems.join("; "))
}

fn compare(reading: &events::Reading<'_>, candidate: &events::Candidate, test: &FrameTest) -> Option<String> {
    let names = |role: Role| -> Vec<String> {
        candidate
            .matched
            .role(role)
            .flat_map(|argument| reading.parties(candidate.sentence, argument.word))
            .map(|party| party.name)
            .collect()
    };
    for (role, wanted) in &test.want {
        let got: Vec<String> = match role {
            Role::Actor | Role::Target | Role::Product => names(*role),
            Role::Amount => candidate
                .event
                .amounts
                .iter()
                .map(|amount| format!("{} {}", amount.currency, amount.value.normalize()))
                .collect(),
            Role::Reason => vec![candidate.event.reason.clone()],
            Role::LegalBasis => vec![candidate.event.legal_basis.clone()],
            Role::Place => candidate.event.countries.clone(),
        };
        let missing = wanted.iter().find(|name| !got.iter().any(|other| same(name, other)));
        let extra = got.iter().find(|name| !wanted.iter().any(|other| same(other, name)));
        if missing.is_some() || extra.is_some() {
            return Some(format!("{} is {got:?}, wanted {wanted:?}", role.as_str()));
        }
    }
    // What the frame found: the model that weighs it against the rest of the text is held by the scores.
    let factuality = candidate.matched.certainty.modality.as_str();
    match &test.factuality {
        Some(wanted) if wanted != factuality => Some(format!("factuality is {factuality}, wanted {wanted}")),
        _ => None,
    }
}

/// Whether two names share most words, as the scorer compares them.
fn same(a: &str, b: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        gazetteer::fold(name)
            .split_whitespace()
            .filter(|word| !matches!(*word, "the" | "a" | "an" | "of"))
            .map(str::to_owned)
            .collect()
    };
    let (x, y) = (words(a), words(b));
    let shared = x.iter().filter(|word| y.contains(word)).count();
    shared > 0 && shared * 3 >= x.len().min(y.len()) * 2
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::pipeline::Extractor;

    #[test]
    fn every_example_of_the_embedded_frames_holds() {
        let report = check(&Extractor::embedded().expect("the embedded data load"));
        assert!(report.passed > 0 && report.failures.is_empty(), "{:#?}", report.failures);
    }
}
