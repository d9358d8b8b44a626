//! Paths in, documents out: files of text, HTML and JSON lines, directories of them, and standard input.
//!
//! What cannot be read is told as a [`Failure`] in its place, and the rest goes on. Directories are read in order of
//! their names, so that the same files give the same documents in the same order.

use crate::document::{self, Document, InputForm, Metadata, Problem, read_record};
use crate::limits;
use crate::values::date::PartialDate;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// What a file or standard input holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// One document of plain text.
    Text,
    /// One page.
    Html,
    /// A document a line, as JSON objects.
    JsonLines,
}

impl Form {
    /// The file name endings that are read, as a reader would list them.
    pub const ENDINGS: &'static str = ".txt .md .html .htm .jsonl";

    /// The form that the ending of `path` tells.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "txt" | "md" => Some(Self::Text),
            "html" | "htm" => Some(Self::Html),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// Something that could not be read: the file or line, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The path, with the line where it is one of JSON lines.
    pub subject: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.subject, self.message)
    }
}

/// A document's bytes, before they are read as text.
#[derive(Clone, Debug)]
pub struct Raw {
    /// What to call it in messages.
    pub subject: String,
    bytes: Vec<u8>,
    form: InputForm,
    metadata: Metadata,
}

impl Raw {
    /// What the bytes are.
    pub fn form(&self) -> InputForm {
        self.form
    }

    /// The bytes as text, where they are UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// The bytes, what they are, and what is known beside them.
    pub fn into_parts(self) -> (Vec<u8>, InputForm, Metadata) {
        (self.bytes, self.form, self.metadata)
    }

    /// Reads the bytes as a document.
    ///
    /// # Errors
    /// Content that is empty, binary or over a limit.
    pub fn decode(self) -> Result<(Document, Vec<Problem>), Failure> {
        document::decode(&self.bytes, self.form, self.metadata)
            .map_err(|error| Failure { subject: self.subject, message: error.to_string() })
    }
}

enum Source {
    File(PathBuf, Form),
    Stdin(Form),
    Failed(Failure),
}

struct Lines {
    reader: Box<dyn BufRead + Send>,
    subject: String,
    stem: String,
    number: u64,
}

/// The documents of a list of paths, in order.
pub struct Inputs {
    sources: VecDeque<Source>,
    lines: Option<Lines>,
    published: Option<PartialDate>,
    notes: Vec<String>,
}

impl std::fmt::Debug for Inputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inputs").field("sources", &self.sources.len()).finish_non_exhaustive()
    }
}

impl Inputs {
    /// Lists `paths`, where `-` is standard input. `form` holds for all of them where it is given; else the ending
    /// tells, and standard input is text. `published` is the date of documents that have none from their caller.
    pub fn open(paths: &[PathBuf], form: Option<Form>, published: Option<PartialDate>) -> Self {
        let mut inputs = Self { sources: VecDeque::new(), lines: None, published, notes: Vec::new() };
        for path in paths {
            inputs.add(path, form);
        }
        inputs
    }

    /// How many files are to be read; a file of JSON lines counts as one.
    pub fn source_count(&self) -> usize {
        self.sources.len()
    }

