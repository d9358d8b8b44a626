//! What is wrong with a filter: where, what was found, what is allowed.

use std::ops::Range;

/// Why a filter is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is not written as the grammar says, or asks for what does not exist.
    #[error("{0}")]
    InvalidFilter(Box<Problem>),
    /// It goes over a limit.
    #[error("{0}")]
    FilterTooComplex(Box<Problem>),
}

impl Error {
    /// Where and what.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        match self {
            Self::InvalidFilter(problem) | Self::FilterTooComplex(problem) => problem,
        }
    }

    /// The reason that clients see: `INVALID_FILTER` or `FILTER_TOO_COMPLEX`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::InvalidFilter(_) => "INVALID_FILTER",
            Self::FilterTooComplex(_) => "FILTER_TOO_COMPLEX",
        }
    }
}

/// One fault in a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// First byte of the fault in the filter.
    pub offset: usize,
    /// Bytes of the fault; 0 where something is missing.
    pub length: usize,
    /// What stands there; empty at the end.
    pub token: String,
    /// What is wrong and what to do.
    pub message: String,
    /// What may stand there instead, where that is a list.
    pub allowed: Vec<String>,
    /// The allowed one that is nearest to what was written.
    pub nearest: Option<String>,
}

impl Problem {
    /// A fault at a range of bytes of the filter.
    pub(crate) fn at(filter: &str, range: Range<usize>, message: impl Into<String>) -> Self {
        let token = filter.get(range.clone()).unwrap_or_default();
        let shown = token.char_indices().nth(40).map_or(token, |(end, _)| &token[..end]);
        Self {
            offset: range.start,
            length: range.len(),
            token: shown.to_owned(),
            message: message.into(),
            allowed: Vec::new(),
            nearest: None,
        }
    }

    /// The filter with a caret under the fault, then the message.
    #[must_use]
    pub fn render(&self, filter: &str) -> String {
        let start = (0..=self.offset.min(filter.len())).rev().find(|at| filter.is_char_boundary(*at)).unwrap_or(0);
        let before = &filter[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = filter[line_start..].lines().next().unwrap_or_default();
        let indent: String =
            before[line_start..].chars().map(|character| if character == '\t' { '\t' } else { ' ' }).collect();
        let carets = "^".repeat(self.token.chars().take_while(|character| *character != '\n').count().max(1));
        format!("{line}\n{indent}{carets}\n{self}")
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "at byte {}: {}", self.offset, self.message)?;
        if let Some(nearest) = &self.nearest {
            write!(formatter, "; did you mean `{nearest}`?")?;
        }
        if !self.allowed.is_empty() {
            write!(formatter, " (allowed: {})", self.allowed.join(", "))?;
        }
        Ok(())
    }
}

/// The one of the allowed values that is nearest to what was written, if any is near: a different case, or few letters
/// wrong, missing, too many or swapped.
pub(crate) fn nearest(written: &str, allowed: &[&str]) -> Option<String> {
    let lower = written.to_lowercase();
    let reach = (written.chars().count() / 3).clamp(1, 3);
    let candidates = allowed.iter().map(|one| (distance(&lower, &one.to_lowercase()), *one));
    candidates
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, one)| one.to_owned())
}

/// Edits from one word to another: a letter changed, left out, put in, or two neighbours swapped.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before_last = vec![0; other.len() + 1];
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![i; other.len() + 1];
        for j in 1..=other.len() {
            let same = usize::from(one[i - 1] != other[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}
