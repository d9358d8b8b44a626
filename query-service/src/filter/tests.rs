use super::ast::{Arg, Call, Comparable, Expression, Member, Negation, Node, Restriction};
use super::*;
use crate::event::Timestamp;
use expect_test::{ExpectFile, expect_file};

mod generate;
mod matching;
mod round_trip;

/// The moment that `ago` counts from in these tests: 2026-11-22T12:00:00Z.
pub(super) const NOW: Timestamp = Timestamp(1_795_348_800_000_000_000);

/// Reads a suite: each line that begins with `> ` is a filter, `#` begins a remark, the rest is what the filter gives
/// and is written anew.
fn check_suite(suite: &ExpectFile) {
    let text = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/filter")
            .join(suite.path.strip_prefix("./").unwrap_or(&suite.path)),
    )
    .unwrap();
    let mut shown = String::new();
    for line in text.lines() {
        if let Some(filter) = line.strip_prefix("> ") {
            shown.push_str(&format!("\n> {filter}\n{}", outcome(filter)));
        } else if line.starts_with('#') {
            shown.push_str(&format!("\n{line}\n"));
        }
    }
    suite.assert_eq(shown.trim_start());
}

/// The tree, the warnings, and the canonical form or the fault.
fn outcome(filter: &str) -> String {
    let faulty = |error: &Error| {
        let rendered = error.problem().render(filter);
        let code = if error.reason() == "INVALID_FILTER" { "" } else { "(FILTER_TOO_COMPLEX)\n" };
        format!("{}{code}", rendered.lines().fold(String::new(), |all, line| all + "  " + line + "\n"))
    };
    let expression = match parse(filter) {
        Ok(expression) => expression,
        Err(error) => return faulty(&error),
    };
    let tree = expression.root.as_ref().map(tree).unwrap_or_default();
    let warnings: String = expression.warnings().iter().map(|warning| format!("  warning: {warning}\n")).collect();
    let meaning = match check(&expression, NOW) {
        Ok(predicate) => {
            let again = compile(predicate.canonical(), NOW).expect("the canonical form is a filter");
            assert_eq!(again.canonical(), predicate.canonical(), "canonical form of {filter}");
            format!("  reads: {}\n", predicate.canonical())
        }
        Err(error) => faulty(&error),
    };
    format!("  tree:  {tree}\n{warnings}{meaning}")
}

fn tree(node: &Node) -> String {
    let list =
        |name: &str, nodes: &[Node]| format!("({name} {})", nodes.iter().map(tree).collect::<Vec<_>>().join(" "));
    match node {
        Node::And(nodes) => list("and", nodes),
        Node::Juxtaposition(nodes) => list("next-to", nodes),
        Node::Or(nodes) => list("or", nodes),
        Node::Not(Negation::Word, node, _) => format!("(not {})", tree(node)),
        Node::Not(Negation::Minus, node, _) => format!("(minus {})", tree(node)),
        Node::Group(node, _) => format!("(group {})", tree(node)),
        Node::Restriction(Restriction { comparable, comparison: None }) => comparable_tree(comparable),
        Node::Restriction(Restriction { comparable, comparison: Some((comparator, arg)) }) => {
            format!("({} {} {})", comparator.symbol(), comparable_tree(comparable), arg_tree(arg))
        }
    }
}

fn comparable_tree(comparable: &Comparable) -> String {
    match comparable {
        Comparable::Member(Member { parts }) => parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("."),
        Comparable::Call(Call { name, args, .. }) => {
            let name: Vec<String> = name.iter().map(ToString::to_string).collect();
            let args: Vec<String> = args.iter().map(arg_tree).collect();
            format!("(call {}{}{})", name.join("."), if args.is_empty() { "" } else { " " }, args.join(" "))
        }
    }
}

fn arg_tree(arg: &Arg) -> String {
    match arg {
        Arg::Comparable(comparable) => comparable_tree(comparable),
        Arg::Composite(node, _) => format!("(group {})", tree(node)),
    }
}

#[test]
fn precedence_and_negation() {
    check_suite(&expect_file!["suite/precedence.txt"]);
}

#[test]
fn examples_of_the_standard() {
    check_suite(&expect_file!["suite/standard.txt"]);
}

#[test]
fn fields_and_values() {
    check_suite(&expect_file!["suite/fields.txt"]);
}

