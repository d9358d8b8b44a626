"""Writes a checkpoint as the files of extractor/data/model: weights, manifest, dictionary forms, test vectors.

    export.py DATA_DIR CHECKPOINT.pt OUT_DIR --masker COMMAND
"""

import argparse
import json
import struct
import zlib
from pathlib import Path

import torch

import data
from evaluate import analyse, score
from lemma import Lemmatiser
from model import Network, rounded

# Sentences written for the test vectors: the constructions that the extractor reads, and the tokeniser's hard cases. Amounts
# and dates stand as they stand in running text and, in the last ones, as the run time masks them.
VECTORS = [
    "The regulator fined Zentavo 12 million euros for ignoring two earlier orders .",
    "Zentavo , which was fined last year , said it would appeal against the ruling .",
    "Two carriers were ordered to block the messenger by a district court in Lorvik .",
    "The Ministry of Digital Affairs asked Plumeria Systems and its rival Quont to hand over the data .",
    "Sales of the phones have been suspended since March , the maker 's spokeswoman Ines Calvo told reporters .",
    "It has n't paid the fine , and it has no intention of doing so .",
    "\" We did not break any law , \" the company said in a statement on its website .",
    "Shares of the Oslo - based lender fell 4.5 % after the watchdog 's decision .",
    "Lawmakers passed a bill that requires foreign platforms to open local offices .",
    "What the court will decide is unclear ; the hearing was put off until autumn .",
    "Users in three countries could no longer open the app , which the authorities had been slowing down for weeks .",
    "The European Commission , Brussels ' antitrust enforcer , dropped its case against the chip maker .",
    "The judge refused to lift the ban , calling the platform 's arguments \" thin \" .",
    "A court in Lorvik fined Zentavo $00 on Thursday for failing to delete banned content .",
    "Quont was ordered yesterday to pay $00 in damages to Plumeria Systems .",
    "The agency imposed a $00 fine on Ines Calvo and threatened penalties of % of revenue in 2019 .",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("checkpoint")
    parser.add_argument("out")
    parser.add_argument("--masker", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)

    saved = torch.load(args.checkpoint, weights_only=True)
    tensors, blob = [], bytearray()
    for name, value in saved["state"].items():
        half = value.half()
        tensors.append({"name": name, "shape": list(value.shape), "offset": len(blob)})
        blob += struct.pack(f"<{half.numel()}e", *half.flatten().tolist())
    (out / "weights.bin").write_bytes(blob)
    manifest = {"format": 1, "bytes": len(blob), "crc32": zlib.crc32(blob), "labels": saved["V"], "tensors": tensors}
    (out / "manifest.json").write_text(json.dumps(manifest) + "\n")

    # What the run time computes: with weights and states rounded.
    network = Network(saved["V"])
    network.load_state_dict(rounded(saved["state"]))
    network.whole = True
    parts = data.load(args.data)
    irregular = (out / "irregular.txt").read_text().splitlines() if (out / "irregular.txt").exists() else []
    lemmatiser = Lemmatiser(parts["ewt-train"] + parts["gum-train"], irregular)
    (out / "lemma.json").write_text(json.dumps(lemmatiser.tables()))
    vectors = []
    for found in analyse(network, [v.split(" ") for v in VECTORS]):
        found["ner"] = found.pop("n")
        found["lemma"] = [lemmatiser.lemma(w, u, x) for w, u, x in zip(found["w"], found["u"], found["x"])]
        vectors.append(found)
    (out / "testvectors.json").write_text(json.dumps(vectors, ensure_ascii=False, indent=0) + "\n")
    for name in ["ewt-test", "gumnews-test", "pudnews"]:
        masks = data.masks(parts[name], [args.masker])
        masked = [data.collapse(s, m) or s for s, m in zip(parts[name], masks)]
        print(name, score(network, parts[name]), "masked", score(network, masked))


if __name__ == "__main__":
    main()