    /// What was left out on purpose, a line each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    fn add(&mut self, path: &Path, form: Option<Form>) {
        if path == Path::new("-") {
            self.sources.push_back(Source::Stdin(form.unwrap_or(Form::Text)));
            return;
        }
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.fail(path, explain(&error)),
        };
        if metadata.is_dir() {
            return self.add_directory(path, form);
        }
        match form.or_else(|| Form::of(path)) {
            Some(form) => self.sources.push_back(Source::File(path.to_owned(), form)),
            None => self.fail(
                path,
                format!(
                    "has an ending that tells no form; name it {} or say --input text, html or jsonl",
                    Form::ENDINGS
                ),
            ),
        }
    }

    fn add_directory(&mut self, directory: &Path, form: Option<Form>) {
        let (mut found, mut skipped) = (Vec::new(), Vec::new());
        if let Err(error) = list(directory, form, 0, &mut found, &mut skipped) {
            return self.fail(directory, explain(&error));
        }
        if found.is_empty() {
            return self.fail(directory, format!("holds no documents; it needs files named {}", Form::ENDINGS));
        }
        if let Some(first) = skipped.first() {
            let name = first.strip_prefix(directory).unwrap_or(first).display();
            self.notes.push(match skipped.len() {
                1 => format!("{}: skipped {name}, which is no document by its name", directory.display()),
                count => format!(
                    "{}: skipped {count} files that are no documents by their names, {name} first",
                    directory.display()
                ),
            });
        }
        self.sources.extend(found.into_iter().map(|(path, form)| Source::File(path, form)));
    }

    fn fail(&mut self, path: &Path, message: String) {
        self.sources.push_back(Source::Failed(Failure { subject: path.display().to_string(), message }));
    }

    fn read(&mut self, source: Source) -> Option<Result<Raw, Failure>> {
        match source {
            Source::Failed(failure) => Some(Err(failure)),
            Source::Stdin(Form::JsonLines) => {
                self.start_lines(Box::new(BufReader::new(io::stdin())), "standard input", "stdin");
                None
            }
            Source::Stdin(form) => Some(self.whole(io::stdin(), None, "standard input", "stdin", form)),
            Source::File(path, form) => {
                let subject = path.display().to_string();
                let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or("document").to_owned();
                let file = match File::open(&path) {
                    Ok(file) => file,
                    Err(error) => return Some(Err(Failure { subject, message: explain(&error) })),
                };
                if form == Form::JsonLines {
                    self.start_lines(Box::new(BufReader::new(file)), &subject, &stem);
                    return None;
                }
                let size = file.metadata().map(|metadata| metadata.len()).ok();
                Some(self.whole(file, size, &subject, &stem, form))
            }
        }
    }

    /// Reads a source that is one document.
    fn whole(&self, from: impl Read, size: Option<u64>, subject: &str, stem: &str, form: Form) -> Result<Raw, Failure> {
        let failure = |message: String| Failure { subject: subject.to_owned(), message };
        let bound = limits::DOCUMENT_BYTES_MAX as u64;
        if let Some(bytes) = size.filter(|&bytes| bytes > bound) {
            return Err(failure(document::Error::TooLarge { bytes }.to_string()));
        }
        let mut bytes = Vec::new();
        from.take(bound + 1).read_to_end(&mut bytes).map_err(|error| failure(explain(&error)))?;
        if bytes.len() as u64 > bound {
            let message = format!("has more than the {bound} bytes that one document may have; split it");
            return Err(failure(message));
        }
        let form = if form == Form::Html { InputForm::Html } else { InputForm::Text };
        let metadata = Metadata { id: stem.to_owned(), published: self.published, ..Metadata::default() };
        Ok(Raw { subject: subject.to_owned(), bytes, form, metadata })
    }

    fn start_lines(&mut self, reader: Box<dyn BufRead + Send>, subject: &str, stem: &str) {
        self.lines = Some(Lines { reader, subject: subject.to_owned(), stem: stem.to_owned(), number: 0 });
    }
}

impl Iterator for Inputs {
    type Item = Result<Raw, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(lines) = &mut self.lines {
                match lines.next_record(self.published) {
                    Some(item) => return Some(item),
                    None => {
                        let empty = lines.number == 0;
                        let subject = std::mem::take(&mut lines.subject);
                        self.lines = None;
                        if empty {
                            return Some(Err(Failure { subject, message: document::Error::Empty.to_string() }));
                        }
                    }
                }
            }
            let source = self.sources.pop_front()?;
            if let Some(item) = self.read(source) {
                return Some(item);
            }
        }
    }
}

impl Lines {
    /// The next line that is not blank, as a document; none at the end.
    fn next_record(&mut self, published: Option<PartialDate>) -> Option<Result<Raw, Failure>> {
        let bound = limits::RECORD_BYTES_MAX as u64;
        let mut line = Vec::new();
        loop {
            line.clear();
            match self.reader.by_ref().take(bound + 1).read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => self.number += 1,
                Err(error) => {
                    let failure = Failure { subject: self.subject.clone(), message: explain(&error) };
                    self.reader = Box::new(io::empty());
                    self.number += 1;
                    return Some(Err(failure));
                }
            }
            let subject = format!("{}:{}", self.subject, self.number);
            if line.len() as u64 > bound {
                let message = format!("is longer than the {bound} bytes that a line may have; split the document");
                if let Err(error) = skip_line(&mut self.reader) {
                    return Some(Err(Failure { subject, message: explain(&error) }));
                }
                return Some(Err(Failure { subject, message }));
            }
            if self.number == 1 && line.starts_with(b"\xef\xbb\xbf") {
                line.drain(..3);
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return Some(self.record(&line, subject, published));
        }
    }

    fn record(&self, line: &[u8], subject: String, published: Option<PartialDate>) -> Result<Raw, Failure> {
        let Ok(text) = std::str::from_utf8(line) else {
            let message = "is not UTF-8, as JSON must be; save the file as UTF-8".to_owned();
            return Err(Failure { subject, message });
        };
        let record = read_record(text.trim())
            .map_err(|error| Failure { subject: subject.clone(), message: error.to_string() })?;
        let mut metadata = record.metadata;
        if metadata.id.is_empty() {
            metadata.id = format!("{}:{}", self.stem, self.number);
        }
        metadata.published = metadata.published.or(published);
        Ok(Raw { subject, bytes: record.text.into_bytes(), form: InputForm::Text, metadata })
    }
}

