#!/usr/bin/env python3
"""Fits which option is chosen for a field of an act: its date, its factuality (see src/events/{dates,factuality}.rs).

    documents | cargo run --release -p extractor --example candidates > candidates.jsonl
    choices.py dates candidates.jsonl GOLD_DIR... --scorer SCORE.PY > ../data/model/dates.json

A log-linear model over the options of a candidate; several options may stand for the same value, and the value's share is
the sum of theirs, so the fit maximises the share of the gold value. Candidates that match no gold event, and those none of
whose options is right, are left out. Five folds over documents tell how it does on documents that it has not seen. The
least share at which a value is told weighs a value made up where the gold has none as a third of a right one.
"""
import argparse, collections, json, pathlib, sys
import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from confidence import scorer
from roles import align

FIELDS = {"dates": lambda gold: gold.get("date") or None, "factualities": lambda gold: gold["factuality"]}


class Rows:
    """The options of many candidates as one matrix; `first` marks where each candidate begins."""

    def __init__(self, items, index):
        data, rows, columns = [], [], []
        self.first, self.right, n = [0], [], 0
        for options, wanted in items:
            for option in options:
                for feature in option["features"]:
                    if feature in index:
                        rows.append(n), columns.append(index[feature]), data.append(1.0)
                self.right.append(option["value"] == wanted)
                n += 1
            self.first.append(n)
        self.matrix = sparse.csr_matrix((data, (rows, columns)), shape=(n, len(index)))
        self.right = np.array(self.right)
        self.starts, self.owner = np.array(self.first[:-1]), np.repeat(np.arange(len(items)), np.diff(self.first))

    def shares(self, beta):
        z = self.matrix @ beta
        z = z - np.maximum.reduceat(z, self.starts)[self.owner]
        p = np.exp(z)
        return p / np.add.reduceat(p, self.starts)[self.owner]


def fit(rows, size, l2):
    def objective(beta):
        p = rows.shares(beta)
        good = p * rows.right
        total = np.maximum(np.add.reduceat(good, rows.starts), 1e-12)
        gradient = rows.matrix.T @ (p - good / total[rows.owner])
        return -np.log(total).sum() + 0.5 * l2 * beta @ beta, gradient + l2 * beta

    return minimize(objective, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x


def value_of(options, shares):
    total = collections.defaultdict(float)
    for option, share in zip(options, shares):
        if option["value"] is not None:
            total[option["value"]] += share
    return max(total.items(), key=lambda pair: pair[1]) if total else (None, 0.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("field", choices=sorted(FIELDS))
    parser.add_argument("candidates", type=pathlib.Path)
    parser.add_argument("gold", nargs="+", type=pathlib.Path)
    parser.add_argument("--scorer", type=pathlib.Path, required=True)
    parser.add_argument("--l2", type=float, default=4.0)
    parser.add_argument("--least", type=int, default=3)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    score = scorer(args.scorer)
    golds = {}
    for folder in args.gold:
        for path in sorted(folder.rglob("*.json")):
            gold = json.loads(path.read_text())
            golds[gold["doc"]] = gold["events"]
    by_doc = collections.defaultdict(list)
    for line in args.candidates.read_text().splitlines():
        candidate = json.loads(line)
        by_doc[candidate["document"]["documentId"]].append(candidate)
    items, docs, extra, lost = [], [], [], 0
    for doc in sorted(by_doc):
        for i, gold in sorted(align(score, by_doc[doc], golds.get(doc, [])).items()):
            options, wanted = by_doc[doc][i][args.field], FIELDS[args.field](gold)
            items.append((options, wanted)), docs.append(doc), extra.append((by_doc[doc][i], gold))
    usable = [any(o["value"] == wanted for o in options) for options, wanted in items]
    counts = collections.Counter(f for (options, _), ok in zip(items, usable) if ok for f in {f for o in options for f in o["features"]})
    index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= args.least))}
    folds = {doc: i % 5 for i, doc in enumerate(sorted(by_doc))}

    def part(keep):
        return [n for n in range(len(items)) if usable[n] and keep(docs[n])]

    held = [None] * len(items)
    for k in range(5):
        train = part(lambda doc: folds[doc] != k)
        beta = fit(Rows([items[n] for n in train], index), len(index), args.l2)
        rest = [n for n in range(len(items)) if folds[docs[n]] == k]
        rows = Rows([items[n] for n in rest], index)
        shares = rows.shares(beta)
        for number, n in enumerate(rest):
            held[n] = value_of(items[n][0], shares[rows.first[number]:rows.first[number + 1]])
    told = [(wanted, *guess) for (_, wanted), guess in zip(items, held)]
    dated = sum(wanted is not None for wanted, *_ in told)
    print(f"{len(items)} candidates, {dated} with a value, right among the options of {sum(u for u, (_, w) in zip(usable, items) if w is not None)}", file=sys.stderr)
    best = (-1e9, 0.5)
    for least in (0.0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6):
        right = sum(w is not None and value == w and share >= least for w, value, share in told)
        made_up = sum(w is None and share >= least for w, value, share in told)
        print(f"least {least}: right {right / max(1, dated):.3f}, made up {made_up} of {len(told) - dated}", file=sys.stderr)
        if right - made_up / 3 > best[0]:
            best = (right - made_up / 3, least)
    if args.verbose:
        for (candidate, gold), (options, wanted), ok, (value, share) in zip(extra, items, usable, held):
            if wanted is not None and (value != wanted or share < best[1]):
                print(f'{candidate["document"]["documentId"]} {gold["types"][0]} wanted {wanted} {"" if ok else "(no option)"} got {value} {share:.2f} trigger {candidate["trigger"]!r} "{gold["quote"][:160]}" {[o["value"] for o in options if o["features"][0] == "local"]}', file=sys.stderr)
    beta = fit(Rows([items[n] for n in part(lambda doc: True)], index), len(index), args.l2)
    weights = {f: round(float(beta[i]), 3) for f, i in index.items() if abs(beta[i]) >= 0.02}
    made_up = {"told": best[1]} if any(wanted is None for _, wanted in items) else {}
    json.dump(made_up | {"weights": weights}, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
