//! The repository's own rules, as functions from a file to what breaks them.
//!
//! A rule sees a path relative to the root and the file's text and answers with violations, each naming the file, the
//! line and what to do. `tests/tidy.rs` runs every rule over every file, and shows for every rule that it can fail.

use std::fmt;
use std::path::Path;

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// File, relative to the root.
    pub path: String,
    /// Line, from 1; 0 for the whole file.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// A rule: its name and how it reads a file.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Name, for messages.
    pub name: &'static str,
    /// Path and text in, violations out.
    pub check: fn(&str, &str) -> Vec<Violation>,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule { name: "modules say what they promise", check: module_header },
    Rule { name: "files are short", check: file_length },
    Rule { name: "nothing is left unfinished", check: unfinished },
    Rule { name: "no machine's own path", check: machine_path },
    Rule { name: "services do not know each other", check: separate_services },
    Rule { name: "wire types stop at the edge", check: wire_types },
    Rule { name: "the core is pure", check: pure_core },
    Rule { name: "layers know only what lies below", check: layers },
    Rule { name: "no mod.rs", check: no_mod_file },
    Rule { name: "tests do not sleep", check: no_sleep },
];

/// Longest source file, in lines before its tests.
const FILE_LINES_MAX: usize = 600;

/// Files that may be longer, and why.
const LONG_FILES: &[(&str, &str)] = &[];

/// Modules of the extractor between bytes and events: values in, values out.
const EXTRACTOR_CORE: &[&str] = &[
    "document",
    "mask",
    "values",
    "tokenize",
    "syntax",
    "model",
    "gazetteer",
    "names",
    "coreference",
    "predicates",
    "frames",
    "events",
    "limits",
];

/// Modules of the query service that answer questions about events: values in, values out.
const QUERY_CORE: &[&str] = &["filter", "plan", "index", "schema", "limits"];

/// Modules that may name generated message types and gRPC: the edges, what turns values into messages and back
/// (`emit`, `event`), and the one place where an event is encoded for good (`store`).
const WIRE: &[(&str, &[&str])] = &[
    ("extractor", &["emit", "rpc", "main", "lib"]),
    ("query-service", &["rpc", "server", "event", "store", "main", "lib"]),
];

/// Who must not know whom: package, module, modules that it must never name.
const FORBIDDEN: &[(&str, &str, &[&str])] = &[
    ("extractor", "limits", &["*"]),
    ("extractor", "document", &["mask", "tokenize", "model", "frames", "events", "emit", "outbox", "rpc", "config"]),
    ("extractor", "syntax", &["model", "frames", "predicates", "events", "emit", "outbox", "rpc", "config"]),
    ("extractor", "mask", &["model", "frames", "predicates", "events", "emit", "outbox", "rpc", "config"]),
    ("extractor", "tokenize", &["model", "frames", "predicates", "events", "emit", "outbox", "rpc", "config"]),
    ("extractor", "model", &["frames", "predicates", "events", "coreference", "emit", "outbox", "rpc", "config"]),
    ("extractor", "predicates", &["model", "frames", "emit", "outbox", "rpc", "config"]),
    ("extractor", "frames", &["model", "emit", "outbox", "rpc", "config"]),
    ("extractor", "events", &["model", "emit", "outbox", "rpc", "config"]),
    ("extractor", "outbox", &["events", "frames", "pipeline", "document"]),
    ("query-service", "limits", &["*"]),
    ("query-service", "log", &["filter", "plan", "stream", "rpc", "config"]),
    ("query-service", "index", &["filter", "plan", "stream", "rpc", "config"]),
    ("query-service", "filter", &["log", "store", "plan", "stream", "rpc", "config"]),
    ("query-service", "schema", &["log", "store", "plan", "stream", "rpc", "config"]),
    ("query-service", "plan", &["store", "stream", "rpc", "config"]),
    ("query-service", "store", &["filter", "stream", "rpc", "config"]),
];

/// The package of a path, and the top module that the file belongs to (`src/filter/parse.rs` is of `filter`).
fn module_of(path: &str) -> Option<(&str, &str)> {
    let (package, rest) = path.split_once("/src/")?;
    let top = rest.split('/').next()?;
    Some((package, top.strip_suffix(".rs").unwrap_or(top)))
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "rs")
}

