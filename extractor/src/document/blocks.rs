//! Text in, its blocks out: what is headline, story, another story's headline, or the furniture of a page.
//!
//! The rules are general: how a line opens, whether it is a sentence, how it is divided, where it stands. A line is
//! story unless something tells otherwise. Nothing is thrown away: every line with words is in one block.

use super::{Block, BlockKind, ByteSpan};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A pattern whose words end as those of ASCII do: with ends of any script the fast engine gives up wherever a line has
/// quotation marks.
#[allow(clippy::expect_used, reason = "the patterns are constants that the tests compile")]
fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace(r"\b", r"(?-u:\b)")).expect("a constant pattern")
}

/// How furniture opens.
static FURNITURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^\W*(?:
        share\s*(?:[:|]|$|this\b|on\b|via\b|\s{2})|
        subscribe\b|unsubscribe\b|sign\ up\b|log\ in\b|register\ (?:here|free|now)|follow\ us\b|follow\ @|
        click\ here|download\ (?:our|the\ full|the\ app)|get\ (?:our|the\ latest)\b|
        copyright\b|\(c\)\s|all\ rights\ reserved|
        (?:photo|photos|image|picture|photograph|illustration|credit|video)(?:\ (?:credit|by))?\s*:|
        source\s*:|sources\s*:|source\ text\b|
        (?:tags?|categor(?:y|ies)|topics?|keywords?)\s*:|filed\ under\b|posted\ (?:in|on|by)\b|
        (?:reporting|writing|editing|additional\ reporting|compiled|translated)\ by\b|\((?:reporting|writing|editing)\b|
        \d+\ comments?\b|comments?\s*(?:\(\d+\)|$)|leave\ a\ (?:comment|reply)|join\ the\ conversation|
        (?:we|this\ site|this\ website)\ uses?\ cookies|accept\ (?:all\ )?cookies|accept\ all\b|cookie\ (?:policy|settings)|we\ value\ your\ privacy|
        advertisement\b|sponsored\b|story\ continues\b|
        jump\ to\b|skip\ to\b|accessibility\ links|main\ menu|back\ to\ top|
        donate\b|contribute\ (?:today|now)|support\ (?:us\b|our\b|the\ [^.]{1,30}!$)|independent\ journalism|become\ a\ member|
        if\ you\ like(?:d)?\ this|want\ more\b|don[’']t\ miss\ (?:our|out|a\ thing)|before\ you\ read\ on|
        we\ may\ earn|affiliate\ links|you\ (?:receive|are\ receiving)\ this|got\ a\ (?:tip|question)|
        reading\ time|\d+\ min(?:ute)?s?\ read|
        (?:press\ |media\ |key\ )?contacts?\s*:|questions\s*:|
        (?:this|the)\ (?:conversation|interview|article|note|text)\ (?:has\ been|was|is)\ (?:edited|not\ legal|originally|first)|
        more\ to\ follow|\(?refresh\ for|-30-|for\ immediate\ release|hit\ reply|permalink|
        (?:first\ |last\ )?(?:published|updated|modified)\b[^.!?]{0,80}(?:(?:19|20)\d\d|\d\d[:.]\d\d)
        )",
    )
});

/// What furniture says anywhere in a short line.
static CALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\bour (?:weekly |daily |free )?newsletter|subscribe (?:to|now|here)\b|all rights reserved|\bmaking a donation|our (?:loyal )?readers\b.{0,80}\bsupport|support of our\b|follow us on|cookie (?:settings|policy)|\bshare (?:it|this) with|journalism isn[’']t dead)",
    )
});

/// How the headline of another story opens.
static TEASER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^\W*(?:
        read\ (?:more|also|next|on)\b|also\ read\b|also\ on\ [\w.]+|also\ in\ this\b|must\ read\b|
        related\s*(?::|\||$|(?:articles?|stories|news|content|topics?|reading|posts?|links)\b)|
        see\ also\b|(?:you\ )?(?:may|might)\ also\ (?:like|be\ interested)|what\ to\ read\ next|
        more\ (?:on|from|about|like)\b[^.]{0,60}$|more\ (?:news|stories)\b|
        don[’']t\ miss\s*:|most\ (?:read|popular|viewed)\b|trending\b|top\ stories|latest\ (?:news|stories)|recommended\s*(?::|$|for\b)|in\ other\ news\s*$|
        (?:in\ )?pictures?\s*:|watch\s*:|listen\s*:
        )",
    )
});

