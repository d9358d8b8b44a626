"""A log-linear model over options: the share of each is its exponential over the sum of all, fitted with an L2 penalty.

An item is a list of options with `features`; several may be right, and the fit maximises the sum of their shares, or with `every`
the mean of their shares' logarithms: the one where any will do, the other where all are to be told.
"""
import collections
import numpy as np
from scipy import sparse
from scipy.optimize import minimize


def index_of(items, least):
    """Columns of the features that at least `least` items have."""
    counts = collections.Counter(f for options in items for f in {f for o in options for f in o["features"]})
    return {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= least))}


class Rows:
    """The options of many items as one matrix; `first` marks where each item begins. `right` tells for each option."""

    def __init__(self, items, right, index):
        data, rows, columns, n = [], [], [], 0
        self.first = [0]
        for options in items:
            for option in options:
                for feature in option["features"]:
                    if feature in index:
                        rows.append(n), columns.append(index[feature]), data.append(1.0)
                n += 1
            self.first.append(n)
        self.matrix = sparse.csr_matrix((data, (rows, columns)), shape=(n, len(index)))
        self.right = np.array([r for item in right for r in item], dtype=bool)
        self.starts, self.owner = np.array(self.first[:-1]), np.repeat(np.arange(len(items)), np.diff(self.first))

    def shares(self, beta):
        z = self.matrix @ beta
        z = z - np.maximum.reduceat(z, self.starts)[self.owner]
        p = np.exp(z)
        return p / np.add.reduceat(p, self.starts)[self.owner]

    def fit(self, l2, every=False):
        aim = self.right / np.maximum(np.add.reduceat(self.right.astype(float), self.starts), 1.0)[self.owner]

        def objective(beta):
            p = self.shares(beta)
            if every:
                loss = -(aim * np.log(np.maximum(p, 1e-12))).sum()
                return loss + 0.5 * l2 * beta @ beta, self.matrix.T @ (p - aim) + l2 * beta
            good = p * self.right
            total = np.maximum(np.add.reduceat(good, self.starts), 1e-12)
            gradient = self.matrix.T @ (p - good / total[self.owner])
            return -np.log(total).sum() + 0.5 * l2 * beta @ beta, gradient + l2 * beta

        return minimize(objective, np.zeros(self.matrix.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 400, "ftol": 1e-7}).x


def held_out(items, right, docs, folds, index, l2, every=False):
    """The shares of every item's options by a model that has not seen its document; items with no right option do not train."""
    out = [None] * len(items)
    for fold in sorted(set(folds.values())):
        train = [n for n in range(len(items)) if folds[docs[n]] != fold and any(right[n])]
        rest = [n for n in range(len(items)) if folds[docs[n]] == fold]
        beta = Rows([items[n] for n in train], [right[n] for n in train], index).fit(l2, every)
        rows = Rows([items[n] for n in rest], [right[n] for n in rest], index)
        shares = rows.shares(beta)
        for number, n in enumerate(rest):
            out[n] = shares[rows.first[number]:rows.first[number + 1]]
    return out


def weights(items, right, index, l2, every=False):
    """Weights by name of a model of all items, without those next to nothing."""
    usable = [n for n in range(len(items)) if any(right[n])]
    beta = Rows([items[n] for n in usable], [right[n] for n in usable], index).fit(l2, every)
    return {f: round(float(beta[i]), 3) for f, i in index.items() if abs(beta[i]) >= 0.02}
