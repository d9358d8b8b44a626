"""Reads treebanks and name sets, masks them as the run time does, and varies their names.

A sentence is a dict: w words, s whether white space follows, u and x tags, h heads (1 is the first word, 0 the root),
r relations, n name tags. Keys that a source does not have are None.
"""

import gzip
import json
import random
import re
import subprocess
from pathlib import Path

NAME_TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
KEPT_SUBTYPES = {
    "nsubj:pass", "csubj:pass", "aux:pass", "obl:agent", "nmod:poss", "compound:prt", "acl:relcl", "cc:preconj",
    "det:predet", "obl:unmarked", "nmod:unmarked",
}
RENAMED = {"obl:tmod": "obl:unmarked", "obl:npmod": "obl:unmarked", "nmod:tmod": "nmod:unmarked", "nmod:npmod": "nmod:unmarked"}


def relation(name):
    """The relation with the subtypes that extraction needs; others are merged into their base."""
    name = RENAMED.get(name, name)
    return name if name in KEPT_SUBTYPES else name.split(":")[0]


def open_text(path):
    return gzip.open(path, "rt", encoding="utf-8")


def trees(path):
    """The sentences of a CoNLL-U file."""
    with open_text(path) as file:
        blocks = file.read().strip("\n").split("\n\n")
    for block in blocks:
        rows, joined, ident = [], set(), ""
        for line in block.split("\n"):
            if line.startswith("# sent_id = "):
                ident = line[len("# sent_id = ") :]
            if not line or line[0] == "#":
                continue
            row = line.split("\t")
            if "-" in row[0]:
                first, last = map(int, row[0].split("-"))
                # The parts of "don't" stand together; the space after the last is told by the whole.
                joined.update(range(first, last))
                if "SpaceAfter=No" in row[9]:
                    joined.add(last)
            elif "." not in row[0]:
                rows.append(row)
        if rows:
            yield {
                "id": ident,
                "w": [r[1] for r in rows],
                "lemma": [r[2] for r in rows],
                "s": ["SpaceAfter=No" not in r[9] and int(r[0]) not in joined for r in rows],
                "u": [r[3] for r in rows],
                "x": [r[4] for r in rows],
                "h": [int(r[6]) for r in rows],
                "r": [relation(r[7]) for r in rows],
                "n": None,
            }


def names(path):
    """The sentences of a two-column file of words and name tags."""
    with open_text(path) as file:
        for block in re.split(r"\n\s*\n", file.read().strip()):
            rows = [line.split("\t") for line in block.split("\n") if line.strip()]
            yield {
                "id": "", "w": [r[0] for r in rows], "lemma": None, "s": [True] * len(rows), "u": None, "x": None, "h": None,
                "r": None, "n": [r[1] for r in rows],
            }


def with_names(sentences, tagged):
    """`sentences` with the name tags of the same sentences in `tagged`, where the words agree."""
    by_words = {tuple(t["w"]): t["n"] for t in tagged}
    for s in sentences:
        s["n"] = by_words.get(tuple(s["w"]))
    return sentences


# Masking -------------------------------------------------------------------------------------------------------------

STAND_IN_TAGS = {"money": ("SYM", "$"), "percent": ("SYM", "NN"), "url": ("X", "ADD")}


def masks(sentences, command):
    """The masks that the run time finds in each sentence, by its own code."""
    lines = "".join(json.dumps({"tokens": s["w"], "spaces": s["s"]}) + "\n" for s in sentences)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def head_of(sentence, first, last):
    """The word of a span (indices from 0, last exclusive) that governs the others, as an index."""
    inside = range(first, last)
    for i in inside:
        at, steps = sentence["h"][i] - 1, 0
        while at >= 0 and at not in inside and steps < len(sentence["w"]):
            at, steps = sentence["h"][at] - 1, steps + 1
        if at < 0:
            return i
    return first


