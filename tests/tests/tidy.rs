//! The repository keeps its own rules, and each rule can fail.

use acceptance::repository;
use acceptance::tidy::{RULES, Violation};

fn broken(rule: &str, path: &str, text: &str) -> Vec<Violation> {
    let rule = RULES.iter().find(|r| r.name == rule).unwrap_or_else(|| panic!("no rule is called {rule:?}"));
    (rule.check)(path, text)
}

#[test]
fn the_repository_keeps_its_rules() {
    let root = repository::root();
    let mut violations = Vec::new();
    let files = repository::files().expect("the repository can be read");
    assert!(files.len() > 50, "only {} files seen under {}", files.len(), root.display());
    for file in files {
        let Ok(text) = std::fs::read_to_string(root.join(&file)) else { continue };
        let path = file.to_string_lossy().replace('\\', "/");
        for rule in RULES {
            violations.extend((rule.check)(&path, &text).into_iter().map(|v| format!("{v} ({})", rule.name)));
        }
    }
    assert!(violations.is_empty(), "{} rules are broken:\n{}", violations.len(), violations.join("\n"));
}

#[test]
fn every_rule_can_fail() {
    let long = "//! A module.\n".to_owned() + &"fn f() {}\n".repeat(601);
    let cases: &[(&str, &str, &str, usize)] = &[
        ("modules say what they promise", "cli/src/table.rs", "use std::fmt;\n", 1),
        ("modules say what they promise", "cli/src/table.rs", "//! Tables.\n", 0),
        ("modules say what they promise", "README.md", "# Title\n", 0),
        ("files are short", "cli/src/table.rs", &long, 1),
        ("files are short", "cli/src/table.rs", "//! Short.\n", 0),
        ("files are short", "cli/tests/table.rs", &long, 0),
        ("nothing is left unfinished", "cli/src/a.rs", concat!("// good enough for", " now\n"), 1),
        ("nothing is left unfinished", "cli/src/a.rs", concat!("x\n// TO", "DO: more\n"), 1),
        ("nothing is left unfinished", "cli/src/a.rs", "// for nowhere, and mastodons\n", 0),
        ("no machine's own path", "README.md", concat!("see /wo", "rk/main\n"), 1),
        ("no machine's own path", "README.md", concat!("https://example.org/wo", "rk/main\n"), 0),
        ("services do not know each other", "extractor/src/emit.rs", "use query_service::store;\n", 1),
        ("services do not know each other", "query-service/Cargo.toml", "extractor.workspace = true\n", 1),
        ("services do not know each other", "extractor/src/config.rs", "let query_service = None;\n", 0),
        ("services do not know each other", "cli/src/up.rs", "use query_service::store;\n", 0),
        ("wire types stop at the edge", "extractor/src/frames/load.rs", "use tonic::Status;\n", 1),
        ("wire types stop at the edge", "extractor/src/rpc/status.rs", "use tonic::Status;\n", 0),
        ("wire types stop at the edge", "query-service/src/filter.rs", "let m: prost::bytes::Bytes;\n", 1),
        ("the core is pure", "extractor/src/values/date.rs", "let t = std::time::SystemTime::now();\n", 1),
        ("the core is pure", "extractor/src/frames/load.rs", "let t = std::fs::read(path);\n", 0),
        ("the core is pure", "extractor/src/frames/load.rs", "let t = std::env::var(\"X\");\n", 1),
        ("the core is pure", "extractor/src/config.rs", "let t = std::env::var(\"X\");\n", 0),
        ("the core is pure", "query-service/src/filter/parse.rs", "use tokio::sync::watch;\n", 1),
        ("the core is pure", "extractor/src/values.rs", "//! m\n#[cfg(test)]\nmod tests { use std::fs; }\n", 0),
        ("layers know only what lies below", "extractor/src/frames.rs", "use crate::model::Model;\n", 1),
        ("layers know only what lies below", "extractor/src/limits.rs", "use crate::document::Document;\n", 1),
        ("layers know only what lies below", "query-service/src/log/segment.rs", "use crate::filter::parse;\n", 1),
        ("layers know only what lies below", "extractor/src/frames/a.rs", "use crate::frames::Frame;\n", 0),
        ("no mod.rs", "cli/src/table/mod.rs", "//! Tables.\n", 1),
        ("tests do not sleep", "tests/tests/a.rs", concat!("std::thread::sle", "ep(second);\n"), 1),
    ];
    for (rule, path, text, count) in cases {
        let found = broken(rule, path, text);
        assert_eq!(found.len(), *count, "{rule}: {path}: {found:?}");
    }
    for rule in RULES {
        assert!(
            cases.iter().any(|(name, .., count)| *name == rule.name && *count > 0),
            "{} is never shown to fail",
            rule.name
        );
    }
}
