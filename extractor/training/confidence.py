#!/usr/bin/env python3
"""Fits the confidence of candidate events (see src/events/confidence.rs).

    documents | cargo run --release -p extractor --example candidates > candidates.jsonl
    confidence.py candidates.jsonl GOLD_DIR... > ../data/model/confidence.json

A candidate is right where the scorer would match it with a gold event of its document. The model is logistic with an
L2 penalty; five folds over documents tell how it does on documents that it has not seen, and the threshold is the
highest of those that give about the best F1 there. Weights are rounded so that the file is small and readable.
"""
import json, sys
import numpy as np
import gold as truth
import logistic


def labels(score, candidates, gold):
    """1 right, 0 wrong, None where the gold event is optional."""
    flat = [score.flatten(c) for c in candidates]
    pairs = []
    for i, p in enumerate(flat):
        for j, g in enumerate(gold):
            s = score.similarity(p, g)
            if s > 0:
                pairs.append((s, i, j))
    pairs.sort(reverse=True)
    used_p, used_g, out = set(), set(), {}
    for s, i, j in pairs:
        if i not in used_p and j not in used_g:
            used_p.add(i), used_g.add(j)
            out[i] = None if gold[j].get("optional") else 1
    # Another telling of a gold event that is taken: merging decides about it, not confidence.
    for s, i, j in pairs:
        if i not in used_p and i not in out:
            if quote_meets(flat[i], gold[j]):
                out[i] = "again"
    return [out.get(i, 0) for i in range(len(candidates))]


def quote_meets(p, g):
    a, b = set(p["quote"].lower().split()), set(g["quote"].lower().split())
    return bool(a & b) and len(a & b) / min(len(a), len(b)) >= 0.5


def main():
    args = truth.arguments(__doc__, l2=4.0, least=4).parse_args()
    score = truth.scorer(args.scorer)
    by_doc, golds = truth.read(args.candidates, args.gold)
    rows, y, docs, heads = [], [], [], []
    for doc in sorted(by_doc):
        for c, label in zip(by_doc[doc], labels(score, by_doc[doc], golds.get(doc, []))):
            if label is None:
                continue
            rows.append(c["features"]), y.append(0 if label == 0 else 1), docs.append(doc)
            heads.append((doc, *c["head"], c["type"]))
    mandatory = sum(not e.get("optional") for events in golds.values() for e in events)
    y = np.array(y, float)
    table = logistic.Rows(rows, args.least)
    fold_of = truth.folds(by_doc)
    held = logistic.held_out(table.matrix, y, np.array([fold_of[doc] for doc in docs]), args.l2)
    # Of rivals for a trigger the likelier one tells the act.
    best = {}
    for head, p in zip(heads, held):
        best[head[:3]] = max(best.get(head[:3], (0, "")), (p, head[3]))
    told = np.array([best[head[:3]][1] == head[3] for head in heads])
    curve = []
    print(f"{len(y)} candidates, {int(y.sum())} right, {mandatory} mandatory gold events", file=sys.stderr)
    for t in np.arange(0.05, 0.95, 0.05):
        keep = told & (held >= t)
        p = y[keep].sum() / max(1, keep.sum())
        r = y[keep].sum() / mandatory
        f1 = 2 * p * r / max(1e-9, p + r)
        curve.append((f1, t))
        print(f"threshold {t:.2f}  precision {p:.3f}  recall {r:.3f}  f1 {f1:.3f}", file=sys.stderr)
    # Of equals the highest: a false event costs its reader more than a missing one.
    _, threshold = max(curve)
    print("reliability on unseen documents", file=sys.stderr)
    for low in np.arange(0, 1, 0.1):
        bucket = (held >= low) & (held < low + 0.1)
        if bucket.sum():
            print(f"  {low:.1f}-{low + 0.1:.1f}: {bucket.sum():5d} candidates, {y[bucket].mean():.3f} right, {held[bucket].mean():.3f} said", file=sys.stderr)
    beta = logistic.fit(table.matrix, y, args.l2)
    weights = table.weights(beta, 4, 0.005)
    json.dump({"threshold": round(float(threshold), 3), "bias": round(float(beta[0]), 4), "weights": weights}, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