def collapse(sentence, spans):
    """The sentence with every masked span as the one word that stands for it."""
    spans = [m for m in spans if m[1] - m[0] > 1 or m[2] != "date"]
    if not spans:
        return None
    start = {m[0]: m for m in spans}
    new_index, out, heads = {}, {k: ([] if sentence[k] is not None else None) for k in "wsuxhrn"}, []
    i = 0
    while i < len(sentence["w"]):
        mask = start.get(i)
        end = mask[1] if mask else i + 1
        top = head_of(sentence, i, end) if mask and sentence["h"] else i
        for old in range(i, end):
            new_index[old + 1] = len(heads) + 1
        heads.append(top)
        out["w"].append(mask[3] if mask else sentence["w"][i])
        out["s"].append(sentence["s"][end - 1])
        if sentence["n"] is not None:
            out["n"].append("O" if mask else sentence["n"][i])
        if sentence["h"] is not None:
            upos, xpos = sentence["u"][top], sentence["x"][top]
            label = sentence["r"][top]
            if mask:
                upos, xpos = STAND_IN_TAGS.get(mask[2]) or date_tags(mask[3])
                if upos == "NOUN" and label == "advmod":
                    label = "obl:unmarked"
            out["u"].append(upos)
            out["x"].append(xpos)
            out["r"].append(label)
        i = end
    if sentence["h"] is not None:
        new_index[0] = 0
        out["h"] = [new_index[sentence["h"][top]] for top in heads]
    if out["n"] is not None:
        # A name that a mask cut in two goes on with its own beginning.
        for i, tag in enumerate(out["n"]):
            if tag[0] == "I" and (i == 0 or out["n"][i - 1][2:] != tag[2:]):
                out["n"][i] = "B" + tag[1:]
    out["id"], out["lemma"] = sentence["id"], None
    return out


def date_tags(word):
    if word.isdigit():
        return ("NUM", "CD")
    return ("NOUN", "NN") if word[0].islower() else ("PROPN", "NNP")


# Names ---------------------------------------------------------------------------------------------------------------

ONSETS = "b br c ch cl cr d dr f fl g gl gr h j k kl l m n p pl pr qu r s sk sl sn st t tr v w z".split()
VOWELS = "a e i o u ai ea ee io oo ou y".split()
CODAS = ["", "", "", "n", "r", "l", "s", "x", "k", "m", "nt", "rd", "st", "ck"]
BRAND_ENDINGS = ["", "", "", "", "ik", "ko", "chik", "ova", "mart", "ster", "zon", "ia", "ex", "ora", "go", "ly", "ify", "soft", "tel", "net", "com", "gram", "pay", "bank", "tech", "app", "line", "wave", "grid", "cast"]
COMPANY_WORDS = "Systems Networks Telecom Media Motors Energy Bank Pay Cloud Games Labs Health Mobile Software Foods Airlines Logistics Pharma Markets Capital Studios Semiconductors".split()
LEGAL_FORMS = ["Inc", "Corp", "Ltd", "LLC", "Group", "Holdings", "AG", "SA", "Plc", "Co"]
FIELDS = "Telecommunications Communications Competition Data Privacy Media Consumer Securities Financial Antitrust Customs Internet Food Health Aviation Energy Gambling Cybersecurity Trade Markets".split()
BODIES = "Authority Commission Agency Board Council Office Inspectorate Bureau Service Regulator Directorate".split()
COURTS = ["District Court", "High Court", "Supreme Court", "City Court", "Appeals Court", "Regional Court", "Administrative Court"]
LEVELS = ["National", "Federal", "State", "Central", "European", "Royal"]


def syllable(rng):
    return rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS)


def brand(rng):
    """An invented brand: Plokify, VoltRide, TRENZ."""
    word = "".join(syllable(rng) for _ in range(rng.choice([1, 2, 2, 2, 3]))).capitalize() + rng.choice(BRAND_ENDINGS)
    how = rng.random()
    if how < 0.08:
        return word.upper()[:6]
    if how < 0.22:
        return word + syllable(rng).capitalize()
    return word


def organisation(rng):
    """The words of an invented company, agency or court."""
    how = rng.random()
    if how < 0.45:
        return [brand(rng)]
    if how < 0.62:
        return [brand(rng), rng.choice(COMPANY_WORDS)]
    if how < 0.70:
        return [brand(rng), rng.choice(LEGAL_FORMS)]
    if how < 0.76:
        return ["".join(rng.choice("ABCDEFGHIKLMNOPRSTUV") for _ in range(rng.choice([3, 3, 4, 4, 5])))]
    if how < 0.88:
        return [rng.choice(LEVELS)] * (rng.random() < 0.6) + [rng.choice(FIELDS), rng.choice(BODIES)]
    place = "".join(syllable(rng) for _ in range(2)).capitalize()
    return [place, *rng.choice(COURTS).split()]


