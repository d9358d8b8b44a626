#!/usr/bin/env python3
"""Fits which candidates of one type tell the same act (see src/events/same.rs).

    documents | cargo run --release -p extractor --example candidates > candidates.jsonl
    same.py candidates.jsonl GOLD_DIR... --scorer SCORE.PY > ../data/model/same.json

Each candidate is held against every earlier one of its type in the document. The gold event that a candidate tells is the
one most like it; two candidates of one gold event are one act. Candidates that tell none are left out. Five folds over
documents tell how it does on documents that it has not seen.
"""
import collections, json, sys
import numpy as np
from scipy import sparse
from scipy.optimize import minimize
import gold as truth


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


def fit(X, y, l2):
    def objective(beta):
        z = X @ beta
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        penalty = l2 * beta
        penalty[0] = 0
        loss = -(y * np.log(np.maximum(p, 1e-12)) + (1 - y) * np.log(np.maximum(1 - p, 1e-12))).sum()
        return loss + 0.5 * penalty @ beta, X.T @ (p - y) + penalty

    return minimize(objective, np.zeros(X.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x


def main():
    args = truth.arguments(__doc__, l2=4.0, least=4).parse_args()
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
    counts = collections.Counter(f for row in rows for f in set(row))
    index = {f: i + 1 for i, f in enumerate(sorted(f for f, n in counts.items() if n >= args.least))}
    at = [(n, index[f]) for n, row in enumerate(rows) for f in row if f in index] + [(n, 0) for n in range(len(rows))]
    X = sparse.csr_matrix((np.ones(len(at)), tuple(zip(*at))), shape=(len(rows), len(index) + 1))
    fold_of = truth.folds(by_doc)
    folds = np.array([fold_of[doc] for doc in docs])
    held = np.zeros(len(y))
    for fold in range(5):
        held[folds == fold] = X[folds == fold] @ fit(X[folds != fold], y[folds != fold], args.l2)
    same = held >= 0
    print(f"{len(y)} pairs, {int(y.sum())} of one act; on unseen documents {(same == (y == 1)).mean():.3f} right, "
          f"precision {y[same].mean():.3f}, recall {same[y == 1].mean():.3f}", file=sys.stderr)
    beta = fit(X, y, args.l2)
    weights = {f: round(float(beta[i]), 3) for f, i in index.items() if abs(beta[i]) >= 0.02}
    json.dump({"bias": round(float(beta[0]), 3), "weights": weights}, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
