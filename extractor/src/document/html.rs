//! A page in, its text out: the library finds the main text; title, address, publisher and day come from the page's
//! own metadata where the caller gives none.

use super::{Document, Error, Metadata, blocks, published};
use crate::limits;
use crate::values::date::PartialDate;
use dom_smoothie::{Config, Readability, TextMode};
use encoding_rs::Encoding;
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

#[allow(clippy::expect_used, reason = "the pattern is a constant that the tests compile")]
static CHARSET: LazyLock<regex::bytes::Regex> = LazyLock::new(|| {
    regex::bytes::Regex::new(r#"(?i-u)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_:.-]+)"#)
        .expect("a constant pattern")
});
#[allow(clippy::expect_used, reason = "the pattern is a constant that the tests compile")]
static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*?(/?)>").expect("a constant pattern"));

/// Selectors of the day a page was published, most telling first.
const DAYS: &[(&str, &str)] = &[
    ("meta[property='article:published_time']", "content"),
    ("meta[property='og:article:published_time']", "content"),
    ("meta[itemprop='datePublished']", "content"),
    ("[itemprop='datePublished']", "datetime"),
    ("meta[name='datePublished']", "content"),
    ("meta[name='pubdate']", "content"),
    ("meta[name='publishdate']", "content"),
    ("meta[name='publish-date']", "content"),
    ("meta[name='parsely-pub-date']", "content"),
    ("meta[name='sailthru.date']", "content"),
    ("meta[name='dc.date.issued']", "content"),
    ("meta[name='DC.date.issued']", "content"),
    ("meta[name='dc.date']", "content"),
    ("meta[name='date']", "content"),
    ("article time[datetime]", "datetime"),
    ("time[pubdate]", "datetime"),
    ("header time[datetime]", "datetime"),
    ("main time[datetime]", "datetime"),
    ("time[datetime]", "datetime"),
];

/// The character set that the page declares in its first bytes.
pub(super) fn declared_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    Encoding::for_label(CHARSET.captures(head)?.get(1)?.as_bytes())
}

/// Reads a page. Its text is the title, a blank line and the main text; without a main text it is empty.
///
/// # Errors
/// A page that nests deeper than the limit.
pub(super) fn read(page: &str, metadata: Metadata) -> Result<Document, Error> {
    check_depth(page)?;
    let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
    let absolute = metadata.uri.starts_with("http://") || metadata.uri.starts_with("https://");
    let address = absolute.then_some(metadata.uri.as_str());
    let mut document = Document { id: metadata.id, publisher: metadata.publisher, ..Document::default() };
    document.published = metadata.published;
    let Ok(mut reader) = Readability::new(page, address, Some(config)) else {
        return Ok(Document { title: metadata.title, uri: metadata.uri, ..document });
    };
    if document.published.is_none() {
        document.published = day(&reader);
    }
    let canonical = attribute(&reader, "link[rel='canonical']", "href");
    let article = reader.parse().ok();
    let (title, main) = article.as_ref().map_or_else(Default::default, |article| {
        (article.title.trim().to_owned(), article.text_content.trim().to_owned())
    });
    document.title = if metadata.title.is_empty() { title } else { metadata.title };
    document.uri = [metadata.uri, canonical, article.as_ref().and_then(|a| a.url.clone()).unwrap_or_default()]
        .into_iter()
        .find(|uri| !uri.is_empty())
        .unwrap_or_default();
    if document.publisher.is_empty() {
        document.publisher = article.and_then(|article| article.site_name).unwrap_or_default();
    }
    if !main.is_empty() {
        document.text = if document.title.is_empty() {
            main
        } else {
            format!("{}\n\n{main}", document.title.replace(['\n', '\r'], " "))
        };
        document.blocks = blocks::find(&document.text, &document.title);
    }
    Ok(document)
}

fn attribute(reader: &Readability, selector: &str, name: &str) -> String {
    reader.doc.select(selector).attr(name).map(|value| value.trim().to_owned()).unwrap_or_default()
}

fn day(reader: &Readability) -> Option<PartialDate> {
    let in_json = reader.parse_json_ld().and_then(|found| found.published_time).and_then(|told| read_day(&told));
    in_json
        .or_else(|| DAYS.iter().find_map(|(selector, name)| read_day(&attribute(reader, selector, name))))
        .map(Into::into)
}

/// The day of a timestamp or of a written date.
fn read_day(told: &str) -> Option<Date> {
    let told = told.trim();
    published::iso_day(told.get(..10).unwrap_or(told)).or_else(|| published::first_day(told).map(|(_, day)| day))
}