def name_spans(tags):
    """(first, last exclusive, kind) of every name."""
    out, i = [], 0
    while i < len(tags):
        j = i + 1
        if tags[i] != "O":
            while j < len(tags) and tags[j] == "I" + tags[i][1:]:
                j += 1
            out.append((i, j, tags[i][2:]))
        i = j
    return out


def rename(sentence, rng, pools, share):
    """The sentence with some of its names replaced: organisations by invented ones, the others by others of their kind."""
    if sentence["n"] is None:
        return sentence
    spans = [s for s in name_spans(sentence["n"]) if rng.random() < share]
    if not spans:
        return sentence
    at = {first: (end, kind) for first, end, kind in spans}
    out = {k: ([] if sentence[k] is not None else None) for k in "wsuxhrn"}
    new_index, raw_heads, i = {0: 0}, [], 0
    while i < len(sentence["w"]):
        if i in at:
            end, kind = at[i]
            words = organisation(rng) if kind == "ORG" else rng.choice(pools[kind])
            # Names that are not proper nouns throughout keep their trees; their words hold what the tree needs.
            plain = sentence["h"] is None or all(
                sentence["u"][k] in ("PROPN", "PUNCT", "SYM", "NUM") and (sentence["r"][k] in ("compound", "flat", "punct", "amod") or k == head_of(sentence, i, end))
                for k in range(i, end)
            )
            if plain:
                base = len(out["w"])
                head = head_of(sentence, i, end) if sentence["h"] else i
                first_is_head = kind == "PER"
                top = base if first_is_head else base + len(words) - 1
                for k, word in enumerate(words):
                    out["w"].append(word)
                    out["s"].append(sentence["s"][end - 1] if k + 1 == len(words) else True)
                    out["n"].append(("B-" if k == 0 else "I-") + kind)
                    if sentence["h"] is not None:
                        out["u"].append("PROPN")
                        out["x"].append("NNP")
                        is_top = base + k == top
                        out["r"].append(sentence["r"][head] if is_top else "flat" if first_is_head else "compound")
                        raw_heads.append(("old", sentence["h"][head]) if is_top else ("new", top + 1))
                for old in range(i, end):
                    new_index[old + 1] = top + 1
                i = end
                continue
        out["w"].append(sentence["w"][i])
        out["s"].append(sentence["s"][i])
        out["n"].append(sentence["n"][i])
        if sentence["h"] is not None:
            out["u"].append(sentence["u"][i])
            out["x"].append(sentence["x"][i])
            out["r"].append(sentence["r"][i])
            raw_heads.append(("old", sentence["h"][i]))
        new_index[i + 1] = len(out["w"])
        i += 1
    if sentence["h"] is not None:
        out["h"] = [index if how == "new" else new_index[index] for how, index in raw_heads]
    out["id"], out["lemma"] = sentence["id"], None
    return out


# Everything ----------------------------------------------------------------------------------------------------------


def load(directory):
    """The parts by name, unmasked."""
    d = Path(directory)
    parts = {p: list(trees(d / f"gold/{p}.conllu.gz")) for p in ["ewt-train", "ewt-dev", "ewt-test", "gum-train", "gumnews-dev", "gumnews-test", "pudnews"]}
    pud = list(trees(d / "gold/pud.conllu.gz"))
    # The news half of PUD is a test set; the other half trains.
    parts["pud-wiki"] = [s for s in pud if not s["id"].startswith("n")]
    parts["wikigold"] = list(names(d / "gold/ner-wikigold.bio.gz"))
    with_names(parts["gum-train"], list(names(d / "gold/ner-gum-train.bio.gz")))
    with_names(parts["gumnews-test"], list(names(d / "gold/ner-gumnews-test.bio.gz")))
    with_names(parts["ewt-dev"], list(names(d / "gold/ner-ewt-dev.bio.gz")))
    with_names(parts["ewt-test"], list(names(d / "gold/ner-ewt-test.bio.gz")))
    parts["silver"] = [s for f in ["silver_T_current_events_wikitext", "silver_T_masc_sotu"] for s in trees(d / f"{f}.conllu.gz") if len(s["w"]) <= 90]
    return parts
