"""A logistic model over named features, fitted with an L2 penalty on all but the bias."""
import collections
import numpy as np
from scipy import sparse
from scipy.optimize import minimize


class Rows:
    """Lists of features as one matrix, whose first column is the bias; features in fewer than `least` rows are left out."""

    def __init__(self, rows, least):
        counts = collections.Counter(f for row in rows for f in set(row))
        self.index = {f: i + 1 for i, f in enumerate(sorted(f for f, n in counts.items() if n >= least))}
        at = [(n, self.index[f]) for n, row in enumerate(rows) for f in row if f in self.index]
        at += [(n, 0) for n in range(len(rows))]
        self.matrix = sparse.csr_matrix((np.ones(len(at)), tuple(zip(*at))), shape=(len(rows), len(self.index) + 1))

    def weights(self, beta, digits, smallest):
        """The weights by name, without those next to nothing."""
        return {f: round(float(beta[i]), digits) for f, i in self.index.items() if abs(beta[i]) >= smallest}


def fit(X, y, l2):
    def objective(beta):
        p = probability(X, beta)
        penalty = l2 * beta
        penalty[0] = 0
        loss = -(y * np.log(np.maximum(p, 1e-12)) + (1 - y) * np.log(np.maximum(1 - p, 1e-12))).sum()
        return loss + 0.5 * penalty @ beta, X.T @ (p - y) + penalty

    options = {"maxiter": 500, "ftol": 1e-8}
    return minimize(objective, np.zeros(X.shape[1]), jac=True, method="L-BFGS-B", options=options).x


def probability(X, beta):
    return 1 / (1 + np.exp(-np.clip(X @ beta, -30, 30)))


def held_out(X, y, folds, l2):
    """The probability of every row by a model that has not seen its fold."""
    held = np.zeros(len(y))
    for fold in sorted(set(folds)):
        held[folds == fold] = probability(X[folds == fold], fit(X[folds != fold], y[folds != fold], l2))
    return held
