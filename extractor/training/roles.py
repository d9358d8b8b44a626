#!/usr/bin/env python3
"""Fits which mention fills a role (see src/events/roles.rs).

    documents | cargo run --release -p extractor --example candidates > candidates.jsonl
    roles.py candidates.jsonl GOLD_DIR... --scorer SCORE.PY > ../data/model/roles.json

A mention is right where the party it stands for is one of the gold event's; one of another sentence only where none of the
trigger's own is. That nothing fills the role is an option too. Candidates that match no gold event are left out. Five folds
over documents tell how it does on documents that it has not seen, and how the frames' own choice does on the same.
"""
import collections, itertools, json, sys
import gold as truth
import loglinear

ROLES = ("ACTOR", "TARGET")


def within(inner, outer):
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def choose(options, shares, least, sure, nobody):
    """The options that `choose` of src/events/roles.rs takes."""
    if sum(s for s, o in zip(shares, options) if "names" not in o) > nobody:
        return []
    ranked = sorted(((s, o) for s, o in zip(shares, options) if "names" in o), key=lambda pair: -pair[0])
    if not ranked or ranked[0][0] < least:
        return []
    best = ranked[0][1]
    taken = [best]
    if best["local"]:
        for share, option in ranked[1:]:
            nested = any(within(option["span"], t["span"]) or within(t["span"], option["span"]) for t in taken)
            if option["local"] and not nested and (option["group"] == best["group"] or share >= sure):
                taken.append(option)
    return taken


def main():
    args = truth.arguments(__doc__, l2=2.0, least=3).parse_args()
    score = truth.scorer(args.scorer)
    by_doc, gold = truth.read(args.candidates, args.gold)
    items, right, docs, wanted = [], [], [], []
    for doc in sorted(by_doc):
        for i, event in sorted(truth.align(score, by_doc[doc], gold.get(doc, [])).items()):
            for role in ROLES:
                names = event[role.lower()]
                alternatives = [a for n in names for a in n.split("|")]
                options = [o for o in by_doc[doc][i]["options"] if o["role"] == role]
                named = [any(score.same_name(n, a) for n in o.get("names", []) for a in alternatives) for o in options]
                here = any(r and o["local"] for r, o in zip(named, options) if "names" in o)
                items.append(options), docs.append(doc), wanted.append((role, names))
                right.append([(not names) if "names" not in o else r and (o["local"] or not here) for r, o in zip(named, options)])

    def accuracy(pick):
        # Mean F1 of the names taken: a party too many counts against it as a party too few does.
        tally = collections.Counter()
        for number, (role, names) in enumerate(wanted):
            got = [name for option in pick(number) for name in option["names"]]
            if names:
                tally[role, "n"] += 1
                tally[role, "right"] += score.overlap(got, names) or 0
            else:
                tally[role, "untold"] += 1
                tally[role, "made up"] += bool(got)
        return {r: (tally[r, "right"] / max(1, tally[r, "n"]), tally[r, "made up"], tally[r, "untold"]) for r in ROLES}

    def show(name, figures):
        print(name, *(f"{r} {f:.3f}, made up {m} of {n}" for r, (f, m, n) in figures.items()), file=sys.stderr)

    index = loglinear.index_of([o for o, r in zip(items, right) if any(r)], args.least)
    held = loglinear.held_out(items, right, docs, truth.folds(by_doc), index, args.l2)
    show("frames alone:", accuracy(lambda n: [o for o in items[n] if o.get("framed")]))
    best = {role: (-1e9, 0.1, 0.4, 1.0) for role in ROLES}
    for least, sure, nobody in itertools.product((0.05, 0.1, 0.15), (0.15, 0.2, 0.3), (0.5, 0.6, 0.7, 1.0)):
        figures = accuracy(lambda n: choose(items[n], held[n], least, sure, nobody))
        show(f"least {least}, sure {sure}, nobody {nobody}:", figures)
        for role, (f, made, _) in figures.items():
            # A party made up where the text tells none counts half as much as one that is missed: both are wrong, but the
            # reader who looks sees who it is.
            total = f * sum(r == role for r, names in wanted if names) - made / 2
            best[role] = max(best[role], (total, least, sure, nobody))
    weights = loglinear.weights(items, right, index, args.l2)
    shares = {role.lower(): dict(zip(("least", "sure", "nobody"), best[role][1:])) for role in ROLES}
    json.dump({**shares, "weights": weights}, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
