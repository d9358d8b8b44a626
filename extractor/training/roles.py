#!/usr/bin/env python3
"""Fits which mention fills a role (see src/events/roles.rs).

    documents | cargo run --release -p extractor --example candidates > candidates.jsonl
    roles.py candidates.jsonl GOLD_DIR... --scorer SCORE.PY > ../data/model/roles.json

A mention is right where the party it stands for is one of the gold event's, or its words are a gold argument. Candidates
that match no gold event are left out. The model is logistic with an L2 penalty over sparse features; five folds over
documents tell how it does on documents that it has not seen, and how the frames' own choice does on the same.
"""
import argparse, collections, json, pathlib, sys
import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from confidence import scorer


def align(score, candidates, gold):
    flat = [score.flatten(c) for c in candidates]
    pairs = []
    for i, p in enumerate(flat):
        for j, g in enumerate(gold):
            if p["type"] not in g["types"]:
                continue
            q = score.quote_overlap(p, g)
            trigger = g.get("trigger") or ""
            near = bool(trigger) and trigger.lower() in candidates[i]["trigger"].lower() or candidates[i]["trigger"].lower() in trigger.lower() and q > 0
            s = score.similarity(p, g)
            if q >= 0.5 or s > 0:
                pairs.append((s + q + 2 * near, i, j))
    pairs.sort(reverse=True)
    used_p, used_g, out = set(), set(), {}
    for s, i, j in pairs:
        if i not in used_p and j not in used_g:
            used_p.add(i), used_g.add(j)
            out[i] = gold[j]
    return out


def within(inner, outer):
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def fit(X, y, l2):
    n, d = X.shape
    reg = np.full(d, l2)
    reg[0] = 1e-3

    def objective(beta):
        z = X @ beta
        loss = np.logaddexp(0, z).sum() - y @ z + 0.5 * (reg * beta * beta).sum()
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        return loss, X.T @ (p - y) + reg * beta

    return minimize(objective, np.zeros(d), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("candidates", type=pathlib.Path)
    parser.add_argument("gold", nargs="+", type=pathlib.Path)
    parser.add_argument("--scorer", type=pathlib.Path, required=True)
    parser.add_argument("--l2", type=float, default=1.5)
    parser.add_argument("--least", type=int, default=4)
    args = parser.parse_args()
    score = scorer(args.scorer)
    golds = {}
    for folder in args.gold:
        for path in sorted(folder.rglob("*.json")):
            gold = json.loads(path.read_text())
            golds[gold["doc"]] = gold["events"]
    by_doc = collections.defaultdict(list)
    for line in args.candidates.read_text().splitlines():
        c = json.loads(line)
        by_doc[c["document"]["documentId"]].append(c)
    rows, y, docs, groups = [], [], [], []
    wanted = {}
    for doc in sorted(by_doc):
        for i, gold in align(score, by_doc[doc], golds.get(doc, [])).items():
            c = by_doc[doc][i]
            for role in ("ACTOR", "TARGET"):
                names = gold[role.lower()]
                key = (doc, i, role)
                wanted[key] = names
                alternatives = [a for n in names for a in n.split("|")]
                options = [o for o in c["options"] if o["role"] == role]
                right = [any(score.same_name(n, a) for n in o["names"] for a in alternatives) for o in options]
                any_local = any(r for r, o in zip(right, options) if o["local"])
                for o, r in zip(options, right):
                    if r and not o["local"] and any_local:
                        continue
                    rows.append(o["features"]), y.append(float(r)), docs.append(doc)
                    groups.append((key, o["local"], o["framed"], o["names"], o["group"], o["span"]))
    y = np.array(y)
    counts = collections.Counter(f for r in rows for f in set(r))
    names = sorted(f for f, n in counts.items() if n >= args.least)
    index = {f: i + 1 for i, f in enumerate(names)}
    data, ri, ci = [], [], []
    for i, r in enumerate(rows):
        ri.append(i), ci.append(0), data.append(1.0)
        for f in r:
            if f in index:
                ri.append(i), ci.append(index[f]), data.append(1.0)
    X = sparse.csr_matrix((data, (ri, ci)), shape=(len(rows), len(names) + 1))
    fold_of = {doc: i % 5 for i, doc in enumerate(sorted(by_doc))}
    folds = np.array([fold_of[d] for d in docs])
    held = np.zeros(len(y))
    for k in range(5):
        beta = fit(X[folds != k], y[folds != k], args.l2)
        held[folds == k] = 1 / (1 + np.exp(-np.clip(X[folds == k] @ beta, -30, 30)))
    print(f"{len(y)} options, {int(y.sum())} right", file=sys.stderr)
    by_key = collections.defaultdict(list)
    for (key, local, framed, party, group, span), p in zip(groups, held):
        by_key[key].append((p, local, framed, party, group, span))

    def accuracy(pick):
        # Mean F1 of the names taken: a party too many counts against it as a party too few does.
        tally = collections.Counter()
        for key, options in by_key.items():
            if not wanted[key]:
                tally[key[2], "spurious"] += bool(pick(options))
                tally[key[2], "empty"] += 1
                continue
            got = [n for party in pick(options) for n in party]
            tally[key[2], "n"] += 1
            tally[key[2], "ok"] += score.overlap(got, wanted[key]) or 0
        return {r: (round(tally[r, "ok"] / max(1, tally[r, "n"]), 3), tally[r, "n"], f'{tally[r, "spurious"]}/{tally[r, "empty"]}') for r in ("ACTOR", "TARGET")}

    def chooser(local, distant, sure):
        def pick(options):
            near = sorted((o for o in options if o[1]), key=lambda o: -o[0])
            taken = []
            if near and near[0][0] >= local:
                taken = near[:1]
                for o in near[1:]:
                    nested = any(within(o[5], t[5]) or within(t[5], o[5]) for t in taken)
                    if not nested and (o[4] == near[0][4] or o[0] >= sure):
                        taken.append(o)
            if not taken:
                far = sorted((o for o in options if not o[1]), key=lambda o: -o[0])
                taken = [o for o in far[:1] if o[0] >= distant]
            return [o[3] for o in taken]
        return pick

    print("frames alone", accuracy(lambda options: [o[3] for o in options if o[2]]), file=sys.stderr)
    best = (0, 0.5, 0.5, 0.7)
    for local in (0.1, 0.15, 0.2, 0.3):
        for distant in (0.1, 0.2, 0.3):
            for sure in (0.4, 0.5, 0.6, 0.7, 0.8):
                a = accuracy(chooser(local, distant, sure))
                # Parties made up where the text tells none count against it.
                spurious = sum(int(a[r][2].split("/")[0]) for r in a)
                total = sum(a[r][0] * a[r][1] for r in a) - 0.3 * spurious
                if total > best[0]:
                    best = (total, local, distant, sure)
                    print(f"local {local} distant {distant} sure {sure}", a, file=sys.stderr)
    beta = fit(X, y, args.l2)
    weights = {f: round(float(beta[i]), 3) for f, i in index.items() if abs(beta[i]) >= 0.02}
    json.dump({"local": best[1], "sure": best[3], "distant": best[2], "bias": round(float(beta[0]), 3), "weights": weights}, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
