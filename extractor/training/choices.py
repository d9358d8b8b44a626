#!/usr/bin/env python3
"""Fits which option is chosen for a field of an act: its date, sum, factuality or countries (see src/events/{dates,sums,factuality,countries}.rs).

    documents | cargo run --release -p extractor --example candidates > candidates.jsonl
    choices.py dates candidates.jsonl GOLD_DIR... --scorer SCORE.PY > ../data/model/dates.json

Several options may stand for the same value, and the value's share is the sum of theirs. Candidates that match no gold event
are left out. Five folds over documents tell how it does on documents that it has not seen. The least share at which a value
is told is the lowest that does not give a value to too many acts that have none. Of countries the likeliest is always told, and another one
at the least share where the sets have (nearly) their best mean F1.
"""
import collections, json, sys
import gold as truth
import loglinear

# Acts of a type from which a share of its own can be told.
ITEMS_MIN = 150

# The most of the acts without a value that may be given one: most acts have a date, few a sum.
MADE_UP = {"dates": 0.45, "amounts": 0.027}

# For each field where a candidate holds its options, and the values that are right; none is one of them.
FIELDS = {"dates": ("dates", lambda score, gold, options: {gold.get("date") or None}),
          "factualities": ("factualities", lambda score, gold, options: {gold["factuality"]}),
          "countries": ("country_options", lambda score, gold, options: set(gold.get("countries") or [None])),
          "amounts": ("sums", lambda score, gold, options: sums(score, gold, options))}


def sums(score, gold, options):
    """The options that tell the sum of the gold event, in whichever of its currencies."""
    if not gold.get("amount"):
        return {None}
    told = [(o["value"], {"amounts": [score.money(a) for a in o["amounts"]]}) for o in options if o["value"]]
    return {value for value, amounts in told if score.amount_right(amounts, gold)} or {"untold"}


def value_of(options, shares):
    total = collections.defaultdict(float)
    for option, share in zip(options, shares):
        if option["value"] is not None:
            total[option["value"]] += share
    return max(total.items(), key=lambda pair: pair[1]) if total else (None, 0.0)


def least_share(told, made_up_max):
    """The least share at which the likeliest value is told; what each would do is printed."""
    filled = sum(None not in want for want, _, _ in told)
    threshold = {}
    for least in (0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.0):
        good = sum(None not in want and value in want and share >= least for want, value, share in told)
        made_up = sum(None in want and share >= least for want, value, share in told)
        print(f"least {least}: right {good / max(1, filled):.3f}, made up {made_up} of {len(told) - filled}", file=sys.stderr)
        if filled < len(told) and made_up <= made_up_max * (len(told) - filled):
            threshold = {"told": least}
    return threshold


def further_share(items, wanted, held, types):
    """The least share at which values beside the likeliest are told: of all types, and of those that have another one."""
    told = {"told": least_further(items, wanted, held, range(len(items)), "all types")[0]}
    told["told_of_type"] = {}
    for event_type in sorted(set(types)):
        numbers = [n for n, t in enumerate(types) if t == event_type and None not in wanted[n]]
        if len(numbers) >= ITEMS_MIN:
            least, figures = least_further(items, wanted, held, numbers, event_type)
            if figures[least] >= figures[told["told"]] + 0.01:
                told["told_of_type"][event_type] = least
    return told


def least_further(items, wanted, held, numbers, name):
    figures = {}
    for least in (0.6, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05):
        f1, hit, filled, made_up = 0.0, 0, 0, 0
        for options, want, shares in ((items[n], wanted[n], held[n]) for n in numbers):
            ranked = sorted(zip(shares, (o["value"] for o in options)), key=lambda pair: -pair[0])
            told = {ranked[0][1]} | ({v for share, v in ranked if share >= least and v} if ranked[0][1] else set())
            if None in want:
                made_up += told != {None}
                continue
            filled += 1
            common = len(told & want)
            hit += common > 0
            f1 += 2 * common / (len(told) + len(want))
        figures[least] = f1 / filled
        print(f"{name}, further {least}: mean F1 {f1 / filled:.3f}, one right {hit / filled:.3f}, made up {made_up}", file=sys.stderr)
    # Of those that are as good, the one at which a country is missing least often.
    return min(least for least, f1 in figures.items() if f1 >= max(figures.values()) - 0.002), figures


def main():
    parser = truth.arguments(__doc__, l2=4.0, least=3, first=("field", sorted(FIELDS)))
    parser.add_argument("--made-up", type=float, metavar="SHARE",
                        help="the most of the acts without a value that may be given one; untold, what MADE_UP tells")
    args = parser.parse_args()
    score = truth.scorer(args.scorer)
    by_doc, gold = truth.read(args.candidates, args.gold)
    key, values = FIELDS[args.field]
    every = args.field == "countries"
    items, wanted, docs, types = [], [], [], []
    for doc in sorted(by_doc):
        for i, event in sorted(truth.align(score, by_doc[doc], gold.get(doc, [])).items()):
            options = by_doc[doc][i][key]
            # Documents without sums have nothing to choose from.
            if not options:
                continue
            items.append(options), wanted.append(values(score, event, options)), docs.append(doc)
            types.append(by_doc[doc][i]["type"].removeprefix("EVENT_TYPE_"))
    right = [[o["value"] in want for o in options] for options, want in zip(items, wanted)]
    index = loglinear.index_of([o for o, r in zip(items, right) if any(r)], args.least)
    held = loglinear.held_out(items, right, docs, truth.folds(by_doc), index, args.l2, every)
    filled = sum(None not in want for want in wanted)
    print(f"{len(items)} candidates, {filled} with a value, right among the options of "
          f"{sum(any(r) and None not in want for r, want in zip(right, wanted))}", file=sys.stderr)
    if every:
        threshold = further_share(items, wanted, held, types)
    else:
        made_up = MADE_UP.get(args.field, 1.0) if args.made_up is None else args.made_up
        threshold = least_share([(want, *value_of(o, shares)) for o, want, shares in zip(items, wanted, held)], made_up)
    weights = loglinear.weights(items, right, index, args.l2, every)
    json.dump(threshold | {"weights": weights}, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