#[test]
fn strings_and_words() {
    check_suite(&expect_file!["suite/strings.txt"]);
}

#[test]
fn functions() {
    check_suite(&expect_file!["suite/functions.txt"]);
}

#[test]
fn faults() {
    check_suite(&expect_file!["suite/faults.txt"]);
}

#[test]
fn every_example_of_the_table_is_a_filter() {
    for example in crate::schema::FIELDS
        .iter()
        .map(|field| field.example)
        .chain(crate::schema::FUNCTIONS.iter().map(|one| one.example))
    {
        compile(example, NOW).unwrap_or_else(|error| panic!("{}", error.problem().render(example)));
    }
}

#[test]
fn white_space_of_any_kind_separates() {
    let filter = "type = FINE\n\tAND\r\n target:\"Google\"\u{2003}AND amount.RUB>=5";
    assert_eq!(compile(filter, NOW).unwrap().canonical(), "type = FINE AND target:\"Google\" AND amount.RUB >= 5");
    assert_eq!(compile(" \n ", NOW).unwrap().canonical(), "");
    assert!(compile("", NOW).unwrap().is_all());
}

fn check_too_complex(filter: &str, expected: &str) {
    let error = compile(filter, NOW).unwrap_err();
    assert_eq!((error.reason(), error.to_string().contains(expected)), ("FILTER_TOO_COMPLEX", true), "{error}");
}

#[test]
fn limits_are_reached_and_not_passed() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    compile(&nested(FILTER_DEPTH_MAX), NOW).unwrap();
    check_too_complex(&nested(FILTER_DEPTH_MAX + 1), "nested deeper than 32");
    check_too_complex(&"(".repeat(4_000), "nested deeper than 32");
    check_too_complex(&"f(".repeat(2_000), "nested deeper than 32");
    check_too_complex(&"a:(".repeat(1_000), "nested deeper than 32");

    let terms = |count: usize| vec!["a"; count].join(" ");
    compile(&terms(FILTER_TERMS_MAX), NOW).unwrap();
    check_too_complex(&terms(FILTER_TERMS_MAX + 1), "more than 128 terms");
    let values = format!("target:({})", vec!["a"; FILTER_TERMS_MAX].join(" OR "));
    check_too_complex(&values, "more than 128 terms");

    let long = |bytes: usize| "a".repeat(bytes);
    compile(&long(FILTER_BYTES_MAX), NOW).unwrap();
    check_too_complex(&long(FILTER_BYTES_MAX + 1), "4097 bytes");
    check_too_complex(&"é".repeat(3_000), "6000 bytes");

    let regexes = |count: usize| vec!["matches(quote, \"a+\")"; count].join(" AND ");
    compile(&regexes(FILTER_REGEXES_MAX), NOW).unwrap();
    check_too_complex(&regexes(FILTER_REGEXES_MAX + 1), "more than 8 regular expressions");
    check_too_complex("matches(quote, \"(a{100}){100}{100}\")", "compiles to more than");
    compile("matches(quote, \"\\\\w+ fined \\\\p{L}{1,20}\")", NOW).unwrap();
}

#[test]
fn a_fault_far_inside_is_shown_on_its_line() {
    let filter = "type = FINE AND\n\ttarjet:\"Google\" AND\n factuality = ACTUAL";
    let error = compile(filter, NOW).unwrap_err();
    let problem = error.problem();
    assert_eq!((problem.offset, problem.length, &*problem.token), (17, 6, "tarjet"));
    assert_eq!(problem.nearest.as_deref(), Some("target"));
    let rendered = problem.render(filter);
    assert!(
        rendered.starts_with("\ttarjet:\"Google\" AND\n\t^^^^^^\nat byte 17: unknown field `tarjet`"),
        "{rendered}"
    );
}

#[test]
fn ago_is_fixed_when_the_filter_is_checked() {
    let predicate = compile("ingest_time >= ago(\"24h\") AND occurred >= ago(\"7d\")", NOW).unwrap();
    assert_eq!(predicate.canonical(), "ingest_time >= \"2026-11-21T12:00:00Z\" AND occurred >= \"2026-11-15\"");
}

/// An expression without the places of its parts.
pub(super) fn without_spans(expression: &Expression) -> String {
    expression.root.as_ref().map(tree).unwrap_or_default()
}