fn is_generated(path: &str) -> bool {
    path.contains("/generated/")
}

/// Whether the file is a test module of the one it lies under: `values/tests.rs` of `values.rs`.
fn is_test_module(path: &str) -> bool {
    path.split_once("/src/").is_some_and(|(_, rest)| rest.ends_with("/tests.rs") || rest.contains("/tests/"))
}

fn is_text(path: &str) -> bool {
    const ENDINGS: &[&str] = &["rs", "toml", "md", "proto", "yaml", "yml", "py", "sh", "txt", "html", "json", "jsonl"];
    let named = Path::new(path).file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let ending = Path::new(path).extension().and_then(|e| e.to_str()).unwrap_or_default();
    ENDINGS.contains(&ending) || named == "Dockerfile" || path == ".ci/run"
}

/// The lines of the program itself: comments blanked, and everything from the first test module on left out.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").enumerate();
    lines.map(|(number, line)| {
        let code = line.trim_start();
        (number + 1, if code.starts_with("//") { "" } else { line })
    })
}

fn violation(path: &str, line: usize, message: impl Into<String>) -> Violation {
    Violation { path: path.to_owned(), line, message: message.into() }
}

fn module_header(path: &str, text: &str) -> Vec<Violation> {
    if !is_rust(path) || is_generated(path) || is_test_module(path) || text.starts_with("//!") {
        return Vec::new();
    }
    vec![violation(path, 1, "begin the module with `//!` and say what it promises")]
}

fn file_length(path: &str, text: &str) -> Vec<Violation> {
    if !is_rust(path) || is_generated(path) || is_test_module(path) || path.contains("/tests/") {
        return Vec::new();
    }
    let lines = code_lines(text).count();
    if lines <= FILE_LINES_MAX || LONG_FILES.iter().any(|(file, _)| *file == path) {
        return Vec::new();
    }
    vec![violation(path, 0, format!("{lines} lines without tests, at most {FILE_LINES_MAX}: split it by meaning"))]
}

fn unfinished(path: &str, text: &str) -> Vec<Violation> {
    // Written in two halves, so that this file does not break its own rule.
    const MARKS: &[(&str, &str)] = &[
        ("for", " now"),
        ("TO", "DO"),
        ("FIX", "ME"),
        ("place", "holder"),
        ("in a", " real "),
        ("unimple", "mented!"),
        ("to", "do!("),
        ("#[ig", "nore]"),
        ("allow(dead", "_code)"),
        ("left as an", " exercise"),
    ];
    if !is_text(path)
        || is_generated(path)
        || path.starts_with("seeds/")
        || path.starts_with("extractor/training/texts/")
        || path.contains("/data/")
        || path == "clippy.toml"
        || path == "Cargo.toml"
    {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (first, second) in MARKS {
            let mark = format!("{first}{second}");
            let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let found = line.find(&mark).is_some_and(|at| {
                let inside_before = mark.starts_with(char::is_alphanumeric) && word(line[..at].chars().next_back());
                let inside_after =
                    mark.ends_with(char::is_alphanumeric) && word(line[at + mark.len()..].chars().next());
                !inside_before && !inside_after
            });
            if found {
                out.push(violation(
                    path,
                    number + 1,
                    format!("`{mark}` says that something is unfinished: finish it or leave it out"),
                ));
            }
        }
    }
    out
}

fn machine_path(path: &str, text: &str) -> Vec<Violation> {
    const PLACES: &[(&str, &str)] =
        &[("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/"), ("/tmp/", "bash_jobs"), ("/fa", "rm/")];
    if !is_text(path) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (first, second) in PLACES {
            let place = format!("{first}{second}");
            let rooted = line.match_indices(&place).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                before.is_none_or(|c| !c.is_alphanumeric() && !"._-})/".contains(c))
            });
            if rooted {
                out.push(violation(path, number + 1, format!("`{place}` is a path of one machine: make it relative")));
            }
        }
    }
    out
}

