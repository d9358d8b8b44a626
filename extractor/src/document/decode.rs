//! Bytes in, text out: the character set is told by a byte order mark, by the page, or by the bytes themselves; what is
//! not text is refused, and what had to be replaced is reported.

use super::{BlockKind, Document, Error, Metadata, Problem, ProblemCode, blocks, html, published};
use crate::limits;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// What the bytes of a document are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputForm {
    /// Plain text.
    Text,
    /// An HTML page as fetched.
    Html,
}

/// Reads one document. What `metadata` leaves empty is looked for in the content.
///
/// # Errors
/// Content that is empty, binary or over a limit.
pub fn decode(bytes: &[u8], form: InputForm, metadata: Metadata) -> Result<(Document, Vec<Problem>), Error> {
    if bytes.len() > limits::DOCUMENT_BYTES_MAX {
        return Err(Error::TooLarge { bytes: bytes.len() as u64 });
    }
    if metadata.id.len() > limits::DOCUMENT_ID_BYTES_MAX {
        return Err(Error::IdTooLong { bytes: metadata.id.len() });
    }
    let declared = match form {
        InputForm::Text => None,
        InputForm::Html => html::declared_charset(bytes),
    };
    let decoded = to_text(bytes, declared)?;
    let mut problems = Vec::new();
    if decoded.replaced > 0 {
        problems.push(Problem {
            code: ProblemCode::ReplacedBytes,
            message: format!(
                "{} byte sequences are not {} and were replaced; save the document as UTF-8",
                decoded.replaced, decoded.charset
            ),
        });
    }
    let mut document = match form {
        InputForm::Text => plain(decoded.text.into_owned(), metadata),
        InputForm::Html => html::read(&decoded.text, metadata)?,
    };
    if document.text.trim().is_empty() {
        if form == InputForm::Text {
            return Err(Error::Empty);
        }
        problems.push(Problem {
            code: ProblemCode::NoText,
            message: "no article text was found in the page; give its text as plain text".to_owned(),
        });
    }
    if document.published.is_none() {
        document.published = published::find(&document).map(Into::into);
    }
    if document.published.is_none() {
        problems.push(Problem {
            code: ProblemCode::NoPublicationDate,
            message: "no publication date is given or told: relative dates stay unset; give one".to_owned(),
        });
    }
    if document.id.is_empty() {
        let hex = blake3::hash(document.text.as_bytes()).to_hex();
        document.id = format!("document-{}", &hex[..16]);
    }
    Ok((document, problems))
}

fn plain(text: String, metadata: Metadata) -> Document {
    let blocks = blocks::find(&text, &metadata.title);
    let mut title = metadata.title;
    if title.is_empty()
        && let Some(block) = blocks.iter().find(|block| block.kind == BlockKind::Title)
    {
        title = block.span.of(&text).to_owned();
    }
    Document {
        id: metadata.id,
        title,
        uri: metadata.uri,
        publisher: metadata.publisher,
        published: metadata.published,
        text,
        blocks,
    }
}

/// Text with how it was read.
struct Decoded<'a> {
    text: Cow<'a, str>,
    charset: &'static str,
    /// Sequences of bytes that stand as U+FFFD now.
    replaced: usize,
}

fn to_text<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Result<Decoded<'a>, Error> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Ok(decode_as(encoding, &bytes[mark..]));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::Empty);
    }
    if let Some(kind) = binary_kind(bytes) {
        return Err(Error::Binary(kind));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Decoded { text: Cow::Borrowed(text), charset: UTF_8.name(), replaced: 0 });
    }
    if let Some(encoding) = declared.filter(|&encoding| encoding != UTF_8) {
        return Ok(decode_as(encoding, bytes));
    }
    // Text with whole UTF-8 sequences in it is UTF-8 that was damaged, not another charset.
    let (whole, broken) = bytes.utf8_chunks().fold((0, 0), |(whole, broken), chunk| {
        (
            whole + chunk.valid().chars().filter(|c| !c.is_ascii()).count(),
            broken + usize::from(!chunk.invalid().is_empty()),
        )
    });
    if whole >= broken {
        return Ok(decode_as(UTF_8, bytes));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let guessed = decode_as(guess, bytes);
    if guessed.replaced == 0 && credible(&guessed.text, guess) { Ok(guessed) } else { Ok(decode_as(UTF_8, bytes)) }
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    let replaced = if malformed { text.matches(char::REPLACEMENT_CHARACTER).count().max(1) } else { 0 };
    Decoded { text, charset: encoding.name(), replaced }
}

/// Whether `text`, read as the guessed charset, is written by a person: in a Latin charset stray bytes always give
/// some letter, but those of real words stand beside other letters.
fn credible(text: &str, encoding: &'static Encoding) -> bool {
    if text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c)) {
        return false;
    }
    if encoding != WINDOWS_1252 {
        // Other charsets are only guessed on evidence; a handful of letters is none.
        return text.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count() >= 8 || latin_words(text);
    }
    latin_words(text)
}

fn latin_words(text: &str) -> bool {
    let (mut within, mut alone) = (0usize, 0usize);
    for word in text.split(|c: char| !c.is_alphabetic()) {
        if !word.is_ascii() {
            if word.chars().any(|c| c.is_ascii_lowercase()) { within += 1 } else { alone += 1 }
        }
    }
    within >= alone
}

