use super::*;
use proptest::prelude::*;

/// The tokens of `text`, sentences divided by bars.
fn read(text: &str, masks: &[(ByteSpan, &str)]) -> String {
    let sentences = cut_sentences(text, &[], masks);
    let words =
        |sentence: &Sentence| sentence.tokens.iter().map(|token| token.form.as_str()).collect::<Vec<_>>().join(" ");
    sentences.iter().map(words).collect::<Vec<_>>().join(" | ")
}

fn check(text: &str, expected: &str) {
    assert_eq!(read(text, &[]), expected, "{text}");
}

#[test]
fn words_are_cut_as_the_treebanks_cut_them() {
    check("Moscow's court didn't fine Google.", "Moscow 's court did n't fine Google .");
    check("They can’t; we cannot, I'm gonna.", "They ca n’t ; we can not , I 'm gon na .");
    check(
        "a long-term, non-profit F-16 state-of-the-art deal",
        "a long - term , non-profit F-16 state - of - the - art deal",
    );
    check("(\"Well—yes,\" he said...)", "( \" Well — yes , \" he said ... )");
    check("US$5bn, €1.8bn, 20% and 10km", "US$ 5 bn , € 1.8 bn , 20 % and 10 km");
    check("2019-2021 and/or 10:30-11:00", "2019 - 2021 and / or 10:30 - 11:00");
    check(
        "(see https://example.org/a?b=c). Mail me@example.org, example.com.",
        "( see https://example.org/a?b=c ) . | Mail me@example.org , example.com .",
    );
    check("rock 'n' roll in the '90s 'twas", "rock ' n ' roll in the '90s ' twas");
    check("anti-money-laundering rules", "anti-money - laundering rules");
    check("**Note** -- no.", "** Note * * -- no .");
    check("What?! No... really…", "What ?! | No ... really …");
}

#[test]
fn sentences_end_where_a_reader_would_end_them() {
    check("It was late. He left.", "It was late . | He left .");
    check("The U.S. Treasury acted. U.S. The end.", "The U.S. Treasury acted . | U.S. | The end .");
    check("Mr. Smith of Acme Inc. paid J. Doe.", "Mr. Smith of Acme Inc. paid J. Doe .");
    check("\"Stop.\" She went. (It rained.) Then 5 came", "\" Stop . \" | She went . | ( It rained . ) | Then 5 came");
    check("version 2. of it", "version 2 . of it");
    check("Title\nBody", "Title | Body");
    check("It ends at 5 p.m. Monday came.", "It ends at 5 p.m. | Monday came .");
    check("He said no. Then case No. 5 came.", "He said no . | Then case No. 5 came .");
    check("On Feb. 24 it fell.", "On Feb. 24 it fell .");
}

#[test]
fn a_mask_is_one_token_with_its_stand_in() {
    let text = "A court fined it 15 million rubles. $5 million followed.";
    let span = |words: &str| {
        let start = text.find(words).expect("the words stand in the text");
        ByteSpan::new(start, start + words.len())
    };
    let masks = [(span("15 million rubles"), "$900"), (span("$5 million"), "$800"), (span("million"), "$1")];
    assert_eq!(read(text, &masks), "A court fined it $900 . | $800 followed .");
    let sentences = cut_sentences(text, &[], &masks);
    assert_eq!(sentences[0].tokens[4].mask, Some(0));
    assert_eq!(sentences[0].tokens[4].span.of(text), "15 million rubles");
    assert_eq!(sentences[1].tokens[0].mask, Some(1));
}

#[test]
fn the_masks_of_a_text_fit_its_tokens() {
    let text = "On 3 March 2022 it fined Google 15 million rubles (4% of its sales), see www.example.org.";
    let masks = crate::mask::find(text);
    let sentences = tokenize(text, &[], &masks);
    assert_eq!(sentences.len(), 1);
    let masked: Vec<_> = sentences[0].tokens.iter().filter(|token| token.mask.is_some()).collect();
    assert_eq!(masked.len(), masks.len());
    assert!(masks.len() >= 3);
    for token in masked {
        let mask = &masks[token.mask.expect("a masked token")];
        assert_eq!((token.span, token.form.as_str()), (mask.span, mask.stand_in()));
    }
}

