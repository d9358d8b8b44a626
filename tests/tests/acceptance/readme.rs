//! The README's commands are commands of these programs.

use acceptance::{process, repository};
use std::collections::BTreeSet;

/// Command lines of the README's blocks of code that begin with one of our own programs, as (program,
/// arguments).
fn commands() -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let readme = std::fs::read_to_string(repository::root().join("README.md"))?;
    let mut out = Vec::new();
    let mut in_code = false;
    for line in readme.lines().map(str::trim) {
        in_code ^= line.starts_with("```");
        if !in_code {
            continue;
        }
        let words: Vec<&str> = line
            .trim_start_matches("$ ")
            .split_whitespace()
            .take_while(|w| !matches!(*w, "|" | "#" | "&" | "\\"))
            .collect();
        let (program, rest) = match words.as_slice() {
            ["cargo", "run", "--release", "--", rest @ ..] => ("fineprint", rest),
            [program @ ("fineprint" | "query-service" | "extractor"), rest @ ..] => (*program, rest),
            _ => continue,
        };
        out.push((program.to_owned(), rest.iter().map(|w| (*w).to_owned()).collect()));
    }
    Ok(out)
}

#[test]
fn every_command_of_the_readme_exists_with_its_flags() -> anyhow::Result<()> {
    let commands = commands()?;
    assert!(commands.len() >= 4, "the README shows {} commands", commands.len());
    for (program, arguments) in commands {
        let named: Vec<&str> =
            arguments.iter().take_while(|a| !a.starts_with('-')).map(String::as_str).take(1).collect();
        let command: Vec<&str> = if program == "fineprint" { named } else { Vec::new() };
        let help = process::run(&program, &[command.as_slice(), &["--help"]].concat(), b"")?;
        assert!(help.success, "{program} {}: {}", command.join(" "), help.stderr);
        let known: BTreeSet<&str> = help.stdout.split(|c: char| c.is_whitespace() || ",=<[".contains(c)).collect();
        for flag in arguments.iter().filter(|a| a.starts_with("--")) {
            let flag = flag.split('=').next().unwrap_or_default();
            assert!(known.contains(flag), "{program} {} has no {flag}", command.join(" "));
        }
    }
    Ok(())
}

#[test]
fn every_file_that_the_documentation_names_exists() -> anyhow::Result<()> {
    let mut missing = Vec::new();
    for page in repository::files()?.into_iter().filter(|f| f.extension().is_some_and(|e| e == "md")) {
        let text = std::fs::read_to_string(repository::root().join(&page))?;
        for (_, rest) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let Some(link) = rest.split(')').next() else { continue };
            let path = link.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            let folder = page.parent().map(|p| repository::root().join(p)).unwrap_or_default();
            if !folder.join(path).exists() {
                missing.push(format!("{}: {path}", page.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    Ok(())
}
