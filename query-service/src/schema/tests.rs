use super::*;

#[test]
fn no_path_stands_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for field in FIELDS {
        for path in std::iter::once(&field.path).chain(field.aliases) {
            assert!(seen.insert(*path), "{path} stands twice");
            assert_eq!(find(path).unwrap().path, field.path);
        }
    }
}

#[test]
fn values_are_named_as_in_the_api() {
    let types: Vec<_> = EnumField::Type.values().collect();
    assert_eq!(types.len(), 24);
    assert_eq!(types[0], ("FINE", 1));
    assert_eq!(
        EnumField::Factuality.values().map(|(name, _)| name).collect::<Vec<_>>(),
        ["ACTUAL", "PLANNED", "POSSIBLE", "DENIED"]
    );
    assert_eq!(entity_kinds().last().unwrap(), ("GROUP", EntityKind::Group));
    assert_eq!(EnumField::Type.name(0), None);
    assert_eq!(EnumField::Type.name(25), None);
}

/// Puts text between the marks of a section.
fn with_section(page: &str, name: &str, text: &str) -> String {
    let start = page.find(&format!("<!-- {name}:")).expect("the section begins");
    let start = start + page[start..].find("-->").expect("the mark ends") + "-->\n".len();
    let end = page.find(&format!("<!-- end of {name} -->")).expect("the section ends");
    format!("{}{text}{}", &page[..start], &page[end..])
}

#[test]
fn the_page_on_filters_shows_the_tables() {
    use crate::filter;
    let cell = |text: &str| text.replace('|', "\\|");
    let codes = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ");
    let mut fields = "| field | type | operators | meaning | example |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for field in FIELDS {
        let values = match field.kind {
            Kind::Enum(_) | Kind::PartyKind(_) => format!(" Values: {}.", codes(&field.kind.values())),
            _ => String::new(),
        };
        let aliases =
            if field.aliases.is_empty() { String::new() } else { format!(" Also written {}.", codes(field.aliases)) };
        let operators = codes(field.kind.operators());
        let type_name = field.kind.type_name();
        let doc = cell(field.doc);
        fields.push_str(&format!(
            "| `{}` | {type_name} | {operators} | {doc}{values}{aliases} | `{}` |\n",
            field.path, field.example
        ));
    }
    let mut functions = "| function | meaning | example |\n| --- | --- | --- |\n".to_owned();
    for function in FUNCTIONS {
        let (doc, example) = (cell(function.doc), cell(function.example));
        functions.push_str(&format!("| `{}` | {doc} | `{example}` |\n", function.signature));
    }
    let limits = format!(
        "| limit | value |\n| --- | --- |\n| bytes of a filter | {} |\n| depth of parentheses | {} |\n| terms | {} |\n\
         | regular expressions | {} |\n| bytes that one of them may compile to | {} |\n",
        filter::FILTER_BYTES_MAX,
        filter::FILTER_DEPTH_MAX,
        filter::FILTER_TERMS_MAX,
        filter::FILTER_REGEXES_MAX,
        filter::FILTER_REGEX_BYTES_MAX,
    );
    let grammar = format!("```ebnf\n{}```\n", filter::GRAMMAR);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/filters.md")).unwrap();
    let sections = [("fields", fields), ("functions", functions), ("limits", limits), ("grammar", grammar)];
    let current = sections.iter().fold(page, |page, (name, text)| with_section(&page, name, text));
    expect_test::expect_file!["../../docs/filters.md"].assert_eq(&current);
}

#[test]
fn every_filter_on_the_page_is_one() {
    let page = include_str!("../../docs/filters.md");
    let indented = page.lines().filter_map(|line| line.strip_prefix("    "));
    let filters: Vec<&str> = indented.collect();
    assert!(filters.len() >= 4);
    for filter in filters {
        let compiled = crate::filter::compile(filter, crate::event::Timestamp::EPOCH);
        compiled.unwrap_or_else(|error| panic!("{}", error.problem().render(filter)));
    }
}
