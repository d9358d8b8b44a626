#!/usr/bin/env python3
"""Fits which option is chosen for a field of an act: its date, its factuality (see src/events/{dates,factuality}.rs).

    documents | cargo run --release -p extractor --example candidates > candidates.jsonl
    choices.py dates candidates.jsonl GOLD_DIR... --scorer SCORE.PY > ../data/model/dates.json

Several options may stand for the same value, and the value's share is the sum of theirs. Candidates that match no gold event
are left out. Five folds over documents tell how it does on documents that it has not seen. The least share at which a value
is told is the lowest that does not give a value to too many acts that have none.
"""
import collections, json, sys
import gold as truth
import loglinear

FIELDS = {"dates": lambda gold: gold.get("date") or None, "factualities": lambda gold: gold["factuality"]}


def value_of(options, shares):
    total = collections.defaultdict(float)
    for option, share in zip(options, shares):
        if option["value"] is not None:
            total[option["value"]] += share
    return max(total.items(), key=lambda pair: pair[1]) if total else (None, 0.0)


def main():
    parser = truth.arguments(__doc__, l2=4.0, least=3, first=("field", sorted(FIELDS)))
    parser.add_argument("--made-up", type=float, default=0.45, metavar="SHARE",
                        help="the most of the acts without a value that may be given one")
    args = parser.parse_args()
    score = truth.scorer(args.scorer)
    by_doc, gold = truth.read(args.candidates, args.gold)
    items, wanted, docs = [], [], []
    for doc in sorted(by_doc):
        for i, event in sorted(truth.align(score, by_doc[doc], gold.get(doc, [])).items()):
            items.append(by_doc[doc][i][args.field]), wanted.append(FIELDS[args.field](event)), docs.append(doc)
    right = [[o["value"] == want for o in options] for options, want in zip(items, wanted)]
    index = loglinear.index_of([o for o, r in zip(items, right) if any(r)], args.least)
    held = loglinear.held_out(items, right, docs, truth.folds(by_doc), index, args.l2)
    told = [(want, *value_of(options, shares)) for options, want, shares in zip(items, wanted, held)]
    filled = sum(want is not None for want in wanted)
    print(f"{len(items)} candidates, {filled} with a value, right among the options of "
          f"{sum(any(r) and want is not None for r, want in zip(right, wanted))}", file=sys.stderr)
    threshold = {}
    for least in (0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.0):
        good = sum(want is not None and value == want and share >= least for want, value, share in told)
        made_up = sum(want is None and share >= least for want, value, share in told)
        print(f"least {least}: right {good / max(1, filled):.3f}, made up {made_up} of {len(told) - filled}", file=sys.stderr)
        if filled < len(told) and made_up <= args.made_up * (len(told) - filled):
            threshold = {"told": least}
    weights = loglinear.weights(items, right, index, args.l2)
    json.dump(threshold | {"weights": weights}, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
