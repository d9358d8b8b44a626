use super::*;

/// `expected` gives a line a block: T, B, - (teaser) or . (furniture), a space, its first words.
fn check(text: &str, expected: &str) {
    let blocks = find(text, "");
    let told: Vec<String> = blocks
        .iter()
        .map(|block| {
            let mark = match block.kind {
                BlockKind::Title => 'T',
                BlockKind::Body => 'B',
                BlockKind::Teaser => '-',
                BlockKind::Boilerplate => '.',
            };
            let words: Vec<&str> = block.span.of(text).split_whitespace().take(3).collect();
            format!("{mark} {}", words.join(" "))
        })
        .collect();
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(told, expected, "{text}");
    let mut end = 0;
    for block in &blocks {
        assert!(block.span.start >= end && block.span.end > block.span.start, "blocks overlap in {text}");
        end = block.span.end;
    }
}

const STORY: &str = "A court in the capital fined the Arvo company five million crowns on Monday for its late reports.";
const MORE: &str =
    "The regulator of the country had asked Arvo twice for the papers, a spokeswoman of the court said later.";

#[test]
fn a_page_has_its_headline_and_its_furniture() {
    check(
        &format!(
            "Home > News > Courts\nArvo fined in the capital\nBy Ina Berg  3 May 2021  Comments (4)\n\n{STORY}\n\n{MORE}\n\nTags: Arvo, fines | Share | Print\n© 2021 The Paper. All rights reserved."
        ),
        "
        . Home > News
        T Arvo fined in
        . By Ina Berg
        B A court in
        B The regulator of
        . Tags: Arvo, fines
        . © 2021 The
        ",
    );
}

#[test]
fn a_headline_told_again_is_a_headline() {
    check(
        &format!("Arvo fined in the capital\n\nARVO FINED IN THE CAPITAL!\n{STORY}\n{MORE}"),
        "
        T Arvo fined in
        T ARVO FINED IN
        B A court in
        B The regulator of
        ",
    );
}

#[test]
fn other_stories_are_teasers() {
    check(
        &format!(
            "{STORY}\nRead more: Rain is coming to the coast\n{MORE}\nRelated articles\nLarge sale at the harbour\nBoats for everyone: how they did it"
        ),
        "
        B A court in
        - Read more: Rain
        B The regulator of
        - Related articles
        - Large sale at
        - Boats for everyone:
        ",
    );
    check(
        &format!(
            "{STORY}\n{MORE}\nSuspended sentence for a man who had sold the harbour…\nBank of the south agrees to sell or stop its purse after signing…"
        ),
        "
        B A court in
        B The regulator of
        - Suspended sentence for
        - Bank of the
        ",
    );
}

#[test]
fn a_story_goes_on_after_a_box_in_its_middle() {
    check(
        &format!(
            "{STORY}\n{MORE}\nRead more\nLarge sale at the harbour\nThe court of the capital had fined the Berg company and Arvo before, in a case about the Regulator Act of 2009.\nArvo did not answer."
        ),
        "
        B A court in
        B The regulator of
        - Read more
        - Large sale at
        - The court of
        - Arvo did not
        ",
    );
    let named =
        "The Ministry of Water in Norland told Arvo to answer the letters of the Norland Board by the end of May.";
    check(
        &format!(
            "{named}\n{MORE}\nRead more\nLarge sale at the harbour\nA spokesman for Arvo said that Norland and its Ministry would get their answer within three weeks from now."
        ),
        "
        B The Ministry of
        B The regulator of
        - Read more
        - Large sale at
        B A spokesman for
        ",
    );
}

#[test]
fn a_teaser_run_into_the_story_is_cut_off() {
    check(
        &format!(
            "{STORY}\nAlso on paper.example Large sale at the harbour brings people and boatsHowever, Arvo says that it has paid its dues in full and on time.\n{MORE}"
        ),
        "
        B A court in
        - Also on paper.example
        B However, Arvo says
        B The regulator of
        ",
    );
}

#[test]
fn a_dateline_and_a_stamp_stand_apart() {
    for (head, mark) in [
        ("OSLO, May 3 (Wire) — ", ". OSLO, May 3"),
        ("NEW DELHI - ", ". NEW DELHI -"),
        ("STOCKHOLM/OSLO - ", ". STOCKHOLM/OSLO -"),
        ("May 3 (Norland Markets) - ", ". May 3 (Norland"),
        (" date 2021-05-03 ", ". date 2021-05-03"),
    ] {
        check(&format!("{head}{STORY}\n{MORE}"), &format!("{mark}\nB A court in\nB The regulator of"));
    }
    check(
        &format!("A two-year case - and a costly one - has ended in the capital with a fine for the company.\n{MORE}"),
        "B A two-year case\nB The regulator of",
    );
}

#[test]
fn wrapped_lines_are_one_paragraph_and_lists_are_not() {
    check(
        "Arvo fined in the capital\n\nA court in the capital fined the Arvo company five million\ncrowns on Monday for its late reports, a spokeswoman of the\ncourt said.\n\n- the first reason is that it was late\n- the second reason is that it was wrong",
        "
        T Arvo fined in
        B A court in
        B - the first
        B - the second
        ",
    );
}

#[test]
fn a_text_of_one_line_is_the_story() {
    for text in [
        "A court fined Arvo five million crowns",
        "Subscribe to our newsletter",
        "Read more: court fines Arvo five million crowns",
        "Shares in Arvo fell after the fine.",
    ] {
        let blocks = find(text, "");
        assert_eq!(blocks.len(), 1, "{text}");
        assert_eq!(blocks[0].kind, BlockKind::Body, "{text}");
    }
    assert_eq!(find("", ""), []);
    assert_eq!(find(" \n\r\n ", ""), []);
}

#[test]
fn words_that_open_like_furniture_do_not_hide_a_story() {
    for line in [
        "Shares in Arvo fell five per cent after the court had fined it, and the crown fell with them.",
        "By Monday the company had paid the fine, although it still contests the ruling of the court.",
        "Related charges against the Arvo company were dropped by the court in the capital on Monday.",
        "Comments made by the minister were the reason for the fine, the court in the capital ruled on Monday.",
        "Sources at the court said that Arvo was going to be fined again before the end of the month of May.",
    ] {
        check(
            &format!("{STORY}\n{line}\n{MORE}"),
            &format!(
                "B A court in\nB {}\nB The regulator of",
                line.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
            ),
        );
    }
}