#[test]
fn only_blocks_are_read_and_no_sentence_crosses_one() {
    let text = "Headline here Story goes on Menu";
    let block = |start, end, kind| Block { span: ByteSpan::new(start, end), kind };
    let blocks = [block(0, 13, BlockKind::Title), block(14, 27, BlockKind::Body)];
    let sentences = cut_sentences(text, &blocks, &[(ByteSpan::new(9, 19), "x")]);
    let found: Vec<_> = sentences.iter().map(|s| (s.block, s.span.of(text))).collect();
    assert_eq!(found, [(BlockKind::Title, "Headline here"), (BlockKind::Body, "Story goes on")]);
}

#[test]
fn a_paragraph_may_be_broken_at_a_width() {
    let text = "A court fined\nGoogle. It\r\npaid.\n\nMore\n came";
    let block = Block { span: ByteSpan::new(0, text.len()), kind: BlockKind::Body };
    let words = |sentences: Vec<Sentence>| sentences.iter().map(|s| s.tokens.len()).collect::<Vec<_>>();
    assert_eq!(words(cut_sentences(text, &[block], &[])), [5, 3, 2]);
    assert_eq!(words(cut_sentences(text, &[], &[])), [3, 2, 1, 2, 1, 1]);
}

#[test]
fn overlong_sentences_are_cut_at_a_mark() {
    let text = format!("{}; {}", "word ".repeat(150).trim_end(), "and ".repeat(150));
    let sentences = cut_sentences(&text, &[], &[]);
    assert_eq!(sentences.iter().map(|s| s.tokens.len()).collect::<Vec<_>>(), [151, 150]);
    let endless = cut_sentences(&"x ".repeat(1000), &[], &[]);
    assert!(endless.iter().all(|s| s.tokens.len() <= SENTENCE_TOKENS_MAX));
    assert_eq!(endless.iter().map(|s| s.tokens.len()).sum::<usize>(), 1000);
}

#[test]
fn a_megabyte_without_a_space_is_read_in_linear_time() {
    for unit in ["a", "a--", "a-", "(", "a.", "'s", "a/", "n't", "@a.", "é", "…"] {
        let text = unit.repeat(1_000_000 / unit.len());
        let sentences = cut_sentences(&text, &[], &[]);
        assert!(!sentences.is_empty(), "{unit}");
    }
}

/// Spans are ordered, disjoint, on character boundaries, and between them stand only spaces.
fn is_sound(text: &str, masks: &[(ByteSpan, &str)]) -> Result<(), TestCaseError> {
    let mut end = 0;
    for sentence in cut_sentences(text, &[], masks) {
        prop_assert!(!sentence.tokens.is_empty() && sentence.tokens.len() <= SENTENCE_TOKENS_MAX);
        prop_assert_eq!(sentence.span.start, sentence.tokens[0].span.start);
        for token in &sentence.tokens {
            let (from, to) = (token.span.start as usize, token.span.end as usize);
            prop_assert!(from >= end && to > from, "{}..{} after {}", from, to, end);
            prop_assert!(text.is_char_boundary(from) && text.is_char_boundary(to));
            prop_assert!(text[end..from].chars().all(is_space), "lost {:?}", &text[end..from]);
            end = to;
        }
        prop_assert_eq!(sentence.span.end as usize, end);
    }
    prop_assert!(text[end..].chars().all(is_space), "lost {:?}", &text[end..]);
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_read_whole(text in "\\PC{0,80}|[a-zA-Z0-9 '’.,;:!?$€%/@()*\"“”…—–-]{0,120}|(.|\n){0,80}") {
        is_sound(&text, &[])?;
    }

    #[test]
    fn any_masks_are_taken(text in "[a-z0-9 .,$é-]{1,60}", spans in proptest::collection::vec((0u32..70, 0u32..12), 0..5)) {
        let masks: Vec<_> = spans.iter().map(|&(start, length)| (ByteSpan { start, end: start + length }, "m")).collect();
        is_sound(&text, &masks)?;
    }
}
