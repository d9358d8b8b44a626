use super::*;
use crate::document::{BlockKind, ByteSpan};
use crate::tokenize::{Token, tokenize};
use serde::Deserialize;

/// A sentence as the training code analysed it.
#[derive(Deserialize)]
struct Vector {
    w: Vec<String>,
    u: Vec<String>,
    x: Vec<String>,
    h: Vec<usize>,
    r: Vec<String>,
    ner: Vec<String>,
    lemma: Vec<String>,
}

fn sentence(words: &[String]) -> Sentence {
    let mut at = 0;
    let tokens: Vec<Token> = words
        .iter()
        .map(|form| {
            let span = ByteSpan::new(at, at + form.len());
            at += form.len() + 1;
            Token { span, form: form.clone(), mask: None }
        })
        .collect();
    Sentence { span: ByteSpan::new(0, at), block: BlockKind::Body, tokens }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../data/model/testvectors.json")).expect("the vectors are read")
}

#[test]
fn every_vector_of_the_training_code_is_met() {
    let vectors = vectors();
    assert!(vectors.len() > 10);
    for vector in &vectors {
        let sentence = sentence(&vector.w);
        let forms = [forms(&sentence)];
        let mut scratch = encoder::Scratch::default();
        let states = Model::embedded().encoder.states(&forms, &mut scratch);
        let told = Model::embedded().heads.analyse(states, &[vector.w.len()], &mut heads::Scratch::default()).remove(0);
        let tree = Model::embedded().annotate(&sentence);
        for (index, told) in told.iter().enumerate() {
            let at = format!("word {index} of {:?}", vector.w);
            assert_eq!(told.upos.as_str(), vector.u[index], "{at}");
            assert_eq!(told.xpos.as_str(), vector.x[index], "{at}");
            assert_eq!(told.head.map_or(0, |head| head + 1), vector.h[index], "{at}");
            assert_eq!(told.deprel.as_str(), vector.r[index], "{at}");
            assert_eq!(Some(told.name), NameTag::parse(&vector.ner[index]), "{at}");
            assert_eq!(tree.words[index].lemma, vector.lemma[index], "{at}");
        }
    }
}

#[test]
fn a_batch_gives_the_bits_of_single_sentences() {
    let sentences: Vec<Sentence> = vectors().iter().cycle().take(31).map(|vector| sentence(&vector.w)).collect();
    let batch = Model::embedded().annotate_all_with_states(&sentences);
    assert_eq!(batch.len(), sentences.len());
    for (sentence, (tree, states)) in sentences.iter().zip(&batch) {
        let (alone, alone_states) = Model::embedded().annotate_with_states(sentence);
        assert_eq!(tree.words, alone.words);
        let bits = |states: &[f32]| states.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(states), bits(&alone_states));
        assert_eq!(states.len(), sentence.tokens.len() * STATE);
    }
}

/// The instructions that this machine has, and those for whole numbers; the plainest ones first.
fn instructions() -> Vec<(Arch, Instructions)> {
    let mut all = vec![Arch::Scalar];
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        all.extend(pulp::x86::V3::try_new().map(Arch::V3));
        all.extend(pulp::x86::V4::try_new().map(Arch::V4));
    }
    let mut all: Vec<_> = all.into_iter().map(|arch| (arch, Instructions::of(arch).without_bytes())).collect();
    let fastest = Arch::new();
    all.push((fastest, Instructions::of(fastest).without_tiles()));
    all.push((fastest, Instructions::of(fastest)));
    all
}

#[test]
fn all_instructions_give_the_same_bits() {
    let sentences: Vec<Sentence> = vectors().iter().take(5).map(|vector| sentence(&vector.w)).collect();
    let mut known: Option<Vec<(Vec<Word>, Vec<u32>)>> = None;
    for (arch, counted) in instructions() {
        let model = Model::with(arch, counted, Cow::Borrowed(WEIGHTS), MANIFEST, LEMMAS).expect("the embedded model");
        let bits = |states: Vec<f32>| states.into_iter().map(f32::to_bits).collect::<Vec<_>>();
        let found: Vec<(Vec<Word>, Vec<u32>)> = model
            .annotate_all_with_states(&sentences)
            .into_iter()
            .map(|(tree, states)| (tree.words, bits(states)))
            .collect();
        assert_eq!(known.get_or_insert_with(|| found.clone()), &found, "{arch:?} {counted:?}");
    }
}

#[test]
fn every_tree_has_one_root_and_no_cycle() {
    let text = "Buffalo buffalo Buffalo ( ) -- ??? \u{1f600} 漢字 شركة the of . . ,\n.\nA\n$ 5 5 5 the the the";
    for tree in Model::embedded().annotate_all(&tokenize(text, &[], &[])) {
        assert_eq!(tree.words.iter().filter(|word| word.head.is_none()).count(), 1);
        let root = tree.root().expect("a root");
        assert!((0..tree.words.len()).all(|word| tree.dominates(root, word)));
        assert!(tree.words.iter().all(|word| (word.deprel == crate::syntax::Deprel::Root) == word.head.is_none()));
    }
    assert!(Model::embedded().annotate_all(&[]).is_empty());
}

#[test]
fn broken_files_are_told_apart() {
    let check = |weights: &'static [u8], manifest: &str, lemmas: &str, expected: &str| {
        let error = Model::from_bytes(Cow::Borrowed(weights), manifest, lemmas).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(WEIGHTS, "{", LEMMAS, "manifest cannot be read");
    check(&WEIGHTS[1..], MANIFEST, LEMMAS, "are not those of the manifest");
    check(WEIGHTS, &MANIFEST.replace("\"format\": 1", "\"format\": 9"), LEMMAS, "format is 9");
    check(WEIGHTS, &MANIFEST.replace("h.dist", "h.gone"), LEMMAS, "no tensor \"h.dist\"");
    check(WEIGHTS, &MANIFEST.replace("[96, 96]", "[96, 95]"), LEMMAS, "tensor \"h.U\" has shape [96, 95]");
    check(WEIGHTS, &MANIFEST.replace("\"nmod:poss\"", "\"nmod:pass\""), LEMMAS, "label \"nmod:pass\"");
    check(WEIGHTS, MANIFEST, "[]", "dictionary forms cannot be read");
}