/// Tag soup can nest without end, and the library walks it by recursion: refuse what no page needs.
fn check_depth(page: &str) -> Result<(), Error> {
    const VOID: &[&str] = &[
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p",
        "li", "option", "tr", "td", "th", "dt", "dd",
    ];
    let mut depth = 0usize;
    for tag in TAG.captures_iter(page) {
        let name = tag[2].to_ascii_lowercase();
        if VOID.contains(&name.as_str()) || !tag[3].is_empty() {
            continue;
        }
        if tag[1].is_empty() {
            depth += 1;
            if depth > limits::HTML_DEPTH_MAX {
                return Err(Error::TooDeep);
            }
        } else {
            depth = depth.saturating_sub(1);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::document::{BlockKind, Error, InputForm, Metadata, ProblemCode, decode};

    const STORY: &str = "<p>A court in Moscow has fined the search company Google 15 million roubles, the agency Interfax said on Thursday, because it had refused to store the data of its users in the country as the law demands.</p><p>The company did not reply at once to a request for comment, and it was not clear on Thursday evening whether it was going to pay the sum or to contest the decision of the court.</p><p>It was the third fine of this kind within a year, and lawyers in the city said that it was not going to be the last one, since the sums go up with every repetition.</p>";

    fn page(head: &str, more: &str) -> String {
        format!(
            "<!DOCTYPE html><html><head><title>Google fined in Moscow - The Daily</title>{head}</head><body><nav><a href='/'>Home</a> <a href='/news'>News</a></nav><article><h1>Google fined in Moscow</h1>{more}{STORY}</article><footer><p>Subscribe to our newsletter</p><p>© 2022 The Daily</p></footer></body></html>"
        )
    }

    #[test]
    fn the_main_text_is_found_and_the_rest_left_out() {
        let (document, problems) = decode(
            page(
                "<meta property='og:site_name' content='The Daily'><link rel='canonical' href='https://example.org/a'>",
                "",
            )
            .as_bytes(),
            InputForm::Html,
            Metadata::default(),
        )
        .expect("a page");
        assert!(document.text.contains("A court in Moscow has fined"), "{}", document.text);
        assert!(!document.text.contains("Home"), "{}", document.text);
        assert!(!document.text.contains("newsletter"), "{}", document.text);
        assert!(document.title.starts_with("Google fined in Moscow"), "{}", document.title);
        assert_eq!((document.publisher.as_str(), document.uri.as_str()), ("The Daily", "https://example.org/a"));
        assert_eq!(document.blocks.first().map(|block| block.kind), Some(BlockKind::Title));
        assert_eq!(document.blocks.iter().filter(|block| block.kind == BlockKind::Body).count(), 3, "{document:?}");
        assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [ProblemCode::NoPublicationDate]);
    }

    #[test]
    fn the_day_is_taken_from_the_page() {
        for (head, more, day) in [
            ("<meta property='article:published_time' content='2022-06-17T10:00:00+03:00'>", "", Some("2022-06-17")),
            ("<meta name='date' content='17 June 2022'>", "", Some("2022-06-17")),
            (
                "<script type='application/ld+json'>{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\"headline\":\"Google fined\",\"datePublished\":\"2022-06-18T08:00:00Z\"}</script>",
                "",
                Some("2022-06-18"),
            ),
            ("", "<p>By A. Writer, <time datetime='2022-06-19'>Sunday</time></p>", Some("2022-06-19")),
            ("<meta name='date' content='soon'>", "", None),
        ] {
            let (document, _) =
                decode(page(head, more).as_bytes(), InputForm::Html, Metadata::default()).expect("a page");
            assert_eq!(document.published.map(|day| day.to_string()).as_deref(), day, "{head}{more}");
        }
    }

    #[test]
    fn a_declared_charset_is_kept() {
        let mut bytes = page("<meta charset='windows-1252'>", "<p>Z").into_bytes();
        let at = bytes.windows(4).position(|w| w == b"<p>Z").expect("the mark") + 4;
        bytes.splice(at..at, b"\xfcrich".iter().copied());
        let (document, problems) = decode(&bytes, InputForm::Html, Metadata::default()).expect("a page");
        assert!(document.text.contains("Zürich"), "{}", document.text);
        assert!(problems.iter().all(|problem| problem.code != ProblemCode::ReplacedBytes));
    }

    #[test]
    fn a_page_without_words_is_told_and_a_pit_refused() {
        let empty = "<html><head><title></title></head><body><div></div></body></html>";
        let (document, problems) = decode(empty.as_bytes(), InputForm::Html, Metadata::default()).expect("a page");
        assert_eq!(document.text, "");
        assert!(problems.iter().any(|problem| problem.code == ProblemCode::NoText));
        let pit = "<div>".repeat(100_000);
        assert_eq!(decode(pit.as_bytes(), InputForm::Html, Metadata::default()).expect_err("a pit"), Error::TooDeep);
    }
}
