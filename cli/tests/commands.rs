//! The command as a process: what it prints, where, and how it ends.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const STORY: &str = "A court in Moscow fined Google 15 million rubles on 16 June 2022 for refusing to store data.";

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fineprint"))
        .args(arguments)
        .env_remove("COLUMNS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A command that reads no input closes the pipe.
    drop(stdin.write_all(input.as_bytes()));
    drop(stdin);
    child.wait_with_output().expect("ended")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn records(count: usize) -> String {
    let line = |number: usize| {
        // Documents of different length, so that threads finish them in another order.
        let text =
            [STORY, "\n\n"].concat() + &"The company did not answer a request for comment. ".repeat((number * 7) % 23);
        serde_json::json!({"id": format!("d{number}"), "text": text}).to_string() + "\n"
    };
    (0..count).map(line).collect()
}

#[test]
fn the_output_is_the_same_on_any_number_of_threads() {
    let input = records(60);
    let extract = |threads: &str| {
        let output = run(&["extract", "--input", "jsonl", "--format", "jsonl", "--threads", threads, "-"], &input);
        assert!(output.status.success(), "{}", err(&output));
        out(&output)
    };
    let one = extract("1");
    assert_eq!(one, extract("7"));
    let ids: Vec<String> = one
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|event| event["document"]["documentId"].as_str().expect("an id").to_owned())
        .collect();
    let mut expected = ids.clone();
    expected.dedup();
    assert_eq!(expected, (0..60).map(|number| format!("d{number}")).collect::<Vec<_>>());
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_command_quietly() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fineprint"))
        .args(["extract", "--input", "jsonl", "--format", "jsonl", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("a pipe");
    // The input stays open: the command ends all the same.
    drop(stdin.write_all(records(20).as_bytes()));
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(err(&output), "");
}

#[test]
fn a_table_in_a_pipe_has_no_colours_and_fits_its_columns() {
    let output = run(&["extract", "-"], STORY);
    let table = out(&output);
    assert!(table.contains("FINE") && table.contains("15,000,000 RUB") && table.contains("Google"), "{table}");
    assert!(!table.contains('\u{1b}'), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 120), "{table}");
}

#[test]
fn csv_has_a_header_and_a_row_an_event() {
    let output = run(&["extract", "--format", "csv", "-"], STORY);
    let text = out(&output);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().expect("a header").clone();
    let at = |name: &str| headers.iter().position(|header| header == name).expect("the column");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let fine = rows.iter().find(|row| &row[at("type")] == "FINE").expect("the fine");
    assert_eq!((&fine[at("amount")], &fine[at("currency")], &fine[at("occurred")]), ("15000000", "RUB", "2022-06-16"));
    assert_eq!(&fine[at("document_id")], "stdin");
    let none = run(&["extract", "--format", "csv", "-"], "The weather was fine.");
    assert!(out(&none).starts_with("event_id,type,"), "{}", out(&none));
}

#[test]
fn events_that_are_not_sure_enough_are_left_out() {
    let all = run(&["extract", "--format", "jsonl", "-"], STORY);
    assert!(!out(&all).is_empty());
    let none = run(&["extract", "--format", "jsonl", "--min-confidence", "1", "-"], STORY);
    assert_eq!(out(&none), "");
    let wrong = run(&["extract", "--min-confidence", "2", "-"], STORY);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(err(&wrong).contains("is no number from 0 to 1"), "{}", err(&wrong));
}

#[test]
fn what_cannot_be_done_is_told_in_a_line_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("bad.txt"), b"A court \xff\xfe fined Google.").expect("written");
    std::fs::write(at("page.html"), "<html><body></body></html>").expect("written");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address").to_string();
    let free = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    for (arguments, parts) in [
        (vec!["extract", &at("none.txt")], ["none.txt", "check the path"]),
        (vec!["extract", &at("bad.txt")], ["bad.txt", "save the document as UTF-8"]),
        (vec!["extract", &at("page.html")], ["page.html", "give its text"]),
        (vec!["query", "type = FINE", "--server", &free], [free.trim_start_matches("http://"), "start one with"]),
        (vec!["query", "--server", "nonsense"], ["nonsense", "write it as in"]),
        (vec!["submit", &at("bad.txt"), "--extractor", &free], [free.trim_start_matches("http://"), "start one with"]),
        (vec!["up", "--query-listen", &taken, "--extractor-listen", "127.0.0.1:0"], [&taken, "--query-listen"]),
        (vec!["up", "--query-listen", "127.0.0.1:0", "--extractor-listen", &taken], [&taken, "--extractor-listen"]),
        (vec!["up", "--query-listen", "0.0.0.0:0"], ["0.0.0.0:0", "--insecure"]),
        (vec!["extract", &at("bad.txt"), "--frames", &at("nowhere")], ["nowhere", "frames"]),
    ] {
        let output = run(&arguments, "");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", err(&output));
        let told = err(&output);
        let errors: Vec<&str> = told.lines().filter(|line| line.starts_with("error: ")).collect();
        assert_eq!(errors.len(), 1, "{arguments:?}: {told}");
        for part in parts {
            assert!(errors[0].contains(part), "{arguments:?}: {part} in {}", errors[0]);
        }
    }
    assert!(Path::new(&at("bad.txt")).exists());
}
