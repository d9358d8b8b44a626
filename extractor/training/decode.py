"""From scores to one tree: the best head of every word, mended to a single root without cycles."""

import numpy as np


def is_tree(heads):
    if heads.count(0) != 1:
        return False
    for at in range(1, len(heads) + 1):
        steps = 0
        while at:
            at, steps = heads[at - 1], steps + 1
            if steps > len(heads):
                return False
    return True


def tree(scores):
    """Heads (0 is the root) with the best sum among single-root trees; `scores` is words × (words + 1)."""
    heads = [int(h) for h in scores.argmax(1)]
    if is_tree(heads):
        return heads
    n = len(scores)
    full = np.full((n + 1, n + 1), -1e9)
    full[1:] = scores
    best = None
    for root in np.argsort(-full[1:, 0], kind="stable")[: min(n, 6)] + 1:
        trial = full.copy()
        trial[1:, 0] = -1e9
        trial[root] = -1e9
        trial[root, 0] = full[root, 0]
        found = arborescence(trial)
        total = sum(trial[i, found[i]] for i in range(1, n + 1))
        if best is None or total > best[0]:
            best = (total, found)
    return [int(h) for h in best[1][1:]]


def arborescence(scores):
    """Chu, Liu and Edmonds: the best tree rooted at 0."""
    n = len(scores)
    heads = np.zeros(n, int)
    for i in range(1, n):
        row = scores[i].copy()
        row[i] = -1e18
        heads[i] = row.argmax()
    seen = [0] * n
    for start in range(1, n):
        at = start
        while at and not seen[at]:
            seen[at] = start
            at = heads[at]
        if at and seen[at] == start:
            return contract(scores, heads, at)
    return heads


def contract(scores, heads, at):
    cycle, step = [at], heads[at]
    while step != at:
        cycle.append(step)
        step = heads[step]
    inside = set(cycle)
    rest = [i for i in range(len(scores)) if i not in inside]
    index, c = {x: i for i, x in enumerate(rest)}, len(rest)
    small = np.full((c + 1, c + 1), -1e18)
    enter, leave = {}, {}
    total = sum(scores[x, heads[x]] for x in cycle)
    for x in rest:
        for y in rest:
            if x:
                small[index[x], index[y]] = scores[x, y]
        if x:
            leave[x] = max(cycle, key=lambda y: scores[x, y])
            small[index[x], c] = scores[x, leave[x]]
        enter[x] = max(cycle, key=lambda y: scores[y, x] - scores[y, heads[y]])
        small[c, index[x]] = scores[enter[x], x] - scores[enter[x], heads[enter[x]]] + total
    found, out = arborescence(small), heads.copy()
    for x in rest:
        if x:
            y = found[index[x]]
            out[x] = rest[y] if y < c else leave[x]
    y = rest[found[c]]
    out[enter[y]] = y
    return out
