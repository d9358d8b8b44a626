"""Tables of dictionary forms, learned from the gold trees: what the rules of English endings get wrong, and a vocabulary.

The rules are those of extractor/src/model/lemma.rs; the exceptions are the words for which they fail on the gold trees.
"""

from collections import Counter, defaultdict

CLASS = {"NOUN": "NOUN", "PROPN": "NOUN", "VERB": "VERB", "AUX": "VERB", "ADJ": "ADJ", "ADV": "ADV"}
LOST_E = ("at", "iz", "is", "us", "v", "c", "u", "dg", "rg", "nc", "bl", "tl", "pl", "dl", "gl", "kl", "fl", "ur", "ag", "eg")
NO_EXCEPTION = {"NNP", "NNPS", "CD", "FW", "ADD", "GW", "LS", ".", ",", ":", "HYPH", "``", "''"}


class Lemmatiser:
    def __init__(self, sentences, irregular):
        """`irregular`: lines of base, past forms and participles."""
        self.vocabulary, self.by_class, self.all = Counter(), Counter(), Counter()
        for s in sentences:
            for lemma, upos in zip(s["lemma"], s["u"]):
                lemma = lemma.lower()
                # Proper nouns count as nouns, auxiliaries as verbs.
                kept = CLASS.get(upos, upos)
                self.vocabulary[lemma, kept] += 1
                self.by_class[lemma, kept] += 1
                self.all[lemma] += 1
        # The exceptions are learned against the endings alone; irregular verbs are added for those that no tree holds.
        self.irregular, self.exceptions = {}, {}
        seen = defaultdict(Counter)
        for s in sentences:
            for word, lemma, upos, xpos in zip(s["w"], s["lemma"], s["u"], s["x"]):
                seen[word.lower(), xpos][lemma if upos == "PROPN" else lemma.lower()] += 1
        for (word, xpos), lemmas in seen.items():
            lemma = lemmas.most_common(1)[0][0]
            upos = "PROPN" if xpos.startswith("NNP") else {"N": "NOUN", "V": "VERB", "J": "ADJ", "R": "ADV"}.get(xpos[0], "X")
            if xpos not in NO_EXCEPTION and self.by_rule(word, upos, xpos).lower() != lemma.lower():
                self.exceptions[word, xpos] = lemma
        for line in irregular:
            if not line.startswith("#"):
                base, *forms = line.split() or [""]
                for form in forms:
                    self.irregular.setdefault(form, base)

    def tables(self):
        return {
            "exceptions": [[word, xpos, lemma] for (word, xpos), lemma in self.exceptions.items()],
            "vocab": [[lemma, upos, count] for (lemma, upos), count in self.vocabulary.items()],
        }

    def lemma(self, word, upos, xpos):
        found = self.exceptions.get((word.lower().replace("’", "'"), xpos))
        return found or self.by_rule(word, upos, xpos)

    def pick(self, candidates, upos):
        kind = CLASS.get(upos)
        if kind is None:
            return None
        counts = [lambda c: self.by_class[c, kind]]
        if kind == "VERB":
            counts.append(lambda c: self.all[c])
        for count in counts:
            best = max(candidates, key=count, default=None)
            if best is not None and count(best) > 0:
                return best
        return None

    def by_rule(self, word, upos, xpos):
        low = word.lower()
        if upos == "PROPN":
            return word[:-1] if xpos == "NNPS" and low.endswith("s") and len(word) > 3 else word
        if xpos in ("VBD", "VBN") and low.replace("’", "'") in self.irregular:
            return self.irregular[low.replace("’", "'")]
        if xpos in ("NNS", "VBZ"):
            return self.without_s(low, upos, xpos) or low
        if xpos in ("VBD", "VBN", "VBG"):
            return self.without_verb_ending(low, upos, xpos) or low
        for ending, tags in (("er", ("JJR", "RBR")), ("est", ("JJS", "RBS"))):
            if xpos in tags and low.endswith(ending):
                return self.positive(low[: -len(ending)])
        return low

    def without_s(self, low, upos, xpos):
        if not low.endswith("s") or len(low) < 3:
            return None
        stem, candidates = low[:-1], []
        with_y = low[:-3] + "y" if low.endswith("ies") and len(low) > 4 else None
        if with_y:
            candidates.append(with_y)
        if low.endswith("ves") and xpos == "NNS":
            candidates += [low[:-3] + "f", low[:-3] + "fe"]
        if low.endswith("es"):
            candidates.append(low[:-2])
        candidates.append(stem)
        found = self.pick(candidates, upos) or with_y
        if found:
            return found
        if low.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
            return low[:-2]
        return low if low.endswith(("ss", "us", "is")) else stem

    def without_verb_ending(self, low, upos, xpos):
        if xpos != "VBG" and len(low) > 4 and low.endswith("ied"):
            return self.pick([low[:-3] + "y", low[:-3] + "ie"], upos) or low[:-3] + "y"
        if xpos == "VBG" and low.endswith("ing") and len(low) > 4:
            stem = low[:-3]
        elif xpos != "VBG" and low.endswith("ed") and len(low) > 3:
            stem = low[:-2]
        else:
            return None
        candidates = [stem + "e", stem]
        doubled = len(stem) > 1 and stem[-1] == stem[-2]
        if doubled and len(stem) > 2:
            candidates.append(stem[:-1])
        if stem.endswith("ck"):
            candidates.append(stem[:-1])
        if xpos == "VBG" and stem.endswith("y"):
            candidates.append(stem[:-1] + "ie")
        found = self.pick(candidates, upos)
        if found:
            return found
        if doubled and len(stem) > 3 and stem[-1] not in "lsz":
            return stem[:-1]
        return stem + "e" if stem.endswith(LOST_E) and not stem.endswith(("eat", "oat", "focus")) else stem

    def positive(self, stem):
        candidates = [stem, stem + "e"]
        if len(stem) > 2 and stem[-1] == stem[-2]:
            candidates.append(stem[:-1])
        with_y = stem[:-1] + "y" if stem.endswith("i") else None
        if with_y:
            candidates.append(with_y)
        return self.pick(candidates, "ADJ") or self.pick(candidates, "ADV") or with_y or stem
