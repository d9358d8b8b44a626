"""Candidates of the extractor beside the gold events that they tell: what every fit of `training/` starts from."""
import argparse, collections, importlib.util, json, pathlib


def scorer(path):
    """The scorer as a module: a name, a type or a date is right here where it is right there."""
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def arguments(description, l2, least, first=None):
    """The command line that every fit has: `l2` and `least` are what it takes untold; `first` is the name of an argument that
    stands before the others, and its choices. More options may be added."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    if first:
        parser.add_argument(first[0], choices=first[1])
    parser.add_argument("candidates", type=pathlib.Path)
    parser.add_argument("gold", nargs="+", type=pathlib.Path)
    parser.add_argument("--scorer", type=pathlib.Path, required=True, help="path of score.py")
    parser.add_argument("--l2", type=float, default=l2)
    parser.add_argument("--least", type=int, default=least, help="features seen less often are left out")
    return parser


def gold_events(folders):
    """The gold events by document: of files that stand beside their texts, and of lines that hold both."""
    gold = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.json")):
            annotated = json.loads(path.read_text())
            gold[annotated["doc"]] = annotated["events"]
        for path in sorted(folder.rglob("*.jsonl")):
            for annotated in map(json.loads, path.read_text().splitlines()):
                gold[annotated["id"]] = annotated["events"]
    return gold


def read(candidates, folders):
    """Candidates by document, as `examples/candidates` prints them, and the gold events by document."""
    gold = gold_events(folders)
    by_doc = collections.defaultdict(list)
    for line in candidates.read_text().splitlines():
        candidate = json.loads(line)
        by_doc[candidate["document"]["documentId"]].append(candidate)
    return by_doc, gold


def folds(by_doc, count=5):
    """The fold of each document."""
    return {doc: number % count for number, doc in enumerate(sorted(by_doc))}


def align(score, candidates, gold):
    """The gold event that each candidate tells, by its number: same type, and words or fields in common."""
    flat = [score.flatten(c) for c in candidates]
    pairs = []
    for i, p in enumerate(flat):
        for j, g in enumerate(gold):
            if p["type"] not in g["types"]:
                continue
            q = score.quote_overlap(p, g)
            trigger, found = (g.get("trigger") or "").lower(), candidates[i]["trigger"].lower()
            near = bool(trigger) and trigger in found or found in trigger and q > 0
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