/// A heading after which other stories or readers' comments follow.
static TEASERS_FOLLOW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^\W*(?:read\ more|read\ next|also\ read|related(?:\ (?:articles?|stories|news|content|topics?|posts?))?|see\ also|more\ (?:news|stories)|
        (?:you\ )?(?:may|might)\ also\ like|most\ (?:read|popular|viewed)|trending(?:\ now)?|top\ stories|latest\ (?:news|stories)|recommended(?:\ for\ you)?|what\ to\ read\ next)\W*$",
    )
});
static COMMENTS_FOLLOW: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\W*(?:\d+ comments?|comments?(?:\s*\(\d+\))?|leave a (?:comment|reply))\W*$"));

static BYLINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:By|BY|by|Author:|Authors:|From)\s+(?:[A-Z]|our\b|a\b|the\b)"));

/// A day with a month or in figures, or a weekday: what a date line is about.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:19|20)\d\d-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|(?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?,? (?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:19|20)\d\d)\b",
    )
});
static RANGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d\s?[-–]\s?\d{1,2} [A-Z]"));

/// A stamp that page converters put before the first words.
static STAMP: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?i:date|published|updated)[:\s]\s*(?:19|20)\d\d-\d\d-\d\d\b(?:T[\d:.Z+-]*)?"));

/// "MOSCOW, June 17 (Agency) —": the place in capitals, the day, the agency; a dash ends it.
static DATELINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^(?:
        (?:[A-Z][A-Z.’']{2,}(?:[\ /-][A-Z][A-Z.’']+)*)(?:/[A-Z]+)?(?:,\ [A-Z][A-Za-z.]+)?(?:,\ (?:Jan|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug|Sept|Sep|Oct|Nov|Dec)[a-z]*\.?\ \d{1,2}(?:,\ (?:19|20)\d\d)?)?
        |(?:Jan|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug|Sept|Sep|Oct|Nov|Dec)[a-z]*\.?\ \d{1,2}(?:,\ (?:19|20)\d\d)?
        )(?:\ ?\([^()]{2,40}\))?\s?(?:\ -{1,2}|\ ?[–—])\s
        # With a whole date the place needs no capitals, and a full stop may end it.
        |^(?:[A-Z][\w.’'-]+(?:[\ /-][A-Z][\w.’'-]+){0,3},\ )?
        (?:(?:Jan|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug|Sept|Sep|Oct|Nov|Dec)[a-z]*\.?\ \d{1,2},\ (?:19|20)\d\d
        |\d{1,2}\ (?:Jan|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug|Sept|Sep|Oct|Nov|Dec)[a-z]*\.?\ (?:19|20)\d\d)
        (?:\ ?\([^()]{2,40}\))?(?:[.:]|\ -{1,2}|\ ?[–—])\s",
    )
});

/// A teaser run into the story: a small word and a large one with nothing between ("headsetsHowever,").
static GLUED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[\s‘“(])\p{Ll}{3,}(\p{Lu}\p{Ll}+)"));

/// Makes the patterns, where they have not been made.
pub(super) fn ready() {
    for pattern in [
        &FURNITURE,
        &CALL,
        &TEASER,
        &TEASERS_FOLLOW,
        &COMMENTS_FOLLOW,
        &BYLINE,
        &DATE,
        &RANGE,
        &STAMP,
        &DATELINE,
        &GLUED,
    ] {
        LazyLock::force(pattern);
    }
}

/// Whether `line` is a dateline and no more.
pub(super) fn is_dateline(line: &str) -> bool {
    DATELINE.find(&format!("{line} ")).is_some_and(|found| found.end() >= line.len())
}

