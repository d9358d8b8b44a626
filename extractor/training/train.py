"""Trains the network and writes a checkpoint.

    train.py DATA_DIR OUT.pt --masker COMMAND [--start START.pt] [--minutes 40]

Gold and silver sentences are masked by the run time's own code (COMMAND reads tokenised sentences and prints masks).
"""

import argparse
import random
import time
from collections import Counter

import torch
import torch.nn.functional as F

import data
from evaluate import analyse, batches, score
from model import Network
from templates import Generator

WORDS_A_BATCH = 1500
GENERATED_AN_EPOCH = 2500
# A masked sentence is also seen as it was, this often, so that unmasked text keeps its quality.
UNMASKED_SHARE = 0.35
RENAMED_SHARE = 0.35


def vocabulary(sentences):
    def by_count(key):
        return [label for label, _ in Counter(x for s in sentences for x in s[key]).most_common()]

    return {"u": by_count("u"), "x": by_count("x"), "r": by_count("r"), "n": data.NAME_TAGS}


def targets(batch, key, index, shape):
    out = torch.full(shape, -1, dtype=torch.long)
    for b, s in enumerate(batch):
        if s[key] is not None:
            out[b, : len(s[key])] = torch.tensor([index.get(x, -1) if index else x for x in s[key]])
    return out


def cross_entropy(logits, gold):
    if not (gold >= 0).any():
        return logits.sum() * 0
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), gold.reshape(-1), ignore_index=-1)


def loss(network, batch, index):
    out, mask = network([s["w"] for s in batch])
    shape = mask.shape[:2]
    total = sum(0.5 * cross_entropy(out[k], targets(batch, k, index[k], shape)) for k in "uxn")
    heads = targets(batch, "h", None, shape)
    if (heads >= 0).any():
        relations = network.h.relations(out, heads.clamp(min=0))
        total = total + cross_entropy(out["arc"], heads) + cross_entropy(relations, targets(batch, "r", index["r"], shape))
    return total


def shuffled_batches(sentences, rng):
    """Batches of like lengths, in random order; the lengths vary between epochs."""
    rng.shuffle(sentences)
    out = []
    for i in range(0, len(sentences), 4000):
        out += batches(sentences[i : i + 4000], WORDS_A_BATCH)
    rng.shuffle(out)
    return out


def name_pools(sentences):
    """Persons and places that occur, as lists of words; organisations are invented."""
    pools = {"PER": [], "LOC": []}
    for s in sentences:
        for first, last, kind in data.name_spans(s["n"] or []):
            words = s["w"][first:last]
            if kind in pools and len(words) <= 3 and all(w[0].isupper() and w.isalpha() for w in words):
                pools[kind].append(words)
    return pools


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--masker", required=True, help="command that prints the masks of tokenised sentences")
    parser.add_argument("--start", help="checkpoint to go on from")
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--rate", type=float, default=None, help="learning rate; 2e-3 from nothing, 1e-3 from a checkpoint")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = random.Random(1)

    parts = data.load(args.data)
    start = torch.load(args.start, weights_only=True) if args.start else None
    labels = start["V"] if start else vocabulary(parts["ewt-train"] + parts["gum-train"])
    network = Network(labels)
    if start:
        network.load_state_dict(start["state"])
        # The start network's names stand in where a source has trees but no names.
        for part in ["ewt-train", "silver", "pud-wiki"]:
            for batch in batches([s for s in parts[part] if s["n"] is None], 3000):
                for s, found in zip(batch, analyse(network, [s["w"] for s in batch], mend=False)):
                    s["n"] = found["n"]
    only_names = [dict(s, u=None, x=None, h=None, r=None) for s in parts["ewt-dev"] if s["n"]]
    training = [s for p in ["ewt-train", "gum-train", "pud-wiki", "wikigold", "silver"] for s in parts[p]] + only_names
    training = [s for s in training if len(s["w"]) <= 120]
    pools = name_pools(training)
    masked = [data.collapse(s, m) for s, m in zip(training, data.masks(training, [args.masker]))]
    tests = {"ewt-dev": parts["ewt-dev"][:600]}
    print(f"sentences {len(training)}, masked {sum(m is not None for m in masked)}, words {sum(len(s['w']) for s in training)}", flush=True)

    index = {k: {label: i for i, label in enumerate(v)} for k, v in labels.items()}
    rate = args.rate or (1e-3 if start else 2e-3)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.01)
    generator = Generator(rng, pools)
    began, step, words, seconds = time.time(), 0, 0, args.minutes * 60
    while (done := (time.time() - began) / seconds) < 1:
        epoch = [m if m and rng.random() >= UNMASKED_SHARE else s for s, m in zip(training, masked)]
        epoch = [data.rename(s, rng, pools, RENAMED_SHARE) for s in epoch]
        epoch += [generator.sentence() for _ in range(GENERATED_AN_EPOCH)]
        for batch in shuffled_batches(epoch, rng):
            done = (time.time() - began) / seconds
            if done >= 1:
                break
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1, step / 100) * (1 if done < 0.25 else max(0.01, (1 - done) / 0.75))
            network.train()
            value = loss(network, batch, index)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            step += 1
            words += sum(len(s["w"]) for s in batch)
            if step % 500 == 0:
                print(f"{100 * done:.0f} % step {step} loss {float(value.detach()):.3f} words/s {words / (time.time() - began):.0f}", flush=True)
            if step % 2000 == 0:
                torch.save({"state": network.state_dict(), "V": labels}, args.out + ".part")
                for name, part in tests.items():
                    print("  ", name, score(network, part, mend=False), flush=True)
    torch.save({"state": network.state_dict(), "V": labels}, args.out)
    for name in ["ewt-test", "gumnews-test", "pudnews"]:
        part = parts[name]
        print(name, score(network, part), flush=True)
        changed = [(s, data.collapse(s, m)) for s, m in zip(part, data.masks(part, [args.masker]))]
        print(name, "masked", score(network, [m or s for s, m in changed]), flush=True)


if __name__ == "__main__":
    main()
