"""The network: hashed word features, two bidirectional LSTM layers, and heads for tags, names and tree.

The Rust run time (extractor/src/model) computes the same function; extractor/data/model/README.md lists the tensors.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

WIDTH = 128
HIDDEN = 128
LAYERS = 2
ROWS = (16000, 2000, 4000, 1000, 2000)
DIMS = (128, 48, 48, 32, 32)
ARC = 96
LABEL = 48
PIECES = 3
DISTANCE_MAX = 32
# The run time keeps states and the weights that they meet as whole numbers, in this many steps from zero to the largest.
LEVELS = 127

QUOTES = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "``": '"', "''": '"',
}


def fnv(text, seed):
    """32-bit FNV-1a with a final mix; the run time hashes the same way."""
    h = (2166136261 ^ (seed * 0x9E3779B1)) & 0xFFFFFFFF
    for byte in text.encode():
        h = ((h ^ byte) * 16777619) & 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 0x2C1B3C6D) & 0xFFFFFFFF
    return h ^ (h >> 12)


def shape(word):
    """Xxxd: runs longer than three are cut."""
    out, last, run = "", "", 0
    for c in word:
        s = "X" if c.isupper() else "x" if c.islower() else "d" if c.isdigit() else c
        run = run + 1 if s == last else 1
        last = s
        if run <= 3:
            out += s
    return out


def features(word):
    """The five features of a word: norm, prefix, suffix, shape, ending with case."""
    plain = QUOTES.get(word, word).replace("’", "'")
    norm = "".join("0" if "0" <= c <= "9" else c for c in plain.lower())
    return [
        "n=" + norm,
        "p=" + norm[:3],
        "s=" + norm[-3:],
        "h=" + shape(plain),
        "t=" + norm[-2:] + ("1" if plain[:1].isupper() else "0"),
    ]


class Maxout(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.l = nn.Linear(inputs, outputs * PIECES)
        self.outputs = outputs
        nn.init.xavier_uniform_(self.l.weight)

    def forward(self, x):
        return self.l(x).view(*x.shape[:-1], self.outputs, PIECES).max(-1)[0]


class HashedEmbedding(nn.Module):
    """Each feature is the sum of two rows, so that a collision in one is told apart by the other."""

    def __init__(self):
        super().__init__()
        self.e = nn.ModuleList([nn.Embedding(rows, dims) for rows, dims in zip(ROWS, DIMS)])
        for e in self.e:
            nn.init.normal_(e.weight, std=0.1)
        self.mix = Maxout(sum(DIMS), WIDTH)
        self.ln = nn.LayerNorm(WIDTH)
        self.cache = {}

    def ids(self, word):
        found = self.cache.get(word)
        if found is None:
            found = [
                (fnv(f, 2 * k) % rows, fnv(f, 2 * k + 1) % rows) for k, (f, rows) in enumerate(zip(features(word), ROWS))
            ]
            self.cache[word] = found
        return found

    def forward(self, ids, drop):
        x = torch.cat([e(ids[..., k, :]).sum(-2) for k, e in enumerate(self.e)], -1)
        if drop and self.training:
            # Blank the word itself now and then, so that its shape and endings learn to carry unknown words.
            keep = (torch.rand(x.shape[:-1]) > drop).float().unsqueeze(-1)
            x = torch.cat([x[..., : DIMS[0]] * keep, x[..., DIMS[0] :]], -1)
        return self.ln(self.mix(x))


def meets_states(name):
    """Whether the run time multiplies the tensor with states in whole numbers."""
    rows = ("h.ad.", "h.ah.", "h.rd.", "h.rh.", "h.u.", "h.x.", "h.ner.")
    return "weight_hh" in name or name.startswith("enc.l.1.weight_ih") or (name.startswith(rows) and name.endswith("weight"))


def rounded(state):
    """The weights as the run time uses them: in half precision, and in whole numbers by row where they meet states."""
    out = {}
    for name, value in state.items():
        value = value.half().float()
        if meets_states(name):
            largest = value.abs().amax(1, keepdim=True).clamp_min(1e-30)
            value = (value / largest * LEVELS).round() / LEVELS * largest
        out[name] = value
    return out


class Encoder(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.l = nn.ModuleList(
            [
                nn.LSTM(WIDTH if layer == 0 else 2 * HIDDEN, HIDDEN, batch_first=True, bidirectional=True)
                for layer in range(LAYERS)
            ]
        )
        self.dropout = dropout

    def forward(self, x, mask):
        lengths = mask[..., 0].sum(1).long().cpu()
        for layer in self.l:
            x = F.dropout(x, self.dropout, self.training)
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            x, _ = nn.utils.rnn.pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=x.shape[1])
        return x

    def whole(self, x, mask):
        """The same with every state rounded as the run time does; step by step, and so slow."""
        lengths = mask[..., 0].sum(1).long()
        steps = torch.arange(x.shape[1]).unsqueeze(0)
        back = (lengths.unsqueeze(1) - 1 - steps).clamp_min(0).unsqueeze(-1)
        for layer in self.l:
            both = []
            for suffix in ("", "_reverse"):
                w, r, b, c = (getattr(layer, f"{n}_l0{suffix}") for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
                gates = x @ w.T + b + c
                if suffix:
                    gates = torch.gather(gates, 1, back.expand_as(gates))
                hidden = cell = torch.zeros(len(x), HIDDEN)
                states = []
                for step in range(x.shape[1]):
                    i, f, g, o = (gates[:, step] + hidden @ r.T).chunk(4, 1)
                    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
                    hidden = (o.sigmoid() * cell.tanh() * LEVELS).round() / LEVELS
                    states.append(hidden)
                states = torch.stack(states, 1)
                both.append(torch.gather(states, 1, back.expand_as(states)) if suffix else states)
            x = torch.cat(both, -1) * mask
        return x


class Heads(nn.Module):
    def __init__(self, labels, dropout):
        super().__init__()
        size = 2 * HIDDEN
        self.u = nn.Linear(size, len(labels["u"]))
        self.x = nn.Linear(size, len(labels["x"]))
        self.ner = nn.Linear(size, len(labels["n"]))
        self.ad = nn.Linear(size, ARC)
        self.ah = nn.Linear(size, ARC)
        self.rd = nn.Linear(size, LABEL)
        self.rh = nn.Linear(size, LABEL)
        self.root = nn.Parameter(torch.zeros(size))
        self.U = nn.Parameter(torch.empty(ARC, ARC))
        nn.init.orthogonal_(self.U)
        self.ub = nn.Parameter(torch.zeros(ARC))
        self.V = nn.Parameter(torch.empty(len(labels["r"]), LABEL + 1, LABEL + 1))
        nn.init.xavier_uniform_(self.V)
        self.dist = nn.Parameter(torch.zeros(2, DISTANCE_MAX + 1))
        self.dropout = dropout

    def forward(self, h, mask):
        batch, n, size = h.shape
        h = F.dropout(h, self.dropout, self.training)
        with_root = torch.cat([self.root.expand(batch, 1, size), h], 1)

        def act(z):
            return F.dropout(F.relu(z), self.dropout, self.training)

        dependent, head = act(self.ad(h)), act(self.ah(with_root))
        arc = torch.einsum("bia,ac,bjc->bij", dependent, self.U, head) / math.sqrt(ARC)
        arc = arc + (head @ self.ub).unsqueeze(1)
        i = torch.arange(1, n + 1).unsqueeze(1)
        j = torch.arange(0, n + 1).unsqueeze(0)
        offset = (i - j).clamp(-DISTANCE_MAX, DISTANCE_MAX)
        distance = self.dist[(offset > 0).long(), offset.abs()]
        arc = arc + torch.where(j == 0, torch.zeros_like(distance), distance)
        real = torch.cat([torch.ones(batch, 1), mask[..., 0]], 1).unsqueeze(1)
        arc = arc.masked_fill(real == 0, -1e4).masked_fill((i == j).unsqueeze(0), -1e4)
        return {
            "u": self.u(h), "x": self.x(h), "n": self.ner(h), "arc": arc, "rd": act(self.rd(h)), "rh": act(self.rh(with_root)),
        }

    def relations(self, out, heads):
        """Scores of every relation of every word to its head in `heads`."""
        batch, n, r = out["rd"].shape
        head = torch.gather(out["rh"], 1, heads.unsqueeze(-1).expand(batch, n, r))
        one = torch.ones(batch, n, 1)
        a, b = torch.cat([out["rd"], one], -1), torch.cat([head, one], -1)
        t = (a.reshape(-1, r + 1) @ self.V.permute(1, 0, 2).reshape(r + 1, -1)).view(batch, n, -1, r + 1)
        return (t * b.unsqueeze(2)).sum(-1)


class Network(nn.Module):
    def __init__(self, labels, dropout=0.2, word_dropout=0.1):
        super().__init__()
        self.labels = labels
        self.emb = HashedEmbedding()
        self.enc = Encoder(dropout)
        self.h = Heads(labels, dropout)
        self.word_dropout = word_dropout
        # Whether states are rounded as the run time rounds them.
        self.whole = False

    def forward(self, sentences):
        n = max(map(len, sentences))
        ids = torch.zeros(len(sentences), n, len(ROWS), 2, dtype=torch.long)
        mask = torch.zeros(len(sentences), n, 1)
        for b, words in enumerate(sentences):
            ids[b, : len(words)] = torch.tensor([self.emb.ids(w) for w in words])
            mask[b, : len(words)] = 1
        x = self.emb(ids, self.word_dropout) * mask
        return self.h(self.enc.whole(x, mask) if self.whole else self.enc(x, mask), mask), mask