/// Cuts `text` into blocks, in order and disjoint; every word is in one. `title` is the caller's, or empty.
pub(super) fn find(text: &str, title: &str) -> Vec<Block> {
    let mut lines = Vec::new();
    for (start, end) in paragraphs(text) {
        cut(text, start, end, lines.is_empty(), &mut lines);
    }
    let mut kinds: Vec<Option<BlockKind>> = lines.iter().map(|line| line.fixed).collect();
    for (line, kind) in lines.iter().zip(&mut kinds) {
        if kind.is_none() {
            *kind = alone(line.words(text));
        }
    }
    labels(text, &lines, &mut kinds);
    headline(text, title, &lines, &mut kinds);
    zones(text, &lines, &mut kinds);
    tail(text, &lines, &mut kinds);
    if !kinds.iter().any(|kind| matches!(kind, None | Some(BlockKind::Title))) {
        // Nothing left to read means that the rules were wrong about this text.
        kinds.fill(Some(BlockKind::Body));
    }
    lines
        .iter()
        .zip(kinds)
        .map(|(line, kind)| Block { span: line.span, kind: kind.unwrap_or(BlockKind::Body) })
        .collect()
}

/// A stretch of text that is of one kind.
struct Line {
    span: ByteSpan,
    /// Its kind, where the cutting told it.
    fixed: Option<BlockKind>,
}

impl Line {
    fn words<'a>(&self, text: &'a str) -> &'a str {
        self.span.of(text)
    }
}

/// The lines of `text` as byte ranges without white space around them; a hard-wrapped paragraph is one.
fn paragraphs(text: &str) -> Vec<(usize, usize)> {
    let mut groups: Vec<Vec<(usize, usize)>> = vec![Vec::new()];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            groups.push(Vec::new());
        } else if let Some(group) = groups.last_mut() {
            let start = at + (line.len() - line.trim_start().len());
            group.push((start, start + trimmed.len()));
        }
        at += line.len();
    }
    let mut found = Vec::new();
    for group in groups {
        match (hard_wrapped(text, &group), group.first(), group.last()) {
            (true, Some(first), Some(last)) => found.push((first.0, last.1)),
            _ => found.extend(group),
        }
    }
    found
}

/// Whether the lines of `group` are one paragraph broken at a width: no line had room for the next one's first word,
/// and a sentence goes on over a break.
fn hard_wrapped(text: &str, group: &[(usize, usize)]) -> bool {
    let width = |line: &(usize, usize)| text[line.0..line.1].chars().count();
    let widest = group.iter().map(width).max().unwrap_or(0);
    if group.len() < 2 || !(50..=110).contains(&widest) {
        return false;
    }
    let full = group.windows(2).all(|pair| {
        let next = text[pair[1].0..pair[1].1].split_whitespace().next().unwrap_or_default();
        width(&pair[0]) + 1 + next.chars().count() > widest
    });
    let goes_on = group.windows(2).any(|pair| {
        let next = &text[pair[1].0..pair[1].1];
        !ends_sentence(&text[pair[0].0..pair[0].1]) && next.starts_with(char::is_lowercase)
    });
    let list = group.iter().any(|line| text[line.0..line.1].starts_with(['-', '*', '•', '–', '—']));
    full && goes_on && !list
}

/// Cuts a paragraph where two kinds are run together: a stamp or a dateline before the words, a teaser before a story.
fn cut(text: &str, start: usize, end: usize, first: bool, lines: &mut Vec<Line>) {
    let mut start = start;
    let mut push = |from: usize, to: usize, fixed: Option<BlockKind>| {
        let part = &text[from..to];
        let from = from + (part.len() - part.trim_start().len());
        let part = part.trim();
        if !part.is_empty() {
            lines.push(Line { span: ByteSpan::new(from, from + part.len()), fixed });
        }
    };
    if first && let Some(stamp) = STAMP.find(&text[start..end]) {
        push(start, start + stamp.end(), Some(BlockKind::Boilerplate));
        start += stamp.end();
        start += text[start..end].len() - text[start..end].trim_start().len();
    }
    if start == end {
        return;
    }
    if let Some(dateline) = DATELINE.find(&text[start..end]) {
        push(start, start + dateline.end(), Some(BlockKind::Boilerplate));
        start += dateline.end();
    } else if TEASER.is_match(&text[start..end])
        && let Some(glued) = GLUED.captures(&text[start..end]).and_then(|found| found.get(1))
    {
        push(start, start + glued.start(), Some(BlockKind::Teaser));
        start += glued.start();
    }
    push(start, end, None);
}

