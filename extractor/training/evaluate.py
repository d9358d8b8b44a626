"""Scores of a network on sentences with gold trees and names."""

from collections import Counter

import torch

from data import name_spans
from decode import tree


def batches(sentences, words):
    """Batches of about `words` words, of sentences of like length."""
    out, current, count = [], [], 0
    for s in sorted(sentences, key=lambda s: len(s["w"])):
        if current and count + len(s["w"]) > words:
            out.append(current)
            current, count = [], 0
        current.append(s)
        count += len(s["w"])
    if current:
        out.append(current)
    return out


def analyse(network, sentences, mend=True):
    """Tags, tree and names of sentences of words, as dicts with the keys w, u, x, h, r, n."""
    network.eval()
    labels, out = network.labels, []
    root = labels["r"].index("root")
    with torch.no_grad():
        scores, _ = network(sentences)
        heads = scores["arc"].argmax(-1)
        if mend:
            for b, words in enumerate(sentences):
                k = len(words)
                heads[b, :k] = torch.tensor(tree(scores["arc"][b, :k, : k + 1].numpy()))
        relations = network.h.relations(scores, heads)
        at_root = heads == 0
        relations[..., root] = torch.where(at_root, 1e4, -1e4)
        relations, best = relations.argmax(-1), {k: scores[k].argmax(-1) for k in "uxn"}
        for b, words in enumerate(sentences):
            k = len(words)
            done = {"w": list(words), "h": heads[b, :k].tolist(), "r": [labels["r"][i] for i in relations[b, :k]]}
            for key in "uxn":
                done[key] = [labels[key][i] for i in best[key][b, :k]]
            out.append(done)
    return out


def score(network, sentences, mend=True):
    """Percentages: tags, unlabelled and labelled attachment with and without punctuation, F of names."""
    c = Counter()
    for batch in batches(sentences, 3000):
        for gold, found in zip(batch, analyse(network, [s["w"] for s in batch], mend)):
            for i in range(len(gold["w"]) if gold["h"] else 0):
                head = gold["h"][i] == found["h"][i]
                both = head and gold["r"][i] == found["r"][i]
                c["words"] += 1
                c["upos"] += gold["u"][i] == found["u"][i]
                c["xpos"] += gold["x"][i] == found["x"][i]
                if gold["u"][i] != "PUNCT":
                    c["np"] += 1
                    c["uas"] += head
                    c["las"] += both
            if gold["n"]:
                a, b = set(name_spans(gold["n"])), set(name_spans(found["n"]))
                c["hit"] += len(a & b)
                c["gold names"] += len(a)
                c["found names"] += len(b)
    out = {}
    if c["words"]:
        out = {k: c[k] / c["words"] for k in ("upos", "xpos")} | {"uas": c["uas"] / c["np"], "las": c["las"] / c["np"]}
    if c["gold names"]:
        out["names"] = 2 * c["hit"] / (c["gold names"] + c["found names"])
    return {k: round(100 * v, 2) for k, v in out.items()}
