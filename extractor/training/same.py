#!/usr/bin/env python3
"""Fits which candidates of one type tell the same act (see src/events/same.rs).

    documents | cargo run --release -p extractor --example candidates > candidates.jsonl
    same.py candidates.jsonl GOLD_DIR... --scorer SCORE.PY > ../data/model/same.json

Each candidate is held against every earlier one of its type in the document. The gold event that a candidate tells is the
one most like it; two candidates of one gold event are one act. Candidates that tell none are left out. Five folds over
documents tell how it does on documents that it has not seen.
"""
import json, sys
import numpy as np
import gold as truth
import logistic


def told(score, candidates, gold):
    """The number of the gold event that each candidate tells; None for those that tell none."""
    out = []
    for candidate in candidates:
        flat = score.flatten(candidate)
        best = (0.0, None)
        for number, event in enumerate(gold):
            if flat["type"] not in event["types"]:
                continue
            quote = score.quote_overlap(flat, event)
            trigger, found = (event.get("trigger") or "").lower(), candidate["trigger"].lower()
            near = bool(trigger) and trigger in found or found in trigger and quote > 0
            likeness = score.similarity(flat, event)
            if quote >= 0.5 or likeness >= 2:
                best = max(best, (likeness + quote + 2 * near, number), key=lambda pair: pair[0])
        out.append(best[1])
    return out


def main():
    args = truth.arguments(__doc__, l2=8.0, least=4).parse_args()
    score = truth.scorer(args.scorer)
    by_doc, gold = truth.read(args.candidates, args.gold)
    rows, y, docs = [], [], []
    for doc in sorted(by_doc):
        events = told(score, by_doc[doc], gold.get(doc, []))
        for number, candidate in enumerate(by_doc[doc]):
            for pair in candidate["same"]:
                if events[number] is not None and events[pair["with"]] is not None:
                    rows.append(pair["features"]), docs.append(doc)
                    y.append(float(events[number] == events[pair["with"]]))
    y = np.array(y)
    table = logistic.Rows(rows, args.least)
    fold_of = truth.folds(by_doc)
    held = logistic.held_out(table.matrix, y, np.array([fold_of[doc] for doc in docs]), args.l2)
    same = held >= 0.5
    print(f"{len(y)} pairs, {int(y.sum())} of one act; on unseen documents {(same == (y == 1)).mean():.3f} right, "
          f"precision {y[same].mean():.3f}, recall {same[y == 1].mean():.3f}", file=sys.stderr)
    beta = logistic.fit(table.matrix, y, args.l2)
    weights = table.weights(beta, 3, 0.02)
    json.dump({"bias": round(float(beta[0]), 3), "weights": weights}, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