/// Reads up to the end of the line without keeping it.
fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let held = reader.fill_buf()?;
        if held.is_empty() {
            return Ok(());
        }
        let (count, done) = match held.iter().position(|&b| b == b'\n') {
            Some(at) => (at + 1, true),
            None => (held.len(), false),
        };
        reader.consume(count);
        if done {
            return Ok(());
        }
    }
}

/// Lists the documents below `directory` in order of their names; what is no document by its name goes to `skipped`.
fn list(
    directory: &Path,
    form: Option<Form>,
    depth: usize,
    found: &mut Vec<(PathBuf, Form)>,
    skipped: &mut Vec<PathBuf>,
) -> io::Result<()> {
    if depth > limits::DIRECTORY_DEPTH_MAX {
        return Err(io::Error::other(format!("is nested more than {} deep", limits::DIRECTORY_DEPTH_MAX)));
    }
    let mut entries = std::fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            list(&path, form, depth + 1, found, skipped)?;
            continue;
        }
        let readme = name.to_ascii_lowercase().starts_with("readme");
        match Form::of(&path).filter(|_| !readme) {
            Some(told) if path.is_file() => found.push((path, form.unwrap_or(told))),
            _ => skipped.push(path),
        }
    }
    Ok(())
}

fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory; check the path".to_owned(),
        io::ErrorKind::PermissionDenied => "may not be read; check its permissions".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn told(inputs: Inputs) -> Vec<String> {
        inputs
            .map(|item| match item.and_then(Raw::decode) {
                Ok((document, _)) => {
                    format!("{} {:?} {}", document.id, document.published.map(|d| d.to_string()), document.text)
                }
                Err(failure) => format!("! {failure}"),
            })
            .collect()
    }

    #[test]
    fn a_directory_is_read_in_order_and_what_is_bad_is_told_in_its_place() {
        let home = tempfile::tempdir().expect("a directory");
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at("sub")).expect("a directory");
        for (name, content) in [
            ("b.txt", "Beta."),
            ("a.md", "Alpha."),
            (
                "c.jsonl",
                "{\"id\":\"c1\",\"text\":\"One.\",\"published\":\"2022-06-17\"}\n\nnot json\n{\"text\":\"Two.\"}\n",
            ),
            ("d.txt", " \n"),
            ("gold.json", "{}"),
            ("README.md", "About."),
            (".hidden.txt", "No."),
            ("sub/e.txt", "Epsilon."),
        ] {
            fs::write(at(name), content).expect("written");
        }
        let inputs = Inputs::open(&[home.path().to_owned()], None, Some(jiff::civil::date(2020, 1, 2).into()));
        assert_eq!(inputs.source_count(), 5);
        let note = inputs.notes().join("\n");
        assert!(note.contains("skipped 2 files") && note.contains("README.md"), "{note}");
        let shown = home.path().display();
        assert_eq!(
            told(inputs),
            [
                "a Some(\"2020-01-02\") Alpha.".to_owned(),
                "b Some(\"2020-01-02\") Beta.".to_owned(),
                "c1 Some(\"2022-06-17\") One.".to_owned(),
                format!(
                    "! {shown}/c.jsonl:3: is not a JSON object: expected ident at column 2; write one object a line, as in {{\"id\": \"a\", \"text\": \"...\"}}"
                ),
                "c:4 Some(\"2020-01-02\") Two.".to_owned(),
                format!("! {shown}/d.txt: holds no text; give it some, or leave it out"),
                "e Some(\"2020-01-02\") Epsilon.".to_owned(),
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_named_with_what_to_do() {
        let home = tempfile::tempdir().expect("a directory");
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at("empty")).expect("a directory");
        fs::write(at("x.doc"), "Words.").expect("written");
        fs::write(at("void.jsonl"), "").expect("written");
        let large = File::create(at("large.txt")).expect("a file");
        large.set_len(50 * 1024 * 1024).expect("a sparse file");
        for (name, message) in [
            ("none.txt", "no such file or directory; check the path"),
            ("empty", "holds no documents; it needs files named .txt"),
            ("x.doc", "has an ending that tells no form; name it .txt"),
            ("void.jsonl", "holds no text"),
            ("large.txt", "has 52428800 bytes, more than the 16777216 that one document may have"),
        ] {
            let all = told(Inputs::open(&[at(name)], None, None));
            assert_eq!(all.len(), 1, "{all:?}");
            assert!(all[0].starts_with(&format!("! {}: {message}", at(name).display())), "{}", all[0]);
        }
        assert_eq!(told(Inputs::open(&[at("x.doc")], Some(Form::Text), None)), ["x None Words."]);
    }
}
