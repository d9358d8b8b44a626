//! Expressions at random: any shape that the grammar allows, and filters that mean something.

use crate::filter::ast::{
    Arg, ByteSpan, Call, Comparable, Comparator, Expression, Member, Negation, Node, Quote, Restriction, Value,
};
use proptest::prelude::*;

const NOWHERE: ByteSpan = ByteSpan { start: 0, end: 0 };

fn text() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        "[a-zA-Z0-9_*@#/é漢+][a-zA-Z0-9_*@#/é漢+-]{0,6}",
        "[a-z]{1,3}'[a-z]{1,3}",
        Just("2022-06-16T10:00:00.5+03:00".to_owned()),
    ];
    word.prop_filter("a keyword", |word| !["AND", "OR", "NOT"].contains(&&**word)).prop_map(|raw| Value {
        raw: raw.into(),
        quote: Quote::None,
        span: NOWHERE,
    })
}

fn value() -> impl Strategy<Value = Value> {
    let string = |quote: Quote, pattern: &'static str| {
        pattern.prop_map(move |raw| Value { raw: raw.into(), quote, span: NOWHERE })
    };
    prop_oneof![
        4 => text(),
        1 => string(Quote::Double, "([^\"\\\\]|\\\\.){0,8}"),
        1 => string(Quote::Single, "([^'\\\\]|\\\\.){0,8}"),
    ]
}

fn member() -> impl Strategy<Value = Member> {
    let keyword = prop_oneof![Just("AND"), Just("OR"), Just("NOT")].prop_map(|raw| Value {
        raw: raw.into(),
        quote: Quote::None,
        span: NOWHERE,
    });
    let field = prop_oneof![6 => value(), 1 => keyword];
    (value(), proptest::collection::vec(field, 0..3))
        .prop_map(|(first, rest)| Member { parts: std::iter::once(first).chain(rest).collect() })
}

fn comparator() -> impl Strategy<Value = Comparator> {
    prop_oneof![
        Just(Comparator::Equal),
        Just(Comparator::NotEqual),
        Just(Comparator::Less),
        Just(Comparator::LessEqual),
        Just(Comparator::Greater),
        Just(Comparator::GreaterEqual),
        Just(Comparator::Has),
    ]
}

fn arg(node: impl Strategy<Value = Node> + Clone) -> impl Strategy<Value = Arg> {
    let negative = "-[0-9]{1,3}"
        .prop_map(|raw| Member { parts: vec![Value { raw: raw.into(), quote: Quote::None, span: NOWHERE }] });
    prop_oneof![
        5 => member().prop_map(|member| Arg::Comparable(Comparable::Member(member))),
        1 => negative.prop_map(|member| Arg::Comparable(Comparable::Member(member))),
        1 => node.prop_map(|node| Arg::Composite(Box::new(node), NOWHERE)),
    ]
}

fn call(node: impl Strategy<Value = Node> + Clone) -> impl Strategy<Value = Call> {
    (proptest::collection::vec("[a-z]{1,5}", 1..3), proptest::collection::vec(arg(node), 0..3)).prop_map(
        |(name, args)| {
            let part = |raw: String| Value { raw: raw.into(), quote: Quote::None, span: NOWHERE };
            Call { name: name.into_iter().map(part).collect(), args, span: NOWHERE }
        },
    )
}

/// What may stand behind a negation.
fn simple(node: impl Strategy<Value = Node> + Clone) -> impl Strategy<Value = Node> {
    let restriction = |comparable, comparison| Node::Restriction(Restriction { comparable, comparison });
    prop_oneof![
        3 => member().prop_map(move |member| restriction(Comparable::Member(member), None)),
        3 => (member(), comparator(), arg(node.clone())).prop_map(move |(member, comparator, arg)| {
            restriction(Comparable::Member(member), Some((comparator, arg)))
        }),
        1 => call(node.clone()).prop_map(move |call| restriction(Comparable::Call(call), None)),
        2 => node.prop_map(|node| Node::Group(Box::new(node), NOWHERE)),
    ]
}

fn joined<S: Strategy<Value = Node>>(part: S, join: fn(Vec<Node>) -> Node) -> impl Strategy<Value = Node> {
    proptest::collection::vec(part, 1..4)
        .prop_map(move |mut parts| if parts.len() == 1 { parts.swap_remove(0) } else { join(parts) })
}

/// Any expression that the grammar allows.
pub(super) fn expression() -> impl Strategy<Value = Expression> {
    let word = text().prop_map(|value| {
        Node::Restriction(Restriction {
            comparable: Comparable::Member(Member { parts: vec![value] }),
            comparison: None,
        })
    });
    let node = word.prop_recursive(4, 40, 6, |inner| {
        let inner = inner.boxed();
        let term = prop_oneof![
            4 => simple(inner.clone()),
            1 => simple(inner.clone()).prop_map(|node| Node::Not(Negation::Word, Box::new(node), NOWHERE)),
            1 => simple(inner).prop_map(|node| Node::Not(Negation::Minus, Box::new(node), NOWHERE)),
        ];
        joined(joined(joined(term, Node::Or), Node::Juxtaposition), Node::And)
    });
    node.prop_map(|root| Expression { text: root.to_string().into(), root: Some(root) })
}
