//! Every example of `docs/frames.md` does what the page says.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const PAGE: &str = include_str!("../../docs/frames.md");

/// A fenced block: the words behind the fence, and its lines.
struct Block<'p> {
    info: Vec<&'p str>,
    text: String,
}

fn blocks() -> Vec<Block<'static>> {
    let mut blocks: Vec<Block<'static>> = Vec::new();
    let mut inside = false;
    for line in PAGE.lines() {
        if let Some(info) = line.strip_prefix("```") {
            inside = !inside;
            if inside {
                blocks.push(Block { info: info.split_whitespace().collect(), text: String::new() });
            }
        } else if let Some(block) = blocks.last_mut().filter(|_| inside) {
            block.text.push_str(line);
            block.text.push('\n');
        }
    }
    blocks
}

/// What a command line prints in `folder`, run by the shell with the program on its path.
fn run(folder: &Path, command: &str) -> String {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_fineprint"));
    let mut paths = vec![program.parent().expect("the program's folder").to_path_buf()];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let output = Command::new("sh")
        .args(["-c", command])
        .env("PATH", std::env::join_paths(paths).expect("a path"))
        .current_dir(folder)
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs the commands of a console block and holds what each prints against the lines below it.
fn check_console(folder: &Path, text: &str) {
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let command = line.strip_prefix("$ ").expect("a console block begins with a command");
        let mut wanted = String::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            wanted.push_str(line);
            wanted.push('\n');
        }
        assert_eq!(run(folder, command), wanted, "{command}");
    }
}

/// Loads a frame file on its own and runs the tests in it.
fn check_file(text: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("example.toml"), text).expect("a file");
    run(folder.path(), "fineprint frames check .");
}

#[test]
fn every_example_of_the_page_does_what_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut seen = [0; 4];
    for block in blocks() {
        let kind = match block.info[..] {
            ["toml"] => {
                check_file(&block.text);
                0
            }
            ["toml", path] => {
                assert!(block.text.lines().count() < 15, "{path} is no short example");
                check_file(&block.text);
                let path = folder.path().join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, &block.text).expect("a file");
                1
            }
            ["console"] => {
                check_console(folder.path(), &block.text);
                2
            }
            ["filter"] => {
                let compiled =
                    query_service::filter::compile(block.text.trim(), query_service::event::Timestamp::EPOCH);
                assert!(compiled.is_ok(), "{}: {compiled:?}", block.text);
                3
            }
            _ => panic!("no example of this kind is run: {:?}", block.info),
        };
        seen[kind] += 1;
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}