/// What `bytes` are where they are no text. Looks at the beginning alone, as `file` does.
fn binary_kind(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"%PDF-", "a PDF file"),
        (b"PK\x03\x04", "a ZIP archive or office document"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xfd7zXZ", "an xz archive"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"\x7fELF", "a program"),
        (b"MZ\x90", "a program"),
        (b"\xd0\xcf\x11\xe0", "an office document"),
        (b"SQLite format 3", "a database"),
        (b"{\\rtf", "an RTF document"),
    ];
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(kind);
    }
    let head = &bytes[..bytes.len().min(64 * 1024)];
    let control = head.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)).count();
    if head.contains(&0) || control * 50 > head.len() {
        return Some("binary data");
    }
    // Bytes that are neither UTF-8 nor mostly letters, as compressed or encrypted data are.
    if std::str::from_utf8(head).is_err() {
        let readable = head.iter().filter(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()).count();
        let high = head.iter().filter(|&&b| b >= 0x80).count();
        if control > 0 && high > readable {
            return Some("binary data");
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn text_of(bytes: &[u8]) -> Result<(String, Vec<ProblemCode>), Error> {
        let (document, problems) = decode(bytes, InputForm::Text, Metadata::default())?;
        Ok((document.text, problems.into_iter().map(|problem| problem.code).collect()))
    }

    #[test]
    fn text_is_read_in_the_charset_that_it_is_in() {
        use ProblemCode::{NoPublicationDate, ReplacedBytes};
        let cases: &[(&[u8], &str, &[ProblemCode])] = &[
            (b"Plain words.\r\nSecond line.", "Plain words.\r\nSecond line.", &[NoPublicationDate]),
            ("Zürich fined Müller €5.".as_bytes(), "Zürich fined Müller €5.", &[NoPublicationDate]),
            (b"\xef\xbb\xbfMarked.", "Marked.", &[NoPublicationDate]),
            (b"\xff\xfeH\0i\0.\0", "Hi.", &[NoPublicationDate]),
            (b"Z\xfcrich fined M\xfcller \x80 5 million.", "Zürich fined Müller € 5 million.", &[NoPublicationDate]),
            (b"He said \x93no\x94 \x97 and left.", "He said “no” — and left.", &[NoPublicationDate]),
            (
                b"A court \xff\xfe fined Google.",
                "A court \u{fffd}\u{fffd} fined Google.",
                &[ReplacedBytes, NoPublicationDate],
            ),
            (b"caf\xc3\xa9 and \xc3 broken", "café and \u{fffd} broken", &[ReplacedBytes, NoPublicationDate]),
        ];
        for (bytes, text, codes) in cases {
            assert_eq!(text_of(bytes), Ok(((*text).to_owned(), codes.to_vec())), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        let mut noise = Vec::new();
        for step in 0..4096u32 {
            noise.push(u8::try_from(step.wrapping_mul(2_654_435_761) >> 24).expect("a byte"));
        }
        let cases: &[(&[u8], Error)] = &[
            (b"", Error::Empty),
            (b" \r\n\t ", Error::Empty),
            ("\u{a0}\u{2003}".as_bytes(), Error::Empty),
            (b"\xef\xbb\xbf", Error::Empty),
            (b"%PDF-1.7 and so on", Error::Binary("a PDF file")),
            (b"PK\x03\x04rest", Error::Binary("a ZIP archive or office document")),
            (b"text\0with a zero", Error::Binary("binary data")),
            (&noise, Error::Binary("binary data")),
        ];
        for (bytes, error) in cases {
            assert_eq!(text_of(bytes).expect_err("refused"), *error, "{:?}", &bytes[..bytes.len().min(20)]);
        }
        let large = vec![b'a'; limits::DOCUMENT_BYTES_MAX + 1];
        assert_eq!(text_of(&large), Err(Error::TooLarge { bytes: large.len() as u64 }));
        let metadata = Metadata { id: "x".repeat(limits::DOCUMENT_ID_BYTES_MAX + 1), ..Metadata::default() };
        assert!(matches!(decode(b"Words.", InputForm::Text, metadata), Err(Error::IdTooLong { bytes: 513 })));
    }

    #[test]
    fn what_the_caller_knows_stands() {
        let metadata = Metadata {
            id: "a".to_owned(),
            title: "T".to_owned(),
            uri: "https://example.org/2020/01/02/x".to_owned(),
            publisher: "P".to_owned(),
            published: Some(date(2022, 6, 17).into()),
        };
        let (document, problems) = decode(b"Published: 1 May 2021\nWords.", InputForm::Text, metadata).expect("text");
        assert_eq!(document.published, Some(date(2022, 6, 17).into()));
        assert_eq!((document.id.as_str(), document.title.as_str(), document.publisher.as_str()), ("a", "T", "P"));
        assert_eq!(problems, []);
        let (unnamed, _) = decode(b"Words.", InputForm::Text, Metadata::default()).expect("text");
        let (again, _) = decode(b"Words.", InputForm::Text, Metadata::default()).expect("text");
        assert_eq!(unnamed.id, again.id);
        assert!(unnamed.id.starts_with("document-"), "{}", unnamed.id);
    }
}
