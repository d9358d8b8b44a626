//! Frame files and predicates in, frame matches out.
//!
//! A frame says which words evoke a type of event (its triggers), in which slots of [`crate::predicates`] its roles
//! stand, and of which kind their fillers must be. Frames are data (`extractor/data/frames/*.toml`, documented in
//! `docs/frames.md`): users edit, test and add them. Loading refuses what it does not understand, with file and line.
//! Matching is pure: the result depends on the tree, the kinds of its phrases and the frames, in that order.

mod evidence;
mod factuality;
mod file;
mod inflect;
mod kind;
mod load;
mod matcher;
mod path;
mod trigger;

use hashbrown::HashSet;

pub use evidence::Words;
pub use factuality::{Certainty, Modality};
pub use kind::{Kind, KindSet};
pub use load::{AttributionTable, Error, FrameSet, Support};
pub use matcher::{Argument, Attempt, FrameMatch, Kinds, Outcome, Sentence};
pub use path::Path;
pub use trigger::{Trigger, TriggerClass};

/// What a frame makes of an infinitive or clause that completes its trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inner {
    /// Both stand: the trigger and whatever the clause evokes.
    #[default]
    Keep,
    /// The clause's acts are part of this one and are not told apart ("urged Apple to remove the app").
    Swallow,
    /// Where the clause evokes an act of its own, this frame gives way to it ("threatened to block").
    Yield,
}

/// One frame: what evokes a type of event, and where its roles stand.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Name, unique in the set ("fine.verb").
    pub id: String,
    /// Event type in UPPER_SNAKE_CASE: one of the 23, or a user's own.
    pub event_type: String,
    /// Words that evoke it.
    pub triggers: Vec<Trigger>,
    /// Wins over frames of lower priority on the same trigger; 0 unless told.
    pub priority: i32,
    /// Lemmas of words that may govern the trigger ("order" above "pay").
    pub under: Vec<String>,
    /// Whether one of them must; false where `require` names `under` beside other alternatives.
    pub under_required: bool,
    /// Where the roles stand.
    pub roles: Vec<RoleRule>,
    /// All of these alternatives must be filled: each inner list is joined by "or".
    pub require: Vec<Vec<Requirement>>,
    /// Conditions that must hold.
    pub need: Vec<Condition>,
    /// Conditions that must not hold.
    pub veto: Vec<Condition>,
    /// Whether the negation of the trigger is part of what evokes the frame ("will not pay", "no longer sells"): it must
    /// stand there, and neither it nor the trigger's own modal changes the certainty.
    pub negated: bool,
    /// What becomes of acts in a completing clause.
    pub inner: Inner,
    /// Event types in a completing clause that this frame gives way to even where it swallows the others.
    pub yield_to: Vec<String>,
    /// Certainty that the trigger itself brings ("threat of a ban"), where it is not ACTUAL.
    pub modality: Option<Modality>,
    /// Examples that must hold.
    pub tests: Vec<FrameTest>,
    /// File and line of its definition, for messages.
    pub origin: String,
}

/// Where one role stands.
#[derive(Clone, Debug)]
pub struct RoleRule {
    /// Role: `actor`, `target`, `amount`, `reason`, `product`, `place` or `legal_basis`.
    pub role: Role,
    /// Paths tried in order; the first with a fitting filler wins.
    pub at: Vec<Path>,
    /// Kinds that fit.
    pub kinds: KindSet,
    /// Whether a filler of another kind is taken where none fits, at a cost in confidence.
    pub soft: bool,
}

/// What must be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The role has a filler.
    Role(Role),
    /// The trigger is a noun carried by a support verb.
    Support,
    /// The trigger's clause stands under one of the frame's governing words.
    Under,
}

/// What a filler is to its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the roles are defined in docs/frames.md")]
pub enum Role {
    Actor,
    Target,
    Amount,
    Product,
    Place,
    Reason,
    LegalBasis,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] =
        [Self::Actor, Self::Target, Self::Amount, Self::Product, Self::Place, Self::Reason, Self::LegalBasis];

    /// The role as frame files write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Target => "target",
            Self::Amount => "amount",
            Self::Product => "product",
            Self::Place => "place",
            Self::Reason => "reason",
            Self::LegalBasis => "legal_basis",
        }
    }

    /// The role that frame files call `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// A condition on the fillers of one of several paths.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Whose fillers: it holds where it holds on any of these paths.
    pub paths: Vec<Path>,
    /// Forms, one of which a filler must have as its form or lemma; empty means any.
    pub lemmas: HashSet<String>,
    /// Kinds, one of which a filler must have; empty means any.
    pub kinds: Option<KindSet>,
}

/// An example inside a frame file.
#[derive(Clone, Debug)]
pub struct FrameTest {
    /// Text to read.
    pub text: String,
    /// Whether the frame must fire on it.
    pub fires: bool,
    /// Whether it may fire beside a frame of another type that goes first: the fitted weights choose between them.
    pub rival: bool,
    /// Fillers wanted, by role, as names; compared as the scorer compares names.
    pub want: Vec<(Role, Vec<String>)>,
    /// Factuality wanted, where told.
    pub factuality: Option<String>,
    /// File and line.
    pub origin: String,
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, path) in self.paths.iter().enumerate() {
            write!(f, "{}{path}", if index > 0 { "|" } else { "" })?;
        }
        Ok(())
    }
}
