#!/usr/bin/env python3
"""Fits which of its possible antecedents a nominal or pronoun takes (see src/coreference/antecedents.rs).

    documents | cargo run --release -p extractor --example antecedents > antecedents.jsonl
    antecedents.py antecedents.jsonl documents.jsonl GOLD_DIR... --scorer SCORE.PY > ../data/model/antecedents.json

Gold events tell in `args` which local mention fills a role, and in `actor` and `target` by what name the document knows it: an
antecedent is right where its chain has that name. Mentions without a right antecedent are left out. Five folds over documents
tell how it does on documents that it has not seen, and how the hand-set score alone does on the same.
"""
import argparse, collections, json, pathlib, sys
import numpy as np
import gold as truth
import loglinear

REACH_BYTES = 300  # around the quote in which a local mention may stand


def supervised(mentions, texts, gold, score):
    """The mentions that fill a role, each with which of its antecedents are right."""
    by_text = collections.defaultdict(list)
    for mention in mentions:
        by_text[mention["doc"], mention["text"].lower()].append(mention)
    found = {}
    for doc, events in gold.items():
        for event in events:
            at = texts.get(doc, b"").find(event["quote"].encode())
            if at < 0:
                continue
            end = at + len(event["quote"].encode())
            for argument in event.get("args") or []:
                names = [alt for name in event.get(argument["role"].lower()) or [] if isinstance(name, str) for alt in name.split("|")] \
                    if argument["role"] in ("ACTOR", "TARGET") else []
                near = [m for m in by_text[doc, argument["text"].lower()] if at - REACH_BYTES <= m["span"][0] <= end + REACH_BYTES]
                if not names or not near:
                    continue
                mention = min(near, key=lambda m: max(at - m["span"][0], m["span"][0] - end, 0))
                right = [any(score.same_name(a["name"], name) for name in names) for a in mention["antecedents"]]
                if any(right) and not all(right):
                    found[doc, mention["span"][0], mention["span"][1]] = (mention, right)
    return [found[key] for key in sorted(found)]


class Scaled(loglinear.Rows):
    """Rows with the hand-set score as one column more, the last."""

    def __init__(self, items, right, index):
        super().__init__(items, right, index)
        scores = np.array([[a["score"]] for options in items for a in options])
        self.matrix = loglinear.sparse.hstack([self.matrix, loglinear.sparse.csr_matrix(scores)], format="csr")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("antecedents", type=pathlib.Path)
    parser.add_argument("documents", type=pathlib.Path)
    parser.add_argument("gold", nargs="+", type=pathlib.Path)
    parser.add_argument("--scorer", type=pathlib.Path, required=True, help="path of score.py")
    parser.add_argument("--l2", type=float, default=8.0)
    parser.add_argument("--least", type=int, default=3, help="features seen less often are left out")
    args = parser.parse_args()
    score = truth.scorer(args.scorer)
    mentions = [json.loads(line) for line in args.antecedents.read_text().splitlines()]
    records = [json.loads(line) for line in args.documents.read_text().splitlines()]
    texts = {record["id"]: record["text"].encode() for record in records}
    known = supervised(mentions, texts, truth.gold_events(args.gold), score)
    items, right, docs = [m["antecedents"] for m, _ in known], [r for _, r in known], [m["doc"] for m, _ in known]
    index = loglinear.index_of(items, args.least)
    folds = truth.folds(set(docs))
    tally = collections.Counter()
    for fold in range(5):
        train = [n for n, doc in enumerate(docs) if folds[doc] != fold]
        rest = [n for n, doc in enumerate(docs) if folds[doc] == fold]
        beta = Scaled([items[n] for n in train], [right[n] for n in train], index).fit(args.l2)
        rows = Scaled([items[n] for n in rest], [right[n] for n in rest], index)
        shares = rows.shares(beta)
        for number, n in enumerate(rest):
            form = known[n][0]["form"]
            by_hand = max(range(len(items[n])), key=lambda k: items[n][k]["score"])
            fitted = int(np.argmax(shares[rows.first[number]:rows.first[number + 1]]))
            tally[form] += 1
            tally[form, "hand"] += right[n][by_hand]
            tally[form, "fitted"] += right[n][fitted]
    for form in ("Nominal", "Pronoun"):
        print(f"{form}: {tally[form]}, by hand {tally[form, 'hand'] / max(1, tally[form]):.3f}, "
              f"fitted {tally[form, 'fitted'] / max(1, tally[form]):.3f}", file=sys.stderr)
    beta = Scaled(items, right, index).fit(args.l2)
    weights = {f: round(float(beta[i]), 3) for f, i in index.items() if abs(beta[i]) >= 0.02}
    json.dump({"scale": round(float(beta[-1]), 3), "weights": weights}, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
