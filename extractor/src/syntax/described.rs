//! Trees whose described names are in one piece. Of "blocked the messenger Perchik" and "Oil trader Vitrel said" the parser may
//! take noun and name for two objects or two subjects of the verb, and likewise the two nouns of "a payments firm".

use super::{Deprel, Tree, Upos, Word, Xpos};

impl Tree {
    /// The tree with each described name in one piece: a bare name right behind a noun in the same relation is its apposition,
    /// and of two bare nouns in one relation the first modifies the second.
    #[must_use]
    pub fn with_described_names(mut self) -> Self {
        let mut changed = false;
        for word in 1..self.words.len() {
            if let Some(noun) = self.described_by(word) {
                if self.words[noun].deprel == Deprel::Iobj && self.words[word].deprel == Deprel::Obj {
                    self.words[noun].deprel = Deprel::Obj;
                }
                self.words[word].head = Some(noun);
                self.words[word].deprel = Deprel::Appos;
                changed = true;
            } else if self.is_compound(word) {
                self.words[word - 1].head = Some(word);
                self.words[word - 1].deprel = Deprel::Compound;
                changed = true;
            }
        }
        if changed { Self::new(self.span, self.block, self.words) } else { self }
    }

    /// The noun right before a bare name that tells what it is. Of objects it is determined or singular: "sold partners Perchik"
    /// tells two.
    fn described_by(&self, name: usize) -> Option<usize> {
        let first = self.dependents(name).first().map_or(name, |&first| first.min(name));
        let noun = first.checked_sub(1)?;
        let (below, above) = (&self.words[name], &self.words[noun]);
        let alike = (is_subject(below) && is_subject(above))
            || (is_object(below)
                && is_object(above)
                && (above.xpos == Xpos::Nn || self.first(noun, Deprel::Det).is_some()));
        let bare = !self
            .dependents(name)
            .iter()
            .any(|&d| matches!(self.words[d].deprel, Deprel::Det | Deprel::NmodPoss | Deprel::Case));
        let described =
            below.upos == Upos::Propn && above.upos == Upos::Noun && alike && bare && siblings(below, above);
        described.then_some(noun)
    }

    /// Whether a noun and the one right before it are one phrase ("payments firm").
    fn is_compound(&self, word: usize) -> bool {
        let (noun, before) = (&self.words[word], &self.words[word - 1]);
        noun.upos == Upos::Noun
            && before.upos == Upos::Noun
            && self.dependents(word).first().is_none_or(|&first| first > word)
            && noun.deprel == before.deprel
            && (is_subject(before) || before.deprel == Deprel::Obj)
            && siblings(noun, before)
    }
}

/// Whether two words depend on one, and neither stands for a masked expression.
fn siblings(a: &Word, b: &Word) -> bool {
    a.head == b.head && a.mask.is_none() && b.mask.is_none()
}

fn is_subject(word: &Word) -> bool {
    matches!(word.deprel, Deprel::Nsubj | Deprel::NsubjPass)
}

fn is_object(word: &Word) -> bool {
    matches!(word.deprel, Deprel::Obj | Deprel::Iobj)
}

#[cfg(test)]
mod tests {
    use crate::document::{BlockKind, ByteSpan};
    use crate::syntax::{Deprel, NameTag, Tree, Upos, Word, Xpos};

    /// Checks what the words of a sentence hang on when its described names are in one piece. Each row is a word with its tags,
    /// the number of its head (0 for the root), its relation, and the head and relation that it is to have.
    fn check(rows: &[(&str, Upos, Xpos, usize, Deprel, usize, Deprel)]) {
        let words = rows.iter().map(|&(form, upos, xpos, head, deprel, ..)| Word {
            span: ByteSpan::new(0, 0),
            form: form.to_owned(),
            lemma: form.to_lowercase(),
            upos,
            xpos,
            head: head.checked_sub(1),
            deprel,
            name: NameTag::Outside,
            mask: None,
        });
        let tree = Tree::new(ByteSpan::new(0, 0), BlockKind::Body, words.collect()).with_described_names();
        for (index, &(form, .., head, deprel)) in rows.iter().enumerate() {
            let found = (tree.words[index].head.map_or(0, |head| head + 1), tree.words[index].deprel);
            assert_eq!(found, (head, deprel), "{form}");
            let below = tree.words.iter().enumerate().filter(|(_, word)| word.head == Some(index));
            assert!(below.map(|(number, _)| number).eq(tree.dependents(index).iter().copied()), "below {form}");
        }
    }

    #[test]
    fn a_name_behind_a_noun_in_its_relation_is_its_apposition() {
        use Deprel::{Appos, Compound, Det, Iobj, Nsubj, Obj, Root};
        check(&[
            ("Oil", Upos::Noun, Xpos::Nn, 2, Compound, 2, Compound),
            ("trader", Upos::Noun, Xpos::Nn, 4, Nsubj, 4, Nsubj),
            ("Vitrel", Upos::Propn, Xpos::Nnp, 4, Nsubj, 2, Appos),
            ("paid", Upos::Verb, Xpos::Vbd, 0, Root, 0, Root),
        ]);
        check(&[
            ("They", Upos::Pron, Xpos::Prp, 2, Nsubj, 2, Nsubj),
            ("blocked", Upos::Verb, Xpos::Vbd, 0, Root, 0, Root),
            ("the", Upos::Det, Xpos::Dt, 4, Det, 4, Det),
            ("messenger", Upos::Noun, Xpos::Nn, 2, Iobj, 2, Obj),
            ("Perchik", Upos::Propn, Xpos::Nnp, 2, Obj, 4, Appos),
        ]);
    }

    #[test]
    fn two_nouns_in_one_relation_are_one_phrase() {
        use Deprel::{Appos, Compound, Nsubj, Obj, Root};
        check(&[
            ("They", Upos::Pron, Xpos::Prp, 2, Nsubj, 2, Nsubj),
            ("fined", Upos::Verb, Xpos::Vbd, 0, Root, 0, Root),
            ("payments", Upos::Noun, Xpos::Nns, 2, Obj, 4, Compound),
            ("firm", Upos::Noun, Xpos::Nn, 2, Obj, 2, Obj),
            ("Zuuka", Upos::Propn, Xpos::Nnp, 2, Obj, 4, Appos),
        ]);
    }

    #[test]
    fn names_behind_several_or_with_words_of_their_own_stay_apart() {
        use Deprel::{Case, Iobj, Nsubj, Obj, Root};
        check(&[
            ("They", Upos::Pron, Xpos::Prp, 2, Nsubj, 2, Nsubj),
            ("sold", Upos::Verb, Xpos::Vbd, 0, Root, 0, Root),
            ("partners", Upos::Noun, Xpos::Nns, 2, Iobj, 2, Iobj),
            ("Perchik", Upos::Propn, Xpos::Nnp, 2, Obj, 2, Obj),
        ]);
        check(&[
            ("They", Upos::Pron, Xpos::Prp, 2, Nsubj, 2, Nsubj),
            ("sold", Upos::Verb, Xpos::Vbd, 0, Root, 0, Root),
            ("stock", Upos::Noun, Xpos::Nn, 2, Obj, 2, Obj),
            ("to", Upos::Adp, Xpos::In, 5, Case, 5, Case),
            ("Perchik", Upos::Propn, Xpos::Nnp, 2, Obj, 2, Obj),
        ]);
    }
}
