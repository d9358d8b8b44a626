//! A filter as it was written: every operator, parenthesis and quote of it, each with its place.
//!
//! Nothing is rewritten here: negation stays where it stood, parentheses stay, literals stay unread. What AIP-160 calls
//! a *sequence* is a [`Node::Juxtaposition`] here, since a sequence is a position in the log.

/// A half-open range of bytes in the filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByteSpan {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl ByteSpan {
    /// The smallest range that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A filter as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// The filter's text.
    pub text: Box<str>,
    /// What it says; `None` for the empty filter.
    pub root: Option<Node>,
}

/// A part of an expression that is true or false of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `a AND b`: at least two.
    And(Vec<Node>),
    /// `a b`: at least two.
    Juxtaposition(Vec<Node>),
    /// `a OR b`: at least two.
    Or(Vec<Node>),
    /// `NOT a` or `-a`.
    Not(Negation, Box<Node>, ByteSpan),
    /// `(a)`.
    Group(Box<Node>, ByteSpan),
    /// `field = value`, a word to search for, or a call.
    Restriction(Restriction),
}

/// How a negation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Negation {
    /// `NOT`.
    Word,
    /// `-`.
    Minus,
}

/// A comparable, and what it is compared with, if anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// What stands on the left.
    pub comparable: Comparable,
    /// What stands on the right.
    pub comparison: Option<(Comparator, Arg)>,
}

/// A field, a word or a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparable {
    /// `a.b`.
    Member(Member),
    /// `f(a)`.
    Call(Call),
}

/// Values with dots between them; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The values.
    pub parts: Vec<Value>,
}

/// A word or a quoted string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// As written, without the quotes; escapes are not read yet.
    pub raw: Box<str>,
    /// How it is quoted.
    pub quote: Quote,
    /// Where it stands, quotes included.
    pub span: ByteSpan,
}

/// How a value is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// Not at all.
    None,
    /// `'a'`.
    Single,
    /// `"a"`.
    Double,
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name, in parts.
    pub name: Vec<Value>,
    /// What it is called with.
    pub args: Vec<Arg>,
    /// Where the call stands.
    pub span: ByteSpan,
}

/// What a comparable is compared with, or a function called with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// A value or a call.
    Comparable(Comparable),
    /// `(a OR b)`.
    Composite(Box<Node>, ByteSpan),
}

/// An operator between a field and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `:`
    Has,
}

impl Comparator {
    /// As written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Has => ":",
        }
    }
}

impl Member {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> ByteSpan {
        self.parts.iter().map(|part| part.span).reduce(ByteSpan::to).unwrap_or_default()
    }
}

impl Comparable {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> ByteSpan {
        match self {
            Self::Member(member) => member.span(),
            Self::Call(call) => call.span,
        }
    }
}

impl Arg {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> ByteSpan {
        match self {
            Self::Comparable(comparable) => comparable.span(),
            Self::Composite(_, span) => *span,
        }
    }
}

impl Restriction {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> ByteSpan {
        let left = self.comparable.span();
        self.comparison.as_ref().map_or(left, |(_, arg)| left.to(arg.span()))
    }
}

impl Node {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> ByteSpan {
        match self {
            Self::And(nodes) | Self::Juxtaposition(nodes) | Self::Or(nodes) => {
                nodes.iter().map(Self::span).reduce(ByteSpan::to).unwrap_or_default()
            }
            Self::Not(_, _, span) | Self::Group(_, span) => *span,
            Self::Restriction(restriction) => restriction.span(),
        }
    }
}