/// The kind that a line shows by itself.
fn alone(line: &str) -> Option<BlockKind> {
    let words = line.split_whitespace().count();
    if !line.chars().any(char::is_alphabetic) {
        return Some(BlockKind::Boilerplate);
    }
    if words <= 45 && (CALL.is_match(line) || (words <= 30 && FURNITURE.is_match(line)) || line.starts_with('©')) {
        return Some(BlockKind::Boilerplate);
    }
    if words <= 40 && TEASER.is_match(line) && !long_sentence(line) {
        return Some(BlockKind::Teaser);
    }
    if words <= 14 && !ends_sentence(line) {
        if BYLINE.is_match(line) || date_line(line) {
            return Some(BlockKind::Boilerplate);
        }
        if line.starts_with('(') && line.ends_with(')') {
            return Some(BlockKind::Boilerplate);
        }
    }
    if navigation(line) { Some(BlockKind::Boilerplate) } else { None }
}

/// A teaser opener in front of a story of its own ("Read more about it in the ruling, which says that ...").
fn long_sentence(line: &str) -> bool {
    line.split_whitespace().count() > 30 && line.ends_with('.')
}

/// Whether a date and at most a few words more make up the line.
fn date_line(line: &str) -> bool {
    let Some(date) = DATE.find(line) else { return false };
    if RANGE.is_match(line) {
        return false;
    }
    let rest = format!("{} {}", &line[..date.start()], &line[date.end()..]);
    rest.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() <= 8
}