fn separate_services(path: &str, text: &str) -> Vec<Violation> {
    let foreign: &[&str] = match path.split('/').next() {
        Some("extractor") => &["query_service::", "query-service.workspace", "query-service ="],
        Some("query-service") => &["extractor::", "extractor.workspace", "extractor ="],
        Some("proto") => &["query_service::", "extractor::", "extractor.workspace", "query-service.workspace"],
        _ => return Vec::new(),
    };
    if is_generated(path) || (!is_rust(path) && !path.ends_with("Cargo.toml")) {
        return Vec::new();
    }
    let hits = code_lines(text).filter_map(|(number, line)| {
        let name = foreign.iter().find(|name| line.contains(**name) && !line.contains(&format!("crate::{name}")))?;
        Some(violation(path, number, format!("`{name}`: extractor and query-service share `proto` alone")))
    });
    hits.collect()
}

/// Whether `line` names `name` as a path or crate, as a whole word.
fn names_crate(line: &str, name: &str) -> bool {
    line.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}

fn wire_types(path: &str, text: &str) -> Vec<Violation> {
    let Some((package @ ("extractor" | "query-service"), module)) = module_of(path) else { return Vec::new() };
    let at_the_edge = WIRE.iter().any(|(p, modules)| *p == package && modules.contains(&module));
    if at_the_edge || is_test_module(path) {
        return Vec::new();
    }
    let hits = code_lines(text).filter_map(|(number, line)| {
        let name = ["tonic", "prost", "tonic_types"].into_iter().find(|name| names_crate(line, name))?;
        Some(violation(
            path,
            number,
            format!("`{name}` belongs to rpc, emit and proto: hand plain values to `{module}`"),
        ))
    });
    hits.collect()
}

fn pure_core(path: &str, text: &str) -> Vec<Violation> {
    const OUTSIDE: &[&str] = &[
        "tokio::",
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "SystemTime::now",
        "Instant::now",
        "rand::",
        "Timestamp::now",
        "Zoned::now",
        "println!",
        "eprintln!",
    ];
    let core = match module_of(path) {
        Some(("extractor", module)) => EXTRACTOR_CORE.contains(&module),
        Some(("query-service", module)) => QUERY_CORE.contains(&module),
        _ => false,
    };
    if !core || is_test_module(path) {
        return Vec::new();
    }
    // Data folders that a user names are read in files called load.rs, and nowhere else.
    let loads = path.ends_with("/load.rs");
    let hits =
        code_lines(text).filter(|(_, line)| !(loads && line.contains("std::fs"))).filter_map(|(number, line)| {
            let name = OUTSIDE.iter().find(|name| line.contains(**name))?;
            Some(violation(
                path,
                number,
                format!("`{name}`: the core sees no file, clock, environment or runtime; pass the value in"),
            ))
        });
    hits.collect()
}

fn layers(path: &str, text: &str) -> Vec<Violation> {
    let Some((package, module)) = module_of(path) else { return Vec::new() };
    let rows = FORBIDDEN.iter().filter(|(p, m, _)| *p == package && *m == module);
    let forbidden: Vec<&str> = rows.flat_map(|(_, _, names)| names.iter().copied()).collect();
    if forbidden.is_empty() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (number, line) in code_lines(text) {
        for (at, start) in line.match_indices("crate::") {
            let named: String =
                line[at + start.len()..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let foreign = !named.is_empty() && named != module;
            if foreign && (forbidden.contains(&"*") || forbidden.contains(&named.as_str())) {
                out.push(violation(path, number, format!("`{module}` must not know `{named}`")));
            }
        }
    }
    out
}

fn no_mod_file(path: &str, _text: &str) -> Vec<Violation> {
    if path.ends_with("/mod.rs") {
        return vec![violation(path, 0, "name it after the module: `foo.rs` beside `foo/`")];
    }
    Vec::new()
}

fn no_sleep(path: &str, text: &str) -> Vec<Violation> {
    if !is_rust(path) || !(path.starts_with("tests/tests/") || path.contains("/tests/")) {
        return Vec::new();
    }
    let hits = text.lines().enumerate().filter(|(_, line)| line.contains(concat!("sle", "ep(")));
    hits.map(|(number, _)| violation(path, number + 1, "wait for the thing itself, not for time to pass")).collect()
}