/// Whether the line is a row of short labels ("Home > News", "Share | Print", "Terms  Advertise").
fn navigation(line: &str) -> bool {
    let blank = |byte: u8| matches!(byte, b' ' | b'\t');
    // Most lines have nothing that could part labels, and are many.
    if line.is_ascii()
        && !line.contains(['|', '>', '/'])
        && !line.as_bytes().windows(2).any(|pair| blank(pair[0]) && blank(pair[1]))
    {
        return false;
    }
    let marked = line.replace([' ', '\t', '\u{a0}'], " ");
    let parts: Vec<&str> = marked
        .split(['|', '·', '>', '»', '›', '•', '→', '←', '↑'])
        .flat_map(|part| part.split("  "))
        .flat_map(|part| part.split(" / "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    parts.len() >= 2
        && parts.iter().all(|part| part.split_whitespace().count() <= 6 && (!part.ends_with('.') || parts.len() > 3))
}

/// Labels over a headline ("OPINION", "MARKET WRAP"): up to three words in capitals, with a story below.
fn labels(text: &str, lines: &[Line], kinds: &mut [Option<BlockKind>]) {
    let Some(story) = lines.iter().position(|line| is_paragraph(line.words(text))) else { return };
    for (line, kind) in lines[..story].iter().zip(&mut *kinds) {
        let words = line.words(text);
        let capitals = !words.chars().any(char::is_lowercase);
        if kind.is_none() && capitals && words.split_whitespace().count() <= 3 {
            *kind = Some(BlockKind::Boilerplate);
        }
    }
}

/// Marks the headline: the first line with words that is no sentence with a story below it, one more line of its
/// kind, and every repetition.
fn headline(text: &str, title: &str, lines: &[Line], kinds: &mut [Option<BlockKind>]) {
    let told = folded(title);
    let mut titles = Vec::new();
    if !told.is_empty() {
        titles.push(told);
    }
    let story = lines
        .iter()
        .zip(&*kinds)
        .position(|(line, kind)| kind.is_none() && is_paragraph(line.words(text)))
        .unwrap_or(0);
    let mut candidates = (0..story).filter(|&index| kinds[index].is_none()).collect::<Vec<_>>();
    candidates.truncate(3);
    // A line of one or two words over a real headline is the name of a section.
    if candidates.len() > 1
        && lines[candidates[0]].words(text).split_whitespace().count() <= 2
        && is_headline(lines[candidates[1]].words(text))
    {
        kinds[candidates.remove(0)] = Some(BlockKind::Boilerplate);
    }
    candidates.truncate(2);
    for index in candidates {
        let words = lines[index].words(text);
        if !is_headline(words) {
            break;
        }
        kinds[index] = Some(BlockKind::Title);
        titles.push(folded(words));
    }
    for (line, kind) in lines.iter().zip(kinds) {
        let words = line.words(text);
        if kind.is_none() && words.len() <= 400 && titles.contains(&folded(words)) {
            *kind = Some(BlockKind::Title);
        }
    }
}

/// Marks what follows a heading over other stories or over comments. A paragraph that names what the story names ends
/// it: the heading stood in the middle.
fn zones(text: &str, lines: &[Line], kinds: &mut [Option<BlockKind>]) {
    let mut zone: Option<BlockKind> = None;
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut seen_story = false;
    for (line, kind) in lines.iter().zip(kinds) {
        let words = line.words(text);
        if seen_story && TEASERS_FOLLOW.is_match(words) {
            zone = Some(BlockKind::Teaser);
            *kind = Some(BlockKind::Teaser);
            continue;
        }
        if seen_story && COMMENTS_FOLLOW.is_match(words) {
            zone = Some(BlockKind::Boilerplate);
            *kind = Some(BlockKind::Boilerplate);
            continue;
        }
        if kind.is_some() {
            if *kind == Some(BlockKind::Title) {
                names.extend(names_in(words));
            }
            continue;
        }
        if let Some(current) = zone {
            let shared = names_in(words).into_iter().filter(|name| names.contains(name)).count();
            if current == BlockKind::Teaser && is_paragraph(words) && shared >= 2 {
                zone = None;
            } else {
                *kind = Some(current);
                continue;
            }
        }
        seen_story |= is_paragraph(words);
        names.extend(names_in(words));
    }
}

/// Marks the headlines that follow the last sentence of a story: two lines or more that are no sentences, or that
/// break off.
fn tail(text: &str, lines: &[Line], kinds: &mut [Option<BlockKind>]) {
    let open = |words: &str| {
        let count = words.split_whitespace().count();
        let broken = words.ends_with('…') || words.ends_with("...");
        let listed = words.starts_with(['-', '*', '•', '–', '—']) || words.starts_with(|c: char| c.is_ascii_digit());
        (4..=30).contains(&count) && (broken || !ends_sentence(words)) && !listed && !words.ends_with(':')
    };
    let free: Vec<usize> = (0..lines.len()).filter(|&index| kinds[index].is_none()).collect();
    let run = free.iter().rev().take_while(|&&index| open(lines[index].words(text))).count();
    if run < 2 || free.len() < run + 2 {
        return;
    }
    for &index in &free[free.len() - run..] {
        kinds[index] = Some(BlockKind::Teaser);
    }
}

/// Words with a capital that do not open a sentence: what a paragraph is about.
fn names_in(words: &str) -> BTreeSet<&str> {
    words
        .split_whitespace()
        .skip(1)
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .map(|word| word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word))
        .filter(|word| word.chars().count() > 2 && word.starts_with(char::is_uppercase))
        .collect()
}

fn is_paragraph(words: &str) -> bool {
    words.split_whitespace().count() >= 12 && ends_sentence(words)
}

fn is_headline(words: &str) -> bool {
    let count = words.split_whitespace().count();
    let stripped = words.trim_end_matches(['"', '”', '’', '\'', ')']);
    (2..=30).contains(&count)
        && words.len() <= 300
        && !stripped.ends_with(['.', ':', ',', ';'])
        && words.chars().any(char::is_alphabetic)
}

/// Whether a sentence ends at the end of `words`.
fn ends_sentence(words: &str) -> bool {
    words.trim_end_matches(['"', '”', '’', '\'', ')', ']', '»']).ends_with(['.', '!', '?', '…', ':'])
}

fn folded(words: &str) -> String {
    words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
